"""Runs of Inc-Adam itself: exponential loss, cyclic batches, zero moments at the start, exact data, start and steps.

With c_i = e^{-x_i·w} and minus a batch's gradient G = Σ_{i in B} c_i x_i, a step is

    m ← β1 m + G,   v ← β2 v + G∘G,   w ← w + η (1-β1)/√(1-β2) m/√v,

the constants of the moving averages taken out of them.  w is followed in the data's own coordinates, so there is no
discretisation error, only that of rounding, which is enclosed.  m and v are kept in units of e^{-a} and e^{-2a}: a
number a of the grid, moved to the chart's margin x_p·w now and then, when that is 1 away, so that nothing underflows.
"""

from __future__ import annotations

from fractions import Fraction

from .fields import Field
from .grid import LARGEST, Grid, Pair
from .intervals import BITS
from .problem import Problem
from .refusals import need

OFTEN = 16
"""So many steps lie between two looks at the unit of the moments."""
SELDOM = 256
"""So many steps lie between two looks at the width of w."""
BELOW = 32
"""So many bits below the width of w are kept."""
FEWER = 8
"""A grid is changed for so many bits at least."""


class Run:
    """A run on a grid: enclosures of w, m and v after ``steps`` steps."""

    def __init__(self, problem: Problem, field: Field, chart: int, start: list[Fraction], grid: Grid) -> None:
        need(field.name == "inc_adam", "a run is of Inc-Adam")
        self.beta1, self.beta2 = field.numbers
        need(self.beta1**2 < self.beta2 and self.beta2 > 0, "beta1**2 < beta2 is due")
        self.clock, self.X, self.chart = problem.clock, problem.X, chart
        self.batches = field.batches
        self.steps = 0
        self.take_grid(grid)
        self.w = [grid.enclose(v) for v in start]
        self.unit_at = grid.dot(self.base, self.w)[0]
        self.m: list[Pair] = [(0, 0)] * problem.d
        self.v: list[Pair] = [(0, 0)] * problem.d

    def take_grid(self, grid: Grid) -> None:
        """All that does not move, on a grid."""
        self.grid = grid
        base = self.X[self.chart]
        self.rows = [self.enclosed(row) for row in self.X]
        self.squares = [self.enclosed([v * v for v in row]) for row in self.X]
        self.base = self.rows[self.chart]
        self.above = [self.enclosed([a - b for a, b in zip(row, base, strict=True)]) for row in self.X]
        self.keep1, self.keep2 = grid.enclose(self.beta1), grid.enclose(self.beta2)
        self.new1, self.new2 = grid.enclose(1 - self.beta1), grid.enclose(1 - self.beta2)
        self.factor = grid.over_root(self.new1, self.new2)

    def coarsen(self) -> None:
        """Go on with fewer bits, once w is enclosed so widely that the last ones say nothing."""
        width = max(high - low for low, high in self.w)
        count = min(width.bit_length() - BELOW, self.grid.bits - BITS)
        if count >= FEWER:
            self.shift(count)

    def shift(self, count: int) -> None:
        """Take everything to a grid with so many fewer bits."""
        self.take_unit(self.unit_at >> count << count)
        self.unit_at >>= count
        self.w, self.m, self.v = (coarser(xs, count) for xs in (self.w, self.m, self.v))
        self.take_grid(Grid(self.grid.bits - count))

    def enclosed(self, values: list[Fraction]) -> list[Pair]:
        """Exact numbers on the grid."""
        self.clock.tick()
        return [self.grid.enclose(v) for v in values]

    def weight(self, i: int) -> Pair:
        """c_i in units of e^{-a}."""
        low, high = self.grid.dot(self.rows[i], self.w)
        return self.falling(self.unit_at - high, self.unit_at - low)

    def falling(self, low: int, high: int) -> Pair:
        """An interval around e^x for x from ``low`` to ``high``; it begins at 0 where ``low`` is below ``-LARGEST``."""
        self.clock.tick()
        least = -LARGEST << self.grid.bits
        above = self.grid.exp((max(low, least), max(high, least)))
        return (0 if low < least else above[0]), above[1]

    def visit(self) -> list[Pair]:
        """Take the batch's gradient into the moments; the weights of its rows."""
        grid = self.grid
        batch = self.batches[self.steps % len(self.batches)]
        weights = [self.weight(i) for i in batch]
        G, squares, weight = self.rows[batch[0]], self.squares[batch[0]], weights[0]
        if len(batch) > 1:
            G, weight = grid.scaled(G, weight), (grid.unit, grid.unit)
            for i, w in zip(batch[1:], weights[1:], strict=True):
                self.clock.tick()
                G = plus(G, grid.scaled(self.rows[i], w))
            squares = [grid.square(g) for g in G]
        self.m = grid.blend(self.m, self.keep1, G, weight)
        self.v = grid.blend(self.v, self.keep2, squares, grid.square(weight))
        return weights

    def advance(self, eta: Pair) -> None:
        """One step of size η."""
        self.clock.tick()
        grid = self.grid
        self.visit()
        u = [grid.over_root(m, v) for m, v in zip(self.m, self.v, strict=True)]
        move = grid.scaled(u, grid.times(eta, self.factor))
        self.w = plus(self.w, move)
        self.steps += 1
        self.change_unit(move)

    def change_unit(self, move: list[Pair]) -> None:
        """Bring a back to the chart's margin, now and then."""
        if self.steps % OFTEN:
            return
        low = self.grid.dot(self.base, self.w)[0]
        if abs(low - self.unit_at) > self.grid.unit:
            self.take_unit(low)

    def take_unit(self, at: int) -> None:
        """Move a to another number of the grid."""
        if at != self.unit_at:
            self.multiply(self.grid.exp((at - self.unit_at, at - self.unit_at)))
            self.unit_at = at

    def multiply(self, factor: Pair) -> None:
        """Change the unit of the moments: m times a factor, v times its square."""
        self.m = self.grid.scaled(self.m, factor)
        self.v = self.grid.scaled(self.v, self.grid.square(factor))

    def height(self, i: int) -> Pair:
        """(x_i - x_p)·w."""
        return self.grid.dot(self.above[i], self.w)

    def ratio(self, i: int) -> Pair:
        """c_i / c_p."""
        low, high = self.height(i)
        return self.falling(-high, -low)

    def moments(self) -> tuple[list[Pair], list[Pair]]:
        """The moving averages m / c_p and v / c_p², at the end of a run."""
        low, high = self.grid.dot(self.base, self.w)
        self.multiply(self.grid.exp((low - self.unit_at, high - self.unit_at)))
        return self.grid.scaled(self.m, self.new1), self.grid.scaled(self.v, self.new2)


def plus(xs: list[Pair], ys: list[Pair]) -> list[Pair]:
    """Sums, one by one."""
    return [(a + c, b + d) for (a, b), (c, d) in zip(xs, ys, strict=True)]


def coarser(xs: list[Pair], count: int) -> list[Pair]:
    """On a grid with so many fewer bits, rounded outward."""
    return [(a >> count, -(-b >> count)) for a, b in xs]
