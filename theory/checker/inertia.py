"""Signs of eigenvalues by congruence in intervals.

If a symmetric P has JᵀP + PJ negative definite, J has no eigenvalue on the imaginary axis and as many with positive
real part as P has negative eigenvalues (Ostrowski and Schneider 1962).
"""

from __future__ import annotations

from .intervals import BITS, UNIT, Box, Interval, enclose, products
from .problem import exponent, power
from .reading import Rows
from .refusals import Clock, need

LARGEST = 1 << BITS + 80
"""A factor of the elimination beyond 2^80 tells of a pivot that is nearly zero."""


def unstable_directions(J: list[Box], exact: Rows, clock: Clock) -> int:
    """How many eigenvalues of J have positive real part, as the symmetric part of ``exact`` shows."""
    size = range(len(J))
    unit = power(exponent(tuple(v for row in exact for v in row)) or 0)
    P = []
    for i in size:
        clock.tick()
        P.append([enclose((exact[i][j] + exact[j][i]) / unit) for j in size])
    columns = [[J[i][j] for i in size] for j in size]
    half = products(P, columns, clock)
    falling = [[-(half[i][j] + half[j][i]) for j in size] for i in size]
    need(negative_eigenvalues(falling, clock) == 0, "the Lyapunov inequality fails")
    return negative_eigenvalues(P, clock)


def negative_eigenvalues(M: list[Box], clock: Clock) -> int:
    """How many negative eigenvalues every symmetric matrix in an interval matrix has, and that none is zero.

    W M Wᵀ has as many (Sylvester).  If each entry on its diagonal surely exceeds the rest of its row in size, none is zero,
    W is invertible, and the signs on the diagonal are the eigenvalues' (Gershgorin); how W was found does not matter.
    """
    W = eliminating([[v.middle().lo for v in row] for row in M], clock)
    count = 0
    for i, row in enumerate(products(products(W, M, clock), W, clock)):
        rest = sum(abs(v).hi for j, v in enumerate(row) if j != i)
        need(abs(row[i]).lo > rest, "the Lyapunov matrix, or its inequality, is singular")
        count += row[i].negative()
    return count


def eliminating(M: list[list[int]], clock: Clock) -> list[Box]:
    """A matrix W, nearly lower triangular, with W M Wᵀ nearly diagonal: Gauss elimination of (M, identity)."""
    size = len(M)
    table = [[*row, *(UNIT if i == j else 0 for j in range(size))] for i, row in enumerate(M)]
    for k, (pivot, *base) in enumerate(table):
        for i in range(k + 1, size):
            clock.tick()
            first, *row = table[i]
            factor = (first << BITS) // (pivot or 1)
            need(abs(factor) < LARGEST, "the Lyapunov matrix, or its inequality, is singular")
            table[i] = [v - (factor * w >> BITS) for v, w in zip(row, base, strict=True)]
    return [[Interval(v, v) for v in row[-size:]] for row in table]
