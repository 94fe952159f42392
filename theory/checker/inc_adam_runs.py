"""Runs of Inc-Adam itself: exponential loss, cyclic batches, zero moments at the start, exact data, start and steps.

With c_i = e^{-x_i·w} and minus a batch's gradient G = Σ_{i in B} c_i x_i, up to a factor that does not matter, a step is

    m ← β1 m + (1-β1) G,   v ← β2 v + (1-β2) G∘G,   w ← w + η u,   u = m/√v.

It is followed in units of one row's weight: r = c / c_p, M = m / c_p, V = v / c_p², and as w moves by η u,

    r_i ← r_i e^{-η (x_i - x_p)·u},   M ← M e^{η x_p·u},   V ← V e^{2η x_p·u}.

So a step has no discretisation error, only that of rounding, which is enclosed.
"""

from __future__ import annotations

from fractions import Fraction

from .fields import Field
from .grid import Grid, Pair
from .problem import Problem
from .refusals import need


class Run:
    """A run on a grid: the state after ``steps`` steps.

    Attributes:
      r, M, V: enclosures; r_p is exactly 1.
    """

    def __init__(self, problem: Problem, field: Field, chart: int, start: list[Fraction], grid: Grid) -> None:
        need(field.name == "inc_adam", "a run is of Inc-Adam")
        self.beta1, self.beta2 = field.numbers
        need(self.beta1**2 < self.beta2 and self.beta2 > 0, "beta1**2 < beta2 is due")
        self.clock = problem.clock
        self.batches = field.batches
        self.chart = chart
        self.grid = grid
        self.steps = 0
        rows, base = problem.X, problem.X[chart]
        self.columns = [[grid.enclose(row[k]) for row in rows] for k in range(problem.d)]
        self.base = [grid.enclose(v) for v in base]
        self.above = [[grid.enclose(a - b) for a, b in zip(row, base, strict=True)] for row in rows]
        self.factors = [grid.enclose(v) for v in (self.beta1, 1 - self.beta1, self.beta2, 1 - self.beta2)]
        self.r = [grid.exp(grid.enclose(-height(row, base, start))) for row in rows]
        zero = (0, 0)
        self.M = [zero] * problem.d
        self.V = [zero] * problem.d

    def advance(self, eta: Pair) -> None:
        """One step of size η."""
        self.clock.tick()
        grid = self.grid
        u = self._direction(self.batches[self.steps % len(self.batches)])
        rise = grid.exp(grid.times(eta, grid.dot(self.base, u)))
        double = grid.times(rise, rise)
        for i, row in enumerate(self.above):
            if i != self.chart:
                low, high = grid.times(eta, grid.dot(row, u))
                self.r[i] = grid.times(self.r[i], grid.exp((-high, -low)))
        self.M = [grid.times(m, rise) for m in self.M]
        self.V = [grid.times(v, double) for v in self.V]
        self.steps += 1

    def _direction(self, batch: list[int]) -> list[Pair]:
        """Take the batch's gradient into the moments; u = M / √V."""
        times = self.grid.times
        keep1, new1, keep2, new2 = self.factors
        weights = [self.r[i] for i in batch]
        for k, column in enumerate(self.columns):
            G = self.grid.dot([column[i] for i in batch], weights)
            m, g = times(keep1, self.M[k]), times(new1, G)
            v, s = times(keep2, self.V[k]), times(new2, self.grid.square(G))
            self.M[k] = (m[0] + g[0], m[1] + g[1])
            self.V[k] = (v[0] + s[0], v[1] + s[1])
        return [self.grid.over_root(m, v) for m, v in zip(self.M, self.V, strict=True)]


def height(row: list[Fraction], base: list[Fraction], start: list[Fraction]) -> Fraction:
    """(x_i - x_p)·w_0."""
    return sum(((a - b) * w for a, b, w in zip(row, base, start, strict=True)), Fraction(0))
