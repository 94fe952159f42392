"""Max-margins in floating point by an interior-point method: min ½ κ‖w‖² - t s.t. X w >= t, and |w_k| <= 1 where asked.

κ = 1 without the box is the ℓ₂ margin (w = Xᵀc, t = γ_2²), κ = 0 with the box the ℓ∞ one (t = γ_∞).  Each step solves
with Λ + XᵀDX, Λ and D diagonal, through the smaller of its own size and N: some twenty factorisations whatever the data.
Both the start and every iterate satisfy all constraints, so that the duality gap Σ λ s alone says how far it is.

Reference: S. Mehrotra, "On the implementation of a primal-dual interior point method", SIAM J. Optimization 2 (1992).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack

from marginproof.theory.number_systems import Array

MOST = 80
"""Iterations; some twenty are usual."""
ENOUGH, LEAST = 1e-16, 1e-30
"""Σ λ s, for data of unit size and relative to a margin t below 1, at which more steps only add rounding; and the least such t."""

FREE = 1e-4
"""λ / s of a coordinate's two bounds below which, for data of unit size, the box does not hold it."""


@dataclass
class Interior:
    """A strictly feasible point.

    Attributes:
      w, t: shape (d,) and a number.
      slack, dual: s and λ of the rows, and with the box of w_k <= 1 and w_k >= -1, shape (N,) or (N + 2d,).
    """

    w: Array
    t: float
    slack: Array
    dual: Array

    @property
    def gap(self) -> float:
        """Σ λ s, the distance between the primal and the dual value."""
        return float(self.slack @ self.dual)


def interior_point(X: Array, *, box: bool) -> Interior:
    """The optimum of the program above for rows X of about unit size, shape (N, d), to about rounding.

    Arguments:
      box: whether |w_k| <= 1 binds (ℓ∞), or ½‖w‖² is counted (ℓ₂).
    """
    point, best = _start(X, box), None
    gram = X @ X.T if not box and X.shape[1] > X.shape[0] else None  # of every step, where no box weighs it
    for _ in range(MOST):
        if best is None or point.gap < best.gap:
            best = _copy(point)
        elif point.gap > 100 * best.gap:
            break
        if point.gap <= ENOUGH * min(1.0, max(point.t, LEAST)) or not _advance(X, point, box, gram):
            break
    return best or point


def _copy(point: Interior) -> Interior:
    return Interior(point.w.copy(), point.t, point.slack.copy(), point.dual.copy())


def _start(X: Array, box: bool) -> Interior:
    n, d = X.shape
    c = np.full(n, 1.0 / n)
    m = c @ X
    if not box:
        scores = X @ m
        t = float(scores.min()) - float(m @ m) - 1e-3 * float(np.abs(scores).max())
        return Interior(m, t, scores - t, c)
    spread = 0.1 * float(np.abs(m).max()) + 1e-3
    dual = np.r_[c, np.maximum(m, 0) + spread, np.maximum(-m, 0) + spread]
    t = -float(np.abs(X).max())
    return Interior(np.zeros(d), t, np.r_[np.full(n, -t), np.ones(2 * d)], dual)


def _advance(X: Array, point: Interior, box: bool, gram: Array | None) -> bool:
    """One predictor-corrector step, in place; False where the linear system cannot be solved any more."""
    n, d = X.shape
    s, dual = point.slack, point.dual
    D = dual / s
    solve = _newton(X, D[:n], D[n : n + d] + D[n + d :] if box else np.ones(d), gram)
    if solve is None:
        return False
    unmet = dual[:n] @ X - (dual[n : n + d] - dual[n + d :] if box else point.w)  # zero but for rounding
    short = 1.0 - float(dual[:n].sum())

    def toward(goal: Array) -> tuple[Array, float, Array, Array]:
        """(dw, dt, ds, dλ) that takes λ s to the goal in first order."""
        right = unmet - goal[n : n + d] / s[n : n + d] + goal[n + d :] / s[n + d :] if box else unmet
        dw, dt = solve(right, goal[:n], s[:n], short)
        ds = X @ dw - dt
        ds = np.r_[ds, -dw, dw] if box else ds
        return dw, dt, ds, (goal - dual * ds) / s

    _, _, ds, dl = toward(-dual * s)
    ahead = float((s + _reach(s, ds) * ds) @ (dual + _reach(dual, dl) * dl))
    centre = (ahead / point.gap) ** 3 * point.gap / len(s)
    dw, dt, ds, dl = toward(centre - dual * s - ds * dl)
    reach, dual_reach = 0.995 * _reach(s, ds), 0.995 * _reach(dual, dl)
    if not box:  # w = Xᵀc ties the two
        reach = dual_reach = min(reach, dual_reach)
    if not (np.isfinite(dw).all() and np.isfinite(dl).all() and min(reach, dual_reach) > 0):
        return False
    point.w, point.t = point.w + reach * dw, point.t + reach * dt
    point.slack, point.dual = s + reach * ds, dual + dual_reach * dl
    return True


def _reach(x: Array, dx: Array) -> float:
    """The longest step up to 1 at which x + step dx stays >= 0."""
    down = dx < 0
    return min(1.0, float((x[down] / -dx[down]).min())) if down.any() else 1.0


Solver = Callable[[Array, Array, Array, float], tuple[Array, float]]


def _newton(X: Array, D: Array, diagonal: Array, gram: Array | None) -> Solver | None:
    """(r, goal, s, short) -> (dw, dt) with Λ dw - Xᵀdλ = r, X dw - dt + dλ/D = goal/λ, Σ dλ = short (D = λ/s).

    ``gram`` is XXᵀ where d > N and Λ = 1.  ``None`` where the matrix is not positive definite to working precision.
    """
    n, d = X.shape
    free = diagonal < FREE
    if d > n and free.any():
        return _with_free(X, D, diagonal, free)
    if gram is None:
        rows, weights = (X, D) if d <= n else (X.T, 1 / diagonal)
        scaled = rows * np.sqrt(weights)[:, None]
        matrix = scaled.T @ scaled
    else:
        matrix = gram.copy()
    matrix[np.diag_indices(len(matrix))] += diagonal if d <= n else 1 / D
    factor, info = lapack.dpotrf(matrix, lower=1, overwrite_a=1)
    if info:
        return None

    def inverse(b: Array) -> Array:
        return np.asarray(lapack.dpotrs(factor, b, lower=1)[0])

    if d <= n:
        border = D @ X
        moved = inverse(border)
        corner = float(D.sum() - border @ moved)
        if not corner > 0:
            return None

        def primal(r: Array, goal: Array, s: Array, short: float) -> tuple[Array, float]:
            pushed = goal / s
            inner = inverse(r + pushed @ X)
            dt = (short - float(pushed.sum()) + float(border @ inner)) / corner
            return inner + dt * moved, dt

        return primal
    ones = inverse(np.ones(n))
    total = float(ones.sum())

    def dual(r: Array, goal: Array, s: Array, short: float) -> tuple[Array, float]:
        inner = inverse(goal / (D * s) - X @ (r / diagonal))
        dt = (short - float(inner.sum())) / total
        return (r + (inner + dt * ones) @ X) / diagonal, dt

    return dual


def _with_free(X: Array, D: Array, diagonal: Array, free: Array) -> Solver | None:
    """The same for few rows where the box does not hold some coordinates: those stay unknowns beside dλ.

    Eliminated they would be divided by what tends to zero, and the last digits lost.
    """
    n, bound = len(X), ~free
    held = X[:, bound]
    size = n + int(np.count_nonzero(free))
    matrix = np.empty((size, size), order="F")
    matrix[:n, :n] = (held / diagonal[bound]) @ held.T
    matrix[np.arange(n), np.arange(n)] += 1 / D
    matrix[:n, n:], matrix[n:, :n], matrix[n:, n:] = X[:, free], -X[:, free].T, np.diag(diagonal[free])
    lu, pivots, info = lapack.dgetrf(matrix, overwrite_a=1)
    if info:
        return None
    ones = lapack.dgetrs(lu, pivots, np.r_[np.ones(n), np.zeros(size - n)])[0]
    total = float(ones[:n].sum())

    def dual(r: Array, goal: Array, s: Array, short: float) -> tuple[Array, float]:
        right = np.r_[goal / (D * s) - held @ (r[bound] / diagonal[bound]), r[free]]
        inner = lapack.dgetrs(lu, pivots, right)[0]
        dt = (short - float(inner[:n].sum())) / total
        found = inner + dt * ones
        dw = np.empty_like(r)
        dw[free] = found[n:]
        dw[bound] = (r[bound] + found[:n] @ held) / diagonal[bound]
        return dw, dt

    return dual
