"""Intervals at a precision of the certificate's choice, for long runs: pairs (lo, hi) of integers over 2^bits.

A run of thousands of steps needs more bits than a box does (``intervals`` has a fixed number), and plain pairs of
integers are what keeps it quick.  Every operation rounds outward.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from .intervals import product
from .refusals import need

GUARD = 40
LEVELS = (5, 13, 21)
"""An argument of the exponential is a multiple of 2^-5, one of 2^-13, one of 2^-21, and a rest."""
SMALL = LEVELS[-1]
"""The series is summed for arguments below ``2**-SMALL``."""
NARROW = 16
LARGEST = 4096
"""The exponential is asked for only between ``-LARGEST`` and ``LARGEST``."""
Pair = tuple[int, int]


class Grid:
    """Arithmetic on integers over 2^bits."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.unit = 1 << bits
        self._powers: dict[tuple[int, int], Pair] = {}

    def enclose(self, value: Fraction) -> Pair:
        """The smallest pair around an exact number."""
        low, rest = divmod(value.numerator << self.bits, value.denominator)
        return low, low + (rest > 0)

    def times(self, x: Pair, y: Pair) -> Pair:
        """x·y."""
        a, b = x
        c, d = y
        low, high = (a * c, b * d) if a >= 0 and c >= 0 else product(a, b, c, d)
        return low >> self.bits, -(-high >> self.bits)

    def scaled(self, xs: list[Pair], factor: Pair) -> list[Pair]:
        """Each x times a factor that is not below zero."""
        bits, (c, d) = self.bits, factor
        need(c >= 0, "a factor is not surely positive")
        return [(a * (c if a >= 0 else d) >> bits, -(-b * (d if b >= 0 else c) >> bits)) for a, b in xs]

    def blend(self, xs: list[Pair], f: Pair, ys: list[Pair], g: Pair) -> list[Pair]:
        """Each x times f plus y times g, rounded once; f and g are not below zero."""
        bits, (c, d), (e, h) = self.bits, f, g
        need(c >= 0 and e >= 0, "a factor is not surely positive")
        return [
            (
                a * (c if a >= 0 else d) + p * (e if p >= 0 else h) >> bits,
                -(-b * (d if b >= 0 else c) - q * (h if q >= 0 else e) >> bits),
            )
            for (a, b), (p, q) in zip(xs, ys, strict=True)
        ]

    def dot(self, xs: list[Pair], ys: list[Pair]) -> Pair:
        """The inner product, rounded once."""
        low = high = 0
        for (a, b), (c, d) in zip(xs, ys, strict=True):
            below, above = (a * c, b * d) if a >= 0 and c >= 0 else product(a, b, c, d)
            low += below
            high += above
        return low >> self.bits, -(-high >> self.bits)

    def square(self, x: Pair) -> Pair:
        """x², never below zero."""
        low, high = x if x[0] >= 0 else (max(-x[1], 0), max(-x[0], x[1]))
        return low * low >> self.bits, -(-high * high >> self.bits)

    def power(self, x: Pair, exponent: int) -> Pair:
        """x to a power, x not below zero, by squaring."""
        result = (self.unit, self.unit)
        for bit in bin(exponent)[2:]:
            result = self.square(result)
            if bit == "1":
                result = self.times(result, x)
        return result

    def ratio(self, x: Pair, y: Pair) -> Pair:
        """x / y, x not below zero and y surely positive."""
        need(x[0] >= 0 and y[0] > 0, "a divisor is not surely positive")
        return (x[0] << self.bits) // y[1], -((-x[1] << self.bits) // y[0])

    def root(self, v: Pair) -> Pair:
        """√v.  With a narrow v one root serves: √b <= √a + (b - a)/(2√a)."""
        a, b = v[0] << self.bits, v[1] << self.bits
        low = isqrt(a)
        if (b - a) << NARROW > a:
            return low, isqrt(b) + 1
        return low, low + 2 + (b - a) // (2 * low)

    def over_root(self, m: Pair, v: Pair) -> Pair:
        """m / √v, v surely positive."""
        low, high = self.root(v)
        need(low > 0, "a second moment is not surely positive")
        below = (m[0] << self.bits) // (high if m[0] >= 0 else low)
        above = -((-m[1] << self.bits) // (low if m[1] >= 0 else high))
        return below, above

    def exp(self, x: Pair) -> Pair:
        """e^x.  With a narrow x the series is summed once: e^w <= 1 + w + w² for its width w <= 1."""
        low, high = self._exp_end(x[0])
        width = x[1] - x[0]
        if width > self.unit >> NARROW:
            return low, self._exp_end(x[1])[1]
        more = width + (width * width >> self.bits) + 1
        return low, high + (more * high >> self.bits) + 1

    def _exp_end(self, m: int) -> Pair:
        """e^(m/2^bits) between two integers over 2^bits: powers of e at coarser and coarser grids, and the rest."""
        need(abs(m) <= LARGEST << self.bits, f"an exponent beyond {LARGEST}")
        work = self.bits + GUARD
        rest = m << GUARD
        low = high = 1 << work
        for level in LEVELS:
            part = rest >> (work - level)
            if part:
                rest -= part << (work - level)
                below, above = self._power(level, part)
                low = low * below >> work
                high = (high * above >> work) + 1
        below, above = series(rest, work)
        return low * below >> (work + GUARD), (high * above >> (work + GUARD)) + 1

    def _power(self, level: int, part: int) -> Pair:
        """e^(part/2^level) over ``2**(bits + GUARD)``, kept for later."""
        key = level, part
        if key not in self._powers:
            self._powers[key] = self._fresh_power(level, part)
        return self._powers[key]

    def _fresh_power(self, level: int, part: int) -> Pair:
        work = self.bits + GUARD
        if part < 0:
            low, high = self._fresh_power(level, -part)
            return (1 << 2 * work) // high, -(-(1 << 2 * work) // low)
        halvings = max(0, part.bit_length() - level + SMALL)
        low, high = series((part << work) >> (level + halvings), work)
        for _ in range(halvings):
            low = low * low >> work
            high = (high * high >> work) + 1
        return low, high


def series(y: int, work: int) -> Pair:
    """Bounds of 2^work e^(x/2^work) for every x in [y, y + 1], where y lies between 0 and ``2**(work - SMALL)``.

    A term is rounded down twice, so it is less than 3 too small (the last one's error shrinks by y); what is left
    out is below 2; and e^((y+1)/2^work) exceeds e^(y/2^work) by less than 2 units.
    """
    term = total = 1 << work
    n = 0
    while term:
        n += 1
        term = (term * y >> work) // n
        total += term
    return total, total + 3 * n + 4
