"""Balls as numbers: what a conjecture's own function computes with when its violation is to be proved.

A :class:`Ball` behaves as a number whose true value lies in it.  A comparison that the ball does not decide, or a turn
to a float, ends the proof; so what the function returns is true of the exact quantities.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import flint
import numpy as np

from marginproof.theory.number_systems import balls, decide_sign

BITS = 128
ELEMENTARY = ("sqrt", "exp", "log", "sin", "cos", "tan", "acos", "asin", "atan", "tanh", "sinh", "cosh")


class Unproved(ArithmeticError):
    """A question that balls do not answer; the text says which."""


class Balls(np.ndarray):
    """An object array of balls, whose minimum and maximum are enclosed and not decided."""

    def min(self, axis: Any = None, *_: Any, **__: Any) -> Any:
        """The enclosure of the minimum, over all entries or along one axis."""
        return self._extreme("min", axis)

    def max(self, axis: Any = None, *_: Any, **__: Any) -> Any:
        """The enclosure of the maximum, over all entries or along one axis."""
        return self._extreme("max", axis)

    def _extreme(self, which: str, axis: int | None) -> Any:
        if axis is None:
            return extreme(which, list(self.flat))
        rows = np.moveaxis(self, axis, -1)
        out = np.empty(rows.shape[:-1], dtype=object)
        for index in np.ndindex(out.shape):
            out[index] = extreme(which, list(rows[index]))
        return out.view(Balls)


def extreme(which: str, values: list[Any]) -> Ball:
    """The enclosure of the ``min`` or ``max`` of some numbers."""
    found = Ball.of(values[0]).value
    for value in values[1:]:
        found = getattr(found, which)(Ball.of(value).value)
    return Ball(found, Ball.of(values[0]).doubts)


@dataclass(frozen=True, eq=False)
class Ball:
    """A real number known up to a radius.

    Attributes:
      value: the ball.
      doubts: where a question that it could not answer is noted, so that a function which catches the error proves nothing.
    """

    value: flint.arb
    doubts: list[str] = field(default_factory=list, repr=False)
    array: ClassVar[type] = Balls

    @staticmethod
    def of(value: Any) -> Ball:
        """A number, exact, as a ball."""
        return value if isinstance(value, Ball) else Ball(balls(BITS).convert(value))

    def _doubt(self, what: str) -> Unproved:
        self.doubts.append(what)
        return Unproved(what)

    def _with(self, other: Any, operation: Callable[[Any, Any], Any]) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        try:
            ball = Ball.of(other)
        except (TypeError, ValueError):
            return NotImplemented
        found = operation(self.value, ball.value)
        if not found.is_finite():
            raise self._doubt(f"a result is not bounded ({found})")
        return Ball(found, self.doubts)

    def __add__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a + b)

    def __sub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a - b)

    def __mul__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a * b)

    def __truediv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a / b)

    def __rsub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b - a)

    def __rtruediv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b / a)

    __radd__, __rmul__ = __add__, __mul__

    def __pow__(self, power: Any) -> Any:
        return self._with(power, lambda a, b: a**b)

    def __neg__(self) -> Ball:
        return Ball(-self.value, self.doubts)

    def __pos__(self) -> Ball:
        return self

    def __abs__(self) -> Ball:
        return Ball(abs(self.value), self.doubts)

    def _sign_against(self, other: Any) -> int:
        difference = self - other
        if not isinstance(difference, Ball):
            raise self._doubt("a ball is compared with an array")
        sign = decide_sign(difference.value)
        if sign is None:
            raise self._doubt(f"a comparison is undecided: {self} and {Ball.of(other)} overlap")
        return sign

    def __lt__(self, other: Any) -> bool:
        return self._sign_against(other) < 0

    def __le__(self, other: Any) -> bool:
        return self._sign_against(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self._sign_against(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self._sign_against(other) >= 0

    def __eq__(self, other: object) -> bool:
        return self._sign_against(other) == 0

    def __ne__(self, other: object) -> bool:
        return self._sign_against(other) != 0

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return self != 0

    def __float__(self) -> float:
        raise self._doubt(
            "the function turns a ball into a float (float(), a math function, or an array of floats)"
        )

    __int__ = __index__ = __round__ = __complex__ = __float__

    def __str__(self) -> str:
        return str(self.value.str(6))

    def __getattr__(self, name: str) -> Callable[[], Ball]:
        """``sqrt``, ``exp``, ``log``, ``sin`` … as numpy calls them on objects."""
        own = {"arccos": "acos", "arcsin": "asin", "arctan": "atan"}.get(name, name)
        if own not in ELEMENTARY:
            raise AttributeError(name)

        def call() -> Ball:
            found = getattr(self.value, own)()
            if not found.is_finite():
                raise self._doubt(f"{name} of {self} is not bounded")
            return Ball(found, self.doubts)

        return call
