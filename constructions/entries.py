"""Entries of a data set, float64 or exact fractions in a checked range: from rows of any kind, or from a table's cells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date, time, timedelta
from fractions import Fraction
from typing import Any

import numpy as np

from marginproof.theory.errors import MarginproofError

SMALLEST, LARGEST = Fraction(1, 10**75), Fraction(10**75)
"""Sizes of a nonzero entry: their fourth powers stay inside double precision's normal range, and so do the
third powers in the fields' Jacobians."""
SIZES = "1e-75..1e75"
"""From :data:`SMALLEST` to :data:`LARGEST`, as messages write it."""
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
    if not is_sequence(rows):
        raise MarginproofError(
            f"data={name} is given as {type(rows).__name__}; give a list of rows, an array or a frame"
        )
    table = list(rows)
    bad = next((i for i, row in enumerate(table) if not is_sequence(row)), None)
    if bad is not None:
        raise MarginproofError(
            f"data={name}: row {bad + 1} is given as {type(table[bad]).__name__}; give a list of numbers"
        )
    table = [list(row) for row in table]
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


def is_sequence(values: Any) -> bool:
    """Whether values have an order and each stands by itself, as those of a set, a dictionary or a text do not."""
    return isinstance(values, Iterable) and not isinstance(values, str | bytes | Mapping | Set)


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
        if isinstance(value, str):
            as_float(value)
        exact = Fraction(value.item() if isinstance(value, np.generic) else value)
    except (ValueError, TypeError, ZeroDivisionError, OverflowError) as cause:
        raise MarginproofError(
            f"data={name}: entry {value!r} in row {i + 1}, column {k + 1} is not a finite number; correct or drop it"
        ) from cause
    if exact and not SMALLEST <= abs(exact) <= LARGEST:
        raise _out_of_range(value, i, k, name)
    return exact


SHEET_ERRORS = ("#n/a", "#null!", "#div/0!", "#value!", "#ref!", "#name?", "#num!")
"""What spreadsheets write where a formula has no value, in lower case."""
MISSING = {"", "na", "n/a", "nan", "null", "none", "?", ".", "nil", "<na>", *SHEET_ERRORS}
"""Texts that stand for a missing value, in lower case."""
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?([T ].*)?|\d\d?([/.])\d\d?\2\d{4}|\d\d?:\d\d(:\d\d.*)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}([.,'’\s])\d{3}(?:\1\d{3})*(?:[.,]\d*)?")
"""A number whose thousands are parted."""
AS_NUMBERS = "convert to numbers first, such as days, or leave out"
"""What to do about dates."""
FILL_IN = "fill it in, or leave out the row or the column (--drop)"


def is_missing(cell: Any) -> bool:
    """Whether a cell stands for no value."""
    if isinstance(cell, str):
        return cell.strip().lower() in MISSING
    return cell is None or (isinstance(cell, float) and cell != cell)


class Date(str):
    """A date, time or duration as its text, which may look like a number."""


def is_date(cell: Any) -> bool:
    """Whether a cell is a date, a time of day or a duration."""
    if isinstance(cell, str):
        return isinstance(cell, Date) or _DATE.fullmatch(cell.strip()) is not None
    return isinstance(cell, date | time | timedelta)


def number(cell: Any, where: str, source: str) -> Fraction:
    """A cell's exact value; sizes outside :data:`SIZES` are refused."""
    if isinstance(cell, bool) or not isinstance(cell, (str, int, float, Fraction)):
        missing = " but a missing value" if cell is None else ""
        raise MarginproofError(
            f"file={source}: cell {json.dumps(cell, default=str)} in {where} is not a number{missing}; correct it"
        )
    text = str(cell).strip()
    if is_missing(cell) and text.lower() != "nan":
        what = f"{text!r} in {where} is" if text else f"the cell in {where} is empty,"
        raise MarginproofError(f"file={source}: {what} a missing value; {FILL_IN}")
    try:
        size = abs(as_float(text))
    except (ValueError, ZeroDivisionError, OverflowError) as cause:
        mark = _GROUPED.fullmatch(text)
        out = f"take out the mark {mark[1]!r} that parts thousands" if mark else "correct it"
        raise MarginproofError(
            f"file={source}: text {text[:40]!r} in {where} is not a number; {out}, "
            "leave the column out (--drop), or, if it is the label, name it (--label)"
        ) from cause
    if size == float("inf") and any(map(str.isdigit, text)):  # a decimal too large for float64
        raise MarginproofError(
            f"file={source}: {text[:40]} in {where} is outside {SIZES}; rescale the column"
        )
    if size != size or size == float("inf"):
        missing = ", perhaps a missing value" if size != size else ""
        raise MarginproofError(f"file={source}: {text[:40]} in {where} is not finite{missing}; {FILL_IN}")
    exact = _exact(text)
    if exact is None or (exact and not SMALLEST <= abs(exact) <= LARGEST):
        raise MarginproofError(
            f"file={source}: {text[:40]} in {where} is outside {SIZES}; rescale the column"
        )
    return exact


def is_plain(text: str) -> bool:
    """Whether a number in it is one everywhere: Python alone takes ``1_000`` and digits of other scripts."""
    return text.isascii() and "_" not in text


def as_float(text: str) -> float:
    """A decimal or fraction in float64.

    Raises:
      ValueError, ZeroDivisionError, OverflowError: no number.
    """
    text = text.strip()
    if not is_plain(text):
        raise ValueError(text)
    return float(Fraction(text)) if "/" in text else float(text)


def _exact(text: str) -> Fraction | None:
    """The exact value, or ``None`` for an exponent so large that the fraction would not fit in memory."""
    exponent = text.lower().partition("e")[2]
    if exponent and abs(int(exponent)) > 10_000:
        return None
    return Fraction(text)


def is_number(text: str) -> bool:
    """Whether a text is a decimal or a fraction (its size is not asked)."""
    try:
        as_float(text)
    except (ValueError, ZeroDivisionError, OverflowError):
        return False
    return True
