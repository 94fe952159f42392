"""A check: one executable property tied to a claim, and the judgement it passes on a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.theory.bounds.margin_bounds import Sides


@dataclass(frozen=True)
class Judgement:
    """What a check found on one case.

    Attributes:
      holds: whether the property held.
      text: the two sides, for the reader.
      vacuous: whether the case could not have failed (a bound below zero, a limit not resolved).
      strength: for bounds, the bound over the best it could be; for limits, how nearly one was reached.
      pressure: how near the case came to failing, larger is nearer; ``mp-hunt`` climbs it.
    """

    holds: bool
    text: str
    vacuous: bool = False
    strength: float | None = None
    pressure: float | None = None


@dataclass(frozen=True)
class Check:
    """An executable property.

    Attributes:
      id: ``<claim>.<name>``.
      claim: the claim it speaks for.
      families: the families it applies to.
      sentence: what it asserts.
      cases: subject to the strategy of its cases.
      judge: (subject, case) to a judgement.
      share: of the profile's examples, for checks with long runs.
      skip: subject to the reason it does not apply, or "".
    """

    id: str
    claim: str
    families: tuple[str, ...]
    sentence: str
    cases: Callable[[OptimizerUnderTest], st.SearchStrategy[Case]]
    judge: Callable[[OptimizerUnderTest, Case], Judgement]
    share: float = 1.0
    skip: Callable[[OptimizerUnderTest], str] = lambda subject: ""

    def reason_to_skip(self, subject: OptimizerUnderTest) -> str:
        """Why the check does not apply, or ""."""
        if subject.family not in self.families:
            return f"for {', '.join(self.families)}"
        return self.skip(subject)


def from_sides(sides: Sides) -> Judgement:
    """A judgement from both sides of an inequality; vacuous where the bound says nothing."""
    return Judgement(
        sides.holds,
        str(sides),
        vacuous=sides.strength is not None and sides.strength <= 0,
        strength=sides.strength,
        pressure=float(np.max(sides.excess)),
    )


def equal(left: np.ndarray, right: np.ndarray, what: str) -> Judgement:
    """Equality bit for bit (0 and -0 are equal)."""
    same = np.asarray(left == right)
    if same.all():
        return Judgement(True, f"{what}: equal")
    place = tuple(int(i) for i in np.argwhere(~same)[0])
    return Judgement(
        False, f"{what}: {float(left[place])!r} != {float(right[place])!r} at {place} (step, coordinate)"
    )


def within(measured: np.ndarray, expected: np.ndarray, allowance: np.ndarray, what: str) -> Judgement:
    """|measured - expected| <= allowance, elementwise; nan is a failure."""
    gap = np.abs(np.asarray(measured) - expected)
    bad = ~(gap <= allowance)
    if not bad.any():
        with np.errstate(divide="ignore", invalid="ignore"):
            used = np.nan_to_num(gap / allowance, nan=0.0, posinf=0.0)
        return Judgement(True, f"{what}: within rounding", pressure=float(used.max()))
    place = tuple(int(i) for i in np.argwhere(bad)[0])
    return Judgement(
        False,
        f"{what}: {float(np.asarray(measured)[place])!r} against {float(np.asarray(expected)[place])!r} "
        f"+- {np.broadcast_to(allowance, gap.shape)[place]:.3g} at {place} (step, coordinate)",
    )


def needs_steps(subject: OptimizerUnderTest) -> str:
    """Step-level checks need ``step``."""
    return "the optimizer owns its loop" if subject.owns_loop else ""


def any_of(*reasons: Callable[[OptimizerUnderTest], str]) -> Callable[[OptimizerUnderTest], str]:
    """The first reason that applies."""

    def first(subject: OptimizerUnderTest) -> str:
        return next((reason(subject) for reason in reasons if reason(subject)), "")

    return first


def hyper(subject: OptimizerUnderTest, most: int = 10) -> st.SearchStrategy[dict[str, Any]]:
    """Hyper-parameters: from the subject's grid, or dyadic ones in the family's range up to 1 - 2^-most."""
    from marginproof.constructions.strategies import beta_pairs, betas

    if subject.grid:
        return st.sampled_from([dict(entry) for entry in subject.grid])
    if subject.family == "signum":
        return betas(most).map(lambda beta: {"beta": beta})
    if subject.family == "adam":
        return beta_pairs(most).map(lambda pair: {"beta1": pair[0], "beta2": pair[1]})
    return st.just({})
