"""A common factor of the rows changes no direction, weight, stability, outcome or proof."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from marginproof.constructions.builtin import load
from marginproof.theory.fields import (
    AdamProxyField,
    Field,
    GradientField,
    IncAdamField,
    SignField,
    SignumField,
)
from marginproof.theory.limit.problem import LimitProblem, Outcome
from marginproof.theory.limit.scaling import gamma_factor, rescaled, unit_scale
from marginproof.theory.limit.solve import solve
from marginproof.theory.prediction import predict
from marginproof.theory.proofs.enumeration import enumerate_all

FIELDS = [
    AdamProxyField(),
    IncAdamField(),
    GradientField(),
    SignField(),
    SignumField(1, None, Fraction(1, 2)),
]
POWERS = [240, -240]
"""Factors 2^±240, about 1e±72: near the ends of the range that data may have."""


@pytest.mark.parametrize("power", POWERS)
@pytest.mark.parametrize("field", FIELDS, ids=repr)
def test_the_prediction_does_not_see_the_scale(field: Field, power: int) -> None:
    """From the start w / s, since X w is what counts.  A power of two moves no digit, so equality is exact."""
    X, start = load("two-limits").X / 4, np.array([0.0, 0.733]) * 4
    plain = predict(X, field, start, proof=True)
    moved = predict(np.ldexp(X, power), field, np.ldexp(start, -power), proof=True)
    np.testing.assert_array_equal(moved.limit.direction, plain.limit.direction)
    np.testing.assert_array_equal(moved.limit.weights, plain.limit.weights)
    assert (moved.limit.outcome, moved.limit.stability) == (plain.limit.outcome, plain.limit.stability)
    assert (moved.certified, moved.proof) == (plain.certified, plain.proof)
    degree = 2 if isinstance(field, GradientField) else 1
    assert moved.limit.gamma == np.ldexp(plain.limit.gamma, degree * power)
    assert moved.l2.bracket.lower == pytest.approx(np.ldexp(plain.l2.bracket.lower, power), rel=1e-15)


@pytest.mark.parametrize("power", POWERS)
def test_a_cycle_stays_a_cycle(power: int) -> None:
    assert (
        solve(LimitProblem(np.ldexp(load("cycle-3x3").X, power), AdamProxyField())).outcome is Outcome.CYCLE
    )


@pytest.mark.parametrize("power", POWERS)
def test_the_list_of_points_stays_complete(power: int) -> None:
    exact = load("two-limits").exact
    plain = enumerate_all(LimitProblem(exact, AdamProxyField()))
    moved = enumerate_all(LimitProblem(exact * Fraction(2) ** power, AdamProxyField()))
    assert moved.complete
    assert [p.certified for p in moved.points] == [True] * 3
    for one, other in zip(plain.points, moved.points, strict=True):
        np.testing.assert_array_equal(one.weights.round(14), other.weights.round(14))
        assert one.stability is other.stability
        assert other.gamma == pytest.approx(np.ldexp(one.gamma, power), rel=1e-14)


def test_one_row_has_one_point() -> None:
    found = enumerate_all(LimitProblem(np.array([[3.0, 2.0]]), AdamProxyField()))
    assert found.complete
    assert [(p.weights.tolist(), p.certified) for p in found.points] == [([1.0], True)]


def test_scale_is_a_power_of_two_and_one_for_usual_data() -> None:
    assert unit_scale(load("wdbc").X) == 1
    assert unit_scale(np.array([[3e9, -5e9]])) == Fraction(1, 2**32)
    assert unit_scale(np.array([[Fraction(3, 10**9)]], dtype=object)) == 2**29
    problem = LimitProblem(np.array([[3e9, 1e9]]), GradientField())
    assert gamma_factor(problem, Fraction(1, 2)) == 4
    assert rescaled(problem, Fraction(1)) is problem


def test_adam_without_memory_is_signsgd() -> None:
    """m/√v = G/|G| at β1 = β2 = 0: constant on each sign pattern, so no smooth field."""
    X = load("two-limits").X
    problem = LimitProblem(X, IncAdamField(1, None, Fraction(0), Fraction(0)))
    assert problem.field == SignumField(1, None, Fraction(0))
    c = np.array([0.3, 0.7])
    np.testing.assert_allclose(
        IncAdamField(1, None, Fraction(0), Fraction(0))(X, c), problem.field(X, c), rtol=1e-15
    )
    np.testing.assert_allclose(solve(problem).direction, np.array([1, 1]) / np.sqrt(2), rtol=1e-15)


def test_rows_of_unlike_size_are_separated_by_signum_all_the_same() -> None:
    """γ = 1e-7 beside a row of 5e8 is below a linear program's tolerance, yet far above rounding."""
    X = np.array([[5e8, 1e8], [1e-8, 4e-8]])
    limit = solve(LimitProblem(X, SignumField(1, None, Fraction(9, 10))))
    np.testing.assert_allclose(limit.direction, np.array([1, 1]) / np.sqrt(2), rtol=1e-14)
    assert limit.gamma > 0
    assert "does not separate" not in limit.reason
