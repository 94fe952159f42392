"""Unsound copies of the checker, and which piece of the battery notices each: ``make checker-mutants``.

A mutant is one place of one module written differently: a rounding turned inward, a comparison or a hypothesis dropped,
an index reversed.  Exit code 0 if every mutant is noticed.
"""

from __future__ import annotations

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
    ("dot rounded down above", "intervals", "return Interval(low >> BITS, -(-high >> BITS))\n\n\ndef dots", "return Interval(low >> BITS, high >> BITS)\n\n\ndef dots"),
    ("dot rounded up below", "intervals", "return Interval(low >> BITS, -(-high >> BITS))\n\n\ndef dots", "return Interval(-(-low >> BITS), -(-high >> BITS))\n\n\ndef dots"),
    ("enclosure rounded down above", "intervals", "-(-high * UNIT // 1)", "high * UNIT // 1"),
    ("enclosure rounded up below", "intervals", "Interval(low * UNIT // 1,", "Interval(-(-low * UNIT // 1),"),
    ("difference of equal ends", "intervals", "Interval(self.lo - other.hi, self.hi - other.lo)", "Interval(self.lo - other.lo, self.hi - other.hi)"),
    ("a product's sign case", "intervals", "return (a if d >= 0 else b) * d, (b if c >= 0 else a) * c", "return (b if d >= 0 else a) * d, (b if c >= 0 else a) * c"),
    ("a product of mixed signs", "intervals", "return min(a * d, b * c), max(a * c, b * d)", "return a * d, b * d"),
    ("absolute value without zero", "intervals", "max(self.lo, -self.hi, 0)", "max(self.lo, -self.hi)"),
    ("square of the lower end alone", "intervals", "Interval(size.lo * size.lo, size.hi * size.hi)", "Interval(size.lo * size.lo, size.lo * size.lo)"),
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
    ("mean value from the centre's slopes", "flow", "for v in r]), self.slopes(r))", "for v in r]), self.slopes([v.middle() for v in r]))"),
    ("slope without its own part", "fields", "if i != j:", "if i < j:"),
    ("products without the columns' widths", "intervals", "spread = sum(map(mul, sizes, spreads))", "spread = 0"),
    ("products without the rows' widths", "intervals", "sum(map(mul, widths, others)) + ", ""),
    ("products without both widths", "intervals", " + sum(map(mul, widths, spreads))", ""),
    ("products rounded down above", "intervals", "-(-middle - spread >> BITS + 2)", "middle + spread >> BITS + 2"),
    ("products rounded up below", "intervals", "Interval(middle - spread >> BITS + 2,", "Interval(-(spread - middle >> BITS + 2),"),
    ("slopes of many rows with their own part", "fields", "accumulate(values[:0:-1], initial=ZERO)", "accumulate(values[::-1], initial=ZERO)"),
    ("slopes of many rows, the parts exchanged", "fields", "a * (step.k + q) - v * p for", "a * (step.k + p) - v * q for"),
    ("the rest without the identity", "points", "(ONE if j == i else ZERO) - v for j, v", "ZERO - v for j, v"),
    ("slope with the weights exchanged", "fields", "step.a[j] * step.b[i] * value - step.a[i] * step.b[j] * g[j]", "step.a[i] * step.b[j] * value - step.a[j] * step.b[i] * g[j]"),
    ("theta's square forgotten", "fields", "[*zip(step.b, g, strict=True), (step.e, p)]", "[*zip(step.b, g, strict=True)]"),
    ("second moments rounded down above", "fields", "Interval(low >> BITS, -(-high >> BITS))", "Interval(low >> BITS, low >> BITS)"),
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
    ("any box may be dropped", "lists", "return narrowed(r, centre,", "return [] and narrowed(r, centre,"),
    ("a face where H may be zero", "lists", "ZERO if h.positive() else v", "ZERO if not h.negative() else v"),
    ("a row without weight undercut", "lists", "below = r[low].positive() and any(", "below = any("),
    ("narrowed by slopes at the centre", "lists", "du = flow.slopes(r)\n", "du = flow.slopes(centre)\n"),
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
    ("flux of the wrong coordinate", "cycles", "x * H[0] * rise - y * H[1] * run", "x * H[1] * rise - y * H[0] * run"),
    ("only the edge's start is crossed", "cycles", "x = Interval(ax, ax) + t[0] * run", "x = Interval(ax, ax)"),
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
    """(mutant, what noticed it or None), one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        sys.path.insert(0, folder)
        try:
            for number, (title, *change) in enumerate(chosen):
                yield title, first_failure(write_copy(Path(folder), number, *change))
        finally:
            sys.path.remove(folder)


def main():
    """Print the table; 0 if all are noticed."""
    alive = []
    for title, killer in noticed(MUTANTS):
        print(f"{title:40} {killer or 'SURVIVED'}", flush=True)
        if killer is None:
            alive.append(title)
    print(f"{len(MUTANTS) - len(alive)} of {len(MUTANTS)} mutants of the checker noticed.")
    for title in alive:
        print(f"survived: {title}")
    return bool(alive)


if __name__ == "__main__":
    sys.exit(main())
