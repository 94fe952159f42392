"""An array as rows that stream, for tests of what is read in blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from marginproof.theory.number_systems import Array


@dataclass
class Blocks:
    """An array, ``size`` rows at a time."""

    X: Array
    size: int

    @property
    def n_samples(self) -> int:
        return len(self.X)

    @property
    def n_features(self) -> int:
        return int(self.X.shape[1])

    def blocks(self) -> Iterator[tuple[int, Array]]:
        for first in range(0, len(self.X), self.size):
            yield first, self.X[first : first + self.size]
