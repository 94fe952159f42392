"""I9: GD's and sign descent's F are gradients of convex potentials; AdamProxy's is not a gradient.

Proof.  The derivative of ½‖Xᵀc‖² in c_j is x_j·Xᵀc, GD's F_j, and the Hessian X Xᵀ is positive semidefinite.  For the sign
field, ‖m'‖_1 - ‖m‖_1 >= sign(m)·(m' - m) coordinatewise (|m'| >= ±m'), so X sign(Xᵀc) is a subgradient of
‖Xᵀc‖_1, its gradient where no m_k vanishes.  The limit equation is the optimality condition of minimising
the potential over the simplex; it is convex, so its minimum, hence the limit's margin, is unique in value.

A field on the simplex is a gradient only if its Jacobian is symmetric on tangent vectors; for N = 3
that is J_12 - J_21 + J_23 - J_32 + J_31 - J_13 = 0.  AdamProxy's is not, at a rational point of explicit
data.  For N = 2 every field on the (one-dimensional) simplex is a gradient, so there the statement is about
the positive quadrant only, and N = 3 is needed to say more: a refinement of the statement as first written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any, cast

import numpy as np
import sympy

from marginproof.theory.claims.cases import POSITIVE_COLUMNS
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.claims.digits import in_many_digits, random_rows, random_weights
from marginproof.theory.claims.symbolic import symbol_array, symbolic_data
from marginproof.theory.fields import AdamProxyField, GradientField, mean_gradient
from marginproof.theory.number_systems import SYMBOLS, Array, NumberSystem, balls, decide_sign
from marginproof.theory.verdicts import Verdict


@dataclass(frozen=True)
class Potentials:
    """The formula: GD's potential of m, the l1 term's slope at m, and the circulation of a Jacobian."""

    quadratic: Callable[[Array], Any] = lambda m: (m @ m) / 2
    slope: Callable[[Any], Any] = lambda sign: sign
    absolute: Callable[[Any], Any] = abs
    circulation: Callable[[Array], Any] = lambda J: J[0, 1] - J[1, 0] + J[1, 2] - J[2, 1] + J[2, 0] - J[0, 2]


def gradient_of_quadratic(formula: Potentials, effort: Effort) -> Evidence:
    """The derivative of the potential in c_j is GD's F_j, and its Hessian is X Xᵀ."""
    cases = []
    for n, d in effort.sizes():
        X, c = symbolic_data(n, d)
        potential = formula.quadratic(mean_gradient(X, c))
        F = X @ GradientField()(X, c, SYMBOLS)
        gradient = [sympy.expand(sympy.diff(potential, c[j]) - F[j]) == 0 for j in range(n)]
        v = symbol_array("v", (n,), real=True)
        hessian = sympy.hessian(sympy.expand(potential), list(c))
        form = sympy.expand((sympy.Matrix(v).T * hessian * sympy.Matrix(v))[0] - sum((X.T @ v) ** 2))
        cases += [
            (f"not the gradient at N={n}, d={d}", all(gradient)),
            (f"vᵀHv is not ‖Xᵀv‖², N={n}, d={d}", form == 0),
        ]
    return all_of(cases)


def subgradient_of_l1(formula: Potentials, effort: Effort) -> Evidence:
    """|b| - |a| - s (b - a) >= 0, s = sign(a), for every pair of signs; equality where they agree."""
    size_a, size_b = sympy.symbols("A B", positive=True)
    cases = []
    for sign_a, sign_b in product((1, -1), (1, -1)):
        a, b = sign_a * size_a, sign_b * size_b
        gap = sympy.expand(
            formula.absolute(b) - formula.absolute(a) - formula.slope(sympy.Integer(sign_a)) * (b - a)
        )
        label = f"fails for signs {sign_a}, {sign_b}"
        cases.append((label, gap == 0 if sign_a == sign_b else bool(gap.is_positive)))
    return all_of(cases)


def _jacobian(numbers: NumberSystem) -> Array:
    X = numbers.array([[1, 15, 2], [3, -1, 14], [11, 5, -3]])
    c = numbers.array([Fraction(1, 2), Fraction(3, 10), Fraction(1, 5)])
    return cast(Array, X @ AdamProxyField().jacobian(X, c, numbers))


def circulation_is_not_zero(formula: Potentials, effort: Effort) -> Evidence:
    """On X = [[1, 15, 2], [3, -1, 14], [11, 5, -3]] at c = (1/2, 3/10, 1/5): its ball excludes zero; zero for X Xᵀ
    and gradients.
    """
    system = balls(128)
    with system.working():
        found = decide_sign(formula.circulation(_jacobian(system)))
    symmetric = np.array([[1, 2, 3], [2, 5, 7], [3, 7, 1]], dtype=object)
    return all_of(
        [
            ("the circulation may vanish", found in (1, -1)),
            ("a symmetric Jacobian circulates", formula.circulation(symmetric) == 0),
            ("adding a multiple of (1,1,1)ᵀ changes it", formula.circulation(symmetric + _rows()) == 0),
        ]
    )


def _rows() -> Array:
    """v 1ᵀ + 1 wᵀ: the part of a Jacobian that tangent vectors do not see."""
    v, one = np.array([2, 3, 5], dtype=object), np.array([1, 1, 1], dtype=object)
    return np.outer(v, one) + np.outer(one, [7, 1, 4])


def digits(formula: Potentials, effort: Effort) -> Evidence:
    """Euler: c·∇(½‖m‖²) = 2·½‖m‖², c·∇‖m‖_1 = ‖m‖_1 on random data, with the formula's parts."""

    def sides(numbers: NumberSystem, random: Random) -> tuple[Any, Any]:
        X, c = numbers.array(random_rows(random, 4, 3)), numbers.array(random_weights(random, 4))
        m = X.T @ c
        slopes = np.array([formula.slope(numbers.sign(m)[k]) for k in range(3)], dtype=object)
        return [c @ (X @ m), c @ (X @ slopes)], [
            2 * formula.quadratic(m),
            sum(formula.absolute(v) for v in m),
        ]

    return in_many_digits(sides, effort, seed=109)


F = Potentials()
CLAIM = Claim(
    id="I9",
    title="convex potentials, and none for AdamProxy",
    plain="F of GD is ∇½‖Xᵀc‖², F of sign descent a (sub)gradient of ‖Xᵀc‖_1, "
    "both convex, so their limits are unique "
    "in value; F of AdamProxy is no gradient, on the simplex itself for N = 3.",
    tex=r"F_{\mathrm{GD}}=\nabla\tfrac12\|X^\top c\|_2^2,\quad F_{\mathrm{sign}}\in\partial\|X^\top "
    r"c\|_1,\quad J_{\mathrm{proxy}}\ne J_{\mathrm{proxy}}^\top",
    quantifiers="for every N, d, X (potentials); there exist X, c with N = 3 (no potential)",
    source="derived here",
    proof=__doc__ or "",
    expected=Verdict.PROVED,
    hypotheses=(POSITIVE_COLUMNS,),
    formula=F,
    checks=(
        EvidenceSource(
            "quadratic potential",
            Verdict.PROVED,
            "every (N, d) up to the bound; any size by bilinearity",
            gradient_of_quadratic,
        ),
        EvidenceSource(
            "l1 subgradient",
            Verdict.PROVED,
            "one coordinate, every sign pair; any size coordinatewise",
            subgradient_of_l1,
        ),
        EvidenceSource(
            "no potential",
            Verdict.PROVED,
            "one rational witness in rigorous balls, N = d = 3",
            circulation_is_not_zero,
        ),
        EvidenceSource("50 and 200 digits", Verdict.OBSERVED, "N = 4, d = 3", digits),
    ),
    mutants=changes(
        F,
        missing_factor={"quadratic": lambda m: m @ m},
        exponent={"quadratic": lambda m: (m @ m) ** 2 / 2},
        wrong_norm={"quadratic": lambda m: sum(abs(v) for v in m)},
        sign={"slope": lambda sign: -sign},
        wrong_slope={"slope": lambda sign: 2 * sign},
        dropped_absolute={"absolute": lambda value: value},
        index_shift={"circulation": lambda J: J[0, 1] - J[1, 0] + J[1, 2] - J[2, 1] + J[0, 2] - J[2, 0]},
        wrong_part={"circulation": lambda J: J[0, 1] + J[1, 0] + J[1, 2] - J[2, 1] + J[2, 0] - J[0, 2]},
    ),
)
