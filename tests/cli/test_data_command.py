"""``marginproof data``, and the frame of the command line: help, version, JSON, light imports."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from marginproof.constructions.builtin import BUILTINS, load
from marginproof.properties.cli import COMMANDS, main
from marginproof.properties.cli.output import brief, jsonable
from marginproof.properties.writing import write_atomically
from marginproof.theory.errors import MarginproofError
from marginproof.theory.limit.problem import Outcome


def run(*args: str) -> Any:
    return CliRunner().invoke(main, list(args))


def test_list_names_every_built_in_set() -> None:
    listed = json.loads(run("data", "--json").stdout)["datasets"]
    assert [entry["name"] for entry in listed] == list(BUILTINS)
    for entry in listed:
        assert (entry["n_samples"], entry["n_features"]) == load(entry["name"]).X.shape


def test_list_for_people_names_them_too() -> None:
    result = run("data")
    assert result.exit_code == 0
    assert all(name in result.stdout for name in ("sr4", "iris", "wdbc"))


def test_description_of_one_set() -> None:
    described = json.loads(run("data", "digits01+bias", "--json").stdout)
    assert described["classes"] == {"+1": 182, "-1": 178}
    assert described["n_features"] == 53
    assert described["columns"][-1] == "bias"
    assert "dropped 12 all-zero column(s)" in described["notices"][0]


def test_description_for_people_shows_the_notices_apart() -> None:
    result = run("data", "digits01")
    assert "notice: dropped 12" in result.stderr
    assert "notice" not in result.stdout


def test_json_goes_to_a_file(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    result = run("data", "sr4", "--json", str(target))
    assert json.loads(target.read_text(encoding="utf-8"))["name"] == "sr4"
    assert "sr4" in result.stdout  # the table still goes to the screen
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_jsonable_keeps_exact_numbers_as_text() -> None:
    value = {"a": np.array([1.5, np.nan]), "b": (Fraction(1, 3), np.int64(2)), "c": Outcome.CYCLE, 1: {True}}
    assert jsonable(value) == {"a": [1.5, None], "b": ["1/3", 2], "c": "cycle", "1": [True]}


def test_brief_shortens_numbers_and_vectors() -> None:
    assert brief(1 / 3) == "0.333333"
    assert brief(np.arange(3.0)) == "(0, 1, 2)"
    assert brief(list(range(10)), most=2) == "(0, 1, … 10 in all)"


def test_failed_write_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(MarginproofError, match="cannot be written"):
        write_atomically(tmp_path / "taken", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_help_lists_the_commands_that_exist() -> None:
    result = run("--help")
    listed = main.list_commands(None)  # type: ignore[arg-type]
    assert "data" in listed
    assert set(listed) <= set(COMMANDS)
    assert all(COMMANDS[name].split()[0] in result.stdout for name in listed)


@pytest.mark.parametrize("name", main.list_commands(None))  # type: ignore[arg-type]
def test_help_of_every_command_has_an_example(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert "Example" in result.stdout
    assert f"marginproof {name}" in result.stdout


def test_version_is_the_distributions() -> None:
    assert run("--version").stdout == f"marginproof, version {version('marginproof')}\n"


def test_help_needs_no_heavy_import() -> None:
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom marginproof.properties.cli import main\n"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0\n"
        "assert CliRunner().invoke(main, ['data', '--help']).exit_code == 0\n"
        "print(sorted({'numba', 'cvxpy', 'sympy', 'mpmath', 'flint', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
