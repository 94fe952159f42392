"""Which samples a step sees: the full batch, cyclic batches in any order, reshuffled every epoch, with replacement.

:mod:`marginproof.properties.simulation.sampling` draws them.

Example:
  >>> batching_of(6, 2, "reshuffle"), batching_of(6, 6)
  (Reshuffled(batch_size=2), Full(batch_size=0))
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from marginproof.theory.errors import MarginproofError


@dataclass(frozen=True)
class Batching:
    """How batches are drawn.

    Attributes:
      batch_size: b.

    Class attributes:
      sampling: ``full``, ``cyclic``, ``reshuffle`` or ``replacement``.
    """

    batch_size: int = 1
    sampling: ClassVar[str] = "cyclic"

    def size(self, n_samples: int) -> int:
        """b for N samples."""
        return self.batch_size

    def check(self, n_samples: int) -> None:
        """Raise :class:`~marginproof.theory.errors.MarginproofError` where b is not one of 1 … N."""
        if not 1 <= self.batch_size <= n_samples:
            raise MarginproofError(
                f"batch_size={self.batch_size} is outside 1..n_samples={n_samples}; choose a size in between"
            )

    def check_epochs(self, n_samples: int) -> None:
        """:meth:`check`, and b divides N where batches cut up an epoch: what a run needs."""
        self.check(n_samples)
        self._check_divides(n_samples)

    def _check_divides(self, n_samples: int) -> None:
        if n_samples % self.batch_size:
            raise MarginproofError(
                f"batch_size={self.batch_size} does not divide n_samples={n_samples}, as {self.sampling} "
                f"batches need; choose one of {_divisors(n_samples)}, or draw with replacement"
            )

    def is_full(self, n_samples: int) -> bool:
        """Whether every step sees every sample once."""
        return self.size(n_samples) == n_samples

    def first_order(self, n_samples: int) -> np.ndarray:
        """The order before any shuffling, shape (N,)."""
        return np.arange(n_samples, dtype=np.int64)

    def label(self, name: str) -> list[str]:
        """An optimizer's name on these batches, and b."""
        return [name, f"b = {self.batch_size}"]


@dataclass(frozen=True)
class Full(Batching):
    """Every sample, every step."""

    batch_size: int = field(default=0, init=False)
    sampling = "full"

    def size(self, n_samples: int) -> int:
        """N."""
        return n_samples

    def check(self, n_samples: int) -> None:
        """Always fits."""

    def check_epochs(self, n_samples: int) -> None:
        """Always fits."""

    def label(self, name: str) -> list[str]:
        """The name alone."""
        return [name]


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
        self._check_divides(n_samples)
        if self.order is not None and sorted(self.order) != list(range(n_samples)):
            raise MarginproofError(
                f"order={_listed(self.order)} is not a permutation of 0..{n_samples - 1}; name every row once"
            )

    def first_order(self, n_samples: int) -> np.ndarray:
        """The order, shape (N,)."""
        return super().first_order(n_samples) if self.order is None else np.array(self.order, dtype=np.int64)

    def label(self, name: str) -> list[str]:
        """Name, b and an order of its own."""
        order = [] if self.order is None else [f"order {_listed(self.order)} (rows counted from 0)"]
        return [*super().label(name), *order]


@dataclass(frozen=True)
class Reshuffled(Batching):
    """A fresh uniform permutation every epoch, cut into runs of b."""

    sampling = "reshuffle"

    def label(self, name: str) -> list[str]:
        """Name and b."""
        return super().label(f"reshuffled {name}")


@dataclass(frozen=True)
class WithReplacement(Batching):
    """b independent uniform draws a step; even b = N > 1 is not the full batch."""

    sampling = "replacement"

    def check_epochs(self, n_samples: int) -> None:
        """Any b up to N: there are no epochs."""
        self.check(n_samples)

    def is_full(self, n_samples: int) -> bool:
        """Only for one sample."""
        return n_samples == 1

    def label(self, name: str) -> list[str]:
        """Name and b."""
        return super().label(f"{name} with replacement")


SAMPLINGS: dict[str, type[Cyclic] | type[Reshuffled] | type[WithReplacement]] = {
    kind.sampling: kind for kind in (Cyclic, Reshuffled, WithReplacement)
}
"""By the word that the command line and records use."""


def batching_of(
    n_samples: int, batch_size: int, sampling: str = "cyclic", order: tuple[int, ...] | None = None
) -> Batching:
    """The batching that b, a sampling and an order name for N samples; :class:`Full` where it sees all.

    Raises:
      MarginproofError: an unknown sampling, b not one of 1 … N, b not dividing N for cyclic batches, an order
        that is no permutation or has no use.
    """
    if sampling not in SAMPLINGS:
        raise MarginproofError(f"sampling={sampling} is unknown; choose one of {', '.join(SAMPLINGS)}")
    if order is not None and sampling != "cyclic":
        raise MarginproofError(f"order={_listed(order)} means nothing with sampling={sampling}; drop it")
    chosen = Cyclic(batch_size, order) if sampling == "cyclic" else SAMPLINGS[sampling](batch_size)
    chosen.check(n_samples)
    return Full() if chosen.is_full(n_samples) else chosen


def _divisors(n: int) -> str:
    divisors = [b for b in range(1, n + 1) if n % b == 0]
    shown = divisors if len(divisors) <= 8 else [*divisors[:6], "…", n]
    return ", ".join(map(str, shown))


def _listed(order: tuple[int, ...]) -> str:
    """As the command line takes it, a long one cut off."""
    return ",".join(map(str, order[:8])) + (",…" if len(order) > 8 else "")
