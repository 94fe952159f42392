"""Where a start leads: the flow until a fixed point is near and attracts, then Newton; or a cycle; or undecided.

:func:`solve` is the start-aware prediction.  A result is floating-point evidence; proof is
:mod:`marginproof.theory.proofs.krawczyk`'s part.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np

from marginproof.theory.arguments import start_of
from marginproof.theory.limit.approach import CLOSE, Approach
from marginproof.theory.limit.ends import cycling, forgotten, undecided
from marginproof.theory.limit.flow import FineFlow, start_logits
from marginproof.theory.limit.large_steps import follow_coarse
from marginproof.theory.limit.problem import Limit, LimitProblem
from marginproof.theory.limit.scaling import gamma_factor, rescaled, unit_scale
from marginproof.theory.limit.tiers import settle_tiers
from marginproof.theory.number_systems import Array
from marginproof.theory.threads import one_thread_if_small

FORGOTTEN = -300.0
"""When every row that has some feature has lost this much log-weight (e^-300), tiers are looked for."""
DENSE_BYTES = 2**28
"""Size up to which sparse rows are made dense where large steps of the flow do not decide."""


@one_thread_if_small
def solve(problem: LimitProblem, start: Array | None = None, *, max_steps: int = 6_000) -> Limit:
    """The limit of the flow from w_0.

    Arguments:
      problem: data and field.
      start: w_0, shape (d,); zero by default.
      max_steps: accepted steps of the fine integrator before giving up.

    Returns:
      A :class:`~marginproof.theory.limit.limit.Limit`: a fixed point, a cycle (with the time-averaged direction, which
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
    start = start_of(start, problem.X.shape[1])
    scale = unit_scale(problem.X)
    if scale != 1:
        return _solve_rescaled(problem, start, max_steps, scale)
    if problem.field.solved_by != "flow":
        from marginproof.theory.limit.sign_fields import solve_without_flow

        return solve_without_flow(problem, start)
    a = start_logits(problem, start)
    with np.errstate(all="ignore"):
        if problem.compressed:
            return follow_coarse(problem, a) or _on_dense_rows(problem, start, max_steps)
        return follow_coarse(problem, a) or _follow_fine(problem, a, max_steps)


def _on_dense_rows(problem: LimitProblem, start: Array | None, max_steps: int) -> Limit:
    """The finer flow needs all entries; where they are too many, say so."""
    size = 8 * problem.X.shape[0] * problem.X.shape[1]
    if size <= DENSE_BYTES:
        return solve(problem.dense(), start, max_steps=max_steps)
    reason = f"the flow did not settle in large steps, and for finer ones the rows would take {size / 2**20:,.0f} MiB"
    return undecided(problem, start_logits(problem, start), reason)


def _solve_rescaled(problem: LimitProblem, start: Array | None, max_steps: int, scale: Fraction) -> Limit:
    """The limit from data of unit size; X w stays, so the start is divided by the scale."""
    moved = None if start is None else start / float(scale)
    limit = solve(rescaled(problem, scale), moved, max_steps=max_steps)
    if not math.isfinite(limit.gamma):
        return limit
    return replace(limit, gamma=float(Fraction(limit.gamma) * gamma_factor(problem, scale)))


def _follow_fine(problem: LimitProblem, a: Array, max_steps: int) -> Limit:
    flow, approach = FineFlow(problem, a), Approach()
    limit = approach.check(problem, flow.y)
    if limit is not None:
        return limit
    for step in range(1, max_steps + 1):
        if not flow.step():
            return undecided(problem, flow.logits, "the flow could not be integrated further")
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
                return cycling(problem, cycle.mean_weights, cycle.mean_direction, cycle.swing, cycle.period)
    reason = f"the flow neither settled nor closed a cycle by flow time {flow.time:.3g}"
    lead = problem.leads(flow.logits)
    if lead.min() < FORGOTTEN:
        reason = forgotten(problem, flow.logits, np.flatnonzero(lead < FORGOTTEN))
    return undecided(problem, flow.logits, reason)
