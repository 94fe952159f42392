"""Polishing: digits checked by mpmath alone, and the inputs it must refuse."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy

from marginproof.theory.fields import (
    AdamProxyField,
    Field,
    GradientField,
    IncAdamField,
    ReplacementField,
    ReshuffledField,
    SignField,
    SignumField,
)
from marginproof.theory.limit.newton import active_set_newton
from marginproof.theory.limit.problem import LimitProblem, Outcome
from marginproof.theory.limit.solve import solve
from marginproof.theory.number_systems import multiprecision
from marginproof.theory.proofs.precision import PolishError, polish

R1 = np.array([[5, 1], [1, 4]])
SMOOTH: list[Field] = [
    GradientField(),
    AdamProxyField(),
    ReshuffledField(2),
    ReplacementField(2),
    IncAdamField(),
    IncAdamField(batch_size=2),
]


def separable_gaussian(n: int, d: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, d))
    return X * np.sign(X @ random.normal(size=d))[:, None]


def solved(problem: LimitProblem) -> tuple[np.ndarray, tuple[int, ...]]:
    n = problem.n_unknowns
    found = active_set_newton(problem, np.full(n, 1 / n))
    if found is not None:
        return found.y, tuple(found.support.tolist())
    limit = solve(problem)
    assert limit.outcome is Outcome.FIXED_POINT
    assert not problem.merged
    return limit.weights, limit.support


def r1_roots(digits: int) -> list[mpmath.mpf]:
    """The roots in (0, 1) of R1's polynomial, by sympy, through a different route: elimination."""
    s = sympy.symbols("s")
    polynomial = sympy.Poly(2246 * s**4 - 238 * s**3 - 3985 * s**2 + 2040 * s + 112, s)
    return [root for root in polynomial.nroots(n=digits + 5, maxsteps=500) if root.is_real and 0 < root < 1]


@pytest.mark.parametrize("digits", [15, 50, 200])
def test_r1_agrees_with_the_roots_of_its_polynomial(digits: int) -> None:
    roots = r1_roots(digits)
    assert len(roots) == 2
    for root in roots:
        near = float(root) + 1e-3
        point = polish(LimitProblem(R1, AdamProxyField()), np.array([near, 1 - near]), (0, 1), digits)
        assert point.digits == digits
        assert abs(sympy.Float(str(point.totals[0]), digits + 5) - root) < sympy.Float(10) ** -digits


@pytest.mark.parametrize("field", SMOOTH, ids=repr)
def test_the_residual_in_plain_mpmath_shrinks_with_the_digits(field: Field) -> None:
    problem = LimitProblem(separable_gaussian(6, 9, 3), field)
    y, support = solved(problem)
    for digits in (20, 80):
        numbers = multiprecision(digits + 15)
        point = polish(problem, y, support, digits)
        totals = numbers.array(np.array([Fraction(str(v)) for v in point.totals], dtype=object))
        F = problem.F(totals, numbers)
        scale = max(abs(value) for value in F)
        # The last correction is below 10^-digits and F is Lipschitz: |J| <= 100 max|F| on these data.
        worst = max(abs(F[i] - F[support[0]]) for i in support)
        assert worst <= 100 * scale * mpmath.mpf(10) ** -digits
        assert abs(sum(totals) - 1) <= mpmath.mpf(10) ** -digits


def test_a_thousand_digits_on_gaussian_data() -> None:
    problem = LimitProblem(separable_gaussian(10, 50, 0), AdamProxyField())
    y, support = solved(problem)
    long = polish(problem, y, support, 1000)
    longer = polish(problem, y, support, 1020)
    assert long.digits == 1000
    with mpmath.workdps(1030):
        assert (
            max(abs(a - b) for a, b in zip(long.totals, longer.totals, strict=True)) < mpmath.mpf(10) ** -1000
        )
    assert abs(float(sum(v * v for v in long.direction)) - 1) < 1e-15


def test_exact_fractions_are_used_as_they_are() -> None:
    third = Fraction(1, 3)
    exact = np.array([[5 * third, third], [third, 4 * third]], dtype=object)
    scaled = polish(LimitProblem(exact, AdamProxyField()), np.array([0.87, 0.13]), (0, 1), 60)
    plain = polish(LimitProblem(R1, AdamProxyField()), np.array([0.87, 0.13]), (0, 1), 60)
    # I3: positive rescaling leaves the weights; rounding 1/3 to float64 would show at 1e-17.
    assert abs(scaled.totals[0] - plain.totals[0]) < mpmath.mpf(10) ** -60


def test_equal_rows_share_their_total() -> None:
    problem = LimitProblem(np.array([[5, 1], [5, 1], [1, 4]]), GradientField())
    y, support = solved(problem)
    point = polish(problem, y, support, 30)
    assert len(point.totals) == 2
    assert point.weights[0] == point.weights[1] == point.totals[0] / 2


def test_a_continuum_of_weights_still_polishes_its_direction() -> None:
    square = np.array([[1, 1], [1, -1], [1, 1]]) * np.array([[1], [1], [1]])
    three = np.array([[2, 1], [2, -1], [2, 0]])  # the third row lies between the others
    point = polish(LimitProblem(three, GradientField()), np.full(3, 1 / 3), (0, 1, 2), 40)
    assert abs(point.direction[0] - 1) < mpmath.mpf(10) ** -40
    assert LimitProblem(square, GradientField()).n_unknowns == 2


@pytest.mark.parametrize("field", [SignField(), SignumField()])
def test_sign_fields_are_refused(field: Field) -> None:
    with pytest.raises(PolishError, match="sign field"):
        polish(LimitProblem(R1, field), np.array([0.5, 0.5]), (0, 1))


def test_a_feature_unused_by_the_support_is_refused() -> None:
    with pytest.raises(PolishError, match="q_k = 0"):
        polish(LimitProblem(np.array([[1, 0], [1, 1]]), AdamProxyField()), np.array([1.0, 0.0]), (0,))


def test_a_support_without_a_solution_is_refused() -> None:
    # Parallel rows: F_1 = 2 F_0 everywhere, so F_0 = F_1 = γ has no solution with γ > 0.
    with pytest.raises(PolishError, match="support"):
        polish(LimitProblem(np.array([[1, 2], [2, 4]]), AdamProxyField()), np.array([0.5, 0.5]), (0, 1))
