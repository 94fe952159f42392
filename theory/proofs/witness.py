"""The proof of one solution of the limit equation: the box it is alone in, and what shows it.

In the chart r = c / c_p, p the row of largest weight in the support S, the solution solves H_i = F_i - F_p = 0
for the other supported rows.  A :class:`Witness` holds what a checker needs to see it again: a box in r
that passes Krawczyk's test with a preconditioner, and a symmetric P with AᵀP + PA negative definite for
the flow's Jacobian A = -diag(r) ∂H/∂r on the support's face.  :func:`marginproof.theory.proofs.krawczyk.certify`
returns it, and a certificate is the same witness on paper.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

import flint
import numpy as np

from marginproof.theory.limit.problem import Stability
from marginproof.theory.number_systems import Array

Box = tuple[tuple[Fraction, Fraction], ...]
"""Exact ends of the ratios r_i, one pair a free row."""


class Certainty(StrEnum):
    """What the witness proves; equal to its word too.  ``advice`` says what to make of it."""

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
class StabilityProof:
    """Whether the flow is attracted to a certified solution, and what shows it.

    Attributes:
      stability: ATTRACTING, UNSTABLE or UNDECIDED; the first two are proved.
      reason: one clause.
      matrix: A over the enclosure, balls, shape (|S|-1, |S|-1), rows and columns as ``Witness.free``.
      lyapunov: P, float64 (exact dyadics), same shape; empty where none is needed or found.
      vector: v with v·(P v) < 0, float64, for an unstable point; else empty.
      sign_of_trace, sign_of_determinant: of A, -1, 0, 1 or ``None`` (undecided); with |S| = 3 these
        two alone decide, which is what a reader checks by hand.
    """

    stability: Stability = Stability.UNDECIDED
    reason: str = "no certified enclosure to start from"
    matrix: Array = field(default_factory=lambda: np.empty((0, 0)))
    lyapunov: Array = field(default_factory=lambda: np.empty((0, 0)))
    vector: Array = field(default_factory=lambda: np.empty(0))
    sign_of_trace: int | None = None
    sign_of_determinant: int | None = None


@dataclass(frozen=True)
class Witness:
    """One solution of the limit equation with its proof, or why there is none.

    Attributes:
      status: CERTIFIED, EXCLUDED or UNDECIDED.
      reason: one clause; empty when certified.
      support: S, indices of distinct rows, increasing.
      chart: p, the row of S with the largest weight.
      box: ends of r_i = c_i / c_p for the rows of ``free``; exactly one zero of H lies inside.
      preconditioner: approximate inverse of ∂H/∂r, float64, shape (|S|-1, |S|-1).
      proof: of the stability, with the Lyapunov matrix.
      totals: y of the distinct rows, balls, shape (G,), exactly zero off the support.
      weights: c, balls, shape (N,).
      gamma: a ball.
      direction: u(c) of unit ℓ₂ norm, balls, shape (d,).
      radius: the largest half-width of weights and γ, as a float rounded up.
      digits: decimal digits asked for.
      bits: the working precision of the balls.
      strict: whether F_j > γ for every row off the support; where False, some F_j = γ exactly and the
        weights need not be isolated.
      open_slacks: rows j off the support with F_j - γ undecided (or zero) while all other signs hold.
      exact: whether the weights come from exact rationals (then there is no box, and uniqueness is of
        the direction only).
    """

    status: Certainty
    reason: str = ""
    support: tuple[int, ...] = ()
    chart: int = -1
    box: Box = ()
    preconditioner: Array = field(default_factory=lambda: np.empty((0, 0)))
    proof: StabilityProof = field(default_factory=StabilityProof)
    totals: Array = field(default_factory=lambda: np.empty(0, dtype=object))
    weights: Array = field(default_factory=lambda: np.empty(0, dtype=object))
    gamma: flint.arb | None = None
    direction: Array = field(default_factory=lambda: np.empty(0, dtype=object))
    radius: float = math.inf
    digits: int = 0
    bits: int = 0
    strict: bool = True
    open_slacks: tuple[int, ...] = ()
    exact: bool = False

    @property
    def certified(self) -> bool:
        """Whether existence is proved."""
        return self.status is Certainty.CERTIFIED

    @property
    def isolated(self) -> bool:
        """Whether the weights are alone in a box and every F_j > γ off the support: what a certificate can state."""
        return self.strict and not self.exact

    @property
    def stability(self) -> Stability:
        """Whether the flow is attracted, where that is proved."""
        return self.proof.stability

    @property
    def free(self) -> tuple[int, ...]:
        """The rows of the support but the chart's, increasing: the order of box, preconditioner and P."""
        return tuple(i for i in self.support if i != self.chart)

    @property
    def unstable_directions(self) -> int:
        """How many eigenvalues with positive real part A has, by P's negative eigenvalues (Ostrowski and Schneider)."""
        return int((np.linalg.eigvalsh(self.proof.lyapunov) < 0).sum())

    def in_units(self, factor: Fraction) -> Witness:
        """The same of data on which H and γ are ``factor`` times as large, a power of two."""
        if factor == 1 or self.gamma is None:
            return self
        ball = flint.arb(flint.fmpq(factor.numerator, factor.denominator))
        return replace(self, gamma=self.gamma * ball, preconditioner=self.preconditioner / float(factor))
