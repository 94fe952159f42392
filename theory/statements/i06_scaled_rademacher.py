"""I6: on scaled Rademacher data AdamProxy is the l2 geometry.

Proof.  |x_i[k]| = a_i makes q_k = Σ_i c_i² a_i² =: Q the same for every k, so u = Xᵀc/√Q and
F = XXᵀc/√Q.  The limit equation then reads (XXᵀc)_j >= γ√Q with equality on the support, which is
the KKT system of min ½‖w‖² over Xw >= 1 with w = Xᵀd, d ∝ c: the l2 max-margin problem and its dual.
One column is enough to see it, so it holds for every d; the sum over i is term by term, so for every N.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any

import numpy as np
import sympy

from marginproof.theory.claims.cases import SCALED_RADEMACHER, SEPARABLE
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.claims.digits import in_many_digits, random_rows, random_weights
from marginproof.theory.claims.symbolic import ROOTS, all_vanish, symbol_array
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.number_systems import Array, NumberSystem
from marginproof.theory.verdicts import Verdict


@dataclass(frozen=True)
class CommonScale:
    """The formula: Q from (a, c), and the direction u from (m, √Q)."""

    scale: Callable[[Array, Array], Any] = lambda a, c: (a * a) @ (c * c)
    direction: Callable[[Array, Any], Array] = lambda m, root: m / root


def every_sign_pattern(formula: CommonScale, effort: Effort) -> Evidence:
    """u = Xᵀc/√Q and F = XXᵀc/√Q for every sign matrix, symbolic a > 0 and c > 0."""
    cases = []
    for n, d in effort.sizes():
        a, c = symbol_array("a", (n,), positive=True), symbol_array("c", (n,), positive=True)
        root = ROOTS.sqrt_one(sympy.sympify(formula.scale(a, c)))
        for signs in product((1, -1), repeat=n * d):
            if n * d > 6 and signs[0] < 0:
                continue  # the field is odd (I3)
            X = a[:, None] * np.array(signs, dtype=object).reshape(n, d)
            u = AdamProxyField()(X, c, ROOTS)
            wanted = formula.direction(X.T @ c, root)
            cases.append((f"fails for signs {signs} at N={n}, d={d}", all_vanish(u - wanted)))
        if n * d >= 8 and effort.name == "quick":
            break
    return all_of(cases)


def symbolic_signs(formula: CommonScale, effort: Effort) -> Evidence:
    """q_k = Q with σ_i² = 1 for symbolic signs, one column (so every d), N up to 8."""
    cases = []
    for n in range(1, 9):
        a, c = symbol_array("a", (n,), positive=True), symbol_array("c", (n,), positive=True)
        sigma = symbol_array("sigma", (n,), real=True)
        q = sympy.expand((sigma * a) ** 2 @ c**2).subs({s**2: 1 for s in sigma})
        cases.append((f"q_k differs from Q at N={n}", sympy.expand(q - formula.scale(a, c)) == 0))
    return all_of(cases)


def digits(formula: CommonScale, effort: Effort) -> Evidence:
    """The field against Xᵀc/√Q on random SR data."""

    def sides(numbers: NumberSystem, random: Random) -> tuple[Any, Any]:
        a = numbers.array(random_rows(random, 1, 5, positive=True)[0])
        signs = numbers.array([[random.choice((-1, 1)) for _ in range(6)] for _ in range(5)])
        X, c = a[:, None] * signs, numbers.array(random_weights(random, 5))
        return AdamProxyField()(X, c, numbers), formula.direction(
            X.T @ c, numbers.sqrt_one(formula.scale(a, c))
        )

    return in_many_digits(sides, effort, seed=106)


F = CommonScale()
CLAIM = Claim(
    id="I6",
    title="scaled Rademacher gives l2",
    plain="If |x_i[k]| = a_i for all k, then q does not depend on k, u(c) = "
    "Xᵀc/√q, and the fixed point is the dual of "
    "the l2 max-margin problem.",
    tex=r"|x_i[k]|=a_i\ \forall k\ \Rightarrow\ u(c)=X^\top c\,/\sqrt{\textstyle\sum_i c_i^2a_i^2}",
    quantifiers="for every N, d, a > 0, all signs with X separable, every c on the simplex",
    source="paper, §3 and §4",
    proof=__doc__ or "",
    expected=Verdict.PROVED,
    hypotheses=(SEPARABLE, SCALED_RADEMACHER),
    formula=F,
    checks=(
        EvidenceSource(
            "symbolic signs",
            Verdict.PROVED,
            "N <= 8, every d (one column); any N term by term",
            symbolic_signs,
        ),
        EvidenceSource(
            "every sign matrix", Verdict.PROVED, "every (N, d) up to the bound", every_sign_pattern
        ),
        EvidenceSource("50 and 200 digits", Verdict.OBSERVED, "N = 5, d = 6", digits),
    ),
    mutants=changes(
        F,
        dropped_square={"scale": lambda a, c: a @ (c * c)},
        dropped_weight_square={"scale": lambda a, c: (a * a) @ c},
        exponent={"scale": lambda a, c: a**4 @ c**4},
        sign={"direction": lambda m, root: -m / root},
        missing_root={"direction": lambda m, root: m / root**2},
        missing_factor={"direction": lambda m, root: m},
        index_shift={"scale": lambda a, c: (a * a) @ (np.roll(c, 1) ** 2)},
    ),
)
