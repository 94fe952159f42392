"""I6: on scaled Rademacher data AdamProxy is the ℓ₂ geometry.

Proof.  |x_i[k]| = a_i makes q_k = Σ_i c_i² a_i² =: Q the same for every k, so u = Xᵀc/√Q and
F = X Xᵀc/√Q.  The limit equation then reads (X Xᵀ c)_j >= γ√Q with equality on the support, which is
the KKT system of min ½‖w‖² over Xw >= 1 with w = Xᵀd, d ∝ c: the ℓ₂ max-margin problem and its dual.
One column is enough to see it, so it holds for every d; the sum over i is term by term, so for every N.

At finite β1, β2 and with b = 1, c_j² a_j², which is (G_j∘G_j)_k, does not depend on k either, so Inc-Adam's denominators are scalars
and u = Xᵀ(c∘ω), ω_j = Σ_i β1^{lag(i,j)}/√(Σ_l β2^{lag(i,l)} c_l² a_l²) > 0: again the ℓ₂ problem, with other dual weights.
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
from marginproof.theory.claims.symbolic import ROOTS, all_vanish, symbol_array, vanishes
from marginproof.theory.fields import AdamProxyField, IncAdamField
from marginproof.theory.number_systems import Array, NumberSystem
from marginproof.theory.statements.i01_steady_state import BETA1, BETA2
from marginproof.theory.verdicts import Verdict


def _share(a: Array, c: Array, b1: Any, b2: Any, numbers: NumberSystem) -> Array:
    n = len(a)
    roots = [
        numbers.sqrt_one(sum(b2 ** ((i - j) % n) * (c[j] * a[j]) ** 2 for j in range(n))) for i in range(n)
    ]
    return np.array([sum(b1 ** ((i - j) % n) / roots[i] for i in range(n)) for j in range(n)], dtype=object)


@dataclass(frozen=True)
class CommonScale:
    """The formula: Q from (a, c), the direction u from (m, √Q), and ω of Inc-Adam from (a, c, β1, β2, numbers)."""

    scale: Callable[[Array, Array], Any] = lambda a, c: (a * a) @ (c * c)
    direction: Callable[[Array, Any], Array] = lambda m, root: m / root
    share: Callable[[Array, Array, Any, Any, NumberSystem], Array] = _share


def every_sign_pattern(formula: CommonScale, effort: Effort) -> Evidence:
    """u = Xᵀc/√Q and F = X Xᵀc/√Q for every sign matrix, symbolic a > 0 and c > 0."""
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


def finite_betas(formula: CommonScale, effort: Effort) -> Evidence:
    """Inc-Adam's u is Σ_j σ_j a_j c_j ω_j on one column with every sign pattern σ; symbolic a, c, β1, β2."""
    cases = []
    for n in range(1, min(effort.max_samples, 4) + 1):
        a, c = symbol_array("a", (n,), positive=True), symbol_array("c", (n,), positive=True)
        omega = formula.share(a, c, BETA1, BETA2, ROOTS)
        for signs in product((1, -1), repeat=n):
            column = a * np.array(signs, dtype=object)
            u = IncAdamField(beta1=BETA1, beta2=BETA2)(column[:, None], c, ROOTS)[0]
            cases.append((f"fails for signs {signs}", vanishes(u - (column * c) @ omega)))
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
    "the l2 max-margin problem. Inc-Adam's u at b = 1 and finite β1, β2 is Xᵀ(c∘ω) with ω > 0: the same direction.",
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
        EvidenceSource(
            "finite β1, β2",
            Verdict.PROVED,
            "every sign pattern of one column (so every d), N up to the bound; any N term by term",
            finite_betas,
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
        reversed_lag={"share": lambda a, c, b1, b2, numbers: _share(a[::-1], c[::-1], b1, b2, numbers)[::-1]},
        swapped_betas={"share": lambda a, c, b1, b2, numbers: _share(a, c, b2, b1, numbers)},
        index_shift={"scale": lambda a, c: (a * a) @ (np.roll(c, 1) ** 2)},
    ),
)
