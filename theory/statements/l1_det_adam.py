"""L1: full-batch Adam tends to the ℓ∞ max-margin.

Why. With one batch an epoch is one step and I1 at K = 1 gives u = sign(m): every fixed point minimises
the convex potential ‖Xᵀc‖_1 (I9), whose minimum is γ_∞ (B6). So w's ℓ∞ margin tends to γ_∞ as steps
vanish; the direction need not converge (R6).
"""

from __future__ import annotations

from fractions import Fraction

from marginproof.theory.claims.cases import FULL_BATCH, SEPARABLE, VANISHING, uses
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, changes
from marginproof.theory.claims.limits import (
    KnownMargins,
    LimitStatement,
    adam_epoch,
    ends_at,
    frozen_epoch,
    known_data,
    l2_gap,
    linf_gap,
)
from marginproof.theory.fields import AdamProxyField, GradientField, IncAdamField, SignField, SignumField
from marginproof.theory.verdicts import SUPPORTS, Verdict


def one_batch(formula: LimitStatement, effort: Effort) -> Evidence:
    """Frozen full-batch gradients: K = 1, b = N."""
    whole = LimitStatement(lambda b, n: formula.field(n, n), formula.target)
    return frozen_epoch(whole, _whole, effort, seed=301, settle=300)


def _whole(numbers, G, settle, k):  # type: ignore[no-untyped-def]
    recursion = adam_epoch(Fraction(1, 2), Fraction(3, 5))
    return recursion(numbers, G.sum(axis=0)[None, :], settle, 1)


def flow(formula: LimitStatement, effort: Effort) -> Evidence:
    """On data of known γ_∞."""
    return ends_at(formula, known_data(301, effort.instances), batch_size=lambda n: n)


F = LimitStatement(lambda b, n: SignField(), linf_gap)
CLAIM = Claim(
    id="L1",
    title="Det-Adam → γ_∞",
    plain="Full-batch Adam: min_i x_i·w_t/‖w_t‖_∞ → γ_∞.",
    tex=r"\lim_t\min_ix_i\cdot w_t/\|w_t\|_\infty=\gamma_\infty",
    quantifiers="for every separable X, β1 <= β2, vanishing steps, exponential or logistic loss",
    source="known before the paper; restated there",
    proof=__doc__ or "",
    expected=Verdict.OBSERVED,
    hypotheses=(uses("adam"), SEPARABLE, FULL_BATCH, VANISHING),
    formula=F,
    checks=(
        EvidenceSource("settled epoch", SUPPORTS, "50 digits, K = 1", one_batch),
        EvidenceSource("the flow's end", SUPPORTS, "float64, data of known γ_∞", flow),
    ),
    mutants=changes(
        F,
        missing_sign={"field": lambda b, n: GradientField()},
        wrong_field={"field": lambda b, n: AdamProxyField()},
        per_sample={"field": lambda b, n: IncAdamField()},
        wrong_norm={"target": l2_gap},
        missing_momentum={"field": lambda b, n: SignumField(batch_size=1, beta=Fraction(0))},
        scaled_target={
            "target": lambda known, u: linf_gap(KnownMargins(known.X, known.l2, 2 * known.linf), u)
        },
        sign={"target": lambda known, u: linf_gap(known, -u)},
    ),
    missing_evidence="simulated runs against the prediction (marginproof.properties.checks.predictions)",
)
