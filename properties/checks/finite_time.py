"""The finite-time inequalities B1–B5, and I1's law, at every step of a run: no tolerance but the derived allowance.

Two kinds of cases.  *Any* draws every family of data, every b dividing N, every sampling, β up to
1 - 2^-14, both losses, all schedules; many of its margin bounds are vacuous, and are counted as such.
*Strong* draws aligned data and a horizon long enough that the bound comes near γ.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import log, log2

import numpy as np
from hypothesis import strategies as st

from marginproof.constructions.strategies import (
    Separated,
    batchings,
    schedules,
    separated_datasets,
    witnessed,
)
from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import Check, hyper, needs_steps
from marginproof.properties.checks.margin_bounds import l2_lower, linf_lower
from marginproof.properties.checks.running import drive
from marginproof.properties.checks.subjects import HYPER, OptimizerUnderTest
from marginproof.theory.batching import Full
from marginproof.theory.bounds.comparison import Comparison
from marginproof.theory.bounds.margin_bounds import (
    UNIT,
    before_eps,
    normalised_gd_sides,
    proxy_sides,
    sign_sides,
    step_sides,
)
from marginproof.theory.bounds.signum import norm_sides, signum_sides
from marginproof.theory.losses import Loss

FARTHEST = 7
"""R Σ η <= 2^7: weights e^{-z} and their squares stay in range (theory: they underflow at 745 and 372)."""

STEP_BOUNDED = ("adam", "adamw", "adam with settings", "amsgrad", "rmsprop")
"""The families whose m/√v is at most Adam's: a maximum, or a v_0, only makes v larger."""
SIGN_STEPS = ("signum", "signum with settings", "signgd", "lion")


def dyadic_below(value: float) -> Fraction:
    """The largest power of two at most ``value``."""
    return Fraction(2) ** int(np.floor(log2(value)))


@st.composite
def any_case(
    draw: st.DrawFn,
    subject: OptimizerUnderTest,
    full: bool = False,
    most: int = 14,
    steps: tuple[int, int] = (1, 64),
    samplings: tuple[str, ...] = ("cyclic", "reshuffle", "replacement"),
) -> Case:
    """Any data, batches, momentum, schedule and loss, with R Σ η_t <= 2^7 and η_t R <= 1."""
    drawn: Separated = draw(separated_datasets())
    data = drawn.dataset
    batching = draw(batchings(data.n_samples, samplings))
    T = draw(st.integers(*steps))
    radius = float(np.abs(data.X).sum(axis=1).max())
    farthest = FARTHEST if subject.unit <= UNIT else FARTHEST - 3
    if subject.family not in ("signum", "adam", "adamproxy"):
        radius *= max(1.0, radius)  # a step η g with ηR² <= 1 does not overshoot
    if subject.family not in HYPER:
        radius, most = 16 * radius, 4  # nor does one of momentum
    reach = Fraction(1, 1 << draw(st.integers(0, farthest)))
    schedule = draw(schedules())
    return Case(
        rows=tuple(map(tuple, data.exact.tolist())),
        hyper=draw(hyper(subject, most)),
        eta0=dyadic_below(min(1.0, 2**farthest / T) / radius) * reach,
        power=Fraction(schedule.decay),
        steps=T,
        batching=Full() if full else batching,
        seed=0 if full else draw(st.integers(0, 255)),
        loss=draw(st.sampled_from(Loss)),
        witness=drawn.separator,
    )


@st.composite
def strong_case(draw: st.DrawFn, subject: OptimizerUnderTest, full: bool = False) -> Case:
    """Aligned data, β near 1 where batches need it, η small beside 1-β, and Σ η ~ 8 (log N + 1)/γ.

    With q = γ/R >= 1/4 or so: 1-β <= q/(16 K) keeps what the batches cost below about γ/8, and
    η <= q (1-β)/(16 R) keeps the drift's part below about γ/4.  With the full batch every β is zero and only
    ½ η R² is lost: η <= q/(4 R) makes that γ/8, and half of Σ η does.
    """
    drawn = draw(witnessed.aligned())
    data = drawn.dataset
    rows = tuple(map(tuple, data.exact.tolist()))
    radius = float(np.abs(data.X).sum(axis=1).max())
    batching = draw(batchings(data.n_samples, ("cyclic", "reshuffle")))
    b = data.n_samples if full else batching.batch_size
    gamma = linf_lower(Case(rows=rows, witness=drawn.separator))
    q, K = max(gamma / radius, 1 / 8), data.n_samples // b
    gap = float(dyadic_below(q / (16 * K))) if K > 1 else 1.0
    setting = {key: Fraction(0) for key in HYPER[subject.family]} if full else draw(hyper(subject))
    if not full and not subject.grid and subject.family == "signum":
        setting = {"beta": 1 - Fraction(gap)}
    elif not full and not subject.grid and subject.family == "lion":
        setting = {"beta1": 1 - Fraction(gap), "beta2": 1 - Fraction(gap) / 2}
    slow = 1 - max([float(x) for x in setting.values()], default=0.0)
    eta = dyadic_below(q * min(slow, gap) / ((4 if full else 16) * radius))
    loss = draw(st.sampled_from(Loss))
    wanted = (4 if full else 8) * (data.n_samples + 2) / max(gamma, radius / 8)
    T = int(min(max(wanted / float(eta), 1), 6000))
    return Case(rows=rows, hyper=setting, eta0=eta, steps=T, batching=batching if K > 1 else Full(),
                seed=draw(st.integers(0, 7)) if K > 1 else 0,
                loss=loss, witness=drawn.separator)  # fmt: skip


def step_bound(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """B1's bound of every step of a run, ‖w_{t+1} - w_t‖_∞ <= η_t A_{t+1}."""
    b1, b2 = float(case.hyper.get("beta1", 0)), float(case.hyper["beta2"])
    return step_sides(drive(subject, case).run, b1, b2, subject.corrected, decoupled_decay(subject))


def decoupled_decay(subject: OptimizerUnderTest) -> float:
    """λ where it joins the step, else 0."""
    h = subject.declared.settings if subject.declared else None
    return h.weight_decay if h and h.decoupled else 0.0


def signum_margin(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """B2's bound of the margin at every T of a run; Lion's with two constants."""
    beta, beta2 = case.hyper.get("beta"), case.hyper.get("beta2")
    if beta is not None:
        return signum_sides(drive(subject, case).run, float(beta), linf_lower(case))
    assert beta2 is not None
    return signum_sides(drive(subject, case).run, float(case.hyper["beta1"]), linf_lower(case), float(beta2))


def signum_norm(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """B2's bound of the norm at every T of a run, ‖w_T‖_∞ <= Σ η_t."""
    return norm_sides(drive(subject, case).run, decoupled_decay(subject))


def proxy_margin(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """B3's bound of AdamProxy's loss at every T of a run."""
    return proxy_sides(drive(subject, case).run, linf_lower(case))


def normalised_margin(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """B4's bound of the margin at every T of a run of normalised gradient descent."""
    return normalised_gd_sides(drive(subject, case, pace="norm").run, l2_lower(case))


def sign_margin(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """B5's bound of the margin at zero momentum; ε pays its cost, and the run is cut where that is half of γ_∞."""
    gamma = linf_lower(case)
    return sign_sides(
        before_eps(drive(subject, case).run, subject.eps_of_root, gamma), gamma, subject.eps_of_root
    )


def eps_note(subject: OptimizerUnderTest) -> str:
    """At which margin a run is cut."""
    if not subject.eps:
        return ""
    return (
        f"ε = {subject.eps:g}: cut where it takes half the bound, near margin {-log(subject.eps_of_root):.1f}"
    )


@st.composite
def no_momentum(draw: st.DrawFn, subject: OptimizerUnderTest, strong: bool = False) -> Case:
    """Full-batch cases with every β zero."""
    case = draw(strong_case(subject, full=True) if strong else any_case(subject, full=True))
    return replace(case, hyper={key: Fraction(0) for key in HYPER[subject.family]})


def needs_pace(subject: OptimizerUnderTest) -> str:
    """B4 is about normalised GD: the learning rate is set from outside, or the subject normalises."""
    return needs_steps(subject) if subject.drives is None else ""


def needs_no_decay(subject: OptimizerUnderTest) -> str:
    """B2's margin is that of steps along signs alone."""
    return "no margin is claimed of a run with a weight decay" if decays(subject) else ""


def decays(subject: OptimizerUnderTest) -> bool:
    """Whether it has a weight decay."""
    return subject.declared is not None and subject.declared.settings.decays


def needs_zero_momentum(subject: OptimizerUnderTest) -> str:
    """B5 is about β = 0; a grid without it cannot be asked."""
    if subject.grid and not any(all(x == 0 for x in entry.values()) for entry in subject.grid):
        return "no setting of the grid has every β = 0"
    return ""


def needs_step_bound(subject: OptimizerUnderTest) -> str:
    """B1 needs β1² < β2, and an m that is an average of gradients alone."""
    h = subject.declared.settings if subject.declared else None
    if h and (h.momentum or h.m0):
        return "its steps are averaged again" if h.momentum else "m starts off 0"
    if any(not entry.get("beta1", 0) ** 2 < entry["beta2"] for entry in subject.grid):
        return "a setting of the grid has β1² >= β2"
    return ""


def full(subject: OptimizerUnderTest) -> st.SearchStrategy[Case]:
    """Any full-batch case."""
    return any_case(subject, full=True)


def strong_full(subject: OptimizerUnderTest) -> st.SearchStrategy[Case]:
    """A strong full-batch case."""
    return strong_case(subject, full=True)


CHECKS = (
    Check("B1.step", "B1", STEP_BOUNDED, "‖w_{t+1} - w_t‖_∞ <= η_t A_{t+1}, any batches (η_t (A_{t+1} + λ‖w_t‖_∞) with a decay).",
          any_case, step_bound, skip=needs_step_bound),
    Check("B2.margin", "B2", ("signum", "lion"), "Signum's margin bound, and Lion's, any data and batches.",
          any_case, signum_margin, skip=needs_no_decay),
    Check("B2.strong", "B2", ("signum", "lion"), "Signum's margin bound, and Lion's, where it is near γ_∞.",
          strong_case, signum_margin, share=0.25, skip=needs_no_decay),
    Check("B2.norm", "B2", SIGN_STEPS, "‖w_T‖_∞ <= Σ η_t, and at most 1/λ with a decay.", any_case, signum_norm),
    Check("B3.margin", "B3", ("adamproxy",), "The proxy's margin bound, any data.", full, proxy_margin),
    Check("B4.margin", "B4", ("gd",), "Normalised GD's margin bound, full batch, any data.",
          full, normalised_margin, skip=needs_pace),
    Check("B4.strong", "B4", ("gd",), "Normalised GD's margin bound where it is near γ_2.",
          strong_full, normalised_margin, share=0.25, skip=needs_pace),
    Check("B5.margin", "B5", ("signum", "adam"), "Sign descent's margin bound, full batch, any data.",
          no_momentum, sign_margin, skip=needs_zero_momentum, note=eps_note),
    Check("B5.strong", "B5", ("signum", "adam"), "Sign descent's margin bound where it is near γ_∞.",
          lambda subject: no_momentum(subject, strong=True), sign_margin, share=0.25, skip=needs_zero_momentum, note=eps_note),
)  # fmt: skip
"""Checks along runs."""
