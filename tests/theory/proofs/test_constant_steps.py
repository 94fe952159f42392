"""Enclosures of constant steps: they hold the solution, and a wrong one is not certified."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from marginproof.theory.fields import IncAdamField
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.steps.constant import solve_constant
from marginproof.theory.number_systems import Array, multiprecision
from marginproof.theory.proofs.constant_steps import certify_step
from marginproof.theory.proofs.witness import Certainty

THREE = np.array([[4, 1, 2, -1, 1], [1, 5, -1, 2, 3], [-1, 2, 6, 1, -2]])
SR4 = np.array([[1, 1, 1, 1], [2, 2, 2, -2], [3, 3, -3, -3], [4, -4, 4, -4]])
CASES = [
    (THREE, IncAdamField(), Fraction(1, 100)),
    (THREE, IncAdamField(1, (2, 0, 1)), Fraction(3, 100)),
    (SR4, IncAdamField(2), Fraction(1, 50)),
    (np.array([[1, 15, 2], [3, -1, 14], [11, 5, -3]]), IncAdamField(), Fraction(1, 1000)),
]


@pytest.mark.parametrize(("X", "field", "eta"), CASES)
def test_the_enclosure_solves_the_equations_in_other_arithmetic(
    X: Array, field: IncAdamField, eta: Fraction
) -> None:
    problem = LimitProblem(X, field)
    found = certify_step(problem, eta, digits=40)
    assert found.certified, found.reason
    numbers = multiprecision(60)
    number = lambda ball: numbers.convert(ball.mid().str(60, radius=False))  # noqa: E731
    growth, K = number(found.growth), len(X) // field.batch_size
    context = type(growth).context
    E = context.exp(growth / K)
    first, second = numbers.convert(field.beta1) * E, numbers.convert(field.beta2) * E * E
    c = np.array([number(weight) for weight in found.weights])
    u = replace(field, beta1=first, beta2=second)(numbers.array(X), c, numbers)
    kappa = numbers.convert(eta) * (1 - numbers.convert(field.beta1))
    kappa *= numbers.sqrt_one((1 - second**K) / (1 - numbers.convert(field.beta2))) / (1 - first**K)
    grown = kappa * (numbers.array(X) @ u)
    for row in range(len(X)):
        slack = grown[row] - growth
        assert abs(slack) < mpmath.mpf(10) ** -35 if c[row] > 0 else slack > 0


@pytest.mark.parametrize(("X", "field", "eta"), CASES)
def test_it_holds_the_float_solution(X: Array, field: IncAdamField, eta: Fraction) -> None:
    problem = LimitProblem(X, field)
    floats, found = solve_constant(problem, float(eta)), certify_step(problem, eta, digits=15)
    assert float(found.growth) == pytest.approx(floats.growth, rel=1e-12)
    assert [float(ball) for ball in found.direction] == pytest.approx(floats.limit.direction, abs=1e-12)
    assert float(found.beta2) == pytest.approx(float(floats.beta2 or 0), rel=1e-13)
    assert found.preconditioner.shape == (len(found.support), len(found.support))
    assert len(found.box) == len(found.support)


def test_a_point_that_is_no_solution_is_not_certified() -> None:
    problem = LimitProblem(THREE, IncAdamField())
    floats = solve_constant(problem, 0.01)
    limit = replace(floats.limit, weights=np.array([0.5, 0.5, 0.0]), support=(0, 1))
    found = certify_step(problem, Fraction(1, 100), replace(floats, limit=limit))
    assert found.status is not Certainty.CERTIFIED


def test_an_unsolved_step_says_why() -> None:
    zero = LimitProblem(np.array([[2.0, 1.0, 0.0], [50.0, 60.0, 1.0]]), IncAdamField())
    assert "feature 3" in certify_step(zero, Fraction(1, 100)).reason
