"""A limit cycle, N = 3: one solution, repelling, and an annulus the flow never leaves: it holds a closed orbit."""

from __future__ import annotations

from functools import partial
from typing import Any

from .fields import Field
from .flow import Flow
from .intervals import ONE, UNIT, ZERO, Box, Interval, dots
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
    """[] if the flow (-x H_x, -y H_y) surely crosses the edge's points a + t (b - a) to the left.

    That is, where its component to the left, x H_x rise - y H_y run, is positive: by its value over t, or by its value
    in the middle and its slope over t.
    """
    (ax, ay), (bx, by) = edge
    run, rise = Interval(bx - ax, bx - ax), Interval(by - ay, by - ay)
    rows = [row for i, row in enumerate(flow.above(p)) if i != p]

    def weights(t: Interval) -> Box:
        r = [Interval(ax, ax) + t * run, Interval(ay, ay) + t * rise]
        return [*r[:p], ONE, *r[p:]]

    r, centre = weights(t[0]), weights(t[0].middle())
    x, y = (v for i, v in enumerate(r) if i != p)
    H = flow.natural(rows, r)
    if (x * H[0] * rise - y * H[1] * run).positive():
        return []
    a, b = (v for i, v in enumerate(centre) if i != p)
    middle = flow.natural(rows, centre)
    slope = dots(rows, flow.along(r, weights(ZERO), [*[run, rise][:p], ZERO, *[run, rise][p:]]))
    steepness = (run * H[0] + x * slope[0]) * rise - (rise * H[1] + y * slope[1]) * run
    left = a * middle[0] * rise - b * middle[1] * run + steepness * (t[0] - t[0].middle())
    return [] if left.positive() else None
