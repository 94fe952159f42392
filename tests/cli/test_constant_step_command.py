"""``predict --lr`` and ``simulate --lr-decay 0 --against predict``: constant steps on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from marginproof.properties.cli import main

ADAM = ("--optimizer", "adam")


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == code, result.output
    return result


def answer(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


def test_the_step_stands_in_the_limit() -> None:
    limit = answer("predict", "sr4", *ADAM, "--lr", "0.01")["limit"]
    assert limit["outcome"] == "fixed_point"
    assert set(limit["step"]) == {"lr", "beta1", "beta2", "growth", "speed_limit", "contraction"}
    assert limit["step"]["lr"] == 0.01
    assert limit["step"]["contraction"] == pytest.approx(0.967338, abs=1e-6)
    assert 0.9 < limit["step"]["beta1"] < limit["step"]["beta2"] < 1
    assert limit["direction"] == pytest.approx([19 / 26, 13 / 26, 11 / 26, 5 / 26], abs=1e-12)


def test_words_name_the_effective_betas() -> None:
    text = run("predict", "sr4", *ADAM, "--lr", "0.01").stdout
    assert "as vanishing steps at betas 0.9129, 0.9774; margins grow by 0.05693 an epoch" in text


def test_a_repelling_solution_is_unstable_and_says_what_runs_do(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("a,b,c\n1,15,2\n3,-1,14\n11,5,-3\n")
    limit = answer("predict", str(rows), "--folded", *ADAM, "--lr", "0.001")["limit"]
    assert limit["outcome"] == "unstable"
    assert "circles" in limit["reason"]
    assert limit["step"]["contraction"] > 1


def test_a_run_is_compared_by_its_increment() -> None:
    arguments = ("simulate", "sr4", *ADAM, "--steps", "8000", "--lr", "0.01", "--lr-decay", "0")
    found = answer(*arguments, "--against", "predict")
    assert found["increment_distance"] < 1e-13
    assert found["increment_growth"] == pytest.approx(found["prediction"]["step"]["growth"], rel=1e-12)
    assert found["gap_to_prediction"] > 1e-9  # w/‖w‖ trails
    assert "last epoch's increment" in run(*arguments, "--against", "predict").stdout


def test_slow_time_is_said() -> None:
    text = run("predict", "sr4", *ADAM, "--lr", "1").stdout
    assert "Time is slow here" in text
    assert "a run that looks settled need not be" in text


def test_optimizers_without_memory_keep_their_direction() -> None:
    step = answer("predict", "sr4", "--optimizer", "adamproxy", "--lr", "0.1")["limit"]["step"]
    assert step["beta2"] is None
    assert step["speed_limit"] is None
    assert step["growth"] == pytest.approx(0.369231, abs=1e-6)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--optimizer", "gd", "--lr", "0.1"), "not for GD"),
        (("--optimizer", "adam", "--sampling", "reshuffle", "--lr", "0.1"), "not for reshuffled Adam"),
        ((*ADAM, "--batch-size", "4", "--lr", "0.1"), "not for full-batch Adam"),
        ((*ADAM, "--lr", "0"), "positive"),
        ((*ADAM, "--lr", "-0.1"), "positive"),
        ((*ADAM, "--lr", "1e12"), "rounds to 1"),
    ],
)
def test_what_has_no_theory_is_one_sentence(arguments: tuple[str, ...], words: str) -> None:
    result = run("predict", "sr4", *arguments, code=2)
    assert words in result.stderr
    assert len([line for line in result.stderr.splitlines() if line.startswith("error:")]) == 1


def test_a_run_without_such_a_theory_is_compared_with_vanishing_steps() -> None:
    result = run(
        "simulate", "sr4", "--optimizer", "signum", "--beta", "0.9", "--steps", "400", "--lr-decay", "0", "--against", "predict"
    )  # fmt: skip
    assert "compared with the limit of vanishing steps" in result.stderr


def test_the_solution_is_enclosed_and_written_out() -> None:
    limit = answer("predict", "iris", *ADAM, "--lr", "0.01", "--digits", "40", "--certify")["limit"]
    assert limit["certified"], limit["proof"]
    assert limit["certified_digits"] == 40
    assert float(limit["growth"]) == pytest.approx(limit["step"]["growth"], rel=1e-12)
    assert len(limit["growth"]) > 38


def test_without_a_limit_the_proxy_is_not_solved_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("1,2\n0,1\n2,1\n")
    monkeypatch.setattr("marginproof.theory.prediction.solve", None)
    found = answer("predict", str(rows), "--folded", *ADAM, "--lr", "0.01")
    assert found["limit"]["outcome"] == "undecided"
    assert found["cosine"]["adamproxy"] is None
    assert found["cosine"]["l2"] == pytest.approx(0.5**0.5)
    run("predict", "sr4", *ADAM, "--lr", "0.01", code=1)  # there it is
