"""Stacks of small data sets: the same formulas, the same limits as one by one."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from marginproof.theory.fields import (
    AdamProxyField,
    GradientField,
    IncAdamField,
    LionField,
    ReplacementField,
    ReshuffledField,
    SignField,
    SignumField,
    ThetaField,
)
from marginproof.theory.limit.problem import LimitProblem, Outcome, Stability
from marginproof.theory.limit.solve import solve
from marginproof.theory.limit.stacks import stacked_limits
from marginproof.theory.number_systems import STACKED, stack, unstack

TWO, CIRCLE = [[5.0, 1.0], [1.0, 4.0]], [[1.0, 15, 2], [3, -1, 14], [11, 5, -3]]


@pytest.mark.parametrize(
    "field",
    [
        GradientField(),
        SignField(),
        AdamProxyField(),
        ReshuffledField(2),
        ReplacementField(2),
        ThetaField(Fraction(1, 20)),
        IncAdamField(),
        IncAdamField(2, (3, 1, 0, 2)),
        SignumField(2),
        LionField(2),
    ],
    ids=repr,
)
def test_a_formula_over_a_stack_is_the_formula_on_each(field):
    rng = np.random.default_rng(0)
    X, c = rng.normal(size=(5, 4, 3)), rng.dirichlet(np.ones(4), size=5)
    rows, weights = stack(np.moveaxis(X, 0, -1)), stack(c.T)
    u, J = field(rows, weights, STACKED), field.jacobian(rows, weights, STACKED)
    for t in range(5):  # a few dozen roundings of 2^-53
        np.testing.assert_allclose(unstack(u, 5)[..., t], field(X[t], c[t]), rtol=1e-13, atol=1e-14)
        np.testing.assert_allclose(unstack(J, 5)[..., t], field.jacobian(X[t], c[t]), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("field", [AdamProxyField(), IncAdamField()], ids=lambda field: type(field).__name__)
@pytest.mark.parametrize("shape", [(2, 2), (3, 3), (4, 2)])
def test_a_stack_finds_what_each_alone_finds(field, shape):
    rng = np.random.default_rng(2)
    X = rng.integers(1, 9, size=(40, *shape)) * rng.choice([-1.0, 1.0], (40, *shape))
    X *= np.sign(X @ rng.normal(size=shape[1]))[..., None]
    found, settled = stacked_limits(X, field), 0
    for t in np.flatnonzero(found.settled):
        alone = solve(LimitProblem(X[t], field))
        assert alone.outcome is Outcome.FIXED_POINT
        np.testing.assert_allclose(found.directions[t], alone.direction, atol=1e-8)
        settled += found.limit(t).stability is alone.stability
    assert found.settled.sum() >= 36
    assert settled >= found.settled.sum() - 2  # ties within rounding of the threshold may be told differently


def test_the_start_decides_and_each_has_its_own():
    starts = np.array([[0.0, 0.0], [0.0, -2.199]])
    found = stacked_limits(np.array([TWO, TWO]), AdamProxyField(), starts)
    alone = solve(LimitProblem(np.array(TWO), AdamProxyField()), np.array([0.0, 0.733]))
    np.testing.assert_allclose(found.weights, [[0, 1], alone.weights], atol=1e-12)
    assert found.limit(1).support == (0, 1)


def test_equal_rows_share_their_weight():
    found = stacked_limits(np.array([[[1.0, 1], [1, 1], [2, -3]]]), AdamProxyField())
    assert found.settled.all()
    assert found.weights[0, 0] == pytest.approx(found.weights[0, 1], abs=1e-12)


def test_a_cycle_does_not_settle_and_swings():
    found = stacked_limits(np.array([CIRCLE, CIRCLE[::-1]]), AdamProxyField())
    assert not found.settled.any()
    assert (found.swings > 0.5).all()


def test_a_tie_off_the_support_is_undecided_as_alone():
    X = np.array([[1.0, 3], [-1, 1]])  # F_1 = γ at the vertex
    found = stacked_limits(X[None], AdamProxyField()).limit(0)
    assert found.stability is solve(LimitProblem(X, AdamProxyField())).stability is Stability.UNDECIDED
