"""A run of Inc-Adam at a constant step in floating point, in units of one row's weight: the scout of a certified run.

The state is (r, M, V), see :mod:`marginproof.theory.proofs.runs.inc_adam`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numba import njit

from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.runs.inc_adam import IncAdamRun


@njit(cache=True, error_model="numpy")
def _epochs(X, batches, beta1, beta2, eta, chart, r, M, V, count):  # type: ignore[no-untyped-def]
    """``count`` epochs, in place; the way of w in the last one."""
    n, d = X.shape
    way = np.zeros(d)
    for _ in range(count):
        way[:] = 0.0
        for batch in batches:
            for k in range(d):
                g = 0.0
                for i in batch:
                    g += r[i] * X[i, k]
                M[k] = beta1 * M[k] + (1 - beta1) * g
                V[k] = beta2 * V[k] + (1 - beta2) * g * g
            u = eta * M / np.sqrt(V)
            way += u
            base = 0.0
            for k in range(d):
                base += X[chart, k] * u[k]
            for i in range(n):
                if i != chart and r[i] > 0:
                    move = 0.0
                    for k in range(d):
                        move += X[i, k] * u[k]
                    r[i] *= np.exp(base - move)
            rise = np.exp(base)
            M *= rise
            V *= rise * rise
    return way


@dataclass
class FloatRun:
    """(r, M, V) in float64 after ``epochs`` epochs, in units of row ``chart``'s weight.

    Attributes:
      run, lr: the algorithm and η.
      r, M, V: shapes (N,), (d,), (d,).
      way: Δw in the last epoch, shape (d,).
    """

    run: IncAdamRun
    lr: Fraction
    r: Array
    M: Array
    V: Array
    way: Array
    chart: int = 0
    epochs: int = 0

    @classmethod
    def from_start(cls, run: IncAdamRun, lr: Fraction) -> FloatRun:
        """At w_0."""
        far = (run.X @ np.array(run.start, dtype=object)).astype(float)
        d = run.X.shape[1]
        begun = cls(run, lr, np.exp(far.min() - far), np.zeros(d), np.zeros(d), np.zeros(d))
        begun.measure_in(int(np.argmax(begun.r)))
        return begun

    @classmethod
    def from_plain(cls, run: IncAdamRun, lr: Fraction, plain: dict[str, Any]) -> FloatRun:
        """From :meth:`plain`."""
        r, M, V, way = (np.array(plain[name], dtype=float) for name in ("r", "M", "V", "way"))
        return cls(run, lr, r, M, V, way, plain["chart"], plain["epochs"])

    def plain(self) -> dict[str, Any]:
        """Plain JSON values, exact."""
        arrays = {name: getattr(self, name).tolist() for name in ("r", "M", "V", "way")}
        return arrays | {"chart": self.chart, "epochs": self.epochs}

    def measure_in(self, chart: int) -> None:
        """Change the unit to another row's weight."""
        unit = self.r[chart]
        self.r, self.M, self.V, self.chart = self.r / unit, self.M / unit, self.V / unit**2, chart

    def advance(self, count: int) -> None:
        """Run so many epochs."""
        run = self.run
        X, batches = run.X.astype(float), np.array(run.batches)
        betas = float(run.field.beta1), float(run.field.beta2)
        self.way = _epochs(X, batches, *betas, float(self.lr), self.chart, self.r, self.M, self.V, count)
        self.epochs += count
