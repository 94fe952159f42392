"""Data as integers over one common denominator, so that what follows is exact and fast (python-flint).

Sparse rows stay sparse: only parts of them, chosen rows by chosen columns, are made dense.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import flint
import numpy as np
from scipy.sparse import csc_array, csr_array, issparse

from marginproof.theory.errors import MarginproofError
from marginproof.theory.margins.integers import common_integers, in_units, lowest_bit
from marginproof.theory.margins.sparse import isometric, scaled
from marginproof.theory.number_systems import FLOAT64, Array

CHUNK = 4096
"""Entries of sparse rows that are Python's integers at one time."""


@dataclass(frozen=True)
class IntegerRows:
    """X = A / denominator with A in integers.

    Attributes:
      floats: X in float64, shape (N, d).
      integers: A, shape (N, d), int64 or object.
      denominator: positive.
    """

    floats: Array
    integers: Array
    denominator: int

    @classmethod
    def of(cls, X: Any) -> IntegerRows:
        """From float64, an array or nested sequence of exact numbers, a sparse matrix of scipy, shape (N, d), or a data set's ``entries``.

        Raises:
          MarginproofError: not two-dimensional, empty, or an entry that is not finite.
        """
        if isinstance(X, IntegerRows):
            return X
        X = getattr(X, "entries", X)
        if issparse(X):
            return SparseRows.of(X)
        X = np.asarray(X)
        if X.ndim != 2 or 0 in X.shape:
            raise MarginproofError(f"X.shape={X.shape}: data need at least one row and one column")
        if X.dtype != object and X.dtype.kind not in "iu":
            X = X.astype(np.float64)
            if not np.isfinite(X).all():
                raise MarginproofError(f"X has the entry {X[~np.isfinite(X)][0]}; give finite numbers")
        integers, denominator = common_integers(X)
        return cls(np.ascontiguousarray(FLOAT64.array(X)), integers, denominator)

    @property
    def shape(self) -> tuple[int, int]:
        """(N, d)."""
        return self.integers.shape[0], self.integers.shape[1]

    @cached_property
    def _matrix(self) -> flint.fmpz_mat:
        return flint.fmpz_mat(*self.shape, self.integers.ravel().tolist())

    def products(self, w: Sequence[int]) -> list[int]:
        """A w for integers w, shape (d,)."""
        return [int(v) for v in (self._matrix * flint.fmpz_mat(self.shape[1], 1, list(w))).entries()]

    def moments(self, c: Sequence[int]) -> list[int]:
        """Aᵀc for integers c, shape (N,)."""
        return [int(v) for v in (flint.fmpz_mat(1, self.shape[0], list(c)) * self._matrix).entries()]

    def take(self, index: Array) -> IntegerRows:
        """The chosen rows."""
        if len(index) == self.shape[0] and np.array_equal(index, np.arange(self.shape[0])):
            return self
        return IntegerRows(self.floats[index], self.integers[index], self.denominator)

    def part(self, rows: Any, columns: Any) -> Array:
        """Chosen rows by chosen columns of A in Python's integers."""
        return self.integers[np.ix_(rows, columns)].astype(object)

    def gram(self, right: Sequence[int] | None = None) -> flint.fmpz_mat:
        """A diag(right) Aᵀ; ones for ``None``."""
        if right is None or len(set(right)) == 1:
            return self._matrix * self._matrix.transpose() * (right[0] if right else 1)
        weighted = [int(x) * right[k % self.shape[1]] for k, x in enumerate(self._matrix.entries())]
        return flint.fmpz_mat(*self.shape, weighted) * self._matrix.transpose()

    def isometric(self, units: Array) -> Array:
        """Dense float64 rows, N of them, with the inner products of X diag(units), to half of the digits at least."""
        return isometric(scaled(self.floats, np.ones(self.shape[0]), units))


@dataclass(frozen=True)
class SparseRows(IntegerRows):
    """The same for a sparse matrix; Python's integers would take five times its memory and are made where they are needed.

    Attributes:
      floats: X in float64, a sparse array by rows, shape (N, d).
      integers: the entries of ``floats``, shape (nnz,), each an integer once it is multiplied by ``denominator``.
    """

    @classmethod
    def of(cls, X: Any) -> SparseRows:
        """From a sparse matrix, shape (N, d); errors as of :meth:`IntegerRows.of`."""
        rows = csr_array(X, dtype=np.float64)
        if 0 in rows.shape or not np.isfinite(rows.data).all():
            raise MarginproofError(
                f"X.shape={rows.shape}: sparse data need a row, a column and finite entries"
            )
        if not rows.has_canonical_format:
            rows = rows.copy()
            rows.sum_duplicates()
        return cls(rows, rows.data, 1 << max(0, -lowest_bit(rows.data)))

    @property
    def shape(self) -> tuple[int, int]:
        """(N, d)."""
        n, d = self.floats.shape
        return n, d

    def _whole(self, values: Array) -> Array:
        """Some entries of X times the denominator, in Python's integers."""
        return in_units(values, 1 - self.denominator.bit_length()).astype(object)

    @property
    def _ends(self) -> Array:
        return np.asarray(self.floats.indptr)  # type: ignore[attr-defined]

    @property
    def _places(self) -> Array:
        return np.asarray(self.floats.indices)  # type: ignore[attr-defined]

    def products(self, w: Sequence[int]) -> list[int]:
        """A w for integers w, shape (d,)."""
        vector, ends = np.array(w, dtype=object), self._ends
        out = np.zeros(self.shape[0], dtype=object)
        for first, last in _chunks(ends):
            span = slice(ends[first], ends[last])
            terms = self._whole(self.integers[span]) * vector[self._places[span]]
            used = first + np.flatnonzero(np.diff(ends[first : last + 1]))
            if len(used):
                out[used] = np.add.reduceat(terms, ends[used] - ends[first])
        return [int(v) for v in out]

    def moments(self, c: Sequence[int]) -> list[int]:
        """Aᵀc for integers c, shape (N,)."""
        weights, ends = np.array(c, dtype=object), self._ends
        out = np.zeros(self.shape[1], dtype=object)
        for first, last in _chunks(ends):
            some = np.repeat(weights[first:last], np.diff(ends[first : last + 1]))
            used = ends[first] + np.flatnonzero(some)
            if len(used):
                terms = self._whole(self.integers[used]) * some[used - ends[first]]
                np.add.at(out, self._places[used], terms)
        return [int(v) for v in out]

    def take(self, index: Array) -> SparseRows:
        """The chosen rows."""
        if len(index) == self.shape[0] and np.array_equal(index, np.arange(self.shape[0])):
            return self
        some: Any = self.floats[index]
        return SparseRows(some, some.data, self.denominator)

    def part(self, rows: Any, columns: Any) -> Array:
        """Chosen rows by chosen columns of A in Python's integers."""
        some, place = self.take(np.asarray(rows)), np.full(self.shape[1], -1)
        place[columns] = np.arange(len(columns))
        i, k = np.repeat(np.arange(len(rows)), np.diff(some._ends)), place[some._places]
        out = np.zeros((len(rows), len(columns)), dtype=object)
        out[i[k >= 0], k[k >= 0]] = some._whole(some.integers[k >= 0])
        return out

    def gram(self, right: Sequence[int] | None = None) -> flint.fmpz_mat:
        """A diag(right) Aᵀ; ones for ``None``."""
        if right is None or len(set(right)) == 1:
            return self._gram * (right[0] if right else 1)
        return self._products_of_rows(right)

    @cached_property
    def _gram(self) -> flint.fmpz_mat:
        return self._products_of_rows(None)

    def _products_of_rows(self, right: Sequence[int] | None) -> flint.fmpz_mat:
        n, columns = self.shape[0], csc_array(self.floats)
        ends, places = columns.indptr, columns.indices
        out = np.zeros((n, n), dtype=object)
        for first, last in _chunks(ends):
            chunk = self._whole(columns.data[ends[first] : ends[last]])
            for k in range(first, last):
                values, where = (
                    chunk[ends[k] - ends[first] : ends[k + 1] - ends[first]],
                    places[ends[k] : ends[k + 1]],
                )
                weighted = values if right is None else values * right[k]
                out[np.ix_(where, where)] += np.outer(values, weighted)
        return flint.fmpz_mat(n, n, [int(v) for v in out.ravel()])


def _chunks(ends: Array) -> Iterator[tuple[int, int]]:
    """Rows, or columns, by the thousand entries."""
    first = 0
    while first < len(ends) - 1:
        last = max(first + 1, int(np.searchsorted(ends, ends[first] + CHUNK, side="right")) - 1)
        yield first, last
        first = last
