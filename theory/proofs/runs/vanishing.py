"""A witness that Inc-Adam with vanishing steps converges from one start: a region that the run enters and never leaves.

Found in floating point (what is proved is proved by the checker, from the witness; :doc:`/certificates`,
``vanishing_steps``, has the theorem).  Near the limit c*, with b_i = log c_i/c_p, an epoch moves b by -H (g(b) + e):
g is Inc-Adam's field, H ~ η, and e what growth, the rows off the support and the shrinking of the steps add, O(H).
The region is a ball |W⁻¹(b - y)|_2 <= 1 on which the symmetric part of W⁻¹ Dg W is above the errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numba import njit
from scipy.linalg import LinAlgError, solve_continuous_lyapunov

from marginproof.theory.number_systems import Array, dyadic
from marginproof.theory.proofs.runs.inc_adam import IncAdamRun

OFF_SUPPORT = 1e-5
ROOM = 1.3  # how much wider than its float estimates a stated bound is


@dataclass(frozen=True)
class PowerSteps:
    """η_t = η_0 (t + s)^-p with η_0 ``eta0``, s ``offset`` and p ``power``, exact."""

    eta0: Fraction
    offset: Fraction
    power: Fraction

    def at(self, t: int) -> float:
        """η_t in float64."""
        return float(float(self.eta0) * (t + float(self.offset)) ** -float(self.power))


@dataclass(frozen=True)
class Region:
    """A region that a run enters and never leaves, with the bounds that show it.

    Attributes:
      support: the chart's row first.  count: the steps after which the run is in the region.
      centre, basis: y and W, upper triangular.  mu, most: μ and H̄.
      growth, drift: bounds of λ^φ x_j·ũ_φ, and of an epoch's sum of it less the chart's row's.
      others: r̄_j off the support, ascending rows.
      direction: the limit direction, float64.
    """

    support: tuple[int, ...]
    count: int
    centre: tuple[Fraction, ...]
    basis: tuple[tuple[Fraction, ...], ...]
    mu: Fraction
    most: Fraction
    growth: tuple[tuple[Fraction, Fraction], ...]
    drift: tuple[tuple[Fraction, Fraction], ...]
    others: tuple[Fraction, ...]
    direction: Array


@njit(cache=True)
def advance(X, order, b1, b2, factor, eta0, offset, power, first, count, h, s, q):  # type: ignore[no-untyped-def]
    """The steps from ``first`` to before ``count`` in float64, in place.

    Arguments:
      X: rows, shape (N, d).
      order: the row of each step of an epoch, shape (N,).
      b1, b2: β1 and β2.
      factor: what m/√v is multiplied by, (1-β1)/√(1-β2).
      eta0, offset, power: η_0, t_0 and p of the step sizes η_t = η_0 (t + t_0)^{-p}.
      first, count: the first step, and the one after the last.
      h: the margins Xw, shape (N,).
      s, q: what m and v remember of each row, shape (N,).
    """
    n, d = X.shape
    for t in range(first, count):
        i = order[t % n]
        base = h.min()
        for j in range(n):
            s[j] *= b1
            q[j] *= b2
        s[i] += 1.0
        q[i] += 1.0
        step = factor * eta0 * (t + offset) ** (-power)
        u = np.zeros(d)
        for k in range(d):
            m = 0.0
            v = 0.0
            for j in range(n):
                g = np.exp(base - h[j]) * X[j, k]
                m += s[j] * g
                v += q[j] * g * g
            u[k] = m / np.sqrt(v)
        for j in range(n):
            move = 0.0
            for k in range(d):
                move += X[j, k] * u[k]
            move *= step
            h[j] += move
            s[j] *= np.exp(move)
            q[j] *= np.exp(2.0 * move)


@dataclass(frozen=True)
class ChartField:
    """g and its slope in float64: Inc-Adam's field in units of the chart's row, one sample a step."""

    X: Array
    beta1: float
    beta2: float
    positions: Array
    chart: int
    free: tuple[int, ...]

    def parts(self, b: Array) -> tuple[Array, Array]:
        """(λ^φ ũ_φ by phase, shape (K, d); their slopes by b, shape (K, d, |free|))."""
        n = len(self.X)
        r = np.zeros(n)
        r[self.chart] = 1.0
        r[list(self.free)] = np.exp(b)
        age = (np.arange(n)[:, None] - self.positions[None, :]) % n
        G = r[:, None] * self.X
        m, v = self.beta1**age @ G, self.beta2**age @ (G * G)
        w1, w2 = self.beta1**age, self.beta2**age
        slope = [w1[:, [j]] * G[j] / np.sqrt(v) - m * w2[:, [j]] * (G[j] * G[j]) / v**1.5 for j in self.free]
        return m / np.sqrt(v), np.stack(slope, axis=-1) if slope else np.zeros((n, self.X.shape[1], 0))

    def g(self, b: Array) -> tuple[Array, Array]:
        """(g(b), Dg(b)), shapes (|free|,), (|free|, |free|)."""
        u, slope = self.parts(b)
        above = self.X[list(self.free)] - self.X[self.chart]
        return above @ u.sum(axis=0), above @ slope.sum(axis=0)

    def zero(self, b: Array) -> Array | None:
        """The zero of g near b, by Newton's method."""
        for _ in range(50):
            value, slope = self.g(b)
            try:
                step = np.linalg.solve(slope, value) if len(b) else b
            except LinAlgError:
                return None
            if not np.isfinite(step).all() or np.abs(step).max(initial=0) > 3:
                return None
            b = b - step
            if np.abs(step).max(initial=0) < 1e-14:
                return b
        return b


def candidates(run: IncAdamRun, steps: PowerSteps, most_steps: int) -> Iterator[Region]:
    """Regions that a float run is in, by the count of steps, the largest balls first."""
    X = run.X.astype(float)
    order = np.array([batch[0] for batch in run.batches])
    h = X @ np.array([float(v) for v in run.start])
    s, q = np.zeros(len(X)), np.zeros(len(X))
    b1, b2 = float(run.field.beta1), float(run.field.beta2)
    factor = (1 - b1) / np.sqrt(1 - b2)
    done, count = 0, 1000
    while count <= most_steps:
        chart = int(np.argmin(h))
        target = count - count % len(X) + int(np.flatnonzero(order == chart)[0])
        advance(X, order, b1, b2, factor, float(steps.eta0), float(steps.offset), float(steps.power),
                done, target, h, s, q)  # fmt: skip
        done = target
        if int(np.argmin(h)) == chart:
            yield from _regions(run, steps, X, order, chart, h, done)
        count = int(count * 1.25)


def _regions(
    run: IncAdamRun, steps: PowerSteps, X: Array, order: Array, chart: int, h: Array, count: int
) -> Iterator[Region]:
    r = np.exp(h[chart] - h)
    free = tuple(int(i) for i in np.flatnonzero(r >= OFF_SUPPORT) if i != chart)
    turn = int(np.flatnonzero(order == chart)[0])
    place = np.empty(len(X), dtype=int)
    place[order] = np.arange(len(X))
    field = ChartField(
        X, float(run.field.beta1), float(run.field.beta2), (place - turn) % len(X), chart, free
    )
    b = np.log(r[list(free)])
    y = field.zero(b)
    if y is None:
        return
    _, slope = field.g(y)
    if len(free) and not np.linalg.eigvals(slope).real.min() > 0:
        return
    basis = _basis(slope)
    if basis is None:
        return
    reach = float(np.linalg.norm(np.linalg.solve(basis, b - y)))
    most = _most(run, steps, field, y, count)
    for k in range(2, 16):
        if reach < 0.9 * 0.5**k:
            region = _region(field, X, y, basis * 0.5**k, most, r, count)
            if region is not None:
                yield region
        if not free:
            return


def _basis(slope: Array) -> Array | None:
    if not len(slope):
        return np.zeros((0, 0))
    try:
        P = solve_continuous_lyapunov(slope.T, np.eye(len(slope)))
        gram = np.linalg.inv((P + P.T) / 2)
        return np.asarray(np.linalg.cholesky(gram[::-1, ::-1])[::-1, ::-1] / np.sqrt(np.abs(gram).max()))
    except (LinAlgError, ValueError):
        return None


def _most(run: IncAdamRun, steps: PowerSteps, field: ChartField, y: Array, count: int) -> float:
    """H̄: the step in units of σ_p/√ρ_p, with the growth that it brings itself."""
    b1, b2, K = field.beta1, field.beta2, len(field.X)
    rate = max(0.0, float((field.parts(y)[0] @ field.X[field.chart]).max())) * ROOM
    eta, H = steps.at(count) * (1 - b1) / np.sqrt(1 - b2), 0.0
    for _ in range(50):
        grown = min(b1**K * np.exp(K * H * rate), 0.999)
        H = eta / (1 - grown) * np.sqrt(1 - b2**K)
    return H * 1.001


def _region(
    field: ChartField, X: Array, y: Array, W: Array, most: float, r: Array, count: int
) -> Region | None:
    n, samples = len(X), [y, *(y + sign * column for column in W.T for sign in (1, -1))]
    f = np.array([field.parts(b)[0] @ X.T for b in samples])  # sample, phase, row
    middle, spread = (f.max(axis=(0, 1)) + f.min(axis=(0, 1))) / 2, np.ptp(f, axis=(0, 1)) / 2
    width = 3 * spread + 0.1 * np.abs(f).max()
    total = f.sum(axis=1) - f.sum(axis=1)[:, [field.chart]]
    far = ROOM * np.abs(total).max(axis=0)
    rest = [i for i in range(n) if i != field.chart and i not in field.free]
    low = np.where(np.isin(np.arange(n), rest), 0.0, -2 * far)
    inverse = np.linalg.inv(W)
    rates = [
        float(np.linalg.eigvalsh((A + A.T) / 2).min()) if len(y) else 1.0
        for A in (inverse @ field.g(b)[1] @ W for b in samples)
    ]
    if min(rates) <= 0:
        return None

    u = field.parts(y)[0].sum(axis=0)

    def pairs(a: Array, b: Array) -> tuple[tuple[Fraction, Fraction], ...]:
        return tuple((dyadic(float(x), 20), dyadic(float(z), 20)) for x, z in zip(a, b, strict=True))

    return Region(
        support=(field.chart, *field.free),
        count=count,
        centre=tuple(dyadic(float(v), 60) for v in y),
        basis=tuple(tuple(dyadic(float(v), 20) for v in row) for row in W),
        mu=dyadic(0.7 * min(rates), 20),
        most=dyadic(most, 30),
        growth=pairs(middle - width, middle + width),
        drift=pairs(low, 2 * far),
        others=tuple(dyadic(float(min(2 * r[i], OFF_SUPPORT)), 20) for i in rest),
        direction=np.asarray(u / np.linalg.norm(u)),
    )
