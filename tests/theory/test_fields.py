"""The fields: one formula over every number system, Jacobians, and the symmetries that define them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marginproof.theory import moving_averages
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import (
    AdamProxyField,
    GradientField,
    IncAdamField,
    ReplacementField,
    ReshuffledField,
    SignField,
    SignumField,
    ThetaField,
)
from marginproof.theory.moving_averages import cyclic_weights, steady_state, steady_state_adjoint
from marginproof.theory.number_systems import FLOAT64, SYMBOLS, balls, multiprecision

SMOOTH = [
    GradientField(),
    AdamProxyField(),
    ReshuffledField(2),
    ReplacementField(3),
    ThetaField(Fraction(1, 3)),
    IncAdamField(),
    IncAdamField(batch_size=2, order=(3, 1, 0, 2), beta1=Fraction(1, 2), beta2=Fraction(4, 5)),
]
JUMPING = [SignField(), SignumField(), SignumField(batch_size=2, beta=Fraction(1, 2))]

nonzero = st.integers(1, 64).flatmap(lambda n: st.sampled_from([n / 16, -n / 16]))
matrices = st.lists(st.lists(nonzero, min_size=3, max_size=3), min_size=4, max_size=4).map(np.array)
simplex = st.lists(st.integers(1, 32), min_size=4, max_size=4).map(lambda c: np.array(c) / 32.0)


def smooth_scale(field, X, c):
    """Size of the terms summed in u and its Jacobian, for relative tolerances."""
    return 1.0 + float(np.abs(field.jacobian(X, c)).max()), 1.0 + float(np.abs(field(X, c)).max())


@pytest.mark.parametrize("field", SMOOTH, ids=repr)
@given(X=matrices, c=simplex)
def test_number_systems_agree(field, X, c):
    u, J = field(X, c), field.jacobian(X, c)
    # v can be small against its terms only through cancellation in a batch gradient; every sum has at most
    # 16 terms of at most 64·32/16/32 = 4, so v carries an absolute error below 1e-13 and u one below that
    # over v; data on the grid keep v either exactly 0 or above 1e-6.
    for numbers in (multiprecision(40), balls(160)):
        with numbers.working():
            if not np.isfinite(u).all():
                return
            exact = field(numbers.array(X), numbers.array(c), numbers)
            slope = field.jacobian(numbers.array(X), numbers.array(c), numbers)
        size_J, size_u = smooth_scale(field, X, c)
        assert max(abs(float(a) - b) for a, b in zip(exact, u, strict=True)) <= 1e-9 * size_u
        assert np.abs(np.vectorize(float)(slope) - J).max() <= 1e-9 * size_J


@pytest.mark.parametrize("field", JUMPING, ids=repr)
@given(X=matrices, c=simplex)
def test_jumping_fields_agree_exactly_with_rationals(field, X, c):
    numbers = multiprecision(40)
    averages = (
        [X.T @ c]
        if isinstance(field, SignField)
        else cyclic_weights(field.beta, 4 // field.batch_size) @ field.batch_gradients(X, c)
    )
    if np.abs(averages).min() < 1e-12:  # a sign of a rounded zero is no sign
        return
    assert (np.vectorize(float)(field(numbers.array(X), numbers.array(c), numbers)) == field(X, c)).all()


def test_symbols_are_the_paper_formula():
    X = SYMBOLS.array(np.array([[2, -1], [1, 3]]))
    c = SYMBOLS.array(np.array([Fraction(1, 2), Fraction(1, 2)], dtype=object))
    u = AdamProxyField()(X, c, SYMBOLS)
    assert [str(value) for value in u] == ["3*sqrt(5)/5", "sqrt(10)/5"]


@pytest.mark.parametrize("field", SMOOTH, ids=repr)
def test_jacobian_is_the_derivative(field):
    X = np.array([[1.0, -2.0, 0.5], [2.0, 1.0, 1.5], [-0.5, 3.0, 1.0], [1.5, 0.25, -1.0]])
    c = np.array([0.4, 0.3, 0.2, 0.1])
    h = 2.0**-18  # central differences: error h² times the third derivative, about 1e-10 here, rounding 1e-11
    central = np.stack([(field(X, c + h * e) - field(X, c - h * e)) / (2 * h) for e in np.eye(4)], axis=1)
    assert np.abs(central - field.jacobian(X, c)).max() < 1e-8


@pytest.mark.parametrize("field", SMOOTH[1:] + JUMPING, ids=repr)
@given(X=matrices, c=simplex, power=st.integers(-20, 20))
def test_degree_zero_exactly(field, X, c, power):
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(field(X, c), field(X, c * 2.0**power))


@pytest.mark.parametrize("field", SMOOTH[1:] + JUMPING, ids=repr)
@given(X=matrices, c=simplex, powers=st.lists(st.integers(-8, 8), min_size=3, max_size=3))
def test_features_rescale_freely(field, X, c, powers):
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(field(X, c), field(X * 2.0 ** np.array(powers), c))


@pytest.mark.parametrize("field", SMOOTH + JUMPING, ids=repr)
@given(X=matrices, c=simplex, flips=st.lists(st.sampled_from([-1.0, 1.0]), min_size=3, max_size=3))
def test_odd_under_feature_flips(field, X, c, flips):
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(field(X * flips, c), np.array(flips) * field(X, c))


def test_families_meet_at_their_ends():
    X = np.array([[1.0, -2.0], [2.0, 1.0], [0.5, 2.5]])
    c = np.array([0.5, 0.25, 0.25])
    for end in (ReshuffledField(1), ReplacementField(1), ThetaField(Fraction(0))):
        np.testing.assert_array_equal(end(X, c), AdamProxyField()(X, c))
    np.testing.assert_allclose(ReshuffledField(3)(X, c), SignField()(X, c), rtol=4e-16)
    np.testing.assert_allclose(IncAdamField(batch_size=3)(X, c), SignField()(X, c), rtol=4e-16)
    assert (
        np.abs(ReplacementField(3)(X, c) - SignField()(X, c)).max() > 0.1
    )  # with replacement b = N is not the full batch


def test_inc_adam_tends_to_the_proxy():
    X = np.array([[1.0, -2.0], [2.0, 1.0], [0.5, 2.5]])
    c = np.array([0.5, 0.25, 0.25])
    target = AdamProxyField()(X, c)
    gaps = []
    for power in (8, 10, 12):
        u = IncAdamField(beta1=Fraction(1, 2), beta2=1 - Fraction(1, 2**power))(X, c)
        gaps.append(np.abs(u / np.linalg.norm(u) - target / np.linalg.norm(target)).max())
    # first order in 1 - β2: a quarter each time, up to second-order terms of relative size 3·2^-8
    assert np.allclose(np.array(gaps[:-1]) / gaps[1:], 4, rtol=0.05)


@pytest.mark.parametrize("beta", [Fraction(0), Fraction(1, 2), Fraction(19, 20), Fraction(999, 1000)])
def test_recursion_is_the_product_with_the_weights(beta, monkeypatch):
    """Sums of K terms of one size: both ways err by at most about K roundings of the sum of sizes."""
    monkeypatch.setattr(moving_averages, "MANY", 300)
    G = np.random.default_rng(3).normal(size=(300, 3))
    W = cyclic_weights(beta, 300)
    allowed = 2 * 300 * np.finfo(float).eps * (W @ np.abs(G)).max()
    assert np.abs(steady_state(beta, G) - W @ G).max() <= allowed
    assert (
        np.abs(steady_state_adjoint(beta, G) - W.T @ G).max()
        <= 2 * 300 * np.finfo(float).eps * (W.T @ np.abs(G)).max()
    )
    assert np.abs(steady_state(beta, G[::-1]) - W @ G).max() > allowed


@pytest.mark.parametrize(("rows", "batch"), [(8, 1), (6, 2), (130, 1), (130, 2)])
def test_one_evaluation_of_inc_adam_is_the_formula(rows, batch, monkeypatch):
    """In scratch memory, few batches and many, in order and not: the same as over any number system; nothing stale is left."""
    monkeypatch.setattr(moving_averages, "MANY", 64)
    rng = np.random.default_rng(4)
    for order in (None, tuple(int(i) for i in rng.permutation(rows))):
        X, c = rng.normal(size=(rows, 5)), rng.random(rows)
        field = IncAdamField(batch, order)
        _, m, v = field.moments(X, c)
        u, du = field.value_and_jacobian(X, c)
        np.testing.assert_allclose(u, (m / np.sqrt(v)).sum(axis=0), rtol=1e-12)
        np.testing.assert_allclose(field(X, c), u, rtol=1e-12)
        for chosen in (np.arange(rows), np.arange(2, rows), np.array([0, 3])):
            F, J = field.linearised(X, c, chosen)
            np.testing.assert_allclose(F, X @ u, rtol=1e-12, atol=1e-12)
            np.testing.assert_allclose(J, X[chosen] @ du[:, chosen], rtol=1e-9, atol=1e-12)


def test_cyclic_weights():
    W = cyclic_weights(Fraction(1, 2), 3)
    np.testing.assert_array_equal(W, [[1, 0.25, 0.5], [0.5, 1, 0.25], [0.25, 0.5, 1]])
    np.testing.assert_array_equal(cyclic_weights(Fraction(0), 2), np.eye(2))


def test_bad_batches_are_named():
    with pytest.raises(MarginproofError, match="batch_size=2 does not divide n_samples=3"):
        IncAdamField(batch_size=2)(np.ones((3, 1)), np.ones(3))
    with pytest.raises(MarginproofError, match="is not a permutation"):
        IncAdamField(order=(0, 0))(np.ones((2, 1)), np.ones(2))


@dataclass(frozen=True)
class WithoutRoot(AdamProxyField):
    def __call__(self, X, c, numbers=FLOAT64):
        return (X.T @ c) / ((X * X).T @ (c * c))


def test_a_mutant_fails_the_symmetry_tests():
    X, c = np.array([[1.0, -2.0], [2.0, 1.0]]), np.array([0.5, 0.25])
    assert (WithoutRoot()(X, c) != WithoutRoot()(X, 2 * c)).any()
    assert (WithoutRoot()(X, c) != WithoutRoot()(X * [2.0, 1.0], c)).any()
