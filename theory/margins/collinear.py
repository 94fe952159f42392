"""Columns that are linear combinations of earlier ones, exactly: their coefficients are not identified.

Columns that are independent modulo a prime on some of the rows are independent; a combination is solved in
rationals and holds in every row.

Example:
  >>> import numpy as np
  >>> collinear(np.array([[1, 0, 1], [0, 1, 1], [1, 0, 1]]))
  {2: (0, 1)}
"""

from __future__ import annotations

from typing import Any

import flint
import numpy as np

from marginproof.theory.margins.independent import independent, modular
from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.margins.refinement import EXACT_SIZE
from marginproof.theory.number_systems import Array

FIRST, GROWTH = 4, 8
"""Rows tried first, a column, and by how much more are tried where these leave a doubt."""


def collinear(X: Any) -> dict[int, tuple[int, ...]] | None:
    """The columns that are combinations of earlier ones, each with those that enter (none for a column of zeros).

    Arguments:
      X: rows, with labels folded in or not, float64, exact or sparse, shape (N, d).

    Returns:
      ``None`` where d > N, so that some are, or where the system is too large to be solved.
    """
    n, d = X.shape
    if d > n:
        return None
    size = FIRST * d
    while size < n:
        some = X[np.unique(np.linspace(0, n - 1, size).astype(np.intp))]
        if len(_pivots(IntegerRows.of(some))) == d:
            return {}
        size *= GROWTH
    rows = IntegerRows.of(X)
    basis = _pivots(rows)
    if len(basis) == d:
        return {}
    return None if len(basis) > EXACT_SIZE else _combinations(rows, basis)


def _pivots(rows: IntegerRows) -> Array:
    """Columns that are a basis of the column space modulo a prime, increasing."""
    n, d = rows.shape
    form, rank = modular(rows.part(np.arange(n), np.arange(d))).rref()
    return np.array([next(k for k in range(d) if int(form[r, k])) for r in range(rank)], dtype=np.intp)


def _combinations(rows: IntegerRows, basis: Array) -> dict[int, tuple[int, ...]]:
    n, d = rows.shape
    others = np.setdiff1d(np.arange(d), basis)
    A, B = (rows.part(np.arange(n), columns) for columns in (basis, others))
    if not len(basis):
        return {int(k): () for k in others}
    chosen = independent(A)
    shares: Any = flint.fmpz_mat(A[chosen].tolist()).solve(flint.fmpz_mat(B[chosen].tolist()))
    numerators, denominator = shares.numer_denom()
    made = flint.fmpz_mat(A.tolist()) * numerators - flint.fmpz_mat(B.tolist()) * denominator
    wrong = {j for i in range(n) for j in range(len(others)) if made[i, j] != 0}
    return {
        int(k): tuple(int(basis[i]) for i in range(len(basis)) if numerators[i, j] != 0)
        for j, k in enumerate(others)
        if j not in wrong  # independent after all: the prime divided what made it so
    }
