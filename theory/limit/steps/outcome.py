"""What a constant step leads to: the record of a relatively periodic run, and what its leading multiplier says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from marginproof.theory.limit.problem import Limit, Outcome

ON_THE_CIRCLE = 1e-13
"""Multipliers carry rounding errors of some 1e-15; nearer to 1 than this they decide nothing."""


class StepOutcome(StrEnum):
    """What runs with a constant step do near the solution; equal to its word too.  ``advice`` says what to make of it."""

    SETTLES = "settles"
    UNSTABLE = "unstable"
    UNDECIDED = "undecided"

    @property
    def advice(self) -> str:
        """One sentence for the user."""
        return {
            StepOutcome.SETTLES: "Increments per epoch tend to a multiple of the direction, geometrically.",
            StepOutcome.UNSTABLE: "The epoch map repels there: a run leaves it, and its loss weights keep changing.",
            StepOutcome.UNDECIDED: "No conclusion; the reason says what stood in the way.",
        }[self]


@dataclass(frozen=True)
class ConstantStep:
    """A relatively periodic run, or why there is none.

    Attributes:
      outcome: what runs do near it.
      limit: ĉ, the direction of an epoch's increment, γ and the support: a solution of the limit equation at
        the effective betas.
      eta: η.
      beta1, beta2: the effective betas; ``None`` for optimizers without memory.
      growth: γ̂, by how much every margin of the support grows an epoch (a step, without memory).
      speed_limit: what γ̂ stays below; ∞ without memory.
      contraction: the spectral radius ρ of the epoch map, rows off the support included; nan where unknown.
      reason: one clause for the reader.
    """

    outcome: StepOutcome
    limit: Limit
    eta: float
    beta1: float | None
    beta2: float | None
    growth: float
    speed_limit: float
    contraction: float
    reason: str = ""


def judged(multiplier: complex, flow: Limit | None) -> tuple[StepOutcome, str]:
    """The outcome from the epoch map's leading multiplier, and what a run does instead where that is not below 1."""
    if abs(abs(multiplier) - 1) <= ON_THE_CIRCLE:
        return (
            StepOutcome.UNDECIDED,
            "a multiplier of the epoch map is on the unit circle to working precision (a tie)",
        )
    if abs(multiplier) < 1:
        return StepOutcome.SETTLES, ""
    if not abs(multiplier) >= 1:
        return StepOutcome.UNDECIDED, "the contraction could not be computed"
    if flow is not None and flow.outcome is Outcome.CYCLE:
        return StepOutcome.UNSTABLE, f"a run circles, as the flow at the effective betas does: {flow.reason}"
    if abs(multiplier.imag) > 1e-9 * abs(multiplier):
        what = "a run winds away from it and keeps circling, or ends at another solution"
    elif multiplier.real < 0:
        what = "increments alternate from epoch to epoch (period doubling); w/‖w‖ follows their mean"
    else:
        what = "a run drifts away from it, to another solution"
    return StepOutcome.UNSTABLE, f"{what} (leading multiplier {multiplier:.4g}); a smaller lr may restore it"
