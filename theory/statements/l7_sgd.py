"""L7: GD and SGD with any batch tend to the ℓ₂ max-margin direction.

Why. An epoch of SGD with frozen gradients moves w along Σ_j G_j = m whatever the batches. Fixed points
minimise the strictly convex (in m) potential ½‖Xᵀc‖_2² over the simplex (I9), whose minimiser m is the ℓ₂
max-margin direction.

Full batch, exponential loss: gradient descent is B4's algorithm with steps s_t = η_t‖G_t‖, so where s_t → 0 and
Σ s_t = ∞ the margin over Σ s_t >= ‖w_t‖ has a lower limit of at least γ_2.  With w* = Xᵀc*/γ_2 (c* the dual solution)
û·w* >= min_i x_i·û/γ_2, so ‖û - w*‖² <= 2(1 - min_i x_i·û/γ_2) → 0, û = w/‖w‖.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from marginproof.theory.claims.cases import SEPARABLE, SMALL_STEPS, VANISHING, uses
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, changes
from marginproof.theory.claims.corollaries import FromMargin, normalised_gd_limit
from marginproof.theory.claims.limits import (
    LimitStatement,
    ends_at,
    frozen_epoch,
    known_data,
    l2_gap,
    linf_gap,
    sgd_epoch,
)
from marginproof.theory.fields import AdamProxyField, GradientField, IncAdamField, SignField, ThetaField
from marginproof.theory.verdicts import SUPPORTS, Verdict


def settled(formula: LimitStatement, effort: Effort) -> Evidence:
    """The stated field is SGD's frozen epoch."""
    return frozen_epoch(formula, sgd_epoch, effort, seed=307, settle=1)


def flow(formula: LimitStatement, effort: Effort) -> Evidence:
    """On data of known ℓ₂ direction."""
    return ends_at(formula, known_data(307, effort.instances))


@dataclass(frozen=True)
class GradientDescentLimit(LimitStatement):
    """The limit, and what its proof for the full batch says of the distance."""

    near: FromMargin


def full_batch(formula: GradientDescentLimit, effort: Effort) -> Evidence:
    """The full batch under the exponential loss, from B4."""
    return normalised_gd_limit(formula.field, formula.near, effort)


F = GradientDescentLimit(lambda b, n: GradientField(), l2_gap, FromMargin())
CLAIM = Claim(
    id="L7",
    title="GD and SGD → l2, every b",
    plain="GD and SGD at every batch size, η_0 small enough: w/‖w‖_2 → the l2 max-margin direction. (Under the "
    "exponential loss a large step overshoots and may never return.)",
    tex=r"w_t/\|w_t\|_2\to w_2^\star,\quad\eta_0\le\bar\eta",
    quantifiers="for every separable X and every b there is η̄ > 0 such that it holds for vanishing or constant steps "
    "η_t <= η̄",
    source="classical (Soudry et al. for GD, Nacson et al. for SGD)",
    proof=__doc__ or "",
    expected=Verdict.OBSERVED,
    hypotheses=(uses("gd"), SEPARABLE, VANISHING, SMALL_STEPS),
    formula=F,
    checks=(
        EvidenceSource("frozen epoch", SUPPORTS, "50 digits, b = 1, 2, 3", settled),
        EvidenceSource("the flow's end", SUPPORTS, "float64, data of known l2 direction", flow),
        EvidenceSource(
            "from B4",
            Verdict.PROVED,
            "symbolic, N and d up to the bound; the limit of averages is prose (docs/proofs.md)",
            full_batch,
            part="from B4 for the full batch and the exponential loss where η_t‖G_t‖ → 0 with an infinite sum",
        ),
    ),
    mutants=changes(
        F,
        wrong_norm={"target": linf_gap},
        sign_field={"field": lambda b, n: SignField()},
        adam_field={"field": lambda b, n: AdamProxyField()},
        finite_beta={"field": lambda b, n: IncAdamField(batch_size=b)},
        batched={"field": lambda b, n: ThetaField(Fraction(1, 2))},
        sign={"target": lambda known, u: l2_gap(known, -u)},
        half_distance={"near": FromMargin(lambda ratio, gamma: 1 - ratio / gamma)},
    ),
    missing_evidence="simulated runs against the prediction (marginproof.properties.checks.predictions)",
)
