"""B6 on runs: the last iterate and the average loss weights bracket γ_p in exact fractions, as narrowly as derived.

That a pair (w, c) brackets γ_p is a theorem about any w and c, and no optimizer can break it; what an optimizer
can fail to do is to close it.  The inequality of :mod:`marginproof.theory.bounds.run_bracket` says how far it must.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import Check, any_of
from marginproof.properties.checks.finite_time import (
    eps_note,
    needs_pace,
    needs_zero_momentum,
    no_momentum,
    strong_case,
    strong_full,
)
from marginproof.properties.checks.margin_bounds import l2_lower, linf_lower
from marginproof.properties.checks.running import drive
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.theory.bounds.comparison import Comparison, not_finite
from marginproof.theory.bounds.margin_bounds import Trajectory, before_eps, bracket
from marginproof.theory.bounds.run_bracket import Norm, average_weights, run_bracket_sides


def exact_bracket(case: Case, run: Trajectory, p: Norm) -> tuple[Fraction, Fraction]:
    """(lower, upper) of γ_p from w_T and c̄, exact (squared for p = 2); c̄ is put on the simplex in fractions.

    Raises:
      ValueError, OverflowError: an iterate that is no number.
    """
    c = np.array([Fraction(float(x)) for x in average_weights(run)], dtype=object)
    w = np.array([Fraction(float(x)) for x in run.W[-1]], dtype=object)
    return bracket(np.array(case.rows, dtype=object), w, c / c.sum(), "inf" if p == "inf" else "2")


def run_brackets_the_margin(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """The exact bracket, and both sides of its width's inequality."""
    p: Norm = "2" if subject.family == "gd" else "inf"
    run = drive(subject, case, pace="norm").run
    broken = not_finite(run.W, "w")
    if broken is not None:
        return broken
    beta = float(case.hyper["beta"]) if subject.family == "signum" else None
    gamma = l2_lower(case) if p == "2" else linf_lower(case)
    eps = subject.eps_of_root if subject.family == "adam" else 0.0
    run = before_eps(run, eps, gamma) if eps else run
    judged = run_bracket_sides(run, p, gamma, beta, eps)
    if not run.W[-1].any() or not len(run.etas):
        return judged
    lower, upper = exact_bracket(case, run, p)
    square = "²" if p == "2" else ""
    text = f"{judged.text}; w_T and the average weights bracket γ_{p}{square} in [{float(lower)!r}, {float(upper)!r}]"
    return replace(judged, holds=judged.holds and lower <= upper, text=text)


def bracket_cases(subject: OptimizerUnderTest) -> st.SearchStrategy[Case]:
    """Strong cases: any batches and momentum for Signum, the full batch without momentum for the others."""
    if subject.family == "gd":
        return strong_full(subject)
    return strong_case(subject) if subject.family == "signum" else no_momentum(subject, strong=True)


def needs_no_momentum(subject: OptimizerUnderTest) -> str:
    """Adam is sign descent at β1 = β2 = 0; Signum may have any β."""
    return needs_zero_momentum(subject) if subject.family == "adam" else ""


def needs_pace_of_gd(subject: OptimizerUnderTest) -> str:
    """The ℓ₂ bracket is normalised gradient descent's."""
    return needs_pace(subject) if subject.family == "gd" else ""


CHECKS = (
    Check("B6.bracket", "B6", ("gd", "signum", "adam"),
          "A run's iterates and loss weights bracket γ_p in exact fractions, as narrowly as derived.",
          bracket_cases, run_brackets_the_margin, share=0.25, skip=any_of(needs_pace_of_gd, needs_no_momentum), note=eps_note),
)  # fmt: skip
"""Checks on brackets along runs."""
