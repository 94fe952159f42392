"""What ``mp.margins`` and ``mp.separation`` (:mod:`marginproof.properties.api`) answer: records that a notebook shows as tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marginproof.theory.margins.max_margin import Margin
from marginproof.theory.notebook import NAMES, table, vector


@dataclass(frozen=True)
class Margins:
    """The ℓ₂ and ℓ∞ max-margins, each with its bracket."""

    l2: Margin
    linf: Margin

    def _repr_html_(self) -> str:
        """A table, for notebooks."""
        rows = [
            (NAMES[m.norm], repr(m.bracket.lower), repr(m.bracket.upper), vector(m.direction))
            for m in (self.l2, self.linf)
        ]
        return table(rows, ("norm", "at least", "at most", "direction"))


@dataclass(frozen=True)
class SeparationReport:
    """How the classes of a data set lie to each other, decided exactly.

    Attributes:
      status: ``complete``, ``quasi-complete`` or ``overlap``.
      with_intercept: the answer with a column of ones; ``None`` where the labels are folded in, and within itself.
      direction: w in integers with X w >= 0, positive off the boundary, shape (d,); ``None`` for overlap.
      rows_on_boundary: rows, counted from 0, in which no such w is positive.
      features: for each name ``finite``, ``+inf`` or ``-inf``: where the coefficient of the logistic fit tends to.
      weights: exact c >= 0 with Xᵀc = 0, positive exactly on the boundary; ``None`` for complete separation.
      collinear: columns that are combinations of others, with these, so that the likelihood does not identify their coefficients
        (``features`` is then about the fit of least norm); ``None`` where that is not decided, as for more columns than rows.
    """

    status: str
    direction: tuple[int, ...] | None
    rows_on_boundary: tuple[int, ...]
    features: dict[str, str]
    weights: tuple[Any, ...] | None
    collinear: dict[str, list[str]] | None = None
    with_intercept: SeparationReport | None = None

    def _repr_html_(self) -> str:
        """A table, for notebooks."""
        direction = self.direction or ("–",) * len(self.features)
        rows = [
            (name, str(w), where) for (name, where), w in zip(self.features.items(), direction, strict=True)
        ]
        status = (
            f"{self.status}; with an intercept: {self.with_intercept.status}"
            if self.with_intercept
            else self.status
        )
        return table(rows, ("feature", "separating direction", "coefficient"), status)
