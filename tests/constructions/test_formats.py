"""Every format of one reading layer, and files from public bug reports; refusals are in tests/cli/test_bad_input.py."""

from __future__ import annotations

import gzip
import json
import re
import shlex
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.io import savemat
from scipy.sparse import csc_array, csr_matrix, save_npz

from marginproof.constructions import tables
from marginproof.constructions.blocks import open_blocks
from marginproof.constructions.builtin import read
from marginproof.constructions.dataset import Dataset
from marginproof.constructions.entries import EXACT_CELLS
from marginproof.theory.errors import MarginproofError

SPAM = [[Fraction(1, 10), Fraction(2)], [Fraction(-3), Fraction(4)]]
"""Rows (0.1, 2) with the larger label and (3, -4) with the smaller, folded."""
MATRIX = np.array([[0.1, 2.0], [3.0, -4.0]])


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("d.tsv", "a\tb\tc\n0.1\t2\t1\n3\t-4\t0\n"),
        ("d.csv", "a\tb\tc\n0.1\t2\t1\n3\t-4\t0\n"),
        ("d.csv", "a;b;c\n0.1;2;1\n3;-4;0\n"),
        ("d.csv", "a;b;c\n0,1;2;1\n3;-4;0\n"),
        ("d.csv", "0,1;2,0;1\n3,0;-4,0;0\n"),  # a comma cuts these lines as evenly as a semicolon
        ("d.csv", "\ufeffsep=;\r\na;b;c\r\n0,1;2;1\r\n3;-4;0\r\n"),  # what spreadsheets write for themselves
        ("d.csv", 'a,b,c\n"0,1",2,1\n3,-4,0\n'),
        ("d.csv", "a|b|c\n0.1|2|1\n3|-4|0\n"),
        ("d.txt", "a b c\n0.1   2 1\n  3 -4 \t 0\n"),
        ("d.data", "0.1 2 spam\n3 -4 ham\n"),
        ("d.txt", "# made by hand\n# a b label\n0.1 2 1\n3 -4 0\n"),
        ("d.csv", "a,b,c,\n0.1,2,1,\n3,-4,0,\n"),  # a delimiter at every line's end
        ("d.csv", "a;b;c\n0,1;2;1;;\n3,0;-4;0;;\n"),
        ("d.csv.gz", gzip.compress(b"a,b,c\n0.1,2,1\n3,-4,0\n", mtime=0)),
        ("d.csv", "a,b,c\n0.1,2,1\n3,-4,0\n".encode("utf-16")),
        ("d.csv", 'Class,note,a,b\nspam,"two\nlines",0.1,2\nham,"with ""quotes"", and commas",3,-4\n'),
        ("d.csv", "a, b, c, note\n0.1, 2, 1, \"x, y\"\n3, -4, 0, \"z\"\n"),
        ("d.libsvm", "+1 1:0.1 2:2\n-1  1:3  2:-4 # a comment\n"),
        ("d.svmlight", "1 qid:3 1:1e-1 2:2\n0 qid:3 1:3 2:-4\n"),
        ("d.libsvm", "1 0:.1 1:2\n0 0:3 1:-4\n"),
        ("d.arff", "% c\n@RELATION r\n@ATTRIBUTE 'a b' REAL\n@attribute b numeric\n@attribute class { ham , spam }\n"
                   "@DATA\n0.1, 2, spam\n\n3,-4, ham\n"),
        ("d.arff", "@relation r\n@attribute a real\n@attribute b real\n@attribute cls {\"class A\", \"class B\"}\n@data\n"
                   "{0 .1, 1 2, 2 \"class B\"}\n{0 3, 1 -4}\n"),
        ("d.json", '[{"a": 0.1, "b": 2, "y": 1}, {"b": -4, "a": 3, "y": 0}]'),
        ("d.jsonl", '{"a": 0.1, "b": 2, "y": "spam"}\n\n{"a": 3, "b": -4, "y": "ham"}\n'),
        ("d.ndjson", "[0.1, 2, 1]\n[3, -4, 0]\n"),
    ],
)  # fmt: skip
def test_spellings_of_the_same_data(tmp_path: Path, name: str, content: str | bytes) -> None:
    data = read(write(tmp_path / name, content), drop=["note"] if b"note" in (
        content.encode() if isinstance(content, str) else content) else [])  # fmt: skip
    assert data.exact.tolist() == SPAM
    assert data.labels == (1, -1)


def test_parquet_keeps_integers_and_decimals_exact(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet")
    from decimal import Decimal

    frame = {
        "a": [Decimal("0.1"), Decimal("3.0")],
        "b": [2, -4],
        "y": pa.array(["spam", "ham"]).dictionary_encode(),
    }
    pa.parquet.write_table(pa.table(frame), tmp_path / "d.parquet")
    assert read(tmp_path / "d.parquet").exact.tolist() == SPAM
    pd.DataFrame({"a": [0.5, 3], "y": [1, 0]}, index=["r", "s"]).to_parquet(tmp_path / "p.parquet")
    data = read(tmp_path / "p.parquet")
    assert (data.row_names, data.exact.tolist()) == (("r", "s"), [[Fraction(1, 2)], [-3]])
    pa.parquet.write_table(pa.table({"a": [1.0, None], "y": [1, 0]}), tmp_path / "n.parquet")
    with pytest.raises(
        MarginproofError, match="cell null in row 2, column 'a' is not a number but a missing value"
    ):
        read(tmp_path / "n.parquet")


def test_npz_of_a_sparse_matrix_and_other_names(tmp_path: Path) -> None:
    save_npz(tmp_path / "s.npz", csr_matrix([[0.5, 2, 1], [3, 0, 0]]))
    assert read(tmp_path / "s.npz").X.tolist() == [[0.5, 2.0], [-3.0, 0.0]]
    np.savez(
        tmp_path / "d.npz", data=np.array([[True], [True]]), target=np.array([[1], [0]]), extra=np.ones(3)
    )
    data = read(tmp_path / "d.npz")
    assert data.exact.tolist() == [[1], [-1]]
    assert data.notices[0] == "left out the array(s) extra"


def test_npy_with_named_fields(tmp_path: Path) -> None:
    np.save(
        tmp_path / "d.npy",
        np.array([(1, 0.5, "u"), (0, 3.0, "v")], dtype=[("y", int), ("a", float), ("k", "U1")]),
    )
    data = read(tmp_path / "d.npy", one_hot=["k"])
    assert data.column_names == ("a", "k=u", "k=v")
    assert data.labels == (1, -1)


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("a,Y,b", "Y"),
        ("Class,a,b", "Class"),
        ("a,TARGET,b", "TARGET"),
        ("y,a,Label", "Label"),
        ("a,b,c", "c"),
    ],
)
def test_the_label_column_is_always_named(tmp_path: Path, header: str, taken: str) -> None:
    data = read(write(tmp_path / "d.csv", f"{header}\n1,0,1\n0,1,0\n"))
    assert taken not in data.column_names
    notice = next(notice for notice in data.notices if notice.startswith("label: "))
    assert f"column {taken!r}" in notice
    assert "1 is +1 and 0 is -1" in notice
    assert ("the last one" in notice) == (taken == "c")


@pytest.mark.parametrize(("yes", "no"), [("ja", "nein"), ("Oui", "Non"), ("da", "net"), ("yes", "no")])
def test_a_word_for_no_is_minus_one(tmp_path: Path, yes: str, no: str) -> None:
    data = read(write(tmp_path / "d.csv", f"a,y\n1,{no}\n2,{yes}\n"))
    assert data.labels == (-1, 1)
    assert f"label: column 'y', by its name; {yes!r} is +1 and {no!r} is -1" in data.notices


def test_empty_columns_at_the_lines_end_are_left_out_with_a_notice(tmp_path: Path) -> None:
    data = read(write(tmp_path / "d.csv", "a,y,\n1,1,\n2,0,\n"))
    assert "left out 1 empty column(s) without a name at the end of the lines" in data.notices
    with pytest.raises(MarginproofError, match="row 1, column 'b' is empty, a missing value"):
        read(write(tmp_path / "named.csv", "a,y,b\n1,1,\n2,0,\n"))


def test_percentages_are_called_so(tmp_path: Path) -> None:
    with pytest.raises(
        MarginproofError, match=r"column 'a' holds percentages \(10%, 2\.5%\), .* take the % signs out"
    ):
        read(write(tmp_path / "d.csv", "a,y\n10%,1\n2.5%,0\n"))


def test_the_notice_says_which_text_is_plus_one(tmp_path: Path) -> None:
    data = read(write(tmp_path / "d.data", "0.1 2 spam\n3 -4 ham\n"))
    assert "label: column 3, the last one; 'spam' is +1 and 'ham' is -1" in data.notices


def test_columns_dropped_chosen_and_named(tmp_path: Path) -> None:
    path = write(tmp_path / "d.csv", 'name,id,a,"b, c",label\nu,7,0.1,2,1\nv,9,3,-4,0\n')
    data = read(path, index="name", columns=["b, c", "a"])
    assert (data.row_names, data.column_names) == (("u", "v"), ("b, c", "a"))
    assert "left out: column(s) 'id'" in data.notices
    assert read(path, drop=["ID", "name"]).exact.tolist() == SPAM
    for option, value in (("columns", ["z"]), ("drop", ["z"]), ("index", "z"), ("one_hot", ["z"])):
        with pytest.raises(MarginproofError, match=f"{option}=z is not a column of"):
            read(path, **{option: value})  # type: ignore[arg-type]
    with pytest.raises(MarginproofError, match="holds the label column 'label'"):
        read(path, columns=["a", "label"], label="label")
    with pytest.raises(MarginproofError, match="is one text; give a list of names"):
        read(path, drop="id")


def test_columns_by_number_without_a_header(tmp_path: Path) -> None:
    path = write(tmp_path / "wdbc.data", "842302,M,17.99\n842517,B,20.57\n")
    data = read(path, label="2", drop=["1"])
    assert data.exact.tolist() == [[Fraction(1799, 100)], [Fraction(-2057, 100)]]
    assert "left out: column(s) 1" in data.notices


def test_columns_that_look_like_an_index_are_named(tmp_path: Path) -> None:
    rows = "\n".join(f"{i + 1},{100 - 7 * i},{i % 3},{i % 2}" for i in range(25))
    notices = read(write(tmp_path / "d.csv", f"n,code,a,label\n{rows}\n")).notices
    told = [notice for notice in notices if "looks like an index" in notice]
    assert ["'n'" in told[0], "'code'" in told[1], len(told)] == [True, True, 2]
    assert "(1…25)" in told[0] and "--drop 'n'" in told[0] and "--index 'n'" in told[0]
    notices = read(write(tmp_path / "e.csv", "Id,a,label\n4,2,1\n9,1,0\n")).notices
    assert any("column 'Id' looks like an index (its name says so)" in notice for notice in notices)


def test_an_index_may_start_anywhere_or_be_named_so(tmp_path: Path) -> None:
    rows = "\n".join(f"{101 + i},{3 * i % 7},{i % 3},{i % 2}" for i in range(5))
    notices = read(write(tmp_path / "d.csv", f"n,idnr,a,label\n{rows}\n")).notices
    told = [notice for notice in notices if "looks like an index" in notice]
    assert ["'n' looks like an index (101…105)" in told[0], "(distinct integers)" in told[1]] == [True, True]
    assert len(told) == 2


def test_categories_become_columns_where_asked(tmp_path: Path) -> None:
    path = write(tmp_path / "d.csv", "color,a,label\nred,1,1\nblue,2,0\nred,3,0\n")
    data = read(path, one_hot=["color"])
    assert data.column_names == ("color=blue", "color=red", "a")
    assert data.exact.tolist() == [[0, 1, 1], [-1, 0, -2], [0, -1, -3]]
    assert "column 'color' became 2 columns of 0 and 1" in data.notices


def test_what_is_skipped_is_said(tmp_path: Path) -> None:
    notices = read(
        write(tmp_path / "d.csv", "# by hand\na;b;c\n\n0,1;2;1\n# wrong: 9;9;9\n\n3;-4;0\n\n")
    ).notices
    assert "cells are separated by semicolons" in notices
    assert "skipped 2 line(s) that begin with #, such as '# by hand'" in notices
    assert "skipped 2 blank line(s) between rows" in notices
    assert "decimal commas: '0,1' is read as 0.1" in notices


def test_a_comment_mark_inside_quotes_is_text(tmp_path: Path) -> None:
    data = read(write(tmp_path / "d.csv", 'note,a,label\n"x\n# y",1,1\nz,2,0\n'), index="note")
    assert data.row_names == ("x\n# y", "z")


def test_marks_that_are_set_win(tmp_path: Path) -> None:
    path = write(tmp_path / "d.csv", "a;b;label\n1,234;5;1\n2,345;6;0\n")
    assert read(path, decimal=",").exact[0, 0] == Fraction("1.234")
    with pytest.raises(MarginproofError, match="text '1,234' in row 1, column 'a' is not a number"):
        read(path, decimal=".")
    path = write(tmp_path / "e.csv", "1!2!1\n3!4!0\n")
    assert read(path, delimiter="!").exact.tolist() == [[1, 2], [-3, -4]]
    for name, value in (("decimal", ";"), ("delimiter", "ab"), ("delimiter", '"')):
        with pytest.raises(MarginproofError, match=f"{name}="):
            read(path, **{name: value})  # type: ignore[arg-type]


HOUSES = "republican,n,y\nrepublican,n,y\ndemocrat,y,n\ndemocrat,y,y\nrepublican,n,n\n"
KEEL = """@relation pima
@attribute Preg real [0.0, 17.0]
@attribute Plas real [0.0, 199.0]
@attribute Class {tested_positive, tested_negative}
@inputs Preg, Plas
@outputs Class
@data
14.0, 175.0, tested_positive
2.0, 146.0, tested_negative
"""
SORE_THROATS = "Data on D = duration of surgery (minutes), T = type of device (0 =\nlaryngeal mask airway)\n\nD T Y\n45 0 0\n83 1 1\n25 1 1\n"
WITH_COMMAS = """@relation r
@attribute a numeric
@attribute c {"A, first", 'B, second'}
@data
{0 1, 1 "A, first"}
% between
{0 2, 1 'B, second'}
{0 3}
"""


def test_public_tables_of_other_names_and_spellings(tmp_path: Path) -> None:
    """Statlog's and Agresti's .dat, KEEL's with a header of ARFF, UCI's credit approval with + and -."""
    shuttle = "Ft  Temp  TD\n1   66    0\n2   70    1\n8   70    0 \n\n"
    assert read(write(tmp_path / "Shuttle.dat", shuttle)).exact.tolist() == [[-1, -66], [2, 70], [-8, -70]]
    keel = read(write(tmp_path / "pima.dat", KEEL))
    assert (keel.column_names, keel.X.tolist()) == (("Preg", "Plas"), [[14, 175], [-2, -146]])
    dos = read(write(tmp_path / "dos.dat", "1 2 0\r\n3 4 1\r\n\x1a"))
    assert dos.X.tolist() == [[-1, -2], [3, 4]]
    credit = read(write(tmp_path / "crx.data", "30.83,0,+\n58.67,4.46,+\n24.5,.5,-\n"))
    assert credit.labels == (1, 1, -1)


def test_a_first_row_of_data_without_a_number_is_no_header(tmp_path: Path) -> None:
    """UCI's congressional votes have no header: the first would be lost."""
    with pytest.raises(MarginproofError, match="'republican' and all others stand below it again"):
        read(write(tmp_path / "house-votes-84.data", HOUSES))
    named = write(tmp_path / "d.data", "party,y,z\n" + HOUSES)
    assert read(named, label="party", one_hot=["y", "z"]).n_samples == 5


def test_text_above_a_table_is_told(tmp_path: Path) -> None:
    """As in Agresti's SoreThroat.dat."""
    with pytest.raises(
        MarginproofError, match="if the first lines are not part of the table, begin them with #"
    ):
        read(write(tmp_path / "SoreThroat.dat", SORE_THROATS))
    commented = "".join(f"#{line}\n" for line in SORE_THROATS.splitlines()[:2])
    rest = SORE_THROATS.partition("\n\n")[2]
    assert read(write(tmp_path / "d.dat", commented + rest)).column_names == ("D", "T")
    with pytest.raises(MarginproofError, match=r"same number of cells$"):
        read(write(tmp_path / "d.csv", "a,b,label\n1,2,3,1\n3,0,1,0\n"))


def test_sparse_arff_with_quotes(tmp_path: Path) -> None:
    """liac-arff's issue 77, with commas."""
    data = read(write(tmp_path / "d.arff", WITH_COMMAS))
    assert data.exact.tolist() == [[-1], [2], [-3]]
    for bad, message in (
        ("{0 1, 0 2}", "index 0 in row 3 stands twice"),
        ("{7 1}", "index 7 in row 3 stands twice or is beyond"),
        ("{0 1, 1}", "' 1}' in row 3 is not an index and value"),
        ("{0 1}, {5}", "}, {5}' in row 3 is not an index and value"),
    ):
        with pytest.raises(MarginproofError, match=re.escape(message)):
            read(write(tmp_path / "d.arff", WITH_COMMAS.replace("{0 3}", bad)))


def test_arff_with_both_quotes_and_escapes(tmp_path: Path) -> None:
    head = '@relation x\n@attribute id string\n@attribute "a b" numeric\n@attribute c {pos,neg}\n@data\n'
    text = head + "'O\\'Neil', 1, pos\n\"x, y\", 2, neg\n% none\ndon't,'3',neg\n"
    data = read(write(tmp_path / "d.arff", text), index="id")
    assert data.row_names == ("O'Neil", "x, y", "don't")
    assert data.X.tolist() == [[1], [-2], [-3]]
    for bad in ("'open, 1, pos", "'a'b, 1, pos"):
        with pytest.raises(
            MarginproofError, match="in row 1 has a quote that does not close, or text after it"
        ):
            read(write(tmp_path / "d.arff", head + bad + "\nz,2,neg\n"))


def test_relational_attributes_are_refused(tmp_path: Path) -> None:
    """scipy's issue 9518."""
    text = "@relation m\n@attribute bag relational\n@attribute f numeric\n@end bag\n@attribute c {0,1}\n@data\n'1\\n2',1\n'3',0\n"
    with pytest.raises(MarginproofError, match="attribute bag is relational"):
        read(write(tmp_path / "d.arff", text))


@pytest.mark.parametrize("name", ["heart_scale", "a9a.t"])
def test_files_of_libsvm_s_collection_are_told_by_their_lines(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, "+1 1:0.583333 2:1 11:-1 13:-1 \n-1 1:0.125 2:-1 12:-1 \n")
    with pytest.raises(MarginproofError, match=f"so name it {name}.libsvm; else give one of .csv"):
        read(path)
    assert read(path.rename(tmp_path / f"{name}.libsvm")).n_samples == 2
    with pytest.raises(MarginproofError, match=r"has suffix '\.t'; give one of"):
        read(write(tmp_path / "b.t", "1 2 3\n4 5 6\n"))


def mat(path: Path, **variables: Any) -> Path:
    savemat(path, variables, do_compression=True)
    return path


@pytest.mark.parametrize(
    ("variables", "label", "notices"),
    [
        ({"X": MATRIX, "y": [[1], [0]]}, None, ["labels: array y; 1 is +1 and 0 is -1"]),
        ({"X": csc_array(MATRIX), "y": [1, 0]}, None, ["labels: array y; 1 is +1 and 0 is -1"]),
        ({"X": MATRIX, "y": np.array(["yes", "no"])}, None, ["labels: array y; 'yes' is +1 and 'no' is -1"]),
        (
            {"X": MATRIX, "y": np.array(["b", "a"], dtype=object), "s": {"q": 1}},
            None,
            ["left out the array(s) s", "labels: array y; 'b' is +1 and 'a' is -1"],
        ),
        (
            {"fea": MATRIX, "gnd": [2, 1]},
            None,
            ["rows: fea, the only matrix", "labels: array gnd; 2 is +1 and 1 is -1"],
        ),
        (
            {"X": MATRIX, "y": [0, 1], "z": [7, 6]},
            "z",
            ["left out the array(s) y", "labels: array z; 7 is +1 and 6 is -1"],
        ),
    ],
)
def test_mat_takes_a_matrix_and_a_vector(
    tmp_path: Path, variables: dict[str, Any], label: str | None, notices: list[str]
) -> None:
    data = read(mat(tmp_path / "d.mat", **variables), label=label)
    assert data.X.tolist() == [[0.1, 2.0], [-3.0, 4.0]]
    assert list(data.notices) == notices


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"A": MATRIX, "B": MATRIX, "y": [1, 0]}, "has no array X (it has: A of shape (2, 2), B of shape"),
        ({"X": MATRIX * 1j, "y": [1, 0]}, "X has dtype complex128"),
        ({"X": {"q": 1}, "y": [1, 0]}, "X is of class struct; save a matrix or a vector"),
        (
            {"X": np.ones((2, 3)), "y": [1, 0, 1]},
            "X has shape (2, 3) and y a label for every column; save X transposed",
        ),
        ({"X": MATRIX, "y": np.array([1, [2, 3]], dtype=object)}, "array y has None in row 2"),
        ({"X": MATRIX, "w": [1.5, 1.5]}, "array w has 1 distinct value(s) (1.5)"),
    ],
)
def test_mat_files_that_do_not_say_what_is_what(
    tmp_path: Path, variables: dict[str, Any], message: str
) -> None:
    with pytest.raises(MarginproofError, match=re.escape(message)):
        read(mat(tmp_path / "d.mat", **variables))


def test_mat_files_of_another_version_damaged_or_large_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + b"\0" * 400
    with pytest.raises(
        MarginproofError, match=r"version 7\.3, which is HDF5; save it with save\('d\.mat', 'X'"
    ):
        read(write(tmp_path / "d.mat", newer))
    whole = mat(tmp_path / "e.mat", X=MATRIX, y=[1, 0]).read_bytes()
    for cut in range(1, len(whole) - 1, 3):
        with pytest.raises(MarginproofError):
            read(write(tmp_path / "d.mat", whole[:cut]))
    monkeypatch.setattr(tables, "MOST_BYTES", 1000)
    with pytest.raises(MarginproofError, match="where at most 0 are loaded"):
        read(mat(tmp_path / "f.mat", X=csc_array((10_000, 10_000)), y=[1, 0]))


@pytest.mark.parametrize("kind", ["stata", "feather", "orc"])
def test_other_tables_are_refused_with_a_command_that_converts_them(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a table.{'dta' if kind == 'stata' else kind}"
    frame = pd.DataFrame({"a": [0.1, -3.0], "b": [2.0, 4.0], "label": [1, 0]})
    getattr(frame, f"to_{kind}")(path, **({"write_index": False} if kind == "stata" else {}))
    with pytest.raises(MarginproofError) as refused:
        read(path)
    command = str(refused.value).partition("convert it first: ")[2]
    assert command.startswith("python -c ")
    subprocess.run([sys.executable, *shlex.split(command)[1:]], check=True)
    assert read(path.with_suffix(".csv")).exact.tolist() == [[Fraction("0.1"), 2], [3, -4]]


@pytest.mark.parametrize(
    ("name", "call"), [("d.xlsx", "read_excel"), ("d.SAV", "read_spss"), ("d.rds", "readRDS")]
)
def test_a_converting_command_names_its_function(tmp_path: Path, name: str, call: str) -> None:
    with pytest.raises(MarginproofError, match=f"{name} is not read; convert it first: .*{call}"):
        read(write(tmp_path / name, "x"))


MOMENTS = {
    "timestamps": pd.to_datetime(["2020-01-01", None, "2022-01-05"]),
    "durations": pd.to_timedelta([1, 2, 3], unit="D"),
    "days": pd.to_datetime(["2020-01-01", "2021-02-03", "2022-01-05"]).date,
}


@pytest.mark.parametrize("kind", MOMENTS)
def test_dates_are_called_dates(tmp_path: Path, kind: str) -> None:
    """Read in blocks they were nanoseconds, and a missing one -9.2e18."""
    frame = pd.DataFrame({"a": [5.0, 6, 7], "t": MOMENTS[kind], "label": [1, 0, 1]})
    frame.to_parquet(tmp_path / "d.parquet")
    message = "column 't' holds dates or times .*; convert to numbers first, such as days, or leave out"
    with pytest.raises(MarginproofError, match=message):
        read(tmp_path / "d.parquet")
    with pytest.raises(MarginproofError, match=message.replace(" .*", "")):
        open_blocks(tmp_path / "d.parquet")
    if frame["t"].notna().all():
        with pytest.raises(MarginproofError, match=message):
            Dataset.of(frame, "label")
    assert read(tmp_path / "d.parquet", drop=["t"]).n_features == 1


@pytest.mark.parametrize(
    "cells",
    [("2020-01-01", "2021-1-3"), ("1/2/2020", "13/2/2020"), ("10:20", "11:30:05.5"), ("3.4.2020", "")],
)
def test_dates_as_texts_are_called_dates(tmp_path: Path, cells: tuple[str, str]) -> None:
    path = write(tmp_path / "d.csv", f"a,t,label\n5,{cells[0]},1\n6,{cells[1]},0\n7,{cells[0]},0\n")
    with pytest.raises(MarginproofError, match="column 't' holds dates or times"):
        read(path)
    assert read(path, index="t").row_names[0] == cells[0]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([True, None, False], "truth values (False, True) and a missing value in row 2;"),
        (["u", "v", None], "categories (u, v) and a missing value in row 3;"),
    ],
)
def test_a_missing_value_among_categories_is_named(tmp_path: Path, cells: list[Any], said: str) -> None:
    pd.DataFrame({"b": cells, "a": [5, 6, 7], "label": [1, 0, 1]}).to_parquet(tmp_path / "d.parquet")
    with pytest.raises(MarginproofError, match=re.escape(f"column 'b' holds {said}")):
        read(tmp_path / "d.parquet")


def test_truth_values_are_called_so(tmp_path: Path) -> None:
    pd.DataFrame({"b": [True, False], "a": [5, 6], "label": [1, 0]}).to_parquet(tmp_path / "d.parquet")
    with pytest.raises(
        MarginproofError, match=r"truth values \(False, True\), not numbers; .* --one-hot 'b'"
    ):
        read(tmp_path / "d.parquet")


PYTHONS = ["1_000", "١٢", "１２"]
"""What Python alone takes for a number: an underscore, digits of Arabic, of full width."""


@pytest.mark.parametrize("text", PYTHONS)
@pytest.mark.parametrize("row", [1, 2, 3])
def test_what_python_alone_takes_for_a_number_is_refused_by_name(tmp_path: Path, text: str, row: int) -> None:
    cells = ["5", "6", "7"]
    cells[row - 1] = text
    lines = [f"{cell},{i},{i % 2}\n" for i, cell in enumerate(cells)]
    path = write(tmp_path / "d.csv", "a,b,label\n" + "".join(lines))
    with pytest.raises(MarginproofError, match=f"text '{text}' in row {row}, column 'a' is not a number"):
        read(path)
    for head, column in (("a,label\n", "'a'"), ("", "1")):  # without a header it is none itself
        path = write(tmp_path / "e.csv", f"{head}{text},yes\n{text},no\n7,no\n")
        with pytest.raises(
            MarginproofError, match=f"text '{text}' in row 1, column {column} is not a number"
        ):
            read(path)


@pytest.mark.parametrize("text", PYTHONS)
def test_so_it_is_in_large_tables_svmlight_and_python(tmp_path: Path, text: str) -> None:
    wide = "\n".join(",".join(["1"] * 1000 + [str(i % 2)]) for i in range(EXACT_CELLS // 1000 + 1))
    with pytest.raises(MarginproofError, match=f"text '{text}' in row 1, column 1 is not a number"):
        read(write(tmp_path / "big.csv", wide.replace("1", text, 1)))
    for line in (f"1 1:{text}", f"1 {text}:1"):
        path = write(tmp_path / "d.svm", f"{line}\n0 1:2\n")
        with pytest.raises(MarginproofError, match=r"not a number|not an index:value"):
            read(path)
        with pytest.raises(MarginproofError, match="line 1 is not of the form"):
            open_blocks(path)
    with pytest.raises(MarginproofError, match=f"entry '{text}' in row 1, column 1 is not a finite number"):
        Dataset.of([[text], [2]])


def test_labels_that_python_alone_takes_for_numbers_are_texts(tmp_path: Path) -> None:
    data = read(write(tmp_path / "d.csv", "a,label\n5,1_0\n6,9\n"))
    assert data.labels == (-1, 1)  # as texts


def test_decimal_commas_that_no_thousands_can_be(tmp_path: Path) -> None:
    """A statistics program read 0,435 as 435 and 1,286 as 1286 from such a file."""
    text = "Valence;Arousal;label\n0,435;2,87;1\n1,286;4;0\n0,118;2,059;0\n"
    data = read(write(tmp_path / "d.csv", text))
    assert [abs(x) for x in data.exact[:, 0]] == [Fraction("0.435"), Fraction("1.286"), Fraction("0.118")]


def test_lists_inside_cells_do_not_mislead_the_delimiter(tmp_path: Path) -> None:
    """csv.Sniffer takes the comma for the delimiter of this file (cpython 119123)."""
    text = "id;flag;cost;group;label\n1;False;62.25;['345'];1\n2;False;54.00;['112', '112'];0\n"
    data = read(write(tmp_path / "d.csv", text), drop=["flag", "group", "id"])
    assert data.exact.tolist() == [[Fraction("62.25")], [-54]]


def test_reports_of_readers_that_lost_numbers(tmp_path: Path) -> None:
    """Semicolons with decimal points (readr 455), commas in both roles (SheetJS 2239)."""
    data = read(write(tmp_path / "a.csv", "A;B\n1.3;alpha\n2.345;beta\n"))
    assert data.exact.tolist() == [[Fraction("-1.3")], [Fraction("2.345")]]
    data = read(write(tmp_path / "b.csv", "A;B;C;D\n1,1;2,2;3,3;4,1\n1,1;2,2;3,3;4,2\n"))
    assert data.exact.tolist()[1] == [Fraction("1.1"), Fraction("2.2"), Fraction("3.3")]


def test_svmlight_counts_from_one_unless_a_zero_occurs(tmp_path: Path) -> None:
    """Readers that count from 0 made a fifth feature of this file (LightGBM 1776)."""
    lines = "1  1:7  2:3.2  3:4.7  4:1.4\n0  1:6.3  2:3.3  3:6  4:2.5\n"
    data = read(write(tmp_path / "d.libsvm", lines))
    assert (data.n_features, data.column_names[0]) == (4, "feature1")
    assert data.exact[0].tolist() == [7, Fraction("3.2"), Fraction("4.7"), Fraction("1.4")]
    data = read(write(tmp_path / "z.libsvm", "1 qid:0 0:520 2:145\n0 qid:0 1:46\n"))
    assert data.column_names == ("feature0", "feature1", "feature2")
    assert {"indices count from 0", "left out qid on 2 row(s)"} <= set(data.notices)


def test_sparse_arff_with_an_empty_row(tmp_path: Path) -> None:
    text = "@RELATION T\n@ATTRIBUTE a REAL\n@ATTRIBUTE b REAL\n@ATTRIBUTE y REAL\n@DATA\n{  }\n{ 1 1.0,2 1.0 }\n{ 0 2,2 1.0 }\n"
    assert read(write(tmp_path / "d.arff", text)).exact.tolist() == [[0, 0], [0, 1], [2, 0]]


def test_large_files_are_refused_before_they_are_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(2 * 2**30)  # sparse on disk
    with pytest.raises(MarginproofError, match=r"huge.csv holds 2,048 MiB where at most 256 are loaded"):
        read(huge)
    with (tmp_path / "huge.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(
            file, {"descr": "<f8", "fortran_order": False, "shape": (2**22, 64)}
        )
        file.truncate(2**31)
    with pytest.raises(MarginproofError, match="2,048 MiB"):
        read(tmp_path / "huge.npy")
    monkeypatch.setattr(tables, "MOST_BYTES", 1000)
    with gzip.open(tmp_path / "bomb.csv.gz", "wb") as packed:
        packed.write(b"1,2,1\n3,4,0\n" * 10_000)
    assert (tmp_path / "bomb.csv.gz").stat().st_size < 1000
    with pytest.raises(MarginproofError, match="where at most"):
        read(tmp_path / "bomb.csv.gz")
    np.savez_compressed(tmp_path / "bomb.npz", X=np.zeros((1000, 10)))
    with pytest.raises(MarginproofError, match="where at most"):
        read(tmp_path / "bomb.npz")


def test_json_columns_in_another_order_are_matched_by_name(tmp_path: Path) -> None:
    path = write(tmp_path / "d.json", json.dumps([{"y": 1, "a": 1}, {"a": 2, "y": 0}]))
    data: Any = read(path)
    assert data.exact.tolist() == [[1], [-2]]


def test_what_savetxt_writes_is_read_with_its_names(tmp_path: Path) -> None:
    """Another library names the first column "# a" (astropy 8674)."""
    np.savetxt(tmp_path / "d.csv", [[0.5, 2, 1], [3, -4, 0]], delimiter=",", header="a,b,label", footer="end")
    data = read(tmp_path / "d.csv")
    assert data.column_names == ("a", "b")
    assert (
        "the comment line above the first row names every column and is taken for the header" in data.notices
    )


def test_a_comment_above_a_header_is_only_a_comment(tmp_path: Path) -> None:
    """A reader took the comment for the names (numpy 9878)."""
    data = read(write(tmp_path / "d.txt", "# This comment should be ignored\nfield_0 class\n0.5 1\n2 0\n"))
    assert data.column_names == ("field_0",)


def test_a_header_without_the_rows_names_is_read_as_r_writes_it(tmp_path: Path) -> None:
    text = '"a" "b" "y"\n"one" 0.1 2 1\n"two" 3 -4 0\n'
    dataset = read(write(tmp_path / "d.txt", text))
    assert dataset.entries.tolist() == SPAM and dataset.row_names == ("one", "two")
    with pytest.raises(MarginproofError, match="row 1 has 4 cells where the header has 3"):
        read(write(tmp_path / "d.txt", text.replace("two", "one")))


def test_a_second_column_with_a_labels_name_is_named(tmp_path: Path) -> None:
    notices = read(write(tmp_path / "d.csv", "label,Class,a\n1,0,3\n0,1,4\n")).notices
    assert any(notice.startswith("column 'Class' has a label's name") for notice in notices)
    notices = read(write(tmp_path / "d.csv", "label,b,a\n1,0,3\n0,1,4\n")).notices
    assert not any("has a label's name" in notice for notice in notices)


@pytest.mark.parametrize("text", ["1.234,5", "1 000", "-12\u00a0345\u00a0678,5", "1'000.5", "1,234.5"])
def test_marks_of_thousands_are_named(tmp_path: Path, text: str) -> None:
    path = write(tmp_path / "d.csv", f"a;label\n{text};1\n2;0\n")
    mark = next(letter for letter in text[1:] if not letter.isdigit())
    with pytest.raises(MarginproofError) as refused:
        read(path)
    assert f"take out the mark {mark!r} that parts thousands, leave the column out" in str(refused.value)
