"""Solutions of the limit equation: one, several, or all of them by branch and bound."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import combinations
from typing import Any

from .fields import Field
from .flow import Flow
from .intervals import BITS, ONE, UNIT, ZERO, Box, Interval, dots
from .narrowing import narrowed
from .points import Point
from .problem import Problem
from .reading import take
from .refusals import Clock, can, need
from .traps import cosine_below, margin_below, trap

MOST_POINTS = 64
MOST_ROWS = 64
NARROWEST = 1 << (BITS - 50)
WHOLE = ("all_fixed_points", "limit_cycle")
Facts = dict[str, Any]


def solutions(kind: str, problem: Problem, field: Field, witness: Any) -> tuple[Facts, list[Point]]:
    """What is found of the listed points, and the points."""
    entries, *stated = take(witness, "points", "traps margins cosines")
    lists = isinstance(entries, list) and all(v is None or isinstance(v, list) for v in stated)
    need(lists and len(entries) <= MOST_POINTS, "lists are due")
    points = [Point(problem, field, entry) for entry in entries]
    pairs = list(combinations(points, 2))
    for a, b in pairs:
        problem.clock.tick()
        need(a.differs(b), "two listed solutions may be one")
    attracting = [(a, b) for a, b in pairs if a.unstable == 0 and b.unstable == 0]
    differing = any(a.other_direction(b) for a, b in attracting)
    need(kind != "fixed_point" or len(points) == 1, "one point is due")
    need(kind != "several_attractors" or differing, "two attracting directions are due")
    if kind in WHOLE:
        nothing_else(problem, field, points)
    facts: Facts = {
        "field": field.words,
        "complete": kind in WHOLE,
        "unstable_directions": [point.unstable for point in points],
        "different_limits": differing,
    }
    together = sorted({g for point in points for g in point.support if len(problem.groups[g]) > 1})
    if together:
        facts["equal_rows"] = [problem.groups[g] for g in together]
    added = (("traps", trap), ("margins", margin_below), ("cosines", cosine_below))
    for (key, check), given in zip(added, stated, strict=True):
        if given is not None:
            facts[key] = [check(problem, field, points, entry) for entry in given]
    return facts, points


def nothing_else(problem: Problem, field: Field, points: list[Point]) -> None:
    """Refuse unless the limit equation has no solution but the listed ones."""
    size = problem.n_distinct
    can(size <= MOST_ROWS, f"a complete list of at most {MOST_ROWS} distinct rows")
    flow = Flow(problem, field, range(size))
    for p in range(size):
        chart = [ONE if i == p else Interval(0, UNIT) for i in range(size)]
        cover(
            chart,
            partial(excludes, flow, points, p),
            problem.clock,
            "a solution outside the list cannot be excluded",
        )


def excludes(flow: Flow, points: list[Point], p: int, r: Box) -> list[Box] | None:
    """The parts of a box that may hold solutions but listed ones; None if that is undecided."""
    if any(point.holds(r) for point in points):
        return []
    centre = [v.middle() for v in r]
    at = flow.u(centre)
    low = lowest(flow, at)
    over = flow.at(r)
    H = dots(flow.above(low), flow.value(over))
    if decided(H, low, r):
        return []
    du = flow.slopes(over)
    H = [a & b for a, b in zip(H, flow.linear(flow.above(low), r, at, du), strict=True)]
    if decided(H, low, r):
        return []
    face = [
        ZERO if h.positive() else v for h, v in zip(H, r, strict=True)
    ]  # where F_i > F_low a solution has r_i = 0
    if any(a.hi < b.hi for a, b in zip(face, r, strict=True)):
        return [face]
    rows = flow.above(p)
    slopes = [dots(du, row) for row in rows]
    left = narrowed(r, centre, dots(rows, at), slopes)
    return halved(r, steepest(r, slopes)) if left is None else left


def steepest(r: Box, slopes: list[Box]) -> int:
    """The side along which H is enclosed worst: the spread of a slope times the side's length."""
    return max(range(len(r)), key=lambda n: max(h[n].hi - h[n].lo for h in slopes) * (r[n].hi - r[n].lo))


def lowest(flow: Flow, u: Box) -> int:
    """The row of least F = x·u, about: any row is sound to compare with, this one excludes most."""
    F = dots(flow.rows, u)
    return min(range(flow.size), key=lambda i: F[i].lo)


def decided(H: Box, low: int, r: Box) -> bool:
    """Whether no r in the box solves the limit equation: F_i < F_j surely and r_j > 0 for some i, j.

    ``H`` holds H_i = F_i - F_l, l being the row ``low``.
    """
    below = r[low].positive() and any(h.negative() for h in H)
    return below or any(h.positive() and v.positive() for h, v in zip(H, r, strict=True))


def cover(box: Box, decide: Callable[[Box], list[Box] | None], clock: Clock, reason: str) -> None:
    """Refuse unless every part of a box is decided, halving; what a decision leaves is decided too."""
    stack = [box]
    while stack:
        clock.tick()
        box = stack.pop()
        left = None
        with suppress(ArithmeticError):
            left = decide(box)
        if left is None:
            left = halved(box, max(range(len(box)), key=lambda i: box[i].hi - box[i].lo))
            need(left, reason)
            assert left is not None
        stack += left


def halved(box: Box, i: int) -> list[Box] | None:
    """The two halves of a box along a side; None if that is too short."""
    lo, hi = box[i].lo, box[i].hi
    if hi - lo <= NARROWEST:
        return None
    cut = box[i].middle().lo
    return [[*box[:i], half, *box[i + 1 :]] for half in (Interval(lo, cut), Interval(cut, hi))]
