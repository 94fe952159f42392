"""Constant steps without memory: AdamProxy and normalised gradient descent.

A step w ← w + η u(c) depends on the present weights alone, so the direction does not depend on η: it is the
limit equation's at any η.  What η decides is whether the map b ↦ b - η (F_n - F_p) of log-ratios attracts: its
multipliers are 1 + η λ with λ the replicator's eigenvalues (:func:`~marginproof.theory.limit.stability.replicator_matrix`),
and e^{-η(F_j - γ)} for a row j off the support.  For u = m/‖m‖₂ they are those of u = m with η/‖m‖₂ for η, since
all x_i·m are equal on the support.

Example:
  >>> from marginproof.theory.fields import AdamProxyField
  >>> problem = LimitProblem(np.array([[4.0, 1, 2], [1, 5, -1]]), AdamProxyField())
  >>> [round(solve_memoryless(problem, eta).contraction, 4) for eta in (0.01, 0.5)]
  [0.9905, 0.5227]
"""

from __future__ import annotations

import math

import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.limit.problem import Limit, LimitProblem, Outcome
from marginproof.theory.limit.solve import solve
from marginproof.theory.limit.stability import replicator_matrix
from marginproof.theory.limit.steps.outcome import ConstantStep, StepOutcome, judged
from marginproof.theory.limit.steps.refusals import check_eta
from marginproof.theory.number_systems import Array


def solve_memoryless(problem: LimitProblem, eta: float, start: Array | None = None) -> ConstantStep:
    """AdamProxy, or gradient descent normalised by ‖m‖₂, at a constant step from w_0.

    Arguments:
      problem: data and AdamProxy's or GD's field.
      eta, start: η > 0, and w_0, shape (d,), zero by default.

    Raises:
      MarginproofError: η not positive and finite; another field.
    """
    check_eta(eta)
    if not problem.field.memoryless:
        raise MarginproofError(
            f"field={type(problem.field).__name__} is not that of AdamProxy or gradient descent, the optimizers "
            "without memory whose constant steps have a theory"
        )
    limit = solve(problem, start)
    if limit.outcome is Outcome.UNDECIDED:
        return _record(limit, eta, math.nan, math.nan, StepOutcome.UNDECIDED, limit.reason)
    if limit.outcome is Outcome.CYCLE:
        reason = f"a run circles at every small step, as the flow does: {limit.reason}"
        return _record(limit, eta, eta * limit.gamma, math.nan, StepOutcome.UNSTABLE, reason)
    multiplier = _leading_multiplier(problem, limit, eta)
    outcome, reason = judged(multiplier, None)
    return _record(limit, eta, eta * limit.gamma, abs(multiplier), outcome, reason)


def _leading_multiplier(problem: LimitProblem, limit: Limit, eta: float) -> complex:
    y = np.bincount(problem.groups, weights=limit.weights)
    support = np.flatnonzero(y > 0)
    length = problem.field.normalised(problem.field(problem.floats, limit.weights))
    found = [0j, *(1 + eta / length * np.linalg.eigvals(replicator_matrix(problem, y, support)))]
    slack = np.delete(problem.F(y), support) / length - limit.gamma
    found.extend(np.exp(-eta * slack))
    return complex(max(found, key=abs))


def _record(
    limit: Limit, eta: float, growth: float, radius: float, outcome: StepOutcome, reason: str
) -> ConstantStep:
    return ConstantStep(outcome, limit, float(eta), None, None, growth, math.inf, radius, reason)
