"""Where a constant step leads: (ĉ, γ̂) at given η, the effective betas, and how fast runs approach them.

:func:`solve_constant` follows the flow of the field at effective betas from the start, then solves for
(ĉ, γ̂) by Newton's method, and asks the derivative of the epoch map whether runs near there stay.
Which of several solutions a run with large steps ends at only the run itself can tell: the flow is the guide
here, as it is for vanishing steps.

Example:
  >>> from marginproof.theory.fields import IncAdamField
  >>> found = solve_constant(LimitProblem(np.array([[4.0, 1, 2], [1, 5, -1]]), IncAdamField()), 0.01)
  >>> found.outcome.value, round(found.growth, 6), round(found.contraction, 4)
  ('settles', 0.044292, 0.9978)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from marginproof.theory.limit.approach import NEAR, monotone
from marginproof.theory.limit.flow import CoarseFlow, softmax, start_logits
from marginproof.theory.limit.newton import NewtonPoint
from marginproof.theory.limit.problem import (
    Limit,
    LimitProblem,
    Outcome,
    Stability,
    complementarity_gap,
)
from marginproof.theory.limit.scaling import rescaled, unit_scale
from marginproof.theory.limit.solve import solve
from marginproof.theory.limit.steps.effective import effective_betas, effective_field
from marginproof.theory.limit.steps.epoch_map import periodic_state
from marginproof.theory.limit.steps.newton import StepCandidate, StepProblem, step_newton
from marginproof.theory.limit.steps.outcome import ConstantStep, StepOutcome, judged
from marginproof.theory.limit.steps.refusals import (
    FINEST,
    cause,
    check_resolved,
    check_settings,
    hidden_choice,
    lost_feature,
)
from marginproof.theory.number_systems import Array

BRIEF = 500
"""Steps of the flow after which a feature without weight is looked for, where the data have zero entries."""


def solve_constant(
    problem: LimitProblem, eta: float, start: Array | None = None, *, contraction: bool = True
) -> ConstantStep:
    """The relatively periodic run that a constant step leads to from w_0.

    Arguments:
      problem: data and Inc-Adam's field, fewer than N samples a batch.
      eta: η > 0.
      start: w_0, shape (d,); zero by default.
      contraction: whether to compute ρ (else it is nan and the outcome is that of the flow); on many rows that is
        the larger part of the work.

    Raises:
      MarginproofError: η not positive and finite, or so large that β2' rounds to 1; a field without such a theory.
    """
    check_settings(problem, eta)
    scale = unit_scale(problem.X)
    if scale != 1:
        moved = None if start is None else np.asarray(start, dtype=np.float64) / float(scale)
        unit = solve_constant(rescaled(problem, scale), eta / float(scale), moved, contraction=contraction)
        return replace(unit, eta=float(eta), limit=replace(unit.limit, gamma=unit.limit.gamma / float(scale)))
    with np.errstate(all="ignore"):
        return _solve(StepProblem(problem, float(eta)), start, contraction)


def _solve(system: StepProblem, start: Array | None, contraction: bool) -> ConstantStep:
    s = _first_guess(system, start)
    easy = _from_coarse_flow(system, start, s)
    if easy is not None:
        return _finished(system, easy, None, contraction)
    for _ in range(4):
        flow = _flow(system, s, start)
        if flow.outcome is Outcome.UNDECIDED:
            return _undecided(system, flow, s, cause(system, flow, flow.reason))
        totals = np.bincount(system.problem.groups, weights=flow.weights)
        guess = system.steps.balanced(flow.gamma) if flow.gamma > 0 else s
        starts = _around(totals) if flow.outcome is Outcome.CYCLE else (totals,)
        found = next((c for y in starts if (c := _newton(system, y, guess)) is not None), None)
        if found is None:
            return _undecided(
                system, flow, s, cause(system, flow, "Newton's method for (ĉ, γ̂) did not converge")
            )
        if flow.outcome is Outcome.CYCLE or float(np.abs(found.y - totals).sum()) < NEAR:
            return _finished(system, found, flow, contraction)
        s = found.s
    reason = "the flow at the effective betas and the solution they belong to disagree"
    return _undecided(system, flow, s, reason)


def _flow(system: StepProblem, s: float, start: Array | None) -> Limit:
    """Where the flow at s leads; a feature that loses all weight, which ends the matter here, is noticed early."""
    if (system.problem.floats == 0).any():
        brief = solve(system.at(s), start, max_steps=BRIEF)
        if brief.outcome is not Outcome.UNDECIDED or lost_feature(system, brief) is not None:
            return brief
    return solve(system.at(s), start)


def solution_near(problem: LimitProblem, eta: float, weights: Array, growth: float) -> ConstantStep | None:
    """The solution that a run is near, by its own weights and growth, or ``None``: no start is followed.

    Arguments:
      problem, eta: as for :func:`solve_constant`.
      weights: c_n E^{j(n)} at the visits of the rows, up to a factor, shape (N,).
      growth: of the margins, an epoch.
    """
    check_settings(problem, eta)
    system = StepProblem(problem, float(eta))
    below = min(max(growth, 1e-6 * system.steps.limit), system.steps.limit * (1 - 1e-9))
    s = math.sqrt(-math.expm1(2 * (below - system.steps.limit)))
    with np.errstate(all="ignore"):
        found = _newton(system, np.bincount(problem.groups, weights=weights / weights.sum()), s)
        return None if found is None else _finished(system, found, None, True)


def _from_coarse_flow(system: StepProblem, start: Array | None, s: float) -> StepCandidate | None:
    """The easy, common case: a few cheap steps of the flow, and a solution near by towards which it is monotone."""
    guessed = system.at(s)
    flow = CoarseFlow(guessed, start_logits(guessed, start))
    for steps in (2, 4, 6):
        y = flow.advance(steps)
        if not np.isfinite(y).all():
            return None
        found = step_newton(system, y, s, reach=NEAR)
        if found is not None and found.s * found.s > FINEST:
            at = system.at(found.s)
            F, J = at.linearised(found.y, found.support)
            level = float(F[found.support].mean())
            if monotone(at, NewtonPoint(found.y, level, found.support, F, J), y):
                return found
    return None


def _first_guess(system: StepProblem, start: Array | None) -> float:
    """s from the level that AdamProxy's field has at the start: positive, and near Inc-Adam's where β2' is near 1."""
    from marginproof.theory.fields import mean_gradient, per_sample_square

    problem = system.problem
    X, c = problem.floats, problem.expand(softmax(start_logits(problem, start)))
    m, q = mean_gradient(X, c), per_sample_square(X, c)
    level = float((m * m / np.sqrt(np.where(q > 0, q, 1.0))).sum()) / (1 - float(system.field.beta1))
    s = system.steps.balanced(max(level, 1e-300))
    check_resolved(system, s)
    return s


def _around(y: Array) -> Iterator[Array]:
    """Points to begin at where a cycle's mean is no good start: the mean, the centre, and halfway to each vertex."""
    centre = np.full(len(y), 1 / len(y))
    yield from (y, centre)
    for middle in (y, centre):
        yield from 0.5 * middle + 0.5 * np.eye(len(y))


def _newton(system: StepProblem, y: Array, s: float) -> StepCandidate | None:
    for share in (1e-3, 1e-6, 1e-10):
        found = step_newton(system, y, s, threshold=share)
        if found is not None:
            return found
    return None


def _finished(
    system: StepProblem, found: StepCandidate, flow: Limit | None, contraction: bool
) -> ConstantStep:
    """The record of a solution; ``flow`` is what led there, ``None`` where a coarse flow settled on it."""
    check_resolved(system, found.s)
    problem, steps = system.at(found.s), system.steps
    y = np.maximum(found.y, 0.0)
    c, u, factor = problem.expand(y), problem.direction(y), steps.factor(found.s)
    level = float(found.F[found.support].mean())
    rows = np.flatnonzero(c > 0)
    settles = flow is None or flow.outcome is Outcome.FIXED_POINT
    stability = Stability.ATTRACTING if settles else Stability.UNDECIDED
    limit = Limit.at(c, u, level, complementarity_gap(found.F, y), stability)
    trouble, radius = hidden_choice(system, rows), complex("nan")
    outcome, reason = StepOutcome.UNDECIDED, trouble
    if not trouble and not contraction:
        outcome = StepOutcome.SETTLES if settles else outcome
    elif not trouble:
        radius = leading_multiplier(system, c, factor * level, factor)
        outcome, reason = judged(radius, flow)
    return _with(system, limit, found.s, factor * level, outcome, abs(radius), reason)


def leading_multiplier(system: StepProblem, c: Array, growth: float, factor: float) -> complex:
    """The epoch map's largest multiplier at a solution: on the support, and the factors at which rows off it fade.

    Off the support r_j = c_j/c_p decays by e^{γ̂ - γ̂_j} an epoch, and its share of v by β2'^K.  ρ is its modulus.
    """
    X, steps = system.problem.floats, system.steps
    epoch, state = periodic_state(system.field, X, c, system.eta, growth, factor)
    leading = epoch.leading_multiplier(state)
    off = c == 0
    if off.any():
        E = float(np.exp(growth / steps.K))
        grown = factor * (X[off] @ effective_field(system.field, E)(X, c))
        memory = float(np.exp(2 * growth + steps.K * np.log(steps.beta2)))
        leading = max(leading, complex(np.exp(growth - grown.min())), complex(memory), key=abs)
    return leading


def _undecided(system: StepProblem, flow: Limit, s: float, reason: str) -> ConstantStep:
    return _with(system, flow, s, float("nan"), StepOutcome.UNDECIDED, float("nan"), reason)


def _with(
    system: StepProblem,
    limit: Limit,
    s: float,
    growth: float,
    outcome: StepOutcome,
    radius: float,
    reason: str,
) -> ConstantStep:
    steps = system.steps
    betas = effective_betas(steps.beta1, steps.beta2, steps.root(s))
    return ConstantStep(outcome, limit, system.eta, *betas, growth, steps.limit, radius, reason)
