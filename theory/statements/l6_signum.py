"""L6: Signum at every batch size tends to the ℓ∞ margin, within δ(β).

Why. B2: for cyclic batches liminf margin/‖w‖_∞ >= R tanh(artanh(γ_∞/R) - ½(K-1) log(1/β)), which tends to
γ_∞ as β → 1. The field with gradients frozen is Σ_i sign(Σ_j β^((i-j) mod K) G_j).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import sympy

from marginproof.theory.claims.cases import CYCLIC, SEPARABLE, VANISHING, uses
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.claims.limits import (
    KnownMargins,
    LimitStatement,
    ends_at,
    frozen_epoch,
    known_data,
    l2_gap,
    linf_gap,
    signum_epoch,
)
from marginproof.theory.claims.signum_bound import SignumBound
from marginproof.theory.fields import AdamProxyField, GradientField, SignField, SignumField
from marginproof.theory.statements.b2_signum_margin import GAMMA, RADIUS, best_constant
from marginproof.theory.statements.i01_steady_state import BETA as BETA_SYMBOL
from marginproof.theory.statements.i01_steady_state import K
from marginproof.theory.verdicts import SUPPORTS, Verdict

BETA = Fraction(3, 5)


def settled(formula: LimitStatement, effort: Effort) -> Evidence:
    """The stated field is Signum's settled epoch at β = 3/5."""
    return frozen_epoch(formula, signum_epoch(BETA), effort, seed=306, settle=260)


def full_batch_end(formula: LimitStatement, effort: Effort) -> Evidence:
    """At b = N the flow ends at γ_∞ for every β: data of known γ_∞."""
    return ends_at(formula, known_data(306, effort.instances), batch_size=lambda n: n)


@dataclass(frozen=True)
class SignumLimit(LimitStatement):
    """The limit, and the bound that it follows from."""

    bound: SignumBound


def corollary(formula: SignumLimit, effort: Effort) -> Evidence:
    """B2's rates tend to γ_∞ - δ(β) as η → 0, and δ(β) → 0 as β → 1, K any; symbolic β, K, γ_∞, R."""
    balanced = best_constant(formula.bound, effort)
    spread = formula.bound.spread(BETA_SYMBOL, K)
    closes = sympy.limit(spread, BETA_SYMBOL, 1)
    at_zero = sympy.simplify(formula.bound.limit(GAMMA, RADIUS, sympy.Integer(0)) - GAMMA)
    cases = [("δ does not vanish as β → 1", closes == 0), ("e = 0 does not give γ_∞", at_zero == 0)]
    return balanced if not balanced.passed else all_of(cases)


F = SignumLimit(lambda b, n: SignumField(batch_size=b, beta=BETA), linf_gap, SignumBound())
CLAIM = Claim(
    id="L6",
    title="Signum → γ_∞, every b",
    plain="Signum at every batch size b: liminf min_i x_i·w/‖w‖_∞ >= γ_∞ - δ(β) with "
    "δ(β) → 0 as β → 1 (B2 for cyclic batches).",
    tex=r"\liminf_t\min_ix_i\cdot w_t/\|w_t\|_\infty\ge\gamma_\infty-\delta(\beta),\ \delta(\beta)\to0",
    quantifiers="for every separable X and b | N; for every ε there is β < 1 with δ(β) < ε; vanishing steps",
    source="paper, Thm 5.1 (some β close to 1); explicit δ: B2",
    proof=__doc__ or "",
    expected=Verdict.OBSERVED,
    hypotheses=(uses("signum"), SEPARABLE, CYCLIC, VANISHING),
    formula=F,
    checks=(
        EvidenceSource("settled epoch", SUPPORTS, "50 digits, b = 1, 2, 3, β = 3/5", settled),
        EvidenceSource("full-batch end", SUPPORTS, "data of known γ_∞, b = N", full_batch_end),
        EvidenceSource(
            "corollary of B2",
            Verdict.PROVED,
            "symbolic β, K, γ_∞, R; the limit of averages is prose (docs/proofs.md)",
            corollary,
            part="from B2 for cyclic batches, the exponential loss and w_0 = 0 where δ(β) < γ_∞",
        ),
    ),
    mutants=changes(
        F,
        missing_momentum={"field": lambda b, n: SignumField(batch_size=b, beta=Fraction(0))},
        beta_to_one={"field": lambda b, n: SignField()},
        missing_sign={"field": lambda b, n: GradientField()},
        adam_field={"field": lambda b, n: AdamProxyField()},
        reversed_order={"field": lambda b, n: SignumField(b, tuple(range(n))[::-1], BETA)},
        wrong_norm={"target": l2_gap},
        lasting_spread={"bound": SignumBound(spread=lambda beta, k: (1 - beta ** (k - 1)) / 2 + 1)},
        scaled_target={
            "target": lambda known, u: linf_gap(KnownMargins(known.X, known.l2, known.linf / 2), u)
        },
    ),
    missing_evidence="simulated runs against the prediction (marginproof.properties.checks.predictions)",
)
