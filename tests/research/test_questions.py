"""The questions of research, each at a small size: what is found is certified, what is not is said."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from research.__main__ import QUESTIONS, main
from research.attractors import (
    different,
    directions,
    finite_beta,
    print_count,
    two_rows,
)
from research.cycles import smallest_cycle
from research.poor_margins import margins_of, poor_margins


def test_an_unknown_question_is_one_sentence():
    run = CliRunner().invoke(main, ["swans"])
    assert run.exit_code == 2
    assert "swans" in run.output
    assert "two-rows" in run.output


def test_the_questions_named_in_the_docs_exist():
    docs = Path(__file__).parents[2] / "docs"
    text = "".join((docs / page).read_text("utf-8") for page in ("research.md", "certificates.md"))
    named = set(re.findall(r"python -m research ([a-z-]+)", text))
    assert len(named) >= 4
    assert named <= set(QUESTIONS)
    listed = (docs / "research.md").read_text("utf-8").split("with the questions")[1].split("; seeds")[0]
    assert re.findall(r"`([a-z-]+)`", listed) == list(QUESTIONS)


def test_directions_that_are_the_same_count_once():
    assert different([np.array([1.0, 0]), np.array([1.0, 1e-9]), np.array([0, 1.0])]) == 2


def test_two_directions_are_found_and_certified(capsys):
    directions(2, 2, count=1500, max_entry=9, seed=3)
    said = capsys.readouterr().out
    assert "1500 data sets" in said
    assert "most: 2" in said
    assert "VALID" in said


def test_no_smaller_two_by_two_data_exist_and_five_is_enough(capsys):
    print_count(4)
    two_rows(2, 4)
    two_rows(2, 5)
    smaller, on_the_grid, five = capsys.readouterr().out.split("two rows")
    assert "violations=()" in smaller.replace(" ", "")
    assert " 0 with two attractors" in on_the_grid
    assert "VALID" in five


def test_a_cycle_on_smaller_integers_than_r3s(capsys):
    smallest_cycle(count=0)  # only R3's data, shrunk
    assert "VALID" in capsys.readouterr().out


def test_finite_beta_counts_what_it_searched(capsys):
    finite_beta(2, 2, count=300)
    assert re.search(
        r"300 data sets, seed 1: \d+ candidates with more, \d+ with fewer", capsys.readouterr().out
    )


def test_margins_of_a_limit_and_of_a_run_that_does_not_settle():
    l2, linf = margins_of(np.array([[1.0, 1, 1, 1], [2, 2, 2, -2], [3, 3, -3, -3], [4, -4, 4, -4]]))
    assert l2 == pytest.approx(1, abs=1e-4)  # SR4 goes to the l2 direction; the flow is stopped at rest 1e-6
    assert linf < 0.99
    assert margins_of(np.array([[1.0, 15, 2], [3, -1, 14], [11, 5, -3]])) == (1.0, 1.0)


def test_poor_margins_certify_what_they_find(capsys):
    poor_margins(2, 3, climbs=1, moves=150, seed=0)
    said = capsys.readouterr().out
    assert "1 climbs of 150 moves" in said
    assert "VALID" in said
