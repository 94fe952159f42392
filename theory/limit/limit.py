"""A limit as it is reported: what the flow does, where, and how surely."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from marginproof.theory.number_systems import Array


class Outcome(StrEnum):
    """Where the flow goes; equal to its word too (``outcome == "cycle"``).  ``advice`` says what to make of it."""

    FIXED_POINT = "fixed_point"
    CYCLE = "cycle"
    UNDECIDED = "undecided"

    @property
    def advice(self) -> str:
        """One sentence for the user."""
        return {
            Outcome.FIXED_POINT: "The flow settles: w/‖w‖ tends to the direction u(c).",
            Outcome.CYCLE: "The loss weights circle and u(c) never settles; no fixed point is the limit.",
            Outcome.UNDECIDED: "No conclusion; the reason says what stood in the way.",
        }[self]


class Stability(StrEnum):
    """Whether the replicator flow is attracted to a fixed point, transversal directions included; equal to its word too."""

    ATTRACTING = "attracting"
    """Every flow that starts near enough tends to it."""
    UNSTABLE = "unstable"
    """Some flows that start as near as one likes leave it."""
    UNDECIDED = "undecided"
    """The linearisation does not tell, or was not asked."""


class Tier(NamedTuple):
    """One tier of a limit.

    Attributes:
      features: its columns, ascending.
      totals: the weights of the distinct rows, shape (G,).
      support: the rows with positive weight.
    """

    features: tuple[int, ...]
    totals: Array
    support: tuple[int, ...]


@dataclass(frozen=True)
class Limit:
    """A solution of the limit equation, or why there is none.

    Attributes:
      outcome: what the flow does.
      weights: c, shape (N,), on the simplex (where the search ended, if it did not settle).
      direction: u(c) of unit ℓ₂ norm, shape (d,).
      gamma: γ, the common value of F on the support.
      support: rows with positive weight.
      residual: complementarity residual, see :func:`residual`.
      stability: from the replicator Jacobian in float64; evidence, not proof.
      reason: one clause for the reader.
      unique: False where the limit direction is one of a continuum (a face of ℓ∞ maximisers), None
        where that is undecided.
      tiers: of data with zero entries, where later tiers decide some features; else empty.
    """

    outcome: Outcome
    weights: Array
    direction: Array
    gamma: float
    support: tuple[int, ...]
    residual: float
    stability: Stability
    reason: str = ""
    unique: bool | None = True
    tiers: tuple[Tier, ...] = ()

    @classmethod
    def at(
        cls,
        c: Array,
        u: Array,
        gamma: float,
        residual: float,
        stability: Stability,
        outcome: Outcome = Outcome.FIXED_POINT,
        *,
        reason: str = "",
        unique: bool | None = True,
        seen: float = 0.0,
    ) -> Limit:
        """The limit with weights c and u of any length; weights up to ``seen`` count as zero."""
        support = tuple(np.flatnonzero(c > seen).tolist())
        direction = u / max(math.sqrt(u @ u), 1e-300)
        return cls(outcome, c, direction, gamma, support, residual, stability, reason, unique)
