"""One column of a direction field and its slopes, enclosed over boxes of weights.

Every field is a sum of steps.  With the gradients g_j = Σ_{n in batch j} r_n x_n of one column, a step has weights
a_j, b_j >= 0 and constants e, k >= 0 and adds p / √s to u, where p = Σ a_j g_j and s = Σ b_j g_j² + e p² + k.  Its slope is

    ∂(p/√s)/∂g_j = (a_j k + Σ_l g_l (a_j b_l g_l - a_l b_j g_j)) / s^{3/2},    ∂u/∂r_n = x_n ∂u/∂g_j, n in batch j.

* ``gd``: one step with a = 1, k = 1, b = e = 0: u = m.
* ``theta``: one sample a batch, one step with a = 1, b = 1 - θ, e = θ: u = m / √((1-θ) q + θ m²).
* ``inc_adam``: a step i for every batch, a_j = β1^((i-j) mod K), b_j = β2^((i-j) mod K).  A step at which column k has
  no gradient multiplies p by β1 and s by β2, so a run of such steps is added to the step before it as a factor
  1 + ρ + ρ² + …, ρ = β1/√β2.  (Factors that all steps share are left out of every field.)
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from .intervals import BITS, ZERO, Box, Interval, dot, root, square
from .refusals import Clock

FEW = 16


class Summand:
    """One summand p / √s of u in one column: its weights a, b on the column's batches and its constants e, k."""

    def __init__(self, a: Box, b: Box, e: Interval, k: Interval) -> None:
        self.a = a
        self.b = b
        self.e = e
        self.k = k


class Place(NamedTuple):
    """What value and slopes of a column over a box of weights are made of.

    Attributes:
      g: the gradient of each batch.
      sums: (p, √s, s) of each step, enclosed.
    """

    g: Box
    sums: list[tuple[Interval, Interval, Interval]]


class Turns(NamedTuple):
    """How a column's gradients turn along a line of weights.

    Attributes:
      move: g', of each batch.
      table: g_j' g_i - g_i' g_j at [j][i], i < j.
    """

    move: Box
    table: list[Box]


class Column:
    """One column of the data on some distinct rows: its batches and its steps.

    ``parts`` holds, for every batch that has a gradient there, pairs (place of a distinct row, its entries summed).
    """

    def __init__(self, parts: list[list[tuple[int, Interval]]], steps: list[Summand], clock: Clock) -> None:
        self.parts = parts
        self.steps = steps
        self.clock = clock

    def gradients(self, r: Box) -> Box:
        """g_j of every batch."""
        return [dot([x for _, x in part], [r[n] for n, _ in part]) for part in self.parts]

    def at(self, r: Box) -> Place:
        """What value and slopes over a box of weights are made of."""
        g = self.gradients(r)
        squares = [square(v) for v in g]
        sums = []
        for step in self.steps:
            self.clock.tick()
            sums.append(moments(step, g, squares))
        return Place(g, sums)

    def value(self, at: Place) -> Interval:
        """u over a box of weights."""
        total = ZERO
        for p, size, _ in at.sums:
            total = total + p / size
        return total

    def slopes(self, at: Place, count: int) -> Box:
        """∂u/∂r_n over a box, for the ``count`` distinct rows."""
        g = at.g
        along = [ZERO] * len(g)
        for step, (_, size, s) in zip(self.steps, at.sums, strict=True):
            cube = s * size
            tops = self.numerators(step, g)
            along = [v + top / cube for v, top in zip(along, tops, strict=True)]
        out = [ZERO] * count
        for part, slope in zip(self.parts, along, strict=True):
            for n, x in part:
                out[n] = out[n] + x * slope
        return out

    def numerators(self, step: Summand, g: Box) -> Box:
        """a_j k + Σ_{i != j} g_i (a_j b_i g_i - a_i b_j g_j) for every j; with many g_i the two parts are summed apart.

        That is wider where g is wide, but the work is linear in their number.
        """
        if len(g) > FEW:
            return summed_apart(step, g)
        tops = [a * step.k for a in step.a]
        for j, column in enumerate(self.minors(step, g)):
            for i, minor in enumerate(column):
                tops[j] = tops[j] + g[i] * minor
                tops[i] = tops[i] - g[j] * minor
        return tops

    def minors(self, step: Summand, g: Box) -> Iterator[Box]:
        """For every j: a_j b_i g_i - a_i b_j g_j for i < j."""
        bg = [b * v for b, v in zip(step.b, g, strict=True)]
        for j in range(len(g)):
            self.clock.tick()
            yield [step.a[j] * bg[i] - step.a[i] * bg[j] for i in range(j)]

    def turns(self, start: Box, way: Box) -> Turns:
        """g_j' g_i - g_i' g_j for i < j along the line from ``start`` in the direction ``way``: they are constant there."""
        at, move = self.gradients(start), self.gradients(way)
        table = []
        for j in range(len(at)):
            self.clock.tick()
            table.append([dot((move[j], -move[i]), (at[i], at[j])) for i in range(j)])
        return Turns(move, table)

    def along(self, at: Place, turns: Turns) -> Interval:
        """du/dt over a part of such a line."""
        total = ZERO
        for step, (_, size, s) in zip(self.steps, at.sums, strict=True):
            rise = dot(step.a, turns.move) * step.k
            for column, turn in zip(self.minors(step, at.g), turns.table, strict=True):
                rise = rise + dot(column, turn)
            total = total + rise / (s * size)
        return total


def moments(step: Summand, g: Box, squares: Box) -> tuple[Interval, Interval, Interval]:
    """(p, √s, s) of a step, from the gradients and their squares in units of ``2**(-2 * BITS)``."""
    p = dot(step.a, g)
    low = high = 0
    for weight, y in [*zip(step.b, squares, strict=True), (step.e, square(p))]:
        low += weight.lo * y.lo
        high += weight.hi * y.hi
    low = (low >> BITS) + (step.k.lo << BITS)
    high = -(-high >> BITS) + (step.k.hi << BITS)
    return p, root(low, high), Interval(low >> BITS, -(-high >> BITS))


def summed_apart(step: Summand, g: Box) -> Box:
    """a_j (k + Σ_{i != j} b_i g_i²) - b_j g_j Σ_{i != j} a_i g_i for every j."""
    first = sums_without([a * v for a, v in zip(step.a, g, strict=True)])
    second = sums_without([b * (v * v) for b, v in zip(step.b, g, strict=True)])
    rest = [b * v for b, v in zip(step.b, g, strict=True)]
    pairs = zip(step.a, second, rest, first, strict=True)
    return [a * (step.k + q) - v * p for a, q, v, p in pairs]


def sums_without(values: Box) -> Box:
    """The sum of all others, for each: what stands before it and what stands after it."""
    before = accumulate(values[:-1], initial=ZERO)
    after = accumulate(values[:0:-1], initial=ZERO)
    return [a + b for a, b in zip(before, reversed(list(after)), strict=True)]
