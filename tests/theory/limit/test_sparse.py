"""Sparse rows: the limit of the dense ones, in the memory of the data and the support."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array, csr_matrix
from scipy.sparse import random as draw

import marginproof as mp
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import AdamProxyField, SignField
from marginproof.theory.limit.problem import LimitProblem, Outcome
from marginproof.theory.limit.solve import solve
from marginproof.theory.limit.sparse import SparseProblem

PROXY = AdamProxyField()


def rows(n: int, d: int, density: float, seed: int = 0) -> csr_array:
    rng = np.random.default_rng(seed)
    X = draw(n, d, density=density, rng=rng, data_rvs=rng.standard_normal).tocsr()
    return csr_array(X[:, np.unique(X.indices)])


def test_the_limit_of_dense_rows() -> None:
    X = rows(40, 400, 0.1)
    sparse, dense = solve(SparseProblem(X, PROXY)), solve(LimitProblem(X.toarray(), PROXY))
    assert sparse.outcome is Outcome.FIXED_POINT and sparse.residual < 1e-12
    assert np.allclose(sparse.direction, dense.direction, rtol=0, atol=1e-12)
    assert np.allclose(sparse.weights, dense.weights, rtol=0, atol=1e-12)


def test_fields_and_jacobians_with_equal_rows_and_forgotten_features() -> None:
    X = csr_array([[1.0, 0, 2], [0, 3, 1], [1.0, 0, 2], [4, 0, 0]])
    sparse, dense = SparseProblem(X, PROXY), LimitProblem(X.toarray(), PROXY)
    y = np.array([0.5, 0.3, 0.2])
    assert np.array_equal(sparse.groups, dense.groups)
    assert np.allclose(sparse.F(y), dense.F(y)) and np.allclose(sparse.jacobian(y), dense.jacobian(y))
    assert np.allclose(
        sparse.jacobian(y, support=np.array([0, 2])), dense.jacobian(y, support=np.array([0, 2]))
    )
    a = np.array([0.0, -2000.0, -1.0])  # feature 2 hangs on a weight that underflows
    assert np.allclose(sparse.direction_at(a), dense.direction_at(a))
    assert np.array_equal(sparse.leads(a), dense.leads(a))


def test_200_by_20000_is_solved_in_four_times_the_data_and_the_support_squared(monkeypatch: Any) -> None:
    X = rows(200, 20_000, 0.02)
    monkeypatch.setattr(csr_array, "toarray", _small(csr_array.toarray))
    problem = SparseProblem(X, PROXY)
    size = X.data.nbytes + X.indices.nbytes + X.indptr.nbytes
    tracemalloc.start()
    found = solve(problem)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.residual < 1e-12 and len(found.support) == 200
    assert size + peak < 4 * size + 4 * 8 * len(found.support) ** 2  # dense rows alone: 34 times the data


def _small(toarray: Any) -> Any:
    def checked(self: Any, *given: Any) -> Any:
        assert self.shape[0] * self.shape[1] <= 200**2
        return toarray(self, *given)

    return checked


@pytest.mark.parametrize("kind", [csr_matrix, csr_array])
def test_predict_keeps_them_sparse(kind: Any) -> None:
    X = rows(30, 300, 0.1, seed=1)
    labels = np.where(np.arange(30) % 2, "yes", "no")
    found = mp.predict(kind(X.astype(np.float32)), labels=labels)
    known = mp.predict(X.astype(np.float32).toarray(), labels=labels)
    assert isinstance(found.problem, SparseProblem) and not isinstance(known.problem, SparseProblem)
    assert np.allclose(found.limit.direction, known.limit.direction, rtol=0, atol=1e-12)
    assert found.cosines["l2"] == pytest.approx(known.cosines["l2"], abs=1e-10)
    assert found.margin_ratios["linf"] == pytest.approx(known.margin_ratios["linf"], abs=1e-10)


def test_float32_rows_are_the_dyadic_numbers_they_are() -> None:
    X = np.array([[5.1, 1.0], [1.0, 4.3]], dtype=np.float32)
    as_given, as_doubles = mp.predict(X), mp.predict(X.astype(np.float64))
    assert np.array_equal(as_given.limit.direction, as_doubles.limit.direction)
    assert mp.margins(X).l2.bracket == mp.margins(X.astype(np.float64)).l2.bracket


@pytest.mark.parametrize(
    ("X", "options", "message"),
    [
        (csr_array([[1.0, np.nan]]), {}, "not finite"),
        (csr_array([[1.0, 1e90]]), {}, "outside"),
        (csr_array([[0.0, 0.0]]), {}, "only zero"),
        (csr_array([[1.0, 2.0]]), {"bias": True}, "bias"),
        (csr_array([[1.0, 2.0], [1.0, 3.0]]), {"labels": [1, 0, 1]}, "3 labels for 2 rows"),
    ],
)
def test_bad_sparse_data_are_refused(X: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(MarginproofError, match=message):
        mp.predict(X, **options)
    with pytest.raises(MarginproofError, match="dense rows only"):
        SparseProblem(X, SignField())


def test_the_users_matrix_stays_as_it_was() -> None:
    X = rows(30, 300, 0.1, seed=1)
    before = X.copy()
    mp.predict(X, labels=np.arange(30) % 2)
    assert (before != X).nnz == 0


def test_where_large_steps_do_not_decide_small_data_are_made_dense() -> None:
    found = solve(SparseProblem(csr_array(np.array([[1.0, 15, 2], [3, -1, 14], [11, 5, -3]])), PROXY))
    assert found.outcome is Outcome.CYCLE
