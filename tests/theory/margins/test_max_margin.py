"""Max-margins against exact values, references, and what a bracket must accept and refuse."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marginproof.constructions.builtin import load
from marginproof.constructions.strategies import datasets, degenerate, separable
from marginproof.properties.reference_margins import by_cvxpy
from marginproof.theory.errors import MarginproofError, NotSeparableError
from marginproof.theory.margins.brackets import Bracket, exact_bracket
from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.margins.max_margin import l2_margin, linf_face, linf_margin, mahalanobis_margin

SMALL = [
    "sr4",
    "shifted-diagonal",
    "gaussian",
    "iris",
    "iris+bias",
    "wine",
    "two-limits",
    "cycle-3x5",
    "signsgd-fails",
]
DEMANDED = 1e-12
"""The width that every built-in set up to 1000 × 100 must reach."""


def assert_proved(X: Any, bracket: Bracket) -> None:
    """Both bounds again, by fractions alone."""
    rows = [[Fraction(x) for x in row] for row in np.asarray(X).tolist()]
    w, c = bracket.primal, bracket.dual
    assert min(c) >= 0
    assert sum(c) == 1
    least = min(sum(a * b for a, b in zip(row, w, strict=True)) for row in rows)
    v = [sum(a * b for a, b in zip(column, c, strict=True)) for column in zip(*rows, strict=True)]
    if bracket.norm == "linf":
        lower, upper = least / max(map(abs, w)), sum(map(abs, v))
        assert Fraction(bracket.lower) <= lower <= upper <= Fraction(bracket.upper)
    else:
        lower, upper = least * abs(least) / sum(x * x for x in w), sum(x * x for x in v)
        assert Fraction(bracket.lower) * abs(Fraction(bracket.lower)) <= lower <= upper
        assert upper <= Fraction(bracket.upper) ** 2
    assert (bracket.exact_lower, bracket.exact_upper) == (lower, upper)
    assert (
        math.nextafter(bracket.upper, 0) <= math.nextafter(bracket.lower, math.inf)
        or bracket.relative_width > 1e-16
    )


@given(datasets())
@settings(deadline=None)
def test_drawn_data_get_narrow_proved_brackets(data: Any) -> None:
    for margin in (l2_margin(data.exact), linf_margin(data.exact)):
        assert_proved(data.exact, margin.bracket)
        assert margin.bracket.relative_width <= DEMANDED


@given(degenerate())
@settings(deadline=None)
def test_degenerate_data_too(data: Any) -> None:
    for margin in (l2_margin(data.exact), linf_margin(data.exact)):
        assert margin.bracket.lower > 0
        assert margin.bracket.relative_width <= DEMANDED


@pytest.mark.parametrize("name", SMALL)
def test_small_built_in_sets(name: str) -> None:
    data = load(name)
    for margin in (l2_margin(data.exact), linf_margin(data.exact)):
        assert_proved(data.exact, margin.bracket)
        assert margin.bracket.relative_width <= DEMANDED


@pytest.mark.parametrize("name", ["wdbc", "digits01+bias", "gaussian-1000x100"])
def test_badly_scaled_and_large_sets(name: str) -> None:
    X = load(name).X
    for margin in (l2_margin(X), linf_margin(X)):
        assert margin.bracket.relative_width <= DEMANDED


@pytest.mark.parametrize("name", ["two-limits", "gaussian", "iris"])
def test_clarabel_agrees(name: str) -> None:
    """Brackets of one number overlap, each proved; Clarabel's is as wide as its tolerance 1e-13 allows."""
    X = load(name).X
    metric = np.arange(1, X.shape[1] + 1) / 4
    pairs = [
        (l2_margin(X), by_cvxpy(X, "l2")),
        (linf_margin(X), by_cvxpy(X, "linf")),
        (mahalanobis_margin(X, metric), by_cvxpy(X, "mahalanobis", metric)),
    ]
    for fast, reference in pairs:
        assert reference.lower <= fast.bracket.upper
        assert fast.bracket.lower <= reference.upper
        assert reference.relative_width <= 1e-6  # the square root of Clarabel's 1e-13, rounded up


def test_scikit_learn_agrees() -> None:
    svm = pytest.importorskip("sklearn.svm")
    data = load("iris")
    signs = np.array(data.labels)
    machine = svm.SVC(kernel="linear", C=1e10, tol=1e-8).fit(
        np.vstack([data.X * signs[:, None], np.zeros((1, data.n_features))])[:-1], signs
    )
    w = machine.coef_[0]
    biased = data.with_bias()
    # SVC's bias is not penalised, so its margin is at least that of the set with a bias column
    assert (biased.X @ np.r_[w, machine.intercept_]).min() / np.linalg.norm(w) >= l2_margin(
        biased.X
    ).bracket.lower


def test_two_limits_by_hand() -> None:
    """γ_2 = 19/5 in direction (3, 4)/5 and γ_∞ = 5 in direction (1, 1)."""
    X = [[5, 1], [1, 4]]
    l2, linf = l2_margin(X), linf_margin(X)
    assert l2.bracket.lower <= 3.8 <= l2.bracket.upper
    np.testing.assert_allclose(l2.direction, [0.6, 0.8], rtol=4 * 2**-52)  # two float64 roundings and a norm
    assert (linf.value, linf.unique, linf.direction.tolist()) == (5.0, True, [1.0, 1.0])
    assert linf.dual.tolist() == [0.0, 1.0]


def test_sr4s_face() -> None:
    data = load("sr4")
    margin = linf_margin(data.exact)
    assert (margin.bracket.exact_lower, margin.bracket.exact_upper, margin.unique) == (3, 3, False)
    low, high = linf_face(margin, data.exact)
    # γ is relaxed by 1e-12 and HiGHS feasible to 1e-7
    np.testing.assert_allclose(low, [1, 1, 0.875, 0], atol=1e-6)
    np.testing.assert_allclose(high, [1, 1, 1, 0.125], atol=1e-6)


@pytest.mark.parametrize(
    ("X", "unique"),
    [
        ([[1, 0]], False),
        ([[1, 2]], True),
        ([[3]], True),
        ([[1, 1], [1, -1]], True),  # w_2 = 0 by both rows
        ([[1, 0], [1, 0]], False),
        ([[1, 0, 1], [1, 0, -1]], False),
        ([[2, 1], [2, 1], [4, 2]], True),
        ([[1, 1, 0], [1, -1, 0], [2, 0, 1]], False),  # the third row stays slack for w_3 near 0
        ([[1, 1], [1, -1], [1, 1]], True),
    ],
)
def test_uniqueness_is_decided(X: list[list[int]], unique: bool) -> None:
    margin = linf_margin(X)
    assert margin.unique is unique
    assert margin.bracket.relative_width <= DEMANDED


@given(st.lists(st.lists(st.integers(-3, 3), min_size=3, max_size=3), min_size=1, max_size=4))
@settings(deadline=None)
def test_uniqueness_agrees_with_the_measured_face(rows: list[list[int]]) -> None:
    """Integers up to 3: a face with more than one point is longer than 1e-3, far above HiGHS's 1e-7."""
    try:
        margin = linf_margin(rows)
    except NotSeparableError:
        return
    assert margin.unique is not None
    from marginproof.theory.margins.face import face_bounds

    low, high = face_bounds(np.array(rows, dtype=float), margin.value)
    assert margin.unique == bool((high - low < 1e-3).all())


@given(separable(), st.integers(0, 2**32 - 1))
def test_a_poor_witness_gives_a_wide_bracket_never_a_wrong_one(data: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, d = data.X.shape
    c = rng.dirichlet(np.ones(n))
    for margin in (l2_margin(data.exact), linf_margin(data.exact)):
        poor = exact_bracket(data.exact, rng.standard_normal(d), c, margin.norm)
        assert poor.lower <= margin.bracket.upper
        assert poor.upper >= margin.bracket.lower


@pytest.mark.parametrize(
    ("w", "c", "norm", "says"),
    [
        ([1, 1], [Fraction(3, 2), Fraction(-1, 2)], "l2", "is negative"),
        ([1, 1], [Fraction(1, 2), Fraction(1, 3)], "l2", "is not 1"),
        ([1, 1], np.array([0.5, 0.5000001]), "linf", "is not 1"),
        ([0, 0], [1, 0], "linf", "w=0"),
        ([1], [1, 0], "linf", "w.shape"),
        ([1, 1], [1], "linf", "c.shape"),
        ([1, math.nan], [1, 0], "linf", "not finite"),
        ([1, 1], [1, 0], "l3", "norm=l3"),
    ],
)
def test_a_false_witness_is_refused(w: Any, c: Any, norm: str, says: str) -> None:
    with pytest.raises(MarginproofError, match=says):
        exact_bracket([[5, 1], [1, 4]], w, c, norm)


def test_rounded_weights_are_put_on_the_simplex() -> None:
    bracket = exact_bracket([[5, 1], [1, 4]], [3.0, 4.0], np.array([0.1, 0.2, 0.7])[:2] / 0.3, "l2")
    assert sum(bracket.dual) == 1


@given(separable(), st.data())
def test_mahalanobis_is_l2_after_scaling(data: Any, draw: st.DataObject) -> None:
    roots = [Fraction(draw.draw(st.integers(1, 8)), 4) for _ in range(data.n_features)]
    scaled = data.exact / np.array(roots, dtype=object)
    margin = mahalanobis_margin(data.exact, np.array([r * r for r in roots], dtype=object))
    other = l2_margin(scaled)
    assert margin.bracket.relative_width <= DEMANDED
    assert margin.bracket.lower <= other.bracket.upper
    assert other.bracket.lower <= margin.bracket.upper


@pytest.mark.parametrize("metric", [[1, 0], [1, -1], [1], [1, math.inf]])
def test_a_metric_that_is_no_metric_is_refused(metric: list[float]) -> None:
    with pytest.raises(MarginproofError, match="metric"):
        mahalanobis_margin([[5, 1], [1, 4]], metric)


@pytest.mark.parametrize("solve", [l2_margin, linf_margin])
def test_bad_data_are_refused(solve: Any) -> None:
    for X, says in (
        (np.ones(3), "shape"),
        (np.zeros((0, 2)), "shape"),
        (np.array([[math.nan, 1.0]]), "finite"),
    ):
        with pytest.raises(MarginproofError, match=says):
            solve(X)
    for rows in ([[1, 0], [-1, 0]], [[0, 0], [1, 1]], [[0, 1], [0, -1], [1, 5]]):
        with pytest.raises(NotSeparableError) as caught:
            solve(rows)
        assert caught.value.weights is not None


@given(st.lists(st.floats(-1e300, 1e300, allow_subnormal=True), min_size=1, max_size=8))
def test_integers_stand_for_the_very_floats(values: list[float]) -> None:
    X = np.array([values])
    rows = IntegerRows.of(X)
    assert [Fraction(int(v), rows.denominator) for v in rows.integers.ravel()] == [
        Fraction(v) for v in values
    ]
