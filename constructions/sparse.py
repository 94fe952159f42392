"""Sparse matrices as folded rows that stay sparse, for what can be computed on them as they are."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, overload

import numpy as np

from marginproof.constructions.adopt import adopt, signs_of
from marginproof.constructions.dataset import Dataset, on_zeros, read_only
from marginproof.constructions.entries import LARGEST, SIZES, SMALLEST
from marginproof.constructions.labels import bias_name, constant_notice, no_bias
from marginproof.theory.errors import MarginproofError


def is_sparse(data: Any) -> bool:
    """Whether data are a sparse matrix or array of scipy, which need not be loaded for that."""
    return hasattr(data, "toarray") and hasattr(data, "nnz")


@dataclass(frozen=True)
class Numbered(Sequence[str]):
    """Names of columns by their numbers, counted from 0; each is made where it is asked for."""

    numbers: np.ndarray

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, k: int) -> str: ...

    @overload
    def __getitem__(self, k: slice) -> Numbered: ...

    def __getitem__(self, k: int | slice) -> str | Numbered:
        return Numbered(self.numbers[k]) if isinstance(k, slice) else f"feature{self.numbers[k] + 1}"


@dataclass(frozen=True, eq=False)
class SparseDataset:
    """Rows y_i x_i in float64, a sparse array by rows.  Build one with :meth:`of`.

    Attributes:
      name: for messages.
      entries: shape (N, d), without all-zero columns.
      labels: y_i in {-1, +1}, or ``None`` where rows came folded.
      column_names: of length d.
      row_names: of length N, or empty.
      notices, provenance: as of a :class:`~marginproof.constructions.dataset.Dataset`.
    """

    name: str
    entries: Any
    labels: tuple[int, ...] | None
    column_names: Sequence[str]
    row_names: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    provenance: str = field(default="", compare=False)

    @classmethod
    def of(
        cls,
        data: Any,
        labels: Any = None,
        name: str = "data",
        *,
        column_names: Sequence[str] | None = None,
        row_names: tuple[str, ...] = (),
        provenance: str = "",
    ) -> SparseDataset:
        """Rows y_i x_i of a sparse matrix, all-zero columns dropped with a notice.

        Arguments:
          data: a sparse matrix, shape (N, d).
          labels: as in :meth:`marginproof.constructions.dataset.Dataset.of`.

        Raises:
          MarginproofError: an entry that is not finite or out of range, no entry at all, or labels that do not fit.
        """
        from scipy.sparse import csr_array

        X = csr_array(data, dtype=np.float64, copy=True)
        X.sum_duplicates()
        X.eliminate_zeros()
        size = np.abs(X.data)
        bad = np.flatnonzero(~((size >= float(SMALLEST)) & (size <= float(LARGEST))))  # nan too
        if len(bad):
            at = int(bad[0])
            row, k = int(np.searchsorted(X.indptr, at, side="right")), int(X.indices[at]) + 1
            raise MarginproofError(
                f"data={name}: entry {X.data[at]} in row {row}, column {k} is not finite or outside {SIZES}; correct it"
            )
        given = np.bincount(X.indices, minlength=X.shape[1]) > 0
        used = np.flatnonzero(given)
        names = column_names or Numbered(np.arange(X.shape[1]))
        dropped = [names[k] for k in np.flatnonzero(~given).tolist()]
        notices = on_zeros(dropped, X.shape[0] * len(used), X.nnz, name)
        if dropped:  # the entries stay where they are
            places = (np.cumsum(given) - 1).astype(X.indices.dtype)[X.indices]
            X = csr_array((X.data, places, X.indptr), shape=(X.shape[0], len(used)))
        signs = None if labels is None else signs_of(labels, X.shape[0], name)
        if signs is not None:
            X.data *= np.repeat(np.array(signs, dtype=np.float64), np.diff(X.indptr))
        kept = tuple(column_names[k] for k in used.tolist()) if column_names else Numbered(used)
        return cls(name, X, signs, kept, row_names, notices, provenance)

    @property
    def n_samples(self) -> int:
        """N."""
        return int(self.entries.shape[0])

    @property
    def n_features(self) -> int:
        """d."""
        return int(self.entries.shape[1])

    def with_bias(self) -> SparseDataset:
        """The same data with one more column: ones before labels are folded in, y_i after.

        Raises:
          MarginproofError: when the labels are not known.
        """
        from scipy.sparse import csr_array, hstack

        if self.labels is None:
            raise no_bias(self.name)
        column = np.array(self.labels, dtype=np.float64)[:, None]
        full = np.flatnonzero(np.bincount(self.entries.indices, minlength=self.n_features) == self.n_samples)
        unfolded = self.entries[:, full].toarray() * column
        constant = full[(unfolded == unfolded[:1]).all(axis=0)].tolist()
        return replace(
            self,
            name=f"{self.name}+bias",
            entries=csr_array(hstack([self.entries, column])),
            column_names=(*self.column_names, bias_name(self.column_names)),
            notices=(*self.notices, *constant_notice(self.column_names, constant)),
        )

    def dense(self) -> Dataset:
        """The same data in an array, for what needs one.

        Raises:
          MarginproofError: the array would be too large.
        """
        return Dataset(
            name=self.name,
            entries=read_only(adopt(self.entries, None, self.name).rows),
            labels=self.labels,
            row_names=self.row_names or tuple(f"x{i + 1}" for i in range(self.n_samples)),
            column_names=tuple(self.column_names),
            notices=self.notices,
            provenance=self.provenance,
        )


def sparse_dataset(data: Any, labels: Any = None, bias: bool = False, name: str = "data") -> SparseDataset:
    """A sparse matrix as :meth:`SparseDataset.of` takes it; of dropped columns a warning tells."""
    found = SparseDataset.of(data, labels, name)
    for notice in found.notices:
        if notice.startswith("dropped"):  # the direction has fewer entries than the matrix columns
            warnings.warn(f"data={name}: {notice}", stacklevel=4)
    return found.with_bias() if bias else found
