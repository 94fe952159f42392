"""B1–B6: a run that keeps each bound, one that breaks it, and the rounding allowance against many digits."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from marginproof.theory.bounds.margin_bounds import (
    UNIT,
    Trajectory,
    bracket,
    normalised_gd_sides,
    proxy_sides,
    sign_sides,
    step_constants,
    step_sides,
)
from marginproof.theory.errors import MarginproofError
from marginproof.theory.registry import claim

X = np.array([[2.0, 1.0], [1.0, 3.0], [1.5, 1.5]])
GAMMA_2 = 2.1213203435596424  # (1.5, 1.5) alone supports: γ_2 = |(1.5, 1.5)| = 1.5 √2, less 1 ulp
GAMMA_INF = 3.0


def walk(direction: str, T: int = 600, eta: float = 2.0**-6, loss: str = "exponential") -> Trajectory:
    W = np.zeros((T + 1, 2))
    for t in range(T):
        z = X @ W[t]
        s = np.exp(-z) if loss == "exponential" else 1 / (1 + np.exp(z))
        G = s @ X
        u = {
            "sign": np.sign(G),
            "gd": G / np.linalg.norm(G),
            "proxy": G / np.sqrt((s**2) @ (X**2)),
            "astray": np.array([1.0, -1.0]),
        }[direction]
        W[t + 1] = W[t] + eta * u
    return Trajectory(X, W, np.full(T, eta), loss=loss)


BOUNDS = {
    "sign": (lambda run: sign_sides(run, GAMMA_INF)),
    "gd": (lambda run: normalised_gd_sides(run, GAMMA_2)),
    "proxy": (lambda run: proxy_sides(run, GAMMA_INF)),
}


@pytest.mark.parametrize("loss", ["exponential", "logistic"])
@pytest.mark.parametrize("bound", BOUNDS)
def test_a_bound_holds_on_its_run_and_fails_on_one_astray(bound: str, loss: str) -> None:
    kept = BOUNDS[bound](walk(bound, loss=loss, eta=2.0**-8, T=3000))
    assert kept.holds
    assert kept.strength > 0.5
    assert kept.allowance.max() < 1e-8
    broken = BOUNDS[bound](walk("astray", loss=loss, eta=2.0**-8, T=3000))
    assert not broken.holds
    assert " <= " in kept.text and " fails: " in broken.text and " > " in broken.text


@pytest.mark.parametrize("bound", BOUNDS)
def test_a_run_that_lags_by_a_thousandth_is_refused(bound: str) -> None:
    """The bound is sharp for one sample on which u is constant, but for the curvature term."""
    T, eta = 2000, 2.0**-16
    one = np.array([[1.0, 1.0]])
    u = np.array([1.0, 1.0]) / (np.sqrt(2) if bound == "gd" else 1)
    W = np.outer(np.arange(T + 1) * eta, u)
    make = {"sign": sign_sides, "gd": normalised_gd_sides, "proxy": proxy_sides}[bound]
    gamma = float(np.sqrt(2)) * (1 - 2**-50) if bound == "gd" else 2.0
    assert make(Trajectory(one, W, np.full(T, eta)), gamma).holds
    assert not make(Trajectory(one, W * 0.999, np.full(T, eta)), gamma).holds


def test_a_nan_is_a_failure() -> None:
    run = walk("sign", T=5)
    W = run.W.copy()
    W[3] = np.nan
    sides = sign_sides(Trajectory(X, W, run.etas), GAMMA_INF)
    assert not sides.holds
    assert sides.worst == 3


def test_the_step_constants_grow_to_the_claims_constant() -> None:
    A = step_constants(4000, 0.9, 0.99)
    limit = 0.1 / np.sqrt(0.01 * (1 - 0.81 / 0.99))
    assert np.all(np.diff(A) >= 0)
    assert A[-1] == pytest.approx(limit, rel=1e-12)
    assert step_constants(3, 0.9, 0.99, corrected=True)[0] == pytest.approx(1.0, rel=1e-14)
    with pytest.raises(MarginproofError, match=r"beta1=0\.9, beta2=0\.5"):
        step_constants(3, 0.9, 0.5)


def test_the_step_bound_refuses_a_step_one_part_in_a_million_too_long() -> None:
    b1, b2, T = 0.5, 0.9, 12
    g = (b1 / b2) ** np.arange(T - 1, -1, -1.0)
    m, v, W = 0.0, 0.0, np.zeros((T + 1, 1))
    for t in range(T):
        m, v = b1 * m + (1 - b1) * g[t], b2 * v + (1 - b2) * g[t] ** 2
        W[t + 1] = W[t] - m / np.sqrt(v)
    run = Trajectory(np.ones((1, 1)), W, np.ones(T))
    assert step_sides(run, b1, b2).holds
    assert not step_sides(Trajectory(run.X, W * (1 + 1e-6), run.etas), b1, b2).holds


def test_a_step_is_bounded_by_the_constant_that_the_claim_names() -> None:
    """Step t by A_{t+1} of I11, where A_0 = 0."""
    finite = claim("I11").formula.finite
    assert step_constants(5, 0.9, 0.99) ** 2 == pytest.approx(
        [finite(0.1**2 / (0.01 * (1 - 0.81 / 0.99)), 0.81 / 0.99, t + 1) for t in range(5)]
    )
    assert "η_t A_{t+1}" in claim("B1").plain
    sides = step_sides(Trajectory(np.ones((1, 1)), np.array([[0.0], [9.0]]), np.ones(1)), 0.9, 0.99)
    assert "η_t A_{t+1}" in sides.text


def test_the_allowance_covers_what_rounding_really_does() -> None:
    """The margins and the bound of a float64 run, evaluated again in 40 digits."""
    run = walk("sign", T=400)
    sides = sign_sides(run, GAMMA_INF)
    with mpmath.workdps(40):
        eta, R = mpmath.mpf(2) ** -6, 4
        rate = mpmath.mpf(GAMMA_INF) - eta * R**2 * mpmath.exp(eta * R) / 2
        exact_bound = -mpmath.log(3) + 400 * eta * rate
        exact_margin = min(
            sum(mpmath.mpf(x) * mpmath.mpf(w) for x, w in zip(row, run.W[-1], strict=True)) for row in X
        )
        error = abs(sides.lower[-1] - exact_bound) + abs(sides.upper[-1] - exact_margin)
    assert 0 < error < sides.allowance[-1]
    assert sides.allowance[-1] < 1e6 * UNIT * float(run.margins[-1])


def test_the_bracket_is_exact_and_closes_at_the_optimum() -> None:
    rows = np.array([[Fraction(5), Fraction(1)], [Fraction(1), Fraction(4)]], dtype=object)
    w, c = np.array([Fraction(1)] * 2, dtype=object), np.array([Fraction(0), Fraction(1)], dtype=object)
    assert bracket(rows, w, c, "inf") == (5, 5)
    w2, c2 = (
        np.array([Fraction(3), Fraction(4)], dtype=object),
        np.array([Fraction(4, 25), Fraction(21, 25)], dtype=object),
    )
    lower, upper = bracket(rows, w2, c2, "2")
    assert lower <= upper
    assert lower == Fraction(19 * 19, 25)
    worse = bracket(rows, np.array([Fraction(1), Fraction(-1)], dtype=object), c, "inf")
    assert worse[0] < 0 < worse[1]


def test_bad_runs_are_named() -> None:
    with pytest.raises(MarginproofError, match="loss=hinge"):
        Trajectory(X, np.zeros((1, 2)), np.zeros(0), loss="hinge")
    with pytest.raises(MarginproofError, match=r"W.shape=\(2, 2\)"):
        Trajectory(X, np.zeros((2, 2)), np.zeros(0))
