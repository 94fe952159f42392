"""Solving the limit equation from a start: the paper's sets, two limits, cycles, degenerate data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.dual_fixed_point_iteration import dual_fixed_point_iteration
from marginproof.constructions.builtin import load
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import (
    AdamProxyField,
    GradientField,
    IncAdamField,
    ReshuffledField,
    SignField,
    SignumField,
)
from marginproof.theory.limit.newton import active_set_newton
from marginproof.theory.limit.problem import LimitProblem, Outcome, Stability, complementarity_gap, residual
from marginproof.theory.limit.solve import solve
from marginproof.theory.limit.stability import classify
from marginproof.theory.margins.max_margin import l2_margin, linf_margin

R1 = np.array([[5.0, 1.0], [1.0, 4.0]])


def problem(name: str, field=None) -> LimitProblem:
    return LimitProblem(load(name).X, field or AdamProxyField())


def test_two_limits_from_two_starts():
    """R2: the data alone do not decide the limit."""
    zero = solve(LimitProblem(R1, AdamProxyField()))
    np.testing.assert_allclose(zero.direction, np.array([1, 1]) / np.sqrt(2), rtol=1e-15)
    assert zero.stability is Stability.ATTRACTING
    other = solve(LimitProblem(R1, AdamProxyField()), np.array([0.0, 0.733]))
    np.testing.assert_allclose(other.weights[0], 0.868825911090941, rtol=1e-14)
    assert other.stability is Stability.ATTRACTING
    assert other.residual <= 1e-14


def test_separatrix_is_found_to_four_digits():
    """Starts either side of the unstable root s ≈ 0.772377542 part ways."""
    s = 0.772377542
    for shift, limit in ((-1e-4, 0.0), (1e-4, 0.868825911090941)):
        share = s + shift
        logit = np.log(share / (1 - share))  # x_1·w - x_2·w = -logit along w = (0, t): (1 - 4) t = -logit
        found = solve(LimitProblem(R1, AdamProxyField()), np.array([0.0, logit / 3]))
        assert found.weights[0] == pytest.approx(limit, abs=1e-12)


def test_starting_on_an_unstable_point_says_so():
    """A saddle that symmetry holds the flow on: x_1 and x_2 swap with the coordinates."""
    X = np.array([[9.0, 1.0], [1.0, 9.0]])
    found = solve(LimitProblem(X, AdamProxyField()))
    assert found.outcome is Outcome.FIXED_POINT
    expected = classify(LimitProblem(X, AdamProxyField()), np.array([0.5, 0.5]), np.arange(2))
    assert found.stability is expected


def test_sr4_is_l2_and_shifted_diagonal_is_linf():
    sr4 = problem("sr4")
    np.testing.assert_allclose(solve(sr4).direction, l2_margin(sr4.X).direction, atol=1e-12)
    diagonal = problem("shifted-diagonal")
    np.testing.assert_allclose(solve(diagonal).direction, np.full(4, 0.5), atol=1e-15)


@pytest.mark.parametrize("field", [AdamProxyField(), IncAdamField(), ReshuffledField(3)], ids=repr)
def test_gaussian_reaches_rounding(field):
    found = solve(problem("gaussian", field))
    assert found.outcome is Outcome.FIXED_POINT
    assert found.residual <= 1e-14


@pytest.mark.parametrize("name", ["cycle-3x3", "cycle-3x5"])
@pytest.mark.parametrize("field", [AdamProxyField(), IncAdamField()], ids=repr)
def test_cycles_are_named(name, field):
    """R3; the time average equalises F over the rows, since every weight returns."""
    limit_problem = problem(name, field)
    found = solve(limit_problem)
    assert found.outcome is Outcome.CYCLE
    F = limit_problem.floats @ found.direction
    # ∫ (F_i - F_j) over a period is the change of log(c_j/c_i): the closure, 1e-5 of the swing, over the period.
    assert np.ptp(F) <= 1e-4 * np.abs(F).max()
    assert not any(phrase in found.reason for phrase in ("proved", "certified"))


def test_the_cycle_is_gone_with_batches_of_two():
    assert solve(problem("cycle-3x3", ReshuffledField(2))).outcome is Outcome.FIXED_POINT


def test_equal_rows_share_their_weight_evenly():
    X = np.vstack([R1, R1[:1], R1[:1]])
    found = solve(LimitProblem(X, AdamProxyField()), np.array([0.0, 0.9]))
    assert found.weights[0] == found.weights[2] == found.weights[3]
    assert found.weights.sum() == pytest.approx(1, abs=1e-15)
    full = found.weights @ (X @ AdamProxyField()(X, found.weights))
    assert complementarity_gap(X @ AdamProxyField()(X, found.weights), found.weights) < 1e-14
    assert full > 0


def test_gd_and_sign_are_the_margins():
    X = load("iris").X
    np.testing.assert_allclose(
        solve(LimitProblem(X, GradientField())).direction, l2_margin(X).direction, atol=1e-12
    )
    found, margin = solve(LimitProblem(X, SignField())), linf_margin(X)
    assert float((X @ found.direction).min() / np.abs(found.direction).max()) == pytest.approx(
        margin.value, rel=1e-12
    )


def test_a_face_of_maximisers_is_not_unique():
    found = solve(problem("sr4", SignField()))
    assert not found.unique
    assert "not unique" in found.reason


def test_finite_beta_signum_solves_its_set_valued_equation():
    found = solve(problem("gaussian", SignumField(batch_size=2)))
    assert found.outcome is Outcome.FIXED_POINT
    assert (
        found.residual < 1e-9
    )  # HiGHS' feasibility tolerance is 1e-7 of the constraint scale, met far better here
    fails = solve(problem("signsgd-fails", SignumField(beta=0)))
    np.testing.assert_allclose(fails.direction, np.array([1, -1]) / np.sqrt(2))
    assert fails.gamma < 0
    assert "does not separate" in fails.reason


def test_a_feature_that_vanishing_weights_move():
    """Row 1 keeps all weight; feature 2 lives on row 2 alone, which moves it at full speed all the same."""
    found = solve(LimitProblem(np.array([[1.0, 0.0], [5.0, 1.0]]), AdamProxyField()))
    assert found.outcome is Outcome.FIXED_POINT
    np.testing.assert_allclose(found.direction, np.array([1, 1]) / np.sqrt(2), rtol=1e-15)
    assert found.support == (0,)
    assert "in a further tier;" in found.reason


@pytest.mark.parametrize("rows", [[[2, 0], [0, 2]], [[2, 2, 0], [0, 0, 4]], np.eye(5), 3e-40 * np.eye(5)])
def test_weights_that_never_change(rows):
    """Orthogonal rows with equal F at the start: u is the same at all weights, and the flow stands still."""
    found = solve(LimitProblem(np.array(rows, dtype=float), AdamProxyField()))
    assert (found.outcome, found.stability) == (Outcome.FIXED_POINT, Stability.UNDECIDED)
    np.testing.assert_allclose(found.direction, np.ones(len(rows[0])) / np.sqrt(len(rows[0])), rtol=1e-15)
    assert "all rows have the same F at the start" in found.reason


def test_a_start_on_an_unstable_point_still_says_so():
    found = solve(LimitProblem(np.array([[1.0, 2], [2, 1]]), AdamProxyField()))
    assert found.stability is Stability.UNSTABLE
    assert "a small perturbation leaves it" in found.reason


def test_equal_F_may_fix_a_direction_though_not_the_weights():
    """Rows 2 and 3 have u_2 with opposite signs, so F = 6 + u_2 = 6 - u_2 at u_2 = 0 alone; with equal signs nothing is fixed."""
    rows = np.array([[1.0, 0], [6, 1], [6, -1]])
    found = solve(LimitProblem(rows, AdamProxyField()))
    assert (found.outcome, found.stability) == (
        Outcome.FIXED_POINT,
        Stability.ATTRACTING,
    )  # an isolated solution
    three = np.array([[1.0, 0, 0], [6, 1, 1], [6, -1, -1], [6, 1, -1], [6, -1, 1]])  # four rows, one too many
    found = solve(LimitProblem(three, AdamProxyField()))
    assert found.outcome is Outcome.UNDECIDED
    assert "which fixes the coordinates that they decide" in found.reason


def test_tied_tiers_are_undecided():
    """F = 6 on rows 2 and 3 alike: which of them decides feature 3 is a tie."""
    found = solve(LimitProblem(np.array([[1.0, 0, 0], [5.0, 1.0, 0], [2.0, 3.0, 1.0]]), AdamProxyField()))
    assert found.outcome is Outcome.UNDECIDED
    assert "feature 2 (counted from 1) is zero on every row that keeps weight" in found.reason
    assert "rows 2, 3 (distinct ones, counted from 1) have equal F in the limit itself" in found.reason


def test_real_data_with_zeros_have_a_limit_in_tiers():
    """digits01 has pixels that no support row lights; along the direction every row's margin grows."""
    limit_problem = problem("digits01")
    found = solve(limit_problem)
    assert found.outcome is Outcome.FIXED_POINT
    F = limit_problem.floats @ found.direction
    on = np.array(found.support)
    assert (
        np.ptp(F[on]) <= 1e-12 * F.max()
    )  # rounding of 52-term sums, with room for the condition of the tier
    assert F.min() >= F[on].min() - 1e-12 * F.max()


def test_start_of_the_wrong_length():
    with pytest.raises(MarginproofError, match=r"has shape \(3,\); the data have n_features=2, so give"):
        solve(LimitProblem(R1, AdamProxyField()), np.zeros(3))
    with pytest.raises(MarginproofError, match="not finite; give finite numbers"):
        solve(LimitProblem(R1, AdamProxyField()), np.array([0.0, np.nan]))


@pytest.mark.parametrize("name", ["sr4", "gaussian", "two-limits"])
def test_algorithm_3_agrees(name):
    limit_problem = problem(name)
    reference = dual_fixed_point_iteration(limit_problem)
    if name == "two-limits":  # T's iteration from c = 1/N; any fixed point will do
        assert reference.settled
        return
    # error <= residual · condition; the reference stops at 1e-10 and these sets' conditions are below 1e3
    assert np.abs(reference.weights - solve(limit_problem).weights).max() < 1e-7


def test_algorithm_3_never_settles_on_the_cycle():
    assert not dual_fixed_point_iteration(problem("cycle-3x3"), max_steps=60).settled


def test_residual_sees_a_wrong_point():
    limit_problem = LimitProblem(R1, AdamProxyField())
    assert residual(limit_problem, np.array([0.868825911090941, 1 - 0.868825911090941])) < 1e-14
    assert residual(limit_problem, np.array([0.85, 0.15])) > 5e-4
    assert residual(limit_problem, np.array([1.0, 0.0])) > 0.1


def test_newton_gives_up_beyond_its_reach():
    limit_problem = LimitProblem(R1, AdamProxyField())
    assert active_set_newton(limit_problem, np.array([0.9, 0.1])) is not None
    assert active_set_newton(limit_problem, np.array([0.9, 0.1]), reach=1e-3) is None


signs = st.sampled_from([-1.0, 1.0])
entries = st.integers(1, 32).map(lambda n: n / 8)


@settings(deadline=None)
@given(
    st.integers(2, 5).flatmap(
        lambda n: st.lists(st.lists(entries, min_size=3, max_size=3), min_size=n, max_size=n)
    ),
    st.lists(signs, min_size=3, max_size=3),
)
def test_every_outcome_is_honest(rows, flips):
    """Positive data with features flipped are separable by the flips; a fixed point solves the equation."""
    limit_problem = LimitProblem(np.array(rows) * flips, AdamProxyField())
    found = solve(limit_problem)
    if found.outcome is Outcome.FIXED_POINT:
        totals = np.bincount(limit_problem.groups, weights=found.weights)
        assert residual(limit_problem, totals) <= 1e-10
        assert found.gamma > 0
    else:
        assert found.reason
