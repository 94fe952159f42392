"""Runs of limit claims with ε > 0: cut where ε may reach a stated fraction of √v, and what it moves until then.

√v_t[k] >= √(1-β2) |g_t[k]|, and where one sample makes the batch |g_t[k]| >= |x_k| e^{-R Σ η}/2 (both losses, from
w_0 = 0, where no margin exceeds R Σ η).  A run ends where that may fall to ε/:data:`FRACTION`: until then ε takes no
more than that fraction from a step.  What it moves the direction by is no estimate: the law itself is run with ε and
without it on the same case, and by the triangle inequality a correct optimizer is no further from the law at ε = 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.finite_time import dyadic_below
from marginproof.properties.checks.flows import second_half
from marginproof.properties.checks.running import batch_gradient
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.theory.laws.catalogue import Course
from marginproof.theory.laws.settings import Declared

FRACTION = 1 / 64
"""Of √v that ε may reach."""
FARTHEST = 64.0
"""R Σ η of a run without ε."""


def windows(case: Case) -> tuple[int, int]:
    """(T/2, T) rounded down to whole epochs."""
    epoch = case.n // case.b
    half = case.steps // 2 // epoch * epoch
    return half, 2 * half


def finer(case: Case, k: int) -> Case:
    """The case with k times the steps of 1/k the size."""
    return replace(case, steps=k * case.steps, eta0=case.eta0 / k)


def least_root(X: np.ndarray, beta2: float, b: int) -> float:
    """√v_k at margin 0 at least, with one row of a batch of b."""
    return float(np.abs(X)[X != 0].min() * (1 - beta2) ** 0.5 / (2 * b))


def farthest(subject: OptimizerUnderTest, hyper: Mapping[str, Fraction], X: np.ndarray, b: int) -> float:
    """The largest R Σ η, a power of two."""
    if not subject.eps:
        return FARTHEST
    room = np.log(FRACTION * least_root(X, float(hyper.get("beta2", 0)), b) / subject.eps_of_root)
    return float(dyadic_below(min(max(float(room), 1 / 16), FARTHEST)))


def eps_share(subject: OptimizerUnderTest, case: Case) -> float:
    """The most, relatively, that ε takes from a step of the run: at most :data:`FRACTION` but for runs of no length."""
    if not subject.eps:
        return 0.0
    radius = float(np.abs(case.X).sum(axis=1).max())
    root = least_root(case.X, float(case.hyper.get("beta2", 0)), case.b)
    return float(subject.eps_of_root / (root * np.exp(-radius * float(case.eta0) * case.steps)))


def eps_moves(subject: OptimizerUnderTest, case: Case) -> float:
    """How far ε moves the direction of the second half of the law's run, at the finest steps of a measurement."""
    if not subject.eps:
        return 0.0
    assert subject.declared is not None
    half, end = windows(case)
    both = (subject.declared, subject.declared.changed(eps=0.0))
    one, other = (second_half(law_run(law, finer(case, 4)), 4 * half, 4 * end) for law in both)
    return float(np.linalg.norm(one - other))


def law_run(declared: Declared, case: Case) -> np.ndarray:
    """The iterates that a law makes of a case, shape (T+1, d)."""
    course, W = Course(declared, case.hyper), np.zeros((case.steps + 1, case.d))
    for t, (rows, eta) in enumerate(zip(case.batches, case.etas.tolist(), strict=True)):
        g = batch_gradient(case.X, W[t], rows, case.loss)
        W[t + 1] = W[t] - eta * course.direction(g, W[t], eta)
    return W


def cut_note(subject: OptimizerUnderTest) -> str:
    """What the coverage table says of where runs end; empty for ε = 0."""
    if not subject.eps:
        return ""
    margin = float(np.log(FRACTION / subject.eps_of_root))
    return f"ε = {subject.eps:g}: runs end before it may reach 1/64 of √v, by margin {margin:.1f} where √v = e^-margin"
