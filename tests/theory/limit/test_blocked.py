"""AdamProxy's limit in blocks is the limit in memory, from either side of a basin's boundary."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.limit.blocked import blocked_limit
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.solve import solve
from marginproof.theory.margins import working_set
from marginproof.theory.number_systems import Array

Blocks = partial(working_set.Blocks, size=30)

TWO_LIMITS = np.array([[5.0, 1.0], [1.0, 4.0]])


@pytest.mark.parametrize("seed", range(3))
def test_the_limit_is_that_of_all_rows_at_once(seed: int) -> None:
    rng = np.random.default_rng(seed)
    w = rng.normal(size=4)
    X = rng.normal(size=(300, 4)) + 0.3 * w
    X *= np.where(X @ w > 0, 1.0, -1.0)[:, None]
    found = blocked_limit(Blocks(X), cells=4 * 60)
    known = solve(LimitProblem(X, AdamProxyField()))
    assert len(found.index) < 100 < len(X)
    assert found.index[list(found.limit.support)].tolist() == list(known.support)
    assert np.allclose(found.limit.direction, known.direction, rtol=0, atol=1e-12)
    assert found.limit.residual < 1e-12
    assert found.slack > 0


@pytest.mark.parametrize(("start", "share"), [(np.zeros(2), 0.0), (np.array([0.0, 0.733]), 0.868826)])
def test_the_start_decides(start: Array, share: float) -> None:
    rng = np.random.default_rng(0)
    far = rng.uniform(20, 40, size=(200, 2))
    X = np.vstack([far, TWO_LIMITS, far])
    found = blocked_limit(Blocks(X), start, cells=2 * 20)
    weights = dict(zip(found.index.tolist(), found.limit.weights, strict=True))
    assert weights[200] == pytest.approx(share, abs=1e-6)
    assert set(np.flatnonzero(found.limit.weights)) <= {found.index.tolist().index(i) for i in (200, 201)}


def test_a_feature_that_only_vanishing_rows_have_is_refused() -> None:
    X = np.vstack([np.c_[np.full(50, 9e3), np.ones(50)], np.repeat([[1.0, 0.0]], 50, axis=0)])
    with pytest.raises(MarginproofError, match="feature=2"):
        blocked_limit(Blocks(X), cells=4)
