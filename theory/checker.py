"""An independent checker of certificates: standard library only, no code of their makers, the trust base.

``python -m marginproof.theory.checker CERT…``, or this file alone (``python -I checker.py CERT…``), says VALID, INVALID(reason)
or UNSUPPORTED(reason) of each and exits 0, 1 or 2.  It recomputes the problem from the data, believes nothing of
the witness, and decides in fractions or intervals.  docs/certificates.md says what each kind proves.

A field is a list of steps (a, b, e, k) on batch gradients g_j = Σ r_n x_n over batch j: u_k = Σ_steps p/√s,
p = Σ a_j g_j, s = Σ b_j g_j² + e (Σ g_j)² + k, e ≠ 0 only where a = 1 and b is constant.  Of ∂u_k/∂g_j a step
gives (a_j k + Σ_l g_l (a_j b_l g_l - a_l b_j g_j)) / s^{3/2}.  In a chart r_p = 1 the flow is dr_i/dτ = -r_i H_i,
H_i = F_i - F_p; a solution of the limit equation has H_i = 0 where r_i > 0 and H_i >= 0 where r_i = 0.
"""

# Laid out by hand in 400 lines (the formatter leaves it alone): who trusts a certificate has to read them all.
from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from fractions import Fraction
from functools import partial
from itertools import combinations
from math import isqrt
from os.path import isfile
from typing import Any

FORMAT, SECONDS, BITS, MAX_BYTES, MAX_SIDE = "marginproof-certificate/1", 60.0, 96, 1_000_000, 64
FIELDS = {"gd": "name", "theta": "name theta", "inc_adam": "name beta1 beta2 batches"}
RATIONAL = re.compile(r"-?[0-9]{1,100}(/(?=0*[1-9])[0-9]{1,100})?")
pairs = partial(zip, strict=True)

def need(condition: Any, reason: str, error: type[Exception] = ValueError) -> bool:
    """True; or refuse, with the reason, unless the condition holds."""
    if not condition:
        raise error(reason)
    return True

class Interval:
    """[lo, hi] / 2**BITS with integer ends, rounded outward; true where it surely is not zero."""
    def __init__(self, lo: int, hi: int) -> None: self.lo, self.hi = lo, hi
    def __bool__(self) -> bool: return self.lo > 0 or self.hi < 0
    def __abs__(self) -> Interval: return Interval(max(self.lo, -self.hi, 0), max(-self.lo, self.hi))
    def __and__(self, y: Interval) -> Interval: return Interval(max(self.lo, y.lo), min(self.hi, y.hi))
    def __add__(self, y: Interval) -> Interval: return Interval(self.lo + y.lo, self.hi + y.hi)
    def __sub__(self, y: Interval) -> Interval: return Interval(self.lo - y.hi, self.hi - y.lo)
    def __mul__(self, y: Interval) -> Interval:
        ends = (self.lo * y.lo, self.lo * y.hi, self.hi * y.lo, self.hi * y.hi)
        return Interval(min(ends) >> BITS, -(-max(ends) >> BITS))
    def __truediv__(self, y: Interval) -> Interval:
        need(y.lo > 0, "a divisor is not surely positive", ArithmeticError)
        return self * Interval((1 << 2 * BITS) // y.hi, -(-(1 << 2 * BITS) // y.lo))
    def root(self) -> Interval:
        """The square root (of a sum of squares, never below zero)."""
        return Interval(isqrt(self.lo << BITS), isqrt(self.hi << BITS) + 1)
    def mid(self) -> Interval:
        """The middle, as a point."""
        return Interval((self.lo + self.hi) >> 1, (self.lo + self.hi) >> 1)

ZERO, ONE = Interval(0, 0), Interval(1 << BITS, 1 << BITS)
Box = list[Interval]

def enclose(*ends: Fraction) -> Interval:
    """The smallest interval around the numbers."""
    return Interval(min(ends) * 2**BITS // 1, -(-max(ends) * 2**BITS // 1))

def dot(a: Iterable[Any], b: Iterable[Any], start: Any = ZERO) -> Any:
    """The inner product, of intervals or (with start 0) of exact numbers."""
    return sum((x * y for x, y in pairs(a, b)), start)

def differ(a: list[Any], b: list[Any]) -> bool:
    """Whether two vectors, exact or in boxes, surely are not parallel."""
    return any(x * t - y * s for (x, s), (y, t) in combinations(pairs(a, b), 2))

def norm2(values: list[Any], norm: Any) -> Any:
    """The square of the l1, l2 or l_inf norm of exact numbers."""
    return (max(map(abs, values)) ** 2 if norm == "inf" else sum(map(abs, values)) ** 2 if norm == "1"
            else dot(values, values, 0) if norm == "2" else need(False, "norm must be 1, 2 or inf"))

def take(value: Any, required: str, optional: str = "") -> list[Any]:
    """The values of an object at the required and optional keys (or None); it must have no others."""
    must, may = required.split(), optional.split()
    need(isinstance(value, dict) and {*must} <= {*value} <= {*must, *may}, f"the keys due are {required}")
    return [value.get(key) for key in must + may]

def array(value: Any, *shape: int) -> Any:
    """Nested lists of exact numbers, written "p" or "p/q", of the given shape; -1 stands for any length."""
    if shape:
        need(isinstance(value, list) and shape[0] in (-1, len(value)), "a list of the length due is missing")
        return [array(entry, *shape[1:]) for entry in value]
    need(isinstance(value, str) and RATIONAL.fullmatch(value), 'a string "p" or "p/q" is due, q > 0, to 100 digits')
    return Fraction(value)

def indices(value: Any, end: int) -> list[int]:
    """Distinct integers in [0, end)."""
    good = isinstance(value, list) and all(type(i) is int and 0 <= i < end for i in value)
    need(good and len(set(value)) == len(value), "distinct row numbers are due")
    return list(value)

class Problem:
    """Data, a field and the clock; ``alone`` says that the field is Adam's with one sample a batch."""
    def __init__(self, data: Any, field: Any, kind: str, deadline: float) -> None:
        self.X, self.kind, self.deadline, self.points = array(data, -1, -1), kind, deadline, list[Point]()
        self.n, self.d = len(self.X), len(self.X[0]) if self.X else 0
        need({*map(len, self.X)} == {self.d} and 0 < self.d <= MAX_SIDE >= self.n, "data: 1 to 64 equal rows")
        need((field is None) == (kind in PLAIN), "a field is due, or none, as the kind says")
        self.x = [[enclose(v) for v in row] for row in self.X]
        self.above = [[[a - b for a, b in pairs(x, base)] for x in self.x] for base in self.x]  # H = above[p]·u
        self.batches, self.steps = self._read(field) if field is not None else ([], [])
        self.batch = {n: j for j, batch in enumerate(self.batches) for n in batch}
        self.alone = len(self.batches) == self.n and not any(e.hi or k.hi for *_, e, k in self.steps)

    def _read(self, field: Any) -> tuple[list[list[int]], list[Any]]:
        need(field["name"] in FIELDS, "a field unknown to this checker", NotImplementedError)
        name, *values = take(field, FIELDS[field["name"]])
        batches = values.pop() if name == "inc_adam" else [[i] for i in range(self.n)]
        numbers, K = array(values, -1), len(batches)
        need(len(indices([i for b in batches for i in b], self.n)) == self.n, "every row must be in a batch")
        good = all(len(b) == len(batches[0]) for b in batches) and all(0 <= v < 1 for v in numbers)
        need(good, "theta and betas must lie in [0, 1), batches be of one size")
        if name != "inc_adam":
            b, e, k = (enclose(1 - numbers[0]), enclose(numbers[0]), ZERO) if numbers else (ZERO, ZERO, ONE)
            return batches, [([ONE] * K, [b] * K, e, k)]
        powers = [[enclose(v**i) for i in range(K)] for v in numbers]  # of the averages; positive factors drop
        return batches, [(*([p[(i - j) % K] for j in range(K)] for p in powers), ZERO, ZERO) for i in range(K)]

    def tick(self) -> bool:
        """True; or stop, when the time is up."""
        return need(time.monotonic() < self.deadline, "the time limit was reached; allow more seconds", TimeoutError)

    def jet(self, r: Box, slopes: bool = True) -> tuple[Box, list[Box]]:
        """u over a box of weights, and ∂u_k/∂r_n at [n][k]."""
        u, du = [], []
        for column in pairs(*self.x):
            g = [sum((column[n] * r[n] for n in batch), ZERO) for batch in self.batches]
            value, slope, total = ZERO, [ZERO] * len(g), sum(g, ZERO)
            for a, b, e, k in self.steps:
                self.tick()
                s = dot(b, [abs(y) * abs(y) for y in g]) + e * abs(total) * abs(total) + k
                value += dot(a, g) / s.root()
                for j, y in enumerate(g if slopes else []):
                    terms = (v * (a[j] * b[i] * v - a[i] * b[j] * y) for i, v in enumerate(g) if i != j)
                    slope[j] += sum(terms, a[j] * k) / (s * s.root())
            u.append(value)
            du.append([x * slope[self.batch[n]] for n, x in enumerate(column)])
        return u, [list(row) for row in pairs(*du)]

    def forms(self, rows: list[Box], r: Box) -> Box:
        """row·u over a box for every row: natural and mean-value enclosures, intersected."""
        centre, (u, du) = [v.mid() for v in r], self.jet(r)
        at, step = self.jet(centre, slopes=False)[0], [v - c for v, c in pairs(r, centre)]
        return [dot(row, u) & (dot(row, at) + dot((dot(row, v) for v in du), step)) for row in rows]

    def excludes(self, p: int, r: Box) -> list[Box] | None:
        """The faces of a box that may hold solutions but listed ones; None if that is undecided."""
        if any(point.holds(r) for point in self.points):
            return []
        H = self.forms(self.above[p], r)
        if any(h.hi < 0 or (h.lo > 0 and v.lo > 0) for h, v in pairs(H, r)):
            return []
        face = [ZERO if h.lo > 0 else v for h, v in pairs(H, r)]  # where H_i > 0 a solution has r_i = 0
        return [face] if any(a.hi < b.hi for a, b in pairs(face, r)) else None

    def cover(self, box: Box, decide: Callable[[Box], list[Box] | None], reason: str) -> None:
        """Refuse unless every part of a box is decided, halving; what a decision leaves is decided too."""
        stack = [box]
        while stack:
            self.tick()
            box, left = stack.pop(), None
            with suppress(ArithmeticError):
                left = decide(box)
            if left is None:
                i = max(range(len(box)), key=lambda j: box[j].hi - box[j].lo)
                lo, mid, hi = box[i].lo, box[i].mid().lo, box[i].hi
                need(hi - lo > 1 << (BITS - 50), reason)
                left = [[*box[:i], half, *box[i + 1 :]] for half in (Interval(lo, mid), Interval(mid, hi))]
            stack += left

class Point:
    """A checked solution: the box it is alone in, a tight box, its direction and its unstable directions."""
    def __init__(self, problem: Problem, witness: Any) -> None:
        support, box, preconditioner, lyapunov = take(witness, "support box preconditioner lyapunov")
        self.p, *free = indices(support, problem.n)
        self.rows, self.rest = problem.above[self.p], [i for i in range(problem.n) if i != self.p]
        ends = dict(pairs(free, array(box, len(free), 2)))
        need(all(1 <= lo * 2**BITS < hi * 2**BITS for lo, hi in ends.values()), "a box must lie in r > 0")
        self.box = box = [enclose(*ends.get(i, [Fraction(i == self.p)])) for i in range(problem.n)]
        A = [[enclose(v) for v in row] for row in array(preconditioner, len(free), len(free))]
        self.tight, rows = list(box), [self.rows[j] for j in free]
        for attempt in range(20):  # Krawczyk's operator: once proves one zero, the rest make the box tight
            centre, du = [v.mid() for v in self.tight], problem.jet(self.tight)[1]
            at, slopes = problem.forms(rows, centre), [[dot(row, du[k]) for row in rows] for k in free]
            step = [self.tight[k] - centre[k] for k in free]
            for i, a in pairs(free, A):
                off = ((ONE if i == k else ZERO) - dot(a, slope) for k, slope in pairs(free, slopes))
                new = centre[i] - dot(a, at) + dot(off, step)
                need(attempt or (box[i].lo < new.lo and new.hi < box[i].hi), "Krawczyk's inclusion fails")
                self.tight[i] &= new
        self.u, du = problem.jet(self.tight)
        self.level, *H = problem.forms([problem.x[self.p], *self.rows], self.tight)
        bare = [i for i in self.rest if i not in free]  # there r_i = 0, and H_i is the flow's diagonal
        need(self.level.lo > 0 and all(H[i].lo > 0 for i in bare), "gamma or a row off the support fails")
        flow = [[H[i] if i == j and i in bare else self.tight[i] * dot(self.rows[i], du[j])
                 for j in self.rest] for i in self.rest]
        self.unstable = inertia(flow, array(lyapunov, len(self.rest), len(self.rest)))

    def holds(self, r: Box) -> bool:
        """Whether weights r, in any chart, surely have r / r_p in the box where this point is alone."""
        low, high, box = r[self.p].lo, r[self.p].hi, self.box
        return all(box[i].lo * high <= r[i].lo << BITS and r[i].hi << BITS <= box[i].hi * low for i in self.rest)

def inertia(A: list[Box], exact: list[list[Fraction]]) -> int:
    """The number of unstable directions of -A: a symmetric P with AᵀP + PA > 0 has as many negative eigenvalues."""
    P, size = [[enclose(a + b) for a, b in pairs(*both)] for both in pairs(exact, pairs(*exact))], range(len(A))
    At, negative = list(pairs(*A)), []
    for M in ([[dot(At[i], P[j]) + dot(P[i], At[j]) for j in size] for i in size], P):
        for k in size:  # elimination: the pivots' signs are those of the eigenvalues
            need(M[k][k], "the Lyapunov matrix, or its inequality, is singular")
            for i in range(k + 1, len(M)):
                top = M[i][k] if M[k][k].lo > 0 else ZERO - M[i][k]
                M[i] = [v - (top / abs(M[k][k])) * w for v, w in pairs(M[i], M[k])]
        negative.append(sum(M[k][k].hi < 0 for k in size))
    need(negative[0] == 0, "the Lyapunov inequality fails")
    return int(negative[1])

def margin_bracket(problem: Problem, witness: Any) -> dict[str, Any]:
    """min Xw / |w| >= lower and |Xᵀc|_dual <= upper; ``other``, a second maximiser, where they are equal."""
    norm, w, c, lower, upper, other = take(witness, "norm w c lower upper", "other")
    c, low, high, w = array(c, problem.n), array(lower), array(upper), array(w, problem.d)
    ws = [w] if other is None else [w, array(other, problem.d)]
    for v in ws:
        worst = min(dot(x, v, 0) for x in problem.X if problem.tick())
        need(any(v) and min(worst, low) >= 0 and worst**2 >= low**2 * norm2(v, norm), "the lower bound fails")
    dual = norm2([dot(x, c, 0) for x in pairs(*problem.X) if problem.tick()], {"1": "inf", "inf": "1"}.get(norm, norm))
    need(min(c) >= 0 < sum(c) and high >= 0 and dual <= high**2 * sum(c) ** 2, "the upper bound fails")
    two = 0 < low == high and differ(ws[0], ws[-1])
    need(other is None or two, "two maximisers: equal bounds, two directions")
    return {"norm": norm, "lower": lower, "upper": upper} | ({"unique": False} if two else {})

def farkas(problem: Problem, witness: Any) -> dict[str, Any]:
    """c >= 0, not zero, Xᵀc = 0: no w has Xw > 0."""
    c = array(*take(witness, "c"), problem.n)
    zero = not any(dot(column, c, 0) for column in pairs(*problem.X) if problem.tick())
    need(min(c) >= 0 < sum(c) and zero, "c must be nonnegative, not zero, with Xᵀc = 0")
    return {"separable": False}

def solutions(problem: Problem, witness: Any) -> dict[str, Any]:
    """Different solutions of the limit equation; all of them, if the kind says so."""
    entries, *stated = take(witness, "points", "traps margins")
    need({type(v) for v in (entries, *stated)} <= {list, type(None)} and len(entries) <= MAX_SIDE, "lists are due")
    problem.points = points = [Point(problem, entry) for entry in entries]
    need(all(differ(a.tight, b.tight) for a, b in combinations(points, 2)), "two listed solutions may be one")
    differing = any(differ(a.u, b.u) for a, b in combinations(points, 2) if a.unstable == b.unstable == 0)
    need(problem.kind != "fixed_point" or len(points) == 1, "one point is due")
    need(problem.kind != "several_attractors" or differing, "two attracting directions are due")
    whole = problem.kind in ("all_fixed_points", "limit_cycle")
    for p in range(problem.n if whole else 0):
        chart = [Interval(ONE.lo if i == p else 0, ONE.hi) for i in range(problem.n)]
        problem.cover(chart, partial(problem.excludes, p), "a solution outside the list cannot be excluded")
    facts = {"complete": whole, "unstable_directions": [q.unstable for q in points], "different_limits": differing}
    for key, check, given in pairs(("traps", "margins"), (trap, margin_below), stated):
        facts |= {} if given is None else {key: [check(problem, entry) for entry in given if problem.tick()]}
    return facts

def trap(problem: Problem, witness: Any) -> int:
    """N = 2: an interval of r that the flow never leaves, with its own listed point in it and no other."""
    number, box = take(witness, "point box")
    own, ends = problem.points[indices([number], len(problem.points))[0]], array(box, problem.n, 2)
    need(problem.n == 2 and ends[own.p] == [1, 1], "a trap needs two rows and r_p = 1")
    (i,), (low, high) = own.rest, ends[own.rest[0]]
    def place(*r: Fraction) -> Box: return [ONE if k == own.p else enclose(*r) for k in (0, 1)]
    H = [problem.forms([own.rows[i]], place(r))[0] for r in (low, high)]
    inward = H[1].lo > 0 and (low == 0 or H[0].hi < 0)
    own_only = low * 2**BITS <= own.tight[i].lo and own.tight[i].hi <= high * 2**BITS and all(
        differ(q.tight, place(low, high)) for q in problem.points if q is not own)
    need(0 <= low < high and inward and own_only, "a trap is entered at both ends, holds its own point and no other")
    return int(number)

def margin_below(problem: Problem, witness: Any) -> list[Any]:
    """Every listed direction's margin is below ratio times the margin of w: [norm, ratio]."""
    norm, w, ratio = take(witness, "norm w ratio")
    w, share = array(w, problem.d), array(ratio)
    need(share > 0 < (worst := min(dot(x, w, 0) for x in problem.X if problem.tick())), "w must separate, the ratio be positive")
    for point in problem.points:
        low = norm2([Fraction(abs(v).lo) for v in point.u], norm)
        need(point.level.hi**2 * norm2(w, norm) < (share * worst) ** 2 * low, "a margin is not below")
    return [norm, ratio]

def annulus(polygons: list[Any], tick: Callable[[], bool]) -> list[Any]:
    """The edges, in units of 2**-BITS, of two simple disjoint polygons, the annulus to their left."""
    def turn(a: Any, b: Any, c: Any) -> Any:  # twice the signed area of a triangle
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    exact = [[(enclose(x), enclose(y)) for x, y in array(polygon, -1, 2)] for polygon in polygons]
    need(all(v.lo == v.hi > 0 for pair in exact[0] + exact[1] for v in pair), "vertices: positive dyadics")
    outer, inner = ([(x.lo, y.lo) for x, y in polygon] for polygon in exact)
    need(len({*outer, *inner}) == len(outer + inner), "the polygons touch, or have a vertex twice")
    rings = [list(pairs(ring, ring[1:] + ring[:1])) for ring in (outer, inner)]
    areas = [sum(turn((0, 0), a, b) for a, b in ring) for ring in rings]
    need(areas[0] > areas[1] > 0, "polygons must be counterclockwise, the inner inside the outer")
    for (a, b), (c, d) in combinations(rings[0] + rings[1], 2):
        tick()
        apart = turn(a, b, c) * turn(a, b, d) > 0 or turn(c, d, a) * turn(c, d, b) > 0
        shared = len({a, b, c, d}) == 3 and any((turn(a, b, c), turn(a, b, d)))
        need(apart or shared, "polygons must be simple and disjoint")
    return rings[0] + [(b, a) for a, b in rings[1]]  # crossed to the left, both hold the rest point: nested

def limit_cycle(problem: Problem, witness: Any) -> dict[str, Any]:
    """N = 3, one solution, repelling, and an annulus the flow never leaves: it holds a closed orbit."""
    listed, *polygons = take(witness, "points outer inner")
    facts = solutions(problem, {"points": listed})
    need(problem.n == 3 and facts["unstable_directions"] == [2], "one repelling solution is due")
    p, rows = problem.points[0].p, [problem.points[0].rows[i] for i in problem.points[0].rest]
    def crossed(a: Box, step: Box, t: Box) -> list[Box] | None:
        x, y = (v + t[0] * s for v, s in pairs(a, step))
        H = problem.forms(rows, [*[x, y][:p], ONE, *[x, y][p:]])
        return [] if (x * H[0] * step[1] - y * H[1] * step[0]).lo > 0 else None
    for a, b in annulus(polygons, problem.tick):
        at, step = ([Interval(v, v) for v in pair] for pair in (a, (b[0] - a[0], b[1] - a[1])))
        problem.cover([Interval(0, ONE.hi)], partial(crossed, at, step), "an edge is not surely crossed leftward")
    return facts | {"annulus": True}

def finite_run(problem: Problem, witness: Any) -> dict[str, Any]:
    """SignSGD, one sample a step: on separable data the run and its drift misclassify a row."""
    w, eta, order, end, number, separator = take(witness, "w0 eta order w row separator")
    w, end, separator = (array(value, problem.d) for value in (w, end, separator))
    eta, order, row = array(eta, -1), indices(order, problem.n), problem.X[indices([number], problem.n)[0]]
    need(all(dot(x, separator, 0) > 0 for x in problem.X if problem.tick()), "the data are not separated")
    fair = len(order) == problem.n and eta and all(a >= b > 0 for a, b in pairs(eta, eta[1:] + eta[-1:]))
    need(fair, "every row is due in the order, and steps that do not increase")
    signs = [[(v > 0) - (v < 0) for v in x] for x in problem.X]
    for t, step in enumerate(eta):
        problem.tick()
        w = [v + step * s for v, s in pairs(w, signs[order[t % problem.n]])]
    need(w == end and dot(row, w, 0) < 0 > dot(row, map(sum, pairs(*signs)), 0), "the row is not misclassified")
    return {"separable": True, "steps": len(eta), "misclassified": number}

def step_growth(problem: Problem, witness: Any) -> dict[str, Any]:
    """Gradients, the rows of the data: Adam's |m|/√v ends above the bound, which with β1 <= β2 it never does."""
    b1, b2, bound = array(stated := take(witness, "beta1 beta2 bound"), 3)
    need(0 < b1 < 1 and 0 < b2 < b1 * b1, "these betas bound the step: beta2 < beta1**2 < 1 is due")
    m = v = Fraction(0)
    for (g,) in problem.X:
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
    fair = bound > 0 and bound**2 * (1 - b2) >= 1  # what no beta1 <= beta2 passes
    need(fair and m * m > bound**2 * v > 0, "the step is not above the bound, or beta1 <= beta2 allows the bound")
    return {"bound": stated[2], "steps": problem.n, "betas": stated[:2]}

PLAIN = ("margin_bracket", "farkas", "finite_run", "step_growth")  # the kinds without a field
KINDS: dict[str, Callable[[Problem, Any], dict[str, Any]]] = {
    "margin_bracket": margin_bracket, "farkas": farkas, "finite_run": finite_run, "step_growth": step_growth,
    "limit_cycle": limit_cycle, "fixed_point": solutions, "several_attractors": solutions,
    "all_fixed_points": solutions}
CLAIMS: dict[str, tuple[str, Callable[[Any, dict[str, Any]], bool]]] = {
    "R1": ("The limit equation has only one solution.", lambda p, f: len(p.points) > 1),
    "R2": ("The data alone decide the limit.", lambda p, f: "traps" in f and f["different_limits"]
           and {*f["traps"]} == {i for i, q in enumerate(p.points) if q.unstable == 0}),
    "R3": ("The update direction u(c) converges.", lambda p, f: "annulus" in f),
    "R4": ("SignSGD without momentum keeps Adam's l_inf bias at batch size 1.", lambda p, f: "misclassified" in f),
    "R5": ("Adam's l_inf bias survives batch size 1.", lambda p, f: p.alone and f["complete"]
           and 0 in f["unstable_directions"]
           and any(m == "inf" and Fraction(q) <= 1 for m, q in f.get("margins", []))),
    "R6": ("The l_inf max-margin direction is unique.", lambda p, f: "unique" in f and f["norm"] == "inf"),
    "R7": ("Adam's steps stay bounded without beta1 <= beta2.", lambda p, f: "betas" in f),
}
STATEMENTS = {claim: statement for claim, (statement, _) in CLAIMS.items()}

def check(text: bytes, seconds: float = SECONDS) -> tuple[str, str]:
    """("VALID", the conclusion), ("INVALID", reason) or ("UNSUPPORTED", reason); never raises."""
    keys = "format claim statement kind data field witness conclusion producer"
    try:
        need(len(text) <= MAX_BYTES, f"more than {MAX_BYTES} bytes")
        file = json.loads(text.decode(), parse_float=str, parse_constant=str, object_pairs_hook=lambda items:
            need(len(dict(items)) == len(items), "a key is repeated") and dict(items))
        version, claim, statement, kind, data, field, witness, conclusion, *_ = take(file, keys, "note")
        known = version == FORMAT and kind in list(KINDS) and claim in [None, *STATEMENTS]
        need(known, "a format, kind or claim unknown to this checker", NotImplementedError)
        need(statement == (claim and STATEMENTS[claim]), "the claim states otherwise")
        facts = KINDS[kind](problem := Problem(data, field, kind, time.monotonic() + seconds), witness)
        same = json.dumps(facts, sort_keys=True) == json.dumps(conclusion, sort_keys=True)
        need(same, f"the conclusion should be {json.dumps(facts)}")
        need(claim is None or CLAIMS[claim][1](problem, facts), "the claim is not refuted by this")
        return "VALID", json.dumps(facts)
    except Exception as reason:  # whatever a hostile file provokes is a refusal
        unsupported = isinstance(reason, (NotImplementedError, TimeoutError))
        return "UNSUPPORTED" if unsupported else "INVALID", str(reason) or type(reason).__name__

def main(paths: list[str]) -> int:
    """Check files; 0 if all are VALID, 1 if any is INVALID, else 2."""
    words = set()
    for path in paths:
        verdict, reason = "INVALID", "no file that can be read"
        with suppress(OSError), open(path if isfile(path) else "", "rb") as file:  # a pipe may wait for ever
            verdict, reason = check(file.read(MAX_BYTES + 1))
        print(f"{path}: {verdict}({reason})")
        words.add(verdict)
    return 1 if "INVALID" in words else 0 if words == {"VALID"} else 2

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
