"""Files read block by block hold the rows that the loading readers give, and refuse what those refuse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from marginproof.constructions import tables
from marginproof.constructions.blocks import must_stream, open_blocks
from marginproof.constructions.builtin import read
from marginproof.constructions.tables import Reading
from marginproof.theory.errors import MarginproofError

ROWS = np.array([[2.0, 0.5, 0.0], [1.0, 2.0, 0.0], [-1.0, -0.5, 0.0], [3.0, -0.25, 0.0], [-2.0, 0.0, 0.0]])
LABELS = np.array([1.0, 1.0, 0.0, 1.0, 0.0])


def written(folder: Path, kind: str) -> Path:
    path = folder / f"d{kind}"
    if kind == ".npy":
        np.save(path, np.c_[ROWS, LABELS].astype(np.float32))
    elif kind == ".parquet":
        columns = {"Class": np.where(LABELS == 1, "yes", "no"), **{f"x{k}": ROWS[:, k] for k in range(3)}}
        parquet.write_table(pa.table(columns), path, row_group_size=2)
    else:
        lines = [
            f"{'+1' if y else '-1'} 1:{a} 2:{b} 3:0 # one" for (a, b, _), y in zip(ROWS, LABELS, strict=True)
        ]
        path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("kind", [".npy", ".parquet", ".svmlight"])
@pytest.mark.parametrize("bias", [False, True])
def test_blocks_hold_the_rows_that_a_reader_gives(tmp_path: Path, kind: str, bias: bool) -> None:
    path = written(tmp_path, kind)
    data = open_blocks(path, bias=bias, block_bytes=2 * 8 * 5)
    blocks = list(data.blocks())
    assert max(len(rows) for _, rows in blocks) == 2
    assert [first for first, _ in blocks] == [0, 2, 4]
    whole = read(path, bias=bias)
    assert np.array_equal(np.vstack([rows for _, rows in blocks]), whole.X)
    assert (data.n_samples, data.n_features) == whole.X.shape
    assert any(notice.startswith("label: ") for notice in data.notices)
    assert any(notice.startswith("dropped 1 all-zero column") for notice in data.notices)


def test_only_large_files_of_these_kinds_must_be_read_in_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, text = written(tmp_path, ".npy"), tmp_path / "d.csv"
    text.write_text("1,2,1\n" * 100)
    assert not must_stream(path)
    monkeypatch.setattr(tables, "MOST_BYTES", 100)
    assert must_stream(path) and not must_stream(text)


@pytest.mark.parametrize("name", ["d.csv", "d.json", "d.libsvm", "d.npy", "d.arff", "d.txt"])
def test_two_gigabytes_named_by_mistake_are_refused_before_they_are_loaded(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(2 * 2**30)  # takes no place on the disk
    with pytest.raises(MarginproofError, match=r"2,048 MiB where at most 256 are loaded"):
        read(path)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[1, np.nan, 1], [2, 1, 0]], "nan in row 1, column 2 is missing"),
        ([[1, 1, 1], [2, 1e80, 0]], r"1e\+80 in row 2, column 2"),
        ([[1, 1, 1], [2, 1, 1]], "1 distinct value"),
        ([[1, 1, 1], [2, 1, 2], [3, 1, 3]], "3 distinct value"),
        ([[0, 0, 1], [0, 0, 0]], "only zero entries"),
    ],
)
def test_bad_rows_are_refused(tmp_path: Path, rows: list[list[float]], message: str) -> None:
    np.save(tmp_path / "d.npy", np.array(rows, dtype=np.float64))
    with pytest.raises(MarginproofError, match=message):
        open_blocks(tmp_path / "d.npy")


def test_what_blocks_cannot_do_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, ".parquet")
    with pytest.raises(MarginproofError, match="one_hot=Class"):
        open_blocks(path, Reading(one_hot=("Class",)))
    with pytest.raises(MarginproofError, match="'Class' holds"):
        open_blocks(path, Reading(label="x0"))
    (tmp_path / "d.csv").write_text("1,2\n")
    with pytest.raises(MarginproofError, match="cannot be read in blocks"):
        open_blocks(tmp_path / "d.csv")
    (tmp_path / "bad.svm").write_text("1 1:2\n0 a:b\n")
    with pytest.raises(MarginproofError, match="line 2 is not of the form"):
        open_blocks(tmp_path / "bad.svm")
    (tmp_path / "twice.svm").write_text("1 1:2 1:3\n0 1:1\n")
    with pytest.raises(MarginproofError, match="index twice"):
        open_blocks(tmp_path / "twice.svm")


def table(folder: Path, **columns: object) -> Path:
    parquet.write_table(pa.table(columns), folder / "d.parquet")
    return folder / "d.parquet"


def test_two_parquet_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    """In blocks both were the last column, the label."""
    both = pa.Table.from_arrays([pa.array([1, 2]), pa.array([3, 4]), pa.array([0, 1])], names=["a", "a", "y"])
    parquet.write_table(both, tmp_path / "d.parquet")
    for reader in (open_blocks, read):
        with pytest.raises(MarginproofError, match="has 2 columns named 'a'"):
            reader(tmp_path / "d.parquet")


def test_a_missing_label_is_told_by_its_row(tmp_path: Path) -> None:
    path = table(tmp_path, a=[1, 2, 3, 4], y=["v", "u", "v", None])
    with pytest.raises(MarginproofError, match="'y' has None in row 4"):
        open_blocks(path, block_bytes=50)
    np.save(tmp_path / "d.npy", np.array([[1, 0.0], [2, 1.0], [3, np.nan]]))
    with pytest.raises(MarginproofError, match="label column 2 has nan in row 3"):
        open_blocks(tmp_path / "d.npy")


@pytest.mark.parametrize("bias", [False, True])
def test_notices_are_those_of_the_smaller_reading(tmp_path: Path, bias: bool) -> None:
    path = table(
        tmp_path, bias=[2, 0, 4, 5], half=[0.5] * 4, none=[0] * 4, target=[1, 2, 1, 3], y=[1, 0, 1, 0]
    )
    small, blocked = read(path, bias=bias), open_blocks(path, bias=bias, block_bytes=80)
    for notice in small.notices[1:]:  # the first says which column is the label
        assert notice in blocked.notices
    assert [
        any(word in notice for notice in blocked.notices) for word in ("label's name", "1 of 12", "none")
    ] == [True] * 3
    assert any("half is constant already" in notice for notice in blocked.notices) == bias
    assert blocked.column_names == small.column_names


def test_a_label_in_two_spellings_is_one(tmp_path: Path) -> None:
    path = table(tmp_path, a=[1, 2, 3, 4], y=["1", "0", "1.0", "1.00"])
    for block_bytes in (20, 2**20):
        rows = np.vstack([rows for _, rows in open_blocks(path, block_bytes=block_bytes).blocks()])
        assert rows.tolist() == read(path).X.tolist() == [[1], [-2], [3], [4]]


def test_texts_in_parquet_are_numbers_where_others_take_them_so(tmp_path: Path) -> None:
    path = table(tmp_path, a=["1.5", "2"], y=[1, 0])
    assert next(open_blocks(path).blocks())[1].tolist() == read(path).X.tolist()
    with pytest.raises(MarginproofError, match="column 'a' holds object values that are not numbers"):
        open_blocks(table(tmp_path, a=["1_0", "2"], y=[1, 0]))


def test_a_named_index_is_no_feature(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1, 2], "y": [1, 0]}, index=pd.Index(["p", "q"], name="plant"))
    frame.to_parquet(tmp_path / "d.parquet")
    data = read(tmp_path / "d.parquet")
    assert (data.column_names, data.row_names) == (("a",), ("p", "q"))
    assert open_blocks(tmp_path / "d.parquet").column_names == ("a",)
    frame.set_index("a", append=True).assign(b=3).to_parquet(tmp_path / "d.parquet")
    assert read(tmp_path / "d.parquet").row_names == ("p 1", "q 2")
