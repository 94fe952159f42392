"""L4: Inc-Adam at finite β1 <= β2, cyclic batches, tends to its own fixed point.

Why. I1's epoch map holds for any batches: with gradients frozen, an epoch moves w along the stated field.
As steps vanish the loss weights follow that field's replicator flow, so the limit is a fixed point of
that field, which is near AdamProxy's only as β2 → 1 (I2).
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from marginproof.theory.claims.cases import CYCLIC, NONZERO, ORDERED, SEPARABLE, SMALL_STEPS, VANISHING, uses
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.claims.limits import KnownMargins, LimitStatement, adam_epoch, frozen_epoch
from marginproof.theory.fields import AdamProxyField, GradientField, IncAdamField, SignField
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array
from marginproof.theory.verdicts import SUPPORTS, Verdict

B1, B2 = Fraction(1, 2), Fraction(3, 5)
ROWS = ((4, 1, 2, -1, 1), (1, 5, -1, 2, 3), (-1, 2, 6, 1, -2))


def settled(formula: LimitStatement, effort: Effort) -> Evidence:
    """The stated field is Adam's settled epoch at (1/2, 3/5), b = 1, 2, 3."""
    return frozen_epoch(formula, adam_epoch(B1, B2), effort, seed=304, settle=300)


def residual_of(known: KnownMargins, u: Array) -> float:
    """max over the support of |x_j·u - γ| relative to γ, read from u alone: rows within 1% of the
    least margin.
    """
    z = known.floats @ (u / np.linalg.norm(u))
    return float(np.ptp(z[z <= 1.01 * z.min()]) / abs(z.min()) + 2 * (z.min() <= 0))


def own_fixed_point(formula: LimitStatement, effort: Effort) -> Evidence:
    """Its flow ends at a solution of its own limit equation that is not AdamProxy's, on a 3 × 5 data set."""
    from marginproof.theory.limit.solve import solve

    X = np.array(ROWS, dtype=np.float64)
    known = KnownMargins(X, X[0], Fraction(1))
    own = solve(LimitProblem(X, formula.field(1, 3))).direction
    proxy = solve(LimitProblem(X, AdamProxyField())).direction
    return all_of(
        [
            ("its end does not solve the limit equation", formula.target(known, own) <= 1e-9),
            ("its end is AdamProxy's", bool(np.linalg.norm(own - proxy) > 1e-3)),
        ]
    )


F = LimitStatement(lambda b, n: IncAdamField(batch_size=b, beta1=B1, beta2=B2), residual_of)
CLAIM = Claim(
    id="L4",
    title="Inc-Adam → its own fixed point",
    plain="Inc-Adam at finite β1 <= β2 with cyclic batches of size b < N, η_0 small enough: w/‖w‖ → the direction of "
    "the fixed point of its own field to which that field's flow leads from w_0, closer than to the β2 → 1 one. A "
    "large η_0 may end in another basin.",
    tex=r"w_t/\|w_t\|\to u_{\beta_1,\beta_2}(c^\star)/\|\cdot\|,\quad\eta_0\le\bar\eta",
    quantifiers="for every separable X with nonzero entries, b | N, b < N, β1 <= β2 and start whose flow converges to "
    "an attracting point there is η̄ > 0 such that it holds for every vanishing schedule with η_t <= η̄",
    source="derived here; the field for b = 1: paper, Prop. 2.5",
    proof=__doc__ or "",
    expected=Verdict.OBSERVED,
    hypotheses=(uses("adam"), SEPARABLE, NONZERO, CYCLIC, ORDERED, VANISHING, SMALL_STEPS),
    formula=F,
    checks=(
        EvidenceSource("settled epoch", SUPPORTS, "50 digits, b = 1, 2, 3, β = (1/2, 3/5)", settled),
        EvidenceSource("its own fixed point", SUPPORTS, "float64, one 3 × 5 data set", own_fixed_point),
    ),
    mutants=changes(
        F,
        beta2_to_one={"field": lambda b, n: AdamProxyField()},
        swapped_betas={"field": lambda b, n: IncAdamField(batch_size=b, beta1=B2, beta2=B1)},
        missing_momentum={"field": lambda b, n: IncAdamField(batch_size=b, beta1=Fraction(0), beta2=B2)},
        reversed_order={"field": lambda b, n: IncAdamField(b, tuple(range(n))[::-1], B1, B2)},
        ignored_batch={"field": lambda b, n: IncAdamField(beta1=B1, beta2=B2)},
        missing_root={"field": lambda b, n: GradientField()},
        sign_field={"field": lambda b, n: SignField()},
    ),
    missing_evidence="simulated runs against the prediction (marginproof.properties.checks.predictions)",
)
