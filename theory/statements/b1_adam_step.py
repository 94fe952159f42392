"""B1: a step of Adam moves no coordinate by more than η_t A_{t+1}, and that is at most η_t A.

Proof.  w_{t+1} - w_t = -η_t m_{t+1}/√v_{t+1} coordinatewise, whatever the batches, so I11 bounds it by
η_t A_{t+1} <= η_t A, with A_t² = (1-β1)²/(1-β2) Σ_{s<t} (β1²/β2)^s the sharp constant after t steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import sympy

from marginproof.theory.claims.cases import POSITIVE_STEPS, SUMMABLE, uses
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes, failed
from marginproof.theory.claims.digits import random_rows
from marginproof.theory.number_systems import multiprecision
from marginproof.theory.statements.i01_steady_state import BETA1, BETA2
from marginproof.theory.statements.i11_step_bound import F as STEP_BOUND
from marginproof.theory.statements.i11_step_bound import closed_form, induction_step
from marginproof.theory.verdicts import SUPPORTS, Verdict


@dataclass(frozen=True)
class StepLength:
    """The formula: the squared bound on the t-th step, η_{t-1}² A_t², from (η, β1, β2, t), t = 1, 2, …; t = ``None``
    is the limit.
    """

    squared: Callable[[Any, Any, Any, Any], Any] = lambda eta, b1, b2, t: (
        eta**2
        * (1 - b1) ** 2
        / ((1 - b2) * (1 - b1**2 / b2))
        * (1 - (b1**2 / b2) ** t if t is not None else 1)
    )


def extremal(formula: StepLength, effort: Effort) -> Evidence:
    """Attained by gradients (β2/β1)^s at t <= 6; the limit is t → ∞; symbolic β1, β2, η."""
    eta, cases = sympy.Symbol("eta", positive=True), []
    for t in range(1, 7):
        m = v = sympy.Integer(0)
        for s in range(t):
            g = (BETA2 / BETA1) ** s
            m, v = BETA1 * m + (1 - BETA1) * g, BETA2 * v + (1 - BETA2) * g**2
        step = eta**2 * m**2 / v
        cases.append(
            (f"not attained at t={t}", sympy.cancel(step - formula.squared(eta, BETA1, BETA2, t)) == 0)
        )
    t = sympy.Symbol("t", positive=True, integer=True)
    whole = formula.squared(eta, BETA1, BETA2, None)
    gap = sympy.simplify(formula.squared(eta, BETA1, BETA2, t) - whole * (1 - (BETA1**2 / BETA2) ** t))
    return all_of([*cases, ("the limit is not that of t → ∞", gap == 0)])


def by_step_bound(formula: StepLength, effort: Effort) -> Evidence:
    """A step is η|m|/√v in each coordinate, so the bound is η² times I11's A_t², whose induction is checked again."""
    eta = sympy.Symbol("eta", positive=True)
    t = sympy.Symbol("t", integer=True, positive=True)
    limit, decay = STEP_BOUND.limit(BETA1, BETA2), STEP_BOUND.decay(BETA1, BETA2)
    finite = formula.squared(eta, BETA1, BETA2, t) - eta**2 * STEP_BOUND.finite(limit, decay, t)
    whole = formula.squared(eta, BETA1, BETA2, None) - eta**2 * limit
    parts = [check(STEP_BOUND, effort) for check in (induction_step, closed_form)]
    return all_of(
        [
            ("the bound is not η² A_t²", sympy.simplify(finite) == 0),
            ("the bound is not η² A²", sympy.simplify(whole) == 0),
            *((part.detail, part.passed) for part in parts),
        ]
    )


def runs(formula: StepLength, effort: Effort) -> Evidence:
    """Adam in 50 digits on random gradients, 40 steps, zero tolerance beyond 10^-40."""
    random, numbers, count = Random("201"), multiprecision(50), 0
    for _ in range(2 * effort.instances):
        b2 = Fraction(random.randint(5, 19), 20)
        b1 = b2 * Fraction(random.randint(0, 20), 20)
        x, y, eta = (
            numbers.convert(b1),
            numbers.convert(b2),
            numbers.convert(Fraction(random.randint(1, 9), 10)),
        )
        m = v = numbers.convert(0)
        for t in range(1, 41):
            g = numbers.convert(random_rows(random, 1, 1)[0, 0])
            m, v = x * m + (1 - x) * g, y * v + (1 - y) * g * g
            step = eta * eta * m * m / v
            slack = numbers.convert(Fraction(1, 10**40))
            if (
                step > formula.squared(eta, x, y, t) + slack
                or step > formula.squared(eta, x, y, None) + slack
            ):
                return failed(f"step² exceeds the bound at t={t}, β=({b1}, {b2}), seed=201", count)
            count += 1
    return Evidence(True, count, f"{count} steps in 50 digits")


F = StepLength()
CLAIM = Claim(
    id="B1",
    title="Adam's step is at most η A",
    plain="Step t = 0, 1, … moves by ‖w_{t+1} - w_t‖_∞ <= η_t A_{t+1} <= η_t A, with A_t and A as in I11 (A_0 = 0), "
    "for every batching.",
    tex=r"\|w_{t+1}-w_t\|_\infty\le\eta_tA\sqrt{1-(\beta_1^2/\beta_2)^{t+1}}\le\eta_tA",
    quantifiers="for every data set, batching, loss, schedule and t >= 0, ε = 0, no "
    "bias correction, every β1² < β2 < 1",
    source="derived here (A_t is stronger than A)",
    proof=__doc__ or "",
    expected=Verdict.PROVED,
    hypotheses=(uses("adam"), SUMMABLE, POSITIVE_STEPS),
    formula=F,
    checks=(
        EvidenceSource(
            "by I11", Verdict.PROVED, "symbolic η, β1, β2, t: every t, every coordinate", by_step_bound
        ),
        EvidenceSource("extremal gradients", SUPPORTS, "t <= 6, symbolic β1, β2, η; all t by I11", extremal),
        EvidenceSource("runs in 50 digits", Verdict.OBSERVED, "random gradients, 40 steps", runs),
    ),
    mutants=changes(
        F,
        missing_factor={"squared": lambda e, a, b, t: e**2 * (1 - a) ** 2 / (1 - b)},
        dropped_square={"squared": lambda e, a, b, t: e * StepLength().squared(1, a, b, t)},
        exponent={"squared": lambda e, a, b, t: e**2 * (1 - a) / (1 - b) / (1 - a**2 / b)},
        sign={"squared": lambda e, a, b, t: e**2 * (1 - a) ** 2 / (1 - b) / (1 + a**2 / b)},
        index_shift={
            "squared": lambda e, a, b, t: StepLength().squared(e, a, b, None if t is None else t - 1)
        },
        swapped_betas={"squared": lambda e, a, b, t: StepLength().squared(e, b, a, t)},
    ),
    missing_evidence="runs of real optimizers at zero tolerance (marginproof.properties.checks.finite_time)",
)
