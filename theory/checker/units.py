"""Runs on data far below 1, judged in units of the data: x/2^e with w·2^e and η·2^e has the same x·w."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from .claims import Facts
from .fields import Field
from .points import Point
from .problem import Problem, power
from .reading import rational

Judge = Callable[[Problem, Field, Any], tuple[Facts, list[Point]]]
SMALL = -16
"""Data whose entries are all below ``2**SMALL`` are taken in their own units; larger data, as all of the corpus', stay as they are."""
POWERS = {
    "start": 1,
    "lr": 1,
    "largest": 1,
    "eta0": 1,
    "most": 1,
    "growth": -1,
    "drift": -1,
    "fall": -1,
    "mu": -1,
}
"""By which power of the unit an entry is multiplied."""
REPEATED = {"start", "lr", "steps", "largest", "growth"}
"""What a conclusion repeats, as the witness has it."""


def in_units(judge: Judge) -> Judge:
    """The same kind, for small data too."""

    def judged(problem: Problem, field: Field, witness: Any) -> tuple[Facts, list[Point]]:
        if problem.top >= SMALL:
            return judge(problem, field, witness)
        unit = power(problem.top)
        scaled = Problem([[v / unit for v in row] for row in problem.X], problem.clock)
        facts, points = judge(scaled, field, moved(witness, unit, problem.d))
        return {key: witness[key] if key in REPEATED else value for key, value in facts.items()}, points

    return judged


def moved(witness: Any, unit: Fraction, d: int) -> dict[str, Any]:
    """The witness in units of the data; an epoch's growth of x·w at a constant step, M over the unit and V over its square apart."""
    constant = "lr" in witness
    found = {
        key: value if constant and key == "growth" else times(value, unit ** POWERS.get(key, 0))
        for key, value in witness.items()
        if key in POWERS
    }
    if constant:
        size = len(witness["centre"])
        factors = [unit ** -max(0, (i - (size - 2 * d)) // d + 1) for i in range(size)]
        for key in ("centre", "basis"):
            found[key] = [times(v, factor) for v, factor in zip(witness[key], factors, strict=True)]
    elif "steps" in witness:
        found["steps"] = witness["steps"] | {"eta0": times(witness["steps"]["eta0"], unit)}
    return {**witness, **found}


def times(value: Any, factor: Fraction) -> Any:
    """A number, or every number of a list, multiplied."""
    return [times(v, factor) for v in value] if isinstance(value, list) else str(rational(value) * factor)
