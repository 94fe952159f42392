"""What the fields of cyclic batches have in common: which row falls in which batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields.field import Field
from marginproof.theory.number_systems import Array


@dataclass(frozen=True)
class Cyclic(Field):
    """Fields of cyclic batches B_1 … B_K: rows cut in the given order into runs of b.

    Arguments:
      batch_size: b, dividing N.
      order: the order in which an epoch visits the rows; ``None`` for 0, 1, …, N-1.
    """

    batch_size: int = 1
    order: tuple[int, ...] | None = None

    def membership(self, n_samples: int) -> Array:
        """j(n), the batch that row n falls in, shape (N,), values 0 … K-1."""
        if n_samples % self.batch_size:
            raise MarginproofError(
                f"batch_size={self.batch_size} does not divide n_samples={n_samples}; "
                "cyclic batches need a divisor (or choose sampling reshuffle or replacement)"
            )
        order = range(n_samples) if self.order is None else self.order
        if sorted(order) != list(range(n_samples)):
            raise MarginproofError(f"order={self.order} is not a permutation of 0..{n_samples - 1}")
        member = np.empty(n_samples, dtype=np.intp)
        member[list(order)] = np.arange(n_samples) // self.batch_size
        return member

    def batch_gradients(self, X: Array, c: Array) -> Array:
        """G_j = Σ_{n in B_j} c_n x_n, shape (K, d)."""
        weighted = c[:, None] * X
        if self.batch_size == 1 and self.order is None:
            return cast(Array, weighted)
        order = np.argsort(self.membership(X.shape[0]), kind="stable")
        return cast(Array, weighted[order].reshape(-1, self.batch_size, X.shape[1]).sum(axis=1))
