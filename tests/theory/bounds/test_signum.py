"""B2's weights and limit constants: against brute force over orders, exact arithmetic and independent sums."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, permutations, product

import numpy as np
import pytest

from marginproof.theory.bounds.margin_bounds import Trajectory
from marginproof.theory.bounds.signum import (
    delta_cyclic,
    delta_lion,
    delta_replaced,
    delta_reshuffled,
    lion_spread,
    norm_sides,
    reshuffled_spreads,
    signum_sides,
    weight_spread,
)
from marginproof.theory.errors import MarginproofError

HALF = Fraction(1, 2)


def still(visits: np.ndarray, etas: np.ndarray | None = None) -> Trajectory:
    """A run that does not move, to look at the weights alone."""
    T, n = visits.shape
    return Trajectory(np.ones((n, 1)), np.zeros((T + 1, 1)), np.zeros(T) if etas is None else etas, visits)


def cyclic_visits(n: int, steps: int) -> np.ndarray:
    return np.eye(n, dtype=int)[np.arange(steps) % n]


@pytest.mark.parametrize("K", [1, 2, 3, 5])
@pytest.mark.parametrize("beta", [Fraction(0), HALF, Fraction(9, 10)])
def test_delta_cyclic_is_the_spread_of_the_steady_weights(K: int, beta: Fraction) -> None:
    weights = [beta**lag / (1 - beta**K) for lag in range(K)]
    spread = (max(weights) - min(weights)) / (max(weights) + min(weights))
    assert delta_cyclic(beta, K) == 2 * spread


@pytest.mark.parametrize(("K", "epochs"), [(1, 3), (2, 5), (3, 3)])
def test_reshuffled_spreads_are_the_worst_over_all_orders(K: int, epochs: int) -> None:
    """Every sequence of orders of ``epochs`` epochs; earlier ones weigh less than β^(K·epochs)."""
    worst = [Fraction(0)] * K
    for orders in product(permutations(range(K)), repeat=epochs):
        *before, now = orders
        for i in range(K):
            weights = [
                sum(HALF ** ((len(before) - e) * K + i - order.index(n)) for e, order in enumerate(before))
                + (HALF ** (i - now.index(n)) if now.index(n) <= i else 0)
                for n in range(K)
            ]
            spread = (max(weights) - min(weights)) / (max(weights) + min(weights))
            worst[i] = max(worst[i], spread)
    claimed = reshuffled_spreads(HALF, K)
    forgotten = 4 * HALF ** (K * (epochs - 1) - K + 1)  # what older epochs could still change
    for i in range(K):
        assert claimed[i] - forgotten <= worst[i] <= claimed[i] + forgotten
    assert K == 1 or worst[0] > reshuffled_spreads(HALF, K)[0] * Fraction(3, 4)


def test_the_constants_vanish_as_beta_tends_to_one_and_at_one_batch() -> None:
    for K in (2, 3, 8):
        ladder = [delta_reshuffled(1 - Fraction(1, 1 << k), K) for k in range(4, 24, 4)]
        assert all(a > b > 0 for a, b in pairwise(ladder))
        assert ladder[-1] < Fraction(1, 1 << 15)
        assert all(delta_cyclic(beta, K) <= delta_reshuffled(beta, K) for beta in (HALF, Fraction(99, 100)))
    assert delta_cyclic(HALF, 1) == delta_reshuffled(HALF, 1) == 0


def test_the_constant_at_a_value_worked_by_hand() -> None:
    # K = 2, β = 1/2: positions 0 and 1 have V/U = (1/4)/(5/4) and (1/2)/1, so E = 2/3 and 1/3
    assert reshuffled_spreads(HALF, 2) == [Fraction(2, 3), Fraction(1, 3)]
    assert delta_reshuffled(HALF, 2) == 1


def test_with_replacement_the_average_spread_stays_below_its_constant() -> None:
    n, b, beta, T = 4, 2, 0.99, 40_000
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, n, size=(T, b))
    visits = np.stack([(drawn == i).sum(axis=1) for i in range(n)], axis=1)
    rho, worst = np.zeros(n), np.empty(T)
    for t in range(T):
        rho = beta * rho + (1 - beta) * visits[t]
        worst[t] = np.abs(rho * n / b - 1).max()
    average = worst[2000:].mean()
    assert average <= delta_replaced(beta, n, b) / 2
    assert average >= delta_replaced(beta, n, b) / 8  # the constant is no idle one
    assert worst[2000:].max() > 2 * average  # and no bound for every outcome


def test_weight_spread_is_the_sum_written_out() -> None:
    rng = np.random.default_rng(1)
    n, T, beta = 3, 40, 0.75
    visits = np.eye(n, dtype=int)[rng.integers(0, n, T)]
    etas = rng.uniform(0, 0.1, T)
    run = still(visits, etas)
    spread, _ = weight_spread(run, beta)
    clock = np.concatenate([[0.0], np.cumsum(etas)])
    for t in (0, 5, 39):
        ages = t - np.arange(t + 1)
        moved = clock[t] - clock[: t + 1]
        U = (visits[: t + 1] * (beta**ages * np.exp(moved))[:, None]).sum(axis=0)
        V = (visits[: t + 1] * (beta**ages * np.exp(-moved))[:, None]).sum(axis=0)
        assert spread[t] == pytest.approx((U.max() - V.min()) / (U.max() + V.min()), rel=1e-12)


def test_moving_only_widens_the_spread_of_the_steady_weights() -> None:
    spread, _ = weight_spread(still(cyclic_visits(3, 60), np.full(60, 0.01)), 0.9)
    assert spread[0] == 1  # a sample not yet seen
    assert delta_cyclic(0.9, 3) / 2 < spread[-1] < 1


def signum_run(flip: float = 1.0) -> tuple[Trajectory, float]:
    X, beta, T = np.array([[5.0, 4.0], [4.0, 5.0]]), 0.75, 4000
    W, m = np.zeros((T + 1, 2)), np.zeros(2)
    for t in range(T):
        x = X[t % 2]
        m = beta * m - (1 - beta) * np.exp(-x @ W[t]) * x
        W[t + 1] = W[t] - flip * 2.0**-9 * np.sign(m)
    return Trajectory(X, W, np.full(T, 2.0**-9), cyclic_visits(2, T)), beta


def test_the_bound_holds_on_a_run_and_refuses_one_that_climbs() -> None:
    run, beta = signum_run()
    sides = signum_sides(run, beta, 9.0)
    assert sides.holds
    assert sides.strength > 0.5
    assert sides.allowance.max() < 1e-9  # rounding explains nothing visible
    assert norm_sides(run).holds
    climbing, _ = signum_run(-1.0)
    assert not signum_sides(climbing, beta, 9.0).holds
    longer = Trajectory(run.X, run.W * (1 + 2.0**-30), run.etas, run.visits)
    assert not norm_sides(longer).holds


def test_lions_spread_is_the_sum_written_out() -> None:
    rng = np.random.default_rng(2)
    n, T, b1, b2 = 3, 40, 0.5, 0.75
    visits = np.eye(n, dtype=int)[rng.integers(0, n, T)]
    etas = rng.uniform(0, 0.1, T)
    spread, _ = lion_spread(still(visits, etas), b1, b2)
    clock = np.concatenate([[0.0], np.cumsum(etas)])
    for t in (0, 5, 39):
        ages, moved = t - np.arange(t + 1), clock[t] - clock[: t + 1]
        weights = np.where(ages == 0, 1 - b1, b1 * (1 - b2) * b2 ** (ages - 1.0))
        U, V = ((visits[: t + 1] * (weights * np.exp(s * moved))[:, None]).sum(axis=0) for s in (1, -1))
        assert spread[t] == pytest.approx((U.max() - V.min()) / (U.max() + V.min()), rel=1e-12)


def test_lions_constant_is_signums_at_equal_betas_and_worked_by_hand_otherwise() -> None:
    for K in (1, 2, 5):
        assert delta_lion(HALF, HALF, K) == delta_cyclic(HALF, K)
    # K = 2, β1 = 1/2, β2 = 3/4: a = (1/8)/(7/16) = 2/7; lag 0 weighs 1/2 + (2/7)(3/4) = 5/7, lag 1 2/7
    assert delta_lion(HALF, Fraction(3, 4), 2) == 2 * Fraction(3, 7)
    steady, _ = lion_spread(still(cyclic_visits(2, 400)), 0.5, 0.75)
    assert steady[-1] == pytest.approx(3 / 7, rel=1e-12)


def test_lions_bound_holds_on_a_run_and_refuses_one_that_climbs() -> None:
    X, b1, b2, T = np.array([[5.0, 4.0], [4.0, 5.0]]), 0.875, 0.9375, 4000
    for flip in (1.0, -1.0):
        W, m = np.zeros((T + 1, 2)), np.zeros(2)
        for t in range(T):
            g = -np.exp(-X[t % 2] @ W[t]) * X[t % 2]
            W[t + 1] = W[t] - flip * 2.0**-9 * np.sign(b1 * m + (1 - b1) * g)
            m = b2 * m + (1 - b2) * g
        sides = signum_sides(Trajectory(X, W, np.full(T, 2.0**-9), cyclic_visits(2, T)), b1, 9.0, b2)
        assert sides.holds == (flip > 0)
        assert flip < 0 or sides.strength > 0.25


def test_a_margin_claimed_too_large_is_refused() -> None:
    """Near the limit the margin grows by γ_∞ = 9 per unit of Σ η, so 9.5 must be found out."""
    run, _ = signum_run()
    full = Trajectory(run.X, np.outer(np.arange(4001) * 2.0**-9, [1.0, 1.0]), run.etas)
    assert signum_sides(full, 0.0, 9.0).holds
    assert not signum_sides(full, 0.0, 9.5).holds


def test_beta_outside_its_range_is_named() -> None:
    run, _ = signum_run()
    with pytest.raises(MarginproofError, match="beta=1"):
        signum_sides(run, 1.0, 1.0)
    with pytest.raises(MarginproofError, match="beta2=1"):
        signum_sides(run, 0.5, 1.0, 1.0)
