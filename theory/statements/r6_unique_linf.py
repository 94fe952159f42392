"""R6 (false): "the ℓ∞ max-margin direction is unique".

Refutation.  On SR4, w(s) = (1, 1, s, 1-s) has x_1·w = 3, x_2·w = 2(1+2s), x_3·w = 3, x_4·w = 4(2s-1), all
>= 3 exactly for s in [7/8, 1], with ‖w‖_∞ = 1; and c = (3/4, 0, 1/4, 0) gives ‖Xᵀc‖_1 = 3 (B6): a segment
of maximisers.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import sympy

from marginproof.theory.claims.cases import NONZERO, SEPARABLE, exact_rows
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.statements.r5_adam_linf import SR4
from marginproof.theory.verdicts import SUPPORTS, Verdict


@dataclass(frozen=True)
class Segment:
    """The formula: data, the segment's ends in s, w's last two coordinates, γ_∞ and its dual."""

    rows: tuple[tuple[int, ...], ...] = SR4
    ends: tuple[Fraction, Fraction] = (Fraction(7, 8), Fraction(1))
    slope: tuple[int, ...] = (0, 0, 1, -1)
    origin: tuple[int, ...] = (1, 1, 0, 1)
    gamma: Fraction = Fraction(3)
    dual: tuple[str, ...] = ("3/4", "0", "1/4", "0")


def margins(formula: Segment, effort: Effort) -> Evidence:
    """Margins are linear in s, >= γ at both ends with the minimum attained, < γ just outside; the dual
    bounds γ.
    """
    X, c = exact_rows(formula.rows), exact_rows([formula.dual])[0]
    origin, slope = (exact_rows([part])[0] for part in (formula.origin, formula.slope))
    low, high = formula.ends
    cases = [("the ends coincide", low < high)]
    for s in (low, (low + high) / 2, high):
        w = origin + s * slope
        cases.append((f"not a maximiser at s={s}", min(X @ w) == formula.gamma and max(abs(w)) == 1))
    below = origin + (low - Fraction(1, 1000)) * slope
    cases.append(("the segment reaches further down", min(X @ below) < formula.gamma))
    above = origin + (high + Fraction(1, 1000)) * slope
    worse = min(X @ above) / max(abs(above)) < formula.gamma
    cases.append(("the segment reaches further up", worse))
    bound = sum(abs(X.T @ c)) == formula.gamma and min(c) >= 0 and sum(c) == 1
    return all_of([*cases, ("the dual does not bound γ", bound)])


def symbolic(formula: Segment, effort: Effort) -> Evidence:
    """X w(s) for symbolic s is (3, 2(1+2s), 3, 4(2s-1))."""
    s = sympy.Symbol("s")
    w = np.array(formula.origin, dtype=object) + s * np.array(formula.slope, dtype=object)
    found = np.array(formula.rows, dtype=object) @ w
    wanted = (3, 2 * (1 + 2 * s), 3, 4 * (2 * s - 1))
    return all_of(
        [
            (f"x_{i + 1}·w differs", sympy.expand(a - b) == 0)
            for i, (a, b) in enumerate(zip(found, wanted, strict=True))
        ]
    )


F = Segment()
CLAIM = Claim(
    id="R6",
    title="the l_inf direction is unique",
    plain="False: on SR4, which has no zero entry, every (1, 1, s, 1-s) with s in [7/8, 1] attains γ_∞ = 3.",
    tex=r"\gamma_\infty=3\text{ on }(1,1,s,1-s),\ s\in[\tfrac78,1]",
    quantifiers="claimed for every separable X without zero entries (a zero column refutes it at once); refuted by one X",
    source="found here",
    proof=__doc__ or "",
    expected=Verdict.REFUTED,
    hypotheses=(SEPARABLE, NONZERO),
    formula=F,
    checks=(
        EvidenceSource("exact margins", SUPPORTS, "fractions, both ends and the middle", margins),
        EvidenceSource("symbolic s", SUPPORTS, "symbolic s", symbolic),
    ),
    mutants=changes(
        F,
        end={"ends": (Fraction(3, 4), Fraction(1))},
        short_end={"ends": (Fraction(9, 10), Fraction(1))},
        one_point={"ends": (Fraction(1), Fraction(1))},
        sign={"slope": (0, 0, 1, 1)},
        gamma={"gamma": Fraction(5, 2)},
        dual={"dual": ("1/4", "0", "3/4", "0")},
        entry={"rows": ((1, 1, 1, 1), (2, 2, 2, -2), (3, 3, -3, 3), (4, -4, 4, -4))},
    ),
    missing_evidence="a certificate in constructions/corpus",
)
