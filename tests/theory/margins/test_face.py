"""The bounds behind ``unique``: seen to hold against exact solutions, and to fail for a worse solution."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from marginproof.theory.margins.basis import BasicSolution, solve_basis
from marginproof.theory.margins.face import _errors, _strictly_basic, linf_unique
from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.margins.linf import solve_linf


def solved(seed: int) -> tuple[IntegerRows, BasicSolution]:
    """Rows with few dyadic digits, and the optimal basis' refined solution."""
    random = np.random.default_rng(seed)
    w = random.choice([-1.0, 1.0], size=9)
    X = random.integers(-40, 41, size=(6, 9)) / 8.0
    X += (1.0 - np.minimum(X @ w, 1.0))[:, None] * w / 9
    rows = IntegerRows.of(np.round(X * 64) / 64)
    basic = solve_linf(rows, 1e-13)[1]
    assert basic is not None
    return rows, basic


def true_errors(rows: IntegerRows, basic: BasicSolution) -> tuple[list[Fraction], Fraction, list[Fraction]]:
    """|refined - exact| of w_F, t and c."""
    exact = solve_basis(rows, basic.basis, exactly=True)
    assert exact is not None

    def gaps(one: tuple[list[int], int], other: tuple[list[int], int]) -> list[Fraction]:
        return [
            abs(Fraction(a, one[1]) - Fraction(b, other[1])) for a, b in zip(one[0], other[0], strict=True)
        ]

    primal = gaps(basic.primal, exact.primal)
    return primal[:-1], primal[-1], gaps(basic.dual, exact.dual)


def held(rows: IntegerRows, basic: BasicSolution) -> bool:
    """Whether every true error is within its bound."""
    bounds = basic.factors.inverse_bounds()
    assert bounds is not None
    errors = _errors(basic, bounds, rows.floats)
    assert errors is not None
    w, t, c = true_errors(rows, basic)
    return bool(
        all(gap <= bound for gap, bound in zip(w, errors[0], strict=True))
        and t <= errors[1]
        and all(gap <= bound for gap, bound in zip(c, errors[2], strict=True))
    )


@pytest.mark.parametrize("seed", range(12))
def test_true_errors_are_within_the_bounds(seed):
    rows, basic = solved(seed)
    assert held(rows, basic)


def test_a_worse_solution_exceeds_the_bounds():
    # residuals are at most 2^-96; an error of 2^-40 in t or in a weight is not explained by them
    rows, basic = solved(0)
    numerators, one = basic.primal
    off = replace(basic, primal=([*numerators[:-1], numerators[-1] + (one >> 40)], one))
    assert not held(rows, off)
    weights, unit = basic.dual
    assert not held(rows, replace(basic, dual=([weights[0] + (unit >> 40), *weights[1:]], unit)))


def test_strictness_is_refused_where_a_weight_is_within_its_bound():
    rows, basic = solved(0)
    assert _strictly_basic(rows, basic)
    weights, unit = basic.dual
    assert not _strictly_basic(rows, replace(basic, dual=([0, *weights[1:]], unit)))


def test_a_missing_basis_leaves_uniqueness_undecided():
    assert linf_unique(solved(0)[0], None) == (None, None)


def test_a_face_is_not_unique():
    # the second coordinate is free in [-1, 1] as far as the one tight row can tell
    rows = IntegerRows.of(np.array([[2.0, 0.0], [3.0, 1.0]]))
    assert linf_unique(rows, solve_linf(rows, 1e-13)[1])[0] is False
