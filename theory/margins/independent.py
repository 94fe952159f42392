"""Rows, or columns, of an integer matrix that are a basis of its row, or column, space: by elimination modulo a prime.

They are independent over the rationals too; that they span is all but sure, and seen where the result is used.
"""

from __future__ import annotations

from typing import Any

import flint
import numpy as np

from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.number_systems import Array

PRIME = 2**61 - 1
"""For ranks and pivots; what comes out is verified over the integers."""
BLOCK = 256
"""Columns that are looked at together."""


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
    chosen: list[int] = []
    normals: flint.nmod_mat | None = None  # to the columns chosen
    for first in range(0, d, BLOCK):
        block = rows.part(np.arange(n), np.arange(first, min(d, first + BLOCK)))
        left = modular(block) if normals is None else normals * modular(block)
        form, rank = left.rref()
        if not rank:
            continue
        leads = [next(k for k in range(form.ncols()) if int(form[r, k])) for r in range(rank)]
        chosen += [first + k for k in leads]
        if len(chosen) == n:
            break
        normals = _orthogonal(modular(rows.part(np.arange(n), np.array(chosen))))
    return np.array(chosen, dtype=np.intp)


def spread(values: Any, columns: Array, d: int) -> list[Any]:
    """Values at these columns, 0 elsewhere, shape (d,)."""
    out = [0] * d
    for k, value in zip(columns.tolist(), values, strict=True):
        out[k] = value
    return out


def _orthogonal(A: flint.nmod_mat) -> flint.nmod_mat:
    """Rows y that are a basis of {y: yᵀA = 0}."""
    kernel, nullity = A.transpose().nullspace()
    size = A.nrows()
    return flint.nmod_mat(
        nullity, size, [int(kernel[i, k]) for k in range(nullity) for i in range(size)], PRIME
    )
