"""Step sizes η_t = η_0 (t + t_0)^(-a), a in (0, 1] with a power of two below the line, enclosed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .grid import Grid, Pair
from .reading import rational, take
from .refusals import need


class Schedule:
    """The steps of a run."""

    def __init__(self, entry: Any) -> None:
        self.first, self.offset, self.power = (rational(v) for v in take(entry, "eta0 offset power"))
        need(self.first > 0 and self.offset > 0, "steps: eta0 and offset must be positive")
        need(0 < self.power <= 1, "steps: power must lie in (0, 1]")
        below = self.power.denominator
        need(below & (below - 1) == 0 and below <= 64, "steps: power must be p/1, p/2, p/4, …, p/64")

    def at(self, t: int, grid: Grid) -> Pair:
        """η_t."""
        above = (t * self.offset.denominator + self.offset.numerator) ** self.power.numerator << grid.bits
        below = self.offset.denominator**self.power.numerator
        low, high = above // below, -(-above // below)
        count = self.power.denominator.bit_length() - 1
        for _ in range(count):
            low, high = grid.root((low, high))
        first = grid.enclose(self.first)
        return (first[0] << grid.bits) // high, -((-first[1] << grid.bits) // low)

    def later(self, t: int, count: int) -> Fraction:
        """A lower bound of η_{s + count} / η_s for every s >= t; it is at most 1."""
        return (t + self.offset) / (t + count + self.offset)
