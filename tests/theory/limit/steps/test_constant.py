"""Constant steps: the solution, the epoch map that fixes it, and its contraction, against runs made here."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from marginproof.theory import moving_averages
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import AdamProxyField, GradientField, IncAdamField, SignField
from marginproof.theory.limit.problem import Limit, LimitProblem
from marginproof.theory.limit.solve import solve
from marginproof.theory.limit.steps import constant
from marginproof.theory.limit.steps.constant import solve_constant
from marginproof.theory.limit.steps.effective import effective_field, epoch_factor, growth_slope
from marginproof.theory.limit.steps.epoch_map import EpochMap, EpochState, periodic_state
from marginproof.theory.limit.steps.memoryless import solve_memoryless
from marginproof.theory.limit.steps.outcome import ConstantStep, StepOutcome

MIDDLE = Fraction(1, 2), Fraction(4, 5)
USUAL = Fraction(9, 10), Fraction(19, 20)


def gaussian(n: int, d: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, d))


def at(X: np.ndarray, field: IncAdamField, found: ConstantStep) -> tuple[EpochMap, EpochState]:
    K = len(X) // field.batch_size
    kappa = epoch_factor(found.eta, float(field.beta1), float(field.beta2), np.exp(found.growth / K), K)
    return periodic_state(field, X, found.limit.weights, found.eta, found.growth, kappa)


def run(X: np.ndarray, field: IncAdamField, eta: float, epochs: int) -> tuple[np.ndarray, np.ndarray]:
    """Inc-Adam in plain numpy, relative to the present gradient: increments of w and of Xw, epoch by epoch."""
    b1, b2 = float(field.beta1), float(field.beta2)
    order = np.argsort(field.membership(len(X)), kind="stable").reshape(-1, field.batch_size)
    m, v, z, scale = np.zeros(X.shape[1]), np.zeros(X.shape[1]), np.zeros(len(X)), 0.0
    moves = []
    for _ in range(epochs):
        begin, w = z.copy(), np.zeros(X.shape[1])
        for batch in order:
            new = z[batch].min()
            m, v, scale = m * np.exp(new - scale), v * np.exp(2 * (new - scale)), new
            g = np.exp(new - z[batch]) @ X[batch]
            m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
            step = eta * m / np.sqrt(v)
            w, z = w + step, z + X @ step
        moves.append((w, z - begin))
    return np.array([w for w, _ in moves]), np.array([grown for _, grown in moves])


SETTINGS = [
    (6, 20, IncAdamField(1, None, *USUAL), 0.01),
    (6, 20, IncAdamField(2, None, *MIDDLE), 0.05),
    (10, 30, IncAdamField(5, None, *MIDDLE), 0.02),
    (6, 20, IncAdamField(2, (3, 0, 5, 1, 2, 4), *MIDDLE), 0.05),
]


@pytest.mark.parametrize(("n", "d", "field", "eta"), SETTINGS)
def test_a_run_ends_at_the_predicted_increments(n: int, d: int, field: IncAdamField, eta: float) -> None:
    X = gaussian(n, d, 2)
    found = solve_constant(LimitProblem(X, field), eta)
    assert found.outcome is StepOutcome.SETTLES
    epochs = int(np.log(1e-12) / np.log(found.contraction)) + 50
    w, grown = run(X, field, eta, epochs)
    assert np.linalg.norm(w[-1] / np.linalg.norm(w[-1]) - found.limit.direction) < 1e-10
    assert grown[-1].min() == pytest.approx(found.growth, abs=1e-11)


@pytest.mark.parametrize(("n", "d", "field", "eta"), SETTINGS)
def test_the_epoch_map_fixes_the_state_and_its_tangent_is_the_derivative(
    n: int, d: int, field: IncAdamField, eta: float
) -> None:
    X = gaussian(n, d, 2)
    found = solve_constant(LimitProblem(X, field), eta)
    epoch, state = at(X, field, found)
    later, grown = epoch(state)
    assert np.abs(later.flat() - state.flat()).max() < 1e-12
    assert grown == pytest.approx(np.full(len(epoch.X), found.growth), rel=1e-12)
    m, flat, h = len(epoch.X), state.flat(), 1e-6

    def moved(x: NDArray[np.float64]) -> EpochState:
        return epoch(EpochState(np.append(x[: m - 1], 0.0), x[m - 1 : 2 * m - 1], x[2 * m - 1 :]))[0]

    change = np.random.default_rng(1).standard_normal(len(flat)) * np.maximum(flat, 1e-3)
    difference = (moved(flat + h * change).flat() - moved(flat - h * change).flat()) / (2 * h)
    exact = epoch.tangent(state, change[:, None])[:, 0]
    assert np.abs(difference - exact).max() < 1e-7 * np.abs(exact).max()


@pytest.mark.parametrize(("eta", "radius"), [(0.01, 0.961255), (0.05, 0.980628), (0.1, 0.994558)])
def test_the_contraction_is_the_rate_at_which_increments_settle(eta: float, radius: float) -> None:
    X, field = gaussian(6, 20), IncAdamField(1, None, *USUAL)
    found = solve_constant(LimitProblem(X, field), eta)
    assert found.contraction == pytest.approx(radius, abs=1e-5)
    w, _ = run(X, field, eta, 700)
    gaps = np.linalg.norm(w / np.linalg.norm(w, axis=1)[:, None] - found.limit.direction, axis=1)
    use = np.flatnonzero(gaps > 1e-8)[-1]
    assert (gaps[use] / gaps[use - 50]) ** (1 / 50) == pytest.approx(found.contraction, abs=2e-3)


def test_a_long_step_alternates_from_epoch_to_epoch() -> None:
    X, field = gaussian(6, 20), IncAdamField(1, None, *MIDDLE)
    found = solve_constant(LimitProblem(X, field), 0.5)
    assert found.outcome is StepOutcome.UNSTABLE
    assert "alternate" in found.reason
    assert found.contraction == pytest.approx(1.015242, abs=1e-5)
    w, _ = run(X, field, 0.5, 4000)
    assert np.linalg.norm(w[-1] - w[-2]) > 0.05
    assert np.linalg.norm(w[-1] - w[-3]) < 1e-9


def test_growth_may_never_settle_although_the_weights_do() -> None:
    """N = 1: c is 1 for ever, and γ does not converge: the converse needs the increments to converge, too."""
    _, grown = run(np.array([[1.0]]), IncAdamField(1, None, Fraction(0), Fraction(22, 10_000)), 9.0, 4000)
    assert np.ptp(grown[-10:]) > 1.0


@pytest.mark.parametrize("batch", [1, 2])
def test_the_slope_in_the_growth_is_the_derivative(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving_averages, "MANY", 64)
    X, c = (
        gaussian(140, 5),
        np.random.default_rng(3).random(140),
    )  # K on both sides of the recursion's threshold
    for rows in (6, 140):
        field, K, h = IncAdamField(batch), rows // batch, 1e-6
        low, mid, high = (effective_field(field, np.exp(g / K)) for g in (0.04 - h, 0.04, 0.04 + h))
        slope = (high(X[:rows], c[:rows]) - low(X[:rows], c[:rows])) / (2 * h)
        assert growth_slope(mid, X[:rows], c[:rows]) == pytest.approx(slope, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("eta", [0.0, -1.0, float("nan"), float("inf")])
def test_a_learning_rate_that_is_not_positive_is_refused(eta: float) -> None:
    for solver, field in ((solve_constant, IncAdamField()), (solve_memoryless, AdamProxyField())):
        with pytest.raises(MarginproofError, match="lr="):
            solver(LimitProblem(gaussian(4, 8), field), eta)


def test_a_step_at_which_beta2_rounds_to_one_is_refused() -> None:
    with pytest.raises(MarginproofError, match="rounds to 1"):
        solve_constant(LimitProblem(gaussian(4, 8), IncAdamField()), 1e9)


def test_fields_without_a_theory_are_refused() -> None:
    for field in (SignField(), IncAdamField(batch_size=4), AdamProxyField()):
        with pytest.raises(MarginproofError, match="vanishing steps"):
            solve_constant(LimitProblem(gaussian(4, 8), field), 0.01)
    with pytest.raises(MarginproofError, match="without memory"):
        solve_memoryless(LimitProblem(gaussian(4, 8), IncAdamField()), 0.01)


def test_zeros_and_equal_rows_that_leave_the_limit_open_are_named() -> None:
    zero = np.array([[2.0, 1.0, 0.0], [50.0, 60.0, 1.0]])
    assert "feature 3" in solve_constant(LimitProblem(zero, IncAdamField()), 0.01).reason
    equal = np.array([[4.0, 1.0, 2.0], [4.0, 1.0, 2.0], [1.0, 5.0, -1.0]])
    assert "affinely dependent" in solve_constant(LimitProblem(equal, IncAdamField()), 0.01).reason


def test_a_common_factor_of_the_data_and_the_step_cancel() -> None:
    X = gaussian(4, 9)
    usual = solve_constant(LimitProblem(X, IncAdamField()), 0.01)
    huge = solve_constant(LimitProblem(X * 2.0**40, IncAdamField()), 0.01 / 2.0**40)
    assert huge.growth == pytest.approx(usual.growth, rel=1e-13)
    assert huge.limit.direction == pytest.approx(usual.limit.direction, abs=1e-13)
    assert huge.contraction == pytest.approx(usual.contraction, abs=1e-10)


@pytest.mark.parametrize("field", [AdamProxyField(), GradientField()])
@pytest.mark.parametrize("eta", [0.05, 0.3])
def test_without_memory_the_direction_is_that_of_vanishing_steps(
    field: AdamProxyField | GradientField, eta: float
) -> None:
    X = gaussian(4, 8, 3)
    found = solve_memoryless(LimitProblem(X, field), eta)
    z, gaps = np.zeros(4), []
    for _ in range(600):
        c = np.exp(z.min() - z)
        u = field(X, c / c.sum())
        u = u / np.linalg.norm(u) if isinstance(field, GradientField) else u
        z = z + eta * (X @ u)
        gaps.append(float(np.linalg.norm(u / np.linalg.norm(u) - found.limit.direction)))
    use = int(np.flatnonzero(np.array(gaps) > 1e-6)[-1])
    assert (gaps[use] / gaps[use - 10]) ** 0.1 == pytest.approx(found.contraction, abs=1e-2)
    assert eta * (X @ u).min() == pytest.approx(found.growth, rel=1e-8)
    assert solve_memoryless(LimitProblem(X, field), 2.0).outcome is StepOutcome.UNSTABLE


def test_a_feature_that_loses_all_weight_is_noticed_early(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def counted(problem: LimitProblem, start: object, max_steps: int = 6_000) -> Limit:
        asked.append(max_steps)
        return solve(problem, None, max_steps=max_steps)

    monkeypatch.setattr(constant, "solve", counted)
    problem = LimitProblem(np.array([[1.0, 2], [0, 1], [2, 1]]), IncAdamField())
    found = constant.solve_constant(problem, 0.01)
    assert found.outcome is StepOutcome.UNDECIDED
    assert "feature 1 (counted from 1) is zero on every row that keeps weight" in found.reason
    assert asked == [constant.BRIEF]
