"""Runs of Inc-Adam, one sample a step, in which every row's part in the moments is kept apart.

As in ``inc_adam_runs``, but with m = Σ s_j x_j and v = Σ q_j x_j∘x_j in units of the chart's row: s_j = σ_j r_j and
q_j = ρ_j r_j², where σ_j = Σ β1^age e^{z_j(now) - z_j(then)} over the visits of row j (z = Xw; the factor 1-β1 is
left out, and put into the steps), and ρ_j the same with β2 and the exponent doubled.
"""

from __future__ import annotations

from fractions import Fraction

from .fields import Field
from .grid import Grid, Pair
from .inc_adam_runs import height
from .problem import Problem
from .refusals import need


class RowRun:
    """A run on a grid: enclosures of h_i = (x_i - x_p)·w, r = e^-h, s and q after ``steps`` steps."""

    def __init__(self, problem: Problem, field: Field, chart: int, start: list[Fraction], grid: Grid) -> None:
        self.clock = problem.clock
        self.order = [batch[0] for batch in field.batches]
        self.chart = chart
        self.grid = grid
        self.steps = 0
        rows, base = problem.X, problem.X[chart]
        self.columns = [[grid.enclose(row[k]) for row in rows] for k in range(problem.d)]
        self.squares = [[grid.enclose(row[k] ** 2) for row in rows] for k in range(problem.d)]
        self.base = [grid.enclose(v) for v in base]
        self.above = [[grid.enclose(a - b) for a, b in zip(row, base, strict=True)] for row in rows]
        beta1, beta2 = field.numbers
        self.keep1, self.keep2 = grid.enclose(beta1), grid.enclose(beta2)
        self.h = [grid.enclose(height(row, base, start)) for row in rows]
        self.r = [grid.exp((-high, -low)) for low, high in self.h]
        self.s: list[Pair] = [(0, 0)] * problem.n
        self.q: list[Pair] = [(0, 0)] * problem.n
        self.factor = step_factor(grid, beta1, beta2)

    def visit(self) -> None:
        """Decay, and the gradient of the row whose turn it is."""
        times = self.grid.times
        self.s = [times(self.keep1, v) for v in self.s]
        self.q = [times(self.keep2, v) for v in self.q]
        i = self.order[self.steps % len(self.order)]
        r = self.r[i]
        square = self.grid.square(r)
        self.s[i] = (self.s[i][0] + r[0], self.s[i][1] + r[1])
        self.q[i] = (self.q[i][0] + square[0], self.q[i][1] + square[1])

    def advance(self, eta: Pair) -> None:
        """One step of size η."""
        self.clock.tick()
        grid = self.grid
        self.visit()
        u = [
            grid.over_root(grid.dot(x, self.s), grid.dot(y, self.q))
            for x, y in zip(self.columns, self.squares, strict=True)
        ]
        step = grid.times(eta, self.factor)
        rise = grid.exp(grid.times(step, grid.dot(self.base, u)))
        double = grid.times(rise, rise)
        for i, row in enumerate(self.above):
            if i != self.chart:
                low, high = grid.times(step, grid.dot(row, u))
                low, high = self.h[i][0] + low, self.h[i][1] + high
                self.h[i] = low, high
                self.r[i] = grid.exp((-high, -low))
        self.s = [grid.times(v, rise) for v in self.s]
        self.q = [grid.times(v, double) for v in self.q]
        self.steps += 1


def step_factor(grid: Grid, beta1: Fraction, beta2: Fraction) -> Pair:
    """(1-β1)/√(1-β2)."""
    need(beta1**2 < beta2, "beta1**2 < beta2 is due")
    return grid.over_root(grid.enclose(1 - beta1), grid.enclose(1 - beta2))
