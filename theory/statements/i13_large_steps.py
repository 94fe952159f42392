"""I13: as the constant step grows, Inc-Adam's effective field becomes AdamProxy's, at rate η^{-2}.

Proof.  At the speed limit γ̂ = (K/2) log(1/β2), I12's betas are β2' = 1 and β1' = β1/√β2 =: ϱ < 1.  By I2's
argument the field there is (1-ϱ^K)/(1-ϱ) · m/√(Σ_j Ĝ_j²), in which one sample a batch gives AdamProxy's m/√q; for
larger batches q is the sum of squares of the batch sums.  The field is analytic in (β1', β2') where q > 0, so it is
within O(1-β2') of that.  The growth equation γ̂ = κγ reads

    √(1-β2'^K) = γ̂ (1-β1'^K) √(1-β2) / ((1-β1) η γ),

and γ̂ is below the speed limit, so along solutions whose levels γ stay above a positive constant 1-β2'^K = O(η^{-2}):
β2' → 1 and the field tends to AdamProxy's.  Near it γ is above a positive constant indeed: there c·F = (1-ϱ^K)/(1-ϱ)
Σ_k m_k²/√q_k + O(1-β2') by I4, which B3 bounds below on separable data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import sympy

from marginproof.theory.claims.cases import (
    CONSTANT,
    CYCLIC,
    EXPONENTIAL,
    PER_SAMPLE,
    POSITIVE_COLUMNS,
    SUMMABLE,
    uses,
)
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes, failed
from marginproof.theory.claims.digits import agrees, extrapolate, random_rows, random_weights
from marginproof.theory.claims.symbolic import ROOTS, all_vanish, symbolic_data
from marginproof.theory.fields import AdamProxyField, IncAdamField, mean_gradient, per_sample_square
from marginproof.theory.number_systems import Array, NumberSystem, multiprecision
from marginproof.theory.statements.i01_steady_state import BETA1, BETA2, K
from marginproof.theory.statements.i12_effective_betas import CLAIM as EFFECTIVE
from marginproof.theory.verdicts import SUPPORTS, Verdict

PROXY = AdamProxyField()
ROWS = ((4, 1, 2, -1, 1), (1, 5, -1, 2, 3), (-1, 2, 6, 1, -2))


@dataclass(frozen=True)
class LargeSteps:
    """The formula: β1' and β2' at the speed limit, the field there, and the power of η at which it is approached."""

    first: Callable[[Any, Any], Any] = lambda b1, b2: b1 / sympy.sqrt(b2)
    second: Callable[[Any, Any], Any] = lambda b1, b2: sympy.Integer(1)
    factor: Callable[[Any, Any], Any] = lambda rho, k: (1 - rho**k) / (1 - rho)
    direction: Callable[[Array, Array, NumberSystem], Array] = PROXY
    power: int = -2


def at_the_limit(formula: LargeSteps, effort: Effort) -> Evidence:
    """I12's betas at γ̂ = (K/2) log(1/β2), for symbolic β1, β2, K; and ϱ² = β1²/β2."""
    e = sympy.exp(EFFECTIVE.formula.limit(BETA2, K) / K)
    first, second = formula.first(BETA1, BETA2), formula.second(BETA1, BETA2)
    return all_of(
        [
            ("β1' differs", sympy.simplify(EFFECTIVE.formula.first(BETA1, e) - first) == 0),
            ("β2' differs", sympy.simplify(EFFECTIVE.formula.second(BETA2, e) - second) == 0),
            ("ϱ² is not β1²/β2", sympy.simplify(first**2 - BETA1**2 / BETA2) == 0),
        ]
    )


def field_there(formula: LargeSteps, effort: Effort) -> Evidence:
    """Inc-Adam's field at (ϱ, 1) is factor · direction: symbolic ϱ, X, c, every (N, d) up to the bound."""
    rho, cases = sympy.Symbol("rho", positive=True), []
    for n, d in effort.sizes():
        X, c = symbolic_data(n, d)
        second: Any = formula.second(BETA1, BETA2)
        u = IncAdamField(beta1=rho, beta2=second)(X, c, ROOTS)
        wanted = formula.factor(rho, sympy.Integer(n)) * formula.direction(X, c, ROOTS)
        cases.append((f"fails at N={n}, d={d}", all_vanish(u - wanted)))
    return all_of(cases)


def step_of_growth(formula: LargeSteps, effort: Effort) -> Evidence:
    """η²(1-β2'^K) → A², A = (K/2) log(1/β2) · (1-ϱ^K) √(1-β2) / ((1-β1) γ), for a level γ held fixed, from I12 with K = 3."""
    gap, level = sympy.symbols("h gamma", positive=True)
    limit = EFFECTIVE.formula.limit(BETA2, K)
    e = sympy.exp((limit - gap) / K)
    first, second = EFFECTIVE.formula.first(BETA1, e), EFFECTIVE.formula.second(BETA2, e)
    squared = (limit - gap) ** 2 / level**2 / EFFECTIVE.formula.factor_squared(BETA1, BETA2, first, second, K)
    product = (1 - second**K) * squared ** sympy.Rational(-formula.power, 2)
    rho = formula.first(BETA1, BETA2)
    constant = (limit / level) ** 2 * (1 - BETA2) * (1 - rho**K) ** 2 / (1 - BETA1) ** 2
    gap_at_zero = sympy.limit(sympy.simplify(product.subs(K, 3)), gap, 0) - constant.subs(K, 3)
    return all_of([("η² (1-β2'^K) tends elsewhere", sympy.simplify(gap_at_zero) == 0)])


def rate(formula: LargeSteps, effort: Effort) -> Evidence:
    """The field at betas a gap h below the speed limit tends to factor · direction, Richardson in 50 digits."""
    random, numbers, count = Random("113"), multiprecision(80), 0
    for _ in range(min(effort.instances, 6)):
        n = random.randint(2, 4)
        X, c = numbers.array(random_rows(random, n, 2)), numbers.array(random_weights(random, n))
        b1, b2 = numbers.convert(Fraction(1, 2)), numbers.convert(Fraction(random.randint(6, 9), 10))
        exp, terms = type(b1).context.exp, []
        for k in range(8, 26):
            e = exp(-numbers.convert(Fraction(1, n * 2**k))) / numbers.sqrt_one(b2)
            terms.append(IncAdamField(1, None, b1 * e, b2 * e * e)(X, c, numbers))
        rho = b1 / numbers.sqrt_one(b2)
        if not agrees(extrapolate(terms), formula.factor(rho, n) * formula.direction(X, c, numbers), 50):
            return failed(f"another limit at N={n}", count)
        count += 1
    return Evidence(count > 0, count, f"{count} sequences")


def solutions(formula: LargeSteps, effort: Effort) -> Evidence:
    """The solution's direction at η = 10^k against that of the stated field, on a 3 × 5 data set in float64."""
    from marginproof.theory.limit.problem import LimitProblem
    from marginproof.theory.limit.solve import solve
    from marginproof.theory.limit.steps.constant import solve_constant

    X = np.array(ROWS, dtype=np.float64)
    limit = solve(LimitProblem(X, PROXY))
    goal = formula.direction(X, limit.weights, multiprecision(30))
    goal = np.asarray(goal, dtype=np.float64) / float(np.linalg.norm(np.asarray(goal, dtype=np.float64)))
    gaps = []
    for eta in (0.1, 1.0, 10.0):
        found = solve_constant(LimitProblem(X, IncAdamField()), eta, contraction=False)
        gaps.append(float(np.linalg.norm(found.limit.direction - goal)))
    falls = [gaps[k] / gaps[k + 1] for k in range(2)]
    wanted = 10.0**-formula.power
    return all_of(
        [
            (f"gap {gaps[-1]:.3g} at η = 10", gaps[-1] < 1e-4),
            (f"the gaps fall by {falls} a decade", all(0.8 * wanted < fall < 1.2 * wanted for fall in falls)),
        ]
    )


F = LargeSteps()
CLAIM = Claim(
    id="I13",
    title="large constant steps give AdamProxy",
    plain="As η → ∞ (b = 1) γ̂ tends to the speed limit, β2' → 1 and β1' → β1/√β2, and the field at effective betas "
    "tends to a multiple of AdamProxy's; 1-β2' = O(η^-2) while the level stays above a positive constant.",
    tex=r"\beta_2'\to1,\ \beta_1'\to\varrho=\beta_1/\sqrt{\beta_2},\quad "
    r"u_{\beta_1',\beta_2'}(c)\to\frac{1-\varrho^K}{1-\varrho}\,\frac{m}{\sqrt q},\quad 1-\beta_2'=O(\eta^{-2})",
    quantifiers="for every β1² < β2 < 1, N, d, X without zero column, c in the simplex with q > 0, and solutions of I12 "
    "with levels bounded below",
    source="derived here",
    proof=__doc__ or "",
    expected=Verdict.PROVED,
    hypotheses=(uses("adam"), SUMMABLE, CYCLIC, PER_SAMPLE, POSITIVE_COLUMNS, EXPONENTIAL, CONSTANT),
    formula=F,
    checks=(
        EvidenceSource("betas at the limit", Verdict.PROVED, "symbolic β1, β2, K", at_the_limit),
        EvidenceSource(
            "the field there",
            Verdict.PROVED,
            "every (N, d) up to the bound; any N by the bijection of lags",
            field_there,
        ),
        EvidenceSource("η² (1-β2'^K)", SUPPORTS, "symbolic β1, β2, γ; K = 3", step_of_growth),
        EvidenceSource("approach", Verdict.OBSERVED, "Richardson in 80 digits, N <= 4", rate),
        EvidenceSource(
            "solutions at η = 0.1, 1, 10", Verdict.OBSERVED, "one 3 × 5 data set, float64", solutions
        ),
    ),
    mutants=changes(
        F,
        missing_root={"first": lambda b1, b2: b1 / b2},
        own_beta={"first": lambda b1, b2: b1},
        exponent={"factor": lambda rho, k: (1 - rho ** (k + 1)) / (1 - rho)},
        missing_factor={"factor": lambda rho, k: 1 / (1 - rho)},
        below_one={"second": lambda b1, b2: b2},
        gradient_descent={"direction": lambda X, c, numbers: mean_gradient(X, c)},
        wrong_power={"direction": lambda X, c, numbers: mean_gradient(X, c) / per_sample_square(X, c)},
        first_order={"power": -1},
        third_order={"power": -3},
    ),
)
