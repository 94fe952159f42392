"""The time limit of a hunt holds within a chunk, and a chunk that it cuts short leaves no trace."""

from __future__ import annotations

import itertools
import sys

import numpy as np
import pytest

from marginproof.properties.hunt import Hunt, hunt, search
from marginproof.properties.hunt.draws import draw
from marginproof.properties.hunt.search import PIECE, Chunk, Searched, search_chunk
from marginproof.properties.hunt.targets import TARGETS


class Spy:
    """A target where all data are candidates and none is confirmed; it notes what it sees."""

    claim = "R4"

    def __init__(self):
        self.screened, self.confirmed = [], []

    def screen(self, batch):
        self.screened += [X.tobytes() for X in batch]
        return np.ones(len(batch))

    def confirm(self, X):
        self.confirmed.append(X.tobytes())
        return False


@pytest.fixture
def spy(monkeypatch):
    spy = Spy()
    monkeypatch.setitem(TARGETS, "R4", spy)
    return spy


@pytest.fixture
def ticking(monkeypatch):
    """A clock that goes on by a second at every look."""
    monkeypatch.setattr(search, "clock", itertools.count().__next__)


def test_a_chunk_ends_within_a_piece_of_its_limit(spy, ticking):
    assert search_chunk(Hunt("R4"), 0, 4) is None
    assert len(spy.screened) == 1 + 4 * PIECE  # looks at 0 (which starts it), 1, 2, 3; at 4 it is late
    assert spy.confirmed == []


def test_a_chunk_ends_between_two_candidates(spy, ticking):
    pieces = 3
    assert search_chunk(Hunt("R4", chunk=1 + pieces * PIECE), 0, pieces + 5) is None
    assert len(spy.screened) == 1 + pieces * PIECE
    assert len(spy.confirmed) == 5


def test_the_first_data_set_is_not_counted(spy, monkeypatch):
    """Its screen may have to be compiled: a minute of that leaves the chunk whole."""
    now = 0.0

    def slow_once(batch):
        nonlocal now
        now += 60 if not spy.screened else 0.01
        return Spy.screen(spy, batch)

    monkeypatch.setattr(search, "clock", lambda: now)
    monkeypatch.setattr(spy, "screen", slow_once)
    assert search_chunk(Hunt("R4"), 0, 5.0) == (500, 500, 500, [])


@pytest.mark.parametrize("claim", sorted(TARGETS))
def test_a_batch_in_pieces_is_the_same_batch(claim):
    n, d = {"R2": (2, 2), "R7": (6, 1)}.get(claim, (3, 3))
    batch, target = draw(np.random.default_rng(1), 12, n, d, 9), TARGETS[claim]
    pieces = np.concatenate([target.screen(batch[:1]), target.screen(batch[1:9]), target.screen(batch[9:])])
    np.testing.assert_array_equal(pieces, target.screen(batch))


def test_a_limit_that_is_not_met_changes_nothing():
    settings = Hunt("R4", n=3, d=2, max_entry=9, chunk=200)
    free, limited = search_chunk(settings, 0), search_chunk(settings, 0, 1e6)
    assert free.tried == limited.tried == 200
    assert free.candidates == limited.candidates > 0
    np.testing.assert_array_equal(free.found, limited.found)


def test_a_chunk_cut_short_is_not_counted_and_drawn_again_by_a_resumed_hunt(spy, ticking):
    """A chunk of 41 data sets and 40 candidates takes 44 looks, and the hunt itself a few."""
    settings = Hunt("R4", chunk=41, seconds=120)
    kept = []
    result = hunt(settings, keep=kept.append)
    assert result.searched == kept[-1] == Searched(2, 82, 82, 82)
    assert result.tried == 82
    cut = spy.screened[82:]
    assert len(cut) > 0
    spy.screened.clear()
    hunt(settings, first_chunk=kept[-1].chunks)
    assert spy.screened[: len(cut)] == cut


def test_a_hunt_ends_at_its_limit_although_a_chunk_is_long(spy, ticking):
    result = hunt(Hunt("R4", chunk=100_000, seconds=10))
    assert (result.searched, result.certificate) == (Searched(), None)
    assert result.seconds < 15


@pytest.mark.parametrize("jobs", [1, 3])
def test_what_comes_after_a_cut_chunk_is_left_for_later_whatever_the_number_of_jobs(monkeypatch, jobs):
    violation = np.array([[1.0, -1.0], [1.0, -1.0], [-2.0, 1.0]])
    monkeypatch.setattr(search, "Parallel", lambda n_jobs: lambda tasks: [f(*a, **k) for f, a, k in tasks])
    rounds = {0: Chunk(9, 8, 7, []), 1: None, 2: Chunk(9, 9, 1, [violation])}
    monkeypatch.setattr(
        search, "search_chunk", lambda settings, k, seconds: rounds.get(k, Chunk(9, 9, 0, []))
    )
    kept = []
    result = hunt(Hunt("R4", n=3, d=2, jobs=jobs), keep=kept.append)
    assert (result.searched, result.found) == (Searched(1, 9, 8, 7), None)
    assert kept[-1] == Searched(1, 9, 8, 7)
    rounds[1] = Chunk(9, 9, 0, [])
    np.testing.assert_array_equal(hunt(Hunt("R4", n=3, d=2, jobs=jobs), first_chunk=1).found, violation)


def test_a_guided_chunk_ends_too(tmp_path, monkeypatch, ticking):
    (tmp_path / "endless.py").write_text(
        "SEEN = []\ndef fine(X, prediction):\n    SEEN.append(X)\n    return 1.0\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    settings = Hunt("endless:fine", n=2, d=2, max_entry=9, method="targeted")
    assert settings.targeted
    assert search_chunk(settings, 0, 20) is None
    # 21 looks, and Hypothesis runs the last data set again; undecided predictions are not asked about
    assert 0 < len(sys.modules.pop("endless").SEEN) <= 25


def test_a_violation_that_was_being_shrunk_at_an_interrupt_is_found_again(monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    settings = Hunt("R4", n=3, d=2, max_entry=4, chunk=50)
    kept = []
    with monkeypatch.context() as patched:
        patched.setattr(search, "shrink", stop)
        with pytest.raises(KeyboardInterrupt):
            hunt(settings, keep=kept.append)
    again = hunt(settings, first_chunk=kept[-1].chunks if kept else 0)
    np.testing.assert_array_equal(again.found, hunt(settings).found)


@pytest.mark.parametrize("jobs", [1, 3])
def test_what_is_kept_ends_before_the_chunk_of_a_certified_violation(monkeypatch, jobs):
    """So the same hunt finds it again, whatever the number of jobs; one that cannot be certified is passed."""
    violation = np.array([[1.0, -1.0], [1.0, -1.0], [-2.0, 1.0]])
    innocent = np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 1.0]])
    monkeypatch.setattr(search, "Parallel", lambda n_jobs: lambda tasks: [f(*a, **k) for f, a, k in tasks])
    rounds = {0: Chunk(9, 9, 1, [innocent]), 1: Chunk(9, 9, 1, [violation])}
    monkeypatch.setattr(
        search, "search_chunk", lambda settings, k, seconds: rounds.get(k, Chunk(9, 9, 0, []))
    )
    kept = []
    result = hunt(Hunt("R4", n=3, d=2, jobs=jobs), keep=kept.append)
    assert len(result.refused) == 1
    assert kept[-1] == Searched(1, 9, 9, 1)
    again = hunt(Hunt("R4", n=3, d=2, jobs=jobs), first_chunk=kept[-1].chunks)
    np.testing.assert_array_equal(again.found, violation)
