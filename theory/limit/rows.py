"""Data with equal rows merged.

Equal rows have equal loss weights at every w, so only their common total is an unknown; the unknowns of the limit equation are
the totals y of the G distinct rows, and c = ``expand(y)`` splits each evenly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.number_systems import FLOAT64, Array, NumberSystem


@dataclass(frozen=True)
class MergedRows:
    """Rows x_i, some of which may be equal.

    Arguments:
      X: shape (N, d), float64 or exact (object array of Fractions).

    Raises:
      MarginproofError: not two-dimensional, or empty.
    """

    X: Array

    def __post_init__(self) -> None:
        X = np.asarray(self.X)
        object.__setattr__(self, "X", X)
        if X.ndim != 2 or 0 in X.shape:
            raise MarginproofError(f"X.shape={X.shape}: data need at least one row and one column")

    @cached_property
    def floats(self) -> Array:
        """X in float64, shape (N, d)."""
        return np.ascontiguousarray(FLOAT64.array(self.X))

    @cached_property
    def groups(self) -> Array:
        """g(i), the distinct row that row i equals, shape (N,), values 0 … G-1, by first appearance."""
        seen: dict[object, int] = {}
        X = self.X + 0  # -0 and 0 are one number
        rows = [row.tobytes() for row in X] if X.dtype != object else [tuple(row) for row in X]
        if len(set(rows)) == len(rows):
            return np.arange(len(rows))
        return np.array([seen.setdefault(row, len(seen)) for row in rows], dtype=np.intp)

    @cached_property
    def representatives(self) -> Array:
        """The first row of every group, shape (G,)."""
        first = dict(zip(reversed(self.groups.tolist()), reversed(range(len(self.groups))), strict=True))
        return np.array([first[g] for g in range(len(first))], dtype=np.intp)

    @cached_property
    def n_unknowns(self) -> int:
        """G, the number of distinct rows."""
        return int(np.maximum.reduce(self.groups)) + 1

    @cached_property
    def merged(self) -> bool:
        """Whether some rows are equal."""
        return bool(self.n_unknowns < self.X.shape[0])

    def expand(self, y: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """c, shape (N,), from the totals y of the distinct rows, shape (G,)."""
        if not self.merged:
            return y
        counts = np.bincount(self.groups)
        share = numbers.convert(1) / numbers.array(counts)
        return cast(Array, (y * share)[self.groups])

    @cached_property
    def distinct(self) -> Array:
        """The distinct rows in float64, shape (G, d)."""
        return self.floats[self.representatives] if self.merged else self.floats

    def rows_of(self, support: Array) -> Array:
        """The rows that equal one of some distinct rows."""
        chosen = np.zeros(self.n_unknowns, dtype=bool)
        chosen[support] = True
        return np.flatnonzero(chosen[self.groups])

    @staticmethod
    def summed(du: Array, groups: Array) -> Array:
        """Columns' means over equal rows, in the order of the groups: shape (d, number of groups)."""
        order = np.argsort(groups, kind="stable")
        _, starts, counts = np.unique(groups[order], return_index=True, return_counts=True)
        return cast(Array, np.add.reduceat(du[:, order], starts, axis=1) / counts)

    @cached_property
    def _absent(self) -> Array | None:
        """-inf where a distinct row has a zero entry, else 0, shape (G, d); ``None`` if no entry is zero."""
        zero = self.floats[self.representatives] == 0
        return np.where(zero, -np.inf, 0.0) if zero.any() else None

    def leads(self, a: Array) -> Array:
        """The largest log-weight among the rows that have feature k, shape (d,), relative to the largest of all."""
        if self._absent is None:
            return np.zeros(self.X.shape[1])
        return np.asarray((a[:, None] + self._absent).max(axis=0) - a.max())

    def within(self, numbers: NumberSystem) -> Array:
        """X in a number system."""
        return self.floats if numbers is FLOAT64 else numbers.array(self.X)
