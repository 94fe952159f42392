"""Separators and Farkas certificates, both verified here by plain fractions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marginproof.constructions.builtin import load
from marginproof.constructions.strategies import separable
from marginproof.theory.errors import NotSeparableError
from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.margins.separability import (
    _decide_exactly,
    decide,
    farkas,
    is_farkas,
    require_separable,
    separates,
    separator,
)


def exactly(X: Any) -> list[list[Fraction]]:
    return [[Fraction(x) for x in row] for row in np.asarray(X).tolist()]


def assert_separates(X: Any, w: tuple[int, ...]) -> None:
    assert all(isinstance(v, int) for v in w)
    assert all(sum(a * b for a, b in zip(row, w, strict=True)) > 0 for row in exactly(X))


def assert_farkas(X: Any, c: tuple[Fraction, ...]) -> None:
    assert min(c) >= 0
    assert sum(c) == 1
    assert all(
        sum(a * b for a, b in zip(column, c, strict=True)) == 0 for column in zip(*exactly(X), strict=True)
    )


small_rows = st.integers(1, 4).flatmap(
    lambda d: st.lists(st.lists(st.integers(-4, 4), min_size=d, max_size=d), min_size=1, max_size=6)
)


@given(small_rows)
def test_exactly_one_alternative_holds(rows: list[list[int]]) -> None:
    w, c = decide(rows)
    assert (w is None) != (c is None)
    if w is not None:
        assert_separates(rows, w)
    else:
        assert c is not None
        assert_farkas(rows, c)


@given(small_rows)
def test_the_exact_simplex_agrees_with_the_fast_route(rows: list[list[int]]) -> None:
    w, c = _decide_exactly(IntegerRows.of(rows))
    assert (w is None) == (separator(rows) is None)
    if w is not None:
        assert_separates(rows, tuple(w))
    else:
        assert c is not None
        assert_farkas(rows, c)


@given(separable())
def test_drawn_separable_data_are_separated(data: Any) -> None:
    assert_separates(data.exact, require_separable(data.exact))


@pytest.mark.parametrize(
    "rows",
    [
        [[1, 0], [-1, 0]],  # opposite rows
        [[1, 2], [0, 0]],  # a zero row: X w >= 0 but never > 0
        [[0, 1], [0, -1], [1, 5]],  # the border: w = (1, 0) has X w >= 0 and X w ≠ 0
        [[1, 1], [-1, 1], [0, -1]],
        [["1/3", "1/7"], ["-2/3", "-2/7"]],
    ],
)
def test_border_and_inseparable_rows_are_refused_with_proof(rows: Any) -> None:
    with pytest.raises(NotSeparableError, match="not linearly separable") as caught:
        require_separable([[Fraction(x) for x in row] for row in rows])
    assert caught.value.weights is not None
    assert_farkas([[Fraction(x) for x in row] for row in rows], caught.value.weights)


def test_a_margin_of_one_part_in_ten_to_the_thirtieth_is_still_a_margin() -> None:
    tiny = Fraction(1, 10**30)
    assert_separates(
        [[1, 0], [-1, tiny]], require_separable([[Fraction(1), Fraction(0)], [Fraction(-1), tiny]])
    )
    flat = [[Fraction(1), tiny], [Fraction(-1), -tiny]]
    assert_farkas(flat, farkas(flat))  # type: ignore[arg-type]


def test_a_false_certificate_is_refused() -> None:
    rows = IntegerRows.of([[1, 0], [-2, 0]])
    assert is_farkas(rows, (Fraction(2, 3), Fraction(1, 3)))
    assert not is_farkas(rows, (Fraction(1, 3), Fraction(2, 3)))
    assert not is_farkas(rows, (Fraction(-2, 3), Fraction(-1, 3)))
    assert not is_farkas(rows, (Fraction(4, 3), Fraction(2, 3)))
    assert not is_farkas(rows, (Fraction(1),))
    assert not separates(rows, [1, 0])


def test_real_data_are_separated_and_their_mirror_image_is_not() -> None:
    X = load("wdbc").exact
    assert_separates(X, require_separable(X))
    mirrored = np.vstack([X[:40], -X[:1]])
    c = farkas(mirrored)
    assert c is not None
    assert_farkas(mirrored, c)
