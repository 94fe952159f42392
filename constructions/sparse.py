"""Sparse matrices as folded rows that stay sparse, for what can be computed on them as they are."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from scipy.sparse import csr_array, hstack, issparse

from marginproof.constructions.adopt import signs_of
from marginproof.constructions.entries import LARGEST, SIZES, SMALLEST
from marginproof.theory.errors import MarginproofError


def is_sparse(data: Any) -> bool:
    """Whether data are a sparse matrix or array of scipy."""
    return bool(issparse(data))


def folded(data: Any, labels: Any = None, bias: bool = False, name: str = "data") -> Any:
    """Rows y_i x_i in float64 as a sparse array, all-zero columns dropped with a warning as in a data set.

    Arguments:
      data: a sparse matrix, shape (N, d); labels, bias: as in :meth:`marginproof.constructions.dataset.Dataset.of`.

    Raises:
      MarginproofError: an entry that is not finite or out of range, no entry at all, or labels that do not fit.
    """
    X = csr_array(data, dtype=np.float64, copy=True)
    X.sum_duplicates()
    X.eliminate_zeros()
    size = np.abs(X.data)
    if not ((size >= float(SMALLEST)) & (size <= float(LARGEST))).all():
        raise MarginproofError(f"data={name} has an entry that is not finite or outside {SIZES}; correct it")
    if labels is None and bias:
        raise MarginproofError(
            f"data={name} has rows with labels already folded in, so a bias column cannot be added; give the labels"
        )
    if bias:
        X = csr_array(hstack([X, np.ones((X.shape[0], 1))]))
    used = np.unique(X.indices)
    if not len(used):
        raise MarginproofError(f"data={name} has only zero entries; nothing can be learned from it")
    if len(used) < X.shape[1]:
        warnings.warn(
            f"data={name}: dropped {X.shape[1] - len(used)} all-zero column(s), which no step moves along",
            stacklevel=4,
        )
        X = csr_array(X[:, used])
    if labels is not None:
        signs = np.array(signs_of(labels, X.shape[0], name), dtype=np.float64)
        X.data *= np.repeat(signs, np.diff(X.indptr))
    return X
