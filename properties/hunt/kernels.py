"""Compiled screens over many small data sets: where the flow settles, and whether it settles at all.

The flow da/dτ = -(F - c·F), a = log c up to a constant, c ∝ exp a, is followed by the classical
Runge–Kutta method with a step of 0.25 over the largest row sum of |x|, so that no log-weight moves
by more than about 0.5 in a step.  Float64 and no proof: a screen only picks candidates.

The field is Inc-Adam's with b = 1 in the order of the rows (β1, β2 < 1), or, with β2 = 1, the
family v = (1-θ) q + θ m².
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

FLOOR = -80.0
"""Log-weights below this are kept there: e^-80 is below any rounding of the others."""


@njit(cache=True)
def direction(X: np.ndarray, c: np.ndarray, rule: np.ndarray) -> np.ndarray:
    """u(c), shape (d,); ``rule`` is (θ, β1, β2)."""
    n, d = X.shape
    theta, beta1, beta2 = rule
    u = np.zeros(d)
    for k in range(d):
        if beta2 >= 1.0:
            m, q = 0.0, 0.0
            for i in range(n):
                g = X[i, k] * c[i]
                m += g
                q += g * g
            v = (1.0 - theta) * q + theta * m * m
            u[k] = m / np.sqrt(v) if v > 0.0 else 0.0
            continue
        for i in range(n):
            p, s, a, b = 0.0, 0.0, 1.0, 1.0
            for lag in range(n):
                g = X[(i - lag) % n, k] * c[(i - lag) % n]
                p += a * g
                s += b * g * g
                a *= beta1
                b *= beta2
            u[k] += p / np.sqrt(s) if s > 0.0 else 0.0
    return u


@njit(cache=True)
def _weights(a: np.ndarray) -> Any:
    c = np.exp(a - a.max())
    return c / c.sum()


@njit(cache=True)
def _slope(X: np.ndarray, a: np.ndarray, rule: np.ndarray) -> Any:
    c = _weights(a)
    F = X @ direction(X, c, rule)
    return -(F - (c * F).sum())


@njit(cache=True)
def flow(X: np.ndarray, a: np.ndarray, rule: np.ndarray, steps: int) -> tuple[np.ndarray, float, float]:
    """(c at the end, residual over the scale of F, swing of c in the second half of the steps)."""
    n = X.shape[0]
    scale = 0.0
    for i in range(n):
        scale = max(scale, np.abs(X[i]).sum())
    if rule[2] < 1.0:
        scale *= n
    h = 0.25 / scale
    low, high, rest = np.ones(n), np.zeros(n), 1.0
    for step in range(steps):
        k1 = _slope(X, a, rule)
        k2 = _slope(X, a + 0.5 * h * k1, rule)
        k3 = _slope(X, a + 0.5 * h * k2, rule)
        k4 = _slope(X, a + h * k3, rule)
        a = a + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        a = np.maximum(a - a.max(), FLOOR)
        c = _weights(a)
        if step % 8 == 0:
            rest = max((c * np.abs(k1)).max(), k1.max()) / scale
            if rest < 1e-7:
                break
        if 2 * step >= steps:
            low, high = np.minimum(low, c), np.maximum(high, c)
    swing = (high - low).max() if (high >= low).all() else 0.0
    return _weights(a), rest, swing


@njit(cache=True)
def screen_directions(batch: np.ndarray, starts: np.ndarray, rule: np.ndarray, steps: int) -> np.ndarray:
    """How many different directions the flow settles in from the starts, for every data set of the batch."""
    size, d = batch.shape[0], batch.shape[2]
    out = np.zeros(size, dtype=np.int64)
    for t in range(size):
        found = np.zeros((starts.shape[0], d))
        count = 0
        for s in range(starts.shape[0]):
            c, rest, _ = flow(batch[t], starts[s].copy(), rule, steps)
            u = direction(batch[t], c, rule)
            norm = np.sqrt((u * u).sum())
            if rest > 1e-6 or norm < 1e-9 or (batch[t] @ u).min() <= 0.0:
                continue
            u /= norm
            fresh = True
            for j in range(count):
                if np.abs(found[j] - u).max() < 1e-3:
                    fresh = False
            if fresh:
                found[count] = u
                count += 1
        out[t] = count
    return out


@njit(cache=True)
def screen_cycles(batch: np.ndarray, rule: np.ndarray, steps: int) -> np.ndarray:
    """The swing of c in the second half of the flow from equal weights, 0 where it settles."""
    out = np.zeros(batch.shape[0])
    for t in range(batch.shape[0]):
        _, rest, swing = flow(batch[t], np.zeros(batch.shape[1]), rule, steps)
        out[t] = swing if rest > 1e-6 else 0.0
    return out


def draw(rng: np.random.Generator, count: int, n: int, d: int, max_entry: int) -> np.ndarray:
    """Integer data without zeros, log-uniform sizes up to max_entry, random signs, shape (count, n, d)."""
    size = np.exp(rng.random((count, n, d)) * np.log(max_entry + 1.0))
    signs: np.ndarray = rng.choice([-1.0, 1.0], (count, n, d))
    return np.asarray(np.minimum(np.floor(size), max_entry) * signs)


def spread_starts(n: int) -> np.ndarray:
    """Log-weights near each vertex, in the middle, and near each edge's middle, shape (·, n)."""
    rows = [np.zeros(n)]
    for i in range(n):
        rows.append(np.where(np.arange(n) == i, 0.0, -4.0))
        rows += [np.where((np.arange(n) == i) | (np.arange(n) == j), 0.0, -4.0) for j in range(i)]
    return np.array(rows)
