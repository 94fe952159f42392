"""R3 (false): "the update direction of AdamProxy converges" (the paper's Assumption 4.4).

Refutation.  X = [[1,15,2],[3,-1,14],[11,5,-3]].  No vertex solves the limit equation (no dominating row,
I7); the solutions of each two-row face, found exactly by elimination, leave the third row with F_k < γ;
so every solution is interior.  At the one found, c ≈ (0.562333, 0.297933, 0.139734), the flow in
log-ratio coordinates has trace ≈ 2.995 > 0 and determinant ≈ 5.935 > 0: it repels.  With a certified
complete enumeration (that it is the only one: the certificate's part) no other interior start converges,
nor does u(c): F would be constant on the limit set, which would consist of rest points.

What does not converge is c and the update direction u(c).  With d = N = 3 and X invertible, w/‖w‖ does: dw/dτ =
u = X^{-1}F, and the logarithms of ratios of c are differences of entries of Xw, which stay bounded on the cycle, so
Xw = z_1 (1,…,1) + O(1) with z_1 → ∞, and w/‖w‖ → X^{-1}(1,…,1)/‖·‖, the ℓ₂ max-margin direction here.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any, cast

import mpmath
import numpy as np

from marginproof.theory.claims.cases import NONZERO, SEPARABLE, dominating_row, exact_rows
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.number_systems import Array, NumberSystem, multiprecision
from marginproof.theory.proofs.two_samples.elimination import fixed_points
from marginproof.theory.verdicts import SUPPORTS, Verdict


@dataclass(frozen=True)
class Focus:
    """The formula: data, the fixed point to 6 digits, trace and determinant to 3."""

    rows: tuple[tuple[int, ...], ...] = ((1, 15, 2), (3, -1, 14), (11, 5, -3))
    weights: tuple[float, ...] = (0.562333, 0.297933, 0.139734)
    trace: float = 2.995
    determinant: float = 5.935


def polished(formula: Focus, numbers: NumberSystem) -> tuple[Array, Array]:
    """(X, c): Newton on (F_i - F_3, Σc - 1) from the stated weights, 8 steps."""
    X = numbers.array(exact_rows(formula.rows))
    c = numbers.array([str(v) for v in formula.weights])
    context = type(c[0]).context
    for _ in range(8):
        F = X @ AdamProxyField()(X, c, numbers)
        J = X @ AdamProxyField().jacobian(X, c, numbers)
        rows = [*(J[:2] - J[2]).tolist(), [1, 1, 1]]
        step = context.lu_solve(context.matrix(rows), context.matrix([F[0] - F[2], F[1] - F[2], sum(c) - 1]))
        c = c - np.array(list(step), dtype=object)
    return X, c


def log_ratio_matrix(X: Array, c: Array, numbers: NumberSystem) -> Array:
    """∂(db_i/dτ)/∂b_j for b_i = log(c_i/c_3), i, j < 3: -Σ_n (J_{i n} - J_{3 n}) c_n (δ_{n j} - c_j)."""
    J = X @ AdamProxyField().jacobian(X, c, numbers)
    tangent = np.array([[c[n] * ((n == j) - c[j]) for j in range(2)] for n in range(3)], dtype=object)
    return cast(Array, -(J[:2] - J[2]) @ tangent)


def repels(formula: Focus, effort: Effort) -> Evidence:
    """In 50 digits: a solution, interior, where it is said to be; trace and determinant as stated,
    positive.
    """
    numbers = multiprecision(50)
    X, c = polished(formula, numbers)
    F = X @ AdamProxyField()(X, c, numbers)
    M = log_ratio_matrix(X, c, numbers)
    trace, det = M[0, 0] + M[1, 1], M[0, 0] * M[1, 1] - M[0, 1] * M[1, 0]
    near = max(abs(a - b) for a, b in zip(c, formula.weights, strict=True))
    return all_of(
        [
            ("not a solution", bool(max(abs(v - F[0]) for v in F) < mpmath.mpf(10) ** -40) and min(c) > 0),
            ("γ is not positive", bool(F[0] > 0)),
            ("the weights differ", bool(near <= 6e-7)),
            ("the trace differs or is not positive", _rounds(trace, formula.trace)),
            ("the determinant differs or is not positive", _rounds(det, formula.determinant)),
        ]
    )


def _rounds(value: Any, stated: float) -> bool:
    return bool(value > 0 and abs(value - stated) <= 6e-4)


def no_solution_on_faces(formula: Focus, effort: Effort) -> Evidence:
    """No dominating row; at every solution of a two-row face the third row has F_k < γ by more than 10^-6."""
    exact, numbers = exact_rows(formula.rows), multiprecision(50)
    cases = [("a row dominates", dominating_row(exact) is None)]
    for pair in combinations(range(3), 2):
        (third,) = set(range(3)) - set(pair)
        for point in fixed_points(exact[list(pair)]).points:
            c = numbers.array([0, 0, 0])
            c[pair[0]], c[pair[1]] = numbers.convert(point.middle), numbers.convert(1 - point.middle)
            F = numbers.array(exact) @ AdamProxyField()(numbers.array(exact), c, numbers)
            gamma = min(F[pair[0]], F[pair[1]])
            cases.append((f"rows {pair} solve", bool(F[third] < gamma - mpmath.mpf(10) ** -6)))
    return all_of(cases)


F = Focus()
CLAIM = Claim(
    id="R3",
    title="AdamProxy's update direction converges",
    plain="False: on X = [[1,15,2],[3,-1,14],[11,5,-3]] the only solution of AdamProxy's limit equation (θ = 0) is "
    "interior and repels, so from every other start the loss weights c and the update direction u(c) never converge. "
    "(w/‖w‖ does, on these data.)",
    tex=r"c\approx(0.562333,0.297933,0.139734),\quad \text{linearised flow at }c:\ \operatorname{tr}\approx2.995>0,\ \det\approx5.935>0",
    quantifiers="claimed (as an assumption) for AdamProxy's flow on every separable X; refuted by X = [[1,15,2],[3,-1,14],[11,5,-3]], "
    "from every interior start but one point",
    source="found here, against the paper's Assumption 4.4",
    proof=__doc__ or "",
    expected=Verdict.REFUTED,
    hypotheses=(SEPARABLE, NONZERO),
    formula=F,
    checks=(
        EvidenceSource("the fixed point repels", SUPPORTS, "50 digits", repels),
        EvidenceSource(
            "no solution on the boundary",
            SUPPORTS,
            "exact elimination on faces, 50 digits off them",
            no_solution_on_faces,
        ),
    ),
    mutants=changes(
        F,
        sign={"rows": ((1, 15, 2), (3, 1, 14), (11, 5, -3))},
        entry={"rows": ((1, 15, 2), (3, -1, 14), (11, 5, 3))},
        swapped_entries={"rows": ((15, 1, 2), (3, -1, 14), (11, 5, -3))},
        weights={"weights": (0.562333, 0.297943, 0.139724)},
        negative_trace={"trace": -2.995},
        trace_digit={"trace": 2.985},
        determinant_digit={"determinant": 5.953},
    ),
    missing_evidence="a certificate in constructions/corpus (complete enumeration)",
)
