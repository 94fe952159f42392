"""What the end of a flow is recorded as: a fixed point, a cycle, or undecided, with the reason in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from marginproof.theory.limit.flow import softmax
from marginproof.theory.limit.newton import NewtonPoint
from marginproof.theory.limit.problem import Limit, LimitProblem, Outcome, Stability, complementarity_gap
from marginproof.theory.limit.stability import classify
from marginproof.theory.number_systems import Array

VISIBLE = 1e-8
"""Rows whose weights are not yet this far apart keep their ratio."""
SAME_SPEED = 1e-6
"""F that agree to this part of max |F| count as equal."""
NEARLY = 1e-3
"""F that agree to this part of max |F| count as nearly equal."""
SEEN = 1e-12
"""Where nothing is decided, rows of smaller weight are not named as support."""


def fixed_point(problem: LimitProblem, found: NewtonPoint, stability: Stability) -> Limit:
    """The Limit that a Newton candidate stands for; its ``reason`` says what is in doubt where anything is."""
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


def standing(problem: LimitProblem, a: Array) -> Limit:
    """The record of a start at which all rows have the same F: the weights stay, and w goes straight along u(c)."""
    y, every = softmax(a), np.arange(len(a))
    F, J = problem.linearised(y, every)
    stability = classify(problem, y, every)
    limit = fixed_point(problem, NewtonPoint(y, float(y @ F), every, F, J), stability)
    if stability is not Stability.UNDECIDED or limit.outcome is not Outcome.FIXED_POINT:
        return limit
    reason = "all rows have the same F at the start, so the weights stay as they are; whether they would come back to these is not decided"
    return replace(limit, reason=reason)


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


def forgotten(problem: LimitProblem, a: Array, features: Array) -> str:
    """That features have lost the weight of all their rows, named by the first whose rows stay tied, and which these are."""
    F = problem.floats[problem.representatives] @ problem.direction_at(a)
    found = ((int(k), _tied(problem, a, F, int(k), features)) for k in features)
    feature, tied = next(((k, rows) for k, rows in found if rows), (int(features[0]), ""))
    return (
        f"feature {feature + 1} (counted from 1) is zero on every row that keeps weight (q_k = 0 there), so its coordinate of u hangs on "
        "vanishing weights, which the limit equation does not see; direction is where the flow stood"
    ) + tied


def _tied(problem: LimitProblem, a: Array, F: Array, feature: int, features: Array) -> str:
    """Which rows that have the feature lose weight equally fast, and what hangs on the start then; F on the distinct rows there."""
    rows = problem.floats[problem.representatives]
    having = np.flatnonzero(rows[:, feature])
    apart = np.abs(F - F[having[np.argmax(a[having])]]) / np.abs(F).max()
    tied = having[apart[having] <= NEARLY]
    if len(tied) < 2:
        return ""
    named = f"; rows {', '.join(str(problem.representatives[j] + 1) for j in tied)} (distinct ones, counted from 1)"
    if (widest := float(apart[tied].max())) > SAME_SPEED:
        return f"{named} may be tied there: their F agree to {widest:.0e}"
    if np.ptp(a[tied]) > -np.log(VISIBLE):
        return f"{named} have equal F in the limit itself, a borderline case that floating point cannot tell from a tie"
    said = f"{named} are tied there: they lose weight equally fast"
    lead = problem.leads(a)
    together = features[np.abs(lead[features] - lead[feature]) < -np.log(VISIBLE)]
    if _fixed_by_equal_F(rows[np.ix_(tied, together)]):
        return f"{said}, which fixes the coordinates that they decide, while the ratio of their weights depends on the start"
    return f"{said}, so the ratio of their weights, and with it that coordinate, depends on the start"


def _fixed_by_equal_F(rows: Array) -> bool:
    """Whether u on some columns, and the level, are the only ones at which given rows have equal F."""
    used = rows[:, (rows != 0).any(axis=0)]
    level = -np.ones((len(rows), 1))
    return bool(np.linalg.matrix_rank(np.hstack([used, level])) == used.shape[1] + 1)


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
        c, u, float(c @ F), complementarity_gap(F, c), Stability.UNDECIDED, outcome, reason=reason, seen=SEEN
    )
