"""``marginproof enumerate``: the contract of its JSON, its sentence and its exit codes."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from marginproof.properties.cli import main
from marginproof.properties.cli.output import weights_shown


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
    assert answer["data"] == answer["dataset"], "the key of other commands beside the first one"
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


def test_digits_asked_for_are_written_out(r1: str) -> None:
    # s solves 2246 s⁴ - 238 s³ - 3985 s² + 2040 s + 112 = 0: 40 correct digits leave next to nothing of it.
    words = run(r1, "--folded", "--digits", "40").output
    written = re.findall(r"^  c₁ = (0\.\d+)$", words, re.M)
    assert [len(s) for s in written] == [42, 42]
    for s in map(Fraction, written):
        slope = abs(4 * 2246 * s**3 - 3 * 238 * s**2 - 2 * 3985 * s + 2040)
        # within one unit of the last digit; curvature adds a factor 1 + 1e-30
        assert abs(2246 * s**4 - 238 * s**3 - 3985 * s**2 + 2040 * s + 112) <= 2 * slope / 10**40
    assert "  the other entries of c are 0" in words  # the third point
    points = parsed(r1, "--folded", "--digits", "40")["points"]
    assert [point["weights"][0] for point in points] == [*written, "0"]


def test_without_an_enclosure_no_digits_are_written() -> None:
    words = run("sr4", "--optimizer", "signgd", "--digits", "20").output
    assert "point 1: no enclosure" in words


def test_many_entries_are_cut_off() -> None:
    words = run("gaussian", "--digits", "18").output
    assert len(re.findall(r"^  u[₀-₉]+ = ", words, re.M)) == 8
    assert "  … 42 more entries of u are not 0; --json writes all" in words


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
        (("--start", "0,1"), "start=0,1 means nothing to enumerate"),
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


def test_weights_of_many_rows_are_shown_by_row():
    weights = np.zeros(100)
    weights[[41, 97]] = 0.25, 0.75
    assert weights_shown(weights) == "0.25 on row 42, 0.75 on row 98; 0 on the other 98"
    assert weights_shown(np.full(100, 0.01)).endswith("… 100 rows in all")
    assert weights_shown((0.5, 0.5)) == (0.5, 0.5)


def test_points_that_share_a_direction_are_listed_as_words_are() -> None:
    from types import SimpleNamespace

    from marginproof.properties.cli.enumerate import shared

    found: Any = SimpleNamespace(directions=((None, (0, 1, 2)),))
    assert shared(found) == " Points 1, 2 and 3 share a direction: 1 distinct direction."
