"""The direction ũ of every phase of an epoch over a region of weights and memories, and its slopes.

With S_j = σ_j/σ_p and Q_j = ρ_j/ρ_p, in column k:  m = Σ S_j r_j x_jk,  v = Σ Q_j r_j² x_jk²,  ũ_k = m/√v, and

    ∂ũ/∂S_j = r_j x_j / √v,   ∂ũ/∂Q_j = -½ m r_j² x_j² / v^{3/2},   ∂ũ/∂r_j = S_j x_j / √v - m Q_j r_j x_j² / v^{3/2}.
"""

from __future__ import annotations

from typing import NamedTuple

from .epochs import halved
from .intervals import BITS, Box, dot, enclose, root, squared
from .problem import Problem
from .refusals import Clock


class Slopes(NamedTuple):
    """Slopes of ũ, each at [j][k] for row j and column k.

    Attributes:
      S: ∂ũ_k/∂S_j.
      Q: ∂ũ_k/∂Q_j.
      r: ∂ũ_k/∂r_j.
    """

    S: list[Box]
    Q: list[Box]
    r: list[Box]


class Rows:
    """The data, and their differences to the chart's row, enclosed."""

    def __init__(self, problem: Problem, chart: int) -> None:
        self.clock: Clock = problem.clock
        self.n, self.d, self.chart = problem.n, problem.d, chart
        base = problem.X[chart]
        self.X, self.squares, self.above = [], [], []
        for row in problem.X:
            self.clock.tick()
            self.X.append([enclose(v) for v in row])
            self.squares.append([enclose(v * v) for v in row])
            self.above.append([enclose(a - b) for a, b in zip(row, base, strict=True)])
        self.columns = [
            (list(a), list(b))
            for a, b in zip(zip(*self.X, strict=True), zip(*self.squares, strict=True), strict=True)
        ]

    def direction(self, r: Box, S: Box, Q: Box) -> Box:
        """ũ at one phase."""
        u, _, _ = self._parts(r, S, Q)
        return u

    def _parts(self, r: Box, S: Box, Q: Box) -> tuple[Box, Box, Box]:
        """(ũ, √v, v) by column."""
        self.clock.tick()
        weights = [a * b for a, b in zip(S, r, strict=True)]
        sizes = [b * squared(a) for a, b in zip(r, Q, strict=True)]
        u, roots, v = [], [], []
        for column, squares in self.columns:
            m = dot(column, weights)
            second = dot(squares, sizes)
            if second.lo <= 0:
                raise ArithmeticError("a second moment is not surely positive")
            size = root(second.lo << BITS, second.hi << BITS)
            u.append(m / size)
            roots.append(size)
            v.append(second)
        return u, roots, v

    def slopes(self, r: Box, S: Box, Q: Box) -> Slopes:
        """The slopes at one phase."""
        u, roots, v = self._parts(r, S, Q)
        by_S, by_Q, by_r = [], [], []
        for j in range(self.n):
            self.clock.tick()
            row_S, row_Q, row_r = [], [], []
            for k in range(self.d):
                x, fall = self.X[j][k], u[k] / v[k] * self.squares[j][k]
                row_S.append(r[j] * x / roots[k])
                row_Q.append(-halved(fall * squared(r[j])))
                row_r.append(S[j] * x / roots[k] - fall * Q[j] * r[j])
            by_S.append(row_S)
            by_Q.append(row_Q)
            by_r.append(row_r)
        return Slopes(by_S, by_Q, by_r)
