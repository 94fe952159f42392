"""Limit predictions L1–L4, L6–L8 on runs (L5 apart, in :mod:`marginproof.properties.checks.reshuffled`): tolerances from the run's own measured rates, never a bare constant.

*Directions* (smooth fields: Inc-Adam, AdamProxy, GD).  As η → 0 the iterates follow dw/dτ = κ u(c) from w_0 = 0,
which is integrated by RK4 over the run's own flow time τ = Σ η.  Measured and predicted direction are
those of w_T - w_{T/2}, so the offset of the start drops out.  Halving η at the same τ changes the measured
one by about half its error (the error is O(η)); one halving may happen to move it little, so the tolerance
is four times the larger of two successive changes, plus RK4's own change under halving, plus rounding.  Where the flow itself has come within :data:`RESOLVED` of the
limit equation's solution, the limit is confirmed to that accuracy; the count of these is kept.

*Margins* (sign fields: full-batch Adam, Signum).  The argument of B2 and B5 gives, as η → 0,
min_i x_i·w / Σ η >= γ_∞ - δ(β) - Φ(0)/Σ η with Φ(0) = log N or log(2^N - 1); what η > 0 costs is again
four times the larger change under two halvings of it.

Where a tolerance is too wide to fail, the example counts as vacuous.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import Check, needs_steps
from marginproof.properties.checks.eps_cut import cut_note, eps_moves, eps_share, finer, windows
from marginproof.properties.checks.flows import OptimizerFlow, flow_of, second_half
from marginproof.properties.checks.long_cases import (
    any_batch,
    diagonal,
    full_batch,
    per_sample,
    reshuffled_or_not,
    sr,
)
from marginproof.properties.checks.margin_bounds import l2_direction, linf_lower
from marginproof.properties.checks.running import drive
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.theory.batching import Reshuffled
from marginproof.theory.bounds.comparison import Comparison, not_finite
from marginproof.theory.bounds.margin_bounds import Trajectory
from marginproof.theory.bounds.signum import delta_cyclic, delta_reshuffled
from marginproof.theory.limit.problem import LimitProblem, Outcome
from marginproof.theory.limit.solve import solve

RESOLVED = 0.05
"""A direction known to 0.05 (3 degrees) has been told apart from another."""
LOOSE = 0.5
"""A margin bound below half of γ_∞ counts as vacuous."""


def measure(subject: OptimizerUnderTest, case: Case) -> tuple[np.ndarray, float]:
    """The direction at a quarter of the step, and the larger of the moves of two successive halvings."""
    half, end = windows(case)
    coarse, middle, fine = (
        second_half(drive(subject, finer(case, k)).run.W, k * half, k * end) for k in (1, 2, 4)
    )
    return fine, max(float(np.linalg.norm(fine - middle)), float(np.linalg.norm(middle - coarse)))


def direction(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """The measured direction against the flow's, and the flow's against the limit."""
    _, end = windows(case)
    measured, change = measure(subject, case)
    if not np.isfinite(measured).all():
        broken = not_finite(drive(subject, case).run.W, "w")
        if broken is not None:
            return broken
    flow, length = flow_of(subject, case), float(case.eta0) * end
    return against_the_flow(
        subject, case, flow, length, measured, 4 * change, lambda: eps_moves(subject, case)
    )


def against_the_flow(
    subject: OptimizerUnderTest,
    case: Case,
    flow: OptimizerFlow,
    length: float,
    measured: np.ndarray,
    moved: float,
    further: Callable[[], float] = lambda: 0.0,
) -> Comparison:
    """A measured direction of the second half of a run against the flow's, and that against its limit.

    Arguments:
      length: the flow time Σ η of the run.
      moved: what the run's own discreteness allows, from its measured rates.
      further: what else is allowed; it is work to find out, and looked at where the direction is off by more than the rest.
    """
    path = flow.path(case.X, case.loss, length, 200)
    rough = second_half(flow.path(case.X, case.loss, length, 100), 50, 100)
    sharp, before = second_half(path, 100, 200), second_half(path, 50, 100)
    allowed = moved + 2 * float(np.linalg.norm(sharp - rough)) + 8 * subject.unit * case.steps
    gap = float(np.linalg.norm(measured - sharp))
    if allowed < gap and allowed <= RESOLVED:
        allowed += further()
    text = f"direction {measured.tolist()} against the flow's {sharp.tolist()}: off by {gap!r}, allowed {allowed!r}"
    if not np.isfinite(measured).all():
        return Comparison(False, "w: not finite, nor is the direction of its second half")
    if not allowed <= RESOLVED:  # also where the field is undefined: nan
        return Comparison(True, text, vacuous=True, strength=0.0)
    if not gap <= allowed:
        return Comparison(False, text)
    settled = float(np.linalg.norm(sharp - before)) <= RESOLVED
    lag = distance_to_limit(subject, case, flow, sharp) if settled else float("inf")
    return Comparison(True, f"{text}; the limit is {lag:.3g} away", strength=1.0 if lag <= RESOLVED else 0.25)


def distance_to_limit(subject: OptimizerUnderTest, case: Case, flow: OptimizerFlow, at: np.ndarray) -> float:
    """How far the flow's direction is from the predicted limit; ∞ where no limit is predicted."""
    if subject.family == "gd":
        return float(np.linalg.norm(at - l2_direction(case.X)))
    limit = solve(LimitProblem(case.X, flow.field), max_steps=400)
    return (
        float(np.linalg.norm(at - limit.direction)) if limit.outcome is Outcome.FIXED_POINT else float("inf")
    )


def l2_on_rademacher(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """L2: the flow's direction on scaled Rademacher data, and its limit the ℓ₂ max-margin direction."""
    return ending_at(subject, case, l2_direction(case.X))


def linf_on_shifted_diagonal(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """L8: the flow's direction on shifted-diagonal data, and its limit (1,…,1), the ℓ∞ max-margin direction."""
    return ending_at(subject, case, np.full(case.d, case.d**-0.5))


def ending_at(subject: OptimizerUnderTest, case: Case, limit: np.ndarray) -> Comparison:
    """:func:`direction`, strong only where the flow has come to a limit known beforehand."""
    judged = direction(subject, case)
    _, end = windows(case)
    path = flow_of(subject, case).path(case.X, case.loss, float(case.eta0) * end, 200)
    lag = float(np.linalg.norm(second_half(path, 100, 200) - limit))
    return replace(judged, strength=min(judged.strength or 0.0, 1.0 if lag <= RESOLVED else 0.25))


def linf_margin(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """L1 and L6: min_i x_i·w / Σ η against γ_∞ - δ(β) - Φ(0)/Σ η."""
    (coarse, _), (middle, _), (ratio, run) = (reached(subject, finer(case, k)) for k in (1, 2, 4))
    change = max(abs(ratio - middle), abs(middle - coarse))
    gamma = linf_lower(case)
    start = run.potential() / float(run.etas.sum())
    allowed = start + momentum_loss(subject, case) * run.radius + 4 * change + 8 * subject.unit * case.steps
    allowed += 2 * case.d * run.radius * eps_share(subject, case)
    text = (
        f"min x·w / Σ η = {ratio!r}, at least {gamma - allowed!r} is due: γ_∞ = {gamma!r} less the tolerance"
    )
    broken = not_finite(run.W, "w")
    if broken is not None:
        return broken
    vacuous = allowed > LOOSE * gamma
    return Comparison(ratio >= gamma - allowed, text, vacuous, strength=max(0.0, 1 - allowed / gamma))


def reached(subject: OptimizerUnderTest, case: Case) -> tuple[float, Trajectory]:
    """min_i x_i·w_T over Σ η or ‖w_T‖_∞, whichever is larger, and the run."""
    run = drive(subject, case).run
    return float(run.margins[-1]) / max(float(run.etas.sum()), float(run.sizes[-1])), run


def momentum_loss(subject: OptimizerUnderTest, case: Case) -> float:
    """δ(β)/R, 0 for the full batch."""
    K = case.n // case.b
    if subject.family != "signum" or K == 1:
        return 0.0
    bound = delta_reshuffled if isinstance(case.batching, Reshuffled) else delta_cyclic
    return float(bound(float(case.hyper["beta"]), K))


CHECKS = (
    Check("L1.margin", "L1", ("adam",), "Full-batch Adam's normalised margin tends to γ_∞.",
          full_batch, linf_margin, share=0.25, note=cut_note),
    Check("L2.direction", "L2", ("adam",), "Inc-Adam on scaled Rademacher data tends to the l2 max-margin direction.",
          sr, l2_on_rademacher, share=0.25, note=cut_note),
    Check("L4.direction", "L4", ("adam",), "Inc-Adam at finite β1, β2 tends to its own fixed point.",
          per_sample, direction, share=0.25, note=cut_note),
    Check("L3.direction", "L3", ("adamproxy",), "AdamProxy tends to the start-aware fixed point.",
          full_batch, direction, share=0.25),
    Check("L6.margin", "L6", ("signum",), "Signum's normalised margin tends to γ_∞ within δ(β), any batch size.",
          reshuffled_or_not, linf_margin, share=0.25),
    Check("L8.direction", "L8", ("adam",), "Inc-Adam from w_0 = 0 on shifted-diagonal data tends to (1,…,1), an l_inf max-margin direction.",
          diagonal, linf_on_shifted_diagonal, share=0.25, note=cut_note),
    Check("L7.direction", "L7", ("gd",), "GD and SGD with any batch size tend to the l2 max-margin direction.",
          any_batch, direction, share=0.25, skip=needs_steps),
)  # fmt: skip
"""Checks on long runs."""
