"""Direction fields u(c) and their slopes, enclosed over boxes of weights.

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
from typing import Any

from .intervals import BITS, ZERO, Box, Interval, dot, root, square
from .problem import Problem, power
from .reading import rational, take, whole
from .refusals import Clock, can, need

FEW = 16
FIELDS = {"gd": "name", "theta": "name theta", "inc_adam": "name beta1 beta2 batches"}


class Field:
    """A field as the certificate states it.

    Attributes:
      name: gd, theta or inc_adam; numbers: none, (θ,) or (β1, β2).
      batches: the rows of each batch, in order (one row each but for inc_adam).
      words: the field in words, as conclusions and sentences name it.
      unit: the power of two that F is divided by.
    """

    def __init__(self, entry: Any, problem: Problem) -> None:
        known = isinstance(entry, dict) and isinstance(entry.get("name"), str)
        need(known, "a field is due")
        can(entry["name"] in list(FIELDS), "a field unknown to this checker")
        self.name, *values = take(entry, FIELDS[entry["name"]])
        self.batches = [[i] for i in range(problem.n)]
        if self.name == "inc_adam":
            self.batches = read_batches(values.pop(), problem)
        self.numbers = [rational(value) for value in values]
        need(all(0 <= v < 1 for v in self.numbers), "theta and betas must lie in [0, 1)")
        self.unit = power(2 * problem.top if self.name == "gd" else problem.top)
        self.words = self._words()

    def _words(self) -> str:
        if self.name == "gd":
            return "gradient descent"
        if self.name == "theta":
            theta = self.numbers[0]
            return f"the theta field at theta = {theta}" if theta else "AdamProxy"
        size = len(self.batches[0])
        batches = "one sample a step" if size == 1 else f"batches of {size}"
        return f"Inc-Adam at beta1 = {self.numbers[0]}, beta2 = {self.numbers[1]}, {batches}"

    def per_sample(self) -> bool:
        """Whether it is AdamProxy or Inc-Adam with one sample a step: the fields that the claims speak of."""
        if self.name == "theta":
            return self.numbers[0] == 0
        return self.name == "inc_adam" and len(self.batches[0]) == 1


def read_batches(value: Any, problem: Problem) -> list[list[int]]:
    """Batches of one size that hold every row once."""
    need(isinstance(value, list) and value and isinstance(value[0], list), "batches are due")
    seen = [False] * problem.n
    batches = []
    for batch in value:
        need(isinstance(batch, list) and len(batch) == len(value[0]), "batches must be of one size")
        batches.append([whole(row, problem.n) for row in batch])
        for row in batches[-1]:
            need(not seen[row], "distinct row numbers are due in the batches")
            seen[row] = True
    need(all(seen), "every row must be in a batch")
    return batches


class Summand:
    """One summand p / √s of u in one column: its weights a, b on the column's batches and its constants e, k."""

    def __init__(self, a: Box, b: Box, e: Interval, k: Interval) -> None:
        self.a = a
        self.b = b
        self.e = e
        self.k = k


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

    def value(self, r: Box) -> Interval:
        """u over a box of weights."""
        g = self.gradients(r)
        squares = [square(v) for v in g]
        total = ZERO
        for step in self.steps:
            self.clock.tick()
            p, size, _ = moments(step, g, squares)
            total = total + p / size
        return total

    def slopes(self, r: Box, count: int) -> Box:
        """∂u/∂r_n over a box, for the ``count`` distinct rows."""
        g = self.gradients(r)
        squares = [square(v) for v in g]
        along = [ZERO] * len(g)
        for step in self.steps:
            _, size, s = moments(step, g, squares)
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

    def along(self, r: Box, start: Box, way: Box) -> Interval:
        """du/dt over a box that holds r = start + t way: there g_j' g_i - g_i' g_j does not depend on t."""
        g, at, move = self.gradients(r), self.gradients(start), self.gradients(way)
        squares = [square(v) for v in g]
        total = ZERO
        for step in self.steps:
            _, size, s = moments(step, g, squares)
            rise = dot(step.a, move) * step.k
            for j, column in enumerate(self.minors(step, g)):
                turns = [dot((move[j], -move[i]), (at[i], at[j])) for i in range(j)]
                rise = rise + dot(column, turns)
            total = total + rise / (s * size)
        return total


def moments(step: Summand, g: Box, squares: Box) -> tuple[Interval, Interval, Interval]:
    """(p, √s, s) of a step, from the gradients and their squares in units of 2**(-2 BITS)."""
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
