"""Float64 rows that may be sparse: the few operations for which numpy and scipy differ."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import lapack
from scipy.sparse import csr_array, issparse

from marginproof.theory.number_systems import Array


def part_of(X: Any, rows: Array, columns: Array) -> Array:
    """Chosen rows by chosen columns, dense."""
    return np.asarray(X[rows][:, columns].toarray() if issparse(X) else X[np.ix_(rows, columns)])


def largest(X: Any, axis: int) -> Array:
    """The largest size of an entry along an axis, dense."""
    found = abs(X).max(axis=axis)
    return np.asarray(found.toarray() if issparse(found) else found)


def scaled(X: Any, rows: Array, columns: Array) -> Any:
    """diag(rows) X diag(columns); sparse where X is."""
    if not issparse(X):
        return X * rows[:, None] * columns
    data = X.data * np.repeat(rows, np.diff(X.indptr)) * columns[X.indices]
    return csr_array((data, X.indices, X.indptr), shape=X.shape)


def isometric(X: Any) -> Array:
    """Dense rows with the same inner products, shape (N, at most N or d); X itself where it is dense.

    By a Cholesky factor of X Xᵀ where features are more than rows, so that half of the digits may be lost.
    """
    if not issparse(X):
        return np.asarray(X)
    if X.shape[1] <= X.shape[0]:
        return np.asarray(X.toarray())
    return cholesky_rows((X @ X.T).toarray())


def cholesky_rows(gram: Array) -> Array:
    """Rows whose inner products are these, shape (N, rank)."""
    size = np.sqrt(np.diag(gram))
    unit = 1 / np.where(size > 0, size, 1.0)
    factor, pivots, rank, _ = lapack.dpstrf(gram * unit[:, None] * unit, lower=1)
    rows = np.zeros((len(gram), rank))
    rows[pivots - 1] = np.tril(factor)[:, :rank]
    return rows * size[:, None]
