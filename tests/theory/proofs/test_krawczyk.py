"""Krawczyk's proof: accepted where a solution is, refused where none is or where it is degenerate."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import (
    AdamProxyField,
    Field,
    GradientField,
    IncAdamField,
    ReplacementField,
    ReshuffledField,
    SignField,
)
from marginproof.theory.limit.newton import active_set_newton
from marginproof.theory.limit.problem import LimitProblem, Stability
from marginproof.theory.limit.solve import solve
from marginproof.theory.number_systems import balls
from marginproof.theory.proofs.balls import bounds, surely_positive_definite, to_matrix
from marginproof.theory.proofs.krawczyk import certify
from marginproof.theory.proofs.witness import Certainty

R1 = np.array([[5, 1], [1, 4]])
SR4 = np.array([[1, 1, 1, 1], [2, 2, 2, -2], [3, 3, -3, -3], [4, -4, 4, -4]])
QUARTIC = (2246, -238, -3985, 2040, 112)
SMOOTH: list[Field] = [
    GradientField(),
    AdamProxyField(),
    ReshuffledField(2),
    ReplacementField(2),
    IncAdamField(),
    IncAdamField(batch_size=2),
]


def quartic(s: Fraction) -> Fraction:
    value = Fraction(0)
    for coefficient in QUARTIC:
        value = value * s + coefficient
    return value


@pytest.mark.parametrize("near", [0.87, 0.77])
@pytest.mark.parametrize("digits", [15, 50, 300])
def test_r1_the_enclosure_brackets_a_root_of_the_polynomial(near: float, digits: int) -> None:
    found = certify(LimitProblem(R1, AdamProxyField()), np.array([near, 1 - near]), (0, 1), digits)
    assert found.status is Certainty.CERTIFIED
    low, high = bounds(found.weights[0])
    assert quartic(low) * quartic(high) < 0  # exact sign change: a root lies inside
    assert high - low < Fraction(1, 10**digits)


def test_a_vertex_is_certified() -> None:
    found = certify(LimitProblem(R1, AdamProxyField()), np.array([0.0, 1.0]), (1,))
    assert found.certified
    low, high = bounds(found.direction[0])
    assert low * low <= Fraction(1, 2) <= high * high


def test_a_wrong_support_is_excluded() -> None:
    found = certify(LimitProblem(R1, AdamProxyField()), np.array([1.0, 0.0]), (0,))
    assert found.status is Certainty.EXCLUDED
    assert "slack F[1]" in found.reason


def test_a_negative_weight_is_excluded() -> None:
    # The l2 solution is e_0 alone; equality F_0 = F_1 needs a negative weight on the longer row.
    found = certify(LimitProblem(np.array([[1, 1], [5, 4]]), GradientField()), np.array([0.9, 0.1]), (0, 1))
    assert found.status is not Certainty.CERTIFIED


def test_a_point_that_is_no_solution_moves_to_one_or_stays_undecided() -> None:
    found = certify(LimitProblem(R1, AdamProxyField()), np.array([0.5, 0.5]), (0, 1))
    if found.certified:
        low, high = bounds(found.weights[0])
        assert quartic(low) * quartic(high) < 0
    else:
        assert found.reason


TRIPLE = np.array([[196, 147, -3, 4], [147, 196, 4, -3]])
"""Exchanging the rows exchanges the features, so c = (1/2, 1/2) solves F_0 = F_1; and there
d(F_0 - F_1)/ds is a sum of f(a) = -a (a-1)²/(a²+1)^{3/2} over the ratios a = 4/3, -3/4 with weights
147, 4: f(4/3) = -4/125, f(-3/4) = 147/125, so it vanishes: a zero of odd order 3."""


def test_a_multiple_root_is_undecided() -> None:
    problem = LimitProblem(TRIPLE, AdamProxyField())
    assert np.abs(problem.jacobian(np.array([0.5, 0.5]))).max() < 1e-12
    found = certify(problem, np.array([0.5, 0.5]), (0, 1))
    assert found.status is Certainty.UNDECIDED
    assert "singular" in found.reason or "settle" in found.reason


def test_close_simple_roots_are_still_told_apart() -> None:
    # A little off the triple root the middle one is simple, with slope near 1e-6.
    near = np.array(
        [[196, 147, Fraction(-3000001, 10**6), 4], [147, 196, 4, Fraction(-3000001, 10**6)]], dtype=object
    )
    found = certify(LimitProblem(near, AdamProxyField()), np.array([0.5, 0.5]), (0, 1))
    assert found.certified
    assert bounds(found.weights[0])[0] <= Fraction(1, 2) <= bounds(found.weights[0])[1]


def tied_rows(shift: Fraction) -> LimitProblem:
    """R1 with a third row, the middle of the others moved by ``shift``: F_2 - γ = 0.6 · shift there."""
    return LimitProblem(
        np.array([[5, 1], [1, 4], [3 + shift, Fraction(5, 2)]], dtype=object), AdamProxyField()
    )


def test_an_exact_tie_off_the_support_is_certified_but_not_strict() -> None:
    problem = tied_rows(Fraction(0))
    result = certify(problem, np.array([0.87, 0.13, 0.0]), (0, 1))
    assert result.certified
    assert not result.strict
    assert result.open_slacks == (2,)
    # Attracting inside the face, but the flow off it is not linear: no verdict.
    assert result.stability is Stability.UNDECIDED
    repelling = certify(problem, np.array([0.77, 0.23, 0.0]), (0, 1))
    assert repelling.stability is Stability.UNSTABLE


@pytest.mark.parametrize(
    ("shift", "status"),
    [
        (Fraction(1, 10**9), Certainty.CERTIFIED),
        (Fraction(-1, 10**9), Certainty.EXCLUDED),
        (Fraction(1, 10**400), Certainty.UNDECIDED),
        (Fraction(-1, 10**400), Certainty.UNDECIDED),
    ],
)
def test_a_near_tie_is_decided_by_its_sign_or_not_at_all(shift: Fraction, status: Certainty) -> None:
    result = certify(tied_rows(shift), np.array([0.87, 0.13, 0.0]), (0, 1))
    assert result.status is status
    assert ("slack F[2]" in result.reason) == (status is not Certainty.CERTIFIED)


def test_a_tie_at_a_vertex_is_decided_in_rationals() -> None:
    # sign(x_0) = (1, 1): F = (9, 9, 10) exactly at c = e_0 (I7).
    problem = LimitProblem(np.array([[8, 1], [3, 6], [4, 6]]), IncAdamField())
    result = certify(problem, np.array([1.0, 0, 0]), (0,))
    assert result.certified
    assert not result.strict
    assert result.open_slacks == (1,)
    # Two ties at one vertex leave the flow's centre manifold two-dimensional: no verdict.
    two = LimitProblem(np.array([[8, 1], [3, 6], [4, 5]]), IncAdamField())
    result = certify(two, np.array([1.0, 0, 0]), (0,))
    assert result.open_slacks == (1, 2)
    assert result.stability is Stability.UNDECIDED


def test_gd_certifies_ties_and_dependent_rows_exactly() -> None:
    tied = np.array([[2, 1], [2, -1], [2, 0]])
    for y, support in (([0.5, 0.5, 0.0], (0, 1)), ([1 / 3] * 3, (0, 1, 2)), ([0.0, 0.0, 1.0], (2,))):
        found = certify(LimitProblem(tied, GradientField()), np.array(y), support)
        assert found.certified, found.reason
        assert found.exact or not found.strict
        assert [bounds(v)[0] <= e <= bounds(v)[1] for v, e in zip(found.direction, (1, 0), strict=True)]


def test_scaled_rademacher_is_the_l2_problem() -> None:
    # I6.  More rows than an affinely independent set can have, so the weights form a continuum.
    rows = np.array([[1, 1], [1, -1], [2, 2], [2, -2]])
    found = certify(LimitProblem(rows, AdamProxyField()), np.full(4, 0.25), (0, 1, 2, 3))
    assert found.certified
    assert found.exact
    sr4 = certify(LimitProblem(SR4, AdamProxyField()), np.array([0.852, 0, 0.095, 0.053]), (0, 2, 3), 30)
    gd = certify(LimitProblem(SR4, GradientField()), np.array([0.852, 0, 0.095, 0.053]), (0, 2, 3), 30)
    assert sr4.certified
    assert all(a.overlaps(b) for a, b in zip(sr4.direction, gd.direction, strict=True))


def test_an_unused_feature_and_a_sign_field_are_undecided() -> None:
    unused = certify(LimitProblem(np.array([[1, 0], [2, 1]]), AdamProxyField()), np.array([1.0, 0.0]), (0,))
    assert unused.status is Certainty.UNDECIDED
    assert "q_k = 0" in unused.reason
    sign = certify(LimitProblem(R1, SignField()), np.array([0.5, 0.5]), (0, 1))
    assert "margin" in sign.reason
    with pytest.raises(MarginproofError, match="support"):
        certify(LimitProblem(R1, GradientField()), np.array([0.5, 0.5]), ())


@pytest.mark.parametrize("field", SMOOTH, ids=repr)
@pytest.mark.parametrize("seed", range(3))
def test_every_smooth_field_certifies_and_encloses_the_float_solution(field: Field, seed: int) -> None:
    random = np.random.default_rng(seed)
    X = random.normal(size=(6, 12))
    X *= np.sign(X @ random.normal(size=12))[:, None]
    problem = LimitProblem(X, field)
    rough = active_set_newton(problem, np.full(6, 1 / 6))
    y = solve(problem).weights if rough is None else rough.y
    found = certify(problem, y, tuple(np.flatnonzero(y).tolist()), 40)
    assert found.certified, found.reason
    assert found.radius < 1e-40
    # Newton in float64 stops at a few units of rounding times the condition, below 1e-9 here.
    assert np.abs(np.array([float(v) for v in found.totals]) - y).max() < 1e-9


@given(st.lists(st.integers(-5, 5), min_size=9, max_size=9))
def test_positive_definiteness_agrees_with_exact_minors(entries: list[int]) -> None:
    half = np.array(entries, dtype=int).reshape(3, 3)
    M = half + half.T + 6 * np.eye(3, dtype=int)
    a, b, c, d, e, f = (int(M[i, j]) for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)))
    minors = (a, a * d - b * b, a * (d * f - e * e) - b * (b * f - c * e) + c * (b * e - c * d))
    with balls(128).working():
        answer = surely_positive_definite(to_matrix(M))
    assert answer == (min(minors) > 0)
