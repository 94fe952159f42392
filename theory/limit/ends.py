"""What the end of a flow is recorded as: a fixed point, a cycle, or undecided, with the reason in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from marginproof.theory.limit.flow import softmax
from marginproof.theory.limit.newton import NewtonPoint
from marginproof.theory.limit.problem import Limit, LimitProblem, Outcome, Stability, complementarity_gap
from marginproof.theory.number_systems import Array

VISIBLE, SAME_SPEED = 1e-8, 1e-6
"""Tied rows have at least this part of the largest weight among rows with the feature, and F equal to this part of max |F|."""


def fixed_point(problem: LimitProblem, found: NewtonPoint, stability: Stability) -> Limit:
    """The Limit that a Newton candidate stands for, with honest reasons for the odd cases."""
    y = np.maximum(found.y, 0.0)
    u = problem.direction(y)
    reason = ""
    if stability is Stability.UNSTABLE:
        reason = "the start leads exactly onto an unstable fixed point; a small perturbation leaves it"
    elif stability is Stability.UNDECIDED:
        reason = "an eigenvalue or a slack F_j - γ is zero to working precision"
    gap = complementarity_gap(found.F, y)
    limit = Limit.at(problem.expand(y), u, found.gamma, gap, stability, reason=reason)
    if found.gamma <= 0:
        return replace(limit, outcome=Outcome.UNDECIDED, reason=f"γ={found.gamma:.3g} is not positive there")
    return limit


def cycling(problem: LimitProblem, y: Array, u: Array, swing: float, period: float) -> Limit:
    """The record of a limit cycle, from its time averages."""
    reason = (
        f"the loss weights circle (swing {swing:.3g}, period {period:.3g} in flow time; seen in floating point); "
        "direction is the time average, which w/‖w‖ approaches while u(c) never settles"
    )
    return _without_limit(problem, Outcome.CYCLE, y, u, reason)


def undecided(problem: LimitProblem, a: Array, reason: str) -> Limit:
    """The record of a flow that stands at log-weights a, with the reason why it says nothing."""
    y = softmax(a)
    return _without_limit(
        problem, Outcome.UNDECIDED, y, problem.direction_at(a), reason + _gathered(problem, y)
    )


def forgotten(problem: LimitProblem, a: Array, feature: int) -> str:
    """That a feature has lost the weight of all its rows, and which of these stay tied."""
    return (
        f"feature {feature + 1} (counted from 1) is zero on every row that keeps weight (q_k = 0 there), so its coordinate of u hangs on "
        "vanishing weights, which the limit equation does not see; direction is where the flow stood"
    ) + _tied(problem, a, feature)


def _tied(problem: LimitProblem, a: Array, feature: int) -> str:
    """Which rows that have the feature lose weight equally fast: the ratio of their weights, and so u, hangs on the start."""
    rows = problem.floats[problem.representatives]
    F = rows @ problem.direction_at(a)
    having = np.flatnonzero(rows[:, feature])
    heavy = having[a[having] > a[having].max() + np.log(VISIBLE)]
    level = F[heavy[np.argmax(a[heavy])]]
    tied = heavy[np.abs(F[heavy] - level) <= SAME_SPEED * np.abs(F).max()]
    if len(tied) < 2:
        return ""
    first = ", ".join(str(problem.representatives[j] + 1) for j in tied)
    return (
        f"; rows {first} (distinct ones, counted from 1) are tied there: they lose weight equally fast, so the ratio of their "
        "weights, and with it that coordinate, depends on the start"
    )


def _gathered(problem: LimitProblem, y: Array) -> str:
    """Why a flow may stall: with the weight in one batch, Inc-Adam's field is nearly sign(G), which jumps."""
    member = problem.field.membership(len(problem.X))
    if member is None:
        return ""
    shares = np.bincount(member, weights=problem.expand(y))
    if len(shares) == 1 or shares.max() < 0.99:
        return ""
    return (
        f"; batch {int(shares.argmax()) + 1} (counted from 1) has {shares.max():.4f} of the weight, and there the field is nearly sign(G), which jumps: "
        "compare the l_inf direction with a simulated run"
    )


def _without_limit(problem: LimitProblem, outcome: Outcome, y: Array, u: Array, reason: str) -> Limit:
    F = problem.floats @ u
    c = problem.expand(y)
    return Limit.at(
        c, u, float(c @ F), complementarity_gap(F, c), Stability.UNDECIDED, outcome, reason=reason
    )
