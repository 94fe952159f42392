"""B6 along a run: iterates and loss weights bracket the max-margin, and how narrow the bracket must become.

At every step c_t ∝ s_i = -ℓ'(x_i·w_t) lies on the simplex, so ‖Xᵀc_t‖_q is an upper bound of γ_p.  The
step's decrease is governed by just this number: <G, u>/Σ s_i is ‖Xᵀc_t‖_2 for normalised gradient descent and
‖Xᵀc_t‖_1 for sign descent, less 2RE_t for Signum (:mod:`marginproof.theory.bounds.signum`).  With the potential of
:mod:`marginproof.theory.bounds.margin_bounds`

    min_i x_i·w_T >= -Φ(w_0) + Σ_{t<T} η_t r_t μ_t,      r_t = ‖Xᵀc_t‖_q - 2R E_t - ½ η_t ρ² e^{η_t ρ}.

This is B2, B4, B5 with the run's own upper bounds in the place of γ_p, which they exceed: the stronger statement.
Let c̄ = Σ η_t c_t / Σ η_t.  Since ‖Xᵀc̄‖_q <= Σ η_t ‖Xᵀc_t‖_q / Σ η_t and ‖w_T‖_p <= Σ η_t, w_T and c̄ bracket γ_p
to a width of at most (Φ(w_0) + Σ η_t (2R E_t + ½ η_t ρ² e^{η_t ρ}))/Σ η_t where no r_t is negative: a run
that keeps the inequality certifies the max-margin that it reaches.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from marginproof.theory.bounds.comparison import Comparison, Vector
from marginproof.theory.bounds.margin_bounds import (
    Trajectory,
    curvature,
    eps_cost,
    gradient_error,
    margin_sides,
)
from marginproof.theory.bounds.signum import weight_spread

Norm = Literal["2", "inf"]


def loss_weights(run: Trajectory) -> Vector:
    """c_t ∝ -ℓ'(x_i·w_t) for t = 0 … T-1, shape (T, N); each row sums to 1."""
    log_s = run.loss.log_slopes(run.W[:-1] @ run.X.T)
    s = np.exp(log_s - log_s.max(axis=1, keepdims=True))
    return np.asarray(s / s.sum(axis=1, keepdims=True))


def upper_bounds(run: Trajectory, p: Norm) -> Vector:
    """‖Xᵀc_t‖_q >= γ_p, shape (T,); q is dual to p."""
    return np.asarray(np.linalg.norm(loss_weights(run) @ run.X, ord=1 if p == "inf" else 2, axis=1))


def average_weights(run: Trajectory) -> Vector:
    """c̄ = Σ η_t c_t / Σ η_t, shape (N,)."""
    return np.asarray(run.etas @ loss_weights(run) / run.etas.sum())


def run_bracket_sides(
    run: Trajectory, p: Norm, gamma: float, beta: float | None = None, eps: float = 0.0
) -> Comparison:
    """B6 along a run, both sides at every T.

    Arguments:
      p: ``"2"`` for normalised gradient descent, full batch; ``"inf"`` for sign descent, full batch, or Signum.
      gamma: γ_p, or a lower bound: only the strength is measured by it.
      beta: Signum's β, any batches; ``None`` for the full batch without momentum.
      eps: of Adam at β = 0; :func:`~marginproof.theory.bounds.margin_bounds.eps_cost` is paid.
    """
    R, error = run.radius, gradient_error(run)
    if beta is not None:
        spread, errors = weight_spread(run, beta)
    else:
        spread, errors = np.zeros(len(run.etas)), (2 if p == "2" else 1) * error
    rho = float(np.linalg.norm(run.X, axis=1).max()) if p == "2" else R
    rates = np.maximum(upper_bounds(run, p) - 2 * R * spread, -R) - curvature(run.etas, rho)
    rates = rates - (eps_cost(run, eps) if eps else 0.0)
    # the optimizer's own error as in B2, B4, B5; once more ε_t for the weights, and their norm
    return margin_sides(run, "B6", rates, R * (2 * errors + 2 * error), gamma)
