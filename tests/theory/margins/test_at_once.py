"""One linear program, made exact, decides what the reduction by stages decides; what it gets wrong is not taken."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array, random_array, vstack

from marginproof.theory.margins import separability, sparse_separation
from marginproof.theory.margins import separation as by_stages
from marginproof.theory.margins.at_once import AtOnce, at_once, made_exact
from marginproof.theory.margins.independent import independent_rows
from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.margins.separability import Balanced, decide
from marginproof.theory.margins.separation import (
    Status,
    is_certificate,
    rows_whose_loss_separates,
    separation,
)
from marginproof.theory.number_systems import Array


def some_rows(seed: int) -> Array:
    rng = np.random.default_rng(seed)
    n, d = rng.integers(2, 30), rng.integers(1, 12)
    X = (rng.random((n, d)) < rng.uniform(0.1, 1)) * rng.integers(-2 if seed % 3 == 1 else 0, 4, (n, d)) * 1.0
    X = X * rng.standard_normal((n, d)) if seed % 4 == 0 else X
    return np.vstack([X, -X[:2]]) if seed % 5 == 0 else X


@pytest.mark.parametrize("seed", range(40))
def test_it_decides_as_the_reduction_does(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    X = some_rows(seed)
    known = separation(X)
    monkeypatch.setattr(by_stages, "LARGE", 0)
    monkeypatch.setattr(by_stages, "_reduce", None)
    found = separation(X)
    assert (found.status, found.boundary) == (known.status, known.boundary)
    w, c = found.direction or (0,) * X.shape[1], found.weights or (Fraction(0),) * len(X)
    assert is_certificate(X, w, c) and sum(c) in (0, 1)


def test_a_candidate_that_exact_arithmetic_refutes_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    X = np.array([[1.0, 0], [0, 1], [0, -1]])
    monkeypatch.setattr(by_stages, "LARGE", 0)
    known = separation(X)
    assert (known.status, known.boundary) == (Status.QUASI_COMPLETE, (1, 2))
    half = Fraction(1, 2)
    for wrong in (
        AtOnce([1, 1], [Fraction(0)] * 3, []),
        AtOnce([1, 0], [half, half, Fraction(0)], [0, 1]),
        AtOnce([0, 0], [Fraction(0), half, half], [1, 2]),
        None,
    ):
        monkeypatch.setattr(by_stages, "at_once", lambda *given, wrong=wrong: wrong)
        found = separation(X)
        assert (found.status, found.direction, found.weights) == (known.status, (1, 0), known.weights)


def test_farkas_weights_of_long_entries_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS's vertex of {c >= 0, Xᵀc = 0, Σ c = 1} has rows at 1e-7 that belong to none; fractions went on for minutes."""
    monkeypatch.setattr(separability, "_decide_exactly", None)
    X = cut(1_000, 100, mirrored=12).toarray()
    w, c = decide(X)
    assert w is None and c is not None and not any(IntegerRows.of(X).moments(separability.numerators(c)))
    monkeypatch.setattr(separability, "farkas_vertex", lambda *given: None)
    w, c = decide(X)
    assert w is None and c is not None
    w, c = decide(abs(X) + np.eye(*X.shape))
    assert w is not None and c is None


def cut(n: int, d: int, mirrored: int = 0, flipped: float = 0.0) -> csr_array:
    """Sparse rows on one side of a plane, some of them on the other side, or on both."""
    rng = np.random.default_rng(0)
    X = csr_array(random_array((n, d), density=0.02, rng=rng, data_sampler=rng.standard_normal))
    sign = np.where(X @ rng.integers(-3, 4, d) > 0, 1.0, -1.0) * np.where(rng.random(n) < flipped, -1, 1)
    X = csr_array(X.multiply(sign[:, None]))
    X = csr_array(X[np.diff(X.indptr) > 0])
    return csr_array(vstack([X, -X[:mirrored]])) if mirrored else X


@pytest.mark.parametrize("options", [{"mirrored": 12}, {"flipped": 0.01}])
def test_many_sparse_rows_cut_by_a_plane_are_decided(options: dict[str, Any]) -> None:
    """5,000 x 100 had no answer after two minutes, and take a second."""
    X = cut(5_000, 100, **options)
    start = time.process_time()
    found = separation(X)
    assert time.process_time() - start < 30
    assert found.status is Status.OVERLAP and found.weights is not None
    assert is_certificate(X, (0,) * 100, found.weights)


def test_overlap_whose_weights_fail_is_decided_another_way(monkeypatch: pytest.MonkeyPatch) -> None:
    X = cut(3_000, 100, flipped=0.05)
    known = separation(X)
    monkeypatch.setattr(
        sparse_separation, "made_exact", lambda rows, on, c, w: made_exact(rows, on, np.ones(len(on)), w)
    )
    monkeypatch.setattr(sparse_separation, "from_program", lambda *given: None)
    found = separation(X)
    assert (found.status, found.boundary) == (known.status, known.boundary)
    assert found.weights is not None and is_certificate(X, (0,) * 100, found.weights)


def test_rows_that_are_a_basis_linearly_and_affinely() -> None:
    X = np.array([[0.0, 0], [1, 1], [2, 2], [3, 1], [5, 7]])
    rows, among = IntegerRows.of(X), np.array([2, 1, 0, 3, 4])
    assert independent_rows(rows, among).tolist() == [2, 3]
    assert independent_rows(rows, among, affinely=True).tolist() == [2, 1, 3]


def test_zero_rows_lie_on_the_boundary() -> None:
    rows = IntegerRows.of(np.array([[0.0, 0], [1, 2]]))
    found = at_once(rows, *Balanced.of(rows))
    assert (
        found is not None and (found.boundary, found.c) == ([0], [1, 0]) and min(rows.products(found.w)) == 0
    )


def test_many_sparse_rows_of_which_one_is_in_the_way() -> None:
    X = abs(cut(4_000, 60))
    one, two = (csr_array(vstack([X, *[-X[[7]]] * times])) for times in (1, 2))
    assert separation(X).status is Status.COMPLETE
    assert rows_whose_loss_separates(one, separation(one)) == [X.shape[0]]
    assert rows_whose_loss_separates(two, separation(two)) == []


def test_a_single_row_of_zeros_is_in_the_way() -> None:
    X = np.array([[0.0, 0], [1, 2], [2, 1]])
    for rows in (X, csr_array(X)):
        assert rows_whose_loss_separates(rows, separation(rows)) == [0]
