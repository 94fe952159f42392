"""Arrays of exact numbers as integers over one denominator; float64 numbers, multiples of a power of two, take no integers of Python for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from marginproof.theory.number_systems import Array, exact

PART = 2**14
"""Numbers that are taken apart at one time."""


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


def numerators(values: Sequence[Any] | Array) -> list[int]:
    """Exact numbers times their common denominator, in Python's integers."""
    array = values if isinstance(values, np.ndarray) else np.array(values, dtype=object)
    return [int(v) for v in common_integers(array)[0].tolist()]


def _dyadic_integers(values: Array) -> tuple[Array, int]:
    bottom = min(0, lowest_bit(values))
    return in_units(values, bottom), 1 << -bottom


def lowest_bit(values: Array) -> int:
    """The largest b such that all values are multiples of 2^b; 0 where all are 0."""
    found = [0] if not values.any() else []
    for part in np.array_split(values.ravel(), 1 + values.size // (PART)):
        mantissas, shift = _mantissas(part[part != 0])
        lowest = mantissas & -mantissas  # 2^z, z the trailing zeros
        found += [int((shift + np.frexp(lowest.astype(np.float64))[1] - 1).min())] if len(shift) else []
    return min(found)


def _mantissas(values: Array) -> tuple[Array, Array]:
    """Integers m and exponents s with values = m 2^s."""
    mantissas, exponents = np.frexp(values)
    return (mantissas * 2.0**53).astype(np.int64), exponents.astype(np.int64) - 53


def in_units(values: Array, bottom: int) -> Array:
    """Multiples of 2^bottom divided by it: int64 where they fit, else object."""
    mantissas, shift = _mantissas(values)
    up = np.where(mantissas != 0, shift - bottom, 0)
    if (up + 54 <= 62).all():
        return np.asarray(np.where(up >= 0, mantissas << np.maximum(up, 0), mantissas >> np.maximum(-up, 0)))
    integers = np.empty(values.size, dtype=object)
    integers[:] = [
        m << u if u >= 0 else m >> -u
        for m, u in zip(mantissas.ravel().tolist(), up.ravel().tolist(), strict=True)
    ]
    return integers.reshape(values.shape)
