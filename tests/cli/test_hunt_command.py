"""What ``marginproof hunt`` says: what was counted, whose limit is meant, where it went on from, whose fault it is."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from properties.cli import main
from properties.cli.hunt import _show_smaller
from properties.hunt.exhaust import exhaust, solutions


def run(*arguments):
    return CliRunner().invoke(main, list(arguments))


def test_where_nothing_smaller_exists_the_line_says_what_was_counted():
    """Directions: (2, 1), (1, 2) is smaller and has three solutions, but of one direction."""
    result = run("hunt", "R1", "--n", "2", "--d", "2", "--max-entry", "5")
    assert result.exit_code == 0
    assert (
        "None of the 3968 separable 2 x 2 data sets without zeros and with smaller entries (up to 4) "
        "has solutions in two directions (exact)." in result.output
    )
    assert solutions(((2, 1), (1, 2))) == (3, 1)


@pytest.mark.parametrize(("size", "count"), [(5, "1 has"), (6, "3 have")])
def test_where_a_smaller_one_exists_the_smallest_is_shown(capsys, size, count):
    _show_smaller(exhaust(size))
    said = capsys.readouterr().out
    assert f"{count} solutions in two directions" in said
    assert [line.split() for line in said.splitlines()[-2:]] == [["5", "1"], ["1", "4"]]


def test_where_nothing_was_counted_only_single_moves_are_claimed():
    assert "single moves go" in run("hunt", "R4", "--n", "3", "--d", "2", "--max-entry", "4").output
