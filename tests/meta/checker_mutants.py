"""Unsound copies of the checker, and which piece of the battery notices each: ``make checker-mutants``.

``python tests/meta/checker_mutants.py grid flow`` tries those of some modules alone; with ``--record FILE`` a run that was
interrupted goes on where it was.

A mutant is one place of one module written differently: a rounding turned inward, a comparison or a hypothesis dropped,
an index reversed.  Exit code 0 if every mutant is noticed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from marginproof.theory import checker

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.meta.checker_battery import first_failure

FOLDER = Path(checker.__file__).parent
MUTANTS = [
    ("product rounded up below", "intervals", "Interval(lo >> BITS, -(-hi >> BITS))\n\n    def __truediv__", "Interval(-(-lo >> BITS), -(-hi >> BITS))\n\n    def __truediv__"),
    ("product rounded down above", "intervals", "Interval(lo >> BITS, -(-hi >> BITS))\n\n    def __truediv__", "Interval(lo >> BITS, hi >> BITS)\n\n    def __truediv__"),
    ("quotient rounded down above", "intervals", "-((-self.hi << BITS) // above)", "(self.hi << BITS) // above"),
    ("quotient rounded up below", "intervals", "(self.lo << BITS) // below,", "-((-self.lo << BITS) // below),"),
    ("quotient by the wrong end", "intervals", "below = other.hi if self.lo >= 0 else other.lo", "below = other.lo"),
    ("quotient by the other wrong end", "intervals", "above = other.lo if self.hi >= 0 else other.hi", "above = other.hi"),
    ("a divisor may hold zero", "intervals", "if other.lo <= 0:", "if other.hi <= 0:"),
    ("root rounded down above", "intervals", "isqrt(square_hi) + 1", "isqrt(square_hi)"),
    ("root rounded up below", "intervals", "Interval(isqrt(square_lo),", "Interval(isqrt(square_lo) + 1,"),
    ("root of a negative number", "intervals", "if square_lo < 0:", "if square_hi < 0:"),
    ("dot rounded down above", "intervals", "return Interval(low >> BITS, -(-high >> BITS))\n\n\ndef hull", "return Interval(low >> BITS, high >> BITS)\n\n\ndef hull"),
    ("dot rounded up below", "intervals", "return Interval(low >> BITS, -(-high >> BITS))\n\n\ndef hull", "return Interval(-(-low >> BITS), -(-high >> BITS))\n\n\ndef hull"),
    ("enclosure rounded down above", "intervals", "-(-high * UNIT // 1)", "high * UNIT // 1"),
    ("enclosure rounded up below", "intervals", "Interval(low * UNIT // 1,", "Interval(-(-low * UNIT // 1),"),
    ("difference of equal ends", "intervals", "Interval(self.lo - other.hi, self.hi - other.lo)", "Interval(self.lo - other.lo, self.hi - other.hi)"),
    ("a product's sign case", "intervals", "return (a if d >= 0 else b) * d, (b if c >= 0 else a) * c", "return (b if d >= 0 else a) * d, (b if c >= 0 else a) * c"),
    ("a product of mixed signs", "intervals", "return min(a * d, b * c), max(a * c, b * d)", "return a * d, b * d"),
    ("absolute value without zero", "intervals", "Interval(0, max(-self.lo, self.hi))", "Interval(min(-self.lo, self.hi), max(-self.lo, self.hi))"),
    ("absolute value of the lower end alone", "intervals", "max(-self.lo, self.hi))", "-self.lo)"),
    ("square without zero", "intervals", "Interval(0, max(low, high))", "Interval(min(low, high), max(low, high))"),
    ("square of the lower end alone", "intervals", "Interval(0, max(low, high))", "Interval(0, low)"),
    ("square of a negative number turned", "intervals", "Interval(high, low) if x.hi <= 0", "Interval(low, high) if x.hi <= 0"),
    ("product of positive numbers rounded down above", "intervals", "-(-self.hi * other.hi >> BITS)", "self.hi * other.hi >> BITS"),
    ("product of positive numbers rounded up below", "intervals", "Interval(a * c >> BITS,", "Interval(-(-a * c >> BITS),"),
    ("zero is positive", "intervals", "return self.lo > 0\n", "return self.lo >= 0\n"),
    ("zero is negative", "intervals", "return self.hi < 0\n", "return self.hi <= 0\n"),
    ("undecided is not zero", "intervals", "return self.lo > 0 or self.hi < 0", "return self.lo > 0 or self.hi <= 0"),
    ("directions differ as numbers", "intervals", "(x[k] * b - a * y[k]).nonzero()", "(a - b).nonzero()"),
    ("lags reversed", "flow", "a = [self._power(0, (i - j) % self._epoch)", "a = [self._power(0, (j - i) % self._epoch)"),
    ("lags of v reversed", "flow", "b = [self._power(1, (i - j) % self._epoch)", "b = [self._power(1, (j - i) % self._epoch)"),
    ("beta2 for beta1", "flow", "a = [self._power(0,", "a = [self._power(1,"),
    ("steps without a gradient skipped", "flow", "if gap == 1:", "if gap >= 1:"),
    ("equal rows counted once", "flow", "return enclose(len(self.problem.groups[self.members[n]]))", "return ONE"),
    ("an undefined column is zero", "flow", 'need(present, "a column', 'need(True, "a column'),
    ("mean value without its slopes", "flow", "dot(row, at) + dot(dots(du, row), away)", "dot(row, at)"),
    ("slope of one row of each pair", "columns", "tops[i] = tops[i] - g[j] * minor", "tops[i] = tops[i]"),
    ("products without the columns' widths", "intervals", "spread = sum(map(mul, sizes, spreads))", "spread = 0"),
    ("products without the rows' widths", "intervals", "sum(map(mul, widths, others)) + ", ""),
    ("products without both widths", "intervals", " + sum(map(mul, widths, spreads))", ""),
    ("products rounded down above", "intervals", "-(-middle - spread >> BITS + 2)", "middle + spread >> BITS + 2"),
    ("products rounded up below", "intervals", "Interval(middle - spread >> BITS + 2,", "Interval(-(spread - middle >> BITS + 2),"),
    ("slopes of many rows with their own part", "columns", "accumulate(values[:0:-1], initial=ZERO)", "accumulate(values[::-1], initial=ZERO)"),
    ("slopes of many rows, the parts exchanged", "columns", "a * (step.k + q) - v * p for", "a * (step.k + p) - v * q for"),
    ("the rest without the identity", "points", "(ONE if j == i else ZERO) - v for j, v", "ZERO - v for j, v"),
    ("slope with the weights exchanged", "columns", "step.a[j] * bg[i] - step.a[i] * bg[j]", "step.a[i] * bg[j] - step.a[j] * bg[i]"),
    ("theta's square forgotten", "columns", "[*zip(step.b, squares, strict=True), (step.e, square(p))]", "[*zip(step.b, squares, strict=True)]"),
    ("second moments rounded down above", "columns", "Interval(low >> BITS, -(-high >> BITS))", "Interval(low >> BITS, low >> BITS)"),
    ("theta of one", "fields", "all(0 <= v < 1 for v in self.numbers)", "all(0 <= v <= 1 for v in self.numbers)"),
    ("a row in two batches", "fields", "need(not seen[row],", "need(True,"),
    ("a row in no batch", "fields", "need(all(seen),", "need(True,"),
    ("every field is AdamProxy", "fields", "return self.numbers[0] == 0", "return True"),
    ("Krawczyk's inclusion not asked", "points", "need(attempt or inside,", "need(True,"),
    ("Krawczyk's inclusion one-sided", "points", "b.lo < new.lo and new.hi < b.hi", "b.lo < new.lo"),
    ("Krawczyk without its remainder", "points", " + dot(off, away)", ""),
    ("a box may touch r = 0", "points", "1 <= low * UNIT < high * UNIT", "0 <= low * UNIT < high * UNIT"),
    ("rows off the support not asked", "points", "need(dot(row, self.u).positive(),", "need(True,"),
    ("the flow's sign turned", "points", "[-(r * v) for v in row]", "[r * v for v in row]"),
    ("a box holds what sticks out", "points", "v.hi << BITS > ends.hi * low", "v.lo << BITS > ends.hi * high"),
    ("a box holds other faces", "points", "for g, v in enumerate(r):\n", "for g, v in list(enumerate(r))[:1]:\n"),
    ("one solution listed twice", "points", "return not parallel_undecided(*weights)", "return True"),
    ("every stability inequality holds", "inertia", "need(negative_eigenvalues(falling, clock) == 0,", "need(True,"),
    ("eigenvalues that may be zero", "inertia", "need(abs(row[i]).lo > rest,", "need(abs(row[i]).lo > 0,"),
    ("a row's size from its lower ends", "inertia", "sum(abs(v).hi for", "sum(abs(v).lo for"),
    ("only half of the inequality", "inertia", "-(half[i][j] + half[j][i])", "-(half[i][j] + half[i][j])"),
    ("eigenvalues of another sign", "inertia", "count += row[i].negative()", "count += row[i].positive()"),
    ("only one side of the congruence", "inertia", "products(products(W, M, clock), W, clock)", "products(W, M, clock)"),
    ("only one chart is covered", "lists", "for p in range(size):", "for p in range(1):"),
    ("half of a box forgotten", "lists", "(Interval(lo, cut), Interval(cut, hi))", "(Interval(lo, cut),)"),
    ("H > 0 alone excludes", "lists", "any(h.positive() and v.positive() for", "any(h.positive() for"),
    ("any box may be dropped", "lists", "left = narrowed(r, centre,", "left = [] and narrowed(r, centre,"),
    ("a face where H may be zero", "lists", "ZERO if h.positive() else v", "ZERO if not h.negative() else v"),
    ("a row without weight undercut", "lists", "below = r[low].positive() and any(", "below = any("),
    ("narrowed by slopes at the centre", "lists", "du = flow.slopes(over)\n", "du = flow.slopes(flow.at(centre))\n"),
    ("narrowed with rows that may be zero", "narrowing", "if v.lo > 0 and v.lo < v.hi", "if v.lo < v.hi"),
    ("narrowing without its remainder", "narrowing", " + dot(rest, away)", ""),
    ("narrowing by its own rows alone", "narrowing", "(ONE if n == i else ZERO) - dot(", "(ONE if n == i else ZERO) if n not in inner else (ONE if n == i else ZERO) - dot("),
    ("narrowed to nothing", "narrowing", "if left[i].lo > left[i].hi:", "if left[i].lo > centre[i].hi:"),
    ("completeness not asked", "lists", "if kind in WHOLE:\n", "if kind == 'limit_cycle':\n"),
    ("solutions may coincide", "lists", "need(a.differs(b),", "need(True,"),
    ("a trap left above", "traps", "inward = above(high).positive() and", "inward ="),
    ("a trap that holds others", "traps", "need(other is own or", "need(True or"),
    ("a trap without its point", "traps", "need(low * UNIT <= at.lo and at.hi <= high * UNIT,", "need(True,"),
    ("margins of w that do not separate", "traps", "need(share > 0 and worst > 0,", "need(share > 0,"),
    ("margins compared the wrong way", "traps", "point.level.hi**2 * size < reach * low", "point.level.hi**2 * size > reach * low"),
    ("polygons may cross", "polygons", "need(apart(first, second),", "need(True,"),
    ("clockwise polygons", "polygons", "areas[0] > areas[1] > 0", "abs(areas[0]) > abs(areas[1])"),
    ("the inner polygon not turned", "polygons", "rings[0] + [(b, a) for a, b in rings[1]]", "rings[0] + rings[1]"),
    ("vertices rounded", "polygons", "v > 0 and v.denominator == 1", "v > 0"),
    ("flux of the wrong coordinate", "cycles", "x * H[0] * self.rise - y * H[1] * self.run", "x * H[1] * self.rise - y * H[0] * self.run"),
    ("only the edge's start is crossed", "cycles", "x, y = line.at(t[0])\n", "x, y = line.at(ZERO)\n"),
    ("negative weights", "rational", 'need(min(c) >= 0 and any(c), "the upper', 'need(any(c), "the upper'),
    ("the lower bound not asked", "rational", "need(reached,", "need(True,"),
    ("the upper bound not asked", "rational", "need(dual <= high**2 * exact_sum(c, clock) ** 2,", "need(True,"),
    ("the primal norm for the dual", "rational", '{"1": "inf", "inf": "1", "2": "2"}[norm]', "norm"),
    ("one maximiser twice", "rational", "two = 0 < low == high and not parallel(*maximisers)", "two = 0 < low == high"),
    ("maximisers below the margin", "rational", "two = 0 < low == high and", "two = 0 < low and"),
    ("Farkas with negative weights", "rational", "need(min(c) >= 0 and any(c) and zero,", "need(any(c) and zero,"),
    ("Farkas in one coordinate", "rational", "zero = not any(transposed_dot(problem, c))", "zero = not all(transposed_dot(problem, c))"),
    ("a run that ends anywhere", "rational", "need(w == vector(end, problem.d, clock) and wrong,", "need(vector(end, problem.d, clock) and wrong,"),
    ("a drift that separates", "rational", "and exact_dot(row, drift, clock) < 0", ""),
    ("betas in order", "rational", "0 < b2 < b1 * b1", "0 < b2"),
    ("any bound", "rational", "fair = bound > 0 and bound**2 * (1 - b2) >= 1", "fair = bound > 0"),
    ("a bound not passed", "rational", "m * m > bound**2 * v > 0", "v > 0"),
    ("any statement", "judge", 'need(statement == statement_of(claim, words),', "need(True,"),
    ("any field for a claim", "judge", "need(claim is None or CLAIMS[claim].speaks_of(field),", "need(True,"),
    ("any conclusion", "judge", "need(same,", "need(True,"),
    ("any claim is refuted", "judge", "need(claim is None or CLAIMS[claim].refuted(found),", "need(True,"),
    ("R6 with zero entries", "claims", 'return entries and "unique"', 'return "unique"'),
    ("R5 at any ratio", "claims", "and Fraction(ratio) <= 1", ""),
    ("time is never up", "refusals", "if time.monotonic() > self.deadline:", "if False:"),
    ("a repeated key", "reading", "need(not repeated,", "need(True,"),
    ("a row number twice", "reading", 'need(distinct, "distinct', 'need(True, "distinct'),
    ("true is a number", "reading", "type(value) is int and", "isinstance(value, int) and"),
    ("a memory's growth without its upper end", "memory", "Interval(min(ends.lo, 0), max(ends.hi, 0))", "Interval(min(ends.lo, 0), 0)"),
    ("a memory's growth without its lower end", "memory", "Interval(min(ends.lo, 0), max(ends.hi, 0))", "Interval(0, max(ends.hi, 0))"),
    ("a second moment's growth not doubled", "memory", "Interval(times * rate.lo, times * rate.hi)", "Interval(rate.lo, rate.hi)"),
    ("a visit that is forgotten", "memory", "if pos <= phase:\n            since", "if pos < phase:\n            since"),
    ("a row that is remembered too long", "memory_steps", "B = memory.powers[K - pos]", "B = memory.powers[K - pos - 1]"),
    ("a memory that is not renewed", "memory_steps", "base = old + ONE", "base = old"),
    ("a memory's own drift left out", "memory_steps", "A = state.first[j] * bounds.growth(bounds.drift[j], times)", "A = state.first[j]"),
    ("memories before the first visit", "vertices", "first[j] = memory.powers[self.turn - t] * grown", "first[j] = memory.powers[self.turn - t - 1] * grown"),
    ("a ratio at the start not asked", "vertices", "need(ratio.hi <= self.high[j].lo,", "need(True,"),
    ("late steps not asked", "vertices", "need(self.step(sigma, rho).hi <= late.most.lo,", "need(True,"),
    ("a ratio may rise at a vertex", "vertices", "apart.positive() and apart.hi", "apart.hi"),
    ("an edge by its middle alone", "cycles", " + steepness * (t[0] - t[0].middle())", ""),
    ("an edge without the weights' own slope", "cycles", "(line.run * H[0] + x * slope[0])", "(x * slope[0])"),
    ("an edge's slope without k", "columns", "rise = dot(step.a, turns.move) * step.k\n", "rise = ZERO\n"),
    ("an edge's slope turned", "columns", "dot((move[j], -move[i]), (at[i], at[j]))", "dot((move[i], -move[j]), (at[j], at[i]))"),
    ("an edge's slope with one pair", "columns", "[dot((move[j], -move[i]), (at[i], at[j])) for i in range(j)]", "[dot((move[j], -move[i]), (at[i], at[j])) if i == 0 else ZERO for i in range(j)]"),
    ("a hull without its upper end", "intervals", "return Interval(min(x.lo, y.lo), max(x.hi, y.hi))\n\n\ndef hulls", "return Interval(min(x.lo, y.lo), x.hi)\n\n\ndef hulls"),
    ("a square rounded down above", "intervals", "return Interval(exact.lo >> BITS, -(-exact.hi >> BITS))", "return Interval(exact.lo >> BITS, exact.hi >> BITS)"),
    ("a pair's product rounded down above", "grid", "product(a, b, c, d)\n        return low >> self.bits, -(-high >> self.bits)\n\n    def scaled", "product(a, b, c, d)\n        return low >> self.bits, high >> self.bits\n\n    def scaled"),
    ("a pair's product rounded up below", "grid", "product(a, b, c, d)\n        return low >> self.bits, -(-high >> self.bits)\n\n    def scaled", "product(a, b, c, d)\n        return -(-low >> self.bits), -(-high >> self.bits)\n\n    def scaled"),
    ("scaled by the wrong end", "grid", "a * (c if a >= 0 else d) >> bits", "a * c >> bits"),
    ("scaled by the other wrong end", "grid", "-(-b * (d if b >= 0 else c) >> bits)", "-(-b * d >> bits)"),
    ("scaled and rounded down above", "grid", "-(-b * (d if b >= 0 else c) >> bits)", "b * (d if b >= 0 else c) >> bits"),
    ("a pair's inner product rounded down above", "grid", "high += above\n        return low >> self.bits, -(-high >> self.bits)", "high += above\n        return low >> self.bits, high >> self.bits"),
    ("a pair's square from one end", "grid", "(max(-x[1], 0), max(-x[0], x[1]))", "(max(-x[1], 0), -x[0])"),
    ("a pair's square rounded down above", "grid", "-(-high * high >> self.bits)", "high * high >> self.bits"),
    ("a ratio by the wrong end", "grid", "(x[0] << self.bits) // y[1]", "(x[0] << self.bits) // y[0]"),
    ("a ratio rounded down above", "grid", "-((-x[1] << self.bits) // y[0])", "(x[1] << self.bits) // y[0]"),
    ("a ratio by zero", "grid", "need(x[0] >= 0 and y[0] > 0,", "need(x[0] >= 0,"),
    ("a narrow root without its width", "grid", "low + 2 + (b - a) // (2 * low)", "low + 1"),
    ("a wide root rounded down", "grid", "return low, isqrt(b) + 1", "return low, isqrt(b)"),
    ("over a root by the wrong end", "grid", "(high if m[0] >= 0 else low)", "low"),
    ("over a root by the other wrong end", "grid", "(low if m[1] >= 0 else high)", "high"),
    ("a power without its last factor", "grid", 'if bit == "1":', 'if bit == "2":'),
    ("a wide exponential as a narrow one", "grid", "if width > self.unit >> NARROW:", "if False:"),
    ("a narrow exponential as a point", "grid", "high + (more * high >> self.bits) + 1", "high + 1"),
    ("a narrow exponential to first order", "grid", "more = width + (width * width >> self.bits) + 1", "more = width"),
    ("an exponential rounded down above", "grid", "(high * above >> (work + GUARD)) + 1", "high * above >> (work + GUARD)"),
    ("an exponential rounded up below", "grid", "return low * below >> (work + GUARD),", "return (low * below >> (work + GUARD)) + 1,"),
    ("a factor of the exponential on another grid", "grid", "self._power(level, part)\n                low", "self._power(level + 1, part)\n                low"),
    ("a series without its rest", "grid", "return total, total + 3 * n + 4", "return total, total"),
    ("halving rounded down above", "epochs", "Interval(x.lo >> 1, -(-x.hi >> 1))", "Interval(x.lo >> 1, x.hi >> 1)"),
    ("a gradient not squared", "epochs", "self.c2 * squared(g)", "self.c2 * g"),
    ("first moments in old units", "epochs", "[m * rise for m in M]", "M"),
    ("second moments in old units", "epochs", "double = rise * rise", "double = rise"),
    ("ratios that rise", "epochs", "exponential(-(self.eta * dot(self.above[i], u)))", "exponential(self.eta * dot(self.above[i], u))"),
    ("a root's slope doubled", "epochs", "halved(half * b)", "half * b"),
    ("a ratio's slope without its fall", "epochs", "falls[i] * (a - at.r[i] * b)", "falls[i] * a"),
    ("a first moment's slope without its rise", "epochs", "rise * (a + m * g)", "rise * a"),
    ("a second moment's slope with half its rise", "epochs", "doubled(v * g)", "v * g"),
    ("a square's slope halved", "epochs", "twice = doubled(self.c2 * G[k])", "twice = self.c2 * G[k]"),
    ("other ratios that do not move with the state", "epochs", " | dict.fromkeys(start.others, still)", ""),
    ("a map of any betas", "epochs", "need(beta1**2 < beta2,", "need(True,"),
    ("a map that does not contract", "constant_steps", "need(below(E,", "need(True or below(E,"),
    ("a ball not mapped into itself", "constant_steps", "need((enclose(1 - self.q) - away).lo >= 0,", "need(True,"),
    ("a row off the support that rises", "constant_steps", "need(\n                self.epoch.height(j, whole_ball.way).positive(),", "need(\n                True,"),
    ("a run outside the ball", "constant_steps", "need((ONE - z).lo >= 0,", "need(True,"),
    ("a ratio above its bound", "constant_steps", "need(\n                Fraction(run.ratio(j)[1], run.grid.unit) <= bound,", "need(\n                True,"),
    ("a support that does not last", "constant_steps", "need(lasting,", "need(True,"),
    ("any direction of a constant step", "constant_steps", "check_direction(way, direction)", "pass"),
    ("any growth", "constant_steps", "need(inside(self.epoch.rise(self.epoch.chart, way), *growth),", "need(True,"),
    ("a ball by its first axis", "constant_steps", "reach = (radius * norm(row)).hi", "reach = (radius * norm(row[:1])).hi"),
    ("a ball of half the size", "constant_steps", "Interval(value.lo - reach, value.hi + reach)", "Interval(value.lo, value.hi + reach)"),
    ("a basis that is not triangular", "trap_norms", "need(row[i] > 0 and not any(row[:i]),", "need(row[i] > 0,"),
    ("a basis without volume", "trap_norms", "need(row[i] > 0 and not any(row[:i]),", "need(not any(row[:i]),"),
    ("a basis by its diagonal", "trap_norms", "z[i] = (right[i] - known) / W[i][i]", "z[i] = right[i] / W[i][i]"),
    ("definite in the middle alone", "trap_norms", "v.middle() - (spread if i == j else ZERO)", "v.middle()"),
    ("any matrix is definite", "trap_norms", "return negative_eigenvalues(centre, clock) == 0", "return negative_eigenvalues(centre, clock) >= 0"),
    ("a norm from its lower ends", "trap_norms", "root(sum(s.lo for s in squares), sum(s.hi for s in squares))", "root(sum(s.lo for s in squares), sum(s.lo for s in squares))"),
    ("within on one side", "trap_norms", "target.lo <= value.lo and value.hi <= target.hi", "target.lo <= value.lo"),
    ("inside on one side", "trap_norms", "low * unit <= value.lo and value.hi <= high * unit", "value.hi <= high * unit"),
    ("a fine pair rounded inward", "trap_norms", "Interval(value[0] >> shift, -(-value[1] >> shift))", "Interval(value[0] >> shift, value[1] >> shift)"),
    ("entries not squared", "regions", "enclose(v * v)", "enclose(v)"),
    ("a slope by S without its weight", "regions", "row_S.append(r[j] * x / roots[k])", "row_S.append(x / roots[k])"),
    ("a slope by Q doubled", "regions", "-halved(fall * squared(r[j]))", "-(fall * squared(r[j]))"),
    ("a slope by r without its root", "regions", "S[j] * x / roots[k] - fall * Q[j] * r[j]", "S[j] * x / roots[k]"),
    ("differences to another row", "regions", "enclose(a - b) for a, b", "enclose(a + b) for a, b"),
    ("moments that do not decay", "inc_adam_runs", "grid.blend(self.m, self.keep1, G, weight)", "grid.blend(self.m, (grid.unit, grid.unit), G, weight)"),
    ("second moments that decay as the first", "inc_adam_runs", "grid.blend(self.v, self.keep2,", "grid.blend(self.v, self.keep1,"),
    ("steps without their factor", "inc_adam_runs", "grid.times(eta, self.factor)", "eta"),
    ("one batch for all", "inc_adam_runs", "self.batches[self.steps % len(self.batches)]", "self.batches[0]"),
    ("units that stay", "inc_adam_runs", "            self.unit_at = at\n", "            self.unit_at = self.unit_at\n"),
    ("second moments in the first's units", "inc_adam_runs", "self.v = self.grid.scaled(self.v, self.grid.square(factor))", "self.v = self.grid.scaled(self.v, factor)"),
    ("a run of any betas", "inc_adam_runs", "need(self.beta1**2 < self.beta2 and self.beta2 > 0,", "need(True,"),
    ("fewer bits rounded inward", "inc_adam_runs", "(a >> count, -(-b >> count)) for", "(-(-a >> count), b >> count) for"),
    ("fewer bits in another unit", "inc_adam_runs", "        self.unit_at >>= count\n", ""),
    ("fewer bits than are looked at", "inc_adam_runs", "min(width.bit_length() - BELOW, self.grid.bits - BITS)", "width.bit_length() - BELOW"),
    ("fewer bits of the rows alone", "row_runs", "self.s, self.q = coarser(self.s, count), coarser(self.q, count)", "self.s = coarser(self.s, count)"),
    ("a batch's second moments by its first row", "inc_adam_runs", "squares = [grid.square(g) for g in G]", "squares = squares"),
    ("second moments by the weights themselves", "inc_adam_runs", "squares, grid.square(weight))", "squares, weight)"),
    ("a blend of the wrong ends", "grid", "a * (c if a >= 0 else d) + p", "a * c + p"),
    ("a blend of the other wrong ends", "grid", "q * (h if q >= 0 else e)", "q * h"),
    ("a blend rounded down above", "grid", "-(-b * (d if b >= 0 else c) - q * (h if q >= 0 else e) >> bits)", "b * (d if b >= 0 else c) + q * (h if q >= 0 else e) >> bits"),
    ("units of the last time forgotten", "row_runs", "return self.falling(-high - more, -low - less)", "return self.falling(-high, -low)"),
    ("units of the last time from one end", "row_runs", "self.falling(-high - more, -low - less)", "self.falling(-high - less, -low - less)"),
    ("units settled and still counted", "row_runs", "        self.moved = (0, 0)\n\n    def multiply", "\n    def multiply"),
    ("units not settled at the end", "row_runs", "        self.settle()\n        grid, K", "        grid, K"),
    ("a row's part that does not fade", "row_runs", "self.grid.times(self.s[i], self.epoch1)", "self.s[i]"),
    ("a row's part of another age", "row_runs", "ages = [(self.steps - self.place[j]) % K for j in range(K)]", "ages = [(self.steps - self.place[j] + 1) % K for j in range(K)]"),
    ("a row's second part not squared", "row_runs", "square = self.grid.square(weight)", "square = weight"),
    ("a row's part in old units", "row_runs", "self.s = self.grid.scaled(self.s, factor)", "self.s = self.s"),
    ("steps rounded down above", "schedules", "-((-first[1] << grid.bits) // low)", "(first[0] << grid.bits) // high"),
    ("a schedule of the wrong power", "schedules", "** self.power.numerator << grid.bits", "<< grid.bits"),
    ("later steps are as large", "schedules", "return (t + self.offset) / (t + count + self.offset)", "return Fraction(1)"),
    ("steps that grow", "schedules", "need(0 < self.power <= 1,", "need(self.power <= 1,"),
    ("any powers", "schedules", "need(below & (below - 1) == 0 and below <= 64,", "need(True,"),
    ("late steps as large as early ones", "vanishing_region", "self.weights = Interval(later.lo, ONE.hi)", "self.weights = Interval(ONE.lo, ONE.hi)"),
    ("phases that do not fade", "vanishing_region", "self.fade.append(self.fade[-1] * ratio)", "self.fade.append(self.fade[-1])"),
    ("a region by its first axis", "vanishing_region", "reach = (radius * norm(row)).hi", "reach = (radius * norm(row[:1])).hi"),
    ("moves in one phase", "vanishing_region", "Interval(min(phases * step.lo, 0), max(phases * step.hi, 0))", "Interval(min(step.lo, 0), max(step.hi, 0))"),
    ("a region that is not widened", "vanishing_region", "exponential(b + self.moved(i, self.problem.n))", "exponential(b)"),
    ("others that are not widened", "vanishing_region", "top = enclose(bound) * exponential(self.moved(j, self.problem.n))", "top = enclose(bound)"),
    ("slopes by r for slopes by its logarithm", "vanishing_region", "part = fade * r[j] * dot(", "part = fade * dot("),
    ("any late steps", "vanishing_steps", "need(self.high_enough(),", "need(True,"),
    ("a supported row of any drift", "vanishing_steps", 'need(within(value, self.D[i]),', "need(True,"),
    ("margins of any growth", "vanishing_steps", "need(\n                within(fade * dot(self.rows.X[j], u), self.f[j]),", "need(\n                True,"),
    ("others that rise", "vanishing_steps", "need(total[j].positive(),", "need(True,"),
    ("a region that is not monotone", "vanishing_steps", "if not surely_positive(gap, self.clock):", "if False:"),
    ("a region half of which is monotone", "vanishing_steps", "                parts.append([*box[:k], Interval(middle, box[k].hi), *box[k + 1 :]])\n", ""),
    ("a run that may leave the region", "vanishing_steps", "need(room.positive() or not self.free,", "need(True,"),
    ("a run that is not in the region", "vanishing_steps", "(ONE - norm(solve(self.W, offset, self.clock))).lo >= 0", "True"),
    ("any direction of vanishing steps", "vanishing_steps", "check_direction(u, direction)", "pass"),
    ("the field without its error", "vanishing_steps", "room = mu - error - level", "room = mu - level"),
    ("a memory after the shortest past", "memory_steps", "hull(short, long)", "short"),
    ("a memory after the longest past", "memory_steps", "hull(short, long)", "long"),
    ("a kept memory without this one", "memory_steps", "hulls(state.first, memory.first)", "memory.first"),
    ("a memory longer than the kept one", "memory_steps", "need(state.base.hi <= memory.base.hi,", "need(True,"),
    ("memories seen and forgotten", "memory_steps", "(hulls(S, T), hulls(Q, R))", "(T, R)"),
    ("a memory that grows for ever", "memory", "need((ONE - high).positive(),", "need(True,"),
    ("a row's memory that grows for ever", "memory", "need(up.positive(),", "need(True,"),
    ("a power too many", "memory", "out = [ONE]\n", "out = [x]\n"),
    ("half of a vertex's box", "vertices", "return [[*r[:k], half, *r[k + 1 :]] for half in ends]", "return [[*r[:k], half, *r[k + 1 :]] for half in ends[:1]]"),
    ("margins of any size at a vertex", "vertices", "if not within(dot(self.rows.X[j], u), self.f[j]):", "if False:"),
    ("any fall at a vertex", "vertices", "and apart.hi <= self.top[j].lo)", ")"),
    ("moves before the first visit forgotten", "vertices", "tails.append(tails[-1] + Interval(-size.hi, size.hi))", "tails.append(tails[-1])"),
    ("a first row with a zero entry", "vertices", "need(all(problem.X[self.order[0]]),", "need(True,"),
    ("cosines of w that do not separate", "traps", 'need(worst > 0, "w must separate")', "need(True, '')"),
    ("cosines of weights below zero", "traps", 'need(min(c) >= 0 and any(c), "c must', 'need(any(c), "c must'),
    ("cosines with w for the best direction", "traps", "cosine - distance).positive()", "cosine).positive()"),
    ("cosines of weights of any sum", "traps", " / exact_sum(c, problem.clock) ** 2\n", "\n"),
    ("cosines above their bound", "traps", "(enclose(rational(bound)) - cosine - distance).positive()", "not (cosine - distance - enclose(rational(bound))).positive()"),
    ("tiers of one alone", "tiers", "FEWEST, MOST = 2, 64", "FEWEST, MOST = 1, 64"),
    ("tiers of any degree", "tiers", 'need(field.name != "gd",', "need(True,"),
    ("a tier that repels", "tiers", "need(point.unstable == 0,", "need(True,"),
    ("levels in any order", "tiers", "need((point.level - level).positive(),", "need(True,"),
    ("levels above zero alone", "tiers", "        level = point.level\n", ""),
    ("earlier tiers forgotten", "tiers", "known.update({k: point.u[k] for k in columns[t]})", "pass"),
    ("any direction of tiers", "tiers", "check_direction([known[k] for k in range(problem.d)], stated)", "pass"),
    ("a direction in any box", "trap_norms", "need(inside(value / length, low, high),", "need(True,"),
    ("the direction's length", "trap_norms", "value / length", "value"),
    ("a column in two tiers", "tiers", "need(not any(k in tier_of for k in numbers),", "need(True,"),
    ("columns that ascend", "tiers", "need(numbers == sorted(set(numbers)),", "need(True,"),
    ("a column in no tier", "tiers", "need(sorted(tier_of) == used,", "need(True,"),
    ("rows of zeros have a tier", "tiers", "need(own,", "need(True,"),
    ("a row's first tier", "tiers", "members[max(own)]", "members[min(own)]"),
    ("rows of every tier asked", "tiers", "without(known, columns[t]), members[t])", "without(known, columns[t]))"),
    ("a support of any tier", "points", "need(all(g in among for g in self.support),", "need(True,"),
    ("given values of u left out", "flow", "else self.known.get(k, ZERO)", "else ZERO"),
    ("the cosine with the first direction alone", "traps", "    for point in points:\n        cosine", "    for point in points[:1]:\n        cosine"),
]  # fmt: skip


def write_copy(folder, number, module, old, new):
    """The checker with one place of one module changed, as a package of its own; its name."""
    name = f"changed_checker_{number}"
    target = folder / name
    target.mkdir()
    for source in FOLDER.glob("*.py"):
        text = source.read_text(encoding="utf-8")
        if source.stem == module:
            assert text.count(old) == 1, f"{module}: {old!r} stands there {text.count(old)} times"
            text = text.replace(old, new)
        (target / source.name).write_text(text, encoding="utf-8")
    return name


def noticed(chosen):
    """(mutant, what noticed it or None), one after the other; first asked is what noticed others of the same module."""
    likely = {}
    with tempfile.TemporaryDirectory() as folder:
        sys.path.insert(0, folder)
        try:
            for number, (title, module, *change) in enumerate(chosen):
                known = likely.setdefault(module, set())
                killer = first_failure(write_copy(Path(folder), number, module, *change), known)
                known.add(str(killer).split(" ")[0])
                yield title, killer
        finally:
            sys.path.remove(folder)


def main():
    """Print the table, of the modules named or of all; 0 if all are noticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*")
    parser.add_argument("--record", type=Path)
    options = parser.parse_args()
    chosen = [mutant for mutant in MUTANTS if not options.modules or mutant[1] in options.modules]
    record = options.record
    found = json.loads(record.read_text()) if record and record.exists() else {}
    for title, killer in noticed([mutant for mutant in chosen if mutant[0] not in found]):
        print(f"{title:40} {killer or 'SURVIVED'}", flush=True)
        found[title] = killer
        if record:
            record.write_text(json.dumps(found))
    alive = [title for title, *_ in chosen if found[title] is None]
    print(f"{len(chosen) - len(alive)} of {len(chosen)} mutants of the checker noticed.")
    for title in alive:
        print(f"survived: {title}")
    return bool(alive)


if __name__ == "__main__":
    sys.exit(main())
