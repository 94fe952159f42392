"""``marginproof simulate``: its JSON contract, resumption, refusals and sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from marginproof.properties.cli import main
from marginproof.properties.cli.run_shown import progress_of, sparkline


def run(*arguments: str, code: int = 0):  # type: ignore[no-untyped-def]
    result = CliRunner().invoke(main, ["simulate", *arguments])
    assert result.exit_code == code, result.output
    return result


def answer(*arguments: str) -> dict:
    return json.loads(run(*arguments, "--json").stdout)


def test_keys_of_the_contract() -> None:
    found = answer("sr4", "--optimizer", "adam", "--steps", "200000", "--against", "predict", "--record", "5")
    assert {
        "direction", "margin_ratio", "weights", "sum_lr", "steps", "cosine_to_prediction", "checkpoints"
    } <= set(found)  # fmt: skip
    assert set(found["margin_ratio"]) == {"l2", "linf"}
    assert found["steps"] == 200_000
    assert len(found["checkpoints"]) == 5
    # Scaled Rademacher data: l2 is the limit (I6); the offset from w_0 = 0 falls like 1/Σ η.
    assert 1 - found["cosine_to_prediction"] < 1 / found["sum_lr"]
    assert found["margin_ratio"]["l2"] > 1 - 1 / found["sum_lr"]
    assert found["checkpoints"][-1]["gap_to_prediction"] < found["checkpoints"][0]["gap_to_prediction"]


@pytest.mark.parametrize("optimizer", ["gd", "signgd", "signum", "adamproxy", "adam"])
def test_every_optimizer_runs(optimizer: str) -> None:
    found = answer("sr4", "--optimizer", optimizer, "--steps", "2000", "--lr", "0.01", "--against", "predict")
    assert np.isclose(sum(found["weights"]), 1)
    assert found["margin_ratio"]["l2"] > 0  # every optimizer has separated the data by then


def test_the_verdict_is_one_line_with_a_sparkline() -> None:
    out = run("sr4", "--optimizer", "adam", "--steps", "20000", "--against", "predict").output
    line = out.strip().splitlines()[-1]
    assert line.startswith("OBSERVED: the angle to ")
    assert "█" in line


def test_the_tables_head_names_the_settings_in_the_papers_words() -> None:
    out = run("two-limits", "--optimizer", "adam", "--steps", "2000", "--loss", "logistic").output
    head = " ".join(out.split("┏")[0].split())
    assert head == "two-limits: Inc-Adam, β₁ = 0.9, β₂ = 0.95, η_t = 0.1 (t + 2)^-0.5, logistic loss, seed 0"


def test_a_distance_that_rose_again_is_not_said_to_have_fallen() -> None:
    assert progress_of(np.array([1e-1, 1e-3, 1e-5])).startswith("fell ")
    assert progress_of(np.array([1e-1, 1e-3, 1.5e-3])).startswith("fell ")
    assert progress_of(np.array([1e-1, 1e-5, 7e-4])).endswith("down to 0.256° and up again")
    assert progress_of(np.array([1e-1, 0.0, 2e-16])).startswith("fell ")  # rounding
    assert progress_of(np.array([1e-32, 1e-2, 1e-3, 1e-4])).startswith("went ")  # it started there by chance


def test_resume_is_bit_for_bit(tmp_path: Path) -> None:
    common = ("sr4", "--optimizer", "adam", "--sampling", "reshuffle", "--batch-size", "2", "--seed", "3")
    saved = str(tmp_path / "run.npz")
    run(*common, "--steps", "1234", "--save", saved)
    resumed = answer(*common, "--steps", "5000", "--resume", saved)
    assert resumed["direction"] == answer(*common, "--steps", "5000")["direction"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--against", "hope"), "against=hope"),
        (("--steps", "0"), "steps=0"),
        (("--lr", "-1"), "lr=-1.0"),
        (("--loss", "hinge"), "loss=hinge"),
        (
            ("--optimizer", "gd", "--eps", "1e-8"),
            "eps=1e-08 belongs to adam and rmsprop, not to optimizer=gd",
        ),
        (("--optimizer", "adam", "--normalise"), "normalise applies to gd only"),
        (("--resume", "nowhere.npz"), "resume=nowhere.npz"),
        (("--record", "0"), "checkpoints=0"),
    ],
)
def test_refusals(arguments: tuple[str, ...], words: str) -> None:
    result = run("sr4", *arguments, code=2)
    assert words in result.output


def test_sparkline_is_logarithmic() -> None:
    assert sparkline(np.array([1.0, 0.1, 0.01])) == "█▅▁"
    assert sparkline(np.array([0.5, 0.5])) == "▁▁"


def test_quasi_complete_data_are_run_without_margins(tmp_path):
    """w_1 grows without bound and w_2 stays: rows 4 and 5 hold it, and there is no prediction."""
    (tmp_path / "q.csv").write_text("1,0\n1,1\n1,-1\n0,1\n0,-1\n")
    data = (str(tmp_path / "q.csv"), "--folded", "--steps", "1000")
    shown = run(*data, "--optimizer", "gd")
    assert "quasi-complete separation: every separating direction has margin 0 on 2 of 5 rows" in shown.stderr
    assert "margin / largest" not in shown.stdout
    found = answer(*data, "--optimizer", "gd")
    assert found["margin_ratio"] is None
    assert found["checkpoints"][-1]["margin_ratio"] is None
    assert found["direction"] == pytest.approx([1, 0], abs=1e-9)
    assert "the separation is quasi-complete" in run(*data, "--against", "predict", code=2).stderr


def test_data_that_are_not_separable_are_refused_before_the_run(tmp_path, monkeypatch):
    from marginproof.properties.cli.run_asked import AskedRun

    monkeypatch.setattr(AskedRun, "follow", lambda *given, **settings: pytest.fail("it ran"))
    (tmp_path / "d.csv").write_text("1,2\n-1,-2\n3,1\n-3,-1\n")
    result = CliRunner().invoke(main, ["simulate", str(tmp_path / "d.csv"), "--folded"])
    assert result.exit_code == 2 and "not linearly separable" in result.stderr


def test_a_stopped_run_can_be_resumed_only_where_it_was_saved(tmp_path, monkeypatch):
    from marginproof.properties.progress import LateBar
    from marginproof.properties.simulation import trajectories

    def stop(self, done):
        raise KeyboardInterrupt

    monkeypatch.setattr(trajectories, "CHUNK_SECONDS", 1e-4)
    monkeypatch.setattr(LateBar, "__call__", stop)
    asked, kept = ("sr4", "--optimizer", "adam", "--steps", "2000000"), str(tmp_path / "run.npz")
    without = run(*asked, code=130).output
    assert "can be resumed" not in without and "--save FILE would keep it" in without
    assert f"is in {kept}, and --resume {kept} goes on" in run(*asked, "--save", kept, code=130).output
