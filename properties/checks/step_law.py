"""The law of the step: every step against the moving averages unrolled (I1), within rounding, and its steady state and bound."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import Check, any_of, hyper, needs_steps
from marginproof.properties.checks.gradient_cases import COORDINATEWISE, gradient_cases
from marginproof.properties.checks.moving_averages import ExpectedDirections, law, step_allowance
from marginproof.properties.checks.running import feed
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.theory.bounds.comparison import Comparison, within
from marginproof.theory.bounds.margin_bounds import step_constants
from marginproof.theory.fields import per_sample_square
from marginproof.theory.moving_averages import cyclic_weights

CLOSED = ("gd", "signum", "adam")
"""The families whose steady state has a closed form (Prop. 2.5)."""


def steps_by_the_law(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """w_{t+1} - w_t = -η_t u_t by the subject's own law."""
    W = feed(subject, case, case.X)
    return compare(subject, W, case.etas, law(subject, case.hyper, case.X, W, case.etas))


def compare(
    subject: OptimizerUnderTest, W: np.ndarray, lrs: np.ndarray, expected: ExpectedDirections, last: int = 0
) -> Comparison:
    """The steps of a run, or its last ones, against the law."""
    first = len(lrs) - last if last else 0
    steps, wanted = np.diff(W, axis=0)[first:], (-lrs[:, None] * expected.direction)[first:]
    allowed = step_allowance(W, lrs, expected.allowance, subject.unit)[first:]
    undecided = ~np.isfinite(expected.allowance[first:]) | np.isnan(
        wanted
    )  # as 0/0, or a root of what rounding left
    allowed, wanted = np.where(undecided, np.inf, allowed), np.where(undecided, 0.0, wanted)
    judged = within(np.where(undecided, 0.0, steps), wanted, allowed, "step against I1's law")
    return replace(judged, vacuous=judged.holds and bool(undecided.all()))


def proxy_steps(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """The proxy's step is η m/√q of the per-sample gradients."""
    stepper = subject.start(case.d, case.hyper)
    w = np.asarray(stepper.step(np.zeros(case.d), -case.X, float(case.eta0)))
    root = np.sqrt(per_sample_square(case.X, np.ones(case.n)))
    seen = root > 0
    w, root = np.where(seen, w, 0.0), np.where(seen, root, 1.0)
    u, size = case.X.sum(axis=0) / root, np.abs(case.X).sum(axis=0) / root
    slack = float(case.eta0) * size * (4 * case.n + 16) * subject.unit
    return within(w[None], float(case.eta0) * u[None], slack[None], "step against m/√q")


def frozen_cases(subject: OptimizerUnderTest) -> st.SearchStrategy[Case]:
    """K <= 3 gradients repeated for ever, and moderate β so that 2^-54 of the start is left at the end."""
    return gradient_cases(subject, most=3, momenta=4, varying=False)


def settles_on_the_steady_state(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """Under frozen gradients the last epoch's steps are those of I1's steady state, Prop. 2.5's constant included.

    Where the law has no closed steady state, the law itself says what the last epoch's steps are.
    """
    K = case.n
    slowest = max([float(b) for b in case.hyper.values()], default=0.0)
    epochs = min(-(-int(38 / (1 - slowest)) // K) + 2, 2000)
    gradients = np.tile(case.X, (epochs, 1))
    W = feed(subject, case, gradients)
    if subject.family not in CLOSED or subject.eps:
        rates = np.full(len(gradients), float(case.eta0))
        return compare(subject, W, rates, law(subject, case.hyper, gradients, W, rates), last=K)
    W = W[-K - 1 :]
    expected, slack = steady_state(subject, case, slowest ** (K * (epochs - 1)))
    lrs = np.full(K, float(case.eta0))
    return within(
        np.diff(W, axis=0),
        -lrs[:, None] * expected,
        step_allowance(W, lrs, slack, subject.unit),
        "frozen epoch",
    )


def steady_state(subject: OptimizerUnderTest, case: Case, left: float) -> tuple[np.ndarray, np.ndarray]:
    """u_i over an epoch of frozen gradients and its allowance; ``left`` of the start is still there."""
    g, K, unit = case.X, case.n, subject.unit
    b = {key: float(value) for key, value in case.hyper.items()}
    if subject.family == "gd":
        return g, 4 * unit * np.abs(g)
    b1 = b.get("beta", b.get("beta1", 0.0))
    weights = cyclic_weights(b1, K) * (1 - b1) / (1 - b1**K)
    m, size = weights @ g, weights @ np.abs(g)
    grown = 16 * unit / (1 - max(b.values())) + 2 * left
    if subject.family == "signum":
        undecided = np.abs(m) <= grown * size
        return np.sign(m), np.where(undecided, 2.0, 2 * unit)
    v = cyclic_weights(b["beta2"], K) * (1 - b["beta2"]) / (1 - b["beta2"] ** K) @ (g * g)
    root = np.sqrt(np.where(v > 0, v, 1.0))  # no gradient at all: m = 0 too
    return m / root, size / root * 3 * grown


def extremal(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """The sequence g_s = (β1/β2)^{t-s}, s = 1 … t, reaches the step bound A_t exactly, and none exceeds it."""
    b1, b2 = float(case.hyper["beta1"]), float(case.hyper["beta2"])
    T = case.steps
    g = (b1 / b2) ** np.arange(T - 1, -1, -1.0)[:, None]
    W = feed(subject, case, g)
    bound = step_constants(T, b1, b2, subject.corrected)
    slack = bound * (64 * T + 64 / (1 - b2)) * subject.unit
    allowed = float(case.eta0) * (slack + bound * eps_share(subject, 1 - b2)) + 4 * subject.unit * np.abs(
        W[1:, 0]
    )
    steps = np.abs(np.diff(W[:, 0]))
    last = within(steps[-1:], float(case.eta0) * bound[-1:], allowed[-1:], "extremal step against η A_t")
    below = bool(np.all(steps <= float(case.eta0) * bound + allowed))
    return last if below else Comparison(False, f"a step of {float(steps.max())!r} exceeds η A_t")


def eps_share(subject: OptimizerUnderTest, least: float) -> float:
    """The most, relatively, that ε takes off m/√v where v >= ``least`` before its correction.

    1 - √v/(√v + ε) <= ε/√v; inside the root 1 - √(v/(v + ε)) <= ε/v.  A correction only raises v.
    """
    assert subject.declared is not None
    inside = subject.declared.settings.eps_placement == "inside"
    return subject.eps / (least if inside else least**0.5)


@st.composite
def extremal_cases(draw: st.DrawFn, subject: OptimizerUnderTest) -> Case:
    """T <= 12 steps."""
    setting = draw(hyper(subject, most=6))
    return Case(rows=((Fraction(1),),), hyper=setting, eta0=Fraction(1), steps=draw(st.integers(1, 12)))


def needs_bounded_steps(subject: OptimizerUnderTest) -> str:
    """I11 needs 0 < β1 and β1² < β2 somewhere."""
    if subject.names == ("beta2",):
        return "it has no momentum"
    for entry in subject.grid:
        if not (entry["beta1"] > 0 and entry["beta1"] ** 2 < entry["beta2"]):
            return "a setting of the grid has β1 = 0 or β1² >= β2"
    return ""


def _nonzero_momentum(subject: OptimizerUnderTest) -> st.SearchStrategy[Case]:
    def lift(case: Case) -> Case:
        if case.hyper["beta1"] > 0:
            return case
        return Case(
            rows=case.rows,
            hyper={**case.hyper, "beta1": case.hyper["beta2"]},
            eta0=case.eta0,
            steps=case.steps,
        )

    return extremal_cases(subject).map(lift)


CHECKS = (
    Check("I1.unrolled", "I1", COORDINATEWISE, "Every step is that of the moving averages, unrolled.",
          gradient_cases, steps_by_the_law, share=2.0, skip=needs_steps),
    Check("I1.steady", "I1", COORDINATEWISE, "Under frozen gradients the steps settle on the steady state of Prop. 2.5.",
          frozen_cases, settles_on_the_steady_state, share=0.5, skip=needs_steps),
    Check("I2.proxy", "I2", ("adamproxy",), "The proxy steps along m/√q.", gradient_cases, proxy_steps,
          skip=needs_steps),
    Check("I11.extremal", "I11", ("adam",), "The extremal gradients reach the step bound, and no step exceeds it.",
          _nonzero_momentum, extremal, share=0.5, skip=any_of(needs_steps, needs_bounded_steps)),
)  # fmt: skip
"""Checks of single steps."""
