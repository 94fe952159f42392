"""The number systems a field can be evaluated over, and the one helper that decides a comparison.

A direction field is one formula over arrays.  What changes between floating point, many digits,
rigorous balls and symbols is how a number is made and how its square root is taken; a
:class:`NumberSystem` holds just that.  Arrays are float64 arrays or numpy object arrays, on which
``X.T @ c`` and ``*`` work unchanged.

Example:
  >>> from marginproof.theory.number_systems import FLOAT64, multiprecision
  >>> mp = multiprecision(50)
  >>> mp.sqrt(mp.array(["2"]))[0]
  mpf('1.4142135623730950488016887242096980785696718753769468')
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import numpy as np

if TYPE_CHECKING:  # a tenth and a third of a second to import: loaded where balls and symbols are met
    import flint
    import sympy

Array = np.ndarray
"""A float64 array, or an object array of numbers of one system."""


@dataclass(frozen=True)
class NumberSystem:
    """How numbers of one kind are made and rooted.

    Attributes:
      name: for messages.
      convert: exact value (int, float, :class:`~fractions.Fraction`, decimal or ``"p/q"`` string) to a number.
      sqrt_one: square root of one number.
      sign_one: the sign, −1, 0 or 1, of one number, as a number; ``None`` where undecided.
      rigorous: whether an operation's result is sure to contain the true value.
      working: a context manager under which operations must run (sets the precision).
    """

    name: str
    convert: Callable[[Any], Any]
    sqrt_one: Callable[[Any], Any]
    sign_one: Callable[[Any], int | None]
    rigorous: bool = False
    working: Callable[[], AbstractContextManager[Any]] = nullcontext

    def array(self, values: Any) -> Array:
        """The values (any shape) as an array of this system's numbers."""
        source = np.asarray(values)
        if self is FLOAT64:
            return source.astype(np.float64)
        out = np.empty(source.shape, dtype=object)
        for index, value in np.ndenumerate(source):
            out[index] = self.convert(value)
        return out

    def sqrt(self, values: Array) -> Array:
        """Square root, elementwise."""
        if self is FLOAT64:
            return cast(Array, np.sqrt(values))
        return _elementwise(self.sqrt_one, values)

    def sign(self, values: Array) -> Array:
        """Sign, elementwise.  Raises :class:`UndecidedSignError` where a number system cannot tell."""
        if self is FLOAT64:
            return cast(Array, np.sign(values))
        return _elementwise(self._sign_or_raise, values)

    def _sign_or_raise(self, value: Any) -> Any:
        sign = self.sign_one(value)
        if sign is None:
            raise UndecidedSignError(f"the sign of {value} is undecided in {self.name}; raise the precision")
        return self.convert(sign)


class UndecidedSignError(ArithmeticError):
    """A sign was asked of a number whose enclosure contains zero."""


def exact(value: Any) -> Fraction:
    """The exact rational a Python, numpy or text number stands for (floats are dyadic rationals)."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, str):
        return Fraction(value)
    if isinstance(value, (np.floating, np.integer)):
        return Fraction(value.item())
    if getattr(value, "is_Rational", False):  # sympy's
        return Fraction(int(value.p), int(value.q))
    return Fraction(value)


def decide_sign(value: Any) -> int | None:
    """The sign of one number, −1, 0 or 1, or ``None`` where its enclosure contains zero and more.

    This is the only place where an undecided comparison is met: balls and intervals compare
    ``False`` both ways, and neither answer may be taken for the other.
    """
    if value > 0:
        return 1
    if value < 0:
        return -1
    return 0 if value == 0 else None


def _symbolic_sign(value: sympy.Expr) -> int | None:
    if value.is_zero:
        return 0
    if value.is_positive:
        return 1
    return -1 if value.is_negative else None


def _elementwise(function: Callable[[Any], Any], values: Array) -> Array:
    values = np.asanyarray(values, dtype=object)
    out = np.empty_like(values, order="C")
    for index, value in np.ndenumerate(values):
        out[index] = function(value)
    return out


FLOAT64 = NumberSystem("float64", float, np.sqrt, decide_sign)
"""IEEE double precision; the fast system, never proof."""

RATIONALS = NumberSystem("rationals", exact, lambda value: _exact_sqrt(value), decide_sign, rigorous=True)
"""Exact fractions; a square root exists only of a square."""


def _exact_sqrt(value: Fraction) -> Fraction:
    top, bottom = math.isqrt(max(value.numerator, 0)), math.isqrt(value.denominator)
    if top * top != value.numerator or bottom * bottom != value.denominator:
        raise ArithmeticError(f"sqrt({value}) is irrational; use balls or symbols")
    return Fraction(top, bottom)


def multiprecision(digits: int = 50) -> NumberSystem:
    """mpmath numbers with ``digits`` decimal digits, in a context of their own (no global state)."""
    import mpmath

    context = mpmath.MPContext()
    context.dps = digits

    def convert(value: Any) -> Any:
        if isinstance(value, context.mpf):
            return value
        rational = exact(value)
        return context.mpf(rational.numerator) / rational.denominator

    return NumberSystem(f"mpmath with {digits} digits", convert, context.sqrt, decide_sign)


def balls(bits: int = 128) -> NumberSystem:
    """python-flint's rigorous real balls at ``bits`` bits; operate inside ``with system.working():``."""
    import flint

    @contextmanager
    def working() -> Iterator[None]:
        before = flint.ctx.prec
        flint.ctx.prec = bits
        try:
            yield
        finally:
            flint.ctx.prec = before

    def convert(value: Any) -> flint.arb:
        if isinstance(value, flint.arb):
            return value
        if isinstance(value, float) and bits >= 53 and math.isfinite(value):
            return flint.arb(value)  # exact: a float has 53 bits
        rational = exact(value)
        return flint.arb(flint.fmpq(rational.numerator, rational.denominator))

    return NumberSystem(f"balls with {bits} bits", convert, _ball_sqrt, decide_sign, True, working)


def _ball_sqrt(value: flint.arb) -> flint.arb:
    root = value.sqrt()
    if not root.is_finite():
        raise UndecidedSignError(f"sqrt of {value}: the ball reaches below zero; raise the precision")
    return root


def _symbol(value: Any) -> sympy.Expr:
    import sympy

    if isinstance(value, sympy.Basic):
        return value
    rational = exact(value)
    return sympy.Rational(rational.numerator, rational.denominator)


def _symbolic_sqrt(value: sympy.Expr) -> sympy.Expr:
    import sympy

    return sympy.sqrt(value)


SYMBOLS = NumberSystem("sympy", _symbol, _symbolic_sqrt, _symbolic_sign, rigorous=True)
"""sympy expressions; signs are decided by sympy's assumptions."""


STACKED = NumberSystem(
    "stacks",
    lambda value: value if isinstance(value, np.ndarray) else float(exact(value)),
    np.sqrt,
    np.sign,
)
"""A number is a float64 vector, one entry for each data set of a stack: many are evaluated by one formula."""


def stack(values: Array) -> Array:
    """Float64 arrays side by side, shape (..., B), as an object array of vectors of length B, shape (...)."""
    out = np.empty(values.shape[:-1], dtype=object)
    for index in np.ndindex(out.shape):
        out[index] = values[index]
    return out


def unstack(numbers: Array, count: int) -> Array:
    """The inverse of :func:`stack`, shape (..., count); plain numbers stand for vectors of equal entries."""
    out = np.empty((*numbers.shape, count))
    for index in np.ndindex(numbers.shape):
        out[index] = numbers[index]
    return out


def dyadic(value: float, bits: int) -> Fraction:
    """The nearest fraction with ``bits`` significant bits."""
    if value == 0:
        return Fraction(0)
    shift = bits - int(np.ceil(np.log2(abs(value))))
    return Fraction(round(Fraction(value) * Fraction(2) ** shift)) / Fraction(2) ** shift
