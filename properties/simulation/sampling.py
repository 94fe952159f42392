"""Drawing the batches of :mod:`marginproof.theory.batching`.

A batch is a function of (seed, step), nothing else: the randomness is SplitMix64 of a counter, so a
run resumed at step t draws what the uninterrupted run would have drawn.

Example:
  >>> from marginproof.theory.batching import Cyclic
  >>> [rows.tolist() for rows in batches(Cyclic(2, order=(3, 1, 0, 2)), n_samples=4, steps=3)]
  [[3, 1], [0, 2], [3, 1]]
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numba import njit, uint64

from marginproof.theory.batching import Batching

CODES = {"full": 0, "cyclic": 0, "reshuffle": 1, "replacement": 2}
"""What the compiled loop calls a sampling: a fixed order, a new one each epoch, draws with replacement."""


@njit(cache=True)
def splitmix(counter: int, seed: int) -> Any:
    """The SplitMix64 output for a 64-bit counter and seed (Steele, Lea and Flood, 2014)."""
    x = uint64(counter) * uint64(0x9E3779B97F4A7C15) + uint64(seed) * uint64(0xD1342543DE82EF95)
    x += uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> uint64(27))) * uint64(0x94D049BB133111EB)
    return x ^ (x >> uint64(31))


@njit(cache=True)
def below(n: int, counter: int, seed: int) -> Any:
    """A number in 0 … n-1; each has probability 1/n within 2^-53."""
    unit = np.float64(splitmix(counter, seed) >> uint64(11)) * (1.0 / 9007199254740992.0)
    return min(np.int64(unit * n), np.int64(n - 1))


@njit(cache=True)
def shuffle(order: np.ndarray, epoch: int, seed: int) -> None:
    """Fill ``order`` with the permutation of 0 … N-1 that belongs to (seed, epoch) (Fisher and Yates)."""
    n = order.shape[0]
    for i in range(n):
        order[i] = i
    for i in range(n - 1, 0, -1):
        j = below(i + 1, np.int64(epoch) * n + i, seed)
        order[i], order[j] = order[j], order[i]


@njit(cache=True)
def fill(rows: np.ndarray, order: np.ndarray, step: int, position: int, code: int, seed: int) -> None:
    """The samples of a step into ``rows``, shape (b,): a run of ``order``, or draws of their own."""
    b = rows.shape[0]
    if code == 2:
        for i in range(b):
            rows[i] = below(order.shape[0], np.int64(step) * b + i, seed)
    else:
        for i in range(b):
            rows[i] = order[position * b + i]


def batches(
    batching: Batching, n_samples: int, steps: int, seed: int = 0, start: int = 0
) -> Iterator[np.ndarray]:
    """The batches of ``steps`` steps from step ``start`` on, each an int array of shape (b,)."""
    batching.check_epochs(n_samples)
    code = CODES[batching.sampling]
    order = batching.first_order(n_samples)
    rows = np.empty(batching.size(n_samples), dtype=np.int64)
    epoch_length = max(n_samples // len(rows), 1)
    for step in range(start, start + steps):
        position = step % epoch_length
        if code == 1 and (position == 0 or step == start):
            shuffle(order, step // epoch_length, seed)
        fill(rows, order, step, position, code, seed)
        yield rows.copy()
