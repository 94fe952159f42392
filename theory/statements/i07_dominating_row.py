"""I7: a dominating row is a fixed point with an ℓ∞ max-margin direction.

Proof.  At c = e_i (x_i without zero entry): m = x_i, √q = |x_i|, u = sign(x_i), F_j = x_j·sign(x_i)
and F_i = ‖x_i‖_1.  So c = e_i solves the limit equation, with γ = ‖x_i‖_1, *if and only if*
sign(x_i)·x_j >= ‖x_i‖_1 for all j (the converse is stronger than the paper's use of it).  If the
inequality is strict for j ≠ i the flow is attracted there: d log c_j/dτ = c·F - F_j = γ - F_j < 0.
The direction u = sign(x_i) has ‖u‖_∞ = 1 and margin ‖x_i‖_1, and by B6 with c = e_i no w has a larger
one: γ_∞ <= ‖Xᵀe_i‖_1.

Shifted-diagonal data, x_j = a_j e_j + δ Σ_{k≠j} e_k: x_j·(1,…,1) = a_j + (d-1)δ >= a_1 + (d-1)δ, so
i = 1 dominates for every d, strictly; w = (1,…,1)/(a_1 + (d-1)δ) has margin one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any

import numpy as np
import sympy

from marginproof.theory.claims.cases import DOMINATED, NONZERO, dominating_row, exact_rows
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.claims.digits import in_many_digits, random_rows
from marginproof.theory.claims.symbolic import symbol_array
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.number_systems import RATIONALS, Array, NumberSystem
from marginproof.theory.verdicts import Verdict


@dataclass(frozen=True)
class Domination:
    """The formula: F at e_i from (X, i), γ, and the shifted-diagonal margin of (1,…,1) from (a_j, δ, d)."""

    F: Callable[[Array, int, NumberSystem], Array] = lambda X, i, numbers: X @ numbers.sign(X[i])
    gamma: Callable[[Array], Any] = lambda row: abs(row).sum()
    row_sum: Callable[[Any, Any, Any], Any] = lambda a, delta, d: a + (d - 1) * delta
    dominates: Callable[[Array, Any], bool] = lambda F, gamma: bool((F - gamma >= 0).all())


def vertex(formula: Domination, effort: Effort) -> Evidence:
    """AdamProxy at c = e_i: F_j = x_j·sign(x_i), γ = F_i = ‖x_i‖_1, for every sign pattern of x_i."""
    cases = []
    for n, d in effort.sizes():
        for signs in product((1, -1), repeat=d):
            X = symbol_array("x", (n, d), real=True)
            X[0] = symbol_array("a", (d,), positive=True) * np.array(signs, dtype=object)
            e = np.array([sympy.Integer(int(i == 0)) for i in range(n)], dtype=object)
            F = X @ AdamProxyField()(X, e, RATIONAL_ROOTS)
            wanted = formula.F(X, 0, RATIONAL_ROOTS)
            cases += [
                (f"F differs for signs {signs}, N={n}", all(sympy.expand(v) == 0 for v in F - wanted)),
                (f"γ is not F_i for signs {signs}", sympy.expand(F[0] - formula.gamma(X[0])) == 0),
            ]
    return all_of(cases)


def shifted_diagonal(formula: Domination, effort: Effort) -> Evidence:
    """Σ_k x_j[k] = a_j + (d-1)δ by summation over a symbolic d, and a_j - a_1 > 0 makes row 1 dominate."""
    a, delta = sympy.symbols("a delta", positive=True)
    gap = sympy.Symbol("gap", positive=True)
    d, k = sympy.symbols("d k", integer=True, positive=True)
    total = sympy.summation(delta, (k, 1, d)) - delta + a
    lead = formula.row_sum(a + gap, delta, d) - formula.row_sum(a, delta, d)
    return all_of(
        [
            ("Σ_k x_j[k] differs", sympy.expand(total - formula.row_sum(a, delta, d)) == 0),
            ("row 1 does not dominate strictly", bool(sympy.expand(lead).is_positive)),
        ]
    )


def exact_instances(formula: Domination, effort: Effort) -> Evidence:
    """The equivalence on integer data: e_i solves the limit equation exactly iff row i dominates (both
    occur).
    """
    random, cases, seen = Random("107"), [], set()
    for _ in range(60 * effort.instances):
        X = exact_rows([[random.choice((-3, -2, -1, 1, 2, 3)) for _ in range(2)] for _ in range(2)])
        X = exact_rows([[abs(v) for v in X[0]], X[1]])
        u = np.sign(X[0])
        solves = bool(((X @ u) >= (X @ u)[0]).all())
        says = formula.dominates(formula.F(X, 0, RATIONALS), formula.gamma(X[0]))
        seen.add(solves)
        cases.append((f"wrong for X={X.astype(int).tolist()}", solves == says))
        if says:
            w = u / formula.gamma(X[0])
            cases.append((f"w has not margin 1 for X={X.astype(int).tolist()}", min(X @ w) == 1))
            cases.append(("the predicate disagrees", dominating_row(X) is not None))
    return all_of([*cases, ("only one answer occurred", seen == {True, False})])


def digits(formula: Domination, effort: Effort) -> Evidence:
    """F at e_1 on random data."""

    def sides(numbers: NumberSystem, random: Random) -> tuple[Any, Any]:
        X = numbers.array(random_rows(random, 4, 5))
        e = numbers.array([1, 0, 0, 0])
        return np.r_[X @ AdamProxyField()(X, e, numbers)], np.r_[
            formula.gamma(X[0]), formula.F(X, 0, numbers)[1:]
        ]

    return in_many_digits(sides, effort, seed=107)


RATIONAL_ROOTS = NumberSystem(
    "symbols with roots of squares", sympy.sympify, lambda q: abs(sympy.sqrt(q)), lambda v: int(sympy.sign(v))
)
F = Domination()
CLAIM = Claim(
    id="I7",
    title="a dominating row gives l_inf",
    plain="c = e_i solves the limit equation, with direction sign(x_i) and γ = ‖x_i‖_1 = γ_∞, if and only if "
    "sign(x_i)·x_j >= ‖x_i‖_1 for all j; attracting if strictly so (an argument in prose, from I8). Shifted-diagonal data are such, i = 1.",
    tex=r"c=e_i\text{ solves}\iff \operatorname{sign}(x_i)\cdot x_j\ge\|x_i\|_1\ "
    r"\forall j,\quad u=\operatorname{sign}(x_i)",
    quantifiers="for every N, d, every X whose row i has no zero entry; shifted "
    "diagonal: every d = N, a_1 < … < a_N, δ > 0",
    source="derived here (the equivalence); the shifted-diagonal case: paper, §4",
    proof=__doc__ or "",
    expected=Verdict.PROVED,
    hypotheses=(NONZERO, DOMINATED),
    formula=F,
    checks=(
        EvidenceSource(
            "the field at a vertex",
            Verdict.PROVED,
            "every sign pattern, (N, d) up to the bound; any size coordinatewise; not that the vertex attracts",
            vertex,
        ),
        EvidenceSource("shifted diagonal", Verdict.PROVED, "symbolic a, δ and d", shifted_diagonal),
        EvidenceSource(
            "equivalence on integers", Verdict.OBSERVED, "exact 2 × 2 data, both answers met", exact_instances
        ),
        EvidenceSource("50 and 200 digits", Verdict.OBSERVED, "N = 4, d = 5", digits),
    ),
    mutants=changes(
        F,
        sign={"F": lambda X, i, numbers: -(X @ numbers.sign(X[i]))},
        missing_sign={"F": lambda X, i, numbers: X @ X[i]},
        wrong_norm={"gamma": lambda row: (row * row).sum()},
        missing_term={"gamma": lambda row: abs(row[0])},
        index_shift={"row_sum": lambda a, delta, d: a + d * delta},
        missing_factor={"row_sum": lambda a, delta, d: a + delta},
        reversed_inequality={"dominates": lambda F, gamma: bool((F - gamma <= 0).all())},
    ),
)
