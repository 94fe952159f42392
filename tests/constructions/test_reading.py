"""Files that are accepted, and what they become; the refusals are in tests/cli/test_bad_input.py."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from marginproof.constructions.builtin import load, read
from marginproof.constructions.entries import EXACT_CELLS
from marginproof.theory.errors import MarginproofError

SPAM = [[Fraction(1, 10), Fraction(2)], [Fraction(-3), Fraction(4)]]
"""Rows (0.1, 2) with the larger label and (3, -4) with the smaller, folded."""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "0.1,2,1\n3,-4,-1\n",
        "0.1,2,1\n3,-4,0\n",
        "0.1,2,7\n3,-4,6.5\n",
        "a,b,c\n0.1,2,1\n3,-4,0\n",
        "label,a,b\n1,0.1,2\n0,3,-4\n",
        "a,y,b\n0.1,1,2\n3,0,-4\n",
        "1/10,2,spam\n3,-4,ham\n",
        "a,b,kind\n0.1,2,spam\n3,-4,ham\n",
        "\ufeffa,b,c\r\n0.1,2,1\r\n3,-4,0\r\n",
        "# comment\n\n 1e-1 , 2 , +1 \n3,-4,-1\n",
        '"a","b","c"\n"0.1","2","1"\n"3","-4","0"\n',
        ",a,b,c\nfirst,0.1,2,1\nsecond,3,-4,0\n",
        "0.1,2,10\n3,-4,9\n",  # as numbers 10 > 9; as texts it is not
    ],
)
def test_csv_spellings_of_the_same_data(tmp_path: Path, text: str) -> None:
    data = read(write(tmp_path / "d.csv", text))
    assert data.exact.tolist() == SPAM
    assert data.labels == (1, -1)


def test_row_names_stand_under_an_empty_header_cell(tmp_path: Path) -> None:
    data = read(write(tmp_path / "d.csv", ",a,c\nfirst,0.1,1\nsecond,3,0\n"))
    assert data.row_names == ("first", "second")
    assert data.column_names == ("a",)


@pytest.mark.parametrize("label", ["1", "kind"])
def test_label_column_by_number_or_name(tmp_path: Path, label: str) -> None:
    header = "" if label == "1" else "kind,a,b\n"
    data = read(write(tmp_path / "d.csv", header + "1,0.1,2\n0,3,-4\n"), label=label)
    assert data.exact.tolist() == SPAM


def test_label_by_name_wins_over_the_default(tmp_path: Path) -> None:
    data = read(write(tmp_path / "d.csv", "kind,a,label\n1,0.1,2\n0,3,-4\n"), label="kind")
    assert data.column_names == ("a", "label")


def test_words_as_labels_need_no_header(tmp_path: Path) -> None:
    data = read(write(tmp_path / "d.csv", "0.1,2,spam\n3,-4,ham\n3,-5,ham\n"))
    assert data.exact.tolist() == [*SPAM, [-3, 5]]


def test_folded_keeps_every_column(tmp_path: Path) -> None:
    data = read(write(tmp_path / "d.csv", "5,1\n1,4\n"), folded=True)
    assert data == load("two-limits")
    assert data.labels is None


def test_bias_option_and_suffix_agree(tmp_path: Path) -> None:
    assert read("iris", bias=True) == load("iris+bias") == read("iris+bias")
    data = read(write(tmp_path / "d.csv", "0.1,2,1\n3,-4,0\n"), bias=True)
    assert data.exact[:, -1].tolist() == [1, -1]


@pytest.mark.parametrize(
    "content",
    [
        [["1/10", 2, 1], [3, -4, 0]],
        [[0.1, 2, 1], [3, -4, 0]],
        {"rows": [["0.1", 2], [3, -4]], "labels": [1, -1]},
        {"rows": [["0.1", 2], [3, -4]], "labels": ["yes", "no"], "columns": ["a", "b"]},
        {"rows": [[1, "0.1", 2], [0, 3, -4]], "columns": ["y", "a", "b"]},
        {"rows": [["0.1", 2], [3, -4]], "labels": [True, False]},
    ],
)
def test_json_spellings_of_the_same_data(tmp_path: Path, content: object) -> None:
    assert read(write(tmp_path / "d.json", json.dumps(content))).exact.tolist() == SPAM


def test_npz_takes_x_and_y(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", X=np.array([[0.5, 2.0], [3.0, -4.0]]), y=np.array([1, 0]))
    data = read(tmp_path / "d.npz")
    assert data.X.tolist() == [[0.5, 2.0], [-3.0, 4.0]]
    np.savez(tmp_path / "f.npz", X=np.array([[5, 1], [1, 4]]))
    assert read(tmp_path / "f.npz", folded=True) == load("two-limits")


def test_npz_takes_labels_of_text(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", X=np.array([[0.5, 2.0], [3.0, -4.0]]), y=np.array(["spam", "ham"]))
    assert read(tmp_path / "d.npz").labels == (1, -1)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.uint8])
def test_npy_takes_the_last_column_for_the_label(tmp_path: Path, dtype: type) -> None:
    np.save(tmp_path / "d.npy", np.array([[1, 2, 1], [3, 4, 0]], dtype=dtype))
    data = read(tmp_path / "d.npy")
    assert data.X.tolist() == [[1, 2], [-3, -4]]


def test_suffix_is_read_in_any_case(tmp_path: Path) -> None:
    assert read(write(tmp_path / "d.CSV", "0.1,2,1\n3,-4,0\n")).exact.tolist() == SPAM


@given(st.lists(st.tuples(st.fractions(), st.fractions()), min_size=2, max_size=5))
def test_json_fractions_round_trip(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Fraction, Fraction]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "round.json"
    path.write_text(json.dumps([[str(p), str(q)] for p, q in rows]), encoding="utf-8")
    kept = [k for k in range(2) if any(row[k] for row in rows)]  # columns of zeros alone are dropped
    assume(kept)
    assert read(path, folded=True).exact.tolist() == [[row[k] for k in kept] for row in rows]


def test_large_files_are_read_in_float64(tmp_path: Path) -> None:
    row = ",".join(["0.1"] * 1000)
    lines = [f"{row},{i % 2}" for i in range(EXACT_CELLS // 1000 + 1)]
    data = read(write(tmp_path / "big.csv", "\n".join(lines)))
    assert not data.is_exact
    assert data.X[1, 0] == 0.1
    lines[7] = lines[7].replace("0.1", "1/4", 1)
    assert read(write(tmp_path / "big.csv", "\n".join(lines))).X[7, 0] == 0.25
    for bad in ("oops", "nan", ""):
        lines[7] = f"{bad},{row[4:]},1"
        with pytest.raises(MarginproofError, match="in row 8, column 1"):
            read(write(tmp_path / "big.csv", "\n".join(lines)))


def test_large_integer_arrays_are_read_in_float64(tmp_path: Path) -> None:
    rows = np.ones((2, EXACT_CELLS), dtype=np.int64)
    rows[1, -1] = 0
    np.save(tmp_path / "big.npy", rows)
    assert read(tmp_path / "big.npy").X.shape == (2, EXACT_CELLS - 1)
