"""Steps along a run against their law (I1), and B8: where ε takes over from √v.

Both compute the gradients at the iterates themselves, with bounds of their errors.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, log

import numpy as np
from hypothesis import strategies as st

from marginproof.constructions.strategies import batchings, witnessed
from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import Check, any_of, hyper
from marginproof.properties.checks.finite_time import any_case, dyadic_below, needs_step_bound
from marginproof.properties.checks.margin_bounds import linf_lower
from marginproof.properties.checks.moving_averages import law
from marginproof.properties.checks.running import Driven, drive
from marginproof.properties.checks.step_law import compare
from marginproof.properties.checks.subjects import ANY, OptimizerUnderTest
from marginproof.theory.bounds.comparison import Comparison, not_finite
from marginproof.theory.bounds.handover import averages, handover_sides
from marginproof.theory.bounds.margin_bounds import UNIT, gradient_error, step_constants
from marginproof.theory.losses import Loss

LARGEST = 256.0
"""|x_i·w| at which a run of an unbounded law is left; an eighth of it in float32."""
LONGEST = 1500
"""Steps of a run through the hand-over."""


def runs_by_the_law(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """I1 along a run: every step is the moving averages of the gradients at the iterates themselves."""
    driven = drive(subject, case)
    g, errors = gradients_along(driven, case)
    W = driven.run.W
    T = within_range(driven)
    if not T:
        return Comparison(True, "no step inside the range of e^{-z}", vacuous=True)
    W, lrs = W[: T + 1], driven.lrs[:T]
    return compare(subject, W, lrs, law(subject, case.hyper, g[:T], W, lrs, errors[:T]))


def within_range(driven: Driven) -> int:
    """The steps from iterates whose gradients, and their squares, are in the range of the optimizer's numbers.

    A law that divides by a difference, or a momentum of gradients, may throw w far out.
    """
    far = LARGEST if driven.run.unit <= UNIT else LARGEST / 8
    z = np.abs(driven.run.W @ driven.run.X.T).max(axis=1)
    out = np.flatnonzero(~(z[:-1] <= far))
    return int(out[0]) if len(out) and np.isfinite(driven.run.W[: out[0] + 1]).all() else len(driven.lrs)


def gradients_along(driven: Driven, case: Case) -> tuple[np.ndarray, np.ndarray]:
    """The batch gradients at w_t and their errors ε_t Σ s_i |x_i| / b, both shape (T, d)."""
    run = driven.run
    visits = run.visits if run.visits is not None else np.ones((len(run.etas), run.X.shape[0]))
    s = run.loss.slopes(run.W[:-1] @ run.X.T) * visits / visits.sum(axis=1, keepdims=True)
    g, size = -s @ run.X, s @ np.abs(run.X)
    return g, size * gradient_error(driven.run)[:, None]


def hands_over(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """B8's bound of how the step splits between √v and ε, at every step of a run."""
    assert subject.declared is not None
    driven = drive(subject, case)
    broken = not_finite(driven.run.W, "w")
    if broken is not None:
        return broken
    g, errors = gradients_along(driven, case)
    b1, b2 = float(case.hyper.get("beta1", 0)), float(case.hyper["beta2"])
    return handover_sides(
        driven.run, averages(g, errors, b1, subject.unit), b1, b2, subject.declared.settings
    )


@st.composite
def handover_case(draw: st.DrawFn, subject: OptimizerUnderTest) -> Case:
    """Aligned data and steps as long as q = β2 e^{2ηRA} < 1 lets them be: √v has then room to fall with the margin."""
    drawn = draw(witnessed.aligned())
    data = drawn.dataset
    rows = tuple(map(tuple, data.exact.tolist()))
    radius = float(np.abs(data.X).sum(axis=1).max())
    setting = draw(hyper(subject, 3))
    b1, b2 = float(setting.get("beta1", 0)), float(setting["beta2"])
    A = float(step_constants(64, b1, b2, subject.corrected).max())
    fade = -log(b2) if b2 else 8.0
    eta = dyadic_below(min(0.4 * fade / (radius * A), 1 / radius))
    batching = draw(batchings(data.n_samples, ("cyclic", "reshuffle")))
    pace = float(eta) * max(linf_lower(Case(rows=rows, witness=drawn.separator)), radius / 8)
    wanted = 2 * (log(1 / subject.eps_of_root) + 4) / pace if subject.eps < 1 else 32
    return Case(rows=rows, hyper=setting, eta0=Fraction(eta), steps=min(max(ceil(wanted), 8), LONGEST), batching=batching, seed=draw(st.integers(0, 7)), loss=draw(st.sampled_from(Loss)), witness=drawn.separator)  # fmt: skip


def needs_eps(subject: OptimizerUnderTest) -> str:
    """B8 is about ε > 0, and moments of the gradients alone."""
    assert subject.declared is not None
    h = subject.declared.settings
    return "ε = 0: √v decides for ever" if not h.eps else "a decay joins the step" if h.decays else ""


CHECKS = (
    Check("I1.run", "I1", ("gd", "signum", "adam", ANY), "Along a run every step is that of the moving averages.",
          any_case, runs_by_the_law),
    Check("B8.handover", "B8", ("adam",), "Every step lies between gradient descent's of rate η/ε, less what κ D e^{-μ} takes, and √v's.",
          handover_case, hands_over, share=0.25, skip=any_of(needs_eps, needs_step_bound)),
)  # fmt: skip
"""Checks with the gradients at the iterates."""
