"""L5: Adam with reshuffled batches, β2 near 1, tends to the θ-field's fixed point.

Why. As β2 → 1, v averages the squared batch gradient over many epochs, so it tends to a multiple of (1-θ)
q + θ m² (I10), while an epoch's first moments sum to a multiple of m.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np

from marginproof.theory.claims.cases import NONZERO, RESHUFFLED, SEPARABLE, SMALL_STEPS, VANISHING, uses
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.claims.digits import random_rows, random_weights
from marginproof.theory.claims.limits import LimitStatement, batch_mean_epoch, ends_at, known_data, linf_gap
from marginproof.theory.fields import (
    AdamProxyField,
    GradientField,
    ReplacementField,
    ReshuffledField,
    SignField,
    ThetaField,
)
from marginproof.theory.verdicts import SUPPORTS, Verdict


def all_batches(formula: LimitStatement, effort: Effort) -> Evidence:
    """The field is Σ G/√v, v being the mean of G², over all batches of b samples, N <= 6, float64 to 10^-12 (sums of 20 terms)."""
    random, cases = Random("305"), []
    for n in range(2, 7):
        for b in range(1, n + 1):
            X = np.asarray(random_rows(random, n, 3), dtype=np.float64)
            c = np.asarray(random_weights(random, n), dtype=np.float64)
            epoch, u = batch_mean_epoch(b)(c[:, None] * X), formula.field(b, n)(X, c)
            gap = np.abs(epoch / np.abs(epoch).sum() - u / np.abs(u).sum()).max()
            cases.append((f"another direction at N={n}, b={b}", bool(gap < 1e-12)))
    return all_of(cases)


def full_batch_end(formula: LimitStatement, effort: Effort) -> Evidence:
    """At b = N (θ = 1) the field is sign descent's, so data with a dominating row end at γ_∞."""
    data = [known for known in known_data(305, effort.instances) if (known.X > 0).all() and len(known.X) > 2]
    return ends_at(formula, data, batch_size=lambda n: 1)


F = LimitStatement(lambda b, n: ReshuffledField(b), linf_gap)
CLAIM = Claim(
    id="L5",
    title="reshuffled Adam → θ-field",
    plain="Adam, β2 near 1, batches of size b reshuffled every epoch: w/‖w‖ → a fixed "
    "point of m/√((1-θ)q + θm²), θ = (b-1)/(N-1).",
    tex=r"w_t/\|w_t\|\to u_\theta(c^\star)/\|\cdot\|,\ \theta=\tfrac{b-1}{N-1},\ \eta_0\le\bar\eta",
    quantifiers="for every separable X with nonzero entries, b | N and start whose flow "
    "converges; β2 → 1 after vanishing steps, η_0 small enough",
    source="known for b >= 1 from later work",
    proof=__doc__ or "",
    expected=Verdict.OBSERVED,
    hypotheses=(uses("adam"), SEPARABLE, NONZERO, RESHUFFLED, VANISHING, SMALL_STEPS),
    formula=F,
    checks=(
        EvidenceSource("all batches", SUPPORTS, "every b <= N <= 6, float64", all_batches),
        EvidenceSource("dominated data", SUPPORTS, "float64 flow, data of known γ_∞", full_batch_end),
    ),
    mutants=changes(
        F,
        index_shift={"field": lambda b, n: ThetaField(Fraction(b, n))},
        with_replacement={"field": lambda b, n: ReplacementField(b)},
        ignored_batch={"field": lambda b, n: AdamProxyField()},
        full_batch={"field": lambda b, n: SignField()},
        missing_root={"field": lambda b, n: GradientField()},
        swapped_theta={"field": lambda b, n: ThetaField(1 - Fraction(b - 1, max(n - 1, 1)))},
    ),
    missing_evidence="simulated runs against the prediction (marginproof.properties.checks.reshuffled)",
)
