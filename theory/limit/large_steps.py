"""The flow in large steps, which most starts need no more than: cheap explicit ones, and for many rows implicit ones.

A limit is taken only where Newton's method finds a point nearby to which the flow is surely drawn; else finer steps decide.
"""

from __future__ import annotations

import numpy as np

from marginproof.theory.limit.approach import NEAR, attracts, monotone
from marginproof.theory.limit.ends import fixed_point, standing
from marginproof.theory.limit.flow import CoarseFlow
from marginproof.theory.limit.implicit import ImplicitFlow
from marginproof.theory.limit.newton import SHARES, active_set_newton
from marginproof.theory.limit.problem import Limit, LimitProblem, Stability
from marginproof.theory.number_systems import Array

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


def follow_coarse(problem: LimitProblem, a: Array) -> Limit | None:
    """A few cheap steps; accepts only a candidate that is near and monotone (the easy, common case)."""
    flow = CoarseFlow(problem, a)
    if flow.still:
        return standing(problem, a)
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
            if found is not None and attracts(problem, found, y):
                return fixed_point(problem, found, Stability.ATTRACTING)
            if dear:
                thrown[int(kept[at])] = steps
    return None
