"""A limit cycle, N = 3: one solution, repelling, and an annulus the flow never leaves: it holds a closed orbit."""

from __future__ import annotations

from functools import partial
from typing import Any

from .fields import Field
from .flow import Flow
from .intervals import ONE, UNIT, Box, Interval
from .lists import Facts, cover, solutions
from .points import Point
from .polygons import Edge, annulus
from .problem import Problem
from .reading import take
from .refusals import need


def limit_cycle(problem: Problem, field: Field, witness: Any) -> tuple[Facts, list[Point]]:
    """The only solution repels, and the flow crosses every edge of the annulus inward."""
    listed, outer, inner = take(witness, "points outer inner")
    facts, points = solutions("limit_cycle", problem, field, {"points": listed})
    need(problem.n_distinct == 3 and facts["unstable_directions"] == [2], "one repelling solution is due")
    flow = Flow(problem, field, range(3))
    for edge in annulus(outer, inner, problem.clock):
        whole = [Interval(0, UNIT)]
        leftward = partial(crossed, flow, points[0].p, edge)
        cover(whole, leftward, problem.clock, "an edge is not surely crossed leftward")
    return facts | {"annulus": True}, points


def crossed(flow: Flow, p: int, edge: Edge, t: Box) -> list[Box] | None:
    """[] if the flow (-x H_x, -y H_y) surely crosses the edge's points a + t (b - a) to the left."""
    (ax, ay), (bx, by) = edge
    run, rise = Interval(bx - ax, bx - ax), Interval(by - ay, by - ay)
    x = Interval(ax, ax) + t[0] * run
    y = Interval(ay, ay) + t[0] * rise
    r = [x, y]
    r.insert(p, ONE)
    rows = [row for i, row in enumerate(flow.above[p]) if i != p]
    natural = flow.natural(rows, r)
    if flux(x, y, natural, run, rise).positive():
        return []
    better = [a & b for a, b in zip(natural, flow.mean_value(rows, r), strict=True)]
    return [] if flux(x, y, better, run, rise).positive() else None


def flux(x: Interval, y: Interval, H: Box, run: Interval, rise: Interval) -> Interval:
    """The flow's component to the left of the edge."""
    return x * H[0] * rise - y * H[1] * run
