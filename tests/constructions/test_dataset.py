"""Dataset: exact entries, the float view, folding, zeros, equality."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from fractions import Fraction

import numpy as np
import pytest

from marginproof.constructions.dataset import PAPER_ASSUMES_NO_ZERO, Dataset
from marginproof.constructions.entries import EXACT_CELLS
from marginproof.theory.errors import MarginproofError


def test_entries_given_as_text_are_exact() -> None:
    data = Dataset.of([["0.1", "1/3"], [2, Fraction(5, 7)]])
    assert data.is_exact
    assert data.exact.tolist() == [[Fraction(1, 10), Fraction(1, 3)], [Fraction(2), Fraction(5, 7)]]
    assert data.X.tolist() == [[0.1, 1 / 3], [2.0, 5 / 7]]
    assert data.rounded


def test_float_entries_are_dyadics_so_nothing_is_rounded() -> None:
    data = Dataset.of(np.array([[0.1, -2.5]]))
    assert not data.is_exact
    assert data.exact[0, 0] == Fraction(0.1) != Fraction(1, 10)
    assert not data.rounded
    assert not Dataset.of([[1, 2], [3, 4]]).rounded


def test_float32_entries_keep_their_value() -> None:
    data = Dataset.of(np.array([[0.1]], dtype=np.float32))
    assert data.X[0, 0] == float(np.float32(0.1)) != 0.1


@pytest.mark.parametrize("rows", [[[1, 2], [3, 4]], np.array([[1.0, 2.0], [3.0, 4.0]])])
def test_labels_are_folded_into_rows(rows: object) -> None:
    data = Dataset.of(rows, labels=[1, -1])
    assert data.X.tolist() == [[1, 2], [-3, -4]]
    assert data.labels == (1, -1)


@pytest.mark.parametrize("rows", [[["1", "2"], ["3", "4"]], np.array([[1.0, 2.0], [3.0, 4.0]])])
def test_bias_column_carries_the_label(rows: object) -> None:
    data = Dataset.of(rows, "d", labels=[1, -1]).with_bias()
    assert data.X.tolist() == [[1, 2, 1], [-3, -4, -1]]
    assert data.exact[1, 2] == Fraction(-1)
    assert data.column_names == ("feature1", "feature2", "bias")
    assert data.name == "d+bias"


def test_bias_needs_labels() -> None:
    with pytest.raises(MarginproofError, match="data=d has rows with labels already folded in"):
        Dataset.of([[1, 2]], "d").with_bias()


def test_zero_columns_are_dropped_with_a_notice() -> None:
    data = Dataset.of([[1, 0, 2], [3, 0, 0]], column_names=["a", "b", "c"])
    assert data.column_names == ("a", "c")
    assert data.X.tolist() == [[1, 2], [3, 0]]
    dropped, zeros = data.notices
    assert "dropped 1 all-zero column(s)" in dropped
    assert dropped.endswith(": b")
    assert zeros == f"1 of 4 entries are zero; {PAPER_ASSUMES_NO_ZERO}"


def test_no_notice_without_zeros() -> None:
    assert Dataset.of([[1, 2], [3, 4]]).notices == ()


def test_negative_zero_is_zero() -> None:
    folded = Dataset.of(np.array([[0.0, 1.0], [2.0, 3.0]]), labels=[-1, 1])
    assert not np.signbit(folded.X[0, 0])


def test_arrays_are_read_only_and_the_set_frozen() -> None:
    data = Dataset.of([[1, 2]])
    with pytest.raises(ValueError, match="read-only"):
        data.X[0, 0] = 5
    with pytest.raises(ValueError, match="read-only"):
        data.exact[0, 0] = 5
    with pytest.raises(FrozenInstanceError):
        data.name = "other"  # type: ignore[misc]


def test_the_callers_array_is_copied() -> None:
    rows = np.array([[1.0, 2.0]])
    data = Dataset.of(rows)
    rows[0, 0] = 7.0
    assert data.X[0, 0] == 1.0


def test_equality_compares_exact_entries() -> None:
    exact, same = Dataset.of([["1/2", 1]]), Dataset.of(np.array([[0.5, 1.0]]), "another name")
    assert exact == same
    assert hash(exact) == hash(same)
    assert Dataset.of([["0.1"]]) != Dataset.of(np.array([[0.1]]))  # equal in float64 only
    assert Dataset.of([[1], [2]]) != Dataset.of([[1], [2]], labels=[1, 1])
    assert Dataset.of([[1, 2]]) != Dataset.of([[1], [2]])
    assert exact != "data"


def test_large_sequences_fall_back_to_float64() -> None:
    data = Dataset.of([[1] * 1000] * (EXACT_CELLS // 1000 + 1))
    assert not data.is_exact
    assert data.X[0, 0] == 1.0


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[1, 2], [3]], "row 2 has 1 entries where row 1 has 2"),
        ([], "has no entries"),
        ([[]], "has no entries"),
        ([[1, "abc"]], "entry 'abc' in row 1, column 2 is not a finite number"),
        ([[1, None]], "entry None in row 1, column 2"),
        ([[1, float("nan")]], "entry nan in row 1, column 2"),
        ([[1, float("inf")]], "entry inf in row 1, column 2"),
        ([["1/0"]], "entry '1/0' in row 1, column 1"),
        ([[10**400]], "entry 1000000000000000000000000… in row 1, column 1 is outside 1e-75..1e75"),
        ([[0, 0]], "only zero entries"),
        (np.zeros((0, 2)), "has shape"),
        (np.ones(3), "has shape"),
        (np.array([[1.0, np.nan]]), "entry nan in row 1, column 2 is not finite"),
        (np.array([[1.0, -np.inf]]), "entry -inf in row 1, column 2 is not finite"),
    ],
)
def test_bad_rows_are_refused(rows: object, message: str) -> None:
    with pytest.raises(MarginproofError, match="data=bad") as caught:
        Dataset.of(rows, "bad")
    assert message in str(caught.value)


@pytest.mark.parametrize("labels", [[1], [1, 0], [1, 2], [1, -1, 1]])
def test_bad_labels_are_refused(labels: list[int]) -> None:
    with pytest.raises(MarginproofError, match="each -1 or 1"):
        Dataset.of([[1], [2]], labels=labels)
