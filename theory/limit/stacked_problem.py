"""The limit equations of many small data sets side by side, each an entry of :data:`~marginproof.theory.number_systems.STACKED` numbers."""

from __future__ import annotations

from typing import cast

import numpy as np

from marginproof.theory.fields import Field
from marginproof.theory.number_systems import STACKED, Array, stack, unstack


class Stack:
    """Data side by side, shape (N, d, B), and the field over them."""

    def __init__(self, X: Array, field: Field) -> None:
        self.X, self.field = np.ascontiguousarray(X), field
        self._numbers = stack(self.X)
        self.size = X.shape[2]
        equal = (self.X[:, None] == self.X[None]).all(axis=2)
        self.same = np.moveaxis(equal, 2, 0)
        """Whether rows i and j are equal, shape (B, N, N)."""
        self.first = np.arange(len(X))[:, None] == self.same.argmax(axis=2).T
        """Whether a row is the first of its equals, shape (N, B)."""

    def take(self, chosen: Array) -> Stack:
        """The chosen data sets."""
        return Stack(self.X[..., chosen], self.field)

    def u(self, y: Array) -> Array:
        """u(c), shape (d, B)."""
        return unstack(self.field(self._numbers, stack(y), STACKED), self.size)

    def F(self, y: Array) -> Array:
        """X u(c), shape (N, B)."""
        return cast(Array, (self.X * self.u(y)).sum(axis=1))

    def slope(self, a: Array) -> tuple[Array, Array]:
        """(y, da/dτ), shape (N, B) each."""
        y = softmax(a)
        F = self.F(y)
        return y, (y * F).sum(axis=0) - F

    def jacobian(self, y: Array) -> Array:
        """∂F_i/∂y_j, shape (B, N, N)."""
        du = unstack(self.field.jacobian(self._numbers, stack(y), STACKED), self.size)
        return np.asarray(np.matmul(np.moveaxis(self.X, 2, 0), np.moveaxis(du, 2, 0)))


def softmax(a: Array) -> Array:
    """The points of the simplex with logarithms a, shape (N, B)."""
    y = np.exp(a - a.max(axis=0))
    return cast(Array, y / y.sum(axis=0))
