"""The fixed point as a sympy system regenerates the numeric field and Jacobian; the zero test decides."""

import numpy as np
import pytest
import sympy

from marginproof.theory.claims.symbolic import (
    ROOTS,
    all_vanish,
    covariance_fixed_point,
    symbolic_data,
    vanishes,
)
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.limit.problem import LimitProblem

SIZES = [(1, 1), (2, 2), (2, 3), (3, 2), (4, 3)]


def sample(n, d):
    rng = np.random.default_rng([n, d])
    X = rng.uniform(0.5, 2, (n, d)) * rng.choice([-1, 1], (n, d))
    c = rng.dirichlet(np.ones(n))
    return X, c


@pytest.mark.parametrize(("n", "d"), SIZES)
def test_lambdified_field_and_jacobian_are_the_numeric_ones(n, d):
    X, c = sample(n, d)
    system = covariance_fixed_point(n, d)
    problem = LimitProblem(X, AdamProxyField())
    # Sums of at most 20 products of numbers below 10, condition below 10^3: 1e-12 is 5e3 units.
    np.testing.assert_allclose(
        system.function(list(system.direction))(X, c), AdamProxyField()(X, c), rtol=1e-12
    )
    np.testing.assert_allclose(system.function(list(system.F))(X, c), problem.F(c), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(
        system.function(system.jacobian)(X, c), problem.jacobian(c), rtol=1e-11, atol=1e-11
    )


def test_a_wrong_jacobian_would_be_seen():
    X, c = sample(3, 2)
    system = covariance_fixed_point(3, 2)
    transposed = system.function(system.jacobian.T)(X, c)
    assert np.abs(transposed - LimitProblem(X, AdamProxyField()).jacobian(c)).max() > 1e-3


@pytest.mark.parametrize(("n", "d"), SIZES[:4])
def test_the_system_is_the_kkt_system(n, d):
    system = covariance_fixed_point(n, d)
    metric = np.array([sympy.sqrt(value) for value in system.q], dtype=object)  # M, held fixed
    assert all_vanish(metric * system.direction - system.X.T @ system.c)  # of ½ wᵀM w - dᵀ(Xw - 1), times γ
    assert len(system.equations) == n + 1
    assert all_vanish(system.direction - AdamProxyField()(system.X, system.c, ROOTS))


def test_the_fixed_point_of_r1_solves_the_equations():
    system = covariance_fixed_point(2, 2)
    s = 0.868825911090941
    X, c = np.array([[5.0, 1.0], [1.0, 4.0]]), np.array([s, 1 - s])
    F = system.function(list(system.F))(X, c)
    assert abs(F[0] - F[1]) < 1e-12
    assert abs(F[0] - min(F)) < 1e-12 < F[0]
    elsewhere = system.function(list(system.F))(X, np.array([0.5, 0.5]))
    assert abs(elsewhere[0] - elsewhere[1]) > 0.01


def test_vanishes_says_yes_and_no():
    X, c = symbolic_data(2, 1)
    q = (X[:, 0] ** 2) @ (c**2)
    assert vanishes(sympy.sqrt(q) * sympy.sqrt(q) - q)
    assert vanishes(1 / sympy.sqrt(q) - sympy.sqrt(q) / q)
    assert vanishes(q ** sympy.Rational(3, 2) - q * sympy.sqrt(q))
    assert not vanishes(sympy.sqrt(q) - q)
    assert not vanishes(sympy.sqrt(q) - c[0] * X[0, 0])


def test_roots_draw_positive_factors_out():
    t = sympy.Symbol("t", positive=True)
    a = sympy.Symbol("a", positive=True)
    assert ROOTS.sqrt_one(t**2 * a + t**2) == t * sympy.sqrt(a + 1)
