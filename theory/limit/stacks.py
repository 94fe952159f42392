"""Limits of many small data sets at once: numpy over whole stacks, by the fields' own formulas.

A number of :data:`~marginproof.theory.number_systems.STACKED` is a vector with an entry for each data set, so a field's formula
runs on all of them in one go.  The rules are those of :func:`~marginproof.theory.limit.solve.solve`: follow the replicator
flow by cheap adaptive steps (each data set has its own), try Newton's method, and accept a candidate that is near and
monotone, or close and attracting.  What does not settle is left open; ``solve`` says why.

Float64 and no proof.

Example:
  >>> from marginproof.theory.fields import AdamProxyField
  >>> X = np.array([[[5.0, 1.0], [1.0, 4.0]], [[4.0, 1.0], [1.0, 3.0]]])
  >>> found = stacked_limits(X, AdamProxyField())
  >>> found.settled.tolist(), found.directions.round(6).tolist()
  ([True, True], [[0.707107, 0.707107], [0.707107, 0.707107]])
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marginproof.theory.fields import Field
from marginproof.theory.limit.problem import Limit, Outcome, Stability
from marginproof.theory.limit.stacked_newton import candidates
from marginproof.theory.limit.stacked_problem import Stack, softmax
from marginproof.theory.number_systems import Array

FLOOR = -80.0
"""Log-weights below this are kept there: e^-80 is below any rounding of the others."""
LOOKS = (3, 4, 6, 10, 16, 24, 40, 64, 100, 160, 400)
"""Steps of the flow between attempts at Newton's method."""
FINE = 100
"""From this many steps between attempts on they are taken finely: a coarse step's error stirs weights that are nearly at rest."""
TOLERANCE = 0.05
"""Of a step's error in a log-weight, weighted by √y, as for :class:`~marginproof.theory.limit.flow.CoarseFlow`."""


@dataclass(frozen=True)
class Limits:
    """Where the flows of B data sets lead.

    Attributes:
      settled: whether a limit was found, shape (B,); attracting: whether it attracts, False where that is undecided.
      weights: c, shape (B, N), where the flow stands if it has not settled.
      directions: u(c) of unit ℓ₂ norm, shape (B, d).
      gammas: γ, shape (B,).
      residuals: complementarity residuals, shape (B,).
      swings: the largest range of a weight in the second half of the last look, shape (B,); 0 where settled.
    """

    settled: Array
    attracting: Array
    weights: Array
    directions: Array
    gammas: Array
    residuals: Array
    swings: Array

    def limit(self, number: int) -> Limit:
        """One settled limit by itself."""
        c = self.weights[number]
        return Limit(
            outcome=Outcome.FIXED_POINT,
            weights=c,
            direction=self.directions[number],
            gamma=float(self.gammas[number]),
            support=tuple(np.flatnonzero(c > 0).tolist()),
            residual=float(self.residuals[number]),
            stability=Stability.ATTRACTING if self.attracting[number] else Stability.UNDECIDED,
        )


def stacked_limits(
    X: Array, field: Field, logits: Array | None = None, looks: tuple[int, ...] = LOOKS
) -> Limits:
    """The limits of B data sets, shape (B, N, d), without zero entries, for a field whose limit is found by the flow.

    Arguments:
      logits: log-weights to start from, shape (B, N); equal weights by default.
      looks: steps between attempts at Newton's method; the last few take most of the time and settle few.
    """
    a = np.zeros(X.shape[:2]) if logits is None else logits
    with np.errstate(all="ignore"):
        return _Search(np.moveaxis(X, 0, -1), field.settled(X.shape[1]), np.array(a.T)).run(looks)


class _Search:
    """The flows of those that have not settled yet, and what was found of the others."""

    def __init__(self, X: Array, field: Field, a: Array) -> None:
        size = X.shape[2]
        self.whole, self.stack, self.a = Stack(X, field), Stack(X, field), a
        self.open = np.arange(size)
        self.y = softmax(a)
        self.settled, self.attracting = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
        self.swings = np.zeros(size)
        self.k = self.stack.slope(a)[1]
        self.h = 0.5 / np.maximum(np.ptp(self.k, axis=0), 1e-300)

    def run(self, looks: tuple[int, ...]) -> Limits:
        for look, steps in enumerate(looks):
            low, high = self._advance(steps)
            y = softmax(self.a)
            self.y[:, self.open] = y
            found, good, attracting = candidates(self.stack, y)
            self.y[:, self.open[good]] = found[:, good]
            self.settled[self.open[good]] = True
            self.attracting[self.open] = good & attracting
            self.swings[self.open] = np.where(good | (look < len(looks) - 1), 0.0, (high - low).max(axis=0))
            self._keep(~good)
            if not len(self.open):
                break
        return self._limits()

    def _keep(self, chosen: Array) -> None:
        self.open, self.stack = self.open[chosen], self.stack.take(chosen)
        self.a, self.k, self.h = self.a[:, chosen], self.k[:, chosen], self.h[chosen]

    def _advance(self, steps: int) -> tuple[Array, Array]:
        """Euler predicts, the trapezoid rule corrects; (least, greatest) weights in the second half."""
        low, high = np.ones_like(self.a), np.zeros_like(self.a)
        tolerance = TOLERANCE if steps < FINE else TOLERANCE / 50
        for step in range(steps):
            y, k = self.stack.slope(self.a + self.h * self.k)
            error = 0.5 * self.h * (np.sqrt(y) * np.abs(k - self.k)).max(axis=0)
            done = error <= tolerance
            moved = self.a + 0.5 * self.h * (self.k + k)
            moved = np.maximum(moved - moved.max(axis=0), FLOOR)
            self.a, self.k = np.where(done, moved, self.a), np.where(done, k, self.k)
            self.h *= np.clip(0.9 * np.sqrt(tolerance / np.maximum(error, 1e-12)), 0.2, 4.0)
            if 2 * step >= steps:
                low, high = np.minimum(low, y), np.maximum(high, y)
        return low, high

    def _limits(self) -> Limits:
        y, u = self.y, self.whole.u(self.y)
        F = (self.whole.X * u).sum(axis=1)
        gamma = (y * F).sum(axis=0)
        gap = np.maximum((y * np.abs(F - gamma)).max(axis=0), gamma - F.min(axis=0))
        length = np.sqrt((u * u).sum(axis=0))
        return Limits(
            self.settled,
            self.attracting,
            y.T,
            (u / length).T,
            gamma,
            gap / np.abs(F).max(axis=0),
            self.swings,
        )
