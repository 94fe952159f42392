"""The norm |W⁻¹ v|_2 of a witness's basis W, in intervals, and when a matrix is surely positive definite."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .grid import Grid, Pair
from .inertia import negative_eigenvalues
from .intervals import BITS, ZERO, Box, Interval, dot, enclose, root, square
from .reading import Rows, matrix
from .refusals import Clock, need


def read_basis(value: Any, size: int, clock: Clock) -> list[Box]:
    """W, upper triangular with a positive diagonal."""
    W = matrix(value, size, size, clock)
    for i, row in enumerate(W):
        need(row[i] > 0 and not any(row[:i]), "basis: an upper triangular matrix, diagonal > 0, is due")
    return [enclosed(row, clock) for row in W]


def enclosed(row: list[Fraction], clock: Clock) -> Box:
    """Exact numbers, each enclosed."""
    clock.tick()
    return [enclose(v) for v in row]


def solve(W: list[Box], right: Box, clock: Clock) -> Box:
    """W⁻¹ right, by substitution."""
    z = [ZERO] * len(W)
    for i in reversed(range(len(W))):
        clock.tick()
        known = dot(W[i][i + 1 :], z[i + 1 :])
        z[i] = (right[i] - known) / W[i][i]
    return z


def positive_definite(gap: list[Box], clock: Clock) -> bool:
    """Whether every symmetric matrix in an enclosure is positive definite; else refuse.

    Each is within the Frobenius norm of the radii of the middle, a matrix of points: it is enough that the middle
    less that norm is positive definite.
    """
    radii = norm([Interval(0, (v.hi - v.lo >> 1) + 1) for row in gap for v in row]).hi
    spread = Interval(radii, radii)
    centre = [
        [v.middle() - (spread if i == j else ZERO) for j, v in enumerate(row)] for i, row in enumerate(gap)
    ]
    return negative_eigenvalues(centre, clock) == 0


def surely_positive(gap: list[Box], clock: Clock) -> bool:
    """The same; False where it is undecided."""
    try:
        return positive_definite(gap, clock)
    except ValueError:
        return False


def norm(values: Box) -> Interval:
    """The l2 norm."""
    squares = [square(v) for v in values]
    return root(sum(s.lo for s in squares), sum(s.hi for s in squares))


def within(value: Interval, target: Interval) -> bool:
    """Whether one enclosure lies in another."""
    return target.lo <= value.lo and value.hi <= target.hi


def inside(value: Interval, low: Fraction, high: Fraction) -> bool:
    """Whether an enclosure lies between two exact numbers."""
    unit = 1 << BITS
    return low * unit <= value.lo and value.hi <= high * unit


def check_direction(u: Box, stated: Rows) -> None:
    """Refuse unless u, made of length one, surely lies in the stated box."""
    length = norm(u)
    for value, (low, high) in zip(u, stated, strict=True):
        need(inside(value / length, low, high), "the direction is not surely in the stated box")


def rounded(value: Pair, grid: Grid) -> Interval:
    """A pair of a finer grid, rounded outward."""
    shift = grid.bits - BITS
    return Interval(value[0] >> shift, -(-value[1] >> shift))
