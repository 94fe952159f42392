"""Margins and separation block by block, against the whole; rows that a working set misses are found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np
import pytest

from marginproof.theory.errors import NotSeparableError
from marginproof.theory.margins import working_set
from marginproof.theory.margins.blocked import blocked_margin, blocked_separation
from marginproof.theory.margins.blocked_collinear import blocked_collinear
from marginproof.theory.margins.blocked_diverging import blocked_diverging
from marginproof.theory.margins.collinear import collinear
from marginproof.theory.margins.diverging import diverging
from marginproof.theory.margins.max_margin import l2_margin, linf_margin
from marginproof.theory.margins.separation import Status, separation
from marginproof.theory.margins.working_set import WorkingSet, violated
from marginproof.theory.number_systems import Array

Blocks = partial(working_set.Blocks, size=5)


@pytest.fixture(autouse=True)
def few_rows_a_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working_set, "most_rows", lambda n_features: 8)


def separable(seed: int, n: int = 200, d: int = 4) -> Array:
    rng = np.random.default_rng(seed)
    w = rng.normal(size=d)
    X = rng.normal(size=(n, d)) + 0.3 * w
    return X * np.where(X @ w > 0, 1.0, -1.0)[:, None]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("norm", "whole"), [("l2", l2_margin), ("linf", linf_margin)])
def test_a_margin_in_blocks_has_the_bracket_of_the_whole(seed: int, norm: str, whole: type) -> None:
    X = separable(seed)
    found = blocked_margin(Blocks(X), norm)
    known = whole(X)
    assert found.margin.bracket.exact
    assert found.margin.bracket.lower <= known.bracket.upper
    assert known.bracket.lower <= found.margin.bracket.upper
    scores = X @ found.margin.direction
    assert scores.min() == pytest.approx(known.value, rel=1e-12)
    dual = np.zeros(len(X))
    dual[found.index] = found.margin.dual
    assert np.linalg.norm(dual @ X, 2 if norm == "l2" else 1) == pytest.approx(known.value, rel=1e-12)


def test_one_row_far_down_the_file_decides() -> None:
    X = np.vstack([separable(1), [[1e-3, 0, 0, 0]]])
    before, after = (blocked_margin(Blocks(rows), "l2").margin.value for rows in (X[:-1], X))
    assert after < 1.01e-3 < before
    assert blocked_separation(Blocks(np.vstack([X, -X[:1]]))).status.value != "complete"


def test_equal_rows_by_the_hundred_join_once() -> None:
    X = np.repeat(np.array([[5.0, 1.0], [1.0, 4.0], [3.0, 3.0]]), 100, axis=0)
    found = blocked_margin(Blocks(X), "linf")
    assert (found.margin.value, found.unique) == (5.0, True)
    assert len(found.index) < 30


def test_data_that_are_not_separable_are_refused_by_rows() -> None:
    X = np.vstack([separable(2), [[-1.0, 0, 0, 0], [1.0, 0, 0, 0]]])
    with pytest.raises(NotSeparableError, match=r"not linearly separable: \d+ row\(s\) \("):
        blocked_margin(Blocks(X), "l2")


@pytest.mark.parametrize("seed", range(4))
def test_the_separation_is_that_of_the_whole(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.integers(-2, 3, size=(120, 3)).astype(np.float64)
    X[:, 2] = rng.integers(0, 2, size=120)  # nonnegative: separates quasi-completely
    X[(X == 0).all(axis=1)] = 1.0
    for rows in (X, X[:, :2], separable(seed)):
        found, known = blocked_separation(Blocks(rows)), separation(rows)
        assert (found.status, found.n_boundary) == (known.status, len(known.boundary))
        limits = blocked_diverging(Blocks(rows), found)
        assert limits == diverging(rows, known)
        if found.direction is not None:
            scores = rows @ np.array(found.direction, dtype=np.float64)
            assert (scores >= 0).all()
            assert int((scores == 0).sum()) == len(known.boundary)
        if found.weights is not None:
            assert min(found.weights) > 0
            moments = sum(
                Fraction(c) * np.array([Fraction(x) for x in rows[i]])
                for i, c in zip(found.weighted, found.weights, strict=True)
            )
            assert not any(moments)


@dataclass
class Counted:
    """Rows whose passes are counted."""

    rows: working_set.Blocks
    passes: int = 0

    @property
    def n_samples(self) -> int:
        return self.rows.n_samples

    @property
    def n_features(self) -> int:
        return self.rows.n_features

    def blocks(self) -> Iterator[tuple[int, Array]]:
        self.passes += 1
        return self.rows.blocks()


def test_rows_on_the_boundary_are_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two passes to separate, two to find the margin off the boundary, one to solve it exactly."""
    monkeypatch.setattr(working_set, "most_rows", lambda n_features: 1_000)
    rng = np.random.default_rng(0)
    X = rng.integers(-2, 3, size=(120, 3)).astype(np.float64)
    X[:, 2] = rng.integers(0, 2, size=120)
    data = Counted(Blocks(X[(X != 0).any(axis=1)]))
    found = blocked_separation(data)
    assert found.status is Status.QUASI_COMPLETE
    assert (found.weighted_rows == data.rows.rows[found.weighted]).all()
    assert data.passes == 2
    blocked_diverging(data, found)
    assert data.passes == 5


def test_a_row_below_by_less_than_rounding_is_found_and_one_on_the_level_is_not() -> None:
    w = [1, 1]
    X = np.array([[1.0, 0.0], [1.0, -(2.0**-60)], [2.0, -1.0]])
    working = WorkingSet(np.zeros(0, dtype=np.intp), np.zeros((0, 2)))
    assert violated(Blocks(X), working, w, Fraction(1)).index.tolist() == [1]
    assert violated(Blocks(X), working, w, Fraction(1), strict=True).index.tolist() == [0, 1, 2]


@pytest.mark.parametrize("labels", ["complete", "quasi-complete", "overlap"])
@pytest.mark.parametrize("seed", range(3))
def test_the_relations_of_columns_are_those_of_the_whole(seed: int, labels: str) -> None:
    """One category has two rows, with which no working set begins."""
    rng = np.random.default_rng(seed)
    X = rng.integers(-4, 5, size=(300, 3)).astype(np.float64)
    rare = np.isin(np.arange(300), (150, 151)).astype(np.float64)
    X = np.c_[X, X[:, 0] - 2 * X[:, 1], rare, 1 - rare, np.ones(300), rng.normal(size=300)]
    signs = np.where(X[:, 0] + 0.5 > 0, 1.0, -1.0)
    if labels != "complete":
        either = X[:, 0] == 0 if labels == "quasi-complete" else np.full(300, True)
        signs[either] = rng.choice([1.0, -1.0], size=300)[either]
    if labels == "overlap":
        signs[150:152] = 1, -1
    X *= signs[:, None]
    found = blocked_separation(Blocks(X))
    assert found.status.value == labels
    assert blocked_collinear(Blocks(X), found) == collinear(X) == {3: (0, 1), 6: (4, 5)}
    some = X[:, [0, 1, 2, 4, 5, 7]]
    assert blocked_collinear(Blocks(some), blocked_separation(Blocks(some))) == collinear(some) == {}


def test_a_relation_that_one_row_breaks_beyond_float64_is_none() -> None:
    k = np.arange(1.0, 60)
    X = np.r_[np.c_[k * 2.0**200, 0 * k, k * 2.0**200], np.c_[0 * k, k * 2.0**-200, k * 2.0**-200]]
    odd = np.array([[2.0**200, 2.0**-200, 2.0**200]])
    for rows, known in ((X, {2: (0, 1)}), (np.r_[X[:50], odd, X[50:]], {})):
        assert blocked_collinear(Blocks(rows), blocked_separation(Blocks(rows))) == collinear(rows) == known
