"""Newton's method for the limit equation on an active set: F_i(y) = γ for i in S, Σ y = 1.

Quadratic near a solution.  The active set is repaired as in any complementarity method: a row
whose weight turns negative leaves, a row with F_j < γ enters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import blas, lapack

from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array

STEP_FLOOR = 32 * np.finfo(np.float64).eps
"""A Newton step this small (l1, on the simplex) is rounding: a few units in the last place of Σ y = 1."""

LEVEL = 1e-13
"""Differences of F on the support, relative to max |F|, that a step still longer than rounding must leave."""


@dataclass(frozen=True)
class NewtonPoint:
    """A point at which Newton's method stopped moving.

    Attributes:
      y: totals of the distinct rows, shape (G,), on the simplex.
      gamma: γ.
      support: indices of the active rows, shape (S,).
      F: F(y), shape (G,).
      J: ∂F/∂y on the support, one last Newton step (at most 1e-6 long) before y, shape (S, S).
    """

    y: Array
    gamma: float
    support: Array
    F: Array
    J: Array


def newton_step(F: Array, J: Array, support: Array) -> Array | None:
    """The step δ with F_i + (Jδ)_i equal on the support and Σ δ = 0, shape (S,); ``None`` if singular or empty.

    Arguments:
      F, J: shapes (G,) and (S, S), from :meth:`~marginproof.theory.limit.problem.LimitProblem.linearised`; where J
        is not finite the step is not.

    LAPACK's dgesv is called directly: on ten rows the checks around it cost more than the solution.
    """
    size = len(support)
    if not size:
        return None
    F = F if size == len(F) else F[support]
    bordered = np.empty((size + 1, size + 1), order="F")
    bordered[:size, :size], bordered[size], bordered[:size, size] = J, 1.0, -1.0
    right = np.empty(size + 1)
    right[:size] = F[0] - F  # γ is counted from F[0], so that near a solution the right side is small
    bordered[size, size] = right[size] = 0.0
    *_, step, info = lapack.dgesv(bordered, right, overwrite_a=True, overwrite_b=True)
    return step[:size] if info == 0 else None


def active_set_newton(
    problem: LimitProblem,
    y: Array,
    *,
    reach: float = 2.0,
    threshold: float = 1e-3,
    max_steps: int = 40,
    patience: float = 1.0,
) -> NewtonPoint | None:
    """Newton's method from y, repairing the active set; a solution of the limit equation or ``None``.

    Arguments:
      y: a point of the simplex, shape (G,).
      threshold: the first active set is the rows with at least this share of the largest weight.
      reach: give up once the iterate is farther than this (l1) from y.
      max_steps: Newton steps in all.
      patience: give up once so large a part of the rows leaves at one step.

    A returned point has y > 0 on its support and F_j >= γ up to rounding; the sign of γ is the caller's matter.
    """
    support = np.flatnonzero(y > threshold * np.maximum.reduce(y))
    x = restricted(y, support)
    previous, admitted = np.inf, 0
    for _ in range(max_steps):
        if len(support) > problem.X.shape[1] + 1:  # the bordered matrix has rank d + 2 at most
            return None
        F, J = problem.linearised(x, support)
        step = newton_step(F, J, support)
        if step is None:
            return None
        x[support] += step
        length = blas.dasum(step)
        if not length < 10.0 or blas.dasum(x - y) > reach:
            return None
        kept = x[support]
        if np.minimum.reduce(kept) <= 0:
            if np.count_nonzero(kept <= 0) > patience * len(kept):
                return None
            support = support[kept > 0]
            x, previous = restricted(x, support), np.inf
            continue
        if not _converged(length, previous):
            previous = length
            continue
        F = problem.F(x)
        gamma = float(np.add.reduce(F[support])) / len(support)
        if length > 1e-12 and np.abs(F[support] - gamma).max() > LEVEL * np.abs(F).max():
            previous = length  # the step that was thought to be the last was not
            continue
        entering = _entering(F, gamma, x) if len(support) < len(x) else support[:0]
        if not entering.size:
            return NewtonPoint(x, gamma, support, F, J)
        admitted += 1
        if admitted > 8:
            return None
        support = np.union1d(support, entering)
        x[entering] = 0.1 / len(x)
        x, previous = restricted(x, support), np.inf
    return None


def _entering(F: Array, gamma: float, x: Array) -> Array:
    """Rows without weight whose F is below γ by more than rounding."""
    return np.flatnonzero((gamma - 1e-12 * np.abs(F).max() > F) & (x == 0))


def restricted(y: Array, support: Array) -> Array:
    """The weights on the support alone, summing to 1."""
    x = np.zeros_like(y)
    x[support] = y[support] / y[support].sum()
    return x


def _converged(length: float, previous: float) -> bool:
    """At rounding level now, or the next quadratic step (≈ length·(length/previous²)·length) would be."""
    if length <= STEP_FLOOR or (length < 1e-12 and length >= previous):
        return True
    return bool(length < 1e-6 and length**3 <= STEP_FLOOR * previous**2)


SHARES = (1e-3, 1e-6, 1e-10)
"""Shares of the largest weight that count as support, tried in turn where weights span many scales."""


def newton_from_any_support(problem: LimitProblem, y: Array, *, reach: float) -> NewtonPoint | None:
    """:func:`active_set_newton` with ever smaller first active sets' thresholds, until one succeeds."""
    for share in SHARES:
        found = active_set_newton(problem, y, reach=reach, threshold=share)
        if found is not None:
            return found
    return None
