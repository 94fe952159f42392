"""What may be added to a list of solutions: traps that hold one of them (N = 2), and margins of all of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .fields import Field
from .flow import Flow
from .intervals import ONE, UNIT, ZERO, Box, dot, enclose, parallel_undecided
from .points import Point
from .problem import Problem, power
from .rational import exact_dot, norm_squared
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
        return dot(flow.above[own.p][i], flow.u(place(r)))

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
