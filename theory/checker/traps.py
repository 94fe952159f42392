"""What may be added to a list of solutions: traps that hold one of them (N = 2), margins and angles of all of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .fields import Field
from .flow import Flow
from .intervals import BITS, ONE, UNIT, ZERO, Box, Interval, dot, enclose, parallel_undecided, root, square
from .points import Point
from .problem import Problem, power
from .rational import exact_dot, exact_sum, norm_squared, transposed_dot
from .reading import matrix, rational, take, vector, whole
from .refusals import need


def trap(problem: Problem, field: Field, points: list[Point], witness: Any) -> int:
    """N = 2: an interval of r that the flow never leaves, with its own listed point in it and no other."""
    number, box = take(witness, "point box")
    own = points[whole(number, len(points))]
    need(problem.n_distinct == 2, "a trap needs two rows")
    ends = matrix(box, 2, 2, problem.clock)
    need(ends[own.p] == [1, 1], "a trap needs r_p = 1")
    i = 1 - own.p
    low, high = ends[i]
    need(0 <= low < high, "a trap needs 0 <= low < high")
    flow = Flow(problem, field, range(2))

    def place(*r: Fraction) -> Box:
        return [ONE if g == own.p else enclose(*r) for g in (0, 1)]

    def above(r: Fraction) -> Any:
        return dot(flow.above(own.p)[i], flow.u(place(r)))

    inward = above(high).positive() and (low == 0 or above(low).negative())
    need(inward, "a trap is entered at both ends")
    at = own.tight.get(i, ZERO)
    need(low * UNIT <= at.lo and at.hi <= high * UNIT, "a trap holds its own point")
    for other in points:
        weights = [other.tight.get(g, ZERO) for g in (0, 1)]
        need(other is own or not parallel_undecided(weights, place(low, high)), "a trap holds no other point")
    return whole(number, len(points))


def margin_below(problem: Problem, field: Field, points: list[Point], witness: Any) -> list[Any]:
    """Every listed direction's margin is below ratio times the margin of w: [norm, ratio]."""
    norm, given, ratio = take(witness, "norm w ratio")
    w = vector(given, problem.d, problem.clock)
    share = rational(ratio)
    worst = min(exact_dot(x, w, problem.clock) for x in problem.X)
    need(share > 0 and worst > 0, "w must separate, the ratio be positive")
    size = norm_squared(w, norm, problem.clock)
    reach = (share * worst / power(problem.top)) ** 2
    for point in points:
        low = norm_squared([Fraction(abs(v).lo) for v in point.u], norm, problem.clock)
        need(point.level.hi**2 * size < reach * low, "a margin is not below")
    return [norm, ratio]


def cosine_below(problem: Problem, field: Field, points: list[Point], witness: Any) -> Any:
    """Every listed direction's cosine with the l2 max-margin direction w* is below a bound, by w near w* and weights c.

    Let |w| = 1 and min Xw = l > 0, and let Xᵀc have length h for weights c that sum to 1. Since w* = Xᵀc*/γ with weights c*
    that sum to 1, w·w* >= l/γ; and γ <= h. So |w - w*|² = 2 - 2 w·w* <= 2 (1 - l/h) <= 2 (1 - l²/h²).
    """
    given, weights, bound = take(witness, "w c bound")
    w = vector(given, problem.d, problem.clock)
    c = vector(weights, problem.n, problem.clock)
    worst = min(exact_dot(x, w, problem.clock) for x in problem.X)
    need(worst > 0, "w must separate")
    need(min(c) >= 0 and any(c), "c must be nonnegative, not zero")
    low = worst**2 / norm_squared(w, "2", problem.clock)
    high = norm_squared(transposed_dot(problem, c), "2", problem.clock) / exact_sum(c, problem.clock) ** 2
    away = enclose(2 * (1 - low / high))
    distance = root(max(away.lo, 0) << BITS, away.hi << BITS)
    top = max(abs(v) for v in w)
    near = [enclose(v / top) for v in w]
    for point in points:
        cosine = dot(near, point.u) / (_length(near) * _length(point.u))
        need((enclose(rational(bound)) - cosine - distance).positive(), "a cosine is not below")
    return bound


def _length(x: Box) -> Interval:
    squares = [square(v) for v in x]
    return root(sum(v.lo for v in squares), sum(v.hi for v in squares))
