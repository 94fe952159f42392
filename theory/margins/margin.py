"""What a max-margin is once solved: value, bracket, maximiser, dual weights."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from marginproof.theory.number_systems import Array

if TYPE_CHECKING:
    from marginproof.theory.margins.brackets import Bracket


@dataclass(frozen=True)
class Margin:
    """A max-margin and what proves it.

    Attributes:
      norm: ``l2``, ``linf`` or ``mahalanobis``.
      value: γ in float64, the bracket's middle.
      bracket: the exact bracket.
      direction: maximiser of unit norm (that norm), float64, shape (d,).
      dual: weights c, float64, shape (N,), summing to 1; they need not be unique.
      unique: whether the maximiser on the unit ball is unique; ``None`` where undecided (ℓ∞ only:
        the ℓ₂ and Mahalanobis balls are strictly convex).
    """

    norm: str
    value: float
    bracket: Bracket
    direction: Array = field(repr=False)
    dual: Array = field(repr=False)
    unique: bool | None

    @property
    def upper(self) -> float:
        """The bracket's upper end."""
        return self.bracket.upper
