"""One cell of a table: its exact value, or one sentence on what is wrong with it."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from marginproof.theory.errors import MarginproofError

SMALLEST, LARGEST = Fraction(1, 10**75), Fraction(10**75)
"""Sizes of a nonzero entry: their fourth powers stay inside double precision's normal range, and so do the
third powers in the fields' Jacobians."""
SIZES = "1e-75..1e75"


MISSING = {"", "na", "n/a", "#n/a", "nan", "null", "none", "?", ".", "nil", "<na>"}
"""Texts that stand for a missing value, in lower case."""
FILL_IN = "fill it in, or leave out the row or the column (--drop)"


def is_missing(cell: Any) -> bool:
    """Whether a cell stands for no value."""
    if isinstance(cell, str):
        return cell.strip().lower() in MISSING
    return cell is None or (isinstance(cell, float) and cell != cell)


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
        size = abs(_quick(text))
    except (ValueError, ZeroDivisionError, OverflowError) as cause:
        raise MarginproofError(
            f"file={source}: text {text[:40]!r} in {where} is not a number; correct it, "
            "or name the label column with label"
        ) from cause
    if size != size or size == float("inf"):
        missing = ", perhaps a missing value" if size != size else ""
        raise MarginproofError(f"file={source}: {text[:40]} in {where} is not finite{missing}; {FILL_IN}")
    exact = _exact(text)
    if exact is None or (exact and not SMALLEST <= abs(exact) <= LARGEST):
        raise MarginproofError(
            f"file={source}: {text[:40]} in {where} is outside {SIZES}; rescale the column"
        )
    return exact


def _quick(text: str) -> float:
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
        _quick(text)
    except (ValueError, ZeroDivisionError, OverflowError):
        return False
    return True
