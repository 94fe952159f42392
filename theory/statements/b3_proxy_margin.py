"""B3: AdamProxy separates, at an explicit rate.

Proof.  With D_k = max_i |x_i[k]|: q_k = Σ c_i² x_i[k]² <= D_k² Σ c_i² <= D_k², as Σ c_i² <= (Σ c_i)² = 1.
So c·F = Σ m_k²/√q_k >= Σ m_k²/D_k >= (Σ|m_k|)²/Σ D_k (Cauchy–Schwarz in Titu's form)
>= γ_∞²/Σ D_k = λ by B6.  And m_k² = (Σ_i c_i x_i[k])² <= N q_k, so |u_k| <= √N and |x_i·u| <= √N R = ρ.
With Hoeffding's lemma (:mod:`marginproof.theory.claims.descent`) log S(w_T) <= log N - Σ η_t (λ - ½η_tρ²); the form with
e^{η_tρ} is weaker.
"""

from __future__ import annotations

from typing import Any

import sympy

from marginproof.theory.claims.cases import (
    EXPONENTIAL,
    FROM_ZERO,
    POSITIVE_COLUMNS,
    POSITIVE_STEPS,
    SEPARABLE,
    uses,
)
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.claims.descent import (
    MarginBound,
    bound_along_runs,
    equal_samples,
    hoeffding,
    nonnegative_coefficients,
    one_sample,
    taylor,
)
from marginproof.theory.claims.symbolic import symbol_array
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.number_systems import Array, NumberSystem
from marginproof.theory.verdicts import SUPPORTS, Verdict


def inequalities(formula: MarginBound, effort: Effort) -> Evidence:
    """The three Cauchy–Schwarz steps as sums of squares or of non-negative terms, N, d <= 5."""
    cases = []
    for n in range(1, 6):
        a, c, s = (symbol_array(name, (n,), positive=True) for name in "acs")
        pairs = [(i, j) for i in range(n) for j in range(i)]
        cases.append((f"Σc² > (Σc)² at N={n}", nonnegative_coefficients(sum(c) ** 2 - sum(c**2), list(c))))
        spread = sum((a[i] - a[j]) ** 2 for i, j in pairs)
        cases.append((f"m² <= Nq at N={n}", sympy.expand(n * sum(a**2) - sum(a) ** 2 - spread) == 0))
        titu = sum(s) * sum(a**2 / s) - sum(a) ** 2
        squares = sum((a[i] * s[j] - a[j] * s[i]) ** 2 / (s[i] * s[j]) for i, j in pairs)
        cases.append((f"Titu at d={n}", sympy.cancel(sympy.together(titu - squares)) == 0))
    return all_of(cases)


def runs(formula: MarginBound, effort: Effort) -> Evidence:
    """AdamProxy in 50 digits on data of known γ_∞."""
    return bound_along_runs(formula, effort, seed=203)


def _lambda(X: Array, gamma: Any, numbers: NumberSystem) -> Any:
    return gamma**2 / sum(max(abs(value) for value in column) for column in X.T)


def _rho(X: Array, numbers: NumberSystem) -> Any:
    return numbers.sqrt_one(numbers.convert(len(X))) * _norm(X)


def _norm(X: Array) -> Any:
    sizes = [sum(abs(value) for value in row) for row in X]
    return sizes[0] if len(set(sizes)) == 1 else max(sizes)


F = MarginBound(AdamProxyField(), _lambda, _rho)
CLAIM = Claim(
    id="B3",
    title="AdamProxy separates at a rate",
    plain="c·F(c) >= λ = γ_∞²/Σ_k max_i|x_i[k]| and |u_k| <= √N, so log Σ e^{-x_i·w_T} "
    "<= log N - Σ η_t(λ - ½η_tρ²), ρ = √N R, R = max_i ‖x_i‖_1.",
    tex=r"\log\sum_ie^{-x_i\cdot w_T}\le\log N-\sum_t\eta_t\bigl(\lambda-\tfrac12\eta_t\rho^2\bigr),\ "
    r"\lambda=\gamma_\infty^2/\sum_k\max_i|x_i[k]|",
    quantifiers="for every N, d, separable X without zero column, every positive schedule, every T",
    source="derived here; gives the paper's Prop. 4.3 with a rate",
    proof=__doc__ or "",
    expected=Verdict.HELD,
    hypotheses=(uses("adamproxy"), SEPARABLE, POSITIVE_COLUMNS, EXPONENTIAL, FROM_ZERO, POSITIVE_STEPS),
    formula=F,
    checks=(
        EvidenceSource("Hoeffding's lemma", SUPPORTS, "symbolic", hoeffding),
        EvidenceSource("Taylor form", SUPPORTS, "term by term, symbolic n", taylor),
        EvidenceSource(
            "Cauchy–Schwarz steps",
            SUPPORTS,
            "N, d <= 5; any size by the same sums of squares",
            inequalities,
        ),
        EvidenceSource("attained at N = 1", SUPPORTS, "symbolic x, d up to the bound", one_sample),
        EvidenceSource("√N attained", SUPPORTS, "equal samples, N <= 4, symbolic", equal_samples),
        EvidenceSource("runs in 50 digits", Verdict.OBSERVED, "data of known γ_∞, 120 steps", runs),
    ),
    mutants=changes(
        F,
        exponent={"rate": lambda X, gamma, numbers: gamma / sum(max(abs(v) for v in col) for col in X.T)},
        wrong_norm={
            "rate": lambda X, gamma, numbers: gamma**2 / sum(max(abs(v) for v in col) ** 2 for col in X.T)
        },
        missing_factor={"radius": lambda X, numbers: _norm(X)},
        dropped_root={"radius": lambda X, numbers: len(X) * _norm(X)},
        dropped_square={"cost": lambda eta, rho: eta * rho / 2},
        half_cost={"cost": lambda eta, rho: eta * rho**2 / 4},
        sign={"cost": lambda eta, rho: -eta * rho**2 / 2},
        missing_start={"start": lambda n: sympy.Integer(0)},
        inverted_direction={"direction": lambda X, c, numbers: -AdamProxyField()(X, c, numbers)},
    ),
    missing_evidence="runs of real optimizers at zero tolerance (marginproof.properties.checks.finite_time)",
)
