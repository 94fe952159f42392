"""Search, shrink, certify: each target accepts a known violation, rejects a known good set, and ends in a certificate."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from marginproof.properties.hunt import Hunt, hunt, search
from marginproof.properties.hunt.conjecture import UserConjecture
from marginproof.properties.hunt.draws import draw, separated
from marginproof.properties.hunt.exhaust import exhaust, solutions
from marginproof.properties.hunt.search import search_chunk
from marginproof.properties.hunt.settings import default_shape
from marginproof.properties.hunt.shrink import shrink, simpler
from marginproof.properties.hunt.targets import TARGETS
from marginproof.properties.hunt.user_function import load
from marginproof.theory.checker import check
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import IncAdamField
from marginproof.theory.margins.separability import decide
from marginproof.theory.proofs.certificates.document import unjudged_text

VIOLATORS = {
    "R1": [[5, 1], [1, 4]],
    "R2": [[5, 1], [1, 4]],
    "R3": [[1, 15, 2], [3, -1, 14], [11, 5, -3]],
    "R4": [[1, -1], [1, -1], [-2, 1]],
    "R5": [[1, 1, 1, 1], [2, 2, 2, -2], [3, 3, -3, -3], [4, -4, 4, -4]],
    "R6": [[1, 1, 1], [-1, 1, -1]],
    "R7": [[25], [5], [1]],
}
INNOCENT = {
    "R1": [[4, 1], [1, 3]],
    "R2": [[4, 1], [1, 3]],
    "R3": [[5, 1, 1], [1, 4, 1], [1, 1, 3]],
    "R4": [[1, 2], [2, 1], [3, 1]],
    "R5": [[1, 1], [2, 2]],
    "R6": [[5, 1], [1, 4]],
    "R7": [[1], [1], [1], [1]],
}


def array(rows):
    return np.array(rows, dtype=float)


@pytest.mark.parametrize("claim", sorted(TARGETS))
def test_a_target_accepts_its_violator_and_certifies_it(claim):
    target, X = TARGETS[claim], array(VIOLATORS[claim])
    assert target.screen(X[None])[0] > 0
    assert target.confirm(X)
    assert check(unjudged_text(target.certify(X)).encode())[0] == "VALID"


@pytest.mark.parametrize("claim", sorted(TARGETS))
def test_the_default_shape_can_be_hunted(claim):
    assert Hunt(claim, *default_shape(claim)).target().claim == claim


@pytest.mark.parametrize("claim", sorted(TARGETS))
def test_a_target_rejects_the_innocent(claim):
    target, X = TARGETS[claim], array(INNOCENT[claim])
    assert not target.screen(X[None])[0] > 0
    assert not target.confirm(X)


def test_opposite_rows_give_no_direction_and_no_margin_and_no_warning():
    """The steps of x and -x with equal weights cancel: u = 0, where min x·u / ‖u‖ would be 0/0."""
    X = array([[3, 2], [-3, -2]])
    u = IncAdamField()(X, np.array([0.5, 0.5]))
    assert np.abs(u).max() <= 2.0**-53  # a last place of the sum of two terms below 1
    with np.errstate(all="raise"):
        assert TARGETS["R5"].screen(X[None])[0] == 0
        assert TARGETS["R5"].screen(array(VIOLATORS["R5"])[None])[0] > 0


def test_a_trap_is_one_of_the_flow():
    assert "solution of the flow" in TARGETS["R2"].certify(array(VIOLATORS["R2"])).note


def test_a_hunt_finds_the_smallest_example_and_nothing_smaller_exists():
    result = hunt(Hunt("R1", n=2, d=2, max_entry=5, seconds=60, seed=0))
    assert result.certificate is not None
    assert np.abs(result.shrunk).max() == 5
    assert check(unjudged_text(result.certificate).encode())[0] == "VALID"
    smaller = exhaust(4)
    assert smaller.data_sets == 3968
    assert smaller.violations == ()
    assert smaller.smallest() is None
    assert exhaust(5).violations == (((5, 1), (1, 4)),)
    assert exhaust(6).smallest() == ((5, 1), (1, 4))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (((5, 1), (1, 4)), (3, 2)),
        (((2, 1), (1, 2)), (3, 1)),
        (((4, 1), (1, 3)), (1, 1)),
        (((1, 1), (2, 2)), (1, 1)),
        (((4, -1), (1, -5)), (3, 2)),
    ],
)
def test_exact_counts(rows, expected):
    """(solutions, directions); the first is theory's R1, the last the same up to flips and exchanges."""
    assert solutions(rows) == expected


def test_jobs_do_not_change_the_answer():
    settings = Hunt("R4", n=3, d=2, max_entry=4, chunk=50)
    alone = hunt(settings)
    pair = hunt(Hunt("R4", n=3, d=2, max_entry=4, chunk=50, jobs=2))
    np.testing.assert_array_equal(alone.found, pair.found)


def test_more_processes_than_cores_are_told_and_not_started(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    many = Hunt("R4", n=3, d=2, max_entry=4, chunk=50, jobs=1000)
    with pytest.warns(
        UserWarning, match="jobs=1000 is more than this machine's cores; 1 process will run"
    ) as told:
        result = hunt(many)
    assert told[0].filename == __file__
    assert result.searched.chunks == 1


def test_a_chunk_is_reproducible_and_chunks_differ():
    settings = Hunt("R4", n=3, d=2, max_entry=9, chunk=200)
    first, again, other = (search_chunk(settings, k).found for k in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_shrinking_keeps_the_violation_and_ends_at_a_local_minimum():
    target = TARGETS["R4"]
    start = array([[9, -7], [8, -9], [-3, 8], [2, 7]])
    violates = target.confirm
    if not violates(start):
        start = array([[9, -7], [8, -6], [-9, 8]])
    assert violates(start)
    small, _ = shrink(start, violates)
    assert violates(small)
    assert np.abs(small).sum() < np.abs(start).sum()
    assert not any(violates(X) for X in simpler(small))


def test_drawn_data_have_no_zeros_and_stay_in_range():
    batch = draw(np.random.default_rng(0), 300, 3, 2, 7)
    assert np.all(batch != 0)
    assert np.abs(batch).max() == 7
    assert np.all(batch == np.round(batch))


def test_drawn_data_are_separable_on_the_boundary_too():
    batch, w = (
        np.array([[[2.0, -1.0], [-3.0, 1.0]]]),
        np.array([[1.0, 2.0]]),
    )  # the first row is orthogonal to w
    np.testing.assert_array_equal(separated(batch, w), [[[2, -1], [3, -1]]])
    assert all(decide(X)[0] is not None for X in draw(np.random.default_rng(1), 200, 4, 2, 3))


def test_a_search_that_finds_nothing_says_how_much_it_did(monkeypatch):
    monkeypatch.setattr(search, "clock", itertools.count().__next__)  # every look takes a second
    result = hunt(Hunt("R1", n=2, d=2, max_entry=2, seconds=20, chunk=20))
    assert result.certificate is None
    assert result.found is None
    assert result.tried == result.searched.judged == result.searched.chunks * 20 > 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"claim": "R99"}, "claim=R99"),
        ({"claim": "R1", "n": 0}, r"n=0 is no whole number in 1\.\.64; choose 1 to 64"),
        ({"claim": "R1", "n": 2.5}, r"n=2\.5 is no whole number in"),
        ({"claim": "R1", "d": -3}, "d=-3 .*; choose 1 to 64"),
        ({"claim": "R1", "seed": -1}, "seed=-1 .*; choose 0 or more"),
        ({"claim": "R1", "chunk": 0}, "chunk=0 .*; choose 1 or more"),
        ({"claim": "R1", "jobs": 0}, "jobs=0 .*; choose 1 or more"),
        ({"claim": "R4", "n": 10**6}, "n=1000000 .*; choose 1 to 64"),
        ({"claim": "R5", "n": 7}, "n=7"),
        ({"claim": "R4", "max_entry": 10**7}, "max_entry=10000000 .*; choose 1 to 1000000"),
        ({"claim": "R2"}, "n=3"),
        ({"claim": "R3", "n": 4}, "n=4"),
        ({"claim": "R7", "d": 3}, "d=3: .* choose d=1"),
        ({"claim": "R7", "n": 2, "d": 1}, "n=2: .* choose n=3"),
        ({"claim": "R7", "n": 3, "d": 1, "method": "targeted"}, "number to climb"),
        ({"claim": "R1", "backend": "snail"}, "backend=snail"),
        ({"claim": "R1", "seconds": -1}, "seconds=-1 is no time limit above 0; choose"),
        ({"claim": "R1", "seconds": float("nan")}, "seconds=nan .*; choose"),
        ({"claim": "no_such_module:f"}, "not an importable"),
    ],
)
def test_bad_settings_are_one_sentence(given, message):
    with pytest.raises(MarginproofError, match=message):
        Hunt(**given).target()


def test_a_users_conjecture(tmp_path, monkeypatch):
    """ "The limit from w = 0 always has the first coordinate positive" fails, and the point is certified."""
    (tmp_path / "mine.py").write_text(
        "def first_positive(X, prediction):\n    return prediction.direction[0] > 0\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert load("mine:first_positive")
    result = hunt(Hunt("mine:first_positive", n=2, d=2, max_entry=4, seconds=30, chunk=10))
    assert result.certificate is not None
    assert result.certificate.claim is None
    assert UserConjecture("mine:first_positive").confirm(result.shrunk)
    assert check(unjudged_text(result.certificate).encode())[0] == "VALID"
