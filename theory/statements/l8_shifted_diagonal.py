"""L8: Inc-Adam from w_0 = 0 on shifted-diagonal data tends to the ℓ∞ direction.

Why. c = e_1 solves the limit equation and attracts, for AdamProxy (I7) and for Inc-Adam at every β1, β2:
at c = e_1 only one batch gradient is non-zero, m/√v = β1^r/√β2^r sign(x_1) at lag r, so u is a positive
multiple of (1,…,1). That the start c = (1/N,…,1/N) lies in its basin depends on the data; another start
may not (R2).

For two rows the β2 → 1 field, AdamProxy, holds e_1's basin to every start with c_1 >= c_2, w_0 = 0 among them, with every
positive schedule of infinite sum (:mod:`marginproof.theory.claims.two_row_trap`); for three rows that is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from marginproof.theory.claims.cases import (
    FROM_ZERO,
    PER_SAMPLE,
    SHIFTED_DIAGONAL,
    VANISHING,
    ClaimCase,
    exact_rows,
    uses,
)
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.claims.limits import (
    KnownMargins,
    LimitStatement,
    adam_epoch,
    ends_at,
    frozen_epoch,
    l2_gap,
    linf_gap,
)
from marginproof.theory.claims.two_row_trap import TwoRows, proved
from marginproof.theory.fields import AdamProxyField, GradientField, IncAdamField, SignField, ThetaField
from marginproof.theory.number_systems import Array, multiprecision
from marginproof.theory.verdicts import SUPPORTS, Verdict

B1, B2 = Fraction(1, 2), Fraction(3, 5)


def shifted(random: Random, n: int) -> KnownMargins:
    """x_i = a_i e_i + δ Σ_{k≠i} e_k with 0 < a_1 < … < a_N, δ > 0; γ_∞ = a_1 + (N-1)δ."""
    delta, a, rows = Fraction(random.randint(1, 4), 2), Fraction(random.randint(1, 4), 2), []
    for i in range(n):
        rows.append([a if k == i else delta for k in range(n)])
        a += Fraction(random.randint(1, 4), 4)
    return KnownMargins(exact_rows(rows), exact_rows([rows[0]])[0], rows[0][0] + (n - 1) * delta)


def settled(formula: LimitStatement, effort: Effort) -> Evidence:
    """The stated field is Inc-Adam's settled epoch at (1/2, 3/5)."""
    return frozen_epoch(formula, adam_epoch(B1, B2), effort, seed=308, settle=300)


def vertex(formula: LimitStatement, effort: Effort) -> Evidence:
    """At c = e_1 the field is a positive multiple of (1,…,1) and row 1 has the least F, strictly: it
    attracts.
    """
    random, numbers, cases = Random("308"), multiprecision(50), []
    for n in (2, 3, 4):
        known = shifted(random, n)
        X, c = numbers.array(known.X), numbers.array([int(i == 0) for i in range(n)])
        u = formula.field(1, n)(X, c, numbers)
        F = X @ u
        cases += [
            (f"not the predicate's data at N={n}", SHIFTED_DIAGONAL.holds(ClaimCase(known.X))),
            (f"u is not along (1,…,1) at N={n}", bool(min(u) > 0 and max(u) - min(u) < min(u) / 10**40)),
            (f"row 1 does not dominate at N={n}", bool(min(F[1:]) > F[0])),
        ]
    return all_of(cases)


def flow(formula: LimitStatement, effort: Effort) -> Evidence:
    """From w_0 = 0, N = 2, 3, 4."""
    random = Random("308/flow")
    return ends_at(formula, [shifted(random, n) for n in (2, 3, 4) for _ in range(effort.instances)])


def _rows(a: Any, b: Any, delta: Any) -> Array:
    return np.array([[a, delta], [delta, b]], dtype=object)


@dataclass(frozen=True)
class ShiftedDiagonalLimit(LimitStatement):
    """The limit, and the field and data of its proof for two rows."""

    two_rows: TwoRows


def two_rows(formula: ShiftedDiagonalLimit, effort: Effort) -> Evidence:
    """AdamProxy on two rows, from every start with c_1 >= c_2."""
    return proved(formula.two_rows, effort)


F = ShiftedDiagonalLimit(
    lambda b, n: IncAdamField(batch_size=b, beta1=B1, beta2=B2), linf_gap, TwoRows(AdamProxyField(), _rows)
)
CLAIM = Claim(
    id="L8",
    title="Inc-Adam on shifted-diagonal → l_inf",
    plain="Inc-Adam from w_0 = 0 on shifted-diagonal data: w/‖w‖_∞ → "
    "(1,…,1), the l_inf max-margin direction.",
    tex=r"w_t/\|w_t\|_\infty\to(1,\dots,1)",
    quantifiers="for shifted-diagonal data whose basin of e_1 holds the start; from "
    "w_0 = 0, not from every start (R2)",
    source="paper, §4",
    proof=__doc__ or "",
    expected=Verdict.OBSERVED,
    hypotheses=(uses("adam"), SHIFTED_DIAGONAL, PER_SAMPLE, FROM_ZERO, VANISHING),
    formula=F,
    checks=(
        EvidenceSource("settled epoch", SUPPORTS, "50 digits, b = 1, 2, 3, β = (1/2, 3/5)", settled),
        EvidenceSource("the vertex attracts", SUPPORTS, "50 digits, N <= 4", vertex),
        EvidenceSource("the flow's end", SUPPORTS, "float64, N <= 4, from w_0 = 0", flow),
        EvidenceSource(
            "two rows",
            Verdict.PROVED,
            "symbolic a_1 < a_2, δ, c_2/c_1 in [0, 1]",
            two_rows,
            part="for AdamProxy and N = 2, from every start with c_1 >= c_2, by every positive schedule of infinite sum",
        ),
    ),
    mutants=changes(
        F,
        wrong_norm={"target": l2_gap},
        missing_root={"field": lambda b, n: GradientField()},
        full_batch={"field": lambda b, n: SignField()},
        batched={"field": lambda b, n: ThetaField(Fraction(1, 2))},
        swapped_betas={"field": lambda b, n: IncAdamField(batch_size=b, beta1=B2, beta2=B1)},
        ignored_batch={"field": lambda b, n: IncAdamField(beta1=B1, beta2=B2)},
        sign={"target": lambda known, u: linf_gap(known, -u)},
        another_field_on_two_rows={"two_rows": TwoRows(ThetaField(Fraction(1, 2)), _rows)},
        rows_in_falling_order={"two_rows": TwoRows(AdamProxyField(), lambda a, b, d: _rows(b, a, d))},
    ),
    missing_evidence="simulated runs against the prediction (marginproof.properties.checks.predictions)",
)
