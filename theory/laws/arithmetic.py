"""The numbers a law runs on: float64 arrays, many digits, or values with a bound of what rounding did to them.

:class:`Rounded` is running error analysis [Higham, Accuracy and Stability, §3.3]: beside each value stands a
radius that holds every result a program of unit roundoff ``u`` may reach.  An operation is charged
:data:`ROUNDINGS` u, not one, since programs write the same law in other forms (m + (1-β)(g - m), a product with
a reciprocal), and the values here are themselves rounded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Vector = np.ndarray
ROUNDINGS = 4.0
"""Units of rounding that an operation is charged."""


class Rounded:
    """Values and radii, shape (d,) or scalar; arithmetic widens the radii by ``ROUNDINGS * unit``."""

    __array_ufunc__ = None  # numpy leaves mixed operations to this class
    __slots__ = ("radius", "unit", "value")

    def __init__(self, value: Any, radius: Any, unit: float) -> None:
        self.value, self.radius, self.unit = value, radius, unit

    def _new(self, value: Any, radius: Any) -> Rounded:
        return Rounded(value, radius + ROUNDINGS * self.unit * abs(value), self.unit)

    def __add__(self, other: Any) -> Rounded:
        value, radius = parts(other)
        return self._new(self.value + value, self.radius + radius)

    __radd__ = __add__

    def __neg__(self) -> Rounded:
        return Rounded(-self.value, self.radius, self.unit)

    def __sub__(self, other: Any) -> Rounded:
        value, radius = parts(other)
        return self._new(self.value - value, self.radius + radius)

    def __rsub__(self, other: Any) -> Rounded:
        return (-self).__add__(other)

    def __mul__(self, other: Any) -> Rounded:
        value, radius = parts(other)
        spread = abs(self.value) * radius + abs(value) * self.radius + self.radius * radius
        return self._new(self.value * value, spread)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Rounded:
        value, radius = parts(other)
        with np.errstate(all="ignore"):
            quotient = np.where(value != 0, self.value / value, 0.0)
            sure = abs(value) > radius
            nothing = (
                (self.value == 0) & (self.radius == 0) & (value == 0)
            )  # 0/0 is 0: no gradient yet, no step
            sure = sure | nothing
            spread = np.where(
                nothing,
                0.0,
                np.where(sure, (self.radius + abs(quotient) * radius) / (abs(value) - radius), np.inf),
            )
        return self._new(quotient, spread)

    def __rtruediv__(self, other: Any) -> Rounded:
        return Rounded(np.asarray(other, dtype=np.float64), 0.0, self.unit) / self

    def __abs__(self) -> Rounded:
        return Rounded(abs(self.value), self.radius, self.unit)


def parts(number: Any) -> tuple[Any, Any]:
    """(value, radius)."""
    return (number.value, number.radius) if isinstance(number, Rounded) else (number, 0.0)


@dataclass(frozen=True)
class Arithmetic:
    """What a law needs beside sums, differences, products and quotients.

    Attributes:
      number: a float with a bound of its error, as a number.
      sqrt, sign, maximum: coordinatewise.
      total: the sum over the coordinates.
      polar: the orthogonal factor U Vᵀ of a matrix given as a vector, and the number of its rows.
    """

    number: Callable[[Any, Any], Any]
    sqrt: Callable[[Any], Any]
    sign: Callable[[Any], Any]
    maximum: Callable[[Any, Any], Any]
    total: Callable[[Any], Any]
    polar: Callable[[Any, int], Any]

    def ratio(self, m: Any, v: Any, eps: Any) -> Any:
        """m / (√v + ε)."""
        return m / (self.sqrt(v) + eps)

    def ratio_inside(self, m: Any, v: Any, eps: Any) -> Any:
        """m / √(v + ε)."""
        return m / self.sqrt(v + eps)


def polar(m: Vector, rows: int) -> Vector:
    """U Vᵀ of the reduced singular value decomposition, singular values of 0 left out; flat."""
    u, s, vt = np.linalg.svd(m.reshape(max(rows, 1), -1), full_matrices=False)
    kept = s > 0
    return np.asarray((u[:, kept] @ vt[kept]).ravel())


FLOATS = Arithmetic(
    lambda value, error: value, np.sqrt, np.sign, np.maximum, np.sum, polar
)  # fmt: skip
"""Plain float64."""


def rounding(unit: float) -> Arithmetic:
    """Values with the radii of a program whose unit roundoff is ``unit``."""

    def sqrt(x: Rounded) -> Rounded:
        value, radius = np.asarray(x.value), np.asarray(x.radius)
        with np.errstate(all="ignore"):
            root = np.sqrt(np.maximum(value, 0.0))
            spread = np.where(radius < value, radius / root, np.sqrt(np.abs(value) + radius))
        return Rounded(root, spread + ROUNDINGS * unit * root, unit)

    def sign(x: Rounded) -> Rounded:
        undecided = (np.abs(x.value) <= x.radius) & (x.radius > 0)
        return Rounded(np.where(undecided, 0.0, np.sign(x.value)), np.where(undecided, 1.0, 0.0), unit)

    def maximum(x: Any, y: Any) -> Rounded:
        (a, r), (b, q) = parts(x), parts(y)
        return Rounded(np.maximum(a, b), np.maximum(r, q), unit)

    def total(x: Rounded) -> Rounded:
        n = np.size(x.value)
        lost = ROUNDINGS * n * unit * np.sum(np.abs(x.value))
        return Rounded(np.sum(x.value), np.sum(np.broadcast_to(x.radius, np.shape(x.value))) + lost, unit)

    def orthogonal(x: Rounded, rows: int) -> Rounded:
        """‖U - Ũ‖_F <= 2 ‖M - M̃‖_F / (σ_min + σ̃_min) at full rank [Higham, Functions of Matrices, Thm 8.10]."""
        matrix = np.asarray(x.value).reshape(max(rows, 1), -1)
        s = np.linalg.svd(matrix, compute_uv=False)
        moved = float(np.sqrt(np.sum(np.broadcast_to(x.radius, np.shape(x.value)) ** 2)))
        moved += 16 * matrix.size * unit * float(s[0])
        least = float(s[-1])
        bound = 2 * moved / (2 * least - moved) if least > moved else np.inf
        value = polar(np.asarray(x.value), rows)
        return Rounded(value, np.full(value.shape, bound + 16 * matrix.size * unit), unit)

    return Arithmetic(lambda value, error: Rounded(np.asarray(value, dtype=np.float64), error, unit),
                      sqrt, sign, maximum, total, orthogonal)  # fmt: skip
