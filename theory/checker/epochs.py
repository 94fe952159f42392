"""One epoch of Inc-Adam at a constant step over boxes of states, and its slopes."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from .fields import Field
from .grid import Grid
from .intervals import BITS, ONE, ZERO, Box, Interval, dot, enclose, root, squared
from .problem import Problem
from .refusals import need

GRID = Grid(BITS)


class EpochState(NamedTuple):
    """The state at the start of an epoch.

    Attributes:
      s: (r_S, M, V), enclosed.
      others: the ratio of each row off the support, by row.
    """

    s: Box
    others: dict[int, Interval]


class Passage(NamedTuple):
    """What one epoch does.

    Attributes:
      state: s after it.
      slopes: DΦ·W, a row for each entry of s; empty without W.
      way: η u summed over the steps, by column.
    """

    state: Box
    slopes: list[Box]
    way: Box


def exponential(x: Interval) -> Interval:
    """An interval around e^x for every x of the given one."""
    low, high = GRID.exp((x.lo, x.hi))
    return Interval(low, high)


class Epoch:
    """The epoch map of one field at one step, the chart's row first in the support."""

    def __init__(self, problem: Problem, field: Field, eta: Fraction, support: list[int]) -> None:
        need(field.name == "inc_adam", "a run is of Inc-Adam")
        self.clock = problem.clock
        self.n, self.d = problem.n, problem.d
        self.chart, self.free = support[0], support[1:]
        self.batches = field.batches
        self.eta = enclose(eta)
        beta1, beta2 = field.numbers
        need(beta1**2 < beta2, "beta1**2 < beta2 is due")
        self.b1, self.c1 = enclose(beta1), enclose(1 - beta1)
        self.b2, self.c2 = enclose(beta2), enclose(1 - beta2)
        base = problem.X[self.chart]
        self.X, self.above = [], []
        for row in problem.X:
            self.clock.tick()
            self.X.append([enclose(v) for v in row])
            self.above.append([enclose(a - b) for a, b in zip(row, base, strict=True)])

    def rise(self, i: int, way: Box) -> Interval:
        """x_i · way."""
        return dot(self.X[i], way)

    def height(self, i: int, way: Box) -> Interval:
        """(x_i - x_p) · way."""
        return dot(self.above[i], way)

    def pass_through(self, start: EpochState, W: list[Box] | None = None) -> Passage:
        """An epoch over a box of states; slopes are taken along the columns of W, row i of it belonging to s_i."""
        k, d = len(self.free), self.d
        r = {self.chart: ONE, **dict(zip(self.free, start.s[:k], strict=True)), **start.others}
        moving = Moving(r, start.s[k : k + d], start.s[k + d :], {}, [], [])
        if W is not None:
            still = [ZERO] * len(W)  # the other ratios are given at the start, and fall with u from then on
            dr = dict(zip(self.free, W[:k], strict=True)) | dict.fromkeys(start.others, still)
            moving = moving._replace(dr=dr, dM=W[k : k + d], dV=W[k + d :])
        way = [ZERO] * d
        for batch in self.batches:
            self.clock.tick()
            moving, u = self._step(moving, batch, W is not None)
            way = [w + self.eta * v for w, v in zip(way, u, strict=True)]
        state = [*(moving.r[i] for i in self.free), *moving.M, *moving.V]
        table = [*(moving.dr[i] for i in self.free), *moving.dM, *moving.dV] if W is not None else []
        return Passage(state, table, way)

    def _step(self, at: Moving, batch: list[int], slopes: bool) -> tuple[Moving, Box]:
        G = [dot([self.X[i][k] for i in batch], [at.r[i] for i in batch]) for k in range(self.d)]
        M = [self.b1 * m + self.c1 * g for m, g in zip(at.M, G, strict=True)]
        V = [self.b2 * v + self.c2 * squared(g) for v, g in zip(at.V, G, strict=True)]
        roots = [root(v.lo << BITS, v.hi << BITS) for v in V]
        u = [m / s for m, s in zip(M, roots, strict=True)]
        rise = exponential(self.eta * dot(self.X[self.chart], u))
        double = rise * rise
        falls = {i: self._fall(i, u) for i in at.r if i != self.chart}
        after = Moving(
            {i: r if i == self.chart else r * falls[i] for i, r in at.r.items()},
            [m * rise for m in M],
            [v * double for v in V],
            {},
            [],
            [],
        )
        if not slopes:
            return after, u
        dM, dV = self._moment_slopes(at, batch, G)
        du = []
        for k in range(self.d):
            half = u[k] / V[k]
            du.append([a / roots[k] - halved(half * b) for a, b in zip(dM[k], dV[k], strict=True)])
        columns = list(zip(*du, strict=True))
        gain = [self.eta * dot(self.X[self.chart], column) for column in columns]
        self.clock.tick()
        dr = {}
        for i in at.dr:
            self.clock.tick()
            fall = [self.eta * dot(self.above[i], column) for column in columns]
            dr[i] = [falls[i] * (a - at.r[i] * b) for a, b in zip(at.dr[i], fall, strict=True)]
        return (
            after._replace(
                dr=dr,
                dM=[
                    [rise * (a + m * g) for a, g in zip(row, gain, strict=True)]
                    for row, m in zip(dM, M, strict=True)
                ],
                dV=[
                    [double * (a + doubled(v * g)) for a, g in zip(row, gain, strict=True)]
                    for row, v in zip(dV, V, strict=True)
                ],
            ),
            u,
        )

    def _fall(self, i: int, u: Box) -> Interval:
        """By what r_i is multiplied as w moves along u."""
        self.clock.tick()
        return exponential(-(self.eta * dot(self.above[i], u)))

    def _moment_slopes(self, at: Moving, batch: list[int], G: Box) -> tuple[list[Box], list[Box]]:
        """The slopes of the moments after the batch's gradient was taken in."""
        dM, dV = [], []
        moving = [i for i in batch if i in at.dr]
        for k in range(self.d):
            self.clock.tick()
            size = len(at.dM[k])
            dG = [dot([self.X[i][k] for i in moving], [at.dr[i][j] for i in moving]) for j in range(size)]
            twice = doubled(self.c2 * G[k])
            dM.append([self.b1 * a + self.c1 * g for a, g in zip(at.dM[k], dG, strict=True)])
            dV.append([self.b2 * a + twice * g for a, g in zip(at.dV[k], dG, strict=True)])
        return dM, dV


class Moving(NamedTuple):
    """A state within an epoch, with slopes by the state at its start (empty where none are asked for).

    Attributes:
      r: the ratio of each row, by row.
      M: first moments, by column.
      V: second moments, by column.
      dr: slopes of the ratios, by row.
      dM: slopes of the first moments, by column.
      dV: slopes of the second moments, by column.
    """

    r: dict[int, Interval]
    M: Box
    V: Box
    dr: dict[int, Box]
    dM: list[Box]
    dV: list[Box]


def doubled(x: Interval) -> Interval:
    """The interval 2·x."""
    return Interval(2 * x.lo, 2 * x.hi)


def halved(x: Interval) -> Interval:
    """x/2."""
    return Interval(x.lo >> 1, -(-x.hi >> 1))
