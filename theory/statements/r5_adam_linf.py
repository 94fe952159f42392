"""R5 (false): "Adam's ℓ∞ bias survives b = 1".

Refutation.  SR4, X = [[1,1,1,1],[2,2,2,-2],[3,3,-3,-3],[4,-4,4,-4]], is scaled Rademacher data.  For b = 1
and every β1, β2, (G∘G)_j = c_j² a_j² (1,…,1), so every denominator of Inc-Adam's field is a scalar and
u(c) = Xᵀ(c∘ω) with ω > 0: the limit equation is the KKT system of the ℓ₂ problem (I6 for AdamProxy).  Its
solution is exact: w = Xᵀd with d = (1/4, 0, 1/36, 1/64) is (19, 13, 11, 5)/48, and its ℓ∞ margin is
48/19 < 3 = γ_∞.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import sympy

from marginproof.theory.claims.cases import SCALED_RADEMACHER, SEPARABLE, ClaimCase, exact_rows
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.claims.symbolic import ROOTS, symbol_array, vanishes
from marginproof.theory.fields import IncAdamField
from marginproof.theory.statements.i01_steady_state import BETA1, BETA2
from marginproof.theory.verdicts import SUPPORTS, Verdict

SR4 = ((1, 1, 1, 1), (2, 2, 2, -2), (3, 3, -3, -3), (4, -4, 4, -4))


@dataclass(frozen=True)
class L2Limit:
    """The formula: data, the ℓ₂ dual d (KKT), the ℓ∞ margin of Xᵀd, and γ_∞ with its dual."""

    rows: tuple[tuple[int, ...], ...] = SR4
    dual: tuple[str, ...] = ("1/4", "0", "1/36", "1/64")
    margin: Fraction = Fraction(48, 19)
    gamma: Fraction = Fraction(3)
    gamma_dual: tuple[str, ...] = ("3/4", "0", "1/4", "0")
    gamma_primal: tuple[str, ...] = ("1", "1", "1", "0")


def l2_direction(formula: L2Limit, effort: Effort) -> Evidence:
    """w = Xᵀd, d >= 0, Xw >= 1, d_j (x_j·w - 1) = 0 exactly; the ℓ∞ margin of w = Xᵀd is as stated
    and below γ_∞, itself bracketed.
    """
    X, d = exact_rows(formula.rows), exact_rows([formula.dual])[0]
    w, c = X.T @ d, exact_rows([formula.gamma_dual])[0]
    best = exact_rows([formula.gamma_primal])[0]
    return all_of(
        [
            ("not scaled Rademacher data", SCALED_RADEMACHER.holds(ClaimCase(X))),
            ("d is negative", min(d) >= 0),
            ("w = Xᵀd is not feasible", min(X @ w) == 1),
            ("complementarity fails", not any(d * (X @ w - 1))),
            ("the l_inf margin differs", min(X @ w) / max(abs(w)) == formula.margin),
            ("it is not below γ_∞", formula.margin < formula.gamma),
            ("γ_∞ is not attained", min(X @ best) == formula.gamma and max(abs(best)) == 1),
            ("γ_∞ is not bounded", sum(abs(X.T @ c)) == formula.gamma and min(c) >= 0 and sum(c) == 1),
        ]
    )


def spans_rows(formula: L2Limit, effort: Effort) -> Evidence:
    """Inc-Adam's u on the data is Xᵀ(c∘ω), ω the same for every coordinate: symbolic c, β1, β2."""
    X = np.array([[sympy.Integer(v) for v in row] for row in formula.rows], dtype=object)
    n, d = X.shape
    c, cases = symbol_array("c", (n,), positive=True), []
    a = abs(X[:, 0])
    one = np.ones((n, 1), dtype=object) * a[:, None]  # one coordinate of sign +1 throughout
    parts = []
    for j in range(n):
        flipped = one.copy()
        flipped[j] = -flipped[j]
        u, v = (IncAdamField(beta1=BETA1, beta2=BETA2)(rows, c, ROOTS)[0] for rows in (one, flipped))
        parts.append((u - v) / 2)  # sample j's share, c_j a_j ω_j
    u = IncAdamField(beta1=BETA1, beta2=BETA2)(X, c, ROOTS)
    for k in range(d):
        share = sum(int(sympy.sign(X[j, k])) * parts[j] for j in range(n))
        cases.append((f"u_{k + 1} is not a sum of the samples' shares", vanishes(u[k] - share)))
    return all_of(cases)


F = L2Limit()
CLAIM = Claim(
    id="R5",
    title="Adam's l_inf bias survives b = 1",
    plain="False: on SR4, X = [[1, 1, 1, 1], [2, 2, 2, -2], [3, 3, -3, -3], [4, -4, 4, -4]], Inc-Adam's limit equation, for every β1, β2, is the l2 max-margin "
    "problem, whose direction (19,13,11,5) has "
    "l_inf margin 48/19 < γ_∞ = 3.",
    tex=r"u(c)=X^\top(c\circ\omega),\ \omega>0,\qquad \min_ix_i\cdot "
    r"w/\|w\|_\infty=\tfrac{48}{19}<\gamma_\infty=3",
    quantifiers="claimed for Inc-Adam (b = 1, vanishing steps) on every separable X; refuted by one X, for every β1, β2 in [0, 1)",
    source="paper, §3 (scaled Rademacher data); the exact data and margins here",
    proof=__doc__ or "",
    expected=Verdict.REFUTED,
    hypotheses=(SEPARABLE, SCALED_RADEMACHER),
    formula=F,
    checks=(
        EvidenceSource("exact l2 direction", SUPPORTS, "fractions", l2_direction),
        EvidenceSource("Inc-Adam spans the rows", SUPPORTS, "symbolic c, β1, β2, N = 4", spans_rows),
    ),
    mutants=changes(
        F,
        sign={"rows": ((1, 1, 1, 1), (2, 2, 2, -2), (3, 3, 3, -3), (4, -4, 4, -4))},
        amplitude={"rows": ((1, 1, 1, 1), (2, 2, 2, -2), (3, 3, -3, -3), (4, -4, 4, -3))},
        dual={"dual": ("1/4", "0", "1/36", "1/16")},
        margin={"margin": Fraction(48, 13)},
        gamma={"gamma": Fraction(2)},
        gamma_dual={"gamma_dual": ("1/2", "0", "1/2", "0")},
        gamma_primal={"gamma_primal": ("1", "1", "1/2", "0")},
    ),
    missing_evidence="a certificate in constructions/corpus",
)
