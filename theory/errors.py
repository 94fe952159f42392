"""The errors a user can fix: one sentence, with the offending name and value and a way out."""

from __future__ import annotations

from fractions import Fraction


class MarginproofError(ValueError):
    """Bad input.  The message is one sentence; the command line turns it into exit code 2."""


class NotSeparableError(MarginproofError):
    """No w has X w > 0.

    Attributes:
      weights: the Farkas certificate, exact rational c >= 0 with sum 1 and Xᵀc = 0, or ``None``
        where only a floating-point solver said so.
    """

    def __init__(self, message: str, weights: tuple[Fraction, ...] | None = None) -> None:
        super().__init__(message)
        self.weights = weights
