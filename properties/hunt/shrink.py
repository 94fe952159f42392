"""Smaller counterexamples: fewer rows, fewer columns, smaller integers, as long as they still violate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, runtime_checkable

import numpy as np

from marginproof.theory.number_systems import Array


@runtime_checkable
class OwnMoves(Protocol):
    """A target that knows more ways to make a violation simpler than :func:`simpler`."""

    def simpler(self, X: Array) -> Iterator[Array]:
        """Data sets one move simpler than X, shape (N, d); no sequence of moves may come back to X."""
        ...


def simpler(X: Array) -> Iterator[Array]:
    """Data sets one move simpler: a row or column less (none that remains vanishes), a row clipped, or one entry nearer to ±1."""
    for axis in (0, 1):
        if X.shape[axis] > 1:
            fewer = (np.delete(X, i, axis) for i in range(X.shape[axis]))
            yield from (Y for Y in fewer if Y.any(axis=0).all() and Y.any(axis=1).all())
    for i, size in enumerate(np.abs(X).max(axis=1)):
        for most in sorted({1, int(size) // 2, int(size) - 1}):
            if 1 <= most < size:
                out = X.copy()
                out[i] = np.clip(X[i], -most, most)
                yield out
    order = np.argsort(-np.abs(X), axis=None)
    for target in (lambda v: 1, lambda v: v // 2, lambda v: v - 1):
        for spot in order:
            size = int(abs(X.flat[spot]))
            if size > 1:
                out = X.copy()
                out.flat[spot] = np.sign(X.flat[spot]) * max(target(size), 1)
                yield out


def shrink(
    X: Array,
    violates: Callable[[Array], bool],
    budget: int = 2000,
    moves: Callable[[Array], Iterator[Array]] = simpler,
) -> tuple[Array, int]:
    """(a violation none of whose simpler neighbours violates, how many were tried), by greedy descent.

    Arguments:
      X: integer data, shape (N, d), that violates.
      violates: the predicate kept.
      budget: how many data sets to try at most.
      moves: the neighbours, in the order in which they are tried.
    """
    tried, moved = 0, True
    while moved and tried < budget:
        moved = False
        for candidate in moves(X):
            tried += 1
            if violates(candidate):
                X, moved = candidate, True
                break
            if tried >= budget:
                break
    return X, tried
