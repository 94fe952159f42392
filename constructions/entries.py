"""Entries of a data set: from whatever rows a caller has to float64 or exact fractions, in a checked range."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from marginproof.constructions.cells import LARGEST, SIZES, SMALLEST
from marginproof.theory.errors import MarginproofError

EXACT_CELLS = 200_000
"""Sequences with more entries than this are kept in float64 (an exact entry costs about 100 bytes)."""


def entries_of(rows: Any, name: str) -> np.ndarray:
    """Rows of any kind as a fresh array, shape (N, d): float64, or Fractions.

    Raises:
      MarginproofError: ragged or empty rows, an entry that is no finite number or of a size out of range.
    """
    if isinstance(rows, np.ndarray):
        if rows.ndim != 2:
            raise MarginproofError(
                f"data={name} has shape {rows.shape}; rows and columns are needed, shape (N, d)"
            )
        if rows.dtype.kind == "f" or (rows.dtype.kind in "iu" and rows.size > EXACT_CELLS):
            return _finite(rows.astype(np.float64) + 0.0, name)
        rows = rows.tolist()
    table = [list(row) for row in rows]
    if not table or not table[0]:
        raise MarginproofError(f"data={name} has no entries; at least one row and one column are needed")
    for i, row in enumerate(table):
        if len(row) != len(table[0]):
            raise MarginproofError(
                f"data={name}: row {i + 1} has {len(row)} entries where row 1 has {len(table[0])}; "
                "give every row the same number of entries"
            )
    if len(table) * len(table[0]) > EXACT_CELLS:
        return _finite(np.array([[float(Fraction(x)) for x in row] for row in table]), name)
    return fractions(table, name)


def _finite(entries: np.ndarray, name: str) -> np.ndarray:
    if 0 in entries.shape:
        raise MarginproofError(
            f"data={name} has shape {entries.shape}; at least one row and one column are needed"
        )
    bad = np.argwhere(~np.isfinite(entries))
    if len(bad):
        i, k = bad[0]
        raise MarginproofError(
            f"data={name}: entry {entries[i, k]} in row {i + 1}, column {k + 1} is not finite; correct it"
        )
    size = np.abs(entries)
    bad = np.argwhere((size > 0) & ~((size >= float(SMALLEST)) & (size <= float(LARGEST))))
    if len(bad):
        raise _out_of_range(entries[tuple(bad[0])], int(bad[0][0]), int(bad[0][1]), name)
    return entries


def _out_of_range(value: Any, i: int, k: int, name: str) -> MarginproofError:
    text = str(value)
    shown = text if len(text) <= 30 else f"{text[:25]}…"
    return MarginproofError(
        f"data={name}: entry {shown} in row {i + 1}, column {k + 1} is outside {SIZES}; rescale the column"
    )


def fractions(table: Sequence[Sequence[Any]], name: str) -> np.ndarray:
    """A table as an object array of Fractions, shape (N, d); errors as :func:`entries_of`."""
    out = np.empty((len(table), len(table[0])), dtype=object)
    for i, row in enumerate(table):
        for k, value in enumerate(row):
            out[i, k] = _fraction(value, i, k, name)
    return out


def _fraction(value: Any, i: int, k: int, name: str) -> Fraction:
    try:
        exact = Fraction(value.item() if isinstance(value, np.generic) else value)
    except (ValueError, TypeError, ZeroDivisionError, OverflowError) as cause:
        raise MarginproofError(
            f"data={name}: entry {value!r} in row {i + 1}, column {k + 1} is not a finite number; correct or drop it"
        ) from cause
    if exact and not SMALLEST <= abs(exact) <= LARGEST:
        raise _out_of_range(value, i, k, name)
    return exact
