"""The kind ``separation``: the three answers accepted, every changed pair refused."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marginproof.theory import checker
from marginproof.theory.margins.separation import separation
from marginproof.theory.proofs.certificates.document import unjudged_text
from marginproof.theory.proofs.certificates.rational import separation as certificate

DATA = {
    "complete": [[1, 0], [2, 1]],
    "quasi-complete": [[1, 0], [0, 1], [0, -2]],
    "overlap": [[1, 0], [-1, 1], [0, -1]],
}


def body(rows: list[list[int]]) -> dict[str, Any]:
    found = separation(rows)
    w = found.direction or [0] * len(rows[0])
    c = found.weights or [0] * len(rows)
    made: dict[str, Any] = json.loads(unjudged_text(certificate(rows, found.status.value, w, c)))
    return made


def judged(document: dict[str, Any]) -> tuple[str, str]:
    word, says = checker.check(json.dumps(document).encode())[:2]
    return word, says


@pytest.mark.parametrize("status", sorted(DATA))
def test_the_three_answers_are_valid(status: str) -> None:
    word, says = judged(body(DATA[status]))
    assert word == "VALID"
    assert json.loads(says)["separation"] == status


@pytest.mark.parametrize(
    ("status", "path", "value", "reason"),
    [
        ("complete", ["witness", "w", 0], "-1", "a row has x·w < 0"),
        ("complete", ["witness", "w"], ["0", "0"], "not exactly one"),
        ("complete", ["witness", "c", 0], "1", "Xᵀc = 0"),
        ("complete", ["conclusion", "separation"], "overlap", ""),
        ("quasi-complete", ["witness", "w", 0], "0", "not exactly one"),
        ("quasi-complete", ["witness", "w", 1], "1", "a row has x·w < 0"),
        ("quasi-complete", ["witness", "c"], ["0", "0", "0"], "not exactly one"),
        ("quasi-complete", ["witness", "c", 1], "-1", "c must be nonnegative"),
        ("quasi-complete", ["conclusion", "boundary"], [1], ""),
        ("quasi-complete", ["conclusion", "separation"], "complete", ""),
        ("overlap", ["witness", "c", 2], "0", "Xᵀc = 0"),
        ("overlap", ["data", 0, 0], "2", "Xᵀc = 0"),
        ("overlap", ["witness", "w", 0], "1", "a row has x·w < 0"),
        ("overlap", ["field"], {"name": "gd"}, ""),
        ("overlap", ["witness", "extra"], "1", ""),
    ],
)
def test_what_is_false_is_refused(status: str, path: list[Any], value: Any, reason: str) -> None:
    document = copy.deepcopy(body(DATA[status]))
    at: Any = document
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    word, says = judged(document)
    assert word == "INVALID"
    assert reason in says


rows = st.integers(1, 3).flatmap(
    lambda d: st.lists(st.lists(st.integers(-2, 2), min_size=d, max_size=d), min_size=1, max_size=5)
)


@given(rows, st.data())
def test_an_entry_changed_at_random_is_refused_or_true(rows: list[list[int]], data: st.DataObject) -> None:
    """What is still VALID agrees with the decision made anew: an independent verdict."""
    document = body(rows)
    i, k = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, len(rows[0]) - 1))
    document["data"][i][k] = str(Fraction(data.draw(st.integers(-2, 2))))
    word, says = judged(document)
    if word == "VALID":
        changed = separation([[Fraction(v) for v in row] for row in document["data"]])
        assert json.loads(says) == {"separation": changed.status.value, "boundary": list(changed.boundary)}
