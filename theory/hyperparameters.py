"""Hyper-parameters as exact rationals with a range: descriptors for the fields of frozen dataclasses.

A float counts as the decimal it is written as, so that ``Adam(0.9)`` and ``Adam(Fraction(9, 10))`` are one.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, ClassVar, Generic, TypeVar, overload

from marginproof.theory.errors import MarginproofError

T = TypeVar("T")
Number = Fraction | float | int | str


class Hyperparameter(Generic[T]):
    """A field that holds an exact rational in a range.

    Arguments:
      default: its value where none is given.
      symbol: as the paper writes it.

    Class attributes:
      below_one: whether the range is [0, 1), of averaging constants, and not all numbers >= 0.
    """

    below_one: ClassVar[bool] = False

    def __init__(self, default: Number, symbol: str) -> None:
        self.default, self.symbol = exact(default), symbol
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Any: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Any:
        return self.default if instance is None else instance.__dict__[self.name]

    def checked(self, value: Number) -> Fraction:
        """The value, exact.  Raises :class:`~marginproof.theory.errors.MarginproofError` outside the range."""
        try:
            number = exact(value)
            if number >= 0 and not (self.below_one and number >= 1):
                return number
        except (TypeError, ValueError, OverflowError, ZeroDivisionError):
            if self.below_one and not isinstance(value, float):
                raise MarginproofError(
                    f"{self.name}={value!r} is not a number; give one in [0, 1), such as {float(self.default):g}"
                ) from None
        if self.below_one:
            raise MarginproofError(f"{self.name}={value} is outside [0, 1); choose 0 <= {self.name} < 1")
        raise MarginproofError(
            f"{self.name}={value} is not a finite number >= 0; choose 0 for the paper's Adam"
        )


class Exact(Hyperparameter[Fraction]):
    """A number >= 0.

    Example:
      >>> exact(0.95), exact("19/20"), exact(1e-8)
      (Fraction(19, 20), Fraction(19, 20), Fraction(1, 100000000))
    """

    def __set__(self, instance: object, value: Number) -> None:
        instance.__dict__[self.name] = self.checked(value)


class Beta(Exact):
    """An averaging constant in [0, 1)."""

    below_one = True


class BetaOrLimit(Hyperparameter[Fraction | None]):
    """An averaging constant in [0, 1), or ``None`` for the limit β → 1."""

    below_one = True

    def __set__(self, instance: object, value: Number | None) -> None:
        instance.__dict__[self.name] = None if value is None else self.checked(value)


def exact(value: Number) -> Fraction:
    """The number as a fraction; a float as the shortest decimal that it prints as."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(value)
        return Fraction(repr(float(value)))
    return Fraction(value)


def plain(value: Any) -> Any:
    """A fraction as the float it came from, where there is one, for messages."""
    if isinstance(value, Fraction) and Fraction(repr(float(value))) == value:
        return float(value)
    return str(value) if isinstance(value, Fraction) else value
