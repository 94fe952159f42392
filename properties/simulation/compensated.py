"""Sums and products in twice the working precision (Ogita, Rump and Oishi, 2005), compiled without fast-math."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def two_sum(a: float, b: float) -> tuple[float, float]:
    """a + b and its rounding error, exactly (Knuth)."""
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


@njit(cache=True, error_model="numpy")
def accurate_margins(XT: np.ndarray, high: np.ndarray, low: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """X(high + low) as pairs of doubles, each of shape (N,), as if in twice the precision (Dot2).

    Products are split by Dekker's and Veltkamp's method; compiled without fast-math.
    """
    d, n = XT.shape
    total, rest = np.zeros(n), np.zeros(n)
    for k in range(d):
        b, tail, row = high[k], low[k], XT[k]
        t = 134217729.0 * b
        b1 = t - (t - b)
        b2 = b - b1
        for i in range(n):
            a = row[i]
            p = a * b
            t = 134217729.0 * a
            a1 = t - (t - a)
            a2 = a - a1
            error = a2 * b2 - (((p - a1 * b1) - a2 * b1) - a1 * b2)
            s = total[i] + p
            t = s - total[i]
            rest[i] += ((total[i] - (s - t)) + (p - t)) + (error + a * tail)
            total[i] = s
    for i in range(n):
        total[i], rest[i] = two_sum(total[i], rest[i])
    return total, rest
