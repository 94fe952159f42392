"""The epoch map of Inc-Adam at a constant step, with its derivative, over any number system.

The state is (r, M, V), see :mod:`marginproof.theory.proofs.runs.inc_adam`; the map's unknowns are s = (r_S, M, V)
with S the rows of the support but the chart's, and the other rows enter as given ratios.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from marginproof.theory.number_systems import FLOAT64, Array, NumberSystem
from marginproof.theory.proofs.runs.inc_adam import IncAdamRun


def exponential(values: Array, numbers: NumberSystem) -> Array:
    """e^x, elementwise, for floats and balls."""
    if numbers is FLOAT64:
        return np.asarray(np.exp(values))
    out = np.empty_like(values)
    for index, value in np.ndenumerate(values):
        out[index] = value.exp()
    return out


@dataclass(frozen=True)
class Epoch:
    """An epoch of a run as a map on s = (r_S, M, V), shape (|S| - 1 + 2d,).

    Attributes:
      run: the algorithm.  eta: the step, a number of ``numbers``.  chart: p.
      free: the rows whose ratios are unknowns, without p.
      numbers: the number system; run inside ``numbers.working()``.
    """

    run: IncAdamRun
    eta: Any
    chart: int
    free: tuple[int, ...]
    numbers: NumberSystem

    @cached_property
    def X(self) -> Array:
        """The data in this number system."""
        return self.numbers.array(self.run.X)

    @cached_property
    def above(self) -> Array:
        """x_i - x_p, shape (N, d)."""
        return self.numbers.array(self.run.X - self.run.X[self.chart])

    @property
    def rest(self) -> list[int]:
        """Rows that are neither the chart's nor unknowns."""
        return [i for i in range(len(self.run.X)) if i != self.chart and i not in self.free]

    def __call__(self, s: Array, others: Array | None = None, along: Array | None = None) -> Passage:
        """One epoch from s, with the other rows' ratios (default 0), shape (N,); slopes along the columns of ``along``."""
        n, d = self.X.shape
        k = len(self.free)
        convert = self.numbers.convert
        r = self.numbers.array(np.zeros(n, dtype=int)) if others is None else others.copy()
        r[self.chart] = convert(1)
        r[list(self.free)] = s[:k]
        M, V = s[k : k + d], s[k + d :]
        dr = dM = dV = None
        if along is not None:
            dr = self.numbers.array(np.zeros((n, along.shape[1]), dtype=int))
            dr[list(self.free)] = along[:k]
            dM, dV = along[k : k + d], along[k + d :]
        travelled = self.numbers.array(np.zeros(d, dtype=int))
        for batch in self.run.batches:
            u, du, (M, V), (dM, dV) = self._moments(list(batch), r, M, V, dr, dM, dV)
            travelled = travelled + u
            fall = exponential(-self.eta * (self.above @ u), self.numbers)
            rise = exponential(np.array([self.eta * (self.X[self.chart] @ u)]), self.numbers)[0]
            if dr is not None:
                dr = fall[:, None] * (dr - r[:, None] * (self.eta * (self.above @ du)))
                gain = self.eta * (self.X[self.chart] @ du)
                dM = rise * (dM + M[:, None] * gain)
                dV = rise * rise * (dV + 2 * V[:, None] * gain)
            r, M, V = r * fall, M * rise, V * rise * rise
        state = np.concatenate([r[list(self.free)], M, V])
        slope = None if dr is None else np.concatenate([dr[list(self.free)], dM, dV])
        return Passage(state, slope, self.eta * travelled, r)

    def _moments(
        self, batch: list[int], r: Array, M: Array, V: Array, dr: Any, dM: Any, dV: Any
    ) -> tuple[Array, Any, tuple[Array, Array], tuple[Any, Any]]:
        convert = self.numbers.convert
        b1, b2 = convert(self.run.field.beta1), convert(self.run.field.beta2)
        c1, c2 = convert(1 - self.run.field.beta1), convert(1 - self.run.field.beta2)
        rows = self.X[batch]
        G = rows.T @ r[batch]
        M, V = b1 * M + c1 * G, b2 * V + c2 * (G * G)
        root = self.numbers.sqrt(V)
        u = M / root
        if dr is None:
            return u, None, (M, V), (None, None)
        dG = rows.T @ dr[batch]
        dM, dV = b1 * dM + c1 * dG, b2 * dV + (2 * c2) * (G[:, None] * dG)
        du = dM / root[:, None] - (u / V)[:, None] * dV / 2
        return u, du, (M, V), (dM, dV)


@dataclass(frozen=True)
class Passage:
    """One epoch: the state after it, its derivative, the way w went, all ratios after it.

    Attributes:
      state: s', shape (m,).  slope: ∂s'/∂s along the given columns, or ``None``.
      travelled: Δw = η Σ u, shape (d,).  ratios: r after the epoch, shape (N,).
    """

    state: Array
    slope: Array | None
    travelled: Array
    ratios: Array
