"""The ℓ₂ (or Mahalanobis) max-margin as the point of the rows' convex hull nearest to 0.

The dual of max min_i x_i·w / ‖w‖_M is min ‖Xᵀc‖_{M^{-1}} over the simplex.  Lawson and Hanson's
least-distance form hands it to NNLS, whose support is then solved for as an equality system
x_i·w = 1, w = M^{-1} X_Sᵀ a, to 2^-96; Wolfe's method in exact arithmetic finishes where float64
picked the wrong support (ill-conditioned data).

Reference: C. L. Lawson, R. J. Hanson, *Solving Least Squares Problems* (1974), ch. 23; P. Wolfe,
"Finding the nearest point in a polytope", Mathematical Programming 11 (1976).
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from scipy.linalg import qr, solve_triangular
from scipy.optimize import nnls

from marginproof.theory.errors import MarginproofError
from marginproof.theory.margins.brackets import Bracket, Metric, integer_bracket
from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.margins.refinement import EXACT_SIZE, Integers, refine, solve_exactly
from marginproof.theory.number_systems import Array

STEPS = 2000
"""Most steps of Wolfe's method in exact arithmetic."""


def solve_l2(rows: IntegerRows, metric: Metric, norm: str, tolerance: float) -> Bracket:
    """The best bracket found; its width is within ``tolerance`` unless float64 and Wolfe both fail."""
    support, weights = nnls_support(rows.isometric(_units(metric)))
    best = None
    if len(support):
        solved = _on_support(rows, metric, support)
        if solved is not None and min(solved[0]) > 0:
            best = _bracket(rows, metric, norm, support, solved)
            if best.relative_width <= tolerance:
                return best
    return wolfe(rows, metric, norm, support, weights, tolerance)


def _units(metric: Metric) -> Array:
    """The diagonal of M^{-1/2} in float64."""
    diagonal = np.array([float(Fraction(m, metric.weights_denominator)) for m in metric.weights])
    return np.asarray(1 / np.sqrt(diagonal))


def min_norm_weights(rows: Array) -> Array:
    """Weights y on the simplex of the point of the rows' hull nearest 0, in floats, shape (N,).

    Non-negative least squares of (Xᵀ; 1ᵀ) y ≈ (0; 1) is proportional to them.
    """
    short = rows / max(float(np.linalg.norm(rows, axis=1).min()), np.finfo(float).tiny)
    y, _ = nnls(np.vstack([short.T, np.ones(len(rows))]), np.append(np.zeros(rows.shape[1]), 1.0))
    weights: Array = y / y.sum()
    return weights


def nnls_support(X: Array) -> tuple[Array, Array]:
    """Rows with positive weight in the float64 dual, and those weights; both empty where NNLS fails.

    With rows scaled to x_i/‖x_i‖ and h_i = s/‖x_i‖, min ‖E u - e_{d+1}‖, E = [Xᵀ; hᵀ], u >= 0, is
    the dual up to a factor.  s should be about γ: it starts at min ‖x_i‖ >= γ and is lowered once
    where γ turns out much smaller.
    """
    length = np.linalg.norm(X, axis=1)
    if not length.min() > 0:
        return np.arange(0), np.zeros(0)
    scale = float(length.min())
    support, weights = np.arange(0), np.zeros(0)
    for _ in range(3):
        u = _least_distance(X / length[:, None], scale / length)
        if u is None:
            break
        c = u / length
        c /= c.sum()
        support = np.flatnonzero(c > 0)
        weights = c[support]
        margin = float(np.linalg.norm(weights @ X[support]))
        if margin > 1e-3 * scale or margin == 0:
            break
        scale = margin
    return support, weights


def _least_distance(directions: Array, heights: Array) -> Array | None:
    E = np.vstack([directions.T, heights])
    target = np.zeros(len(E))
    target[-1] = 1.0
    if E.shape[0] > E.shape[1]:
        Q, E = np.linalg.qr(E)
        target = Q[-1]
    try:
        u: Array = nnls(E, target, maxiter=30 * E.shape[1])[0]
    except RuntimeError:
        return None
    return u if u.any() else None


def _on_support(rows: IntegerRows, metric: Metric, support: Array) -> Integers | None:
    """a with X_S M^{-1} X_Sᵀ a = (1, …, 1) up to one positive factor, as integers."""
    A = rows.take(support)
    chosen = A.isometric(_units(metric))
    length = np.linalg.norm(chosen, axis=1)
    # A = D X and r = inverse_denominator M^{-1} in integers: A diag(r) Aᵀ = factor X M^{-1} Xᵀ
    factor = metric.inverse_denominator * rows.denominator**2
    right = [factor] * len(support)

    def residual(a: list[int], denominator: int) -> list[int]:
        return [factor * denominator - p for p in A.products(_primal(A, metric, a))]

    if not (length.min() > 0 and np.isfinite(length).all()):
        return solve_exactly(A.gram(metric.inverse), right)
    R = qr((chosen / length[:, None]).T, mode="economic")[1]

    def solve(b: Array) -> Array:
        inner = solve_triangular(R, b / length, trans="T", check_finite=False)
        out: Array = solve_triangular(R, inner, check_finite=False) / length
        return out

    if R.shape[0] == len(support) and np.abs(np.diag(R)).min() > 1e-12:
        solved = refine(solve, residual, right, factor)
        if solved is not None:
            return solved
    return solve_exactly(A.gram(metric.inverse), right) if len(support) <= EXACT_SIZE else None


def _primal(A: IntegerRows, metric: Metric, a: list[int]) -> list[int]:
    """M^{-1} Xᵀ a up to a positive factor."""
    moments = A.moments(a)
    if metric.inverse[0] == max(metric.inverse) == min(metric.inverse):
        return moments  # products would be as many new numbers
    return [m * r for m, r in zip(moments, metric.inverse, strict=True)]


def _bracket(rows: IntegerRows, metric: Metric, norm: str, support: Array, solved: Integers) -> Bracket:
    a, _ = solved
    c = [0] * rows.shape[0]
    for i, weight in zip(support.tolist(), a, strict=True):
        c[i] = weight
    return integer_bracket(rows, _primal(rows.take(support), metric, a), c, norm, metric)


def wolfe(
    rows: IntegerRows, metric: Metric, norm: str, support: Array, weights: Array, tolerance: float
) -> Bracket:
    """Wolfe's min-norm-point method with every step solved to 2^-96 or exactly.

    Starts from ``support`` and ``weights`` (dependent rows are dropped), or from the shortest row.
    Each major step lowers ‖Xᵀc‖, so no support comes twice and the method ends.
    """
    chosen = [int(i) for i in support] or [_shortest(rows, metric)]
    current = [Fraction(float(v)) for v in weights] if len(support) else [Fraction(1)]
    best: Bracket | None = None
    for _ in range(STEPS):
        solved = _on_support(rows, metric, np.array(chosen))
        if solved is None:  # dependent rows: let go of the lightest
            lightest = min(range(len(chosen)), key=lambda k: current[k])
            del chosen[lightest], current[lightest]
            if not chosen:
                break
            continue
        a, _ = solved
        total = sum(a)
        goal = [Fraction(v, total) for v in a]
        if min(goal) <= 0:
            chosen, current = _toward(chosen, current, goal)
            continue
        current = goal
        bracket = _bracket(rows, metric, norm, np.array(chosen), solved)
        if best is None or bracket.relative_width < best.relative_width:
            best = bracket
        if bracket.relative_width <= tolerance:
            return bracket
        scores = rows.products(_primal(rows.take(np.array(chosen)), metric, a))
        worst = min(range(len(scores)), key=lambda i: scores[i])
        if worst in chosen:
            break
        chosen.append(worst)
        current.append(Fraction(0))
    if best is None:
        raise MarginproofError(
            f"X.shape={rows.shape}: no l2 max-margin found; rescale the data and try again"
        )
    return best


def _toward(
    chosen: list[int], current: list[Fraction], goal: list[Fraction]
) -> tuple[list[int], list[Fraction]]:
    """Walk from the current weights toward the goal until one vanishes, and drop it."""
    reach = min(c / (c - g) if c > g else Fraction(0) for c, g in zip(current, goal, strict=True) if g <= 0)
    moved = [c + reach * (g - c) for c, g in zip(current, goal, strict=True)]
    grid = 1 << 200  # keeps numbers short; any positive weights on these rows will do
    rounded = [Fraction(int(m * grid), grid) for m in moved]
    kept = [k for k, m in enumerate(rounded) if m > 0]
    return [chosen[k] for k in kept], [rounded[k] for k in kept]


def _shortest(rows: IntegerRows, metric: Metric) -> int:
    return int(np.argmin(np.linalg.norm(rows.isometric(_units(metric)), axis=1)))
