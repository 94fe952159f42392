"""A limit in tiers, of data with zero entries: each tier solves the limit equation of its own columns and rows.

The rows of tier t are zero outside the columns of tiers 1 to t and not zero on its own.  Earlier tiers give F a part
that tier t's weights do not change; with levels that increase, each tier's weights vanish against those of the tier before.
"""

from __future__ import annotations

from typing import Any

from .claims import Facts
from .fields import Field
from .intervals import ZERO, Interval
from .points import Point
from .problem import Problem
from .reading import directions, take, whole
from .refusals import need
from .trap_norms import check_direction

FEWEST, MOST = 2, 64


def tiers(problem: Problem, field: Field, witness: Any) -> tuple[Facts, list[Point]]:
    """What is found of the whole: no list of points, since none solves the equation of the other kinds."""
    entries, direction = take(witness, "tiers direction")
    listed = isinstance(entries, list) and FEWEST <= len(entries) <= MOST
    need(listed, f"from {FEWEST} to {MOST} tiers are due")
    need(field.name != "gd", "tiers are of fields of degree 0")
    columns, points = zip(*(take(entry, "features point") for entry in entries), strict=True)
    tier_of = columns_in_tiers(problem, columns)
    members = rows_in_tiers(problem, tier_of, len(entries))
    known = dict.fromkeys(range(problem.d), ZERO)
    level = ZERO
    for t, entry in enumerate(points):
        point = Point(problem, field, entry, without(known, columns[t]), members[t])
        need(point.unstable == 0, "a tier does not attract")
        need((point.level - level).positive(), "the levels of the tiers do not surely increase")
        level = point.level
        known.update({k: point.u[k] for k in columns[t]})
    stated = directions(direction, problem.d, problem.clock)
    check_direction([known[k] for k in range(problem.d)], stated)
    facts: Facts = {
        "field": field.words,
        "features": list(columns),
        "supports": [entry["support"] for entry in points],
        "direction": direction,
    }
    return facts, []


def columns_in_tiers(problem: Problem, columns: tuple[Any, ...]) -> dict[int, int]:
    """The tier of every column; a column is in one, and only if it is not zero in all rows."""
    tier_of: dict[int, int] = {}
    for t, features in enumerate(columns):
        need(isinstance(features, list) and features, "the columns of a tier are due")
        numbers = [whole(k, problem.d) for k in features]
        need(numbers == sorted(set(numbers)), "the columns of a tier are due in ascending order")
        need(not any(k in tier_of for k in numbers), "a column is in two tiers")
        tier_of.update(dict.fromkeys(numbers, t))
    used = [k for k in range(problem.d) if problem.exponents[k] is not None]
    need(sorted(tier_of) == used, "every column that is not zero is due in a tier, and no other")
    return tier_of


def rows_in_tiers(problem: Problem, tier_of: dict[int, int], count: int) -> list[list[int]]:
    """The distinct rows of every tier: that of the last column in which a row is not zero."""
    members: list[list[int]] = [[] for _ in range(count)]
    for g in range(problem.n_distinct):
        problem.clock.tick()
        own = [tier_of[k] for k, v in enumerate(problem.row(g)) if v]
        need(own, "a row of zeros has no tier")
        members[max(own)].append(g)
    return members


def without(known: dict[int, Interval], columns: list[int]) -> dict[int, Interval]:
    """u on the other columns: as decided, or not there yet."""
    return {k: v for k, v in known.items() if k not in columns}
