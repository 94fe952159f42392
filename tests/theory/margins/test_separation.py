"""Three-way separation: the classic tables with exact values, a linear program as judge, certificates refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from marginproof.constructions.builtin import load
from marginproof.theory.margins import diverging as module
from marginproof.theory.margins.diverging import diverging
from marginproof.theory.margins.separation import (
    Status,
    is_certificate,
    rows_whose_loss_separates,
    separation,
)

EIGHT = ([(1, 3), (2, 2), (3, -1), (3, -1), (5, 2), (6, 4), (10, 1), (11, 0)], [0] * 4 + [1] * 4)
TEN = (
    [(1, 3), (2, 0), (3, -1), (3, 4), (3, 1), (4, 0), (5, 2), (6, 7), (10, 3), (11, 4)],
    [0] * 4 + [1] * 6,
)
FOUR = ([(1,), (2,), (3,), (4,)], [0, 0, 1, 1])
TIED = ([(-1,), (0,), (0,), (1,)], [0, 0, 1, 1])
"""A review thread's counterexample: the two rows in the middle are equal but for the label."""
COLLINEAR = ([(1, 0), (1, 0), (1, 2), (1, 1)], [1, 1, 0, 0])
"""statsmodels issue 659: with the intercept two columns of ones."""
R_HELP = (
    [
        (Fraction(x),)
        for x in ("-5.8", "-4.8", "-2.8666667", "-0.8666667", "-0.7333333", "-1.6666667", "-0.1333333", "1.2")
    ],
    [0] * 6 + [1] * 2,
)
"""R-help, 10 September 2003, "logistic regression for a data set with perfect separation"."""
PURCHASES = (
    [(25, 50000), (36, 72000), (28, 61000), (41, 90000), (29, 65000), (33, 80000)],
    [0, 1, 0, 1, 0, 1],
)
"""A tutorial that prints a finite fit of these separated rows."""
ONE_WAY = ([(1,), (1,), (0,), (0,)], [1, 1, 0, 1])
"""statsmodels issue 1705: x = 1 only ever with y = 1."""
ENDOMETRIAL = (
    [
        (1, 13, 2),
        (1, 16, 1),
        (1, 8, 2),
        (0, 13, 1),
        (0, 16, 2),
        (0, 11, 1),
        (0, 12, 2),
        (0, 15, 2),
        (0, 9, 1),
    ],
    [1, 1, 1, 0, 1, 1, 0, 0, 1],
)
"""Like the endometrial cancer study: the first column only ever occurs with the class 1, the others overlap."""


def folded(table: tuple[list[Any], list[int]], intercept: bool = True) -> list[list[int]]:
    rows, labels = table
    return [
        [(1 if label else -1) * x for x in ((*row, 1) if intercept else row)]
        for row, label in zip(rows, labels, strict=True)
    ]


@pytest.mark.parametrize(
    ("table", "intercept", "status", "boundary", "limits"),
    [
        (EIGHT, True, "complete", (), ("+inf", "+inf", "-inf")),
        (EIGHT, False, "overlap", tuple(range(8)), ("finite", "finite")),
        (TEN, True, "quasi-complete", (2, 3, 4), ("+inf", "finite", "-inf")),
        (TEN, False, "overlap", tuple(range(10)), ("finite", "finite")),
        (FOUR, True, "complete", (), ("+inf", "-inf")),
        (FOUR, False, "overlap", (0, 1, 2, 3), ("finite",)),
        (TIED, True, "quasi-complete", (1, 2), ("+inf", "finite")),
        (TIED, False, "quasi-complete", (1, 2), ("+inf",)),
        (COLLINEAR, True, "complete", (), ("+inf", "-inf", "+inf")),
        (R_HELP, True, "complete", (), ("+inf", "+inf")),
        (R_HELP, False, "overlap", tuple(range(8)), ("finite",)),
        (PURCHASES, True, "complete", (), ("+inf", "+inf", "-inf")),
        (ONE_WAY, True, "quasi-complete", (2, 3), ("+inf", "finite")),
        (ENDOMETRIAL, True, "quasi-complete", (3, 4, 5, 6, 7, 8), ("+inf", "finite", "finite", "finite")),
    ],
)
def test_classic_tables(
    table: Any, intercept: bool, status: str, boundary: tuple[int, ...], limits: tuple[str, ...]
) -> None:
    rows = folded(table, intercept)
    found = separation(rows)
    assert (found.status.value, found.boundary) == (status, boundary)
    assert diverging(rows, found) == limits


def test_the_ten_row_table_has_its_exact_direction_and_weights() -> None:
    found = separation(folded(TEN))
    assert found.direction == (1, 0, -3)  # X1 = 3 parts the classes
    assert found.weights is not None
    assert [found.weights[i] for i in found.boundary] == [Fraction(3, 10), Fraction(1, 5), Fraction(1, 2)]


def test_rows_that_alone_stand_in_the_way() -> None:
    rows = folded(TEN)
    assert rows_whose_loss_separates(rows, separation(rows)) == [2, 3, 4]
    rows = [[1, 0], [2, 1], [-1, 0], [-1, 0]]  # two equal rows against one: only the one
    assert rows_whose_loss_separates(rows, separation(rows)) == [0]
    rows = [[1], [1], [-1], [-1]]
    assert rows_whose_loss_separates(rows, separation(rows)) == []


small_rows = st.integers(1, 4).flatmap(
    lambda d: st.lists(st.lists(st.integers(-2, 2), min_size=d, max_size=d), min_size=1, max_size=7)
)


@given(small_rows)
def test_a_linear_program_finds_the_same_boundary(rows: list[list[int]]) -> None:
    X = np.array(rows, dtype=float)
    n, d = X.shape
    cost = np.r_[np.zeros(d), -np.ones(n)]  # as many margins as possible up to 1
    answer = linprog(
        cost, A_ub=np.c_[-X, np.eye(n)], b_ub=np.zeros(n), bounds=[(None, None)] * d + [(0, 1)] * n
    )
    found = separation(rows)
    assert found.boundary == tuple(np.flatnonzero(answer.x[d:] < 0.5))
    expected = {0: Status.COMPLETE, n: Status.OVERLAP}.get(len(found.boundary), Status.QUASI_COMPLETE)
    assert found.status is expected


@given(small_rows, st.data())
def test_a_wrong_certificate_is_refused(rows: list[list[int]], data: st.DataObject) -> None:
    found = separation(rows)
    w = list(found.direction or [0] * len(rows[0]))
    c = list(found.weights or [Fraction(0)] * len(rows))
    assert is_certificate(rows, w, tuple(c))
    i = data.draw(st.integers(0, len(rows) - 1))
    c[i] = (
        Fraction(0) if c[i] else Fraction(1)
    )  # off the boundary, or on it: no longer exactly one is positive
    assert not is_certificate(rows, w, tuple(c))


def test_a_symmetric_table_keeps_its_intercept_finite() -> None:
    rows = folded(([(-2,), (-1,), (1,), (2,)], [0, 0, 1, 1]))
    assert diverging(rows, separation(rows)) == ("+inf", "finite")


def test_a_row_on_the_margin_without_weight_decides_at_the_next_rate() -> None:
    # û = (1, 0) is carried by the first row; the second is on the margin too, with weight 0, and grows like log log
    rows = [[1, 0], [1, 1], [2, -1]]
    assert diverging(rows, separation(rows)) == ("+inf", "+inf")
    assert diverging(rows[:1], separation(rows[:1])) == ("+inf", "finite")


def test_gradient_descent_follows_the_signs() -> None:
    X = np.array(folded(ENDOMETRIAL), dtype=float)
    w = np.zeros(4)
    scale = np.abs(X).max(axis=0)
    for _ in range(20_000):
        w += 0.5 * ((X / scale).T @ (1 / (1 + np.exp(X / scale @ w)))) / len(X)
    before = w.copy()
    for _ in range(20_000):
        w += 0.5 * ((X / scale).T @ (1 / (1 + np.exp(X / scale @ w)))) / len(X)
    grown = w - before
    assert (
        grown[0] > 0.4
    )  # log 2 of growth at each doubling of the time, up to the last coefficients' settling
    assert np.abs(grown[1:]).max() < 0.2


def test_float_rows_are_decided_as_the_dyadics_they_are() -> None:
    X = np.array([[3.0, 1.0], [-0.3, -0.1]])
    assert separation(X).status is Status.COMPLETE  # in float64 0.3 is not three times 0.1
    assert separation([[3, 1], [Fraction(-3, 10), Fraction(-1, 10)]]).status is Status.OVERLAP


def test_built_in_sets_are_completely_separable() -> None:
    data = load("iris")
    assert separation(data.entries).status is Status.COMPLETE
    assert diverging(data.entries, separation(data.entries)) == ("+inf", "+inf", "-inf", "-inf")


@given(small_rows)
def test_signs_by_bracket_and_in_rationals_agree(rows: list[list[int]]) -> None:
    found = separation(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "by_bracket", lambda margin, open_: dict.fromkeys(open_, module.UNDECIDED))
        exact = diverging(rows, found)
    assert diverging(rows, found) == exact
    assert module.UNDECIDED not in exact
    scores = np.array(rows) @ np.array([{"+inf": 1, "-inf": -1}.get(limit, 0) for limit in exact])
    assert found.status is Status.OVERLAP or scores.any()  # something diverges where no fit exists


def test_columns_of_very_different_size_are_decided() -> None:
    rng = np.random.default_rng(1)
    for _ in range(3):
        X = rng.standard_normal((8, 4)) * 10.0 ** rng.integers(-30, 30, (1, 4))
        X[1] = -X[0]  # quasi-complete or overlap
        assert module.UNDECIDED not in diverging(X, separation(X))


@pytest.mark.parametrize("seed", [1041, 1074])
def test_numbers_beyond_float64_on_the_way_do_not_stop_it(seed):
    """Columns from 1e-6 to 1e6, two rows that span the boundary: û has integers of a thousand bits."""
    rng = np.random.default_rng(seed)
    n, d = rng.integers(1, 15), rng.integers(1, 40)
    X = (rng.random((n, d)) < 0.3) * rng.standard_normal((n, d)) * 10.0 ** rng.integers(-6, 7, size=(1, d))
    X = np.vstack([X, X[:1], -X[-1:] * 2]) if seed % 3 == 0 else X
    assert "undecided" not in diverging(X, separation(X))
