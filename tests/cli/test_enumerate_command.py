"""``marginproof enumerate``: the contract of its JSON, its sentence and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from properties.cli import main


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["enumerate", *words])


def parsed(*words: str) -> dict[str, Any]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


@pytest.fixture
def r1(tmp_path: Path) -> str:
    path = tmp_path / "r1.csv"
    path.write_text("5,1\n1,4\n", encoding="utf-8")
    return str(path)


def test_r1_lists_three_certified_points(r1: str) -> None:
    answer = parsed(r1, "--folded")
    assert answer["complete"] is True
    points = answer["points"]
    assert [point["stability"] for point in points] == ["attracting", "unstable", "attracting"]
    assert all(point["certified"] for point in points)
    assert set(points[0]) >= {"weights", "direction", "support", "stability", "certified"}
    assert points[2]["support"] == [1]
    assert points[2]["direction"] == pytest.approx([0.5**0.5] * 2, rel=1e-15)


def test_each_distinct_direction_is_listed_once(r1: str) -> None:
    # N = d = 2: at interior points X u = γ 1, so both have the direction of X⁻¹ 1, here (3, 4)/5.
    directions = parsed(r1, "--folded")["directions"]
    assert [entry["points"] for entry in directions] == [[0, 1], [2]]
    assert directions[0]["direction"] == pytest.approx([0.6, 0.8], rel=1e-14)
    assert "Points 1 and 2 share a direction: 2 distinct directions." in run(r1, "--folded").output


@pytest.mark.parametrize("optimizer", ["gd", "adam", "adamproxy"])
def test_every_smooth_optimizer_is_complete_on_small_data(r1: str, optimizer: str) -> None:
    assert parsed(r1, "--folded", "--optimizer", optimizer)["complete"] is True


def test_the_sentence_says_that_the_start_decides(r1: str) -> None:
    result = run(r1, "--folded")
    assert result.exit_code == 0
    assert "These are all: 3 fixed points, 2 attracting" in result.output
    assert "depends on the start" in result.output


def test_many_rows_say_that_there_may_be_more() -> None:
    result = run("iris")
    assert result.exit_code == 0
    assert "there may be more" in result.output


def test_asking_for_completeness_that_is_not_reached_is_a_no(r1: str) -> None:
    result = run(r1, "--folded", "--complete", "--max-boxes", "3", "--json")
    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert answer["complete"] is False
    assert "max_boxes=3" in answer["reason"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--digits", "0"), "digits=0"),
        (("--max-boxes", "-1"), "max_boxes=-1"),
        (("--optimizer", "adam", "--batch-size", "3"), "batch_size=3"),
        (("--optimizer", "adam", "--beta1", "0.99"), "beta1=99/100"),
    ],
)
def test_bad_settings_end_in_one_sentence(r1: str, words: tuple[str, ...], said: str) -> None:
    result = run(r1, "--folded", *words)
    assert result.exit_code == 2
    assert said in result.output
    assert result.output.count("\n") == 1
