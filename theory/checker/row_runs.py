"""Runs of Inc-Adam, one sample a step, with what the moments remember of each row.

As in ``inc_adam_runs``, but in units of c_p itself, so that errors of x_p·w, which grow, do not matter: m = Σ s_j x_j,
v = Σ q_j x_j∘x_j with s_j = σ_j r_j, q_j = ρ_j r_j², r = c/c_p, where σ_j = Σ β1^age e^{z_j(now) - z_j(then)} over the
visits of row j (z = Xw), ρ_j the same with β2 and the exponent doubled.  A step multiplies s by e^{its rise of x_p·w}
and by β1; the latter is made up for at row j's own visits, the former every few steps: until then all weights are
taken in the unit of the last time, c_p e^{x_p·(what w moved since)}.
"""

from __future__ import annotations

from fractions import Fraction

from .fields import Field
from .grid import Grid, Pair
from .inc_adam_runs import OFTEN, Run, coarser
from .problem import Problem


class RowRun(Run):
    """A run, with s_j and q_j decayed as of the last visit of row j."""

    def __init__(self, problem: Problem, field: Field, chart: int, start: list[Fraction], grid: Grid) -> None:
        self.s: list[Pair] = [(0, 0)] * problem.n
        self.q: list[Pair] = [(0, 0)] * problem.n
        self.moved: Pair = (0, 0)
        super().__init__(problem, field, chart, start, grid)
        self.unit_at = 0
        self.place = {batch[0]: turn for turn, batch in enumerate(self.batches)}

    def take_grid(self, grid: Grid) -> None:
        """All that does not move, on a grid."""
        super().take_grid(grid)
        K = len(self.batches)
        self.epoch1, self.epoch2 = grid.power(self.keep1, K), grid.power(self.keep2, K)

    def shift(self, count: int) -> None:
        """Take everything to a grid with so many fewer bits."""
        self.settle()
        super().shift(count)
        self.s, self.q = coarser(self.s, count), coarser(self.q, count)

    def visit(self) -> list[Pair]:
        """Take the row's gradient into the moments, and note it."""
        (weight,) = super().visit()
        (i,) = self.batches[self.steps % len(self.batches)]
        square = self.grid.square(weight)
        s, q = self.grid.times(self.s[i], self.epoch1), self.grid.times(self.q[i], self.epoch2)
        self.s[i] = s[0] + weight[0], s[1] + weight[1]
        self.q[i] = q[0] + square[0], q[1] + square[1]
        return [weight]

    def weight(self, i: int) -> Pair:
        """r_i in the moments' unit."""
        (low, high), (less, more) = self.height(i), self.moved
        return self.falling(-high - more, -low - less)

    def change_unit(self, move: list[Pair]) -> None:
        """The chart's weight fell by e^{-x_p·move}."""
        low, high = self.grid.dot(self.base, move)
        self.moved = self.moved[0] + low, self.moved[1] + high
        if self.steps % OFTEN == 0 or max(-self.moved[0], self.moved[1]) > self.grid.unit:
            self.settle()

    def settle(self) -> None:
        """Take c_p as it is now for the unit."""
        self.multiply(self.grid.exp(self.moved))
        self.moved = (0, 0)

    def multiply(self, factor: Pair) -> None:
        """The moments and their parts alike."""
        super().multiply(factor)
        self.s = self.grid.scaled(self.s, factor)
        self.q = self.grid.scaled(self.q, self.grid.square(factor))

    def parts(self) -> tuple[list[Pair], list[Pair]]:
        """s and q just after a visit, before w moves."""
        self.settle()
        grid, K = self.grid, len(self.batches)
        ages = [(self.steps - self.place[j]) % K for j in range(K)]
        s = [grid.times(grid.power(self.keep1, age), v) for age, v in zip(ages, self.s, strict=True)]
        q = [grid.times(grid.power(self.keep2, age), v) for age, v in zip(ages, self.q, strict=True)]
        return s, q
