"""What a proof of a fixed point hands back: the box of balls, and how certain it is."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction

import flint
import numpy as np

from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.balls import bounds


class Certainty(Enum):
    """What the enclosure proves.  ``advice`` says what to make of it."""

    CERTIFIED = "certified"
    EXCLUDED = "excluded"
    UNDECIDED = "undecided"

    @property
    def advice(self) -> str:
        """One sentence for the user."""
        return {
            Certainty.CERTIFIED: "A solution of the limit equation surely exists in the box.",
            Certainty.EXCLUDED: "The zero on this support surely breaks a sign condition: no solution there.",
            Certainty.UNDECIDED: "Nothing is proved; the reason says what stood in the way.",
        }[self]


@dataclass(frozen=True)
class Enclosure:
    """A box of rigorous balls around one solution of the limit equation, or why there is none.

    Attributes:
      status: CERTIFIED, EXCLUDED or UNDECIDED.
      reason: one clause; empty when certified.
      totals: y of the distinct rows, balls, shape (G,), exactly zero off the support.
      weights: c, balls, shape (N,).
      gamma: a ball.
      direction: u(c) of unit l2 norm, balls, shape (d,).
      support: S, indices of distinct rows.
      radius: the largest half-width of weights and γ, as a float rounded up.
      digits: decimal digits asked for.
      bits: the working precision of the balls.
      unique_radius: half-width of the box in (y_S, γ) in which the zero is the only one (exact; 0 for
        the exact route).
      centre: z_0, exact balls, shape (|S|+1,).
      preconditioner: A, float64, shape (|S|+1, |S|+1); the witness a checker needs beside the box.
      strict: whether F_j > γ for every row off the support; where False, some F_j = γ exactly and the
        weights need not be isolated.
      open_slacks: rows j off the support with F_j - γ undecided (or zero) while all other signs hold.
      exact: whether the weights come from exact rationals (then uniqueness is of the direction only).
    """

    status: Certainty
    reason: str = ""
    totals: Array = field(default_factory=lambda: np.empty(0, dtype=object))
    weights: Array = field(default_factory=lambda: np.empty(0, dtype=object))
    gamma: flint.arb | None = None
    direction: Array = field(default_factory=lambda: np.empty(0, dtype=object))
    support: tuple[int, ...] = ()
    radius: float = math.inf
    digits: int = 0
    bits: int = 0
    unique_radius: Fraction = Fraction(0)
    centre: Array = field(default_factory=lambda: np.empty(0, dtype=object))
    preconditioner: Array = field(default_factory=lambda: np.empty((0, 0)))
    strict: bool = True
    open_slacks: tuple[int, ...] = ()
    exact: bool = False

    @property
    def certified(self) -> bool:
        """Whether existence is proved."""
        return self.status is Certainty.CERTIFIED

    def weight_bounds(self) -> list[tuple[Fraction, Fraction]]:
        """Exact dyadic end points of every c_i."""
        return [bounds(ball) for ball in self.weights]

    def direction_bounds(self) -> list[tuple[Fraction, Fraction]]:
        """Exact dyadic end points of every coordinate of the unit direction."""
        return [bounds(ball) for ball in self.direction]
