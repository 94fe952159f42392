"""AdamProxy's limit problem on rows in compressed form: nothing of size N × d is ever made, only S × S on the support.

u = m/√q needs the rows' entries alone, and the Jacobian on the support is a product of sparse matrices.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, cast

import numpy as np
from scipy.sparse import csr_array, issparse

from marginproof.theory.errors import MarginproofError
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import FLOAT64, Array, NumberSystem


class SparseProblem(LimitProblem):
    """A :class:`~marginproof.theory.limit.problem.LimitProblem` whose ``X`` is a sparse array, shape (N, d), without all-zero columns.

    The flow's coarse and implicit steps and Newton's method run on it; finer methods take ``dense()``.

    Raises:
      MarginproofError: another field than AdamProxy's, or an entry that is not finite.
    """

    compressed = True

    def __post_init__(self) -> None:
        if not self.field.sparse:
            raise MarginproofError(f"field={self.field!r} is solved on dense rows only; give X.toarray()")
        if not issparse(self.X) or 0 in self.X.shape:
            raise MarginproofError(
                f"X of type {type(self.X).__name__} is not a sparse matrix with rows and columns; give one"
            )
        X = csr_array(self.X, dtype=np.float64)
        X.sum_duplicates()
        X.eliminate_zeros()
        if not np.isfinite(X.data).all():
            raise MarginproofError("X has an entry that is not finite; give finite numbers")
        object.__setattr__(self, "X", X)

    def dense(self) -> LimitProblem:
        """The same problem on an array."""
        rows: Any = self.X
        return LimitProblem(rows.toarray(), self.field)

    @property
    def floats(self) -> Array:
        """X, in compressed form."""
        return self.X

    @cached_property
    def groups(self) -> Array:
        """As of a dense problem."""
        X: Any = self.X
        seen: dict[bytes, int] = {}
        parts = zip(np.split(X.indices, X.indptr[1:-1]), np.split(X.data, X.indptr[1:-1]), strict=True)
        return np.array(
            [seen.setdefault(k.tobytes() + v.tobytes(), len(seen)) for k, v in parts], dtype=np.intp
        )

    @cached_property
    def _rows(self) -> Any:
        return self.X[self.representatives] if self.merged else self.X

    @cached_property
    def _counts(self) -> Array:
        return np.bincount(self.groups).astype(np.float64)

    def _moments(self, y: Array) -> tuple[Array, Array]:
        """(u, q): equal rows share their total y."""
        X = self._rows
        q = _like(X, X.data**2).T @ (y**2 / self._counts)
        return (X.T @ y) / np.sqrt(q), q

    def direction(self, y: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """u(c), shape (d,)."""
        return self._moments(y)[0]

    def F(self, y: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """X u(c) on the distinct rows."""
        u = self.direction(y)
        # nan on every row, as for dense rows, where a feature has lost its weight
        return np.asarray(self._rows @ u + 0 * u.sum())

    def leads(self, a: Array) -> Array:
        """As of a dense problem."""
        X = self._rows
        found = np.full(X.shape[1], -np.inf)
        np.maximum.at(found, X.indices, np.repeat(a, np.diff(X.indptr)))
        return np.asarray(found - a.max())

    def direction_at(self, a: Array) -> Array:
        """u, every feature with its rows' weights relative to the largest of them, so that none underflows."""
        X = self._rows
        share = np.exp(np.repeat(a - a.max(), np.diff(X.indptr)) - self.leads(a)[X.indices])
        counts = np.repeat(self._counts, np.diff(X.indptr))
        d = X.shape[1]
        m = np.bincount(X.indices, X.data * share, d)
        q = np.bincount(X.indices, (X.data * share) ** 2 / counts, d)
        return np.asarray(m / np.sqrt(q))

    def slopes(self, y: Array, rows: Array) -> Array:
        """∂u/∂y on some rows, in compressed form, shape (d, R)."""
        return cast(Array, self._slopes(y, self._some(rows), rows).T)

    def _some(self, rows: Array) -> Any:
        return self._rows if len(rows) == self.n_unknowns else self._rows[rows]

    def _slopes(self, y: Array, some: Any, rows: Array) -> Any:
        u, q = self._moments(y)
        slope = (u / q)[some.indices]
        slope *= np.repeat((y / self._counts)[rows], np.diff(some.indptr))
        slope *= some.data
        return _like(some, some.data * ((1 / np.sqrt(q))[some.indices] - slope))

    def jacobian(self, y: Array, numbers: NumberSystem = FLOAT64, support: Array | None = None) -> Array:
        """∂F/∂y on the support, shape (S, S)."""
        rows = np.arange(self.n_unknowns) if support is None else np.asarray(support)
        some = self._some(rows)
        return np.asarray((some @ self._slopes(y, some, rows).T).toarray())

    def linearised(self, y: Array, support: Array) -> tuple[Array, Array]:
        """(F, ∂F/∂y on the support)."""
        return self.F(y), self.jacobian(y, support=support)

    on_some_rows = None

    def in_w(self, y: Array, rows: Array) -> None:
        """Products of sparse matrices serve here."""


def _like(X: Any, data: Array) -> Any:
    """Other entries in the same places; the places are shared."""
    return csr_array((data, X.indices, X.indptr), shape=X.shape)
