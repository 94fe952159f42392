"""The refutable claims: their words, the fields that they speak of, and what refutes each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .fields import Field
from .points import Point
from .problem import Problem

Facts = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """All that was established from one certificate."""

    problem: Problem
    field: Field | None
    points: list[Point]
    facts: Facts


@dataclass(frozen=True)
class Claim:
    """A claim that some certificates refute.

    Attributes:
      statement: its words; FIELD stands for the field's.
      refuted: whether what was found refutes it.
      fielded: whether it speaks of a field: then AdamProxy, or Inc-Adam with one sample a step, and no other.
    """

    statement: str
    refuted: Callable[[Found], bool]
    fielded: bool = True

    def speaks_of(self, field: Field | None) -> bool:
        """Whether a certificate of this field can refute it."""
        if self.fielded:
            return field is not None and field.per_sample()
        return field is None


def _two_solutions(found: Found) -> bool:
    return len(found.points) > 1


def _two_basins(found: Found) -> bool:
    attracting = [i for i, point in enumerate(found.points) if point.unstable == 0]
    trapped = found.facts.get("traps", [])
    return bool(found.facts["different_limits"]) and all(i in trapped for i in attracting)


def _cycle(found: Found) -> bool:
    return "annulus" in found.facts


def _misclassified(found: Found) -> bool:
    return "misclassified" in found.facts


def _small_margin(found: Found) -> bool:
    facts = found.facts
    below = any(norm == "inf" and Fraction(ratio) <= 1 for norm, ratio in facts.get("margins", []))
    return facts["complete"] and 0 in facts["unstable_directions"] and below


def _two_maximisers(found: Found) -> bool:
    entries = all(v != 0 for row in found.problem.X for v in row)
    return entries and "unique" in found.facts and found.facts["norm"] == "inf"


def _bound_passed(found: Found) -> bool:
    return "betas" in found.facts


CLAIMS = {
    "R1": Claim("The limit equation of FIELD has only one solution.", _two_solutions),
    "R2": Claim("The data alone decide the limit of FIELD.", _two_basins),
    "R3": Claim("The update direction u(c) of FIELD converges.", _cycle),
    "R4": Claim(
        "SignSGD without momentum keeps Adam's l_inf bias at batch size 1: eventually it separates separable data.",
        _misclassified,
        fielded=False,
    ),
    "R5": Claim(
        "Every limit of FIELD has the l_inf max-margin: Adam's bias survives batch size 1.", _small_margin
    ),
    "R6": Claim(
        "The l_inf max-margin direction of data without zero entries is unique.",
        _two_maximisers,
        fielded=False,
    ),
    "R7": Claim("Adam's steps stay bounded without beta1 <= beta2.", _bound_passed, fielded=False),
}


def statement_of(claim: str | None, field_words: str | None) -> str | None:
    """The words of a claim about a field; None where no claim is refuted."""
    if claim is None:
        return None
    return CLAIMS[claim].statement.replace("FIELD", field_words or "FIELD")
