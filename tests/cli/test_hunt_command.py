"""What ``marginproof hunt`` says: what was counted, whose limit is meant, where it went on from, whose fault it is."""

from __future__ import annotations

import importlib
import itertools
import json
import linecache
import sys

import numpy as np
import pytest
from click.testing import CliRunner

from marginproof.properties.cli import main
from marginproof.properties.cli.hunt import _progress, _show, _show_smaller
from marginproof.properties.hunt import Hunt, search
from marginproof.properties.hunt.conjecture import UserConjecture
from marginproof.properties.hunt.exhaust import exhaust, solutions
from marginproof.properties.hunt.search import search_chunk
from marginproof.properties.hunt.settings import default_shape
from marginproof.properties.hunt.targets import TARGETS


def run(*arguments):
    return CliRunner().invoke(main, list(arguments))


def test_where_nothing_smaller_exists_the_line_says_what_was_counted():
    """Directions: (2, 1), (1, 2) is smaller and has three solutions, but of one direction."""
    result = run("hunt", "R1", "--n", "2", "--d", "2", "--max-entry", "5")
    assert result.exit_code == 0
    assert (
        "None of the 3968 separable 2 × 2 data sets without zeros and with smaller entries (up to 4) "
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


R4 = ("hunt", "R4", "--n", "3", "--d", "2", "--max-entry", "4")


def test_the_same_command_with_out_finds_again_what_was_found(tmp_path):
    state, out = str(tmp_path / "state.json"), tmp_path / "r4.json"
    first = run(*R4, "--state", state, "--json")
    again = run(*R4, "--state", state, "--out", str(out), "--json")
    assert first.exit_code == again.exit_code == 0
    assert json.loads(first.output)["certificate"] == json.loads(again.output)["certificate"]
    assert json.loads(out.read_text()) == json.loads(again.output)["certificate"]


def test_a_resumed_hunt_says_so_with_its_totals(tmp_path):
    state = tmp_path / "state.json"
    assert "Resumed" not in run(*R4, "--state", str(state)).output
    kept = json.loads(state.read_text())
    assert (kept["chunks"], kept["tried"]) == (0, 0)
    state.write_text(json.dumps({**kept, "chunks": 120, "tried": 60000, "judged": 60000}))
    result = run(*R4, "--state", str(state))
    assert result.output.startswith(f"Resumed from {state}: 500 data sets now, 60000 before.\n")
    assert json.loads(state.read_text())["tried"] == 60000
    assert json.loads(run(*R4, "--state", str(state), "--json").output)["before"]["chunks"] == 120
    state.write_text(json.dumps({**kept, "chunks": -1}))
    assert "is not the state of a hunt" in run(*R4, "--state", str(state)).output


@pytest.mark.parametrize("method", ["random", "targeted"])
def test_the_calls_of_ones_own_conjecture_are_counted(monkeypatch, method):
    """Every call is noted; of three rows in two columns many are not separable, and those are not asked about."""
    calls = []
    monkeypatch.setattr(Hunt, "target", lambda self: UserConjecture(self.claim))
    monkeypatch.setattr(UserConjecture, "function", lambda self: lambda X, prediction: not calls.append(X))
    chunk = search_chunk(Hunt("mine:f", n=3, d=2, max_entry=9, chunk=40, method=method), 0)
    assert chunk == (40, len(calls), 0, [])
    assert 0 < len(calls) < 40


def test_a_guided_chunk_counts_no_further_than_its_violation(monkeypatch):
    """Hypothesis runs the violation again, which asks nothing, and confirming it asks once more, which does not count."""
    seen = []

    def third(X, prediction):
        seen.append(X.tobytes())
        return len(set(seen)) < 3

    monkeypatch.setattr(Hunt, "target", lambda self: UserConjecture(self.claim))
    monkeypatch.setattr(UserConjecture, "function", lambda self: third)
    chunk = search_chunk(Hunt("mine:f", n=2, d=2, max_entry=9, method="targeted"), 0)
    assert len(chunk.found) == chunk.candidates == 1
    assert 3 <= chunk.judged <= chunk.tried < 20
    assert len(seen) == chunk.judged + 1


def test_the_count_of_ones_own_conjecture_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(search, "search_chunk", lambda *_: search.Chunk(500, 212, 0, []))
    monkeypatch.setattr(search, "clock", itertools.count().__next__)
    (tmp_path / "holds.py").write_text("def f(X, prediction):\n    return True\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    result = run("hunt", "holds:f", "--seconds", "3")
    assert "500 data sets tried, 212 judged (288 with an undecided limit), 0 candidates" in result.output
    sys.modules.pop("holds")


@pytest.mark.parametrize(
    ("claim", "whose"),
    [
        ("R1", "AdamProxy"),
        ("R2", "Inc-Adam with β₁ = 9/10, β₂ = 19/20"),
        ("R3", "AdamProxy"),
        ("R4", "SignSGD with b = 1"),
        ("R5", "Inc-Adam with β₁ = 9/10, β₂ = 19/20"),
        ("R6", "no optimizer"),
        ("R7", "Adam's step"),
        ("math:hypot", "AdamProxy from w = 0"),
    ],
)
@pytest.mark.parametrize("found", [False, True])
def test_the_output_and_the_help_say_whose_limit_is_meant(capsys, claim, whose, found):
    settings = Hunt(claim, *default_shape(claim))
    assert set(TARGETS) == {f"R{k}" for k in range(1, 8)}
    certificate = TARGETS["R7"].certify(np.array([[3.0], [1.0], [1.0]])) if found else None
    _show(
        search.HuntResult(settings, None, None, certificate, search.Searched(), (), 1.0),
        None, None, search.Searched(), None,
    )  # fmt: skip
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith(f"Hunted {claim}, about ")
    assert whose in first
    said = " ".join(run("hunt", "--help").output.split())
    assert whose in said


@pytest.mark.parametrize(("backend", "jobs"), [("loky", 1), ("dask", 1000)])
def test_there_are_no_more_processes_than_cores(monkeypatch, backend, jobs):
    """Each of a thousand would import the package first; a cluster's cores are not this machine's."""
    asked = []
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    monkeypatch.setattr(
        "marginproof.properties.cli.hunt._run", lambda *given: asked.append(given[0]) or 1 / 0
    )
    result = run("hunt", "R4", "--jobs", "1000", "--backend", backend)
    assert [settings.jobs for settings in asked] == [jobs]
    assert ("notice: --jobs 1000 is more than this machine's cores; 1 process will run" in result.output) == (
        jobs == 1
    )


def test_r7_counts_sequences():
    assert "Found after 500 sequences, " in run("hunt", "R7").output


OWN = "LIMIT = {limit}\n\n\ndef helper(X):\n    return {helper}\n\n\ndef holds(X, prediction):\n    return helper(X) < LIMIT\n"


@pytest.mark.parametrize("edited", [{"limit": 11}, {"helper": "abs(X).min()"}])
def test_a_hunt_does_not_go_on_once_the_function_is_another(tmp_path, monkeypatch, edited):
    """The function's own text is as before: what it calls and compares with counts too."""
    monkeypatch.syspath_prepend(str(tmp_path))
    state, module = tmp_path / "own.state", tmp_path / "edited_conjecture.py"
    asked = (
        "hunt",
        "edited_conjecture:holds",
        "--n",
        "2",
        "--d",
        "2",
        "--seconds",
        "0.5",
        "--max-entry",
        "5",
    )

    def hunted(more="", **texts):
        module.write_text(OWN.format(**{"limit": 10, "helper": "abs(X).max()"} | texts) + more)
        sys.modules.pop("edited_conjecture", None)
        importlib.invalidate_caches()
        linecache.clearcache()
        return run(*asked, "--state", str(state))

    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    try:
        assert hunted().exit_code == 1
        assert hunted(more="\n\ndef another(X, prediction):\n    return True\n").exit_code == 1
        refused = hunted(**edited)
    finally:
        sys.dont_write_bytecode = before
    assert refused.exit_code == 2
    assert (
        f"state={state} was searched with another version of claim=edited_conjecture:holds" in refused.output
    )


def test_one_candidate_is_one():
    assert _progress(Hunt("R4"), 500, 1, 2.0) == "hunting R4: 500 data sets, 1 candidate, 250 a second"
    assert ", 2 candidates, " in _progress(Hunt("R4"), 500, 2, 2.0)
