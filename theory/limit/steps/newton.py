"""Newton's method for (ĉ, γ̂): κ F_i = γ̂ on the support, Σ y = 1, F the field's at effective betas.

The unknowns are the weights on an active set and s (:mod:`marginproof.theory.limit.steps.growth`), kept inside
(0, √(1-β2^K)).  A factored Jacobian is used again while corrections shrink tenfold: on many rows it is the
larger part of the work, and the column for s is kept when only the active set has changed.  The active set is
repaired as for the limit equation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import numpy as np
from scipy.linalg import lapack

from marginproof.theory.fields import IncAdamField
from marginproof.theory.limit.newton import STEP_FLOOR, restricted
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.steps.effective import effective_field, growth_slope
from marginproof.theory.limit.steps.growth import AdamSteps
from marginproof.theory.number_systems import Array


@dataclass(frozen=True)
class StepProblem:
    """Data and Inc-Adam's settings at a constant step.

    Arguments:
      problem: data and Inc-Adam's field at the algorithm's own betas.
      eta: η > 0.
    """

    problem: LimitProblem
    eta: float

    @property
    def field(self) -> IncAdamField:
        """Inc-Adam's field at its own betas."""
        return cast(IncAdamField, self.problem.field)

    @cached_property
    def steps(self) -> AdamSteps:
        """The scalar settings."""
        K = len(self.problem.X) // self.field.batch_size
        return AdamSteps(self.eta, float(self.field.beta1), float(self.field.beta2), K)

    def at(self, s: float) -> LimitProblem:
        """The limit equation at the effective betas; what depends on the data alone is not computed again."""
        known = {name: getattr(self.problem, name) for name in ("floats", "groups", "n_unknowns", "merged")}
        found = replace(self.problem, field=effective_field(self.field, self.steps.root(s)))
        found.__dict__.update(known)
        return found


@dataclass(frozen=True)
class StepCandidate:
    """A point at which Newton's method stopped moving: y, shape (G,), s, the active rows, and F(y)."""

    y: Array
    s: float
    support: Array
    F: Array


def step_newton(
    system: StepProblem, y: Array, s: float, *, reach: float = 2.0, threshold: float = 1e-3, most: int = 60
) -> StepCandidate | None:
    """A solution (ĉ, γ̂) near (y, s), or ``None``.

    Arguments:
      y, s: where to begin; y on the simplex, shape (G,).
      reach: give up once the weights are farther than this (l1) from y.
      threshold: the first active set is the rows with at least this share of the largest weight.
      most: steps in all.
    """
    support = np.flatnonzero(y > threshold * y.max())
    x, factors, du, previous, admitted = restricted(y, support), None, None, np.inf, 0
    for _ in range(most):
        now = system.at(s)
        if factors is not None:
            F = now.F(x)
        else:
            F, J = now.linearised(x, support)
            if du is None:
                du = growth_slope(cast(IncAdamField, now.field), now.floats, now.expand(x))
            factors = _factored(system, s, F, J, du, support)
            if factors is None:
                return None
        step = _solved(factors, _residual(system, F[support], x, s, support))
        s, cut = _inside(s, step[-1], system.steps.top)
        x[support] += cut * step[:-1]
        length = float(np.abs(step[:-1]).sum() + abs(step[-1]) / system.steps.top)
        if not length < 10.0 or np.abs(x - y).sum() > reach:
            return None
        if x[support].min() <= 0:
            support = support[x[support] > 0]
            x, factors, previous = restricted(x, support), None, np.inf
            continue
        if not _converged(length, previous):
            if not (length < 0.1 * previous and cut == 1):
                factors = du = None
            previous = length if cut == 1 else np.inf
            continue
        F = system.at(s).F(x)
        low = F[support].mean() - 1e-12 * np.abs(F).max()
        entering = np.flatnonzero((low > F) & (x == 0))
        if not entering.size:
            return StepCandidate(x, s, support, F)
        admitted += 1
        if admitted > 8:
            return None
        support = np.union1d(support, entering)
        x[entering] = 0.1 / len(x)
        x, factors, previous = restricted(x, support), None, np.inf
    return None


def _residual(system: StepProblem, F: Array, x: Array, s: float, support: Array) -> Array:
    steps = system.steps
    return np.append(steps.growth(s) - steps.factor(s) * F, 1.0 - x[support].sum())


def _factored(
    system: StepProblem, s: float, F: Array, J: Array, du: Array, support: Array
) -> tuple[Array, Array] | None:
    """LU factors of the derivative of (κ F_S - γ̂, Σ y - 1) by (y_S, s); ``None`` where it is singular."""
    steps, size = system.steps, len(support)
    if not size:
        return None
    growth, factor = steps.slopes(s)
    matrix = np.zeros((size + 1, size + 1), order="F")
    matrix[:size, :size] = steps.factor(s) * J
    rows = system.problem.floats[system.problem.representatives[support]]
    matrix[:size, size] = factor * F[support] + growth * (steps.factor(s) * (rows @ du) - 1.0)
    matrix[size, :size] = 1.0
    lu, pivots, info = lapack.dgetrf(matrix, overwrite_a=True)
    return (lu, pivots) if info == 0 and np.isfinite(lu).all() else None


def _solved(factors: tuple[Array, Array], right: Array) -> Array:
    return np.asarray(lapack.dgetrs(*factors, right)[0])


def _inside(s: float, step: float, top: float) -> tuple[float, float]:
    """(s + step, 1), or the way to 9/10 of the end that the step would pass, and the part of the step taken."""
    if 0.0 < s + step < top:
        return s + step, 1.0
    room = 0.9 * (top - s if step > 0 else s)
    return s + float(np.copysign(room, step)), float(room / abs(step))


def _converged(length: float, previous: float) -> bool:
    """At rounding level, or the next correction (this one over as far as the last one shrank) would be."""
    if length <= STEP_FLOOR or (length < 1e-12 and length >= previous):
        return True
    return bool(length < 1e-6 and length * length <= STEP_FLOOR / 32 * previous)
