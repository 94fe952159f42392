"""The implicit flow: it goes where small explicit steps go, and rows left out come back where they must."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from marginproof.theory.fields import AdamProxyField, IncAdamField, ReshuffledField, ThetaField
from marginproof.theory.limit.flow import CoarseFlow, start_logits
from marginproof.theory.limit.implicit import ImplicitFlow
from marginproof.theory.limit.large_steps import MANY_ENTRIES
from marginproof.theory.limit.problem import LimitProblem, Outcome, Stability, residual
from marginproof.theory.limit.solve import solve


def two_attractors() -> np.ndarray:
    """R1's rows (5, 1), (1, 4), each feature 20 times with 0.2 % noise, and 498 mixtures of them a little farther out."""
    rng = np.random.default_rng(0)
    base = np.array([[5.0, 1.0], [1.0, 4.0]])
    share = rng.uniform(0, 1, (498, 1))
    mixtures = np.hstack([share, 1 - share]) @ base * rng.uniform(1.05, 3, (498, 1))
    return np.repeat(np.vstack([base, mixtures]), 20, axis=1) * (1 + 0.002 * rng.standard_normal((500, 40)))


@pytest.mark.parametrize(("second", "support"), [(0.0, (1,)), (0.733, (0, 1))])
def test_the_start_decides_among_500_rows(second, support):
    X = two_attractors()
    assert X.size >= MANY_ENTRIES
    start = np.repeat([0.0, second / 20], 20)
    problem = LimitProblem(X, AdamProxyField())
    found = solve(problem, start)
    small = CoarseFlow(problem, start_logits(problem, start), 0.002).advance(200)
    implicit = ImplicitFlow(problem, start_logits(problem, start), 1e-3)
    assert all(implicit.step() for _ in range(60))
    assert found.support == support
    assert found.stability is Stability.ATTRACTING
    assert found.residual < 1e-12
    for y in (small, implicit.y):  # 1e-2: what the slowest row still has after that time
        assert np.abs(y - found.weights).sum() < 1e-2


@pytest.mark.parametrize(
    ("field", "n", "d"),
    [(AdamProxyField(), 400, 40), (ReshuffledField(5), 400, 40), (IncAdamField(), 200, 20)],
)
def test_many_rows_of_which_most_lose_their_weight(field, n, d):
    rng = np.random.default_rng(3)
    X = rng.standard_normal((n, d))
    X *= np.sign(X @ rng.standard_normal(d))[:, None]
    problem = LimitProblem(X, field)
    found = solve(problem)
    assert len(found.support) <= d
    assert residual(problem, found.weights) < 1e-12
    assert (X @ found.direction).min() > 0


def test_a_row_left_out_by_mistake_comes_back():
    rng = np.random.default_rng(4)
    X = rng.standard_normal((60, 10)) + 1.0
    problem = LimitProblem(X, AdamProxyField())
    needed = solve(problem).support[0]
    flow = ImplicitFlow(problem, start_logits(problem), 1e-2)
    flow._take(np.setdiff1d(np.arange(60), [needed]))
    assert flow.y[needed] == 0
    assert all(flow.step() for _ in range(7))
    assert flow.y[needed] > 0


def test_rows_cut_by_a_plane_keep_only_those_that_bound_the_thin_cone():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((4000, 20))
    X *= np.sign(X @ rng.standard_normal(20))[:, None]
    problem = LimitProblem(X, AdamProxyField())
    found = solve(problem)
    assert found.outcome is Outcome.FIXED_POINT
    assert len(found.support) <= 21
    assert residual(problem, found.weights) < 1e-12


@pytest.mark.parametrize("copies", [0, 3])
@pytest.mark.parametrize("field", [AdamProxyField(), ReshuffledField(4), ThetaField(Fraction(1, 3))])
def test_what_is_taken_from_some_rows_agrees_with_all_of_them(field, copies):
    """Jacobians on some rows, the one in w, and the problem on them alone; with equal rows and without."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((30, 7))
    X[10 : 10 + copies] = X[2]
    problem = LimitProblem(X, field)
    rows = np.sort(rng.permutation(problem.n_unknowns)[:9])
    y = np.zeros(problem.n_unknowns)
    y[rows] = rng.dirichlet(np.ones(9))
    J, du = problem.jacobian(y)[np.ix_(rows, rows)], problem.direction_jacobian(y)[:, rows]
    distinct = problem.floats[problem.representatives]
    F, on_rows = problem.linearised(y, rows)
    np.testing.assert_allclose(F, problem.F(y), atol=1e-13)
    np.testing.assert_allclose(on_rows, J, atol=1e-13)
    np.testing.assert_allclose(problem.slopes(y, rows), du, atol=1e-13)
    np.testing.assert_allclose(problem.in_w(y, rows), -(du * y[rows]) @ distinct[rows], atol=1e-13)
    alone = problem.on_some_rows(rows).F(y[rows])
    np.testing.assert_allclose(alone / alone[0], F[rows] / F[rows[0]], rtol=1e-12)
