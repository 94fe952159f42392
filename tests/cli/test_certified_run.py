"""``--certificate`` of ``simulate`` and ``predict --lr``: certified runs, or one sentence and no file."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import marginproof as mp
from marginproof.properties.cli import main
from marginproof.theory.checker import judge
from marginproof.theory.proofs.certificates import Certificate
from marginproof.theory.proofs.runs import constant_step
from marginproof.theory.proofs.runs.ball_run import BallState

ADAM = ("--optimizer", "adam")


def run(*args: str | Path) -> Any:
    return CliRunner().invoke(main, [str(arg) for arg in args])


def test_vanishing_steps(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    steps = ("--lr", "1", "--lr-decay", "1", "--start", "0,0.733", "--steps", "2000")
    result = run("simulate", "two-limits", *ADAM, *steps, "--certificate", path, "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["certified"]["kind"] == "vanishing_steps"
    verdict = judge(path.read_bytes())
    assert verdict.word == "VALID"
    assert "w_0 = (0, 733/1000) with steps 1 (t + 2)^-1" in verdict.sentence


@pytest.mark.parametrize("command", ["predict", "simulate"])
def test_constant_steps(command: str, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    more = ("--lr-decay", "0", "--steps", "8000") if command == "simulate" else ()
    result = run(
        command, "sr4", *ADAM, "--lr", "0.05", *more, "--digits", "15", "--certificate", path, "--json"
    )
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)["certified"]
    assert (found["kind"], found["lr"]) == ("constant_step", "1/20")
    verdict = judge(path.read_bytes())
    assert (verdict.word, verdict.sentence) == ("VALID", found["statement"])


def test_the_terminal_says_what_was_certified(tmp_path: Path) -> None:
    said = run("predict", "sr4", *ADAM, "--lr", "0.05", "--certificate", tmp_path / "run.json").stdout
    assert "certified, momenta included: 4 × 4 data, Inc-Adam" in said
    assert "at constant step 1/20, w_t/‖w_t‖ converges" in said
    assert "evidence" not in said


SIMULATE = ("simulate", "two-limits", *ADAM, "--steps", "500")
REFUSED = {
    "logistic": (*SIMULATE, "--loss", "logistic"),
    "bias_correction": (*SIMULATE, "--bias-correction"),
    "eps=1e-08": (*SIMULATE, "--eps", "1e-8"),
    "optimizer=gd": ("simulate", "two-limits", "--optimizer", "gd"),
    "optimizer=adam": (*SIMULATE, "--sampling", "reshuffle"),
    "finite sum": (*SIMULATE, "--lr-decay", "1.5"),
    "power of two": (*SIMULATE, "--lr-decay", "0.3"),
    "lr=0": (*SIMULATE, "--lr", "0"),
    "lr=-1": ("predict", "two-limits", *ADAM, "--lr", "-1"),
    "digits=10": (*SIMULATE, "--digits", "10"),
    "batch_size=2": ("simulate", "sr4", *ADAM, "--batch-size", "2", "--steps", "100"),
    "optimizer=adamproxy": ("predict", "two-limits", "--lr", "0.1"),
}


@pytest.mark.parametrize("says", sorted(REFUSED))
def test_what_no_kind_holds_is_refused_in_one_sentence(says: str, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    result = run(*REFUSED[says], "--certificate", path)
    assert result.exit_code == 2, result.output
    assert says in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1 or "notice" in result.stderr
    assert not path.exists()


def test_where_the_trap_is_not_reached_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    result = run(*SIMULATE, "--certificate", path)
    assert result.exit_code == 1
    assert "500 steps" in result.stderr and "smaller" in result.stderr
    assert not path.exists()


def test_a_place_that_cannot_be_written_is_refused_first(tmp_path: Path) -> None:
    result = run(*SIMULATE[:-1], "100000000000", "--certificate", tmp_path / "no" / "run.json")
    assert result.exit_code == 2
    assert "no does not exist; choose another folder" in result.stderr


@pytest.mark.parametrize("schedule", [mp.Power(1, 1), mp.Power(0.01)])
def test_equal_rows_that_keep_weight_are_named_before_the_search(schedule: mp.Power) -> None:
    with pytest.raises(mp.MarginproofError, match="rows 1 and 3 are equal and keep weight"):
        mp.certify_run([[4, 1, 2], [1, 5, -1], [4, 1, 2]], schedule=schedule, most_steps=10**11)


def test_rows_that_are_equal_or_begin_with_a_zero() -> None:
    with pytest.raises(mp.MarginproofError, match="rows 1 and 2 are equal"):
        mp.certify_run([[2, 1], [2, 1], [1, 2]], schedule=mp.Power(0.1), most_steps=6000)
    with pytest.raises(mp.MarginproofError, match="row 1 has a zero entry"):
        mp.certify_run([[2, 0], [1, 2]], schedule=mp.Power(0.01))
    with pytest.raises(mp.NotSeparableError):
        mp.certify_run([[2, 1], [-2, -1]], schedule=mp.Power(0.01))


def test_the_python_way(tmp_path: Path) -> None:
    made = mp.certify_run([[5, 1], [1, 4]], start=(0, 0.733), schedule=mp.Power(1, 1), most_steps=2000)
    np.testing.assert_allclose([float(low) for low, _ in made.conclusion["direction"]], [0.6, 0.8], atol=1e-8)
    made.save(tmp_path / "run.json")
    assert (tmp_path / "run.json").exists()


def test_every_schedule(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    steps = ("--lr", "0.001", "--steps", "100", "--every-schedule")
    result = run("simulate", "two-limits", *ADAM, *steps, "--certificate", path, "--json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)["certified"]
    assert (found["kind"], found["direction"]) == ("vertex", [1, 1])
    assert run("simulate", "two-limits", *ADAM, *steps).exit_code == 2


class Interrupting:
    """A function that is Ctrl-C at its n-th call."""

    def __init__(self, function: Any, at: int) -> None:
        self.function, self.left = function, at

    def __call__(self, *args: Any, **settings: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt
        return self.function(*args, **settings)


CONSTANT = ("predict", "sr4", *ADAM, "--lr", "0.05")
VANISHING = (
    "simulate",
    "two-limits",
    *ADAM,
    "--lr",
    "1",
    "--lr-decay",
    "1",
    "--start",
    "0,0.733",
    "--steps",
    "2000",
)


@pytest.mark.parametrize(
    ("command", "module", "function", "at"),
    [
        (CONSTANT, "runs.trap_search", "_fixed_point", 2),
        (CONSTANT, "runs.constant_step", "in_trap", 1),
        (VANISHING, "certificates.runs", "vanishing_certificate", 3),
    ],
)
def test_an_interrupted_search_goes_on_without_loss(
    command: tuple[str, ...],
    module: str,
    function: str,
    at: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ctrl-C: no certificate, and what was found stands beside; the same command makes the file that it would have made."""
    place = import_module(f"marginproof.theory.proofs.{module}")
    path, partial, whole = (tmp_path / name for name in ("run.json", "run.json.partial", "whole.json"))
    with monkeypatch.context() as patched:
        patched.setattr(place, function, Interrupting(getattr(place, function), at))
        result = run(*command, "--certificate", path)
    assert result.exit_code == 130
    assert str(partial) in result.stderr
    assert partial.exists()
    assert not path.exists()
    assert "Traceback" not in result.output
    result = run(*command, "--certificate", path)
    assert result.exit_code == 0, result.stderr
    assert "going on from" in result.stderr
    assert not partial.exists()
    run(*command, "--certificate", whole)
    assert path.read_text() == whole.read_text()


def test_a_run_in_balls_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted in its middle, it is not begun again, and ends in the same certificate; other settings are refused."""
    path, partial = tmp_path / "run.json", tmp_path / "run.json.partial"
    monkeypatch.setattr(constant_step, "CHUNK", 500)
    with monkeypatch.context() as patched:
        stop = Interrupting(BallState.plain, 3)
        patched.setattr(BallState, "plain", lambda state: stop(state))
        assert run(*CONSTANT, "--certificate", path).exit_code == 130
    kept = json.loads(partial.read_text())["parts"]
    assert 0 < kept["balls"]["steps"] < 4 * kept["search"]["run"]["epochs"]
    other = run(*CONSTANT[:-1], "0.04", "--certificate", path)
    assert other.exit_code == 2
    assert "lr differs" in other.stderr
    with monkeypatch.context() as patched:
        patched.setattr(constant_step, "initial_state", None)
        assert run(*CONSTANT, "--certificate", path).exit_code == 0
    assert judge(path.read_bytes()).word == "VALID"


def test_what_is_no_saved_search_is_left_alone(tmp_path: Path) -> None:
    partial = tmp_path / "run.json.partial"
    partial.write_text("mine")
    result = run(*CONSTANT, "--certificate", tmp_path / "run.json")
    assert result.exit_code == 2
    assert "is not the unfinished search" in result.stderr
    assert partial.read_text() == "mine"


def test_a_row_that_fades_while_the_rest_settles(tmp_path: Path) -> None:
    """Row 2 of SR4 tends to weight zero; Newton's method finds that point before the run is near it."""
    path = tmp_path / "run.json"
    result = run("predict", "sr4", *ADAM, "--lr", "0.01", "--certificate", path, "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["certified"]["support"] == [0, 2, 3]
    assert judge(path.read_bytes()).word == "VALID"


def test_a_refusal_by_the_checker_has_a_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Certificate, "verdict", lambda self: ("UNSUPPORTED", "time limit"))
    result = run(*CONSTANT, "--certificate", tmp_path / "run.json")
    assert result.exit_code == 1
    assert "the checker does not accept it (time limit); another lr" in result.stderr


def test_a_long_search_announces_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marginproof.properties.progress.PATIENCE", 0.0)
    result = run(*CONSTANT, "--certificate", tmp_path / "run.json")
    assert (
        "searching for a proof that this run on 4 x 4 data converges, which may take minutes" in result.stderr
    )
