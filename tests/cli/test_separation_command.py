"""``marginproof separation``, and what other commands say of data that are not completely separable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from marginproof.properties.cli import main

TEN = """Y,X1,X2
0,1,3
0,2,0
0,3,-1
0,3,4
1,3,1
1,4,0
1,5,2
1,6,7
1,10,3
1,11,4
"""


def run(*args: str) -> Any:
    return CliRunner().invoke(main, list(args))


@pytest.fixture
def ten(tmp_path: Path) -> str:
    path = tmp_path / "ten.csv"
    path.write_text(TEN, encoding="utf-8")
    return str(path)


def test_json_of_quasi_complete_data(ten: str) -> None:
    found = json.loads(run("separation", ten, "--label", "Y", "--bias", "--json").stdout)
    assert found["status"] == found["with_intercept"]["status"] == "quasi-complete"
    assert found["with_intercept"]["features"] == found["features"]
    assert found["direction"] == [1, 0, -3]
    assert found["rows_on_boundary"] == [2, 3, 4]
    assert found["features"] == {"X1": "+inf", "X2": "finite", "bias": "-inf"}
    assert found["weights"] == ["0", "0", "3/10", "1/5", "1/2", "0", "0", "0", "0", "0"]


def test_json_without_the_intercept_says_what_it_would_change(ten: str) -> None:
    found = json.loads(run("separation", ten, "--label", "Y", "--json").stdout)
    assert (found["status"], found["with_intercept"]["status"]) == ("overlap", "quasi-complete")
    assert found["with_intercept"]["features"] == {"X1": "+inf", "X2": "finite", "bias": "-inf"}
    assert found["with_intercept"]["rows_on_boundary"] == [2, 3, 4]
    assert found["with_intercept"]["direction"] == [1, 0, -3]
    assert found["direction"] is None
    assert found["features"] == {"X1": "finite", "X2": "finite"}


def test_rows_already_folded_leave_the_intercept_open() -> None:
    found = json.loads(run("separation", "sr4", "--json").stdout)
    assert (found["status"], found["with_intercept"]) == ("complete", None)


def test_the_table_shows_both_fits(ten: str) -> None:
    lines = run("separation", ten, "--label", "Y").stdout.splitlines()
    assert any("with an intercept" in line for line in lines)
    assert any("X1" in line and "finite" in line and "+inf" in line for line in lines)
    assert any("(intercept)" in line and "-inf" in line for line in lines)


def test_table_and_sentences(ten: str) -> None:
    result = run("separation", ten, "--label", "Y", "--bias")
    assert result.exit_code == 0
    for part in (
        "ten.csv+bias: quasi-complete",
        "+inf",
        "3 of 10 rows (rows 3, 4, 5)",
        "Without any one of rows 3, 4, 5",
    ):
        assert part in result.stdout


@pytest.mark.parametrize("command", ["margins", "predict", "enumerate"])
def test_other_commands_say_which_of_the_three_and_what_would_help(ten: str, command: str) -> None:
    result = run(command, ten, "--label", "Y", "--bias")
    assert result.exit_code == 2
    for part in (
        "the separation is quasi-complete, so the max-margin is 0",
        "without any one of rows 3, 4, 5 the separation is complete",
        f"`marginproof separation {ten} --label Y --bias` says more",
    ):
        assert part in result.stderr
    result = run(command, ten, "--label", "Y")
    assert "the classes overlap; with an intercept (--bias) it is quasi-complete" in result.stderr


def test_an_intercept_that_would_help_is_named(tmp_path: Path) -> None:
    path = tmp_path / "four.csv"
    path.write_text("1,0\n2,0\n3,1\n4,1\n", encoding="utf-8")
    result = run("margins", str(path))
    assert result.exit_code == 2
    assert "with an intercept (--bias) it is complete" in result.stderr


def test_no_row_is_named_where_none_can_help(tmp_path: Path) -> None:
    path = tmp_path / "equal.csv"
    path.write_text("1,2\n" * 24 + "-1,-2\n" * 24, encoding="utf-8")
    result = run("margins", str(path), "--folded")
    assert "leaving out one row does not make it complete" in result.stderr
    assert "drop one" not in result.stderr


@pytest.mark.parametrize(("args", "status"), [(["--bias"], "quasi-complete"), ([], "overlap")])
def test_the_certificate_is_judged_valid(ten: str, tmp_path: Path, args: list[str], status: str) -> None:
    folder = tmp_path / "proofs"
    result = run("separation", ten, "--label", "Y", *args, "--certificate", str(folder))
    assert f"{folder / 'separation.json'}: VALID by the independent checker" in result.stderr
    verdict = run("check", str(folder / "separation.json"))
    assert verdict.exit_code == 0
    assert f"{status} separation" in verdict.stdout or status in verdict.stdout


def test_a_certificate_that_cannot_be_written_is_refused_at_once(ten: str, tmp_path: Path) -> None:
    for place in (ten, str(tmp_path / "no" / "folder")):
        result = run("separation", ten, "--label", "Y", "--certificate", place)
        assert result.exit_code == 2
        assert f"={place}" in result.stderr
        assert result.stdout == ""


LEVELS = "y,age,f,m\n1,3,1,0\n0,4,0,1\n1,5,0,1\n0,3.5,1,0\n1,6,1,0\n0,5.5,0,1\n"


def levels(folder: Path, change: Any = lambda text: text) -> str:
    (folder / "levels.csv").write_text(change(LEVELS), encoding="utf-8")
    return str(folder / "levels.csv")


def test_columns_that_are_combinations_of_others_are_named(tmp_path: Path) -> None:
    """Both levels of a category sum to the intercept."""
    found = run("separation", levels(tmp_path), "--bias")
    said = "is a combination of f and m, so the likelihood does not identify their coefficients; what is shown is the fit"
    assert f"notice: column bias {said}" in found.stderr
    assert "maximum-likelihood fits exist, many with the same fitted values" in found.stdout
    without = run("separation", levels(tmp_path))
    assert f"notice: with an intercept, column (intercept) {said}" in without.stderr
    assert "the maximum-likelihood fit exists and every coefficient is finite" in without.stdout
    report = json.loads(run("separation", levels(tmp_path), "--json").stdout)
    assert (report["collinear"], report["with_intercept"]["collinear"]) == ({}, {"bias": ["f", "m"]})
    one = run("separation", levels(tmp_path), "--bias", "--drop", "m")
    assert "identify" not in one.stderr


@pytest.mark.parametrize("rows", ["1,0\n2,0\n5,1\n6,1", "1,0\n2,0\n2,1\n6,1"])
def test_where_no_fit_exists_none_is_said_to_be_shown(tmp_path: Path, rows: str) -> None:
    """Complete and quasi-complete, with a column of ones beside the intercept."""
    (tmp_path / "p.csv").write_text("a,ones,y\n" + rows.replace(",", ",1,") + "\n", encoding="utf-8")
    for more in ((), ("--bias",)):
        found = run("separation", str(tmp_path / "p.csv"), *more)
        assert "what is shown are the limits of those of least norm" in found.stderr
        assert "fit of least norm" not in found.stderr


def test_more_columns_than_rows_are_said_to_depend_on_each_other(tmp_path: Path) -> None:
    wide = levels(tmp_path, lambda text: "".join(text.splitlines(keepends=True)[:3]))
    assert "3 columns on 2 rows depend on each other" in run("separation", wide).stderr


def test_two_intercepts_are_noticed(tmp_path: Path) -> None:
    assert "column bias is constant already" in run("predict", "iris+bias", "--bias").stderr
    assert "constant already" not in run("predict", "iris", "--bias").stderr
    named = run("separation", levels(tmp_path, lambda text: text.replace("age", "bias")), "--bias", "--json")
    assert list(json.loads(named.stdout)["features"]) == ["bias", "f", "m", "intercept"]
