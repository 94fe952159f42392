"""Linear combinations of integer rows, as a projection makes them of sparse rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.margins.sparse import cholesky_rows
from marginproof.theory.number_systems import Array


@dataclass(frozen=True)
class CombinedRows(IntegerRows):
    """Linear combinations T A of the rows of A, not multiplied out.

    Attributes:
      integers: T, shape (K, N), object.
      base: the rows of A.
    """

    base: IntegerRows

    @property
    def shape(self) -> tuple[int, int]:
        """(K, d)."""
        return len(self.integers), self.base.shape[1]

    def products(self, w: Sequence[int]) -> list[int]:
        """T A w for integers w, shape (d,)."""
        return [int(v) for v in self.integers @ np.array(self.base.products(w), dtype=object)]

    def moments(self, c: Sequence[int]) -> list[int]:
        """Aᵀ Tᵀ c for integers c, shape (K,)."""
        return self.base.moments([int(v) for v in np.array(c, dtype=object) @ self.integers])

    def take(self, index: Array) -> CombinedRows:
        """The chosen rows."""
        return CombinedRows(self.floats, self.integers[index], self.denominator, self.base)

    def part(self, rows: Any, columns: Any) -> Array:
        """Chosen rows by chosen columns of T A."""
        return np.asarray(self.integers[rows] @ self.base.part(np.arange(self.base.shape[0]), columns))

    def gram(self, right: Sequence[int] | None = None) -> flint.fmpz_mat:
        """T A diag(right) Aᵀ Tᵀ; ones for ``None``."""
        T = flint.fmpz_mat(self.integers.tolist())
        return T * self.base.gram(right) * T.transpose()

    def isometric(self, units: Array) -> Array:
        """As of plain rows; only for equal units."""
        gram, one = self.gram(), self.denominator**2
        exact = [float(Fraction(int(v), one)) for v in gram.entries()]
        n, unit = self.shape[0], float(units[0])
        return cholesky_rows(np.array(exact).reshape(n, n)) * unit
