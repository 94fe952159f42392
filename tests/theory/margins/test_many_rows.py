"""Many dense rows: a working set is solved first, with the answers of all of them."""

from __future__ import annotations

import numpy as np
import pytest

from marginproof.theory.errors import NotSeparableError
from marginproof.theory.margins import working_set
from marginproof.theory.margins.diverging import diverging
from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.margins.max_margin import l2_margin, linf_margin
from marginproof.theory.margins.separation import Status, is_certificate, separation
from marginproof.theory.margins.working_set import is_many
from marginproof.theory.number_systems import Array


def rows(n: int = 400, d: int = 6, seed: int = 0) -> Array:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    return X * np.sign(X @ np.arange(1, d + 1))[:, None] + 0.1 * np.arange(1, d + 1)


def test_the_answers_are_those_of_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    X = rows()
    margins, found = (l2_margin(X), linf_margin(X)), separation(X)
    signs = diverging(X, found)
    monkeypatch.setattr(working_set, "MANY_CELLS", 2_000)
    some = IntegerRows.of

    def of_a_few(given: object) -> IntegerRows:
        assert given is not X
        return some(given)

    monkeypatch.setattr(IntegerRows, "of", of_a_few)
    for known, margin in zip(margins, (l2_margin, linf_margin), strict=True):
        again = margin(X)
        assert again.value == pytest.approx(known.value, rel=1e-14) and again.unique
        assert again.bracket.relative_width < 1e-13 and len(again.dual) == len(X)
        assert np.allclose(again.direction, known.direction, rtol=0, atol=1e-12)
    few = separation(X)
    assert few.status is found.status is Status.COMPLETE
    assert diverging(X, few) == signs
    monkeypatch.undo()
    assert is_certificate(X, few.direction or (), (0,) * len(X))


@pytest.mark.parametrize("kind", ["overlap", "quasi-complete", "several maximisers"])
def test_what_a_working_set_leaves_open_all_rows_decide(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    X = rows()
    if kind == "overlap":
        X = np.vstack([X, -X[:9]])
    elif kind == "quasi-complete":
        X = np.vstack([np.c_[X, np.zeros(len(X))], np.eye(7)[6], -np.eye(7)[6]])
    else:
        X = np.c_[np.ones(300), np.tile([0.0, 0.1, -0.1], 100)]
    monkeypatch.setattr(working_set, "MANY_CELLS", 500)
    assert is_many(X)
    if kind == "several maximisers":
        known = linf_margin(X.astype(object))
        assert linf_margin(X).unique is known.unique
        return
    found, known_separation = separation(X), separation(X.astype(object))
    assert (found.status.value, found.boundary) == (kind, known_separation.boundary)
    with pytest.raises(NotSeparableError) as refused:
        l2_margin(X)
    assert refused.value.weights is not None


def test_other_arrays_are_not_many() -> None:
    X = np.ones((2**19, 2))
    assert is_many(X)
    assert not any(map(is_many, (X[:-1], X.astype(object), X.reshape(2**10, 2**10), X.astype(np.float32))))
    X[3, 1] = np.nan
    assert not is_many(X)
