"""Every bad input ends in one sentence that names it, exit code 2, and nothing written."""

from __future__ import annotations

import io
import json
import pickle
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result

from marginproof.properties.cli import LazyGroup, main
from marginproof.properties.cli.optimizer_options import optimizer_options
from marginproof.properties.cli.options import data_options, json_option
from marginproof.properties.cli.output import emit
from marginproof.theory.batching import Batching
from marginproof.theory.errors import NotSeparableError
from marginproof.theory.optimizers import Optimizer

GOOD = "a,b,label\n1,2,1\n3,-4,0\n"


@click.command("probe")
@data_options
@optimizer_options
@json_option
def probe(
    dataset: Any, optimizer: Optimizer, batching: Batching, start: np.ndarray, json_target: str | None
) -> None:
    """A command with every shared option, which reports what it was handed."""
    result = {
        "n": dataset.n_samples,
        "field": type(optimizer.field(dataset.n_samples, batching)).__name__,
        "start": start,
    }
    emit(result, json_target, lambda: click.echo("human"))


@click.command("inseparable")
@json_option
def inseparable(json_target: str | None) -> None:
    """A command that meets data no w separates."""
    raise NotSeparableError(
        "data=d are not linearly separable", (Fraction(1, 3), Fraction(0), Fraction(2, 3))
    )


@click.command("interrupted")
def interrupted() -> None:
    """A command the user stops."""
    raise KeyboardInterrupt


@click.command("unsure")
@json_option
def unsure(json_target: str | None) -> None:
    """A command whose answer is no."""
    emit({"certified": False}, json_target, lambda: click.echo("not certified"), answer=False)


group = LazyGroup("marginproof", commands=[probe, inseparable, interrupted, unsure])


def run(*args: str, command: click.Command = group) -> Result:
    return CliRunner().invoke(command, list(args), prog_name="marginproof")


def assert_refused(result: Result, *parts: str) -> None:
    """Exit 2, standard output empty, one sentence on standard error with all the parts."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    for part in parts:
        assert part in result.stderr


def pickled_npy() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array([[1, "a"], [2, None]], dtype=object), allow_pickle=True)
    return stream.getvalue()


def npz(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


BAD_FILES: list[tuple[str, str | bytes, list[str]]] = [
    ("d.csv", "", ["is empty"]),
    ("d.csv", "\n\n", ["is empty"]),
    ("d.npy", b"", ["is empty"]),
    ("d.json", "", ["is empty"]),
    ("d.csv", "a,b,label\n", ["no rows of data"]),
    (
        "d.csv",
        "1,2,1\n3,4,1\n",
        ["label column 3 has 1 distinct value(s) (1)", "add rows of the other class"],
    ),
    (
        "d.csv",
        "a,y\n1,u\n3,v\n4,w\n",
        ["label column 'y' has 3 distinct value(s) (u, v, w)", "keep two classes"],
    ),
    ("d.csv", "1,nan,1\n3,4,0\n", ["nan in row 1, column 2 is not finite"]),
    ("d.csv", "a,b,label\n1,2,1\n3,-inf,0\n", ["-inf in row 2, column 'b' is not finite"]),
    ("d.csv", "1,1e999,1\n3,4,0\n", ["1e999 in row 1, column 2 is outside 1e-75..1e75"]),
    ("d.csv", "1,1e-400,1\n3,4,0\n", ["1e-400 in row 1, column 2 is outside 1e-75..1e75"]),
    ("d.csv", "1,1e-999999999,1\n3,4,0\n", ["is outside 1e-75..1e75"]),
    ("d.csv", "a,b,label\n1,2,1\n3,oops,0\n", ["text 'oops' in row 2, column 'b' is not a number"]),
    ("d.csv", "1,1/0,1\n3,4,0\n", ["text '1/0' in row 1, column 2 is not a number"]),
    ("d.csv", "a,b,label\n1,,1\n3,4,0\n", ["the cell in row 1, column 'b' is empty"]),
    ("d.csv", "1,2,1\n3,0\n", ["row 2 has 2 cells where row 1 has 3"]),
    ("d.csv", "a,b,label\n1,2,3,1\n3,0,1,0\n", ["row 1 has 4 cells where the header has 3"]),
    ("d.csv", "1\n0\n", ["no column beside the label"]),
    ("d.csv", "0,0,1\n0,0,0\n", ["only zero entries"]),
    ("d.csv", b"\xff\xfe\x00\x01,\x80\n", ["not comma-separated text in UTF-8"]),
    ("d.csv", '1,"2,1\n3,4,0\n', ["not comma-separated text"]),
    ("d.docx", GOOD, ["has suffix '.docx'", "give one of .csv, .tsv, .txt, .data,", "text also as .gz"]),
    ("d.json", "{", ["is not JSON"]),
    ("d.json", "[" * 100_000, ["is not JSON"]),
    ("d.json", "{}", ["holds no rows"]),
    ("d.json", "3", ["holds no rows"]),
    ("d.json", "[1, 2]", ["holds no rows"]),
    ("d.json", "[]", ["no rows of data"]),
    ("d.json", "[[1, NaN, 1], [2, 3, 0]]", ["NaN in row 1, column 2 is not finite"]),
    ("d.json", "[[1, -Infinity, 1], [2, 3, 0]]", ["-Infinity in row 1, column 2 is not finite"]),
    ("d.json", "[[1, null, 1], [2, 3, 0]]", ["cell null in row 1, column 2 is not a number"]),
    ("d.json", "[[1, true, 1], [2, 3, 0]]", ["cell true in row 1, column 2 is not a number"]),
    ("d.json", "[[1, [2], 1], [2, 3, 0]]", ["cell [2] in row 1, column 2 is not a number"]),
    ("d.json", "[[1, 2], [3]]", ["row 2 has 1 cells where row 1 has 2"]),
    ("d.json", '{"rows": [[1], [2]], "labels": [1]}', ["1 labels for 2 rows"]),
    ("d.json", '{"rows": [[1], [2]], "labels": 1}', ['"labels" is a int', "give a list"]),
    ("d.json", '{"rows": [[1], [2]], "labels": [1, [2]]}', ["labels has [2] in row 2, which is not a label"]),
    ("d.json", '{"rows": [[1], [2]], "labels": [1, 0], "columns": ["a", "b"]}', ["where the header has 2"]),
    ("d.json", f"[[1, {'7' * 5000}, 1], [2, 3, 0]]", ["number that is too long"]),
    ("d.npy", pickled_npy(), ["holds pickled objects, refused"]),
    ("d.npz", npz(X=np.array([[1, None]], dtype=object)), ["holds pickled objects, refused"]),
    (
        "d.npz",
        npz(X=np.ones((2, 2)), y=np.array([1, None], dtype=object)),
        ["holds pickled objects, refused"],
    ),
    ("d.npy", pickle.dumps([[1, 2], [3, 4]]), ["holds pickled objects, refused"]),
    ("d.npy", b"\x93NUMPY\x01\x00", ["is not a readable .npy file"]),
    ("d.npz", b"PK\x03\x04junk", ["is not a readable .npz file"]),
    ("d.npz", npz(a=np.ones((2, 2))), ["has no array X (it has: a of shape (2, 2))"]),
    ("d.npz", npy(np.ones((2, 2))), ["one unnamed array; give it the suffix .npy"]),
    ("d.npz", npz(X=np.ones((2, 2)), y=np.array([1, 0, 1])), ["3 labels for 2 rows"]),
    ("d.npy", npy(np.ones(3)), ["has shape (3,)"]),
    ("d.npy", npy(np.ones((0, 3))), ["no rows of data"]),
    ("d.npy", npy(np.array([["a", "b"]])), ["has dtype <U1"]),
    ("d.npy", npy(np.ones((2, 2), dtype=complex)), ["has dtype complex128"]),
    (
        "d.npy",
        npy(np.array([[1.0, np.nan, 1.0], [2.0, 3.0, 0.0]])),
        ["entry nan in row 1, column 2 is not finite"],
    ),
    (
        "d.npy",
        npy(np.array([[1.0, np.inf, 1.0], [2.0, 3.0, 0.0]])),
        ["entry inf in row 1, column 2 is not finite"],
    ),
    ("d.npy", npy(np.array([[1.0, 2.0, 1.0], [2.0, 3.0, np.nan]])), ["label column 3 has nan in row 2"]),
    (
        "d.npy",
        npy(np.array([[1.0, 1e80, 1.0], [2.0, 3.0, 0.0]])),
        ["entry 1e+80 in row 1", "outside 1e-75..1e75"],
    ),
    ("d.npy", npy(np.array([[1.0, 1e-80, 1.0], [2.0, 3.0, 0.0]])), ["entry 1e-80 in row 1"]),
    (
        "d.csv",
        "a;b;label\n1,234;5;1\n2,345;6;0\n",
        ["has '1,234'", "may be a decimal mark or part thousands", "--decimal ,"],
    ),
    ("d.csv", "a;b;label\n1,25;5;1\n2.5;6;0\n", ["has '1,25' beside '2.5'"]),
    ("d.csv", "a;b;label\n1,234,567;5;1\n2;6;0\n", ["has '1,234,567'"]),
    ("d.csv", "a,b,label\n1,NA,1\n3,4,0\n", ["'NA' in row 1, column 'b' is a missing value; fill it in"]),
    ("d.csv", "1,2,1\n3,?,0\n", ["'?' in row 2, column 2 is a missing value"]),
    ("d.csv", "a,b,label\n1,2,1\n3,4,NA\n", ["label column 'label' has 'NA' in row 2, which is not a label"]),
    (
        "d.csv",
        "a,kind,label\n1,red,1\n3,blue,0\n",
        ["column 'kind' holds categories (blue, red)", "--one-hot 'kind'", "--drop 'kind'"],
    ),
    ("d.csv", "a,kind,hue,label\n1,red,x,1\n3,blue,y,0\n", ["'kind' (and 1 more)", "--one-hot 'kind,hue'"]),
    ("d.csv", "a,a,label\n1,2,1\n3,4,0\n", ["has 2 columns named 'a'"]),
    ("d.csv", "a,b,label\n1,2\x00,1\n3,4,0\n", ["is not comma-separated text in UTF-8"]),
    ("d.csv", "größe,b,y\n1,2,0\n3,1,1\n".encode("latin-1"), ["(byte 0xf6 at 2)", "iconv -f latin1"]),
    ("d.csv", b"\x1f\x8b\x08\x00", ["is compressed by gzip; add .gz to its name"]),
    ("d.csv", "a\x1b[31m,b,y\n1,2,0\n3,1,1\n", ["has the column 'a\\x1b[31m' with a control character"]),
    ("d.csv", "\n<!DOCTYPE html>\n<p>404, not found\n", ["is a web page"]),
    ("d.csv", "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n", ["git lfs pull"]),
    ("d.csv", "a,b,y\n#DIV/0!,2,0\n3,1,1\n4,1,0\n", ["'#DIV/0!' in row 1, column 'a' is a missing value"]),
    ("d.data", "842302,M,17.99,10.38\n842517,B,20.57,17.77\n", ["if it is the label, say --label '2'"]),
    ("d.csv", "a::y\n1::0\n2::1\n", ["name it (--delimiter)"]),
    ("d.csv", "id,survived,cabin\n1,0,\n2,1,C85\n", ["'' in row 1", "name another column (--label)"]),
    (
        "d.arff",
        "@relation r\n@attribute a real\n@attribute c {yes, 'no, never'}\n@data\n1,'no, never'\n2,maybe\n",
        ["'maybe' in row 2, column 2 is none of its attribute's values"],
    ),
    (
        "d.arff",
        "@relation r\n@attribute d date yyyy\n@attribute c {yes,no}\n@data\n2001,yes\n2002,no\n",
        [
            "column 'd' holds dates or times (2001, 2002); convert to numbers first, such as days, or leave out with --drop 'd'"
        ],
    ),
    ("d.libsvm", "1,2 1:0.5\n-1 2:0.25\n", ["label '1,2' in line 1 names several classes"]),
    ("d.json", '[{"a": 1, "a": 2, "y": 0}, {"a": 2, "y": 1}]', ["the key 'a' twice in one object"]),
    ("d.json", '{"a": {"0": 1}, "y": {"0": 0}}', ['orient="records"']),
    ("d.csv.gz", b"\x1f\x8bjunk", ["is not a readable .gz file"]),
    ("d.npy.gz", b"\x1f\x8bjunk", ["has suffix '.gz'"]),
    ("d.libsvm", "1 1:2 2:x=3\n0 3\n", ["'3' in line 2 is not an index:value"]),
    ("d.libsvm", "1 1:2 1:3\n0 2:3\n", ["index 1 stands twice in line 1"]),
    ("d.libsvm", "1 1:2\n0 100000000:3\n", ["100,000,000 columns where at most 1,048,576"]),
    ("d.libsvm", "1,2 1:2\n0 2:3\n2,3 1:1\n", ["label '1,2' in line 1 names several classes"]),
    ("d.arff", "@relation r\n@attribute a real\n1\n", ["is not an ARFF file"]),
    (
        "d.arff",
        "@attribute a real\n@attribute c {x,y}\n@data\n?,x\n2,y\n",
        ["'?' in row 1, column 'a' is a missing value"],
    ),
    ("d.jsonl", "[1, 2, 1]\n{\n", ["line 2 is not JSON"]),
    ("d.jsonl", "3\n4\n", ["has a line that is not a row"]),
    (
        "d.jsonl",
        '{"a": 1, "y": 1}\n{"y": 0}\n',
        ["cell null in row 2, column 'a' is not a number but a missing value"],
    ),
    ("d.parquet", "junk", ["is not a readable parquet file"]),
    ("d.npy", npy(np.array([[1 + 0j, 2, 1], [3, 4, 0]])), ["has dtype complex128"]),
    ("d.json", '{"rows": [[5, 1], [-1, -4]], "y": [1, 0]}', ["has the key 'y'", "use rows, labels, columns"]),
    ("d.csv", "1,2,1\n3,4,\n5,6,0\n", ["label column 3 has '' in row 2"]),
    ("d.csv", "x,2,label\n5,1,1\n-1,-4,0\n", ["row 1 has the word 'x'", "the number 2,", "such as x2"]),
    ("d.csv", "1,2,label\n5,1,1\n-1,-4,0\n", ["row 1 has the word 'label'", "the number 1,", "such as x1"]),
    ("d.csv", "1,2,label\n5,1,yes\n-1,-4,no\n", ["(label, no, yes)", "rename its cell 1, which is a number"]),
]


@pytest.mark.parametrize(("name", "content", "parts"), BAD_FILES, ids=range(len(BAD_FILES)))
def test_bad_file_is_refused(tmp_path: Path, name: str, content: str | bytes, parts: list[str]) -> None:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    assert_refused(run("data", str(path), "--json", command=main), name, *parts)


def test_a_good_file_is_accepted_by_the_same_route(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text(GOOD, encoding="utf-8")
    result = run("data", str(path), "--json", command=main)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["n_samples"] == 2


@pytest.mark.parametrize(
    ("args", "parts"),
    [
        (["nowhere.csv"], ["file=nowhere.csv does not exist"]),
        (["irsi"], ["data=irsi is neither a file nor a built-in set", "did you mean iris?"]),
        (["."], ["is not a regular file"]),
        (["iris", "--label", "x"], ["label=x does not apply to built-in data=iris"]),
        (["sr4", "--bias"], ["data=sr4", "bias column cannot be added"]),
        (["sr4+bias"], ["data=sr4", "bias column cannot be added"]),
        (["--json", "old.csv", "iris"], ["json=old.csv has the name of a data file"]),
        (["iris", "--colour"], ["No such option", "see marginproof data --help"]),
    ],
)
def test_bad_arguments_are_refused(args: list[str], parts: list[str]) -> None:
    assert_refused(run("data", *args, command=main), *parts)


@pytest.mark.parametrize(
    ("args", "parts"),
    [
        (["--label", "z"], ["label=z is not a column", "choose one of a, b, label"]),
        (["--label", "a", "--folded"], ["label=a contradicts folded rows"]),
        (["--folded", "--bias"], ["bias column cannot be added"]),
    ],
)
def test_bad_label_options_are_refused(tmp_path: Path, args: list[str], parts: list[str]) -> None:
    path = tmp_path / "d.csv"
    path.write_text(GOOD, encoding="utf-8")
    assert_refused(run("data", str(path), *args, command=main), *parts)


def test_label_number_outside_a_headless_file(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("1,2,1\n3,-4,0\n", encoding="utf-8")
    assert_refused(
        run("data", str(path), "--label", "4", command=main), "label=4 is not a column", "1..3 (no header)"
    )


@pytest.mark.parametrize(
    ("args", "parts"),
    [
        ([], ["DATA is missing", "built-in name"]),
        (["sr4", "--optimizer", "adma"], ["optimizer=adma is unknown", "adamproxy"]),
        (["sr4", "--sampling", "random"], ["sampling=random is unknown"]),
        (
            ["sr4", "--optimizer", "adam", "--batch-size", "3"],
            ["batch_size=3 does not divide n_samples=4", "1, 2, 4"],
        ),
        (["sr4", "--optimizer", "gd", "--batch-size", "9"], ["batch_size=9 is outside 1..n_samples=4"]),
        (["sr4", "--batch-size", "0"], ["batch_size=0 is outside"]),
        (["sr4", "--batch-size", "two"], ["'two' is not a valid integer", "see marginproof probe --help"]),
        (["sr4", "--beta1", "1"], ["beta1=1 is outside [0, 1)"]),
        (["sr4", "--beta2", "-0.1"], ["beta2=-1/10 is outside [0, 1)"]),
        (["sr4", "--optimizer", "signum", "--beta", "1.5"], ["beta=3/2 is outside [0, 1)"]),
        (["sr4", "--beta", "nan"], ["beta=nan is not a number"]),
        (["sr4", "--beta1", "a"], ["beta1=a is not a number"]),
        (
            ["sr4", "--optimizer", "adam", "--beta1", "0.96"],
            ["beta1=24/25 exceeds beta2=19/20", "β₁ ≤ β₂"],
        ),
        (["sr4", "--start", "0,1"], ["start=0,1 has 2 entries where the data have 4 features"]),
        (["sr4", "--start", "0,1,x,2"], ["start=0,1,x,2 is neither a file nor a list"]),
        (["sr4", "--start", "0,1,inf,2"], ["start=0,1,inf,2"]),
        (["sr4", "--start", "nowhere.npy"], ["file=nowhere.npy does not exist"]),
        (["sr4", "--order", "0,1"], ["order=0,1 is not a permutation of 0..3"]),
        (["sr4", "--order", "a"], ["order=a is not a list of row numbers"]),
        (["sr4", "--json", "out.csv"], ["json=out.csv has the name of a data file"]),
        (
            ["sr4", "--json", "no-such-folder/out.json"],
            ["json=no-such-folder/out.json: folder", "does not exist"],
        ),
    ],
)
def test_bad_settings_are_refused(args: list[str], parts: list[str]) -> None:
    assert_refused(run("probe", *args), *parts)


@pytest.mark.parametrize(
    ("args", "field", "start"),
    [
        ([], "AdamProxyField", [0, 0]),
        (["--optimizer", "adam", "--beta1", "19/20"], "IncAdamField", [0, 0]),
        (["--optimizer", "adam", "--batch-size", "2"], "SignField", [0, 0]),
        (["--optimizer", "signum", "--beta", "0", "--batch-size", "1"], "SignumField", [0, 0]),
        (["--start", "0,0.733"], "AdamProxyField", [0, 0.733]),
        (["--start", "-1,1/4"], "AdamProxyField", [-1, 0.25]),
        (["--optimizer", "adam", "--order", "1,0"], "IncAdamField", [0, 0]),
    ],
)
def test_good_settings_are_accepted(args: list[str], field: str, start: list[float]) -> None:
    result = run("probe", "two-limits", *args, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"n": 2, "field": field, "start": start}


@pytest.mark.parametrize("name", ["w.npy", "w.txt", "w.csv"])
def test_start_from_a_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith(".npy"):
        np.save(path, np.array([0.0, 0.733]))
    else:
        path.write_text("0\n0.733\n" if name.endswith("txt") else "0, 0.733", encoding="utf-8")
    result = run("probe", "two-limits", "--start", str(path), "--json")
    assert json.loads(result.stdout)["start"] == [0, 0.733]


def test_start_file_with_nan_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "w.npy", np.array([0.0, np.nan]))
    assert_refused(run("probe", "two-limits", "--start", str(tmp_path / "w.npy")), "entry that is not finite")


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("w.npy", npy(np.array([0.0, 1j])), "has dtype complex128"),
        ("w.npy", npy(np.array(["a", "b"])), "has dtype <U1"),
        ("w.npy", pickled_npy(), "holds pickled objects"),
        ("w.npz", npz(w=np.array([0.0, 0.733])), "is not readable text in UTF-8"),
        ("w.txt", b"\xff\xfe0\x00", "is not readable text in UTF-8"),
        (
            "sep.csv",
            b"1,2\n3,kind\n",
            "'kind' in line 2 is not a finite number; give a file that holds the entries",
        ),
    ],
)
def test_bad_start_files_are_refused(tmp_path: Path, name: str, content: bytes, part: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert_refused(run("probe", "two-limits", "--start", str(tmp_path / name)), name, part)


def test_data_after_json_is_still_data(tmp_path: Path) -> None:
    """``--json sr4`` reads sr4 as the optional FILE; with no DATA left it can only be DATA."""
    result = run("probe", "--json", "sr4")
    assert (result.exit_code, json.loads(result.stdout)["n"]) == (0, 4)
    path = tmp_path / "d.csv"
    path.write_text(GOOD, encoding="utf-8")
    result = run("probe", "--json", str(path))
    assert (result.exit_code, json.loads(result.stdout)["n"]) == (0, 2)
    assert path.read_text(encoding="utf-8") == GOOD


def test_json_file_and_data_in_either_order(tmp_path: Path) -> None:
    for args in (["sr4", "--json", "out.json"], ["--json", "out.json", "sr4"]):
        target = tmp_path / "out.json"
        args = [str(target) if arg == "out.json" else arg for arg in args]
        assert run("probe", *args).stdout == "human\n"
        assert json.loads(target.read_text(encoding="utf-8"))["n"] == 4
        target.unlink()


def test_inseparable_data_show_their_certificate() -> None:
    result = run("inseparable")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "error: data=d are not linearly separable",
        "certificate (weights c ≥ 0 with Xᵀc = 0, rows counted from 1): 1/3 on row 1, 2/3 on row 3",
    ]


def test_inseparable_data_give_their_certificate_as_json() -> None:
    result = run("inseparable", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout) == {
        "error": "data=d are not linearly separable",
        "certificate": ["1/3", "0", "2/3"],
    }


def test_nothing_is_written_on_bad_input(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    assert run("probe", "sr4", "--start", "0", "--json", str(target)).exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_exit_codes_of_an_interrupt_and_of_a_no() -> None:
    assert run("interrupted").exit_code == 130
    assert run("unsure").exit_code == 1
    result = run("unsure", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (1, {"certified": False})


def test_unknown_command_is_refused() -> None:
    assert_refused(run("predcit", command=main), "command=predcit is unknown; did you mean predict?")


def test_one_sentence_through_a_real_process(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "marginproof", "data", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == f"error: file={path} is empty; at least two rows are needed\n"


@pytest.mark.parametrize("words", [["margins"], ["predict", "--optimizer", "adamproxy"], ["enumerate"]])
def test_inseparable_data_go_by_the_name_that_was_typed(tmp_path: Path, words: list[str]) -> None:
    path = tmp_path / "opposite.csv"
    path.write_text("1,2\n-1,-2\n", encoding="utf-8")
    result = CliRunner().invoke(main, [words[0], str(path), "--folded", *words[1:]])
    assert result.exit_code == 2
    assert f"error: data={path} are not linearly separable: 2 row(s)" in result.stderr
    assert (
        "certificate (weights c ≥ 0 with Xᵀc = 0, rows counted from 1): 1/2 on row 1, 1/2 on row 2"
        in result.stderr
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["rows.csv", "--columns", ""], "columns= names no column"),
        (["rows.csv", "--drop", " "], "names no column; name some"),
        (["rows.csv", "--one-hot", ","], "one_hot=, names no column"),
        (["rows.csv", "--decimal", ","], "decimal=, is the mark that parts the cells"),
        (["iris", "--folded"], "folded does not apply to built-in data=iris; drop it"),
    ],
)
def test_what_was_taken_silently_is_refused(
    words: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rows.csv").write_text(GOOD)
    result = CliRunner().invoke(main, ["margins", *words])
    assert result.exit_code == 2
    assert says in result.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["two-limits", "--order", "1,0"], "order plays no part: each step of optimizer=adamproxy sees all rows here"),
        (["sr4", "--sampling", "reshuffle"], "sampling=reshuffle plays no part"),
        (["sr4", "--optimizer", "gd", "--order", "1,0,2,3"], "order plays no part"),
        (["sr4", "--optimizer", "adam", "--order", "1,0,2,3"], ""),
        (["sr4", "--optimizer", "adam", "--sampling", "reshuffle", "--batch-size", "2"], "→ 1"),
    ],
)  # fmt: skip
def test_an_order_that_plays_no_part_is_told(words: list[str], says: str) -> None:
    result = CliRunner().invoke(main, ["predict", *words])
    assert result.exit_code == 0
    assert says in result.stderr
    assert ("plays no part" in result.stderr) == ("plays no part" in says)


def test_decimal_commas_in_quotes_may_stand_between_commas(tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text('a,b,label\n"1,5","2,5",1\n"-3,5","-4,5",0\n')
    assert CliRunner().invoke(main, ["margins", str(tmp_path / "q.csv"), "--decimal", ","]).exit_code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["margins", "large.csv"], "1e400 in row 2, column 'b' is outside 1e-75..1e75; rescale the column"),
        (["margins", "fake.npy"], "file=fake.npy is not a readable .npy file"),
        (["margins", "fake.npz"], "file=fake.npz is not a readable .npz file"),
        (["simulate", "sr4", "--resume", "rows.csv"], "resume=rows.csv is not a saved run; give a file that --save wrote"),
        (["margins", "rows.csv", "--delimiter", "x"], "delimiter='x' parts no cells, so name another, or leave"),
        (["margins", "rows.csv", "--label", "a", "--drop", "a"], "label=a is named by drop too; leave one of them out"),
        (["margins", "rows.csv", "--label", "a", "--index", "a"], "label=a is named by index too"),
        (["margins", "rows.csv", "--one-hot", "label"], "no feature to encode; take it out of one_hot"),
        (["separation", "rows.csv", "--label"], "separation --help"),
        (["export", "rows.csv", "--to", "coq"], "a certificate is JSON and this file is not"),
        (["check", "rows.csv", "--seconds", "-1"], "seconds=-1 must be positive; give a time limit such as 60"),
        (["margins", "two.mat"], "or say with --label which are the labels"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_a_way_out(
    words: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scipy.io import savemat

    monkeypatch.chdir(tmp_path)
    Path("rows.csv").write_text(GOOD)
    Path("large.csv").write_text("a,b,label\n1,2,1\n3,1e400,0\n")
    for name in ("fake.npy", "fake.npz"):
        Path(name).write_text("some text\n")
    rows, column = np.array([[1.0, 2], [3, 4], [5, 7]]), np.array([[0], [1], [1]])
    savemat("two.mat", {"measure": rows, "grp": column, "other": column})
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_constant_step_that_is_not_certified_is_told() -> None:
    result = CliRunner().invoke(main, ["predict", "two-limits", "--certify", "--lr", "0.1"])
    assert result.exit_code == 1
    assert "notice: not certified: for this optimizer the limit of vanishing steps" in result.stderr


def test_why_no_certificate_was_written_is_said_plainly(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        main, ["predict", "cycle-3x3", "--optimizer", "adam", "--certificate", str(tmp_path / "c.json")]
    )
    assert result.exit_code == 1
    assert "c.json: " in result.stderr and "certificate=none" not in result.stderr
