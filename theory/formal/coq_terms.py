"""Rational numbers as Coq writes them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

Rows = list[list[Fraction]]
AND = " /\\ "

REALS = "From Coq Require Import Reals Lra.\nOpen Scope R_scope.\n"


def real(q: Fraction) -> str:
    """A rational in ``R_scope``."""
    size = str(abs(q.numerator)) if q.denominator == 1 else f"{abs(q.numerator)} / {q.denominator}"
    return f"(- ({size}))" if q < 0 else size if q.denominator == 1 else f"({size})"


def ratio(q: Fraction) -> str:
    """A rational in ``Q_scope``."""
    return f"({q.numerator} # {q.denominator})"


def ratios(values: Sequence[Fraction]) -> str:
    """A list of rationals."""
    return f"[{'; '.join(map(ratio, values))}]"
