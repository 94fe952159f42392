"""Which samples a step sees: full batch, cyclic in any order, reshuffled every epoch, with replacement.

A batch is a function of (seed, step), nothing else: the randomness is SplitMix64 of a counter, so a
run resumed at step t draws what the uninterrupted run would have drawn.

Example:
  >>> [rows.tolist() for rows in batches(Cyclic(2, order=(3, 1, 0, 2)), n_samples=4, steps=3)]
  [[3, 1], [0, 2], [3, 1]]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numba import njit, uint64

from marginproof.theory.errors import MarginproofError

FIXED, RESHUFFLED, REPLACED = 0, 1, 2


@dataclass(frozen=True)
class Batching:
    """How batches are drawn.

    Attributes:
      batch_size: b.  Batches that partition an epoch need b to divide N.
    """

    batch_size: int = 1
    code: ClassVar[int] = FIXED

    def check(self, n_samples: int) -> None:
        """Raise :class:`~marginproof.theory.errors.MarginproofError` where the batches do not fit N samples."""
        b = self.batch_size
        if not 1 <= b <= n_samples:
            raise MarginproofError(
                f"batch_size={b} is outside 1..n_samples={n_samples}; choose a size in between"
            )
        if self.code != REPLACED and n_samples % b:
            fits = [k for k in range(1, n_samples + 1) if n_samples % k == 0]
            raise MarginproofError(
                f"batch_size={b} does not divide n_samples={n_samples}; choose one of {fits[:8]}, "
                "or draw with replacement"
            )

    def size(self, n_samples: int) -> int:
        """b for N samples."""
        return self.batch_size

    def first_order(self, n_samples: int) -> np.ndarray:
        """The order before any shuffling, shape (N,)."""
        return np.arange(n_samples, dtype=np.int64)


@dataclass(frozen=True)
class Full(Batching):
    """Every sample, every step (``batch_size`` is not used)."""

    batch_size: int = 0

    def check(self, n_samples: int) -> None:
        """Always fits."""

    def size(self, n_samples: int) -> int:
        """N."""
        return n_samples


@dataclass(frozen=True)
class Cyclic(Batching):
    """The rows in one order, cut into runs of b, epoch after epoch.

    Arguments:
      order: a permutation of 0 … N-1, or ``None`` for 0, 1, …, N-1.
    """

    order: tuple[int, ...] | None = None

    def check(self, n_samples: int) -> None:
        """b divides N and the order names every row once."""
        super().check(n_samples)
        if self.order is not None and sorted(self.order) != list(range(n_samples)):
            raise MarginproofError(
                f"order={self.order} is not a permutation of 0..{n_samples - 1}; name every row once"
            )

    def first_order(self, n_samples: int) -> np.ndarray:
        """The order, shape (N,)."""
        return super().first_order(n_samples) if self.order is None else np.array(self.order, dtype=np.int64)


@dataclass(frozen=True)
class Reshuffled(Batching):
    """A fresh uniform permutation every epoch, cut into runs of b."""

    code: ClassVar[int] = RESHUFFLED


@dataclass(frozen=True)
class WithReplacement(Batching):
    """b independent uniform draws a step; even b = N is not the full batch."""

    code: ClassVar[int] = REPLACED


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
    """The batches of steps start … start+steps-1, each an int array of shape (b,)."""
    batching.check(n_samples)
    order = batching.first_order(n_samples)
    rows = np.empty(batching.size(n_samples), dtype=np.int64)
    epoch_length = max(n_samples // len(rows), 1)
    for step in range(start, start + steps):
        position = step % epoch_length
        if batching.code == RESHUFFLED and (position == 0 or step == start):
            shuffle(order, step // epoch_length, seed)
        fill(rows, order, step, position, batching.code, seed)
        yield rows.copy()
