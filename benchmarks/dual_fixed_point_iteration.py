"""The paper's Algorithm 3: the dual fixed-point iteration c ← T(c), through cvxpy and Clarabel.

P(c) is the Mahalanobis max-margin problem min ½‖w‖²_{M(c)} subject to X w >= 1, M(c) = diag √q;
d its dual solution and T(c) = d / ‖d‖₁.  Kept as the reference that the fast solver is compared
with: a fixed point of T is a solution of the limit equation (I5), but the iteration may stop short
of one or never settle (R3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cvxpy as cp
import numpy as np
from scipy.optimize import nnls

from marginproof.theory.fields import per_sample_square
from marginproof.theory.limit.problem import LimitProblem, residual
from marginproof.theory.number_systems import Array


@dataclass(frozen=True)
class Iteration:
    """Where Algorithm 3 stopped.

    Attributes:
      weights: the last c, shape (N,).
      residual: of the limit equation there.
      steps: how many problems P(c) were solved.
      settled: whether the residual reached the tolerance.
    """

    weights: Array
    residual: float
    steps: int
    settled: bool


class DualMap:
    """T, with the convex problem compiled once (DPP parameters) and its dual read off.

    Arguments:
      X: rows with labels folded in, shape (N, d).
      tolerance: Clarabel's gap and feasibility tolerances.
    """

    def __init__(self, X: Array, tolerance: float = 1e-13) -> None:
        self._X = X
        self._tolerance = tolerance
        n, d = X.shape
        # With v = M^{1/2} w the objective is fixed and only the constraint matrix carries c.
        self._scaled = cp.Parameter((n, d))
        self._v = cp.Variable(d)
        self._margin = self._scaled @ self._v >= 1
        half_norm = 0.5 * cp.sum_squares(self._v)  # type: ignore[attr-defined]
        self._problem = cp.Problem(cp.Minimize(half_norm), [self._margin])

    def __call__(self, c: Array) -> Array:
        """T(c), shape (N,)."""
        metric = np.sqrt(per_sample_square(self._X, c))
        scale = float(np.abs(self._X).max()) / float(np.sqrt(metric.min()))
        self._scaled.value = self._X / np.sqrt(metric) / scale
        self._problem.solve(
            solver=cp.CLARABEL,
            tol_gap_abs=self._tolerance,
            tol_gap_rel=self._tolerance,
            tol_feas=self._tolerance,
        )
        dual = np.maximum(np.asarray(self._margin.dual_value), 0.0)
        return cast(Array, dual / dual.sum())


class NnlsMap:
    """T by scipy's NNLS: the nearest point to e_{d+1} in the cone of (x_i M^{-1/2}, 1)."""

    def __init__(self, X: Array) -> None:
        self._X = X

    def __call__(self, c: Array) -> Array:
        """T(c), shape (N,)."""
        scaled = self._X / np.sqrt(np.sqrt(per_sample_square(self._X, c)))
        scaled /= np.abs(scaled).max()
        target = np.append(np.zeros(self._X.shape[1]), 1.0)
        dual = nnls(np.vstack([scaled.T, np.ones(len(scaled))]), target, maxiter=30 * len(scaled))[0]
        return cast(Array, dual / dual.sum())


def dual_fixed_point_iteration(
    problem: LimitProblem,
    start: Array | None = None,
    *,
    tolerance: float = 1e-10,
    max_steps: int = 200,
    T: DualMap | NnlsMap | None = None,
) -> Iteration:
    """Iterate c ← T(c) until the residual of the limit equation is at most ``tolerance``.

    Arguments:
      problem: data with the AdamProxy field.
      start: first c, shape (N,); uniform by default.
      T: a dual map compiled before for these data, to be used again.

    Deviation from the paper: it stops on the residual, not on ‖c_new - c‖₁, which is met too early.
    """
    T = T or DualMap(problem.floats)
    n = problem.X.shape[0]
    c = np.full(n, 1.0 / n) if start is None else start
    for step in range(1, max_steps + 1):
        c = T(c)
        gap = residual(problem, np.bincount(problem.groups, weights=c))
        if gap <= tolerance:
            return Iteration(c, gap, step, True)
    return Iteration(c, gap, max_steps, False)
