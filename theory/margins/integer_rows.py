"""Data as integers over one common denominator, so that what follows is exact and fast (python-flint)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import flint
import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.number_systems import FLOAT64, Array, exact


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
        """From float64, or an array or nested sequence of exact numbers, shape (N, d).

        Raises:
          MarginproofError: not two-dimensional, empty, or an entry that is not finite.
        """
        if isinstance(X, IntegerRows):
            return X
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
    def matrix(self) -> flint.fmpz_mat:
        """A, for exact products."""
        return flint.fmpz_mat(*self.shape, self.integers.ravel().tolist())

    def rows(self, index: Array) -> flint.fmpz_mat:
        """The chosen rows of A."""
        if len(index) == self.shape[0] and np.array_equal(index, np.arange(self.shape[0])):
            return self.matrix
        return flint.fmpz_mat(len(index), self.shape[1], self.integers[index].ravel().tolist())


def common_integers(values: Array) -> tuple[Array, int]:
    """Integers (int64 where they fit, else object) and one denominator, for any array of exact numbers."""
    if values.dtype == np.float64:
        return _dyadic_integers(values)
    if values.dtype != object:
        return values.astype(object), 1
    flat = [value if isinstance(value, (Fraction, int)) else exact(value) for value in values.flat]
    denominator = math.lcm(*{value.denominator for value in flat})
    integers = np.empty(len(flat), dtype=object)
    integers[:] = [value.numerator * (denominator // value.denominator) for value in flat]
    return integers.reshape(values.shape), denominator


def _dyadic_integers(values: Array) -> tuple[Array, int]:
    mantissas, exponents = np.frexp(values)
    mantissas = (mantissas * 2.0**53).astype(np.int64)
    lowest = mantissas & -mantissas  # 2^z, z the trailing zeros
    zeros = np.frexp(lowest.astype(np.float64))[1] - 1
    used = mantissas != 0
    shift = np.where(used, exponents - 53, 0)
    bottom = int((shift + zeros)[used].min()) if used.any() else 0
    up = np.where(used, shift - bottom, 0)
    if (up + 54 <= 62).all():
        integers = np.where(up >= 0, mantissas << np.maximum(up, 0), mantissas >> np.maximum(-up, 0))
    else:
        integers = np.empty(values.size, dtype=object)
        integers[:] = [
            m << u if u >= 0 else m >> -u
            for m, u in zip(mantissas.ravel().tolist(), up.ravel().tolist(), strict=True)
        ]
        integers = integers.reshape(values.shape)
    if bottom > 0:
        return integers.astype(object) * 2**bottom, 1
    return integers, 2**-bottom
