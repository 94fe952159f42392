"""Columns that are combinations of others, for rows that are too many for memory, as exactly as for a few.

A combination of columns that vanishes on a working set is tried on all rows; those where it does not vanish join the working set,
until the relations of its columns are those of all rows.
"""

from __future__ import annotations

import numpy as np

from marginproof.theory.margins.blocked import ROUNDS, BlockedSeparation, normals_of, unfinished
from marginproof.theory.margins.collinear import collinear
from marginproof.theory.margins.integers import common_integers
from marginproof.theory.margins.refinement import EXACT_SIZE
from marginproof.theory.margins.separation import Status
from marginproof.theory.margins.working_set import BlockedRows, WorkingSet, most_rows
from marginproof.theory.number_systems import Array


def blocked_collinear(data: BlockedRows, found: BlockedSeparation) -> dict[int, tuple[int, ...]] | None:
    """The columns that are combinations of earlier ones, as :func:`~.collinear.collinear` says; ``None`` for more than 320 too.

    Arguments:
      data: the rows.
      found: their separation; where they overlap, a few rows span all.
    """
    d = data.n_features
    if d > min(data.n_samples, EXACT_SIZE):
        return None
    if found.status is Status.OVERLAP:
        return _of_few(found.weighted_rows)
    working = WorkingSet.spread(data)
    for _ in range(ROUNDS):
        normals = normals_of(working.rows)
        index, rows = _off(data, normals) if normals.shape[1] else ([], working.rows[:0])
        if not len(index):
            return _of_few(working.rows)
        working.add(np.array(index), rows)
    raise unfinished(working)


def _of_few(rows: Array) -> dict[int, tuple[int, ...]] | None:
    """The same of rows that may be fewer than their columns."""
    n, d = rows.shape
    return collinear(np.vstack([rows, np.zeros((max(0, d - n), d))]))


def _off(data: BlockedRows, normals: Array) -> tuple[list[int], Array]:
    """The first rows x, with their numbers, for which xᵀ normals is not 0, as many as one pass may add."""
    index: list[int] = []
    rows = np.zeros((0, data.n_features))
    most = most_rows(data.n_features)
    for first, block in data.blocks():
        chosen = np.flatnonzero(np.any([_products(block, normal) != 0 for normal in normals.T], axis=0))
        chosen = chosen[: most - len(index)]
        index, rows = index + (first + chosen).tolist(), np.vstack([rows, block[chosen]])
        if len(index) == most:
            break
    return index, rows


def _products(block: Array, normal: Array) -> Array:
    """Each row's product with integers, exact up to a common factor, shape (B,)."""
    used = np.flatnonzero(normal)
    integers = common_integers(block[:, used])[0]
    small = integers.dtype != object and int(np.abs(integers).max()) * int(np.abs(normal).sum()) < 2**62
    return np.asarray(
        integers @ normal[used].astype(np.int64) if small else integers.astype(object) @ normal[used]
    )
