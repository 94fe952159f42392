"""Search guided by a number, in batches: each generation changes the data sets that came closest to failing.

A conjecture that answers with a number is climbed: a part of every generation is drawn afresh, the rest are changes of
the best so far.  With a plain yes or no there is nothing to climb, and every data set is drawn afresh.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from marginproof.properties.hunt.draws import draw, separated
from marginproof.properties.hunt.targeted import Climbed
from marginproof.theory.number_systems import Array

SIZE, CLIMBING = 100, 40
"""Data sets in a generation, and in one that changes the best so far: many short generations climb further."""
PARENTS, FRESH = 3, 4
"""Of the best so far, how many are changed; how many data sets of such a generation are drawn afresh."""


class Valued(Protocol):
    """A target that says how far each data set of a batch is from being a violation."""

    def values(self, batch: Array) -> Array:
        """Negative on a violation, nan where nothing can be said, shape (B,)."""
        ...

    def confirm(self, X: Array) -> bool:
        """Whether X, shape (N, d), violates the claim as far as float64 can tell."""
        ...


@dataclass
class _Pool:
    """The best data sets so far."""

    X: Array
    values: Array

    def add(self, batch: Array, values: Array) -> None:
        finite = np.isfinite(values)
        X, found = np.concatenate([self.X, batch[finite]]), np.append(self.values, values[finite])
        best = np.argsort(found, kind="stable")[:PARENTS]
        self.X, self.values = X[best], found[best]


def climb_in_batches(
    target: Valued,
    shape: tuple[int, int],
    max_entry: int,
    examples: int,
    rng: np.random.Generator,
    guided: bool = True,
    before_each: Callable[[], None] | None = None,
    zeros: float = 0.0,
) -> Climbed:
    """How many data sets were tried and judged, and the first confirmed violation.

    Arguments:
      target: what is looked for.
      shape: (N, d); max_entry: the largest |entry|.
      examples: how many data sets to look at, at most.
      guided: ``False`` draws every data set afresh.
      before_each: called before every generation; what it raises ends the search.
      zeros: the share of zero entries of what is drawn afresh; changes keep the places of zeros.
    """
    pool, tried, judged, flat = _Pool(np.empty((0, *shape)), np.empty(0)), 0, 0, True
    while tried < examples:
        if before_each:
            before_each()
        climbing = guided and not flat and len(pool.X) > 0
        size = min(CLIMBING if climbing else SIZE, examples - tried)
        fresh = min(FRESH, size) if climbing else size
        batch = draw(rng, fresh, *shape, max_entry, zeros)
        if fresh < size:
            batch = np.concatenate([batch, _changed(rng, pool.X, size - fresh, max_entry)])
        values = target.values(batch)
        tried, judged = tried + size, judged + int((~np.isnan(values)).sum())
        for number in np.argsort(values, kind="stable"):
            if values[number] < 0 and target.confirm(batch[number]):
                return Climbed(tried, judged, batch[number])
        pool.add(batch, values)
        flat = flat and len(np.unique(values[np.isfinite(values)])) <= 1
    return Climbed(tried, judged, None)


def _changed(rng: np.random.Generator, parents: Array, count: int, max_entry: int) -> Array:
    """Parents with some entries moved, zeros not, by steps from one to the whole range; a row is turned over now and then."""
    X = parents[rng.integers(len(parents), size=count)]
    reach = np.exp(rng.random((count, 1, 1)) * np.log(max_entry + 1.0))
    moved = X + np.round(rng.normal(size=X.shape) * reach)
    out = np.clip(np.where(rng.random(X.shape) < 0.5, moved, X), -max_entry, max_entry)
    out = np.where((out == 0) | (X == 0), np.sign(X), out)
    w = np.array([np.linalg.lstsq(rows, np.ones(len(rows)), rcond=None)[0] for rows in out])
    return separated(out, w)
