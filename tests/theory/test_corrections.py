"""Statements that were false as first worded: each counterexample breaks the old words and not the new ones."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from marginproof.theory.batching import Cyclic
from marginproof.theory.claims.cases import (
    MOVING,
    NONZERO,
    POSITIVE_COLUMNS,
    SEPARABLE,
    SMALL_STEPS,
    VANISHING,
    ClaimCase,
    exact_rows,
)
from marginproof.theory.claims.claim import QUICK
from marginproof.theory.claims.signum_bound import SignumBound, ratios
from marginproof.theory.claims.symbolic import ROOTS, all_vanish, symbolic_data
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.optimizers import GD, Adam, AdamProxy
from marginproof.theory.registry import claim
from marginproof.theory.schedules import Power
from marginproof.theory.statements.b1_adam_step import StepLength
from marginproof.theory.statements.i03_symmetries import _coupled
from marginproof.theory.statements.r4_signsgd import iterates

TWO = ((5, 1), (1, 4))
START = (0.0, 0.733)
"""In the basin of c_1 = 0.8688 (R2)."""


def proxy(steps: Power, epochs: int) -> float:
    """c_1 at the end of a run of AdamProxy from :data:`START`."""
    X, w = np.array(TWO, dtype=float), np.array(START)
    for t in range(epochs):
        z = X @ w
        c = np.exp(z.min() - z)
        w = w + steps.at(t) * (c @ X) / np.sqrt((c * c) @ (X * X))
    z = X @ w
    return float(1 / (1 + np.exp(z[0] - z[1])))


def inc_adam(steps: Power, epochs: int, beta1: float = 0.9, beta2: float = 0.95) -> float:
    """The same for Inc-Adam in the given order; gradients relative to the least margin's."""
    X, w, m, v, scale = np.array(TWO, dtype=float), np.array(START), np.zeros(2), np.zeros(2), 0.0
    for t in range(2 * epochs):
        x = X[t % 2]
        moved = float(x @ w) - scale
        m, v, scale = m * np.exp(moved), v * np.exp(2 * moved), float(x @ w)
        m, v = beta1 * m + (1 - beta1) * x, beta2 * v + (1 - beta2) * x * x
        w = w + steps.at(t) * m / np.sqrt(v)
    z = X @ w
    return float(1 / (1 + np.exp(z[0] - z[1])))


@pytest.mark.parametrize(
    ("name", "run", "optimizer", "large", "small"),
    [
        ("L3", proxy, AdamProxy(), Power(20, 1, 2), Power(0.02, 0.3, 2)),
        ("L4", inc_adam, Adam(), Power(5, 1, 2), Power(0.00107, 0.05, 2)),
    ],
)
def test_a_large_first_step_leaves_the_basin(name, run, optimizer, large, small):
    entry = claim(name)
    cases = [ClaimCase(exact_rows(TWO), optimizer=optimizer, schedule=s, start=START) for s in (large, small)]
    old = [h for h in entry.hypotheses if h is not SMALL_STEPS]
    assert all(h.holds(case) for h in old for case in cases)
    assert run(large, 2_000) < 0.01  # the old words, from any η_0: c_1 → 0.8688
    assert entry.unmet(cases[0]) == ("small steps",)
    assert entry.unmet(cases[1]) == ()
    assert run(small, 6_000) > 0.8


def test_large_gradient_steps_may_never_return():
    X = np.array(((1, -0.9), (1, -0.8), (-0.9, 1)))
    steps, w, seen = Power(100, 1, 2), np.zeros(2), []
    for t in range(8):
        with np.errstate(over="ignore"):
            w = w + steps.at(t) * np.exp(-X @ w) @ X / 3
        seen.append((float(np.abs(w).max()), float((X @ w).min())))
        if not np.isfinite(w).all():
            break
    assert max(size for size, _ in seen[:3]) > 1e6
    assert seen[1][1] < 0
    case = ClaimCase(
        exact_rows([["1", "-9/10"], ["1", "-4/5"], ["-9/10", "1"]]), optimizer=GD(), schedule=steps
    )
    assert SEPARABLE.holds(case)
    assert VANISHING.holds(case)
    assert claim("L7").unmet(case) == ("small steps",)


def test_the_signum_limit_is_claimed_only_where_it_is_positive():
    formula, gamma, R = SignumBound(), Fraction(1, 10), Fraction(19, 10)
    limit = formula.limit(gamma, R, formula.spread(Fraction(1, 2), 2))
    assert float(limit) == pytest.approx(-0.543, abs=5e-4)
    assert ratios(Fraction(1, 2), 4000)[-1] == pytest.approx(-1.9, abs=0.01)  # old words: at least -0.543
    assert not formula.applies(limit)
    assert "where that is positive" in claim("B2").plain


def test_the_first_step_of_adam_is_bounded_by_a_1_not_a_0():
    formula = StepLength()
    b1, b2, eta, g = Fraction(1, 2), Fraction(3, 4), Fraction(1, 3), Fraction(5, 7)
    step_squared = eta**2 * ((1 - b1) * g) ** 2 / ((1 - b2) * g**2)  # step t = 0, after one gradient
    assert step_squared > formula.squared(eta, b1, b2, 0) == 0  # the old words: η_t A_t
    assert step_squared == formula.squared(eta, b1, b2, 1)
    assert "A_{t+1}" in claim("B1").plain


def test_flipping_all_features_at_once_does_not_show_oddness():
    X, c = symbolic_data(2, 2)
    assert all_vanish(_coupled(-X, c, ROOTS) + _coupled(X, c, ROOTS))
    assert not all_vanish(
        _coupled(X * np.array([-1, 1]), c, ROOTS) - np.array([-1, 1]) * _coupled(X, c, ROOTS)
    )
    (proof, *_) = claim("I3").checks
    assert proof.run(AdamProxyField(), QUICK).passed
    assert not proof.run(_coupled, QUICK).passed


def test_a_batch_sum_may_vanish_where_no_column_does():
    case = ClaimCase(exact_rows([[1, 2], [-1, 3], [2, 1], [-2, 2]]), batching=Cyclic(2))
    assert NONZERO.holds(case)
    assert POSITIVE_COLUMNS.holds(case)  # the old hypothesis
    sums = exact_rows(case.X).reshape(2, 2, 2).sum(axis=1)
    assert not sums[:, 0].any()  # so m/√v is 0/0
    assert not MOVING.holds(case)
    assert MOVING.holds(ClaimCase(case.X, batching=Cyclic(1)))
    assert MOVING.holds(ClaimCase(case.X, batching=Cyclic(2), start=(0.5, 0.0)))
    assert "v > 0" in claim("I1").unmet(case)


def test_misclassified_eventually_is_not_misclassified_for_ever():
    rows = exact_rows(claim("R4").formula.rows)
    order = rows[[2, 0, 1]]
    begun = exact_rows([["0", "-1/10"]])[0]
    seen = [rows[2] @ begun, *(rows[2] @ w for w in iterates(order, begun, Fraction(1), 10))]
    assert seen[:4] == [
        Fraction(-1, 10),
        1,
        Fraction(-1, 10),
        Fraction(-6, 5),
    ]  # the old words: negative for ever
    assert max(seen[3:]) < 0
    assert "from some step on" in claim("R4").plain


def test_a_zero_column_refutes_uniqueness_at_once_so_the_claim_asks_for_nonzero_entries():
    trivial = ClaimCase(exact_rows([[1, 0]]))
    margins = {min(exact_rows([[1, 0]]) @ np.array([1, s], dtype=object)) for s in (0, Fraction(1, 2), 1)}
    assert margins == {1}  # a segment of maximisers, by the column alone
    assert SEPARABLE.holds(trivial)
    assert claim("R6").unmet(trivial) == ("nonzero entries",)
    assert claim("R6").unmet(ClaimCase(exact_rows(claim("R6").formula.rows))) == ()


@pytest.mark.parametrize("name", ["R1", "R2", "R3", "R5"])
def test_a_refuted_claim_names_its_field(name):
    entry = claim(name)
    field = "Inc-Adam" if name == "R5" else "AdamProxy"
    assert field in entry.plain
    assert field in entry.quantifiers


def test_on_r3_s_data_the_direction_of_w_is_the_l2_one_while_u_circles():
    X = np.array(claim("R3").formula.rows, dtype=float)
    dual, w = np.linalg.solve(X @ X.T, np.ones(3)), np.linalg.solve(X, np.ones(3))
    assert dual.min() > 0  # so X^{-1}(1, 1, 1) is the l2 max-margin direction
    at, late, eta = np.zeros(3), [], 0.005
    for t in range(40_000):
        z = X @ at
        c = np.exp(z.min() - z)
        u = (c @ X) / np.sqrt((c * c) @ (X * X))
        at = at + eta * u
        if t > 20_000:
            late.append(u / np.linalg.norm(u))
    assert np.ptp(np.array(late), axis=0).max() > 0.15
    assert at @ w / np.linalg.norm(at) / np.linalg.norm(w) > 1 - 1e-3


def test_words_that_a_check_does_not_cover_say_so():
    assert "in prose" in claim("I5").plain
    assert "in prose" in claim("I7").plain
    for name in ("I2", "I3", "I4"):
        assert "by continuity" in claim(name).quantifiers


def test_scaled_data_have_one_direction_at_finite_betas_too():
    formula = claim("I6").formula
    b1, b2 = Fraction(1, 2), Fraction(3, 4)
    for signs in product((1, -1), repeat=2):
        a = np.array([2.0, 3.0]) * signs
        assert min(formula.share(np.abs(a), np.array([0.4, 0.6]), float(b1), float(b2), _FLOATS)) > 0


class _FLOATS:
    """The square root of a float."""

    sqrt_one = staticmethod(np.sqrt)
