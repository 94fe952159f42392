"""Where a start leads: the flow until a fixed point is near and attracts, then Newton; or a cycle; or undecided.

:func:`solve` is the start-aware prediction.  A result is floating-point evidence; proof is
:mod:`marginproof.theory.proofs.krawczyk`'s part.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
from scipy.linalg import lapack

from marginproof.theory.errors import MarginproofError
from marginproof.theory.limit.flow import CoarseFlow, FineFlow, softmax, start_logits
from marginproof.theory.limit.implicit import ImplicitFlow
from marginproof.theory.limit.newton import SHARES, NewtonPoint, active_set_newton, newton_from_any_support
from marginproof.theory.limit.problem import (
    Limit,
    LimitProblem,
    Outcome,
    Stability,
    classify,
    complementarity_gap,
)
from marginproof.theory.limit.scaling import gamma_factor, rescaled, unit_scale
from marginproof.theory.limit.tiers import settle_tiers
from marginproof.theory.number_systems import Array
from marginproof.theory.threads import one_thread_if_small

LOOKS = 6
"""Successive sightings of one attracting candidate, each nearer, that count as settling on it."""
FORGOTTEN = -300.0
"""When every row that has some feature has lost this much log-weight (e^-300), tiers are looked for."""
VISIBLE, SAME_SPEED = 1e-8, 1e-6
"""Tied rows have at least this part of the largest weight among rows with the feature, and F equal to this part of max |F|."""
NEAR, CLOSE = 0.3, 1e-3
"""l1 distances on the simplex.  Within NEAR of a candidate it is taken if the field is monotone at
both ends (then Kullback–Leibler distance falls along the flow); within CLOSE, if its eigenvalues attract."""


@one_thread_if_small
def solve(problem: LimitProblem, start: Array | None = None, *, max_steps: int = 6_000) -> Limit:
    """The limit of the flow from w_0.

    Arguments:
      problem: data and field.
      start: w_0, shape (d,); zero by default.
      max_steps: accepted steps of the fine integrator before giving up.

    Returns:
      A :class:`~marginproof.theory.limit.problem.Limit`: a fixed point, a cycle (with the time-averaged direction, which
      is where w/‖w‖ goes), or undecided with the reason.

    Example:
      >>> import numpy as np
      >>> from marginproof.theory.fields import AdamProxyField
      >>> X = np.array([[5.0, 1.0], [1.0, 4.0]])
      >>> solve(LimitProblem(X, AdamProxyField())).direction.round(6)
      array([0.707107, 0.707107])
      >>> solve(LimitProblem(X, AdamProxyField()), np.array([0.0, 0.733])).weights.round(6)
      array([0.868826, 0.131174])
    """
    _check_start(problem, start)
    scale = unit_scale(problem.X)
    if scale != 1:
        return _solve_rescaled(problem, start, max_steps, scale)
    if problem.field.solved_by != "flow":
        from marginproof.theory.limit.sign_fields import solve_without_flow

        return solve_without_flow(problem, start)
    a = start_logits(problem, start)
    with np.errstate(all="ignore"):
        if problem.compressed:
            return _follow_coarse(problem, a) or _on_dense_rows(problem, start, max_steps)
        return _follow_coarse(problem, a) or _follow_fine(problem, a, max_steps)


def _on_dense_rows(problem: LimitProblem, start: Array | None, max_steps: int) -> Limit:
    """The finer flow needs all entries; where they are too many, say so."""
    size = 8 * problem.X.shape[0] * problem.X.shape[1]
    if size <= DENSE_BYTES:
        return solve(problem.dense(), start, max_steps=max_steps)
    reason = f"the flow did not settle in large steps, and for finer ones the rows would take {size / 2**20:,.0f} MiB"
    return _undecided(problem, start_logits(problem, start), reason)


DENSE_BYTES = 2**28
"""Size up to which sparse rows are made dense where large steps of the flow do not decide."""
MANY_ENTRIES = 10_000
"""G · d from which on implicit steps of the flow come before the fine ones."""
MANY_ROWS = 400
"""Distinct rows from which on a Newton step is dear: along the coarse flow it is tried only where the support looks settled."""
IMPLICIT_STEPS, MOST_STEPS = 500, 3000
"""Implicit steps over all rows before the fine flow takes over, and over however few; a limit takes 10 … 40, with very many
rows that hardly separate a thousand, most of them over few rows."""
WAIT = 4
"""Implicit steps before Newton's method is tried again on as many rows as it failed on."""
SETTLED = 0.02
"""The part of the support that may still leave in one step when Newton's method is tried."""


def _solve_rescaled(problem: LimitProblem, start: Array | None, max_steps: int, scale: Fraction) -> Limit:
    """The limit from data of unit size; X w stays, so the start is divided by the scale."""
    moved = None if start is None else np.asarray(start, dtype=np.float64) / float(scale)
    limit = solve(rescaled(problem, scale), moved, max_steps=max_steps)
    if not math.isfinite(limit.gamma):
        return limit
    return replace(limit, gamma=float(Fraction(limit.gamma) * gamma_factor(problem, scale)))


def _check_start(problem: LimitProblem, start: Array | None) -> None:
    d = problem.X.shape[1]
    if start is not None and np.shape(start) != (d,):
        raise MarginproofError(f"start has {np.size(start)} entries; the data have n_features={d}")


def _follow_coarse(problem: LimitProblem, a: Array) -> Limit | None:
    """A few cheap steps; accepts only a candidate that is near and monotone (the easy, common case)."""
    flow = CoarseFlow(problem, a)
    many, before = problem.n_unknowns * problem.X.shape[1] >= MANY_ENTRIES, problem.n_unknowns
    dear = many and problem.n_unknowns >= MANY_ROWS
    failed = 0
    for steps in (2, 4, 6, 12):
        y = flow.advance(steps)
        if not np.isfinite(y).all():
            return None
        kept = int(np.count_nonzero(y > 1e-3 * y.max())) if dear else 0
        leaving, before = before - kept, kept
        if dear and (leaving > SETTLED * kept or kept > problem.X.shape[1] + 1):
            continue  # rows still lose their weight, or are more than the equations F_i = γ can be
        if failed and kept > (1 - SETTLED) * failed:
            continue  # the same rows as when Newton's method threw many of them out
        found = active_set_newton(problem, y, reach=NEAR, patience=SETTLED if dear else 1.0)
        if found is not None and monotone(problem, found, y):
            return fixed_point(problem, found, Stability.ATTRACTING)
        failed = kept
    return _follow_implicit(problem, flow, failed) if many else None


def _follow_implicit(problem: LimitProblem, coarse: CoarseFlow, failed: int) -> Limit | None:
    """Implicit steps until the support has settled and Newton's method finds an attracting point nearby.

    Where it failed on so many rows and steps are dear, it is tried with about as many only after some more steps of the flow.
    """
    flow, before = ImplicitFlow(problem, coarse.logits, coarse.h), np.zeros(len(SHARES))
    dear = problem.n_unknowns >= MANY_ROWS
    thrown = {failed: 0}  # rows that it failed on, and after how many steps
    work, steps = 0.0, 0
    while work < IMPLICIT_STEPS and steps < MOST_STEPS:
        steps, work = steps + 1, work + flow.part
        if not flow.step():
            return None
        y, heaviest = flow.y, float(flow.y.max())
        kept = np.array([np.count_nonzero(y > share * heaviest) for share in SHARES])
        settled = (kept <= problem.X.shape[1] + 1) & (np.abs(kept - before) <= SETTLED * kept)
        settled[1:] &= kept[1:] > kept[:-1]
        before = kept
        for at in np.flatnonzero(settled):
            if any(
                steps < when + WAIT and abs(kept[at] - rows) <= SETTLED * rows
                for rows, when in thrown.items()
            ):
                continue
            found = active_set_newton(problem, y, reach=NEAR, threshold=SHARES[at], patience=SETTLED)
            if found is not None and _attracts(problem, found, y):
                return fixed_point(problem, found, Stability.ATTRACTING)
            if dear:
                thrown[int(kept[at])] = steps
    return None


def _attracts(problem: LimitProblem, found: NewtonPoint, y: Array) -> bool:
    """Whether the flow at y is drawn to the candidate: by monotonicity, or close by and by its eigenvalues."""
    if monotone(problem, found, y):
        return True
    near = float(np.abs(found.y - y).sum()) <= CLOSE
    return near and classify(problem, found.y, found.support) is Stability.ATTRACTING


def _follow_fine(problem: LimitProblem, a: Array, max_steps: int) -> Limit:
    flow, approach = FineFlow(problem, a), Approach()
    limit = approach.check(problem, flow.y)
    if limit is not None:
        return limit
    for step in range(1, max_steps + 1):
        if not flow.step():
            return _undecided(problem, flow.logits, "the flow could not be integrated further")
        if step % 10 == 0 or step in (1, 2, 5):
            limit = approach.check(problem, flow.y)
            if limit is not None:
                return limit
            lead = problem.leads(flow.logits)
            limit = settle_tiers(problem, flow.logits, CLOSE) if lead.min() < FORGOTTEN else None
            if limit is not None:
                return limit
        if step % 400 == 0:
            cycle = flow.find_cycle()
            if cycle is not None:
                return _cycle(problem, cycle.mean_weights, cycle.mean_direction, cycle.swing, cycle.period)
    reason = f"the flow neither settled nor closed a cycle by flow time {flow.time:.3g}"
    lead = problem.leads(flow.logits)
    if lead.min() < FORGOTTEN:
        reason = _forgotten(int(lead.argmin())) + _tied(problem, flow.logits, int(lead.argmin()))
    return _undecided(problem, flow.logits, reason)


class Approach:
    """Watches a flow come near one candidate: close by at once, or nearer and nearer over several looks.

    Rows off the support may lose their weight slowly, so that l1 closeness comes late; a candidate that
    attracts and is found again from ``LOOKS`` successive points, each nearer than the last, is taken too.
    """

    def __init__(self) -> None:
        self._last: Array | None = None
        self._distances: list[float] = []

    def check(self, problem: LimitProblem, y: Array) -> Limit | None:
        """The limit that the flow, now at y, has settled on; ``None`` so far."""
        found = newton_from_any_support(problem, y, reach=NEAR)
        if found is None:
            self._last = None
            return None
        distance = float(np.abs(found.y - y).sum())
        same = self._last is not None and float(np.abs(found.y - self._last).sum()) < 1e-8
        self._distances = [*self._distances, distance] if same else [distance]
        self._last = found.y
        nearer = self._distances[-LOOKS:]
        if distance > CLOSE and not (len(nearer) == LOOKS and nearer == sorted(nearer, reverse=True)):
            return None
        stability = classify(problem, found.y, found.support)
        if stability is Stability.ATTRACTING or distance < 1e-9:
            return fixed_point(problem, found, stability)
        return None


def _forgotten(feature: int) -> str:
    return (
        f"feature {feature + 1} (counted from 1) is zero on every row that keeps weight (q_k = 0 there), so its coordinate of u hangs on "
        "vanishing weights, which the limit equation does not see; direction is where the flow stood"
    )


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


def monotone(problem: LimitProblem, found: NewtonPoint, y: Array) -> bool:
    """Whether (J + Jᵀ)/2 is positive definite across the support's face at both points.

    Then d/dτ KL(y*‖y) = (y* - y)·(F(y) - F(y*)) < 0 between them, and rows off the support have F_j > γ.
    """
    off = found.y == 0
    if off.any() and float((found.F[off] - found.gamma).min()) <= 1e-9 * float(np.abs(found.F).max()):
        return False
    F, J = problem.linearised(y, found.support)
    if float((found.y - y) @ F) >= 0 or found.gamma <= 0:
        return False
    return _positive_definite(J) and _positive_definite(found.J)


def _positive_definite(J: Array) -> bool:
    """On vectors that sum to zero."""
    if len(J) == 1:
        return True
    against_last = J[:-1] - J[-1:]
    tangent = against_last[:, :-1] - against_last[:, -1:]
    factor, info = lapack.dpotrf(tangent + tangent.T, overwrite_a=True)
    return bool(info == 0 and math.isfinite(factor[-1, -1]))


def fixed_point(problem: LimitProblem, found: NewtonPoint, stability: Stability) -> Limit:
    """The Limit that a Newton candidate stands for, with honest reasons for the odd cases."""
    y = np.maximum(found.y, 0.0)
    u = problem.direction(y)
    active = (y > 0)[problem.groups] if problem.merged else y > 0
    reason = ""
    if stability is Stability.UNSTABLE:
        reason = "the start leads exactly onto an unstable fixed point; a small perturbation leaves it"
    elif stability is Stability.UNDECIDED:
        reason = "an eigenvalue or a slack F_j - γ is zero to working precision"
    limit = Limit(
        outcome=Outcome.FIXED_POINT,
        weights=problem.expand(y),
        direction=u / math.sqrt(u @ u),
        gamma=found.gamma,
        support=tuple(np.flatnonzero(active).tolist()),
        residual=complementarity_gap(found.F, y),
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


def _undecided(problem: LimitProblem, a: Array, reason: str) -> Limit:
    y = softmax(a)
    return _without_limit(
        problem, Outcome.UNDECIDED, y, problem.direction_at(a), reason + _gathered(problem, y)
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
    return Limit(
        outcome=outcome,
        weights=c,
        direction=u / np.linalg.norm(u),
        gamma=float(c @ F),
        support=tuple(int(i) for i in np.flatnonzero(c > 0)),
        residual=complementarity_gap(F, c),
        stability=Stability.UNDECIDED,
        reason=reason,
    )
