"""R2 about runs: the corpus's pairs show two limits of one algorithm; other pairs and broken files do not."""

from __future__ import annotations

import copy
import json
import shutil

import pytest

from marginproof.constructions.corpus import FOLDER
from marginproof.properties.verification.two_runs import PAIRS, SOURCES, differs, two_limits
from marginproof.theory.claims.claim import DEFAULT, QUICK


def body(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="ascii"))


@pytest.mark.parametrize("pair", PAIRS)
def test_each_pair_shows_two_limits(pair):
    first, second = map(body, pair)
    assert differs(first, second) == ""
    assert "starts are equal" in differs(first, first)
    assert differs(first, body("run-sr4-constant")) in ("data differs", "kind differs")
    for path, reason in ((["field", "beta1"], "field"), (["data", 0, 0], "data"), (["kind"], "kind")):
        other = copy.deepcopy(second)
        at = other
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = "1/2"
        assert reason in differs(first, other)
    other = copy.deepcopy(second)
    other["conclusion"]["lr" if "lr" in other["conclusion"] else "steps"] = "1/7"
    assert "steps differ" in differs(first, other)
    other = copy.deepcopy(second)
    other["conclusion"]["direction"] = first["conclusion"]["direction"]
    assert "boxes" in differs(first, other)


def test_the_quick_evidence_names_both_runs_and_a_broken_one_undoes_it(tmp_path):
    ((claim, source),) = SOURCES
    found = source.run(None, QUICK)
    assert (
        claim == "R2"
        and found.passed
        and found.paths == tuple(f"constructions/corpus/{name}.json" for name in PAIRS[0])
    )
    for name in PAIRS[0]:
        shutil.copy(FOLDER / f"{name}.json", tmp_path)
    path = tmp_path / f"{PAIRS[0][0]}.json"
    path.write_text(path.read_text().replace('"1/200"', '"1/100"'))
    assert not two_limits(tmp_path, QUICK).passed
    shutil.copy(FOLDER / path.name, path)
    shutil.copy(path, tmp_path / f"{PAIRS[0][1]}.json")
    assert "starts are equal" in two_limits(tmp_path, QUICK).detail


@pytest.mark.slow
def test_the_whole_evidence_holds():
    assert two_limits(FOLDER, DEFAULT).count == len(PAIRS)
