"""Intervals at a precision of the certificate's choice, for long runs: pairs (lo, hi) of integers over 2**bits.

A run of thousands of steps needs more bits than a box does (``intervals`` has a fixed number), and plain pairs of
integers are what keeps it quick.  Every operation rounds outward.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from .refusals import need

GUARD = 40
SMALL = 16
"""An argument of the exponential is halved until it is below 2**-SMALL."""
LARGEST = 4096
"""The exponential is not asked for beyond e**±LARGEST."""
Pair = tuple[int, int]


class Grid:
    """Arithmetic over 2**bits."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.unit = 1 << bits

    def enclose(self, value: Fraction) -> Pair:
        """The smallest pair around an exact number."""
        low, rest = divmod(value.numerator << self.bits, value.denominator)
        return low, low + (rest > 0)

    def times(self, x: Pair, y: Pair) -> Pair:
        """x·y."""
        low, high = product(x, y)
        return low >> self.bits, -(-high >> self.bits)

    def scaled(self, xs: list[Pair], factor: Pair) -> list[Pair]:
        """Each x times a factor that is not below zero."""
        bits, (c, d) = self.bits, factor
        need(c >= 0, "a factor is not surely positive")
        return [(a * (c if a >= 0 else d) >> bits, -(-b * (d if b >= 0 else c) >> bits)) for a, b in xs]

    def dot(self, xs: list[Pair], ys: list[Pair]) -> Pair:
        """The inner product, rounded once."""
        low = high = 0
        for x, y in zip(xs, ys, strict=True):
            below, above = product(x, y)
            low += below
            high += above
        return low >> self.bits, -(-high >> self.bits)

    def square(self, x: Pair) -> Pair:
        """x², never below zero."""
        low, high = max(x[0], -x[1], 0), max(-x[0], x[1])
        return low * low >> self.bits, -(-high * high >> self.bits)

    def ratio(self, x: Pair, y: Pair) -> Pair:
        """x / y, x not below zero and y surely positive."""
        need(x[0] >= 0 and y[0] > 0, "a divisor is not surely positive")
        return (x[0] << self.bits) // y[1], -((-x[1] << self.bits) // y[0])

    def over_root(self, m: Pair, v: Pair) -> Pair:
        """m / √v, v surely positive."""
        low = isqrt(v[0] << self.bits)
        high = isqrt(v[1] << self.bits) + 1
        need(low > 0, "a second moment is not surely positive")
        below = (m[0] << self.bits) // (high if m[0] >= 0 else low)
        above = -((-m[1] << self.bits) // (low if m[1] >= 0 else high))
        return below, above

    def exp(self, x: Pair) -> Pair:
        """e**x.  With a narrow x the series is summed once: e**w <= 1 + w + w² for its width w <= 1."""
        low, high = self._exp_end(x[0])
        width = x[1] - x[0]
        if width > self.unit >> SMALL:
            return low, self._exp_end(x[1])[1]
        more = width + (width * width >> self.bits) + 1
        return low, high + (more * high >> self.bits) + 1

    def _exp_end(self, m: int) -> Pair:
        """e**(m / 2**bits) between two integers over 2**bits."""
        need(abs(m) <= LARGEST << self.bits, f"an exponent beyond {LARGEST}")
        if m < 0:
            low, high = self._exp_end(-m)
            return (1 << 2 * self.bits) // high, -(-(1 << 2 * self.bits) // low)
        work = self.bits + GUARD
        halvings = max(0, m.bit_length() - self.bits + SMALL)
        low, high = series((m << GUARD) >> halvings, work)
        for _ in range(halvings):
            low = low * low >> work
            high = (high * high >> work) + 1
        return low >> GUARD, (high >> GUARD) + 1


def product(x: Pair, y: Pair) -> Pair:
    """The ends of x·y, exact, in units of 2**(-2 bits)."""
    a, b = x
    c, d = y
    if a >= 0:
        return (a if c >= 0 else b) * c, (b if d >= 0 else a) * d
    if b <= 0:
        return (a if d >= 0 else b) * d, (b if c >= 0 else a) * c
    if c >= 0:
        return a * d, b * d
    if d <= 0:
        return b * c, a * c
    return min(a * d, b * c), max(a * c, b * d)


def series(y: int, work: int) -> Pair:
    """Bounds of e**(x / 2**work) 2**work for every x in [y, y + 1], 0 <= y <= 2**(work - SMALL).

    A term is rounded down twice, so it is less than 3 too small (the last one's error shrinks by y); what is left
    out is below 2; and e**((y + 1) / 2**work) exceeds e**(y / 2**work) by less than 2 units.
    """
    term = total = 1 << work
    n = 0
    while term:
        n += 1
        term = (term * y >> work) // n
        total += term
    return total, total + 3 * n + 4
