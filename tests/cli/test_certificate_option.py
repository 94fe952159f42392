"""``--certificate``: a file only after the checker said VALID, one sentence else, bad places refused at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import marginproof as mp
from marginproof.properties.cli import main
from marginproof.properties.cli.check import command as check_command
from marginproof.theory.checker import SECONDS, check
from marginproof.theory.proofs.certificates import document


def run(*args: str) -> Any:
    return CliRunner().invoke(main, [str(arg) for arg in args])


def verdict(path: Path) -> str:
    return check(path.read_bytes(), seconds=600)[0]  # a support of hundreds of rows takes a minute or two


ADAM = ("--optimizer", "adam", "--beta1", "0.9", "--beta2", "0.95")
CASES = [
    ("iris", ADAM, "fixed_point"),
    ("two-limits", ("--optimizer", "adamproxy"), "fixed_point"),
    ("sr4", ADAM, "fixed_point"),
    ("shifted-diagonal", ADAM, "fixed_point"),
    ("iris", ("--optimizer", "gd"), "margin_bracket"),
    ("iris", ("--optimizer", "signum"), "margin_bracket"),
    ("signsgd-fails", ADAM, "fixed_point"),
    ("cycle-3x5", ("--optimizer", "gd"), "margin_bracket"),
]
SLOW = [
    ("gaussian-200x1000", ("--optimizer", "gd"), "margin_bracket"),
    ("gaussian-1000x100", ("--optimizer", "gd"), "margin_bracket"),
    ("gaussian-200x1000", ("--optimizer", "adamproxy"), "fixed_point"),
    ("gaussian-1000x100", ("--optimizer", "adamproxy"), "fixed_point"),
    ("wine", ("--optimizer", "adamproxy"), "fixed_point"),
    ("digits01", ("--optimizer", "gd"), "margin_bracket"),
    ("wine", ADAM, "fixed_point"),
    ("wdbc", ("--optimizer", "adamproxy"), "fixed_point"),
    ("wdbc", ("--optimizer", "gd"), "margin_bracket"),
    ("gaussian", ADAM, "fixed_point"),
    ("gaussian-50x200", ("--optimizer", "adamproxy"), "fixed_point"),
]


@pytest.mark.parametrize(
    ("name", "settings", "kind"), [*CASES, *(pytest.param(*case, marks=pytest.mark.slow) for case in SLOW)]
)
def test_predict_writes_the_proof(name: str, settings: tuple[str, ...], kind: str, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    result = run("predict", name, *settings, "--certificate", path, "--json")
    assert result.exit_code == 0, result.stderr
    assert "VALID by the independent checker" in result.stderr
    assert json.loads(result.stdout)["limit"]["certified"]
    assert json.loads(path.read_text())["kind"] == kind
    assert verdict(path) == "VALID"


@pytest.mark.parametrize(
    ("name", "settings", "says"),
    [
        ("cycle-3x3", ("--optimizer", "adamproxy"), "a fixed point was not reached"),
        pytest.param("digits01", ("--optimizer", "adamproxy"), "q_k = 0", marks=pytest.mark.slow),
        ("cycle-3x5", ("--optimizer", "adamproxy"), "a fixed point was not reached"),
        ("sr4", ("--optimizer", "signum"), "the ℓ∞ maximiser is not known to be unique"),
    ],
)
def test_predict_says_why_there_is_none(
    name: str, settings: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    result = run("predict", name, *settings, "--certificate", tmp_path / "c.json")
    assert result.exit_code == 1
    (line,) = [line for line in result.stderr.splitlines() if "no certificate was written" in line]
    assert says in line
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_that_the_checker_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "judge", lambda text, seconds: ("INVALID", "a planted refusal"))
    for command in (("predict", "two-limits"), ("enumerate", "two-limits"), ("margins", "two-limits")):
        result = run(*command, "--certificate", tmp_path / "c")
        assert result.exit_code == 1
        assert "INVALID: a planted refusal" in result.stderr
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["predict", "enumerate", "margins"])
def test_a_place_that_cannot_be_written_is_refused_first(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from marginproof.theory.limit import problem
    from marginproof.theory.margins import max_margin

    def computed(*_: Any, **__: Any) -> Any:
        raise AssertionError("something was computed before the place was looked at")

    monkeypatch.setattr(problem, "LimitProblem", computed)
    monkeypatch.setattr(max_margin, "l2_margin", computed)
    result = run(command, "two-limits", "--certificate", tmp_path / "missing" / "c")
    assert result.exit_code == 2
    assert "missing does not exist; choose another folder" in result.stderr


def test_a_folder_that_cannot_be_made_after_all_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    result = run("margins", "two-limits", "--certificate", tmp_path / "proofs")
    assert result.exit_code == 2
    assert "l2.json cannot be written: No space left on device; choose another place" in result.stderr


def test_enumerate_writes_the_complete_list(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    assert run("enumerate", "two-limits", "--certificate", path).exit_code == 0
    body = json.loads(path.read_text())
    assert (body["kind"], body["conclusion"]["unstable_directions"]) == ("all_fixed_points", [0, 1, 0])
    assert verdict(path) == "VALID"


def test_enumerate_has_none_of_a_list_that_may_lack_points(tmp_path: Path) -> None:
    result = run("enumerate", "two-limits", "--starts", "--certificate", tmp_path / "c.json")
    assert result.exit_code == 1
    assert "only a complete list has a certificate" in result.stderr
    assert not list(tmp_path.iterdir())


def test_margins_writes_both_brackets(tmp_path: Path) -> None:
    assert run("margins", "wine", "--certificate", tmp_path / "proofs").exit_code == 0
    assert [verdict(tmp_path / "proofs" / name) for name in ("l2.json", "linf.json")] == ["VALID"] * 2


def test_margins_writes_why_data_are_not_separable(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "X.csv", [[1, 2], [-3, 1], [1, -2]], delimiter=",")
    result = run("margins", tmp_path / "X.csv", "--folded", "--certificate", tmp_path / "proofs")
    assert result.exit_code == 2
    assert [path.name for path in (tmp_path / "proofs").iterdir()] == ["not-separable.json"]
    assert verdict(tmp_path / "proofs" / "not-separable.json") == "VALID"


def test_margins_refuses_a_file_for_a_folder(tmp_path: Path) -> None:
    (tmp_path / "proofs").write_text("")
    result = run("margins", "sr4", "--certificate", tmp_path / "proofs")
    assert result.exit_code == 2
    assert "is a file; give a folder" in result.stderr


@pytest.mark.parametrize(
    ("took", "said"),
    [
        (0.26, "in 0.3 s"),
        (30.0, "in 30.0 s"),
        (30.2, "in 30.2 s; `marginproof check` stops after 60 s: give it --seconds 80 for c.json"),
        (75.0, "in 75.0 s; `marginproof check` stops after 60 s: give it --seconds 160 for c.json"),
    ],
)
def test_a_check_that_takes_long_is_told_with_the_limit_it_needs(
    took: float, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a file just called VALID would be UNSUPPORTED to `marginproof check`."""
    from marginproof.theory.proofs.certificates import Certificate

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Certificate, "check_seconds", property(lambda self: took))
    told = run("predict", "two-limits", "--optimizer", "adamproxy", "--certificate", "c.json").stderr
    assert told.endswith(f"notice: c.json: VALID by the independent checker, {said}\n")


def test_the_time_of_the_check_is_measured(tmp_path: Path) -> None:
    made = mp.predict(np.array([[5, 1], [1, 4]]), mp.AdamProxy(), proof=True).certificate()
    assert made.check_seconds == 0
    made.to_json()
    assert 0 < (first := made.check_seconds) < 60
    made.to_json()
    assert made.check_seconds == first
    assert {option.name: option.default for option in check_command.params}["seconds"] == SECONDS
