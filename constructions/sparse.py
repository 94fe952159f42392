"""Sparse matrices as folded rows that stay sparse, for what can be computed on them as they are."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_array, hstack, issparse

from marginproof.constructions.adopt import signs_of
from marginproof.constructions.entries import LARGEST, SIZES, SMALLEST
from marginproof.constructions.labels import no_bias
from marginproof.theory.errors import MarginproofError


def is_sparse(data: Any) -> bool:
    """Whether data are a sparse matrix or array of scipy."""
    return bool(issparse(data))


@dataclass(frozen=True, eq=False)
class SparseDataset:
    """Rows y_i x_i in float64, a sparse array by rows; :func:`sparse_dataset` makes one.

    Attributes:
      name: for messages.
      entries: shape (N, d), without all-zero columns.
      labels: y_i in {-1, +1}, or ``None`` where rows came folded.
      column_names: of length d.
    """

    name: str
    entries: Any
    labels: tuple[int, ...] | None
    column_names: tuple[str, ...]

    @property
    def n_samples(self) -> int:
        """N."""
        return int(self.entries.shape[0])

    @property
    def n_features(self) -> int:
        """d."""
        return int(self.entries.shape[1])

    def with_bias(self) -> SparseDataset:
        """The same data with a column of ones before folding, so y_i after it.

        Raises:
          MarginproofError: when the labels are not known.
        """
        if self.labels is None:
            raise no_bias(self.name)
        column = np.array(self.labels, dtype=np.float64)[:, None]
        return replace(
            self,
            name=f"{self.name}+bias",
            entries=csr_array(hstack([self.entries, column])),
            column_names=(*self.column_names, "bias"),
        )


def sparse_dataset(data: Any, labels: Any = None, bias: bool = False, name: str = "data") -> SparseDataset:
    """Rows y_i x_i of a sparse matrix, all-zero columns dropped with a warning as in a data set.

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
    used = np.unique(X.indices)
    if not len(used):
        raise MarginproofError(f"data={name} has only zero entries; nothing can be learned from it")
    if len(used) < X.shape[1]:
        warnings.warn(
            f"data={name}: dropped {X.shape[1] - len(used)} all-zero column(s), which no step moves along",
            stacklevel=4,
        )
        X = csr_array(X[:, used])
    signs = None if labels is None else signs_of(labels, X.shape[0], name)
    if signs is not None:
        X.data *= np.repeat(np.array(signs, dtype=np.float64), np.diff(X.indptr))
    found = SparseDataset(name, X, signs, tuple(f"feature{k + 1}" for k in used.tolist()))
    return found.with_bias() if bias else found
