"""Intervals from ``lo / 2**BITS`` to ``hi / 2**BITS``, rounded outward: whatever lies in the arguments, the result holds.

No other rounding exists in the checker.  ``>>`` rounds down for negative numbers too, and ``-(-x >> BITS)`` rounds up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import isqrt
from operator import mul

from .refusals import Clock, need

BITS = 160
UNIT = 1 << BITS


class Interval:
    """The numbers from ``lo / 2**BITS`` to ``hi / 2**BITS``, for integers ``lo`` and ``hi``."""

    __slots__ = ("hi", "lo")

    def __init__(self, lo: int, hi: int) -> None:
        self.lo = lo
        self.hi = hi

    def __repr__(self) -> str:
        return f"[{self.lo / UNIT}, {self.hi / UNIT}]"

    def positive(self) -> bool:
        """Whether it is surely above zero."""
        return self.lo > 0

    def negative(self) -> bool:
        """Whether it is surely below zero."""
        return self.hi < 0

    def nonzero(self) -> bool:
        """Whether it surely is not zero."""
        return self.lo > 0 or self.hi < 0

    def __neg__(self) -> Interval:
        return Interval(-self.hi, -self.lo)

    def __abs__(self) -> Interval:
        if self.lo >= 0:
            return self
        return Interval(-self.hi, -self.lo) if self.hi <= 0 else Interval(0, max(-self.lo, self.hi))

    def __and__(self, other: Interval) -> Interval:
        return Interval(max(self.lo, other.lo), min(self.hi, other.hi))

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.lo + other.lo, self.hi + other.hi)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.lo - other.hi, self.hi - other.lo)

    def __mul__(self, other: Interval) -> Interval:
        a, c = self.lo, other.lo
        if a >= 0 and c >= 0:
            return Interval(a * c >> BITS, -(-self.hi * other.hi >> BITS))
        lo, hi = product(a, self.hi, c, other.hi)
        return Interval(lo >> BITS, -(-hi >> BITS))

    def __truediv__(self, other: Interval) -> Interval:
        """The quotient by an interval that is surely positive."""
        if other.lo <= 0:
            raise ArithmeticError("a divisor is not surely positive")
        below = other.hi if self.lo >= 0 else other.lo
        above = other.lo if self.hi >= 0 else other.hi
        return Interval((self.lo << BITS) // below, -((-self.hi << BITS) // above))

    def middle(self) -> Interval:
        """A point near the middle."""
        centre = (self.lo + self.hi) >> 1
        return Interval(centre, centre)


ZERO = Interval(0, 0)
ONE = Interval(UNIT, UNIT)
Box = list[Interval]


def product(a: int, b: int, c: int, d: int) -> tuple[int, int]:
    """The ends of [a, b]·[c, d], exact."""
    if a >= 0:
        return (a if c >= 0 else b) * c, (b if d >= 0 else a) * d
    if b <= 0:
        return (a if d >= 0 else b) * d, (b if c >= 0 else a) * c
    if c >= 0:
        return a * d, b * d
    if d <= 0:
        return b * c, a * c
    return min(a * d, b * c), max(a * c, b * d)


def dot(xs: Iterable[Interval], ys: Iterable[Interval]) -> Interval:
    """The inner product, rounded once."""
    low = high = 0
    for x, y in zip(xs, ys, strict=True):
        a, c, d = x.lo, y.lo, y.hi
        if a >= 0:
            low += (a if c >= 0 else x.hi) * c
            high += (x.hi if d >= 0 else a) * d
        else:
            below, above = product(a, x.hi, c, d)
            low += below
            high += above
    return Interval(low >> BITS, -(-high >> BITS))


def hull(x: Interval, y: Interval) -> Interval:
    """The smallest interval around two."""
    return Interval(min(x.lo, y.lo), max(x.hi, y.hi))


def hulls(xs: Iterable[Interval], ys: Iterable[Interval]) -> Box:
    """The smallest box around two."""
    return [hull(x, y) for x, y in zip(xs, ys, strict=True)]


def dots(rows: Iterable[Sequence[Interval]], x: Sequence[Interval]) -> Box:
    """The inner product of each row with x."""
    return [dot(row, x) for row in rows]


def products(rows: Iterable[Box], columns: Sequence[Box], clock: Clock) -> list[Box]:
    """The inner product of every row with every column, by middles and radii.

    Quicker than ``dot`` on long vectors, and as narrow wherever one of two factors is a point.
    """
    right = [_centred(column) for column in columns]
    table = []
    for row in rows:
        s, sizes, widths = _centred(row)
        thick = any(widths)
        line = []
        for t, others, spreads in right:
            clock.tick()
            need(len(s) == len(t), "vectors of one length are due")
            middle = sum(map(mul, s, t))
            spread = sum(map(mul, sizes, spreads))
            if thick:
                spread += sum(map(mul, widths, others)) + sum(map(mul, widths, spreads))
            line.append(Interval(middle - spread >> BITS + 2, -(-middle - spread >> BITS + 2)))
        table.append(line)
    return table


def _centred(x: Box) -> tuple[list[int], list[int], list[int]]:
    """Twice the middles, their absolute values, and twice the radii."""
    middles = [v.lo + v.hi for v in x]
    return middles, [abs(v) for v in middles], [v.hi - v.lo for v in x]


def square(x: Interval) -> Interval:
    """x², never below zero, in units of ``2**(-2 * BITS)``: exact."""
    low, high = x.lo * x.lo, x.hi * x.hi
    if x.lo >= 0:
        return Interval(low, high)
    return Interval(high, low) if x.hi <= 0 else Interval(0, max(low, high))


def squared(x: Interval) -> Interval:
    """x², never below zero."""
    exact = square(x)
    return Interval(exact.lo >> BITS, -(-exact.hi >> BITS))


def root(square_lo: int, square_hi: int) -> Interval:
    """The square root of the numbers between two ends in units of ``2**(-2 * BITS)``, the lower not below zero."""
    if square_lo < 0:
        raise ArithmeticError("a root of a number that may be negative")
    return Interval(isqrt(square_lo), isqrt(square_hi) + 1)


def enclose(*ends: Fraction | int) -> Interval:
    """The smallest interval around exact numbers."""
    low, high = min(ends), max(ends)
    return Interval(low * UNIT // 1, -(-high * UNIT // 1))


def parallel_undecided(x: Sequence[Interval], y: Sequence[Interval]) -> bool:
    """``False`` only if two vectors surely are not parallel: a 2 × 2 minor with the entry of x farthest from zero."""
    k = max(range(len(x)), key=lambda i: abs(x[i]).lo)
    return not any((x[k] * b - a * y[k]).nonzero() for a, b in zip(x, y, strict=True))
