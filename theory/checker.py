"""An independent checker of certificates: standard library only, no code of their makers, the trust base.

``python -m theory.checker CERT…`` (or this file alone, anywhere: ``python -I checker.py CERT…``) answers
VALID, INVALID(reason) or UNSUPPORTED(reason) for each file and exits 0, 1 or 2.  It recomputes the
problem from the data and believes nothing of the witness.  Rational facts are checked in fractions,
facts about a field in intervals with integer ends over 2**BITS, rounded outward, roots by math.isqrt.

A field is a list of steps (a, b, e) on batch gradients g_j = Σ r_n x_n over batch j: u_k = Σ_steps p/√s with
p = Σ a_j g_j, s = Σ b_j g_j² + e (Σ g_j)², so ∂u_k/∂g_j = Σ_l g_l (a_j b_l g_l - a_l b_j g_j) / s^{3/2}
(e ≠ 0 only where a = 1 and b is constant; then its terms cancel).  In a chart r_p = 1 the flow is
dr_i/dτ = -r_i H_i, H_i = F_i - F_p; a solution of the limit equation has H_i = 0 where r_i > 0 and
H_i >= 0 where r_i = 0.  docs/certificates.md gives the schema and says what each kind proves.
"""

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

FORMAT, BITS, SECONDS = "marginproof-certificate/1", 96, 60.0
MAX_BYTES, MAX_SIDE, MAX_LIST = 1_000_000, 64, 1000
FIELDS = {"gd": "name", "theta": "name theta", "inc_adam": "name beta1 beta2 batches"}
RATIONAL = re.compile(r"-?[0-9]{1,200}(/[0-9]{1,200})?")


class Interval:
    """[lo, hi] / 2**BITS with integer ends, rounded outward; true where it surely is not zero."""

    def __init__(self, lo: int, hi: int) -> None:
        self.lo, self.hi = lo, hi

    def __bool__(self) -> bool:
        return self.lo > 0 or self.hi < 0

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.lo + other.lo, self.hi + other.hi)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.lo - other.hi, self.hi - other.lo)

    def __mul__(self, other: Interval) -> Interval:
        if self.lo >= 0 <= other.lo:
            return Interval(self.lo * other.lo >> BITS, -(-self.hi * other.hi >> BITS))
        ends = (self.lo * other.lo, self.lo * other.hi, self.hi * other.lo, self.hi * other.hi)
        return Interval(min(ends) >> BITS, -(-max(ends) >> BITS))

    def __truediv__(self, other: Interval) -> Interval:
        if other.lo <= 0:
            raise ArithmeticError("a divisor is not surely positive")
        lo = (self.lo << BITS) // (other.hi if self.lo >= 0 else other.lo)
        return Interval(lo, -((-self.hi << BITS) // (other.lo if self.hi >= 0 else other.hi)))

    def __abs__(self) -> Interval:
        return Interval(max(self.lo, -self.hi, 0), max(-self.lo, self.hi))

    def __and__(self, other: Interval) -> Interval:
        return Interval(max(self.lo, other.lo), min(self.hi, other.hi))

    def root(self) -> Interval:
        """The square root (of a sum of squares, never below zero)."""
        return Interval(isqrt(self.lo << BITS), isqrt(self.hi << BITS) + 1)

    def mid(self) -> Interval:
        """The middle, as a point."""
        return Interval((self.lo + self.hi) >> 1, (self.lo + self.hi) >> 1)


ZERO, ONE = Interval(0, 0), Interval(1 << BITS, 1 << BITS)


def enclose(*ends: Fraction) -> Interval:
    """The smallest interval around the numbers."""
    return Interval(min(ends) * 2**BITS // 1, -(-max(ends) * 2**BITS // 1))


def need(condition: Any, reason: str) -> None:
    """Refuse, with the reason, unless the condition holds."""
    if not condition:
        raise ValueError(reason)


def take(value: Any, required: str, optional: str = "") -> list[Any]:
    """The values of an object at the required and optional keys (or None); it must have no others."""
    must, may = required.split(), optional.split()
    good = isinstance(value, dict) and set(must) <= set(value) <= {*must, *may}
    need(good, f"the keys due are {required}")
    return [value.get(key) for key in must + may]


def array(value: Any, *shape: int) -> Any:
    """Nested lists of exact numbers, written "p" or "p/q", of the given shape; -1 stands for any length."""
    if shape:
        need(isinstance(value, list) and len(value) <= MAX_LIST, "a list (not too long) is due")
        need(shape[0] in (-1, len(value)), f"a list has {len(value)} entries, not {shape[0]}")
        return [array(entry, *shape[1:]) for entry in value]
    need(isinstance(value, str) and RATIONAL.fullmatch(value), 'a string "p" or "p/q" is due')
    top, _, bottom = value.partition("/")
    need(bottom == "" or int(bottom) != 0, "a denominator is zero")
    return Fraction(int(top), int(bottom or 1))


def indices(value: Any, end: int) -> list[int]:
    """Distinct integers in [0, end)."""
    good = isinstance(value, list) and all(type(i) is int and 0 <= i < end for i in value)
    need(good and len(set(value)) == len(value), "distinct row numbers are due")
    return list(value)


def dot(a: Iterable[Any], b: Iterable[Any], start: Any = ZERO) -> Any:
    """The inner product, of intervals or (with start 0) of exact numbers."""
    return sum((x * y for x, y in zip(a, b, strict=True)), start)


def differ(a: list[Any], b: list[Any]) -> bool:
    """Whether two vectors, exact or in boxes, surely are not parallel."""
    return any(x * t - y * s for (x, s), (y, t) in combinations(zip(a, b, strict=True), 2))


def norm2(values: list[Any], norm: Any) -> Any:
    """The square of the l1, l2 or l_inf norm of exact numbers."""
    need(norm in ("1", "2", "inf"), "norm must be 1, 2 or inf")
    size = [abs(v) for v in values]
    return {"1": sum(size) ** 2, "2": sum(v * v for v in size), "inf": max(size) ** 2}[norm]


class Problem:
    """Data, a field, and the clock."""

    def __init__(self, data: Any, field: Any, kind: str, deadline: float) -> None:
        self.X, self.kind, self.deadline = array(data, -1, -1), kind, deadline
        self.n, self.d = len(self.X), len(self.X[0]) if self.X else 0
        small = 0 < self.n <= MAX_SIDE and 0 < self.d <= MAX_SIDE
        need(small and all(len(row) == self.d for row in self.X), f"data: 1 to {MAX_SIDE} equal rows")
        self.x = [[enclose(v) for v in row] for row in self.X]
        self.points: list[Point] = []
        need((field is None) == (kind in FIELDLESS), "a field is due, or none, as the kind says")
        self.alone: bool = False  # whether the field is Adam's with one sample in each batch
        self.batches, steps = ([], []) if field is None else self._read(field)
        self.steps = [(a, b, e, [[v * w for w in b] for v in a]) for a, b, e in steps]

    def _read(self, field: Any) -> tuple[list[list[int]], list[Any]]:
        name = field["name"]
        if name not in FIELDS:
            raise NotImplementedError("a field unknown to this checker")
        _, *values = take(field, FIELDS[name])
        batches = values.pop() if name == "inc_adam" else [[i] for i in range(self.n)]
        numbers, K, size = array(values, -1), len(batches), len(batches[0])
        need(len(indices([i for b in batches for i in b], self.n)) == self.n, "every row must be in a batch")
        good = all(len(b) == size for b in batches) and all(0 <= v < 1 for v in numbers)
        need(good, "theta and betas must lie in [0, 1), batches be of one size")
        self.alone = size == 1 and (name == "inc_adam" or numbers == [0])
        if name == "theta":
            return batches, [([ONE] * K, [enclose(1 - numbers[0])] * K, enclose(numbers[0]))]
        powers = [[enclose(v**i) for i in range(K)] for v in numbers]  # none for gd
        steps = [(*([p[(i - j) % K] for j in range(K)] for p in powers), ZERO) for i in range(K)]
        return batches, steps if numbers else []

    def tick(self) -> None:
        """Stop when the time is up."""
        if time.monotonic() > self.deadline:
            raise TimeoutError("the time limit was reached; allow more seconds")

    def above(self, p: int) -> list[list[Interval]]:
        """The rows x_i - x_p, so that H = rows·u."""
        return [[enclose(a - b) for a, b in zip(row, self.X[p], strict=True)] for row in self.X]

    def jet(self, r: list[Interval], slopes: bool = True) -> tuple[list[Interval], list[list[Interval]]]:
        """u over a box of weights, and ∂u_k/∂r_n at [n][k]."""
        u, du = [ZERO] * self.d, [[ZERO] * self.d for _ in r]
        for k in range(self.d):
            g = [sum((self.x[n][k] * r[n] for n in batch), ZERO) for batch in self.batches]
            u[k], slope = (ZERO, [ZERO] * len(g)) if self.steps else (sum(g, ZERO), [ONE] * len(g))
            for a, b, e, ab in self.steps:
                self.tick()
                total = abs(sum(g, ZERO))
                s = dot(b, [abs(y) * abs(y) for y in g]) + e * total * total
                u[k] = u[k] + dot(a, g) / s.root()
                for j in range(len(g) if slopes else 0):
                    others = [i for i in range(len(g)) if i != j]
                    terms = (g[i] * (ab[j][i] * g[i] - ab[i][j] * g[j]) for i in others)
                    slope[j] = slope[j] + sum(terms, ZERO) / (s * s.root())
            for n, j in ((n, j) for j, batch in enumerate(self.batches) for n in batch):
                du[n][k] = self.x[n][k] * slope[j]
        return u, du

    def forms(self, rows: list[list[Interval]], r: list[Interval]) -> list[Interval]:
        """row·u over a box for every row: natural and mean-value enclosures, intersected."""
        centre, (u, du) = [v.mid() for v in r], self.jet(r)
        at, step = self.jet(centre, slopes=False)[0], [v - c for v, c in zip(r, centre, strict=True)]
        return [dot(row, u) & (dot(row, at) + dot((dot(row, v) for v in du), step)) for row in rows]

    def excludes(self, rows: list[list[Interval]], r: list[Interval]) -> Any:
        """Whether a box of weights holds no solution but a listed one, or the face where it would lie."""
        if any(inside(r, point.box, point.p) for point in self.points):
            return True
        H = self.forms(rows, r)
        if any(h.hi < 0 or (h.lo > 0 and v.lo > 0) for h, v in zip(H, r, strict=True)):
            return True
        face = [ZERO if h.lo > 0 else v for h, v in zip(H, r, strict=True)]
        return face if any(a.hi < b.hi for a, b in zip(face, r, strict=True)) else False

    def cover(self, box: list[Interval], decide: Callable[[Any], Any], reason: str) -> None:
        """Refuse unless every part of a box is decided, halving; an answer may be a smaller box."""
        stack = [box]
        while stack:
            self.tick()
            box = stack.pop()
            try:
                answer = decide(box)
            except ArithmeticError:
                answer = False
            if answer is False:
                wide = max(range(len(box)), key=lambda i: box[i].hi - box[i].lo)
                lo, hi = box[wide].lo, box[wide].hi
                need(hi - lo > 1 << (BITS - 50), reason)
                halves = (Interval(lo, (lo + hi) >> 1), Interval((lo + hi) >> 1, hi))
                stack += [[*box[:wide], half, *box[wide + 1 :]] for half in halves]
            elif answer is not True:
                stack.append(answer)


class Point:
    """A checked solution: the box it is alone in, a tight box, its direction and its unstable directions."""

    def __init__(self, problem: Problem, witness: Any) -> None:
        support, box, preconditioner, lyapunov = take(witness, "support box preconditioner lyapunov")
        support, n = indices(support, problem.n), problem.n
        (self.p, *self.free), self.rows = support, problem.above(support[0])
        ends = array(box, len(self.free), 2)
        need(all(0 < lo < hi for lo, hi in ends), "a box must lie in the positive weights")
        found = {i: enclose(lo, hi) for i, (lo, hi) in zip(self.free, ends, strict=True)}
        self.box = [ONE if i == self.p else found.get(i, ZERO) for i in range(n)]
        A = [[enclose(v) for v in row] for row in array(preconditioner, len(self.free), len(self.free))]
        self.tight = self._krawczyk(problem, A)
        self.u, du = problem.jet(self.tight)
        self.level, *H = problem.forms([problem.x[self.p], *self.rows], self.tight)
        off = {i: v for i, v in enumerate(H) if i not in support}
        need(all(v.lo > 0 for v in (self.level, *off.values())), "gamma or a row off the support fails")
        self.rest = [i for i in range(n) if i != self.p]
        flow = [[self.tight[i] * dot(self.rows[i], du[j]) for j in self.rest] for i in self.rest]
        for a, i in enumerate(self.rest):  # off the support r_i = 0 and the diagonal is H_i
            flow[a][a] = off.get(i, flow[a][a])
        self.unstable = inertia(flow, array(lyapunov, n - 1, n - 1))

    def _krawczyk(self, problem: Problem, A: list[list[Interval]]) -> list[Interval]:
        box, rows = self.box, [self.rows[j] for j in self.free]
        for attempt in range(20):
            centre, du, new = [v.mid() for v in box], problem.jet(box)[1], list(box)
            at, slope = problem.forms(rows, centre), [[dot(row, du[k]) for row in rows] for k in self.free]
            for i, a in zip(self.free, A, strict=True):
                new[i] = centre[i] - dot(a, at)
                for k, column in zip(self.free, slope, strict=True):
                    part = (ONE if i == k else ZERO) - dot(a, column)
                    new[i] = new[i] + part * (box[k] - centre[k])
                inside = box[i].lo < new[i].lo and new[i].hi < box[i].hi
                need(attempt > 0 or inside, "Krawczyk's inclusion fails")
            box = [a & b for a, b in zip(new, box, strict=True)]
        return box


def inside(r: list[Interval], box: list[Interval], p: int) -> bool:
    """Whether weights, in any chart, surely lie in a box of the chart r_p = 1."""
    if r[p].lo <= 0:
        return False
    own = [b if i == p else v / r[p] for i, (v, b) in enumerate(zip(r, box, strict=True))]
    return all(b.lo <= v.lo and v.hi <= b.hi for v, b in zip(own, box, strict=True))


def inertia(A: list[list[Interval]], exact: list[list[Fraction]]) -> int:
    """The flow is -A: with AᵀP + PA > 0 it has as many unstable directions as P has negative eigenvalues."""
    size, P = range(len(A)), [[enclose(v) for v in row] for row in exact]
    need(all(exact[i][j] == exact[j][i] for i in size for j in size), "the Lyapunov matrix is not symmetric")
    half = [[dot((A[k][i] for k in size), (P[k][j] for k in size)) for j in size] for i in size]
    negative = []
    for M in ([[half[i][j] + half[j][i] for j in size] for i in size], P):
        for k in size:  # elimination: the pivots' signs are those of the eigenvalues
            need(M[k][k], "the Lyapunov matrix, or its inequality, is singular")
            for i in range(k + 1, len(M)):
                top = M[i][k] if M[k][k].lo > 0 else ZERO - M[i][k]
                M[i] = [v - (top / abs(M[k][k])) * w for v, w in zip(M[i], M[k], strict=True)]
        negative.append(sum(M[k][k].hi < 0 for k in size))
    need(negative[0] == 0, "the Lyapunov inequality fails")
    return negative[1]


def margin_bracket(problem: Problem, witness: Any) -> dict[str, Any]:
    """min Xw / |w| >= lower and |Xᵀc|_dual <= upper; ``other``, a second maximiser, where they are equal."""
    norm, w, c, lower, upper, other = take(witness, "norm w c lower upper", "other")
    c, low, high, w = array(c, problem.n), array(lower), array(upper), array(w, problem.d)
    ws = [w] if other is None else [w, array(other, problem.d)]
    for v in ws:
        worst = min(dot(x, v, 0) for x in problem.X)
        need(any(v) and min(worst, low) >= 0 and worst**2 >= low**2 * norm2(v, norm), "the lower bound fails")
    gradient = [dot(column, c, 0) for column in zip(*problem.X, strict=True)]
    dual = norm2(gradient, {"1": "inf", "2": "2", "inf": "1"}[norm])
    need(min(c) >= 0 < sum(c) and high >= 0 and dual <= high**2 * sum(c) ** 2, "the upper bound fails")
    two = 0 < low == high and differ(ws[0], ws[-1])
    need(other is None or two, "two maximisers: equal bounds, two directions")
    facts = {"norm": norm, "lower": lower, "upper": upper}
    return facts if other is None else facts | {"unique": False}


def farkas(problem: Problem, witness: Any) -> dict[str, Any]:
    """c >= 0, not zero, Xᵀc = 0: no w has Xw > 0."""
    c = array(*take(witness, "c"), problem.n)
    gradient = [dot(column, c, 0) for column in zip(*problem.X, strict=True)]
    need(min(c) >= 0 < sum(c) and not any(gradient), "c must be nonnegative, not zero, with Xᵀc = 0")
    return {"separable": False}


def solutions(problem: Problem, witness: Any) -> dict[str, Any]:
    """Solutions of the limit equation with different directions; all of them, if the kind says so."""
    entries, traps, margins = take(witness, "points", "traps margins")
    need(isinstance(entries, list) and len(entries) <= MAX_SIDE, "a list of points is due")
    problem.points = points = [Point(problem, entry) for entry in entries]
    need(all(differ(a.tight, b.tight) for a, b in combinations(points, 2)), "two listed solutions may be one")
    complete = problem.kind in ("all_fixed_points", "limit_cycle")
    unstable = [point.unstable for point in points]
    differing = any(differ(a.u, b.u) for a, b in combinations(points, 2) if a.unstable == b.unstable == 0)
    need(problem.kind != "fixed_point" or len(points) == 1, "one point is due")
    need(problem.kind != "several_attractors" or differing, "two attracting directions are due")
    for p in range(problem.n if complete else 0):
        chart = [Interval(ONE.lo if i == p else 0, ONE.hi) for i in range(problem.n)]
        decide = partial(problem.excludes, problem.above(p))
        problem.cover(chart, decide, "a solution outside the list cannot be excluded")
    facts = {"complete": complete, "unstable_directions": unstable, "different_limits": differing}
    for key, check, stated in (("traps", trap, traps), ("margins", margin_below, margins)):
        if stated is not None:
            facts[key] = [check(problem, entry) for entry in stated]
    return facts


def trap(problem: Problem, witness: Any) -> int:
    """A box of weights in the point's chart that the flow never leaves, with no other listed point in it."""
    number, ends = take(witness, "point box")
    which = indices([number], len(problem.points))[0]
    own, ends = problem.points[which], array(ends, problem.n, 2)
    box = [enclose(lo, hi) for lo, hi in ends]
    good = ends[own.p] == [1, 1] and all(0 <= ends[i][0] < ends[i][1] for i in own.rest)
    need(good, "a trap needs r_p = 1")

    def crossed(i: int, end: int, face: list[Interval]) -> bool:
        H = problem.forms([own.rows[i]], face)[0]
        return (H.lo if end == 1 else -H.hi) > 0

    for i, end in ((i, end) for i in own.rest for end in (0, 1) if ends[i][end] > 0):
        face = [*box[:i], enclose(ends[i][end]), *box[i + 1 :]]
        problem.cover(face, partial(crossed, i, end), "a face of a trap is not surely crossed inward")
    others = [point for point in problem.points if point is not own]
    alone = inside(own.tight, box, own.p) and all(differ(point.tight, box) for point in others)
    need(alone, "a trap must hold its own point and no other")
    return which


def margin_below(problem: Problem, witness: Any) -> list[Any]:
    """Every listed direction's margin is below ratio times the margin of w: [norm, ratio]."""
    norm, w, ratio = take(witness, "norm w ratio")
    w, share = array(w, problem.d), array(ratio)
    worst = min(dot(x, w, 0) for x in problem.X)
    need(worst > 0 and share > 0, "w must separate the data and the ratio be positive")
    for point in problem.points:
        low = norm2([Fraction(abs(v).lo) for v in point.u], norm)
        need(point.level.hi**2 * norm2(w, norm) < (share * worst) ** 2 * low, "a margin is not below")
    return [norm, ratio]


def turn(a: Any, b: Any, c: Any) -> Any:
    """Twice the signed area of a triangle; positive counterclockwise."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def ring(value: Any) -> list[Any]:
    """The edges of a counterclockwise polygon with positive vertices, in units of 2**-BITS."""
    exact = [[v * 2**BITS for v in vertex] for vertex in array(value, -1, 2)]
    corners = [(int(x), int(y)) for x, y in exact]
    need(all(v.denominator == 1 and v > 0 for vertex in exact for v in vertex), "vertices: positive dyadics")
    edges = list(zip(corners, corners[1:] + corners[:1], strict=True))
    need(len(set(corners)) == len(corners) >= 3, "a polygon needs three vertices, none twice")
    need(sum(turn((0, 0), a, b) for a, b in edges) > 0, "polygons must be counterclockwise")
    return edges


def nested(outer: list[Any], inner: list[Any], tick: Callable[[], None]) -> None:
    """Refuse unless both are simple polygons, without a common point, the inner inside the outer."""
    need(not {a for a, _ in outer} & {a for a, _ in inner}, "the polygons touch")
    for (a, b), (c, d) in combinations(outer + inner, 2):
        tick()
        apart = turn(a, b, c) * turn(a, b, d) > 0 or turn(c, d, a) * turn(c, d, b) > 0
        shared = len({a, b, c, d}) == 3 and any((turn(a, b, c), turn(a, b, d)))
        need(apart or shared, "polygons must be simple and disjoint")
    p = inner[0][0]
    crossed = [(a, b) for a, b in outer if (a[1] > p[1]) != (b[1] > p[1])]
    right = sum((turn(a, b, p) > 0) == (b[1] > a[1]) for a, b in crossed)
    need(right % 2 == 1, "the inner polygon is not inside the outer one")


def limit_cycle(problem: Problem, witness: Any) -> dict[str, Any]:
    """N = 3, one solution, repelling, and an annulus the flow never leaves: it holds a closed orbit."""
    listed, *polygons = take(witness, "points outer inner")
    facts, points = solutions(problem, {"points": listed}), problem.points
    need(problem.n == 3 and len(points) == 1 and points[0].unstable == 2, "one repelling solution is due")
    outer, inner = (ring(polygon) for polygon in polygons)
    nested(outer, inner, problem.tick)
    p, (i, j), rows = points[0].p, points[0].rest, points[0].rows

    def crossed(at: list[Interval], step: list[Interval], sign: int, t: list[Interval]) -> bool:
        x, y = (v + t[0] * s for v, s in zip(at, step, strict=True))
        H = problem.forms([rows[i], rows[j]], [{p: ONE, i: x, j: y}[k] for k in range(3)])
        flux = x * H[0] * step[1] - y * H[1] * step[0]
        return (flux.lo if sign > 0 else -flux.hi) > 0

    for (a, b), sign in [(edge, 1) for edge in outer] + [(edge, -1) for edge in inner]:
        at, step = ([Interval(v, v) for v in vertex] for vertex in (a, (b[0] - a[0], b[1] - a[1])))
        decide = partial(crossed, at, step, sign)
        problem.cover([Interval(0, ONE.hi)], decide, "an edge is not surely crossed the right way")
    return facts | {"annulus": True}


def finite_run(problem: Problem, witness: Any) -> dict[str, Any]:
    """SignSGD, one sample a step: on separable data the run and its drift misclassify a row."""
    w, eta, order, end, number, separator = take(witness, "w0 eta order w row separator")
    w, end, separator = (array(value, problem.d) for value in (w, end, separator))
    eta, order = array(eta, -1), indices(order, problem.n)
    row = problem.X[indices([number], problem.n)[0]]
    separated = all(dot(x, separator, 0) > 0 for x in problem.X)
    need(separated and len(order) == problem.n and eta != [], "the data are not separated, or no run")
    need(all(a >= b > 0 for a, b in zip(eta, eta[1:] + eta[-1:], strict=True)), "steps must not increase")
    signs = [[(v > 0) - (v < 0) for v in x] for x in problem.X]
    for t, step in enumerate(eta):
        problem.tick()
        w = [v + step * s for v, s in zip(w, signs[order[t % problem.n]], strict=True)]
    drift = dot(row, [sum(column) for column in zip(*signs, strict=True)], 0)
    need(w == end and dot(row, w, 0) < 0 and drift < 0, "the run does not misclassify the row")
    return {"separable": True, "steps": len(eta), "misclassified": number}


def step_growth(problem: Problem, witness: Any) -> dict[str, Any]:
    """One coordinate, gradients the rows of the data: Adam's |m|/√v ends above the bound, with β1² > β2."""
    stated = take(witness, "beta1 beta2 bound")
    b1, b2, bound = array(stated, 3)
    m = v = Fraction(0)
    for (g,) in problem.X:
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
    need(
        0 < b1 < 1 and 0 < b2 < b1 * b1, reason := "these betas bound it, or the step is not above the bound"
    )
    need(m * m > bound * bound * v > 0, reason)
    return {"bound": stated[2], "steps": problem.n, "betas": stated[:2]}


FIELDLESS = ("margin_bracket", "farkas", "finite_run", "step_growth")
KINDS: dict[str, Callable[[Problem, Any], dict[str, Any]]] = {
    check.__name__: check for check in (margin_bracket, farkas, finite_run, step_growth, limit_cycle)
} | dict.fromkeys(("fixed_point", "several_attractors", "all_fixed_points"), solutions)


def loses_linf(facts: dict[str, Any]) -> bool:
    """Whether, of a complete list with an attracting point, all l_inf margins are below the largest."""
    below = any(norm == "inf" and Fraction(ratio) <= 1 for norm, ratio in facts.get("margins", []))
    return below and facts["complete"] and 0 in facts["unstable_directions"]


def trapped(facts: dict[str, Any]) -> bool:
    """Whether two attracting directions differ, and every attracting point has a trap."""
    attracting = {i for i, count in enumerate(facts.get("unstable_directions", [])) if count == 0}
    return facts.get("different_limits", False) and set(facts.get("traps", [])) == attracting


CLAIMS: dict[str, tuple[str, Callable[[Problem, dict[str, Any]], bool]]] = {
    "R1": ("The limit equation has only one solution.", lambda p, f: len(p.points) > 1),
    "R2": ("The data alone decide the limit.", lambda p, f: trapped(f)),
    "R3": ("The update direction u(c) converges.", lambda p, f: "annulus" in f),
    "R4": (
        "SignSGD without momentum keeps Adam's l_inf bias at batch size 1.",
        lambda p, f: "misclassified" in f,
    ),
    "R5": ("Adam's l_inf bias survives batch size 1.", lambda p, f: p.alone and loses_linf(f)),
    "R6": ("The l_inf max-margin direction is unique.", lambda p, f: "unique" in f and f["norm"] == "inf"),
    "R7": ("Adam's steps stay bounded without beta1 <= beta2.", lambda p, f: "betas" in f),
}
STATEMENTS = {claim: statement for claim, (statement, _) in CLAIMS.items()}


def judge(certificate: Any, seconds: float) -> dict[str, Any]:
    """What the certificate proves; raises where it does not."""
    keys = "format claim statement kind data field witness conclusion producer"
    version, claim, statement, kind, data, field, witness, conclusion, *_ = take(certificate, keys, "note")
    if version != FORMAT or kind not in list(KINDS) or claim not in [None, *STATEMENTS]:
        raise NotImplementedError("a format, kind or claim unknown to this checker")
    need(statement == (claim and STATEMENTS[claim]), "the claim states otherwise")
    problem = Problem(data, field, kind, time.monotonic() + seconds)
    facts = KINDS[kind](problem, witness)
    same = json.dumps(facts, sort_keys=True) == json.dumps(conclusion, sort_keys=True)
    need(same, f"the conclusion should be {json.dumps(facts)}")
    need(claim is None or CLAIMS[claim][1](problem, facts), "the claim is not refuted by this")
    return facts


def read(text: bytes) -> Any:
    """JSON without repeated keys or inexact numbers."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        need(len(dict(pairs)) == len(pairs), "a key is repeated")
        return dict(pairs)

    def refuse(number: str) -> None:
        raise ValueError("inexact numbers are not allowed")

    need(len(text) <= MAX_BYTES, f"more than {MAX_BYTES} bytes")
    return json.loads(text.decode(), object_pairs_hook=unique, parse_float=refuse, parse_constant=refuse)


def check(text: bytes, seconds: float = SECONDS) -> tuple[str, str]:
    """("VALID", the conclusion), ("INVALID", reason) or ("UNSUPPORTED", reason); never raises."""
    try:
        return "VALID", json.dumps(judge(read(text), seconds))
    except (NotImplementedError, TimeoutError) as reason:
        return "UNSUPPORTED", str(reason)
    except Exception as reason:  # whatever a hostile file provokes is a refusal
        return "INVALID", str(reason) or type(reason).__name__


def main(paths: list[str]) -> int:
    """Check files; 0 if all are VALID, 1 if any is INVALID, else 2."""
    words = set()
    for path in paths:
        verdict, reason = "INVALID", "no file that can be read"
        if isfile(path):  # nothing that may wait for ever, as a pipe does
            with suppress(OSError), open(path, "rb") as file:
                verdict, reason = check(file.read(MAX_BYTES + 1))
        print(f"{path}: {verdict}({reason})")
        words.add(verdict)
    return 1 if "INVALID" in words else 0 if words == {"VALID"} else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
