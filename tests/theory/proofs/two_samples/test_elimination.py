"""N = 2 by elimination: the polynomial, its roots, which are genuine, and which attract."""

from fractions import Fraction

import flint
import numpy as np
import pytest
import sympy

from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.limit.problem import LimitProblem, Stability
from marginproof.theory.limit.stability import classify
from marginproof.theory.proofs.two_samples.elimination import _interior, fixed_points
from marginproof.theory.proofs.two_samples.radicals import RadicalSum, eliminate, norm_in_y, radical_sum
from marginproof.theory.proofs.two_samples.sturm import SturmChain, sign_at

ATTRACTING, UNSTABLE = Stability.ATTRACTING, Stability.UNSTABLE


def test_r1_three_solutions():
    found = fixed_points([[5, 1], [1, 4]])
    assert found.polynomial == (2246, -238, -3985, 2040, 112)
    assert [p.stability for p in found.points] == [ATTRACTING, UNSTABLE, ATTRACTING]
    assert [round(float(p.middle), 9) for p in found.points] == [0.0, 0.772377542, 0.868825911]
    assert found.candidates == 2


def random_rows(seed, d):
    rng = np.random.default_rng(seed)
    X = rng.integers(1, 8, (2, d)) * rng.choice([-1, 1], (2, d))
    X[0] = abs(X[0])
    return X


def slope(X, s):
    F = X @ AdamProxyField()(X, np.array([s, 1 - s]))
    return F[0] - F[1]


@pytest.mark.parametrize("d", [2, 3, 4])
@pytest.mark.parametrize("seed", range(12))
def test_genuine_roots_are_the_sign_changes_of_the_field(seed, d):
    X = random_rows(seed, d).astype(float)
    found = fixed_points(X)
    inside = [p for p in found.points if p.interior]
    grid = np.linspace(1e-6, 1 - 1e-6, 4001)
    values = np.array([slope(X, s) for s in grid])
    changes = grid[:-1][np.sign(values[:-1]) != np.sign(values[1:])]
    assert len(inside) == len(changes)
    for point, s in zip(inside, changes, strict=True):
        assert abs(float(point.middle) - s) < 1 / 4000
        c = np.array([float(point.middle), 1 - float(point.middle)])
        if abs(slope(X, float(point.middle) + 1e-3)) > 1e-6:
            assert classify(LimitProblem(X, AdamProxyField()), c, np.array([0, 1])) is point.stability


@pytest.mark.parametrize("seed", range(6))
def test_the_polynomial_vanishes_where_some_choice_of_roots_does(seed):
    D = radical_sum(random_rows(seed, 2))
    s = sympy.Symbol("s")
    A = [sum(int(v) * s**k for k, v in enumerate(p.coeffs())) for p in D.numerators]
    q = [sum(int(v) * s**k for k, v in enumerate(p.coeffs())) for p in D.radicands]
    product = sympy.Poly(A[0] ** 2 * q[1] - A[1] ** 2 * q[0], s) if len(A) == 2 else sympy.Poly(A[0], s)
    ours = sympy.Poly([int(v) for v in reversed(eliminate(D).coeffs())], s)
    assert sympy.rem(product, ours).is_zero


def test_features_of_equal_ratio_are_merged():
    assert len(radical_sum([[1, 2, 3], [2, -4, 6]]).radicands) == 1
    assert len(radical_sum([[1, 2, 3], [2, -4, 5]]).radicands) == 2


def test_a_continuum_is_named():
    assert fixed_points([[1, 2], [1, 2]]).continuum
    assert not fixed_points([[1, 2], [2, 1]]).continuum


def touching(extra):
    """D = (2s-1)² (1/√p1 + extra/√p2), p1, p2 positive: D touches zero at 1/2, or vanishes there only
    for -.
    """
    square = flint.fmpz_poly([1, -4, 4])
    p1, p2 = flint.fmpz_poly([1, -2, 2]), flint.fmpz_poly([4, -8, 5])
    return RadicalSum((square, square * extra), (p1, p2))


def test_a_zero_that_is_only_touched_is_genuine_and_unstable():
    D = touching(1)
    roots, candidates = _interior(D, SturmChain.of(eliminate(D)))
    assert candidates >= 1
    near_half = [r for r in roots if abs(r.middle - Fraction(1, 2)) < Fraction(1, 1000)]
    assert [r.stability for r in near_half] == [UNSTABLE]


def test_a_root_of_another_sign_choice_is_not_genuine():
    # D = (2s-1)/√p + (1-2s)/√p' + 1·…: A_1²p_2 = A_2²p_1 with equal signs of A has no zero of D.
    D = RadicalSum(
        (flint.fmpz_poly([1, 1]), flint.fmpz_poly([3])), (flint.fmpz_poly([1]), flint.fmpz_poly([4, 0, 1]))
    )
    roots, candidates = _interior(D, SturmChain.of(eliminate(D)))
    assert candidates == 1  # (1+s)²(4+s²) = 9 has a root in (0, 1)
    assert roots == []  # but both terms are positive


def test_the_norm_is_the_product_over_signs():
    a, b = flint.fmpz_poly([0, 1]), flint.fmpz_poly([2])
    values = [int(c(3)) for c in norm_in_y([a, b])]  # T = 3, 2 at s = 3: y⁴ - 10y² + 1
    assert values[:5] == [1, 0, -10, 0, 1]


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([[1, 2]], "two samples"),
        ([[1, 2], [1, 2], [1, 3]], "two samples"),
        ([[1, 0], [1, 2]], "zero entry"),
        ([[1] * 8, [2, 3, 5, 7, 11, 13, 17, 19]], "radicals=8"),
    ],
)
def test_bad_input_is_one_sentence(X, message):
    with pytest.raises(MarginproofError, match=message):
        fixed_points(X)


@pytest.mark.parametrize("seed", range(20))
def test_sturm_counts_as_sympy_does(seed):
    rng = np.random.default_rng(seed)
    coefficients = [int(v) for v in rng.integers(-9, 10, 7)] + [int(rng.integers(1, 9))]
    chain = SturmChain.of(flint.fmpz_poly(coefficients))
    poly = sympy.Poly(list(reversed(coefficients)), sympy.Symbol("s"))
    square_free = sympy.Poly(sympy.sqf_part(poly.as_expr()), poly.gen)
    intervals = chain.isolate(Fraction(0), Fraction(1))
    inside = square_free.count_roots(0, 1) - (square_free.eval(0) == 0) - (square_free.eval(1) == 0)
    assert len(intervals) == inside
    for low, high in intervals:
        assert sign_at(chain.polynomial, low) * sign_at(chain.polynomial, high) == -1
