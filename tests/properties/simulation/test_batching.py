"""Laws of the batches: partitions, permutations, uniform draws, and functions of (seed, step) alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marginproof.properties.simulation.sampling import batches, below
from marginproof.theory.batching import (
    Batching,
    Cyclic,
    Full,
    Reshuffled,
    WithReplacement,
)
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import IncAdamField
from marginproof.theory.schedules import Power, StepTable, schedule_of

SHAPES = st.sampled_from([(6, 1), (6, 2), (6, 3), (6, 6), (12, 4), (1, 1), (7, 7)])


def drawn(batching: Batching, n: int, steps: int, seed: int = 0, start: int = 0) -> np.ndarray:
    return np.array(list(batches(batching, n, steps, seed, start)))


@given(SHAPES, st.integers(0, 2**62))
def test_every_reshuffled_epoch_is_a_permutation(shape: tuple[int, int], seed: int) -> None:
    n, b = shape
    for epoch in drawn(Reshuffled(b), n, 5 * (n // b), seed).reshape(5, n):
        assert sorted(epoch) == list(range(n))


@given(st.permutations(range(6)), st.sampled_from([1, 2, 3, 6]))
def test_cyclic_batches_repeat_the_order_and_match_the_field(order: list[int], b: int) -> None:
    epochs = drawn(Cyclic(b, order=tuple(order)), 6, 2 * (6 // b))
    assert epochs.reshape(2, 6).tolist() == [list(order)] * 2
    member = IncAdamField(b, tuple(order)).membership(6)  # theory's own idea of which batch a row is in
    assert all(member[row] == j for j, batch in enumerate(epochs[: 6 // b]) for row in batch)


@given(
    st.sampled_from([Full(), Cyclic(2), Reshuffled(2), WithReplacement(3)]),
    st.integers(0, 2**40),
    st.integers(0, 2**62),
)
def test_batches_are_a_function_of_seed_and_step(batching: Batching, start: int, seed: int) -> None:
    whole = drawn(batching, 6, 7, seed, start)
    assert np.array_equal(whole[4:], drawn(batching, 6, 3, seed, start + 4))


def test_full_batches_hold_every_row_once() -> None:
    assert drawn(Full(), 4, 3).tolist() == [[0, 1, 2, 3]] * 3


def test_draws_are_uniform() -> None:
    # 5 standard deviations of a binomial; chance of a false alarm per count 6e-7, 6 + 36 counts.
    T, n = 20_000, 6
    rows = drawn(WithReplacement(2), n, T, seed=3)
    for counts, p in (
        (np.bincount(rows.ravel(), minlength=n) / 2, 1 / n),
        (np.bincount(rows[:, 0] * n + rows[:, 1], minlength=n * n), 1 / n**2),
    ):
        assert (np.abs(counts - T * p) < 5 * np.sqrt(T * p * (1 - p))).all()


def test_shuffles_are_uniform_over_permutations() -> None:
    T = 12_000
    kinds, counts = np.unique(drawn(Reshuffled(3), 3, T, seed=1), axis=0, return_counts=True)
    assert len(kinds) == 6
    assert (np.abs(counts - T / 6) < 5 * np.sqrt(T * 5 / 36)).all()


def test_seeds_matter() -> None:
    assert not np.array_equal(drawn(Reshuffled(1), 12, 12, 0), drawn(Reshuffled(1), 12, 12, 1))


def test_below_covers_its_range() -> None:
    assert {below(3, i, 0) for i in range(100)} == {0, 1, 2}


@pytest.mark.parametrize(
    ("batching", "words"),
    [
        (Cyclic(4), "batch_size=4 does not divide n_samples=6"),
        (Reshuffled(0), "batch_size=0 is outside"),
        (WithReplacement(7), "batch_size=7 is outside"),
        (Cyclic(1, order=(0, 0, 1, 2, 3, 4)), "is not a permutation"),
    ],
)
def test_misfits_are_refused(batching: Batching, words: str) -> None:
    with pytest.raises(MarginproofError, match=words):
        batching.check(6)


def test_schedules() -> None:
    assert Power(0.5, 1.0, 2.0).at(2) == 0.125
    assert schedule_of(0.25).at(10**12) == 0.25
    assert schedule_of(np.array([1.0, 0.5])).at(1) == 0.5
    for make in (
        lambda: Power(-1.0),
        lambda: Power(1.0, -0.5),
        lambda: StepTable(np.array([-1.0])),
        lambda: Power(1, 0, 0),
    ):
        with pytest.raises(MarginproofError):
            make()
