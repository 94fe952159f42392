"""Krawczyk's operator on any box of the search: what of the box can hold a solution.

Where r_i > 0 surely, a solution has H_i = 0.  Call these rows I, and let h be H at the centre y and S enclose the
slopes of H over the box.  Then 0 = H_I(r) lies in h + S (r - y), so for every matrix A

    r_I  lies in  y_I - A h + (r - y)_I - A S (r - y),

whatever the other weights in the box are.  A is chosen in floating point, near the inverse of S's middle: a poor choice
narrows less and hides nothing.
"""

from __future__ import annotations

from .intervals import ONE, UNIT, ZERO, Box, Interval, dot

ENOUGH = 7
"""A box must shrink to ENOUGH/8 of its longest side, or it is halved instead."""
LARGEST = 1e30
"""Entries of A beyond this are not worth their digits."""


def narrowed(r: Box, centre: Box, h: Box, slopes: list[Box]) -> list[Box] | None:
    """What is left of a box, none or one; None if that is nearly all of it.

    H is ``h`` at ``centre``, and ``slopes[i][n]`` encloses ∂H_i/∂r_n over r.
    """
    inner = [
        i for i, (v, c) in enumerate(zip(r, centre, strict=True)) if v.lo > 0 and v.lo < v.hi and c.lo > 0
    ]
    A = inverse([[slopes[i][n].middle().lo / UNIT for n in inner] for i in inner])
    if A is None:
        return None
    away = [v - c for v, c in zip(r, centre, strict=True)]
    left = list(r)
    for i, a in zip(inner, A, strict=True):
        rest = [(ONE if n == i else ZERO) - dot(a, [slopes[j][n] for j in inner]) for n in range(len(r))]
        left[i] = r[i] & (centre[i] - dot(a, [h[j] for j in inner]) + dot(rest, away))
        if left[i].lo > left[i].hi:
            return []
    return [left] if 8 * longest(left) <= ENOUGH * longest(r) else None


def longest(r: Box) -> int:
    """The longest side."""
    return max(v.hi - v.lo for v in r)


def inverse(matrix: list[list[float]]) -> list[Box] | None:
    """Near the inverse, by Gauss and Jordan in floating point; None where that fails."""
    size = len(matrix)
    table = [row + [float(i == j) for j in range(size)] for i, row in enumerate(matrix)]
    for k in range(size):
        pivot = max(range(k, size), key=lambda i: abs(table[i][k]))
        table[k], table[pivot] = table[pivot], table[k]
        if not abs(table[k][k]) > 1 / LARGEST:
            return None
        table[k] = [v / table[k][k] for v in table[k]]
        for i in range(size):
            if i != k:
                table[i] = [v - table[i][k] * w for v, w in zip(table[i], table[k], strict=True)]
    if not size or not all(abs(v) < LARGEST for row in table for v in row):
        return None
    return [[exactly(v) for v in row[size:]] for row in table]


def exactly(value: float) -> Interval:
    """A point near a float; which one does not matter."""
    number = round(value * 2.0**40) * (UNIT >> 40)
    return Interval(number, number)
