"""The search that climbs a conjecture's number, against plain search of the same size; dask."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from click.testing import CliRunner

from marginproof.properties.cli import main
from marginproof.properties.hunt import Hunt, hunt
from marginproof.properties.hunt.conjecture import UserConjecture
from marginproof.properties.hunt.search import search_chunk
from marginproof.properties.hunt.targeted import climb
from marginproof.theory.checker import check
from marginproof.theory.errors import MarginproofError
from marginproof.theory.proofs.certificates.document import unjudged_text

NEEDLE = np.array([[40.0, 7.0], [-13.0, 29.0]])
MINE = """
import numpy as np

def planted(X, prediction):
    return np.abs(X - np.array([[40, 7], [-13, 29]])).sum() - 2.5 if X.shape == (2, 2) else 1.0

def silent(X, prediction):
    return bool(planted(X, prediction) >= 0)

def never(X, prediction):
    return False
"""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    (tmp_path / "haystack.py").write_text(MINE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "haystack"
    sys.modules.pop("haystack", None)


@pytest.mark.parametrize("number", [0, 1])
def test_the_guided_search_finds_a_needle_that_plain_search_does_not(mine, number):
    """41 of 10^8 data sets are that close, so 600 random ones hit with probability below 3e-4."""
    target = UserConjecture(f"{mine}:planted")
    looked, _, found = climb(target, (2, 2), 50, 600, number)
    assert found is not None
    assert looked < 600
    assert np.abs(found - NEEDLE).sum() <= 2
    plain, _, nothing = climb(target, (2, 2), 50, 600, number, guided=False)
    assert nothing is None
    assert plain >= 600


def test_a_bool_gives_nothing_to_climb(mine):
    assert climb(UserConjecture(f"{mine}:silent"), (2, 2), 50, 200, 0).found is None


def test_a_hunt_of_ones_own_is_guided_and_certified(mine):
    settings = Hunt(f"{mine}:planted", n=2, d=2, max_entry=50, chunk=600, seconds=60)
    assert settings.targeted
    result = hunt(settings)
    assert result.certificate is not None
    assert check(unjudged_text(result.certificate).encode())[0] == "VALID"
    first, again = (search_chunk(settings, 0).found[0] for _ in range(2))
    np.testing.assert_array_equal(first, again)
    random = search_chunk(Hunt(f"{mine}:planted", n=2, d=2, max_entry=50, method="random"), 0)
    assert (random.candidates, random.found) == (0, [])


@pytest.mark.parametrize(("n", "d", "largest"), [(2, 2, 15), (3, 1, 1)])
def test_what_fails_on_all_data_is_certified(mine, n, d, largest):
    """The rows drawn differ where they can, so the simplest are not [[1, 1], [1, 1]], whose certificate is refused."""
    result = hunt(Hunt(f"{mine}:never", n=n, d=d, max_entry=largest, chunk=20, seconds=20))
    assert result.certificate is not None
    assert check(unjudged_text(result.certificate).encode())[0] == "VALID"
    assert result.refused == ()


@pytest.mark.parametrize(
    ("given", "message"),
    [({"method": "psychic"}, "method=psychic"), ({"method": "targeted"}, "number to climb")],
)
def test_a_bad_method_is_one_sentence(given, message):
    with pytest.raises(MarginproofError, match=message):
        Hunt("R1", **given)


def test_dask_finds_what_one_process_finds():
    """A cluster of two processes on this machine; left closed."""
    distributed = pytest.importorskip("distributed")
    settings = {"claim": "R4", "n": 3, "d": 2, "max_entry": 4, "chunk": 50}
    alone, cluster = hunt(Hunt(**settings)), hunt(Hunt(**settings, jobs=2, backend="dask"))
    assert cluster.certificate is not None
    np.testing.assert_array_equal(alone.found, cluster.found)
    with pytest.raises(ValueError, match="client"):
        distributed.Client.current()


def test_without_dask_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    run = CliRunner().invoke(main, ["hunt", "R4", "--backend", "dask"])
    assert run.exit_code == 2
    assert "install marginproof[dask]" in run.output
    assert "Traceback" not in run.output


def test_the_help_names_the_extra():
    assert "marginproof[dask]" in CliRunner().invoke(main, ["hunt", "--help"]).output
