"""Rows, or columns, of an integer matrix that are a basis of its row, or column, space: by elimination modulo a prime.

They are independent over the rationals too; that they span is all but sure, and seen where the result is used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flint
import numpy as np

from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.number_systems import Array

PRIME = 2**61 - 1
"""For ranks and pivots; what comes out is verified over the integers."""
BLOCK = 256
"""Vectors that are looked at together."""


def modular(A: Array) -> flint.nmod_mat:
    """An integer array modulo :data:`PRIME`."""
    return flint.nmod_mat(A.shape[0], A.shape[1], [int(v) % PRIME for v in A.ravel()], PRIME)


def independent(A: Array) -> list[int]:
    """Rows of an integer array, shape (n, d), that are a basis of its row space."""
    form, rank = modular(A.T).rref()
    return [next(k for k in range(len(A)) if int(form[r, k])) for r in range(rank)]


def independent_columns(rows: IntegerRows) -> Array:
    """Columns that are a basis of the column space, increasing; a block of them is dense at one time.

    {X w} is then {X_J w_J}, so that what is decided about the signs of X w on these columns holds for all.
    """
    n, d = rows.shape
    return _basis(lambda some: rows.part(np.arange(n), some), d, n)


def spread(values: Any, columns: Array, d: int) -> list[Any]:
    """Values at these columns, 0 elsewhere, shape (d,)."""
    out = [0] * d
    for k, value in zip(columns.tolist(), values, strict=True):
        out[k] = value
    return out


def independent_rows(rows: IntegerRows, among: Array, affinely: bool = False) -> Array:
    """Rows among these that are a basis of their span, or of (x, 1) for them, in their order; a block of them is dense at one time."""
    d = rows.shape[1]

    def part(some: Array) -> Array:
        columns = rows.part(among[some], np.arange(d)).T
        return np.vstack([columns, np.ones(len(some), dtype=object)]) if affinely else columns

    return np.asarray(among[_basis(part, len(among), d + affinely)])


def _basis(part: Callable[[Array], Array], count: int, size: int) -> Array:
    """The first of ``count`` vectors of ``size`` entries that are a basis of their span; ``part`` gives some as columns."""
    chosen: list[int] = []
    normals: flint.nmod_mat | None = None  # to the vectors chosen
    for first in range(0, count, BLOCK):
        block = modular(part(np.arange(first, min(count, first + BLOCK))))
        left = block if normals is None else normals * block
        form, rank = left.rref()
        if not rank:
            continue
        leads = [next(k for k in range(form.ncols()) if int(form[r, k])) for r in range(rank)]
        chosen += [first + k for k in leads]
        if len(chosen) == size:
            break
        normals = _orthogonal(modular(part(np.array(chosen))))
    return np.array(chosen, dtype=np.intp)


def _orthogonal(A: flint.nmod_mat) -> flint.nmod_mat:
    """Rows y that are a basis of {y: yᵀA = 0}."""
    kernel, nullity = A.transpose().nullspace()
    size = A.nrows()
    return flint.nmod_mat(
        nullity, size, [int(kernel[i, k]) for k in range(nullity) for i in range(size)], PRIME
    )
