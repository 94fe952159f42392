"""B6: the primal–dual bracket of a max-margin.

Proof.  For c on the simplex min_i x_i·w <= Σ c_i x_i·w = (Xᵀc)·w <= ‖Xᵀc‖_q ‖w‖_p (Hölder), for every w ≠
0: divide by ‖w‖_p and take the supremum over w on the left.  The first step is Σ c_i (z_i - min z) >= 0.
Hölder for p = ∞: each m_k w_k <= |m_k| max|w|.  For p = 2: Lagrange's identity.  Rational w and c make
both ends exact (squared for p = 2), which is a certificate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import sympy

from marginproof.theory.claims.cases import SEPARABLE, exact_rows
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.claims.descent import known_margins
from marginproof.theory.claims.digits import random_rows, random_weights
from marginproof.theory.claims.symbolic import symbol_array
from marginproof.theory.number_systems import Array
from marginproof.theory.verdicts import SUPPORTS, Verdict


@dataclass(frozen=True)
class BracketNorms:
    """The formula: the norms, squared for p = 2: ‖w‖_∞ and ‖m‖_1, ‖w‖_2² and ‖m‖_2², and the
    combination m.
    """

    size_inf: Callable[[Array], Any] = lambda w: max(abs(v) for v in w)
    size_one: Callable[[Array], Any] = lambda m: sum(abs(v) for v in m)
    square: Callable[[Array], Any] = lambda v: v @ v
    margin: Callable[[Array], Any] = lambda z: min(z)
    combine: Callable[[Array, Array], Array] = lambda X, c: X.T @ c

    def linf(self, X: Array, w: Array, c: Array) -> tuple[Any, Any]:
        """(min_i x_i·w/‖w‖_∞, ‖Xᵀc‖_1)."""
        return self.margin(X @ w) / self.size_inf(w), self.size_one(self.combine(X, c))

    def l2(self, X: Array, w: Array, c: Array) -> tuple[Any, Any]:
        """(signed square of min_i x_i·w/‖w‖_2, ‖Xᵀc‖_2²)."""
        z = self.margin(X @ w)
        return z * abs(z) / self.square(w), self.square(self.combine(X, c))


def hoelder(formula: BracketNorms, effort: Effort) -> Evidence:
    """Both Hölder inequalities over symbols: sign patterns for p = ∞, Lagrange for p = 2, d <= 4."""
    cases = []
    for d in range(1, 5):
        m, w = symbol_array("m", (d,), positive=True), symbol_array("w", (d,), real=True)
        top = sympy.Symbol("W", positive=True)
        for signs in product((1, -1), repeat=d):
            terms = [size * top - size * sign * top for size, sign in zip(m, signs, strict=True)]
            worst = all(term == 0 or bool(sympy.expand(term).is_positive) for term in terms)
            cases.append((f"m·w > ‖m‖_1‖w‖_∞ for signs {signs}", worst))
        v = symbol_array("v", (d,), real=True)
        squares = sum((v[i] * w[j] - v[j] * w[i]) ** 2 for i in range(d) for j in range(i))
        gap = formula.square(v) * formula.square(w) - (v @ w) ** 2 - squares
        cases.append((f"Lagrange's identity at d={d}", sympy.expand(gap) == 0))
    return all_of(cases)


def exact_brackets(formula: BracketNorms, effort: Effort) -> Evidence:
    """Lower <= upper in fractions on random data, weights and w; and margins <= averages."""
    random, cases = Random("206"), []
    for _ in range(25 * effort.instances):
        n, d = random.randint(1, 5), random.randint(1, 4)
        X, c, w = random_rows(random, n, d), random_weights(random, n), random_rows(random, 1, d)[0]
        for name, (lower, upper) in (("l_inf", formula.linf(X, w, c)), ("l2", formula.l2(X, w, c))):
            cases.append((f"the {name} bracket is empty for X={X.tolist()}", lower <= upper))
        cases.append(("a minimum exceeds an average", formula.margin(X @ w) <= c @ (X @ w)))
    return all_of(cases)


def closed_brackets(formula: BracketNorms, effort: Effort) -> Evidence:
    """The bracket closes on γ at the optimal w and c, exactly, on data of known margins."""
    random, cases = Random("207"), []
    for X, linf, l2_squared in known_margins(random, effort.instances):
        two = X.shape == (2, 2) and X[0, 1] < 0
        half = Fraction(1, 2)
        c = exact_rows([[half, half]])[0] if two else exact_rows([[1] + [0] * (len(X) - 1)])[0]
        w_inf = exact_rows([[1] * X.shape[1]])[0]
        w_2 = w_inf if two else X[0]
        cases.append((f"l_inf bracket open on X={X.tolist()}", formula.linf(X, w_inf, c) == (linf, linf)))
        cases.append(
            (f"l2 bracket open on X={X.tolist()}", formula.l2(X, w_2, c) == (l2_squared, l2_squared))
        )
    return all_of(cases)


F = BracketNorms()
CLAIM = Claim(
    id="B6",
    title="primal–dual bracket",
    plain="For every w ≠ 0 and c on the simplex: min_i x_i·w/‖w‖_p <= γ_p <= ‖Xᵀc‖_q, "
    "γ_p being the largest margin min_i x_i·w of a w with ‖w‖_p = 1, p, q dual; rational w, c make it exact.",
    tex=r"\frac{\min_ix_i\cdot w}{\|w\|_p}\le\gamma_p\le\|X^\top c\|_q",
    quantifiers="for every N, d, X, w ≠ 0, c on the simplex, p in {2, ∞}",
    source="derived here; linear-programming duality",
    proof=__doc__ or "",
    expected=Verdict.CERTIFIED,
    hypotheses=(SEPARABLE,),
    formula=F,
    checks=(
        EvidenceSource(
            "Hölder", SUPPORTS, "symbolic, every sign pattern, d <= 4; any d coordinatewise", hoelder
        ),
        EvidenceSource(
            "exact brackets", Verdict.OBSERVED, "random rationals, N <= 5, d <= 4", exact_brackets
        ),
        EvidenceSource("closed brackets", Verdict.OBSERVED, "exact, data of known margins", closed_brackets),
    ),
    mutants=changes(
        F,
        wrong_norm={"size_one": lambda m: max(abs(v) for v in m)},
        wrong_primal_norm={"size_inf": lambda w: min(abs(v) for v in w)},
        dropped_square={"square": lambda v: sum(v)},
        missing_factor={"square": lambda v: 2 * (v @ v)},
        maximum={"margin": lambda z: max(z)},
        sign={"size_one": lambda m: -sum(abs(v) for v in m)},
        squared_weights={"combine": lambda X, c: X.T @ (c * c)},
    ),
    missing_evidence="margin brackets accepted by the independent checker",
)
