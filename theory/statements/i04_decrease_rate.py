"""I4: c·F(c) = Σ_k m_k²/√q_k, which is positive on separable data.

Proof.  c·(X u) = (Xᵀc)·u = m·u by exchanging two finite sums, for any N and d; with u = m/√q each
coordinate gives m_k²/√q_k >= 0.  The sum vanishes only if m = Xᵀc = 0.  But for w with Xw > 0,
w·Xᵀc = Σ_i c_i x_i·w >= min_i x_i·w > 0 for c on the simplex, so m ≠ 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import sympy

from marginproof.theory.claims.cases import POSITIVE_COLUMNS, SEPARABLE
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.claims.digits import in_many_digits, random_rows, random_weights
from marginproof.theory.claims.symbolic import ROOTS, symbol_array, symbolic_data, vanishes
from marginproof.theory.fields import AdamProxyField, mean_gradient, per_sample_square
from marginproof.theory.number_systems import Array, NumberSystem
from marginproof.theory.verdicts import Verdict


@dataclass(frozen=True)
class DecreaseRate:
    """The formula: one coordinate's term m_k²/√q_k, and the weights that F is averaged with."""

    term: Callable[[Any, Any], Any] = lambda m, root_q: m * m / root_q
    weights: Callable[[Array], Array] = lambda c: c

    def sides(self, X: Array, c: Array, numbers: NumberSystem) -> tuple[Any, Any]:
        """(c·F(c), Σ_k term)."""
        roots = numbers.sqrt(per_sample_square(X, c))
        terms = [self.term(m, root) for m, root in zip(mean_gradient(X, c), roots, strict=True)]
        return self.weights(c) @ (X @ AdamProxyField()(X, c, numbers)), sum(terms)


def identity(formula: DecreaseRate, effort: Effort) -> Evidence:
    """c·F - Σ m²/√q = 0 over symbols."""
    cases = []
    for n, d in effort.sizes():
        left, right = formula.sides(*symbolic_data(n, d), ROOTS)
        cases.append((f"fails at N={n}, d={d}", vanishes(left - right)))
    return all_of(cases)


def positivity(formula: DecreaseRate, effort: Effort) -> Evidence:
    """A term is > 0 for real m ≠ 0, zero at m = 0; and w·Xᵀc = Σ c_i (x_i·w), so m ≠ 0 on separable data."""
    m = sympy.Symbol("m", real=True, nonzero=True)
    s = sympy.Symbol("s", positive=True)
    cases = [
        ("a term may be non-positive", bool(sympy.sympify(formula.term(m, s)).is_positive)),
        ("a term does not vanish with m", sympy.sympify(formula.term(sympy.Integer(0), s)) == 0),
    ]
    for n, d in effort.sizes():
        X, c = symbolic_data(n, d)
        w = symbol_array("w", (d,), real=True)
        pairing = w @ mean_gradient(X, c) - sum(formula.weights(c) * (X @ w))
        cases.append((f"w·Xᵀc ≠ Σ c_i x_i·w at N={n}, d={d}", sympy.expand(pairing) == 0))
    return all_of(cases)


def digits(formula: DecreaseRate, effort: Effort) -> Evidence:
    """Both sides on random rational data."""

    def sides(numbers: NumberSystem, random: Random) -> tuple[Any, Any]:
        X, c = random_rows(random, 5, 4), random_weights(random, 5)
        return formula.sides(numbers.array(X), numbers.array(c), numbers)

    return in_many_digits(sides, effort, seed=104)


F = DecreaseRate()
CLAIM = Claim(
    id="I4",
    title="rate of decrease c·F(c)",
    plain="With F(c) = X u(c) of AdamProxy, c·F(c) = Σ_k m_k²/√q_k >= 0, zero only if Xᵀc = 0, which separable data exclude.",
    tex=r"c\cdot F(c)=\sum_k m_k^2/\sqrt{q_k}\ge0,\quad =0\iff X^\top c=0",
    quantifiers="for every N, d, separable X, c on the simplex, with q > 0 (checked for nonzero entries; the rest by continuity)",
    source="derived here",
    proof=__doc__ or "",
    expected=Verdict.PROVED,
    hypotheses=(SEPARABLE, POSITIVE_COLUMNS),
    formula=F,
    checks=(
        EvidenceSource(
            "identity",
            Verdict.PROVED,
            "every (N, d) up to the bound; any size by exchanging finite sums",
            identity,
        ),
        EvidenceSource(
            "positivity",
            Verdict.PROVED,
            "symbolic m, q; the pairing at every (N, d) up to the bound",
            positivity,
        ),
        EvidenceSource("50 and 200 digits", Verdict.OBSERVED, "N = 5, d = 4", digits),
    ),
    mutants=changes(
        F,
        dropped_square={"term": lambda m, s: m / s},
        missing_root={"term": lambda m, s: m * m / s**2},
        sign={"term": lambda m, s: -m * m / s},
        exponent={"term": lambda m, s: m**4 / s**3},
        missing_factor={"term": lambda m, s: m * m},
        wrong_weights={"weights": lambda c: c * 0 + 1},
        squared_weights={"weights": lambda c: c * c},
    ),
)
