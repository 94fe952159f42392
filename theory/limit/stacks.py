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
from typing import cast

import numpy as np

from marginproof.theory.fields import Field
from marginproof.theory.limit.approach import CLOSE, NEAR
from marginproof.theory.limit.problem import Limit, Outcome, Stability
from marginproof.theory.number_systems import STACKED, Array, stack, unstack

FLOOR = -80.0
"""Log-weights below this are kept there: e^-80 is below any rounding of the others."""
LOOKS = (3, 4, 6, 10, 16, 24, 40, 64, 100, 160, 400)
"""Steps of the flow between attempts at Newton's method."""
FINE = 100
"""From this many steps between attempts on they are taken finely: a coarse step's error stirs weights that are nearly at rest."""
ZERO = 1e-9
"""Slacks F_j - γ and eigenvalues this small beside max |F| are undecided, as for :func:`~marginproof.theory.limit.stability.classify`."""
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


class _Stack:
    """Data side by side, shape (N, d, B), and the field over them."""

    def __init__(self, X: Array, field: Field) -> None:
        self.X, self.field = np.ascontiguousarray(X), field
        self._numbers = stack(self.X)
        self.size = X.shape[2]
        equal = (self.X[:, None] == self.X[None]).all(axis=2)
        self.same = np.moveaxis(equal, 2, 0)
        """Whether rows i and j are equal, shape (B, N, N)."""
        self.first = np.arange(len(X))[:, None] == self.same.argmax(axis=2).T
        """Whether a row is the first of its equals, shape (N, B)."""

    def take(self, chosen: Array) -> _Stack:
        return _Stack(self.X[..., chosen], self.field)

    def u(self, y: Array) -> Array:
        return unstack(self.field(self._numbers, stack(y), STACKED), self.size)

    def F(self, y: Array) -> Array:
        return cast(Array, (self.X * self.u(y)).sum(axis=1))

    def slope(self, a: Array) -> tuple[Array, Array]:
        """(y, da/dτ)."""
        y = _softmax(a)
        F = self.F(y)
        return y, (y * F).sum(axis=0) - F

    def jacobian(self, y: Array) -> Array:
        """∂F_i/∂y_j, shape (B, N, N)."""
        du = unstack(self.field.jacobian(self._numbers, stack(y), STACKED), self.size)
        return np.asarray(np.matmul(np.moveaxis(self.X, 2, 0), np.moveaxis(du, 2, 0)))


def _softmax(a: Array) -> Array:
    y = np.exp(a - a.max(axis=0))
    return cast(Array, y / y.sum(axis=0))


class _Search:
    """The flows of those that have not settled yet, and what was found of the others."""

    def __init__(self, X: Array, field: Field, a: Array) -> None:
        size = X.shape[2]
        self.whole, self.stack, self.a = _Stack(X, field), _Stack(X, field), a
        self.open = np.arange(size)
        self.y = _softmax(a)
        self.settled, self.attracting = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
        self.swings = np.zeros(size)
        self.k = self.stack.slope(a)[1]
        self.h = 0.5 / np.maximum(np.ptp(self.k, axis=0), 1e-300)

    def run(self, looks: tuple[int, ...]) -> Limits:
        for look, steps in enumerate(looks):
            low, high = self._advance(steps)
            y = _softmax(self.a)
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


def candidates(data: _Stack, y: Array) -> tuple[Array, Array, Array]:
    """(Newton's solutions from y, shape (N, B); whether the flow at y tends there, and whether they attract, shape (B,)).

    The support is first guessed from y; rows that Newton gives no weight are left out and it is tried once more.
    """
    support = y > 1e-3
    found = _newton(data, y, support, damped=False)
    support &= ~(found <= 0)
    found = _newton(data, np.where(support, np.maximum(found, 1e-3), 0.0), support)
    F, J = data.F(found), data.jacobian(found)
    scale, gamma = np.abs(F).max(axis=0), (found * F).sum(axis=0)
    solved = (np.where(support, np.abs(F - gamma), 0.0).max(axis=0) <= 1e-11 * scale) & (gamma > 0)
    solved &= (np.where(support, found, 1.0) > 0).all(axis=0) & support.any(axis=0)
    slack = np.where(support, np.inf, F - gamma).min(axis=0) / scale
    distance = np.abs(found - y).sum(axis=0)
    falling = ((found - y) * data.F(y)).sum(axis=0) < 0
    P = _tangent(support, data.same)
    near = (distance < NEAR) & falling & _positive(J, P) & _positive(data.jacobian(y), P)
    surely = near | (distance < CLOSE) & _attracting(J, P, found)
    attracting = solved & surely & (slack > ZERO)
    return found, attracting | solved & (slack >= -ZERO) & (distance < 1e-9), attracting


def _newton(data: _Stack, y: Array, support: Array, damped: bool = True) -> Array:
    """y with F_i = γ on the support, equal on equal rows, Σ y = 1 and y = 0 elsewhere; nonsense where that fails."""
    n = len(y)
    y = np.where(support, y, 0.0)
    y = y / y.sum(axis=0)
    own = support & data.first  # rows with an equation F_i = γ of their own
    inside = own.T[:, :, None]
    other = np.eye(n) - np.where(
        (support & ~data.first).T[:, :, None], np.eye(n)[data.same.argmax(axis=2)], 0.0
    )
    system = np.zeros((y.shape[1], n + 1, n + 1))
    right = np.zeros((y.shape[1], n + 1, 1))
    for _ in range(8 if damped else 4):
        F = data.F(y)
        gamma = (y * F).sum(axis=0)
        system[:, :n, :n] = np.where(inside, data.jacobian(y), other)
        system[:, :n, n] = -1.0 * own.T
        system[:, n, :n] = 1.0
        right[:, :n, 0] = np.where(own, gamma - F, 0.0).T
        step = _solved(system, right)[:, :n, 0].T
        reach = np.where(step < 0, -0.9 * y / step, np.inf).min(axis=0, where=support, initial=1.0)
        y = y + (np.maximum(reach, 0.1) if damped else 1.0) * step
    return y


def _solved(system: Array, right: Array) -> Array:
    system, right = np.nan_to_num(system), np.nan_to_num(right)
    try:
        return np.linalg.solve(system, right)
    except np.linalg.LinAlgError:  # one of them is singular: that one's answer does not matter
        size = np.abs(system).max(axis=(1, 2), keepdims=True)
        return np.linalg.solve(system + 1e-10 * size * np.eye(system.shape[1]), right)


def _tangent(support: Array, same: Array) -> Array:
    """The projection onto vectors on the support that sum to zero and agree on equal rows, shape (B, N, N)."""
    s = support.T.astype(np.float64)
    count = np.maximum(s.sum(axis=1), 1.0)[:, None, None]
    averages = same / same.sum(axis=2, keepdims=True)
    return np.asarray(s[:, :, None] * (averages - 1 / count) * s[:, None, :])


def _off(P: Array, matrix: Array) -> Array:
    size = np.abs(matrix).max(axis=(1, 2), keepdims=True)
    return np.asarray(np.where(size > 0, size, 1.0) * (np.eye(P.shape[1]) - P))


def _positive(J: Array, P: Array) -> Array:
    """Whether J + Jᵀ is positive definite on the tangent space."""
    inside = np.nan_to_num(P @ (J + np.swapaxes(J, 1, 2)) @ P)
    return cast(Array, np.linalg.eigvalsh(inside + _off(P, inside))[:, 0] > 0)


def _attracting(J: Array, P: Array, y: Array) -> Array:
    """Whether the replicator's eigenvalues along the face have negative real part, with 1e-9 to spare."""
    weights = y.T[:, :, None]
    mean = (weights * J).sum(axis=1, keepdims=True)
    L = np.nan_to_num(-(weights * (J - mean)) @ P)
    size = np.abs(J).max(axis=(1, 2))
    largest = np.linalg.eigvals(L - _off(P, L)).real.max(axis=1)
    return cast(Array, largest < -ZERO * size)
