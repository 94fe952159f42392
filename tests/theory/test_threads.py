"""BLAS runs on one thread inside a small solve and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from marginproof.theory import threads
from marginproof.theory.threads import one_thread_if_small, single

Counts = list[int]


def counts() -> Counts:
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


@pytest.fixture
def two() -> Counts:
    with threadpool_limits(limits=2, user_api="blas"):
        before = counts()
        if set(before) != {2}:
            pytest.skip("this BLAS has one thread only")
        yield before


def test_one_thread_inside_and_the_same_number_after(two: Counts) -> None:
    with single():
        with single():
            assert set(counts()) == {1}
        assert set(counts()) == {1}
    assert counts() == two


def test_an_error_restores_the_number(two: Counts) -> None:
    with pytest.raises(ZeroDivisionError), single():
        1 / 0  # noqa: B018
    assert counts() == two


def test_only_small_problems_are_limited(two: Counts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "SMALL", 4)
    monkeypatch.setattr(threads, "NARROW", 2)
    solve = one_thread_if_small(lambda X: counts())
    assert set(solve(np.eye(2))) == {1}
    assert set(solve(X=[[1, 2], [3, 4]])) == {1}
    assert solve(np.eye(3)) == two
    assert set(solve(np.eye(2, 5))) == {1}
