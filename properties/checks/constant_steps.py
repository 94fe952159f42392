"""Constant steps: the speed limit B7 at every step, and increments per epoch against effective betas (L9, L2, L4, L8).

*Increments.*  Near an attracting relatively periodic run an epoch's increment Δ of w settles geometrically (L9).
The run's own weights and growth lead Newton's method to the solution (ĉ, γ̂) nearby, whatever basin the start lay in, and
Δ/‖Δ‖ and the margins' growth are compared with it.  The tolerance is from the contraction measured: with r the
largest relative change between successive increments over the last quarter of the run and q the larger of the rate at which r
fell from the quarter before and of the predicted ρ, what is left to change is at most r q/(1-q).  Rounding gives a gradient
a relative error of (d+4) u Σ_k |x_k w_k| (through the exponent), which moves m/√v by at most twice that times A (I11), and
the difference of two w an error of 2u‖w‖; both are amplified by 1/(1-q).  Four times their sum is allowed; where that is above :data:`SHARP` the example counts as vacuous.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import log

import numpy as np
from hypothesis import strategies as st

from marginproof.constructions.strategies import Separated, batchings, small_integers, witnessed
from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import Check, any_of, hyper
from marginproof.properties.checks.finite_time import any_case, dyadic_below, needs_no_decay, needs_step_bound
from marginproof.properties.checks.margin_bounds import l2_direction
from marginproof.properties.checks.running import drive
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.theory.batching import Cyclic
from marginproof.theory.bounds.comparison import Comparison, not_finite
from marginproof.theory.bounds.margin_bounds import Trajectory, step_constants
from marginproof.theory.bounds.speed_limit import ceiling_sides, speed_sides
from marginproof.theory.fields import IncAdamField
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.steps.constant import solution_near
from marginproof.theory.limit.steps.outcome import ConstantStep, StepOutcome
from marginproof.theory.losses import Loss

SHARP = 1e-9
"""A looser tolerance tells little here."""
LONGEST = 5000
"""Steps of a run at most; memories that need more are left to vacuous examples."""
UNLIKE = 1e-6
"""Limits at least so far apart are told apart without doubt."""


@dataclass(frozen=True)
class Settling:
    """The increments of a run's epochs, shape (E, d), their growths of the weightiest row, and the weights at the last visits."""

    increments: np.ndarray
    growth: float
    weights: np.ndarray


def settling(run: Trajectory, case: Case, field: IncAdamField) -> Settling:
    """What an epoch adds, epoch by epoch, and c_n E^{j(n)} at the visits of the last one."""
    K = case.n // case.b
    ends = run.W[::K][: case.steps // K + 1]
    increments = np.diff(ends, axis=0)
    member, last = field.membership(case.n), (len(increments) - 1) * K
    z = (run.X * run.W[last + member]).sum(axis=1)
    growth = float(run.X[int(np.argmin(z))] @ increments[-1])
    logs = growth * member / K - z
    return Settling(increments, growth, np.exp(logs - logs.max()))


def increment(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """L9: the last epoch's increment against the solution nearby."""
    return compared(subject, case)[0]


def compared(subject: OptimizerUnderTest, case: Case) -> tuple[Comparison, ConstantStep | None]:
    """The comparison, and the solution compared with."""
    run = drive(subject, case).run
    broken = not_finite(run.W, "w")
    if broken is not None:
        return broken, None
    b1, b2 = case.hyper["beta1"], case.hyper["beta2"]
    field = IncAdamField(case.b, None, b1, b2)
    seen = settling(run, case, field)
    if not seen.growth > 0:
        return Comparison(True, "margins do not grow", vacuous=True, strength=0.0), None
    found = solution_near(LimitProblem(case.X, field), float(case.eta0), seen.weights, seen.growth)
    if found is None or found.outcome is not StepOutcome.SETTLES:
        reason = "no solution near the run" if found is None else found.reason
        return Comparison(True, reason, vacuous=True, strength=0.0), None
    allowed = tolerance(run, case, seen, found.contraction)
    last = seen.increments[-1]
    gap = float(np.linalg.norm(last / np.linalg.norm(last) - found.limit.direction))
    speed = abs(seen.growth / found.growth - 1)
    text = f"increment {last.tolist()}: direction off by {gap!r}, growth by {speed!r} (relative), allowed {allowed!r}"
    if not allowed <= SHARP:
        return Comparison(True, text, vacuous=True, strength=0.0), found
    return Comparison(
        max(gap, speed) <= allowed, text, strength=1.0, pressure=max(gap, speed) / allowed
    ), found


def tolerance(run: Trajectory, case: Case, seen: Settling, contraction: float) -> float:
    """What the last increment may still be off, relative to its length; ∞ where it has not settled."""
    length, quarter = float(np.linalg.norm(seen.increments[-1])), len(seen.increments) // 4
    if quarter < 4 or length == 0:
        return float("inf")
    changes = np.linalg.norm(np.diff(seen.increments, axis=0), axis=1) / length
    late, before = float(changes[-quarter:].max()), float(changes[-2 * quarter : -quarter].max())
    K, b1, b2 = case.n // case.b, float(case.hyper["beta1"]), float(case.hyper["beta2"])
    exponents = (case.d + 4) * run.unit * float((np.abs(run.X) @ np.abs(run.W[-1])).max())
    longest = K * float(case.eta0) * float(step_constants(case.steps, b1, b2)[-1]) * case.d**0.5
    rounding = (2 * run.unit * float(run.sizes[-1]) + 2 * exponents * longest) / length
    measured = (late / before) ** (1 / quarter) if late > rounding and before > 0 else 0.0
    q = max(measured, contraction)
    return 4 * (late * q + rounding) / (1 - q) if q < 1 else float("inf")


def increment_on_rademacher(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """L2 at constant steps: the increment, and the solution is the ℓ₂ max-margin direction."""
    comparison, found = compared(subject, case)
    if comparison.vacuous or found is None:
        return comparison
    away = float(np.linalg.norm(found.limit.direction - l2_direction(case.X)))
    return replace(
        comparison, holds=comparison.holds and away <= SHARP, text=f"{comparison.text}; l2 is {away!r} away"
    )


def increment_of_its_own(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """L4 at constant steps: the increment is its own field's where that is not the limit of β2 → 1; vacuous where it is."""
    comparison, found = compared(subject, case)
    if comparison.vacuous or found is None:
        return comparison
    at_one = IncAdamField(case.b, None, Fraction(0), 1 - Fraction(1, 2**20))
    other = solution_near(LimitProblem(case.X, at_one), 1e-9, found.limit.weights, 0.0)
    away = 0.0 if other is None else float(np.linalg.norm(found.limit.direction - other.limit.direction))
    text = f"{comparison.text}; the limit of β2 → 1 is {away!r} away"
    if not away > UNLIKE:
        return Comparison(True, text, vacuous=True, strength=0.0)
    return replace(comparison, text=text)


def increment_on_shifted_diagonal(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """L8 at constant steps: the increment; strong where the solution is (1,…,1), from w_0 = 0 not always (R2)."""
    comparison, found = compared(subject, case)
    if comparison.vacuous or found is None:
        return comparison
    away = float(np.linalg.norm(found.limit.direction - np.full(case.d, case.d**-0.5)))
    return replace(comparison, strength=1.0 if away <= SHARP else 0.25)


@st.composite
def settling_case(
    draw: st.DrawFn, subject: OptimizerUnderTest, family: Callable[[], st.SearchStrategy[Separated]]
) -> Case:
    """Cyclic batches smaller than N at a constant step near λ/R, so that γ̂ is well below and near its limit λ K.

    λ = ½ log(1/β2); margins stay below about 320, so that e^{-2z} is in range and plain Adam does not underflow.
    """
    drawn = draw(family())
    data = drawn.dataset
    setting = draw(hyper(subject, 3))
    rate = -0.5 * log(float(setting["beta2"]))
    radius = float(np.abs(data.X).sum(axis=1).max())
    b = draw(batchings(data.n_samples, ("cyclic",))).batch_size
    b = 1 if b == data.n_samples else b
    eta = min(dyadic_below(rate / radius) * Fraction(2) ** draw(st.integers(-1, 3)), dyadic_below(4 / radius))
    K = data.n_samples // b
    steps = min(int(290 / rate), LONGEST) // K * K
    return Case(
        rows=tuple(map(tuple, data.exact.tolist())),
        hyper=setting,
        eta0=eta,
        steps=steps,
        batching=Cyclic(b),
        loss=draw(st.sampled_from(Loss)),
        witness=drawn.separator,
    )


def usual() -> st.SearchStrategy[Separated]:
    """Two to four rows in as many dimensions or more, entries nonzero small integers."""
    return witnessed.separable(st.integers(2, 4), st.integers(3, 5), small_integers(4), keep_nonzero=True)


def pairs(subject: OptimizerUnderTest) -> st.SearchStrategy[Case]:
    """Any small data."""
    return settling_case(subject, usual)


def rademacher(subject: OptimizerUnderTest) -> st.SearchStrategy[Case]:
    """Scaled Rademacher data, one sample a step."""
    cases = settling_case(subject, lambda: witnessed.scaled_rademacher(st.integers(2, 3), st.integers(3, 4)))
    return cases.map(lambda case: replace(case, batching=Cyclic(1), steps=case.steps // case.n * case.n))


def diagonal(subject: OptimizerUnderTest) -> st.SearchStrategy[Case]:
    """Shifted-diagonal data, one sample a step."""
    cases = settling_case(subject, lambda: witnessed.shifted_diagonal(st.integers(2, 3)))
    return cases.map(lambda case: replace(case, batching=Cyclic(1), steps=case.steps // case.n * case.n))


@st.composite
def fast_case(draw: st.DrawFn, subject: OptimizerUnderTest) -> Case:
    """Any data, batches, loss and schedule, with steps up to η_0 R = 8 and λT up to 64."""
    case = draw(any_case(subject, most=5, steps=(1, 96)))
    radius = float(np.abs(case.X).sum(axis=1).max())
    eta = dyadic_below(8 / radius) * Fraction(1, 1 << draw(st.integers(0, 8)))
    rate = -0.5 * log(float(case.hyper["beta2"]))
    return replace(case, eta0=eta, steps=max(min(case.steps, int(64 / rate)), 1))


def speed(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """B7, one step at a time."""
    b1, b2 = float(case.hyper["beta1"]), float(case.hyper["beta2"])
    return speed_sides(drive(subject, case).run, b1, b2, subject.corrected)


def ceiling(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """B7, all steps."""
    b1, b2 = float(case.hyper["beta1"]), float(case.hyper["beta2"])
    return ceiling_sides(drive(subject, case).run, b1, b2, subject.corrected)


def needs_no_eps(subject: OptimizerUnderTest) -> str:
    """Margins grow for ever at a constant step, until ε outweighs √v: then these limits are not the run's."""
    return f"ε = {subject.eps:g} outweighs √v in the long run" if subject.eps else needs_step_bound(subject)


CHECKS = (
    Check("B7.step", "B7", ("adam", "amsgrad"), "-log S rises by no more in a step than past gradients allow, any steps and batches.",
          fast_case, speed, skip=any_of(needs_step_bound, needs_no_decay)),
    Check("B7.ceiling", "B7", ("adam", "amsgrad"), "-log S <= ½ log(1/β2) t + constant, any steps and batches.",
          fast_case, ceiling, skip=any_of(needs_step_bound, needs_no_decay)),
    Check("L9.increment", "L9", ("adam",), "An epoch's increment at a constant step is that of the effective betas.",
          pairs, increment, share=0.25, skip=needs_no_eps),
    Check("L2.increment", "L2", ("adam",), "On scaled Rademacher data it is along the l2 max-margin direction.",
          rademacher, increment_on_rademacher, share=0.25, skip=needs_no_eps),
    Check("L4.increment", "L4", ("adam",), "It is of Inc-Adam's own field, where that limit is not the one of β2 → 1.",
          pairs, increment_of_its_own, share=0.25, skip=needs_no_eps),
    Check("L8.increment", "L8", ("adam",), "On shifted-diagonal data it solves the equation, at (1,…,1) or elsewhere.",
          diagonal, increment_on_shifted_diagonal, share=0.25, skip=needs_no_eps),
)  # fmt: skip
"""Checks of constant steps."""
