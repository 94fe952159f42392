"""Signs of eigenvalues by elimination in intervals.

If a symmetric P has JᵀP + PJ negative definite, J has no eigenvalue on the imaginary axis and as many with positive
real part as P has negative eigenvalues (Ostrowski and Schneider 1962).
"""

from __future__ import annotations

from .intervals import Box, Interval, dot, enclose
from .problem import exponent, power
from .reading import Rows
from .refusals import Clock, need


def unstable_directions(J: list[Box], exact: Rows, clock: Clock) -> int:
    """How many eigenvalues of J have positive real part, as the symmetric part of ``exact`` shows."""
    size = range(len(J))
    unit = power(exponent(tuple(v for row in exact for v in row)) or 0)
    P = [[enclose((exact[i][j] + exact[j][i]) / unit) for j in size] for i in size]
    columns = [[J[i][j] for i in size] for j in size]
    half = []
    for i in size:
        clock.tick()
        half.append([dot(P[i], columns[j]) for j in size])
    falling = [[-(half[i][j] + half[j][i]) for j in size] for i in size]
    need(negative_pivots(falling, clock) == 0, "the Lyapunov inequality fails")
    return negative_pivots(P, clock)


def negative_pivots(matrix: list[Box], clock: Clock) -> int:
    """How many negative eigenvalues every symmetric matrix in an interval matrix has (Sylvester)."""
    M = [list(row) for row in matrix]
    count = 0
    for k in range(len(M)):
        pivot = M[k][k]
        need(pivot.nonzero(), "the Lyapunov matrix, or its inequality, is singular")
        count += pivot.negative()
        for i in range(k + 1, len(M)):
            clock.tick()
            top = M[i][k] if pivot.positive() else -M[i][k]
            factor = top / abs(pivot)
            M[i] = [_less(v, factor, w) for v, w in zip(M[i], M[k], strict=True)]
    return count


def _less(v: Interval, factor: Interval, w: Interval) -> Interval:
    return v - factor * w
