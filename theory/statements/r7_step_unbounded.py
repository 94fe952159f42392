"""R7 (false): "β1 <= β2 is not needed" for Adam's step bound.

Refutation.  For β1² > β2 put ρ = β1²/β2 > 1.  Gradients g_s = (β2/β1)^s give m_t²/v_t = A_t² =
(1-β1)²/(1-β2) (ρ^t - 1)/(ρ - 1) after t steps (I11's extremal sequence, an identity in β1, β2), which
grows without bound.  At (9/10, 1/2) it passes 10^9 within 60 steps, exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from marginproof.theory.claims.cases import BETAS
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.statements.i01_steady_state import BETA1, BETA2
from marginproof.theory.verdicts import SUPPORTS, Verdict


@dataclass(frozen=True)
class Growth:
    """The formula: the momenta, the gradients g_s, and m_t²/v_t from (β1, β2, t)."""

    betas: tuple[Fraction, Fraction] = (Fraction(9, 10), Fraction(1, 2))
    gradient: Callable[[Any, Any, int], Any] = lambda b1, b2, s: (b2 / b1) ** s
    squared: Callable[[Any, Any, Any], Any] = lambda b1, b2, t: (
        (1 - b1) ** 2 / (1 - b2) * ((b1**2 / b2) ** t - 1) / (b1**2 / b2 - 1)
    )


def _moments(formula: Growth, b1: Any, b2: Any, t: int) -> tuple[Any, Any]:
    m = v = 0 * b1
    for s in range(t):
        g = formula.gradient(b1, b2, s)
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    return m, v


def exact_run(formula: Growth, effort: Effort) -> Evidence:
    """m_t²/v_t in fractions for t <= 60: as stated, above 10^9 at the end, growing by a factor tending
    to ρ > 1.
    """
    b1, b2 = formula.betas
    cases = [("ρ is not above 1", b1**2 > b2)]
    for t in range(1, 61):
        m, v = _moments(formula, b1, b2, t)
        cases.append((f"m²/v differs at t={t}", m**2 == formula.squared(b1, b2, t) * v))
    return all_of([*cases, ("no step is long", formula.squared(b1, b2, 60) > 10**9)])


def symbolic(formula: Growth, effort: Effort) -> Evidence:
    """The identity for symbolic β1, β2 at t <= 5, and the recursion A_{t+1}² = k + ρA_t² for symbolic t."""
    cases = []
    for t in range(1, 6):
        m, v = _moments(formula, BETA1, BETA2, t)
        cases.append((f"fails at t={t}", sympy.cancel(m**2 - formula.squared(BETA1, BETA2, t) * v) == 0))
    t = sympy.Symbol("t", integer=True, positive=True)
    k, rho = (1 - BETA1) ** 2 / (1 - BETA2), BETA1**2 / BETA2
    step = formula.squared(BETA1, BETA2, t + 1) - k - rho * formula.squared(BETA1, BETA2, t)
    return all_of([*cases, ("the recursion fails", sympy.simplify(step) == 0)])


F = Growth()
CLAIM = Claim(
    id="R7",
    title="β1 <= β2 is not needed",
    plain="False: for β1² > β2 the gradients (β2/β1)^s make |m_t|/√v_t grow like (β1/√β2)^t.",
    tex=r"m_t^2/v_t=\tfrac{(1-\beta_1)^2}{1-\beta_2}\,\frac{\rho^t-1}{\rho-1},\ \rho=\beta_1^2/\beta_2>1",
    quantifiers="claimed for every β1 and β2; refuted by gradients for every β1² > β2",
    source="found here",
    proof=__doc__ or "",
    expected=Verdict.REFUTED,
    hypotheses=(BETAS,),
    formula=F,
    checks=(
        EvidenceSource("exact run", SUPPORTS, "60 steps in fractions", exact_run),
        EvidenceSource(
            "symbolic β", SUPPORTS, "t <= 5, symbolic β1, β2; the recursion for symbolic t", symbolic
        ),
    ),
    mutants=changes(
        F,
        ordered_betas={"betas": (Fraction(1, 2), Fraction(9, 10))},
        exponent={"gradient": lambda b1, b2, s: (b2 / b1) ** (2 * s)},
        inverted={"gradient": lambda b1, b2, s: (b1 / b2) ** s},
        missing_factor={"squared": lambda b1, b2, t: ((b1**2 / b2) ** t - 1) / (b1**2 / b2 - 1)},
        index_shift={"squared": lambda b1, b2, t: Growth().squared(b1, b2, t + 1)},
        dropped_square={"squared": lambda b1, b2, t: Growth().squared(b1, b2, t) / (1 - b1)},
        constant_gradient={"gradient": lambda b1, b2, s: b1**0},
    ),
    missing_evidence="a certificate in constructions/corpus",
)
