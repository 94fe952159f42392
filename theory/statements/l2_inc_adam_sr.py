"""L2: Inc-Adam on scaled Rademacher data tends to the ℓ₂ max-margin direction.

Why. For b = 1 every (G∘G)_j is a multiple of (1,…,1), so all denominators are scalars and u(c) = Xᵀ(c∘ω),
ω > 0, for every β1, β2 (R5 proves it for SR4's signs symbolically, I6 in the limit β2 → 1). So every
solution of the limit equation is the ℓ₂ direction, at finite β too, not only as β2 → 1.

Theorem.  b = 1, cyclic or reshuffled, exponential loss, 0 < β1, β1² < β2 < 1, any w_0, η_t → 0, Σ η = ∞: w/‖w‖ → w*, the
ℓ₂ direction, on every separable SR set.  A step is η Xᵀd with d_i = σ_i e^{-z_i}/√v >= 0, as v is the same in all
features.  With s = Σ η|d|_1, w*·w >= γ_2·s + O(1); and w·Xᵀd = Σ d_i z_i <= |d|_1 (min z + C), C = (σ_max/σ_min) N/e, so
‖w‖ <= γ_2·s + O(log s) + o(s) and the cosine of w and w* tends to 1 (:doc:`/proofs` has every step).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from random import Random

import numpy as np
import sympy

from marginproof.theory.claims.cases import (
    PER_SAMPLE,
    SCALED_RADEMACHER,
    SEPARABLE,
    VANISHING,
    exact_rows,
    uses,
)
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, changes, failed
from marginproof.theory.claims.corollaries import ScaledRademacher, scaled_rademacher_limit
from marginproof.theory.claims.digits import agrees, random_rows, random_weights
from marginproof.theory.claims.limits import (
    SR4,
    SR4_L2,
    KnownMargins,
    LimitStatement,
    adam_epoch,
    ends_at,
    frozen_epoch,
    l2_gap,
    linf_gap,
)
from marginproof.theory.fields import AdamProxyField, IncAdamField, SignField, ThetaField
from marginproof.theory.number_systems import multiprecision
from marginproof.theory.verdicts import SUPPORTS, Verdict


def settled(formula: LimitStatement, effort: Effort) -> Evidence:
    """The stated field is Inc-Adam's settled epoch at (1/2, 3/5)."""
    return frozen_epoch(formula, adam_epoch(B1, B2), effort, seed=302, settle=300)


def in_row_span(formula: LimitStatement, effort: Effort) -> Evidence:
    """u lies in the cone of the rows, u = Xᵀd with d > 0, on random SR data with N = 3 orthogonal
    rows, 50 digits.
    """
    random, numbers, count = Random("302"), multiprecision(50), 0
    signs = exact_rows([[1, 1, 1, 1], [1, 1, -1, -1], [1, -1, 1, -1]])
    for _ in range(4 * effort.instances):
        a = abs(random_rows(random, 1, 3)[0])
        X, c = numbers.array(a[:, None] * signs), numbers.array(random_weights(random, 3))
        u = formula.field(1, 3)(X, c, numbers)
        d = X @ u / (4 * numbers.array(a * a))
        if not (agrees(X.T @ d, u, 50) and min(d) > 0):
            return failed("u is not in the cone of the rows", count)
        count += 1
    return Evidence(True, count, f"{count} data sets")


def flow(formula: LimitStatement, effort: Effort) -> Evidence:
    """SR4 and its images under feature flips, permutations and positive row scalings that keep it SR."""
    data, random = [], Random("302")
    for _ in range(2 * effort.instances):
        order, flips = random.sample(range(4), 4), [random.choice((-1, 1)) for _ in range(4)]
        X = exact_rows(SR4)[:, order] * np.array(flips, dtype=object)
        w = exact_rows([SR4_L2])[0][order] * np.array(flips, dtype=object)
        data.append(KnownMargins(X * Fraction(random.randint(1, 5), 3), w, Fraction(3)))
    return ends_at(formula, data)


B1, B2 = Fraction(1, 2), Fraction(3, 5)


@dataclass(frozen=True)
class RademacherLimit(LimitStatement):
    """The limit, and the constants of its proof."""

    proof: ScaledRademacher


def theorem(formula: RademacherLimit, effort: Effort) -> Evidence:
    """Every separable SR set, the algorithm with its momenta."""
    return scaled_rademacher_limit(formula.field, formula.proof, effort)


F = RademacherLimit(lambda b, n: IncAdamField(batch_size=b, beta1=B1, beta2=B2), l2_gap, ScaledRademacher())
CLAIM = Claim(
    id="L2",
    title="Inc-Adam on SR → l2",
    plain="Inc-Adam (b = 1, any β1 <= β2) on scaled Rademacher data: w/‖w‖ → the l2 max-margin direction.",
    tex=r"w_t/\|w_t\|_2\to w_2^\star",
    quantifiers="for every separable SR data set, every β1 <= β2, vanishing steps",
    source="paper, §3",
    proof=__doc__ or "",
    expected=Verdict.OBSERVED,
    hypotheses=(uses("adam"), SEPARABLE, SCALED_RADEMACHER, PER_SAMPLE, VANISHING),
    formula=F,
    checks=(
        EvidenceSource("settled epoch", SUPPORTS, "50 digits, K <= 4, β = (1/2, 3/5)", settled),
        EvidenceSource("u in the cone of the rows", SUPPORTS, "50 digits, random amplitudes", in_row_span),
        EvidenceSource("the flow's end", SUPPORTS, "float64, images of SR4", flow),
        EvidenceSource(
            "the theorem's steps",
            Verdict.PROVED,
            "symbolic, sign patterns with N, d up to the bound; the limit of averages is prose (docs/proofs.md)",
            theorem,
            part="for the exponential loss, β1 > 0 and b = 1, cyclic or reshuffled, steps and sums as in docs/proofs.md",
        ),
    ),
    mutants=changes(
        F,
        wrong_norm={"target": linf_gap},
        sign_field={"field": lambda b, n: SignField()},
        swapped_betas={"field": lambda b, n: IncAdamField(batch_size=b, beta1=B2, beta2=B1)},
        beta2_to_one={"field": lambda b, n: AdamProxyField()},
        batched={"field": lambda b, n: ThetaField(Fraction(1, 2))},
        reversed_order={"field": lambda b, n: IncAdamField(b, tuple(range(n))[::-1], B1, B2)},
        sign={"target": lambda known, u: l2_gap(known, -u)},
        growth_without_the_excess={
            "proof": ScaledRademacher(growth=lambda y, h, gamma, c, r: y + h * gamma + h**2 * r**2 / 2 / y)
        },
        half_the_excess={"proof": ScaledRademacher(excess=sympy.exp(-1) / 2)},
    ),
    missing_evidence="simulated runs against the prediction (marginproof.properties.checks.predictions)",
)
