"""Vectorised interval numbers: one Interval stands for one quantity over a whole batch of boxes.

Its ends ``lo`` and ``hi`` are floats or float64 arrays over the boxes.  Every operation is one of
IEEE 754's correctly rounded + - · / √, widened outward by one unit in the last place with
``nextafter``, so the true value is sure to lie inside; no BLAS and no mathematical library takes
part.  As elements of numpy object arrays the intervals run the formulas of :mod:`marginproof.theory.fields`
unchanged, for thousands of boxes in one pass.

An end that cannot be bounded (a division by an interval around zero) becomes NaN, which compares
False both ways: :meth:`Interval.surely_positive` never answers True on it.  Operate inside
``with INTERVALS.working():``, which silences numpy's warnings about such ends.

Example:
  >>> import numpy as np
  >>> from marginproof.theory.fields import AdamProxyField
  >>> X = INTERVALS.array(np.array([[5, 1], [1, 4]]))
  >>> c = np.array([Interval(np.array([1.0]), np.array([1.0])),
  ...               Interval(np.array([0.0]), np.array([0.1]))], dtype=object)
  >>> with INTERVALS.working():
  ...     u = AdamProxyField()(X, c, INTERVALS)
  >>> u[0].lo, u[0].hi
  (array([0.99980006]), array([1.02]))
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, cast

import numpy as np

from marginproof.theory.number_systems import Array, NumberSystem, exact

Ends = float | Array
"""One end of an interval: a float, or a float64 array over the boxes."""


def down(value: Ends) -> Ends:
    """The next float below."""
    return math.nextafter(value, -math.inf) if isinstance(value, float) else np.nextafter(value, -np.inf)


def up(value: Ends) -> Ends:
    """The next float above."""
    return math.nextafter(value, math.inf) if isinstance(value, float) else np.nextafter(value, np.inf)


class Interval:
    """[lo, hi], one per box; see the module's text for the rounding.

    Arguments:
      lo, hi: floats or float64 arrays of one shape.  ``lo is hi`` marks an exact number, which
        makes products cheaper.
    """

    __slots__ = ("hi", "lo")

    def __init__(self, lo: Ends, hi: Ends) -> None:
        self.lo = lo
        self.hi = hi

    def __repr__(self) -> str:
        return f"Interval({self.lo!r}, {self.hi!r})"

    @property
    def thin(self) -> bool:
        """Whether the ends are one and the same number."""
        return self.lo is self.hi

    def __neg__(self) -> Interval:
        if self.thin:
            return exact_number(-self.lo)
        return Interval(-self.hi, -self.lo)

    def __add__(self, other: Any) -> Interval:
        if isinstance(other, np.ndarray):
            return NotImplemented
        other = enclose(other)
        return Interval(down(self.lo + other.lo), up(self.hi + other.hi))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Interval:
        if isinstance(other, np.ndarray):
            return NotImplemented
        other = enclose(other)
        return Interval(down(self.lo - other.hi), up(self.hi - other.lo))

    def __rsub__(self, other: Any) -> Interval:
        return enclose(other) - self

    def __mul__(self, other: Any) -> Interval:
        if isinstance(other, np.ndarray):
            return NotImplemented
        if self is other:
            return cast(Interval, self.square())
        other = enclose(other)
        if other.thin:
            return self._scaled(other.lo)
        if self.thin:
            return cast(Interval, other._scaled(self.lo))
        ends = (self.lo * other.lo, self.lo * other.hi, self.hi * other.lo, self.hi * other.hi)
        return _hull(*ends)

    __rmul__ = __mul__

    def _scaled(self, factor: Ends) -> Interval:
        """The product with an exact number."""
        one, two = self.lo * factor, self.hi * factor
        if isinstance(factor, float):
            if factor >= 0:
                return Interval(down(one), up(two))
            return Interval(down(two), up(one))
        return Interval(down(np.minimum(one, two)), up(np.maximum(one, two)))

    def square(self) -> Interval:
        """The square: never below zero, and without the overestimate of a product with itself."""
        one, two = self.lo * self.lo, self.hi * self.hi
        if isinstance(one, float) and isinstance(two, float):
            if math.isnan(one) or math.isnan(two):
                return exact_number(math.nan)
            low = 0.0 if self.lo <= 0 <= self.hi else min(one, two)
            return Interval(max(math.nextafter(low, -math.inf), 0.0), math.nextafter(max(one, two), math.inf))
        lower, upper = np.asarray(self.lo), np.asarray(self.hi)
        across = (lower <= 0) & (upper >= 0)
        least = np.where(across, 0.0, np.minimum(one, two))
        return Interval(np.maximum(np.nextafter(least, -np.inf), 0.0), up(np.maximum(one, two)))

    def __truediv__(self, other: Any) -> Interval:
        if isinstance(other, np.ndarray):
            return NotImplemented
        return self * enclose(other).reciprocal()

    def __rtruediv__(self, other: Any) -> Interval:
        return enclose(other) / self

    def reciprocal(self) -> Interval:
        """1/x; NaN ends where the interval touches zero."""
        lo, hi = np.asarray(self.lo), np.asarray(self.hi)
        apart = np.where((lo > 0) | (hi < 0), 1.0, np.nan)
        return Interval(np.nextafter(apart / hi, -np.inf), np.nextafter(apart / lo, np.inf))

    def sqrt(self) -> Interval:
        """√x of the part of the interval that is not negative; NaN ends where there is none."""
        hi = np.asarray(self.hi)
        low = np.sqrt(np.maximum(self.lo, 0.0))
        return Interval(np.maximum(np.nextafter(low, -np.inf), 0.0), np.nextafter(np.sqrt(hi), np.inf))

    def surely_positive(self) -> Array:
        """Per box: whether every number inside is > 0.  False where undecided."""
        return np.asarray(self.lo) > 0

    def surely_negative(self) -> Array:
        """Per box: whether every number inside is < 0.  False where undecided."""
        return np.asarray(self.hi) < 0


def _hull(a: Ends, b: Ends, c: Ends, d: Ends) -> Interval:
    low = np.minimum(np.minimum(a, b), np.minimum(c, d))
    high = np.maximum(np.maximum(a, b), np.maximum(c, d))
    return Interval(np.nextafter(low, -np.inf), np.nextafter(high, np.inf))


def exact_number(value: Ends) -> Interval:
    """The interval of one exactly represented number (per box)."""
    return Interval(value, value)


def enclose(value: Any) -> Interval:
    """Any exact number (int, float, fraction, text) as the tightest interval of floats around it."""
    if isinstance(value, Interval):
        return value
    if isinstance(value, float):
        return exact_number(float(value))
    rational = exact(value)
    nearest = float(rational)
    if Fraction(nearest) == rational:
        return exact_number(nearest)
    below = Fraction(nearest) < rational
    if below:
        return Interval(nearest, math.nextafter(nearest, math.inf))
    return Interval(math.nextafter(nearest, -math.inf), nearest)


INTERVALS = NumberSystem(
    "vectorised intervals",
    enclose,
    Interval.sqrt,
    lambda _: None,
    rigorous=True,
    working=lambda: np.errstate(all="ignore"),
)
"""Outward-rounded float64 intervals over a batch of boxes."""
