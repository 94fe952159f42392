"""Dataset: exact entries, the float view, folding, zeros, equality."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import coo_matrix, csr_array

from marginproof.constructions.dataset import PAPER_ASSUMES_NO_ZERO, Dataset
from marginproof.constructions.entries import EXACT_CELLS
from marginproof.constructions.sparse import SparseDataset
from marginproof.theory.errors import MarginproofError


def test_labels_stand_second_and_the_former_order_is_taken() -> None:
    rows, labels = np.array([[2.0, 1.0], [-1.0, -3.0]]), np.array([1, 0])
    wanted = Dataset.of(rows, labels=labels)
    assert wanted.labels == (1, -1)
    assert Dataset.of(rows, labels) == wanted
    for data in (Dataset.of(rows, labels, "d"), Dataset.of(rows, "d", labels)):
        assert (data, data.name) == (wanted, "d")
    assert Dataset.of(rows, "d", labels=labels) == wanted
    assert Dataset.of(rows, "d").labels is None
    with pytest.raises(MarginproofError, match="is not a text; give labels as the second argument"):
        Dataset.of(rows, name=labels)


def test_a_text_beside_a_frame_is_its_column() -> None:
    frame = pd.DataFrame({"a": [2, -1], "kind": ["yes", "no"]})
    wanted = Dataset.of(frame, labels="kind")
    assert Dataset.of(frame, "kind") == wanted
    for data in (Dataset.of(frame, "kind", "d"), Dataset.of(frame, "d", "kind")):
        assert (data, data.name) == (wanted, "d")
    with pytest.raises(MarginproofError, match="labels=kinds is not a column"):
        Dataset.of(frame, "kinds")


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


@pytest.mark.parametrize("kind", [Dataset.of, lambda rows, labels: SparseDataset.of(csr_array(rows), labels)])
def test_a_bias_column_beside_a_constant_one_is_told(kind: Callable[..., Dataset | SparseDataset]) -> None:
    data = kind(np.array([[1.0, 3, 2, 0], [4, 3, 2, 1], [5, 3, -2, 1]]), [1, -1, 1])
    (told,) = (notice for notice in data.with_bias().notices if notice.startswith("bias: "))
    assert "column feature2 is constant already" in told


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
    assert Dataset.of([[1], [2]]) != Dataset.of([[1], [-2]], labels=[1, -1])
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


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([1], "1 labels for 2 rows"),
        ([1, -1, 1], "3 labels for 2 rows"),
        ([2, 2], "labels has 1 distinct value(s) (2)"),
        ([True, True], "labels has 1 distinct value(s)"),
        ([1, None], "labels has None in row 2, which is not a label"),
        ([0.0, float("nan")], "labels has nan in row 2"),
        (np.ones((2, 2)), "labels has shape (2, 2)"),
        ("y", "labels=y names a column, but data=data is not a frame"),
        (np.ma.array([0, 1], mask=[0, 1]), "labels has masked entries"),
    ],
)
def test_bad_labels_are_refused(labels: object, message: str) -> None:
    with pytest.raises(MarginproofError) as caught:
        Dataset.of([[1], [2]], labels=labels)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "labels",
    [
        [1, -1], [1, 0], [2, 1], [True, False], ["spam", "ham"], np.array([1.0, -1.0]), np.array([[1], [0]]),
        np.array([True, False]), np.array(["yes", "no"]), np.matrix([[1], [0]]), [[1], [0]], (7, 6.5),
        pd.Series([1, 0]), pd.Series(["b", "a"], dtype="category"), pd.DataFrame({"y": [1, 0]}), iter([1, 0]),
    ],
)  # fmt: skip
def test_labels_of_any_two_values(labels: object) -> None:
    data = Dataset.of([[1], [2]], labels=labels)
    assert data.labels == (1, -1)
    assert data.exact.tolist() == [[1], [-2]]


ROWS = [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    "rows",
    [
        np.array(ROWS, dtype=np.float16), np.array(ROWS, dtype=np.float32), np.array(ROWS, dtype=np.longdouble),
        np.array(ROWS, dtype=np.uint8), np.array(ROWS, dtype=">i4"), np.matrix(ROWS), np.array(ROWS, dtype=object),
        np.array([["1", "2"], ["3", "4"]]), np.ma.array(ROWS), csr_array(np.array(ROWS)), coo_matrix(np.array(ROWS)),
        pd.DataFrame(ROWS), pd.DataFrame(ROWS).convert_dtypes(), [[Decimal(1), 2], [3, 4]],
        np.array(ROWS, order="F"),
    ],
)  # fmt: skip
def test_rows_of_any_kind(rows: object) -> None:
    assert Dataset.of(rows).exact.tolist() == ROWS


def test_extended_precision_is_kept() -> None:
    third = np.longdouble(1) / 3
    assert Dataset.of(np.array([[third]])).exact[0, 0] == Fraction(*third.as_integer_ratio())


def test_booleans_are_ones_and_zeros() -> None:
    assert Dataset.of(np.array([[True, True], [True, False]])).exact.tolist() == [[1, 1], [1, 0]]


def test_a_data_set_is_returned_as_it_is() -> None:
    data = Dataset.of(ROWS)
    assert Dataset.of(data) is data
    with pytest.raises(MarginproofError, match="has its labels folded in"):
        Dataset.of(data, labels=[1, -1])


def test_frames_name_rows_and_columns_and_keep_whole_numbers_exact() -> None:
    frame = pd.DataFrame(
        {"a": [1, 2**60 + 1], "b": [0.5, 0.25], "kind": ["x", "y"]}, index=["first", "second"]
    )
    data = Dataset.of(frame, "frame", labels="kind")
    assert (data.column_names, data.row_names, data.labels) == (("a", "b"), ("first", "second"), (-1, 1))
    assert data.exact[1, 0] == 2**60 + 1
    same = Dataset.of(frame[["a", "b"]], labels=frame["kind"])
    assert same == data


@pytest.mark.parametrize(
    ("frame", "labels", "message"),
    [
        (
            pd.DataFrame({"a": [1, 2], "c": ["u", "v"]}),
            [0, 1],
            "column 'c' holds 'u', which is not a number; encode",
        ),
        (pd.DataFrame({"a": [1, None]}), [0, 1], "row 2 of column 'a' is a missing value"),
        (
            pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}),
            [0, 1],
            "row 2 of column 'a' is a missing value",
        ),
        (pd.DataFrame({"a": pd.to_datetime(["2020-01-01", "2020-01-02"])}), [0, 1], "column 'a' holds"),
        (pd.DataFrame({"a": [1, 2]}), "y", "labels=y is not a column of data=bad; choose one of a"),
        (pd.DataFrame({"a": [1, 2]}), pd.Series([0, 1], index=[1, 0]), "have another index than its rows"),
        (pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"]), [0, 1], "several columns named 'a'"),
        (
            np.ma.array([[1.0, 2.0], [3.0, 4.0]], mask=[[0, 0], [1, 0]]),
            None,
            "masked entry in row 2, column 1",
        ),
        (np.array([[1j]]), None, "has dtype complex128"),
        (np.array([["2020-01-01"]], dtype="M8[D]"), None, "has dtype datetime64[D]"),
        (coo_matrix((10**6, 10**6)), None, "as dense rows where at most 256 are made"),
    ],
)
def test_frames_and_arrays_that_are_refused(frame: object, labels: object, message: str) -> None:
    with pytest.raises(MarginproofError, match="data=bad") as caught:
        Dataset.of(frame, "bad", labels=labels)
    assert message in str(caught.value)


def test_many_zero_columns_are_named_shortly() -> None:
    notice = Dataset.of([[1] + [0] * 500]).notices[0]
    assert notice.startswith("dropped 500 all-zero column(s)")
    assert notice.endswith("feature9, … 500 in all")
    assert len(notice) < 200


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"1": [1, 2], "2": [3, 4]}, "data=d is given as dict; give a list of rows"),
        ({(1, 2), (3, 4)}, "data=d is given as set; give a list of rows"),
        ("12", "data=d is given as str;"),
        (b"12", "data=d is given as bytes;"),
        (5, "data=d is given as int;"),
        (["12", "34"], "row 1 is given as str; give a list of numbers"),
        ([[1, 2], {"1": 5, "2": 6}], "row 2 is given as dict;"),
        ([{1, 2}, {3, 4}], "row 1 is given as set;"),
        ([1, 2], "row 1 is given as int;"),
    ],
)
def test_what_is_no_list_of_rows_is_refused(rows: object, message: str) -> None:
    """Keys, characters and sets' members were taken for entries."""
    with pytest.raises(MarginproofError, match=message):
        Dataset.of(rows, name="d")


@pytest.mark.parametrize("labels", [{0, 1}, {0: "a", 1: "b"}, b"ab", 5])
def test_labels_without_an_order_are_refused(labels: object) -> None:
    with pytest.raises(
        MarginproofError, match=f"labels given as {type(labels).__name__}; give a list, one label a row"
    ):
        Dataset.of([[1], [2]], labels=labels)
