"""Zero entries in the data of a hunt: drawn by their share, judged one by one, certified in tiers."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from marginproof.properties.hunt import Hunt, hunt
from marginproof.properties.hunt.conjecture import MOST_STEPS, UserConjecture
from marginproof.properties.hunt.draws import draw, separated
from marginproof.properties.hunt.generations import climb_in_batches
from marginproof.properties.hunt.shrink import simpler
from marginproof.theory.checker import check
from marginproof.theory.errors import MarginproofError
from marginproof.theory.limit.flow import FineFlow
from marginproof.theory.margins.separability import decide
from marginproof.theory.proofs.certificates.document import unjudged_text

TIERED = np.array([[-1.0, 1.0], [0.0, 1.0]])


def test_drawn_data_keep_their_rows_their_columns_and_their_separation():
    batch = draw(np.random.default_rng(0), 1000, 4, 3, 9, 0.6)
    assert batch.any(axis=1).all()
    assert batch.any(axis=2).all()
    assert 0.45 < (batch == 0).mean() < 0.6  # what would vanish gives some back
    assert all(decide(X)[0] is not None for X in batch[:100])
    assert not (draw(np.random.default_rng(0), 1000, 4, 3, 9) == 0).any()


def test_a_row_on_the_plane_is_turned_by_its_first_entry_that_is_not_zero():
    turned = separated(np.array([[[0.0, -1.0, 1.0]]]), np.array([[1.0, 1.0, 1.0]]))
    assert turned.tolist() == [[[0, 1, -1]]]


def test_changed_data_keep_the_places_of_their_zeros():
    seen = []

    class Counting:
        def values(self, batch):
            seen.append(batch)
            return np.abs(batch).sum(axis=(1, 2))

        def confirm(self, X):
            return False

    climb_in_batches(Counting(), (3, 3), 9, 400, np.random.default_rng(0), zeros=0.4)
    assert len(seen) > 5
    for batch in seen:
        assert batch.any(axis=1).all()
        assert batch.any(axis=2).all()
        assert (batch == 0).any()


def test_the_shrinker_leaves_no_empty_row_or_column():
    assert all(Y.any(axis=0).all() and Y.any(axis=1).all() for Y in simpler(TIERED))
    assert any(Y.shape == (2, 1) for Y in simpler(TIERED))
    assert not any(Y.shape == (1, 2) and not Y[0, 0] for Y in simpler(TIERED))


@pytest.fixture
def module(tmp_path, monkeypatch):
    (tmp_path / "zeroed.py").write_text(
        "def one(X, prediction):\n    return len(prediction.tiers) == 0\n"
        "def near(X, prediction):\n    return prediction.cosines['l2'] > 0.9\n"
        "def rounds(X, prediction):\n    return float(prediction.direction[0]) > 0\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "zeroed"
    sys.modules.pop("zeroed", None)


def test_a_conjecture_about_tiers_ends_in_a_certificate_of_tiers(module):
    found = hunt(Hunt(f"{module}:one", n=2, d=2, max_entry=4, seconds=60, zeros=0.4))
    assert found.certificate.kind == "tiers"
    assert (found.shrunk == 0).any()
    assert "The violation is proved in balls" in found.certificate.note


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("near", "proved in balls (the certificate of tiers states the limit alone): cosines['l2'] < "),
        ("rounds", "not proved: the function turns a ball into a float"),
    ],
)
def test_the_note_says_what_is_proved_of_a_limit_in_tiers(module, name, said):
    made = UserConjecture(f"{module}:{name}").certify(TIERED)
    assert said in made.note
    assert check(unjudged_text(made).encode())[0] == "VALID"
    assert UserConjecture(f"{module}:{name}").confirm(TIERED)


def test_the_certificate_of_tiers_takes_the_limit_that_was_solved(module, monkeypatch):
    def again(*given):
        raise AssertionError("solved a second time")

    monkeypatch.setattr("marginproof.theory.prediction.solve", again)
    assert UserConjecture(f"{module}:one").certify(TIERED).kind == "tiers"


def test_a_search_gives_up_early_on_what_does_not_settle(module, monkeypatch):
    steps = []
    monkeypatch.setattr(FineFlow, "step", lambda self, take=FineFlow.step: steps.append(1) or take(self))
    tied = np.array([[0.0, 4.0, 0.0], [3.0, 0.0, 0.0], [2.0, 0.0, -1.0]])
    target = UserConjecture(f"{module}:one")
    assert np.isnan(target.values(tied[None])).all()
    assert len(steps) == MOST_STEPS
    assert target.value(tied) is None
    assert len(steps) > 5 * MOST_STEPS


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"claim": "R1", "zeros": 0.2}, "zeros=0.2 does not go with claim=R1"),
        ({"claim": "m:f", "zeros": 0.2, "method": "targeted"}, "does not go with method=targeted"),
        ({"claim": "m:f", "zeros": 1.0}, "zeros=1.0 is not a share"),
        ({"claim": "m:f", "zeros": float("nan")}, "zeros=nan is not a share"),
    ],
)
def test_shares_that_cannot_be_drawn_are_refused(settings, why):
    with pytest.raises(MarginproofError, match=why):
        Hunt(**settings)


def test_states_written_before_there_were_zeros_go_on():
    assert "zeros" not in Hunt("m:f").key()
    assert Hunt("m:f", zeros=0.3).key()["zeros"] == 0.3
