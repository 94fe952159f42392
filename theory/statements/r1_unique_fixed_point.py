"""R1 (false): "AdamProxy's fixed point is unique".

Refutation.  X = [[5,1],[1,4]], shifted-diagonal data with δ = 1: with c = (s, 1-s) elimination
(:mod:`marginproof.theory.proofs.two_samples.elimination`) gives 2246s⁴ - 238s³ - 3985s² + 2040s + 112, whose two roots in (0, 1) are both
genuine, s ≈ 0.772377542 (unstable) and s ≈ 0.868825911 (attracting); and s = 0 solves too (I7), attracting.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint

from marginproof.theory.claims.cases import NONZERO, SEPARABLE, exact_rows
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.limit.problem import Stability
from marginproof.theory.proofs.two_samples.elimination import fixed_points
from marginproof.theory.proofs.two_samples.sturm import SturmChain
from marginproof.theory.verdicts import SUPPORTS, Verdict

A, U = Stability.ATTRACTING, Stability.UNSTABLE


@dataclass(frozen=True)
class ThreeSolutions:
    """The formula: the data, the eliminated polynomial (leading first), the solutions s and their
    stability.
    """

    rows: tuple[tuple[int, ...], ...] = ((5, 1), (1, 4))
    polynomial: tuple[int, ...] = (2246, -238, -3985, 2040, 112)
    solutions: tuple[tuple[str, Stability], ...] = (("0", A), ("0.772377542", U), ("0.868825911", A))


def eliminated(formula: ThreeSolutions, effort: Effort) -> Evidence:
    """Elimination from the data gives this polynomial, two roots in (0, 1), and these solutions."""
    found = fixed_points(exact_rows(formula.rows))
    cases = [
        ("the polynomial differs", found.polynomial == formula.polynomial),
        ("the number of solutions differs", len(found.points) == len(formula.solutions)),
    ]
    for point, (s, stability) in zip(found.points, formula.solutions, strict=False):
        cases.append((f"s differs from {s}", abs(float(point.middle) - float(s)) <= 5e-10))
        cases.append((f"the stability at s={s} differs", point.stability is stability))
    return all_of([*cases, ("one attracting solution only", len(found.attracting) >= 2)])


def isolated(formula: ThreeSolutions, effort: Effort) -> Evidence:
    """Sturm's theorem and a second root finder (certified complex balls) agree on the real roots."""
    polynomial = flint.fmpz_poly(list(reversed(formula.polynomial)))
    intervals = SturmChain.of(polynomial).isolate(Fraction(0), Fraction(1))
    roots: Any = polynomial.complex_roots()
    balls = [root.real for root, _ in roots if root.imag == 0 and 0 < root.real < 1]
    return all_of(
        [("Sturm and the balls disagree", len(balls) == len(intervals) == len(formula.solutions) - 1)]
    )


F = ThreeSolutions()
CLAIM = Claim(
    id="R1",
    title="the fixed point is unique",
    plain="False: on X = [[5,1],[1,4]] AdamProxy's limit equation (θ = 0) holds for c = (s, 1-s) at s = 0 and at two roots of "
    "a quartic, two of the three attracting.",
    tex=r"2246s^4-238s^3-3985s^2+2040s+112=0",
    quantifiers="claimed for AdamProxy's field on every separable X without zero entries; refuted by X = [[5,1],[1,4]]",
    source="found here",
    proof=__doc__ or "",
    expected=Verdict.REFUTED,
    hypotheses=(SEPARABLE, NONZERO),
    formula=F,
    checks=(
        EvidenceSource("elimination", SUPPORTS, "exact: Sturm, signs in balls", eliminated),
        EvidenceSource("second route", SUPPORTS, "certified complex root balls", isolated),
    ),
    mutants=changes(
        F,
        sign={"polynomial": (2246, -238, -3985, 2040, -112)},
        coefficient={"polynomial": (2246, -283, -3985, 2040, 112)},
        transposed_entry={"rows": ((5, 1), (1, 5))},
        other_entry={"rows": ((5, 1), (2, 4))},
        root={"solutions": (("0", A), ("0.772377542", U), ("0.868825921", A))},
        stability={"solutions": (("0", A), ("0.772377542", A), ("0.868825911", U))},
        missing_root={"solutions": (("0", A), ("0.868825911", A))},
    ),
    missing_evidence="a certificate in constructions/corpus",
)
