"""Where a start leads: the flow until a fixed point is near and attracts, then Newton; or a cycle; or undecided.

:func:`solve` is the start-aware prediction.  A result is floating-point evidence; proof is
:mod:`theory.enclosure`'s part.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from theory.errors import MarginproofError
from theory.fields import GD, CyclicSignum, Sign
from theory.flow import CoarseFlow, FineFlow, start_logits
from theory.limit import Limit, LimitProblem, Outcome, Stability, classify, residual
from theory.newton import Candidate, active_set_newton
from theory.numbers import Array

NEAR, CLOSE = 0.3, 1e-3
"""l1 distances on the simplex.  Within NEAR of a candidate it is taken if the field is monotone at
both ends (then Kullback–Leibler distance falls along the flow); within CLOSE, if its eigenvalues attract."""


def solve(problem: LimitProblem, start: Array | None = None, *, max_steps: int = 20_000) -> Limit:
    """The limit of the flow from w_0.

    Arguments:
      problem: data and field.
      start: w_0, shape (d,); zero by default.
      max_steps: accepted steps of the fine integrator before giving up.

    Returns:
      A :class:`~theory.limit.Limit`: a fixed point, a cycle (with the time-averaged direction, which
      is where w/‖w‖ goes), or undecided with the reason.

    Example:
      >>> import numpy as np
      >>> from theory.fields import AdamProxy
      >>> X = np.array([[5.0, 1.0], [1.0, 4.0]])
      >>> solve(LimitProblem(X, AdamProxy())).direction.round(6)
      array([0.707107, 0.707107])
      >>> solve(LimitProblem(X, AdamProxy()), np.array([0.0, 0.733])).weights.round(6)
      array([0.868826, 0.131174])
    """
    _check_start(problem, start)
    if isinstance(problem.field, GD | Sign | CyclicSignum):
        from theory.piecewise import solve_without_flow

        return solve_without_flow(problem, start)
    a = start_logits(problem, start)
    with np.errstate(all="ignore"):
        return _follow_coarse(problem, a) or _follow_fine(problem, a, max_steps)


def _check_start(problem: LimitProblem, start: Array | None) -> None:
    d = problem.X.shape[1]
    if start is not None and np.shape(start) != (d,):
        raise MarginproofError(f"start has {np.size(start)} entries; the data have n_features={d}")


def _follow_coarse(problem: LimitProblem, a: Array) -> Limit | None:
    """A few cheap steps; accepts only a candidate that is near and monotone (the easy, common case)."""
    flow = CoarseFlow(problem, a)
    for steps in (3, 3, 6, 12):
        y = flow.advance(steps)
        if not np.isfinite(y).all():
            return None
        found = active_set_newton(problem, y, reach=NEAR)
        if found is not None and _monotone(problem, found, y):
            return fixed_point(problem, found, Stability.ATTRACTING)
    return None


def _follow_fine(problem: LimitProblem, a: Array, max_steps: int) -> Limit:
    flow = FineFlow(problem, a)
    for step in range(1, max_steps + 1):
        if not np.isfinite(problem.F(flow.y)).all():
            return _undecided(problem, flow.y, _why_not_finite(problem, flow.y))
        try:
            flow.step()
        except RuntimeError:
            return _undecided(problem, flow.y, "the flow could not be integrated further")
        if step % 10 == 0 or step in (1, 2, 5):
            limit = _settled(problem, flow.y)
            if limit is not None:
                return limit
        if step % 400 == 0:
            cycle = flow.find_cycle()
            if cycle is not None:
                return _cycle(problem, cycle.mean_weights, cycle.mean_direction, cycle.swing, cycle.period)
    return _undecided(problem, flow.y, f"the flow neither settled nor closed a cycle by flow time {flow.time:.3g}")


def _settled(problem: LimitProblem, y: Array) -> Limit | None:
    found = active_set_newton(problem, y, reach=CLOSE)
    if found is None:
        return None
    distance = float(np.abs(found.y - y).sum())
    stability = classify(problem, found.y, found.support)
    if stability is Stability.ATTRACTING or distance < 1e-9:
        return fixed_point(problem, found, stability)
    return None


def _monotone(problem: LimitProblem, found: Candidate, y: Array) -> bool:
    """Whether (J + Jᵀ)/2 is positive definite across the support's face at both points.

    Then d/dτ KL(y*‖y) = (y* - y)·(F(y) - F(y*)) < 0 between them, and rows off the support have F_j > γ.
    """
    off = found.y == 0
    scale = float(np.abs(found.F).max())
    if off.any() and float((found.F[off] - found.gamma).min()) <= 1e-9 * scale:
        return False
    if float((found.y - y) @ problem.F(y)) >= 0 or found.gamma <= 0:
        return False
    return all(_positive_definite(problem.jacobian(point, support=found.support)) for point in (found.y, y))


def _positive_definite(J: Array) -> bool:
    """On vectors that sum to zero."""
    if len(J) == 1:
        return True
    against_last = J[:-1] - J[-1:]
    tangent = against_last[:, :-1] - against_last[:, -1:]
    try:
        np.linalg.cholesky(tangent + tangent.T)
    except np.linalg.LinAlgError:
        return False
    return True


def fixed_point(problem: LimitProblem, found: Candidate, stability: Stability) -> Limit:
    """The Limit that a Newton candidate stands for, with honest reasons for the odd cases."""
    y = np.maximum(found.y, 0.0)
    u = problem.direction(y)
    active = (y > 0)[problem.groups]
    reason = ""
    if stability is Stability.UNSTABLE:
        reason = "the start leads exactly onto an unstable fixed point; a small perturbation leaves it"
    elif stability is Stability.UNDECIDED:
        reason = "an eigenvalue or a slack F_j - γ is zero to working precision"
    limit = Limit(
        outcome=Outcome.FIXED_POINT,
        weights=problem.expand(y),
        direction=u / np.linalg.norm(u),
        gamma=found.gamma,
        support=tuple(int(i) for i in np.flatnonzero(active)),
        residual=residual(problem, y),
        stability=stability,
        reason=reason,
    )
    if found.gamma <= 0:
        return replace(limit, outcome=Outcome.UNDECIDED, reason=f"γ={found.gamma:.3g} is not positive there")
    return limit


def _cycle(problem: LimitProblem, y: Array, u: Array, swing: float, period: float) -> Limit:
    reason = (
        f"the loss weights circle (swing {swing:.3g}, period {period:.3g} in flow time; seen in floating point); "
        "direction is the time average, which w/‖w‖ approaches while u(c) never settles"
    )
    return _without_limit(problem, Outcome.CYCLE, y, u, reason)


def _undecided(problem: LimitProblem, y: Array, reason: str) -> Limit:
    return _without_limit(problem, Outcome.UNDECIDED, y, problem.direction(y), reason)


def _without_limit(problem: LimitProblem, outcome: Outcome, y: Array, u: Array, reason: str) -> Limit:
    return Limit(
        outcome=outcome,
        weights=problem.expand(y),
        direction=u / np.linalg.norm(u),
        gamma=float(y @ problem.F(y)),
        support=tuple(int(i) for i in np.flatnonzero(problem.expand(y) > 0)),
        residual=residual(problem, y),
        stability=Stability.UNDECIDED,
        reason=reason,
    )


def _why_not_finite(problem: LimitProblem, y: Array) -> str:
    c = problem.expand(y)
    empty = np.flatnonzero(np.abs(problem.floats.T) @ c < 1e-150)
    if empty.size:
        return (
            f"feature {int(empty[0])} is zero on every row that keeps weight (q_k = 0), so its "
            "direction depends on vanishing weights; drop such features or add a sample that has them"
        )
    return "the field is not finite along the flow"
