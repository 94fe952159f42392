"""What the theory of a constant step cannot answer, in one sentence each: settings, steps too long, data."""

from __future__ import annotations

import math

import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.limit.problem import Limit, LimitProblem
from marginproof.theory.limit.steps.newton import StepProblem
from marginproof.theory.number_systems import Array

FINEST = 1e-14
"""1 - β2'^K below this is rounding error: float64 cannot tell β2' from 1."""


def check_eta(eta: float) -> None:
    """Refuse a learning rate that is not a positive finite number."""
    if not (eta > 0 and math.isfinite(eta)):
        raise MarginproofError(f"lr={eta}: a constant learning rate is a positive number; choose e.g. 0.01")


def check_settings(problem: LimitProblem, eta: float) -> None:
    """Refuse a field without such a theory, betas outside it, and a bad learning rate."""
    check_eta(eta)
    field = problem.field.finite_betas(len(problem.X))
    if field is None:
        raise MarginproofError(
            f"field={type(problem.field).__name__}: constant steps have a theory for cyclic Adam with batches smaller than "
            "N, AdamProxy and normalised gradient descent; leave out lr for the limit of vanishing steps"
        )
    if not field.beta1**2 < field.beta2:
        raise MarginproofError(
            f"beta1={field.beta1}, beta2={field.beta2}: a constant step needs beta1^2 < beta2; raise beta2"
        )


def check_resolved(system: StepProblem, s: float) -> None:
    """Refuse a step at which float64 cannot tell β2' from 1."""
    if not s * s > FINEST:
        raise MarginproofError(
            f"lr={system.eta:g} is so large that the effective beta2 rounds to 1 (growth at the speed limit "
            f"{system.steps.limit:.4g} an epoch); choose a smaller lr, or adamproxy, whose field this is"
        )


def hidden_choice(system: StepProblem, rows: Array) -> str:
    """Why the data alone do not fix ĉ: affinely dependent rows of the support in different batches."""
    X = system.problem.floats[rows]
    if len(rows) <= X.shape[1] and not system.problem.merged:
        return ""  # generic: a singular Jacobian would have stopped Newton's method
    lifted = np.c_[X, np.ones(len(rows))]
    member = system.field.membership(len(system.problem.X))[rows]
    _, kept = np.unique(np.c_[lifted, member], axis=0, return_index=True)
    if np.linalg.matrix_rank(lifted[kept]) == len(kept):
        return ""
    return (
        "rows of the support are affinely dependent (equal rows in different batches, say), so how their weights "
        "are shared depends on the path within an epoch, which this equation leaves open"
    )


def lost_feature(system: StepProblem, flow: Limit) -> int | None:
    """A feature that is zero on every row that keeps weight, if there is one."""
    missing = ~(system.problem.floats[list(flow.support)] != 0).any(axis=0)
    return int(missing.argmax()) if missing.any() else None


def cause(system: StepProblem, flow: Limit, otherwise: str) -> str:
    """What about the data stood in the way, else the given reason."""
    lost = lost_feature(system, flow)
    if lost is not None:
        return (
            f"feature {lost + 1} (counted from 1) is zero on every row that keeps weight, so its "
            "coordinate of the field depends on vanishing weights; constant steps are predicted without such zeros"
        )
    return hidden_choice(system, np.array(flow.support)) or otherwise
