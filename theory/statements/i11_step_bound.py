"""I11: |m|/√v <= A for every gradient sequence when β1² < β2: Cauchy–Schwarz, here by induction and sharp.

Proof.  Put k = (1-β1)²/(1-β2), ρ = β1²/β2, and A_0 = 0, A_{t+1}² = k + ρ A_t².  Claim: m_t² <= A_t² v_t
after t steps from m = v = 0.  If so at t, then with m, v and a gradient g, writing α = A_t²,

    (k + ρα)(β2 m²/α + (1-β2) g²) - (β1 m + (1-β1) g)² = ((1-β1)β2 m - β1(1-β2) α g)² / (β2 (1-β2) α) >= 0,

and v >= m²/α gives the claim at t + 1.  A_t² = k (1-ρ^t)/(1-ρ) increases to A² = k/(1-ρ), which is
A = (1-β1)/√((1-β2)(1-β1²/β2)).  So A_t = A √(1-ρ^t) is a sharper bound at each finite t, and both are
attained: equality holds in every step for gradients g_s ∝ (β2/β1)^s.  A >= 1, with equality only at
β1 = β2, since (1-β1)² - (1-β2)(1-β1²/β2) = (β1-β2)²/β2.  For β1² >= β2 the series diverges (R7).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import sympy

from marginproof.theory.claims.cases import SUMMABLE
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.claims.digits import in_many_digits, random_beta, random_rows
from marginproof.theory.claims.symbolic import symbol_array
from marginproof.theory.number_systems import NumberSystem
from marginproof.theory.statements.i01_steady_state import BETA1, BETA2
from marginproof.theory.verdicts import Verdict


@dataclass(frozen=True)
class StepBound:
    """The formula: A² from (β1, β2), k, ρ, and A_t²."""

    limit: Callable[[Any, Any], Any] = lambda b1, b2: (1 - b1) ** 2 / ((1 - b2) * (1 - b1**2 / b2))
    gain: Callable[[Any, Any], Any] = lambda b1, b2: (1 - b1) ** 2 / (1 - b2)
    decay: Callable[[Any, Any], Any] = lambda b1, b2: b1**2 / b2
    finite: Callable[[Any, Any, Any], Any] = lambda limit, decay, t: limit * (1 - decay**t)


def induction_step(formula: StepBound, effort: Effort) -> Evidence:
    """The square identity with symbolic m, g, a, β1, β2; so |m_t| <= A_t √v_t for every t."""
    m, g = sympy.symbols("m g", real=True)
    a = sympy.Symbol("a", positive=True)
    k, rho = formula.gain(BETA1, BETA2), formula.decay(BETA1, BETA2)
    v = BETA2 * m**2 / a + (1 - BETA2) * g**2
    left = (k + rho * a) * v - (BETA1 * m + (1 - BETA1) * g) ** 2
    square = ((1 - BETA1) * BETA2 * m - BETA1 * (1 - BETA2) * a * g) ** 2 / (BETA2 * (1 - BETA2) * a)
    first = k * (1 - BETA2) * g**2 - ((1 - BETA1) * g) ** 2
    return all_of(
        [
            ("the step is not a square", sympy.cancel(left - square) == 0),
            ("the first step is not tight", sympy.cancel(first) == 0),
        ]
    )


def closed_form(formula: StepBound, effort: Effort) -> Evidence:
    """A_0 = 0, A_{t+1}² = k + ρ A_t² for symbolic t; A² its fixed point; A² - 1 a square over positives."""
    t = sympy.Symbol("t", integer=True, nonnegative=True)
    k, rho, limit = (part(BETA1, BETA2) for part in (formula.gain, formula.decay, formula.limit))
    at: Callable[[Any], Any] = lambda n: formula.finite(limit, rho, n)  # noqa: E731
    excess = (1 - BETA1) ** 2 - (1 - BETA2) * (1 - BETA1**2 / BETA2) - (BETA1 - BETA2) ** 2 / BETA2
    bound = limit * (1 - BETA2) * (1 - BETA1**2 / BETA2) - (1 - BETA1) ** 2
    return all_of(
        [
            ("A_0 is not 0", sympy.simplify(at(sympy.Integer(0))) == 0),
            ("A_{t+1}² is not k + ρ A_t²", sympy.simplify(at(t + 1) - k - rho * at(t)) == 0),
            ("A² is not k/(1-ρ)", sympy.cancel(limit * (1 - rho) - k) == 0),
            ("A differs from the stated one", sympy.cancel(bound) == 0),
            ("A >= 1 lost", sympy.cancel(excess) == 0),
        ]
    )


def sharp(formula: StepBound, effort: Effort) -> Evidence:
    """m_T² = A_T² v_T for gradients (β2/β1)^s, symbolic β1, β2, T <= 6; and Lagrange's identity for T
    <= 4.
    """
    cases = []
    for T in range(1, 7):
        m = v = sympy.Integer(0)
        for s in range(T):
            g = (BETA2 / BETA1) ** s
            m, v = BETA1 * m + (1 - BETA1) * g, BETA2 * v + (1 - BETA2) * g**2
        bound = formula.finite(formula.limit(BETA1, BETA2), formula.decay(BETA1, BETA2), T)
        cases.append((f"not attained at T={T}", sympy.cancel(m**2 - bound * v) == 0))
    for T in range(1, 5):
        p, r = symbol_array("p", (T,), real=True), symbol_array("r", (T,), real=True)
        gap = (p @ p) * (r @ r) - (p @ r) ** 2
        pairs = sum((p[i] * r[j] - p[j] * r[i]) ** 2 for i in range(T) for j in range(i))
        cases.append((f"Lagrange's identity at T={T}", sympy.expand(gap - pairs) == 0))
    return all_of(cases)


def exact_sequences(formula: StepBound, effort: Effort) -> Evidence:
    """m_t² <= A_t² v_t <= A² v_t in fractions, random rational gradients and momenta, 30 steps."""
    cases, random = [], Random("111")
    for _ in range(4 * effort.instances):
        b2 = Fraction(random.randint(2, 19), 20)
        b1 = min(random_beta(random), b2)
        m = v = Fraction(0)
        limit, decay = formula.limit(b1, b2), formula.decay(b1, b2)
        for t in range(1, 31):
            g = Fraction(random_rows(random, 1, 1)[0, 0])
            m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
            cases.append(
                (f"m² > A_t² v at t={t}, β=({b1}, {b2})", m * m <= formula.finite(limit, decay, t) * v)
            )
            cases.append((f"m² > A² v at t={t}, β=({b1}, {b2})", m * m <= limit * v))
    return all_of(cases)


def digits(formula: StepBound, effort: Effort) -> Evidence:
    """Equality for the extremal sequence, run for 40 steps."""

    def sides(numbers: NumberSystem, random: Random) -> tuple[Any, Any]:
        b1, b2 = Fraction(random.randint(1, 9), 10), Fraction(19, 20)
        x, y = numbers.convert(b1), numbers.convert(b2)
        m = v = numbers.convert(0)
        for s in range(40):
            g = (y / x) ** s
            m, v = x * m + (1 - x) * g, y * v + (1 - y) * g * g
        return m * m / v, formula.finite(formula.limit(x, y), formula.decay(x, y), 40)

    return in_many_digits(sides, effort, seed=111)


F = StepBound()
CLAIM = Claim(
    id="I11",
    title="Adam's step bound A",
    plain="|m_t|/√v_t <= A_t = A√(1-(β1²/β2)^t) <= A = (1-β1)/√((1-β2)(1-β1²/β2)) for "
    "every gradient sequence; sharp; A >= 1.",
    tex=r"\frac{|m_t|}{\sqrt{v_t}}\le A\sqrt{1-(\beta_1^2/\beta_2)^t},\quad "
    r"A=\frac{1-\beta_1}{\sqrt{(1-\beta_2)(1-\beta_1^2/\beta_2)}}",
    quantifiers="for every t, every gradient sequence from m = v = 0, every β1² < β2 < 1",
    source="derived here (the bound A is Cauchy–Schwarz; A_t and sharpness are stronger)",
    proof=__doc__ or "",
    expected=Verdict.PROVED,
    hypotheses=(SUMMABLE,),
    formula=F,
    checks=(
        EvidenceSource(
            "induction step", Verdict.PROVED, "symbolic β1, β2, m, g, A_t: every t", induction_step
        ),
        EvidenceSource("closed form", Verdict.PROVED, "symbolic β1, β2, t", closed_form),
        EvidenceSource(
            "sharpness",
            Verdict.PROVED,
            "T <= 6, symbolic β1, β2; every T since each step is an equality",
            sharp,
        ),
        EvidenceSource("exact sequences", Verdict.OBSERVED, "random rationals, 30 steps", exact_sequences),
        EvidenceSource("50 and 200 digits", Verdict.OBSERVED, "the extremal sequence, 40 steps", digits),
    ),
    mutants=changes(
        F,
        missing_factor={"limit": lambda b1, b2: 1 / ((1 - b2) * (1 - b1**2 / b2))},
        dropped_square={"limit": lambda b1, b2: (1 - b1) ** 2 / ((1 - b2) * (1 - b1 / b2))},
        sign={"limit": lambda b1, b2: (1 - b1) ** 2 / ((1 - b2) * (1 + b1**2 / b2))},
        exponent={"gain": lambda b1, b2: (1 - b1) / (1 - b2)},
        swapped_betas={"decay": lambda b1, b2: b2**2 / b1},
        index_shift={"finite": lambda limit, decay, t: limit * (1 - decay ** (t + 1))},
        doubled_exponent={"finite": lambda limit, decay, t: limit * (1 - decay ** (2 * t))},
    ),
)
