"""Exact invariances at any finite time, and the law of the step: checks on sequences of gradients.

Flipping the sign of a feature, permuting features, or scaling one by a power of two commutes with every
rounding of a coordinatewise optimizer, so these hold bit for bit (I3 at finite time).  The step itself
is compared with the moving averages unrolled (I1), within rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import Check, any_of, hyper, needs_steps
from marginproof.properties.checks.moving_averages import ExpectedDirections, law, step_allowance
from marginproof.properties.checks.running import feed
from marginproof.properties.checks.subjects import ANY, OptimizerUnderTest
from marginproof.theory.bounds.comparison import Comparison, equal, within
from marginproof.theory.bounds.margin_bounds import UNIT, step_constants
from marginproof.theory.fields import per_sample_square
from marginproof.theory.laws.catalogue import LAWS, Law
from marginproof.theory.moving_averages import cyclic_weights

COORDINATEWISE = ("gd", "signum", "adam", ANY)
CLOSED = ("gd", "signum", "adam")
"""The families whose steady state has a closed form (Prop. 2.5)."""
EXTREME = 24
"""Scales 2^-24 … 2^24: a stability constant of 1e-8 shows, and nothing over- or underflows."""


@st.composite
def gradient_cases(
    draw: st.DrawFn,
    subject: OptimizerUnderTest,
    most: int = 8,
    momenta: int = 10,
    extra: str = "",
    varying: bool = True,
) -> Case:
    """A short sequence of gradients whose entries are quarters in [-4, 4].

    Arguments:
      most: the longest sequence.
      momenta: β up to 1 - 2^-momenta.
      extra: also draw ``signs``, an ``order``, ``absent`` tensors or ``powers``; one power for all where only that is a symmetry.
      varying: let the step size fall.
    """
    d = draw(st.integers(1, 3))
    row = st.lists(st.integers(-16, 16), min_size=d, max_size=d)
    rows = draw(st.lists(row, min_size=1, max_size=most))
    drawn: dict[str, tuple[int, ...]] = {}
    if extra == "signs":
        drawn["signs"] = tuple(draw(st.lists(st.sampled_from((1, -1)), min_size=d, max_size=d)))
    if extra == "order":
        drawn["order"] = tuple(draw(st.permutations(range(d))))
    if extra == "powers":
        extreme = EXTREME if subject.unit <= UNIT else EXTREME // 2
        powers = st.lists(st.integers(-extreme, extreme), min_size=d, max_size=d)
        shared = st.integers(-extreme, extreme).map(lambda p: [p] * d)
        drawn["powers"] = tuple(draw(shared if law_of(subject).scale == "shared" else powers))
    if extra == "absent":
        gaps = st.lists(st.integers(0, 1), min_size=3 * len(rows), max_size=3 * len(rows))
        drawn["absent"] = tuple(draw(gaps))
    return Case(
        rows=tuple(tuple(Fraction(x, 4) for x in row) for row in rows),
        hyper=draw(hyper(subject, momenta)),
        eta0=Fraction(1, 1 << draw(st.integers(0, 4))),
        power=draw(st.sampled_from((Fraction(0), Fraction(1, 2), Fraction(1)))) if varying else Fraction(0),
        steps=len(rows),
        **drawn,  # type: ignore[arg-type]
    )


def with_extra(extra: str) -> Callable[[OptimizerUnderTest], st.SearchStrategy[Case]]:
    """Gradient cases with one thing more."""
    return lambda subject: gradient_cases(subject, extra=extra)


def law_of(subject: OptimizerUnderTest) -> Law:
    """The catalogue's entry."""
    assert subject.declared is not None
    return LAWS[subject.declared.name]


def flips_signs(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """w(σ∘g) = σ∘w(g) for column signs σ."""
    signs = np.array(case.signs, dtype=np.float64)
    return equal(
        feed(subject, case, case.X * signs), feed(subject, case, case.X) * signs, "w of the flipped features"
    )


def permutes(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """w(πg) = πw(g) for a permutation π of the coordinates.

    Where a norm enters, its sum may be taken in another order: then both runs are held to the law, which commutes.
    """
    order = list(case.order)
    if law_of(subject).norms:
        permuted = replace(case, rows=tuple(tuple(row[k] for k in order) for row in case.rows))
        judged = steps_by_the_law(subject, permuted)
        return judged if not judged.holds else steps_by_the_law(subject, case)
    return equal(
        feed(subject, case, case.X[:, order]), feed(subject, case, case.X)[:, order], "w of permuted features"
    )


def scales(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """Scaling feature k's gradient by 2^p leaves Adam and Signum alone and scales GD's step; the loss's scale is p constant."""
    factor = 2.0 ** np.array(case.powers)
    plain, scaled = feed(subject, case, case.X), feed(subject, case, case.X * factor)
    grows = law_of(subject).scale == "equivariant"
    return equal(scaled, plain * factor if grows else plain, "w of the scaled features")


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
    """The sequence g_s = (β1/β2)^{t-s} reaches the step bound A_t exactly, and none exceeds it."""
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


def needs_oddness(subject: OptimizerUnderTest) -> str:
    """A momentum that starts elsewhere than at 0 has a sign of its own."""
    odd = subject.declared is not None and not subject.declared.settings.m0
    return "" if odd and law_of(subject).permutes else "its law does not commute with sign flips"


def needs_permutations(subject: OptimizerUnderTest) -> str:
    """Muon sees rows and columns."""
    return "" if law_of(subject).permutes else "its law tells coordinates apart"


def needs_no_scale(subject: OptimizerUnderTest) -> str:
    """ε, starting values and a coupled decay are in the units of the gradient."""
    assert subject.declared is not None
    h, scale = subject.declared.settings, law_of(subject).scale
    if not scale:
        return "its law sees the gradient's scale"
    if scale == "equivariant":
        return "a decayed step sees the scale" if h.decays and not h.decoupled else ""
    named = {"ε": h.eps, "ε_root": h.eps_root, "v's start": h.v0, "m's start": h.m0}
    shown = [f"{name} = {value:g}" for name, value in named.items() if value]
    if shown:
        return f"{shown[0]} is part of every step"
    return "a coupled decay sees the scale" if h.decays and not h.decoupled else ""


CHECKS = (
    Check("I3.signs", "I3", COORDINATEWISE, "Flipping a feature's sign flips its coordinate of w, bit for bit.",
          with_extra("signs"), flips_signs, skip=any_of(needs_steps, needs_oddness)),
    Check("I3.permutation", "I3", COORDINATEWISE, "Permuting the features permutes w, bit for bit.",
          with_extra("order"), permutes, skip=any_of(needs_steps, needs_permutations)),
    Check("I3.scale", "I3", COORDINATEWISE,
          "Scaling a feature, or the loss, by a power of two leaves Signum's and Adam's steps as they are.",
          with_extra("powers"), scales, skip=any_of(needs_steps, needs_no_scale)),
    Check("I1.unrolled", "I1", COORDINATEWISE, "Every step is that of the moving averages, unrolled.",
          gradient_cases, steps_by_the_law, share=2.0, skip=needs_steps),
    Check("I1.steady", "I1", COORDINATEWISE, "Under frozen gradients the steps settle on the steady state of Prop. 2.5.",
          frozen_cases, settles_on_the_steady_state, share=0.5, skip=needs_steps),
    Check("I2.proxy", "I2", ("adamproxy",), "The proxy steps along m/√q.", gradient_cases, proxy_steps,
          skip=needs_steps),
    Check("I11.extremal", "I11", ("adam",), "The extremal gradients reach the step bound, and no step exceeds it.",
          _nonzero_momentum, extremal, share=0.5, skip=any_of(needs_steps, needs_bounded_steps)),
)  # fmt: skip
"""Checks on sequences of gradients."""
