"""Sparse rows have the separation, the margins and the diverging coefficients of the same rows dense, and are never made dense."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy import optimize
from scipy.sparse import csr_array, random_array, vstack

from marginproof.theory.errors import NotSeparableError
from marginproof.theory.margins import max_margin, sparse_separation
from marginproof.theory.margins.diverging import diverging
from marginproof.theory.margins.independent import independent, independent_columns
from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.margins.max_margin import l2_margin, linf_margin
from marginproof.theory.margins.separability import decide
from marginproof.theory.margins.separation import Status, _rounded, is_certificate, separation
from marginproof.theory.number_systems import Array

DENSE = 500_000
"""Entries of the largest dense array that may be made of rows with 4,000,000."""


class NeverDense(csr_array):
    """Rows that refuse to be made dense beyond a part of them."""

    def toarray(self, *args: Any, **kwargs: Any) -> Array:
        if np.prod(self.shape) > DENSE:
            raise AssertionError(f"a dense array of shape {self.shape}")
        return np.asarray(super().toarray(*args, **kwargs))

    todense = toarray


def wide(n: int = 200, d: int = 20_000, seed: int = 0) -> NeverDense:
    """98 % of the entries are zero."""
    rng = np.random.default_rng(seed)
    X = csr_array(
        random_array((n, d), density=0.02, rng=rng, data_sampler=lambda size: rng.normal(size=size))
    )
    return NeverDense(X[:, np.unique(X.indices)])


def some_rows(seed: int) -> Array:
    rng = np.random.default_rng(seed)
    n, d = rng.integers(2, 30), rng.integers(1, 20)
    low = -2 if seed % 3 == 1 else 0
    X = (rng.random((n, d)) < rng.uniform(0.05, 0.6)) * rng.integers(low, 4, size=(n, d)) * 1.0
    X = X * rng.standard_normal((n, d)) if seed % 4 == 0 else X
    return np.vstack([X, -X[:2]]) if seed % 5 == 0 else X


def test_a_dense_copy_is_refused_by_the_test_s_rows() -> None:
    with pytest.raises(AssertionError, match="a dense array of shape"):
        wide().toarray()
    assert isinstance(wide()[:3], NeverDense)


@pytest.mark.parametrize("few", [1000, 5])
@pytest.mark.parametrize("seed", range(24))
def test_the_answers_are_those_of_dense_rows(seed: int, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (max_margin, sparse_separation):
        monkeypatch.setattr(module, "MANY_SPARSE", few)
    monkeypatch.setattr("marginproof.theory.margins.diverging.MANY_SPARSE", few)
    X = some_rows(seed)
    rows, known = csr_array(X), separation(X)
    found = separation(rows)
    assert (found.status, found.boundary) == (known.status, known.boundary)
    none = (0,) * X.shape[1], (0,) * len(X)
    assert is_certificate(X, found.direction or none[0], found.weights or none[1])
    assert diverging(rows, found) == diverging(X, known)
    for margin in (l2_margin, linf_margin):
        if known.status is Status.COMPLETE:
            sparse, dense = margin(rows), margin(X)
            assert sparse.bracket.relative_width < 1e-12
            assert sparse.value == pytest.approx(dense.value, rel=1e-12)
            assert sparse.unique in (dense.unique, None)
        else:
            with pytest.raises(NotSeparableError):
                margin(rows)


def test_sparse_rows_that_do_not_separate_run_their_linear_programs_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    solved: list[int] = []
    solve = optimize.linprog

    def counted(*args: Any, **options: Any) -> Any:
        solved.append(1)
        return solve(*args, **options)

    monkeypatch.setattr(optimize, "linprog", counted)
    X = csr_array(np.vstack([some_rows(2), -some_rows(2)[:2]]))
    found = separation(X)
    once = len(solved)
    assert decide(X) == (None, found.weights)
    assert len(solved) == 2 * once


def test_columns_that_span_are_found_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marginproof.theory.margins.independent.BLOCK", 3)
    for seed in range(10):
        X = some_rows(seed)
        columns = independent_columns(IntegerRows.of(csr_array(X)))
        whole = len(independent(IntegerRows.of(X).integers.astype(object)))
        assert len(columns) == whole == np.linalg.matrix_rank(X[:, columns])


def test_wide_rows_are_never_dense_and_memory_stays_in_proportion() -> None:
    """At most 4 times the data, and numbers in exact arithmetic: one a feature, N × N of them, here some 100 bytes each."""
    X = wide()
    n, d = X.shape
    size = X.data.nbytes + X.indices.nbytes + X.indptr.nbytes
    separation(X[:5])  # imports are no part of it
    tracemalloc.start()
    try:
        for answer in (separation, l2_margin, linf_margin):
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            answer(X)
            assert tracemalloc.get_traced_memory()[1] - before < 4 * size + 25 * n * n + 300 * d
    finally:
        tracemalloc.stop()
    assert 4 * size + 25 * n * n + 300 * d < 8 * n * d  # less than one dense array


def test_wide_rows_separate_and_have_margins() -> None:
    X = wide()
    found = separation(X)
    assert found.status is Status.COMPLETE
    assert "finite" not in diverging(X, found)
    for margin in (l2_margin(X), linf_margin(X)):
        assert margin.bracket.relative_width < 1e-13
        assert margin.unique


def test_wide_rows_that_separate_quasi_completely() -> None:
    """Two rows and their negatives, in 198 others: their span is the boundary."""
    X = wide()
    rows = NeverDense(csr_array(vstack([csr_array(X), -csr_array(X)[:2]])))
    found = separation(rows)
    assert (found.status, found.boundary) == (Status.QUASI_COMPLETE, (0, 1, 200, 201))
    small = wide(30, 2_000)
    stacked = vstack([csr_array(small), -csr_array(small)[:2]])
    dense = stacked.toarray()
    assert diverging(stacked, separation(stacked)) == diverging(dense, separation(dense))


def test_independent_rows_need_no_linear_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS took 3 s on these."""
    monkeypatch.setattr("marginproof.theory.margins.separability.best_in_box", None)
    assert separation(wide(50, 2_000)).status is Status.COMPLETE
    twice = csr_array(np.array([[1.0, 2, 0], [1, 2, 0]]))
    with pytest.raises(TypeError):
        separation(twice)


def test_rounding_of_quotients_is_that_of_fractions() -> None:
    for v in range(-40, 40):
        for size in (1, 2, 3, 4, 12):
            assert _rounded(v, size) == round(Fraction(v, size))
