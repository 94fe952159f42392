"""B4: full-batch normalised gradient descent against γ_2.

Proof.  u = m/‖m‖_2 gives c·F = m·u = ‖m‖_2 >= γ_2 by B6, and |x_i·u| <= ‖x_i‖_2 <= R_2 by Cauchy–Schwarz
(Lagrange's identity).  Hoeffding's lemma (:mod:`marginproof.theory.claims.descent`) does the rest; ‖w_T‖_2 <= Σ η_t.
"""

from __future__ import annotations

from typing import Any, cast

import sympy

from marginproof.theory.claims.cases import (
    EXPONENTIAL,
    FROM_ZERO,
    FULL_BATCH,
    POSITIVE_STEPS,
    SEPARABLE,
    uses,
)
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.claims.descent import (
    MarginBound,
    bound_along_runs,
    hoeffding,
    in_norms,
    one_sample,
    taylor,
)
from marginproof.theory.claims.norms import L2
from marginproof.theory.claims.symbolic import ROOTS, symbol_array, symbolic_data, vanishes
from marginproof.theory.number_systems import Array, NumberSystem
from marginproof.theory.verdicts import SUPPORTS, Verdict


def _unit(X: Array, c: Array, numbers: NumberSystem) -> Array:
    m = X.T @ c
    return cast(Array, m / numbers.sqrt_one(m @ m))


def _largest_norm(X: Array, numbers: NumberSystem) -> Any:
    sizes = [numbers.sqrt_one(row @ row) for row in X]
    return sizes[0] if len(sizes) == 1 else max(sizes)


def identities(formula: MarginBound, effort: Effort) -> Evidence:
    """c·X u = ‖Xᵀc‖_2 over symbols; ‖x‖²‖u‖² - (x·u)² is a sum of squares; ‖u‖_2 = 1."""
    cases = []
    for n, d in effort.sizes():
        X, c = symbolic_data(n, d)
        m, u = X.T @ c, formula.direction(X, c, ROOTS)
        cases.append((f"c·F is not ‖m‖_2 at N={n}, d={d}", vanishes(c @ (X @ u) - ROOTS.sqrt_one(m @ m))))
        cases.append((f"‖u‖_2 is not 1 at N={n}, d={d}", vanishes(u @ u - 1)))
    for d in range(1, 6):
        x, y = symbol_array("x", (d,), real=True), symbol_array("y", (d,), real=True)
        squares = sum((x[i] * y[j] - x[j] * y[i]) ** 2 for i in range(d) for j in range(i))
        gap = (x @ x) * (y @ y) - (x @ y) ** 2 - squares
        cases.append((f"Lagrange's identity at d={d}", sympy.expand(gap) == 0))
    return all_of(cases)


def runs(formula: MarginBound, effort: Effort) -> Evidence:
    """Normalised GD in 50 digits on data of known γ_2."""
    return bound_along_runs(formula, effort, seed=204, squared=True)


def any_norm(formula: MarginBound, effort: Effort) -> Evidence:
    """The same bound for steepest descent in any norm."""
    return in_norms(formula, effort, seed=204, own=L2)


F = MarginBound(_unit, lambda X, gamma, numbers: gamma, _largest_norm)
CLAIM = Claim(
    id="B4",
    title="normalised GD's margin",
    plain="Full batch, w_0 = 0, u = m/‖m‖_2: min_i x_i·w_T >= -log N + Σ η_t(γ_2 - "
    "½η_tR_2²), R_2 = max‖x_i‖_2, while ‖w_T‖_2 <= Σ η_t.",
    tex=r"\min_ix_i\cdot w_T\ge-\log N+\sum_t\eta_t\bigl(\gamma_2-\tfrac12\eta_tR_2^2\bigr)",
    quantifiers="for every N, d, separable X, every positive schedule, every T",
    source="derived here; the argument is classical",
    proof=__doc__ or "",
    expected=Verdict.HELD,
    hypotheses=(uses("gd"), SEPARABLE, FULL_BATCH, EXPONENTIAL, FROM_ZERO, POSITIVE_STEPS),
    formula=F,
    checks=(
        EvidenceSource("Hoeffding's lemma", SUPPORTS, "symbolic", hoeffding),
        EvidenceSource("Taylor form", SUPPORTS, "term by term, symbolic n", taylor),
        EvidenceSource("c·F and Lagrange's identity", SUPPORTS, "(N, d) up to the bound, d <= 5", identities),
        EvidenceSource("attained at N = 1", SUPPORTS, "symbolic x, d up to the bound", one_sample),
        EvidenceSource("runs in 50 digits", Verdict.OBSERVED, "data of known γ_2, 120 steps", runs),
        EvidenceSource(
            "in any norm", SUPPORTS, "steepest descent in l_inf, l2, l1, spectral; 50 digits", any_norm
        ),
    ),
    mutants=changes(
        F,
        wrong_norm={"direction": lambda X, c, numbers: (X.T @ c) / sum(abs(v) for v in X.T @ c)},
        dropped_root={"direction": lambda X, c, numbers: (X.T @ c) / ((X.T @ c) @ (X.T @ c))},
        sign={"direction": lambda X, c, numbers: -_unit(X, c, numbers)},
        exponent={"rate": lambda X, gamma, numbers: gamma**2},
        missing_root={"radius": lambda X, numbers: _largest_norm(X, numbers) ** 2},
        dropped_square={"cost": lambda eta, rho: eta * rho / 2},
        half_cost={"cost": lambda eta, rho: eta * rho**2 / 4},
        missing_start={"start": lambda n: sympy.Integer(0)},
    ),
    missing_evidence="runs of real optimizers at zero tolerance (marginproof.properties.checks.finite_time)",
)
