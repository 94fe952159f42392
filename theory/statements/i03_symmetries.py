"""I3: AdamProxy's field is scale-free in c and in each feature, odd under feature flips, equivariant.

Proof, coordinate by coordinate: u_k depends on column k alone.  Under c → tc (t > 0), m_k → t m_k and
q_k → t² q_k, so u_k stays.  Under column k → a x[k], m_k → a m_k and √q_k → |a| √q_k, so u_k → sign(a) u_k.
Permuting samples permutes the terms of two sums; permuting features permutes columns.  Each is a
term-by-term statement about finite sums, so the sizes checked here carry to every N and d.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from random import Random
from typing import Any

import numpy as np
import sympy

from marginproof.theory.claims.cases import POSITIVE_COLUMNS
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, Mutant, all_of
from marginproof.theory.claims.digits import in_many_digits, random_rows, random_weights
from marginproof.theory.claims.symbolic import ROOTS, all_vanish, symbol_array, symbolic_data
from marginproof.theory.fields import AdamProxyField, mean_gradient, per_sample_square
from marginproof.theory.number_systems import Array, NumberSystem
from marginproof.theory.verdicts import Verdict

Formula = Callable[[Array, Array, NumberSystem], Array]


def scaling(field: Formula, effort: Effort) -> Evidence:
    """c → tc, columns → a_k x[k], and one column at a time → -x[k], for symbolic positive t, a_k.

    One flip at a time: all at once would pass u_k (1 + u_k Σ_{j≠k} u_j).
    """
    cases = []
    for n, d in effort.sizes():
        X, c = symbolic_data(n, d)
        t, a = sympy.Symbol("t", positive=True), symbol_array("a", (d,), positive=True)
        u = field(X, c, ROOTS)
        cases += [
            (f"not homogeneous of degree 0 at N={n}, d={d}", all_vanish(field(X, t * c, ROOTS) - u)),
            (f"changes with feature scale at N={n}, d={d}", all_vanish(field(X * a, c, ROOTS) - u)),
        ]
        for k in range(d):
            flip = np.array([-1 if j == k else 1 for j in range(d)], dtype=object)
            label = f"not odd under a flip of feature {k + 1} alone at N={n}, d={d}"
            cases.append((label, all_vanish(field(X * flip, c, ROOTS) - flip * u)))
    return all_of(cases)


def permuting(field: Formula, effort: Effort) -> Evidence:
    """Every permutation of samples (jointly in X and c) and of features."""
    cases = []
    for n, d in effort.sizes():
        X, c = symbolic_data(n, d)
        u = field(X, c, ROOTS)
        for order in map(list, permutations(range(n))):
            cases.append((f"sample order {order}", all_vanish(field(X[order], c[order], ROOTS) - u)))
        for order in map(list, permutations(range(d))):
            cases.append((f"feature order {order}", all_vanish(field(X[:, order], c, ROOTS) - u[order])))
    return all_of(cases)


def digits(field: Formula, effort: Effort) -> Evidence:
    """All four at once on random rational data."""

    def identity(numbers: NumberSystem, random: Random) -> tuple[Any, Any]:
        X = numbers.array(random_rows(random, 4, 3))
        c = numbers.array(random_weights(random, 4))
        scale = numbers.array(random_rows(random, 1, 3)[0])
        order = random.sample(range(4), 4)
        moved = field((X * scale)[order], c[order] * abs(scale[0]), numbers)
        return moved, numbers.sign(scale) * field(X, c, numbers)

    return in_many_digits(identity, effort, seed=103)


def _coupled(X: Array, c: Array, numbers: NumberSystem) -> Array:
    """u_k (1 + u_k Σ_{j≠k} u_j): odd when all features flip at once, and not when one does."""
    u = AdamProxyField()(X, c, numbers)
    return np.asarray(u * (1 + u * (u.sum() - u)))


def _mutants() -> tuple[Mutant, ...]:
    one: Callable[[NumberSystem], Any] = lambda numbers: numbers.convert(1)  # noqa: E731
    return (
        Mutant("dropped square", lambda X, c, numbers: mean_gradient(X, c) / numbers.sqrt((X * X).T @ c)),
        Mutant("missing root", lambda X, c, numbers: mean_gradient(X, c) / per_sample_square(X, c)),
        Mutant("missing factor", lambda X, c, numbers: mean_gradient(X, c)),
        Mutant("coupled features", _coupled),
        Mutant("sign", lambda X, c, numbers: abs(mean_gradient(X, c)) / numbers.sqrt(
            per_sample_square(X, c))),
        Mutant("added constant", lambda X, c, numbers: mean_gradient(X, c) / numbers.sqrt(
            per_sample_square(X, c) + one(numbers))),
        Mutant("wrong norm", lambda X, c, numbers: mean_gradient(X, c) / numbers.sqrt(
            np.array([per_sample_square(X, c).sum()] * X.shape[1], dtype=object))),
        Mutant("index shift", lambda X, c, numbers: mean_gradient(X, c) / numbers.sqrt(
            per_sample_square(X, np.roll(c, 1)))),
    )  # fmt: skip


CLAIM = Claim(
    id="I3",
    title="symmetries of AdamProxy",
    plain="u(c) of AdamProxy is homogeneous of degree 0, unchanged by positive "
    "rescaling of features, odd under sign "
    "flips of a feature and equivariant under permutations of samples and features.",
    tex=r"u(tc)=u(c),\quad u_{XD}(c)=\operatorname{sign}(D)\,u_X(c),\quad u_{\Pi X}(\Pi c)=u_X(c)",
    quantifiers="for every N, d, X and c with q > 0 (checked for nonzero entries; the rest by continuity), t > 0, invertible diagonal D, permutation Π",
    source="derived here",
    proof=__doc__ or "",
    expected=Verdict.PROVED,
    hypotheses=(POSITIVE_COLUMNS,),
    formula=AdamProxyField(),
    checks=(
        EvidenceSource(
            "scaling and flips",
            Verdict.PROVED,
            "every (N, d) up to the bound, one flip at a time; any size coordinatewise; zero entries by continuity, q > 0",
            scaling,
        ),
        EvidenceSource(
            "permutations", Verdict.PROVED, "all permutations, every (N, d) up to the bound", permuting
        ),
        EvidenceSource("50 and 200 digits", Verdict.OBSERVED, "N = 4, d = 3", digits),
    ),
    mutants=_mutants(),
)
