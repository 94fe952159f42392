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
        leftward = partial(crossed, Line(flow, points[0].p, edge))
        cover(whole, leftward, problem.clock, "an edge is not surely crossed leftward")
    return facts | {"annulus": True}, points


class Line:
    """The weights on an edge, a + t (b - a), in the chart r_p = 1."""

    def __init__(self, flow: Flow, p: int, edge: Edge) -> None:
        self.flow, self.p = flow, p
        (self.ax, self.ay), (bx, by) = edge
        self.run, self.rise = Interval(bx - self.ax, bx - self.ax), Interval(by - self.ay, by - self.ay)
        self.rows = [row for i, row in enumerate(flow.above(p)) if i != p]
        self.turns = flow.turns(self.full(*self.at(ZERO), ONE), self.full(self.run, self.rise, ZERO))

    def at(self, t: Interval) -> tuple[Interval, Interval]:
        """The two weights beside the chart's."""
        return Interval(self.ax, self.ax) + t * self.run, Interval(self.ay, self.ay) + t * self.rise

    def full(self, x: Interval, y: Interval, chart: Interval) -> Box:
        """All three, in the order of the rows."""
        return [*[x, y][: self.p], chart, *[x, y][self.p :]]

    def leftward(self, x: Interval, y: Interval, H: Box) -> Interval:
        """How fast the flow (-x H_x, -y H_y) goes to the left of the edge, times its length."""
        return x * H[0] * self.rise - y * H[1] * self.run


def crossed(line: Line, t: Box) -> list[Box] | None:
    """[] if the flow surely crosses these points of an edge to the left.

    By its value over t, or by its value in the middle and its slope over t.
    """
    x, y = line.at(t[0])
    at = line.flow.at(line.full(x, y, ONE))
    H = dots(line.rows, line.flow.value(at))
    if line.leftward(x, y, H).positive():
        return []
    a, b = line.at(t[0].middle())
    middle = line.leftward(a, b, dots(line.rows, line.flow.u(line.full(a, b, ONE))))
    slope = dots(line.rows, line.flow.along(at, line.turns))
    steepness = (line.run * H[0] + x * slope[0]) * line.rise - (line.rise * H[1] + y * slope[1]) * line.run
    left = middle + steepness * (t[0] - t[0].middle())
    return [] if left.positive() else None
