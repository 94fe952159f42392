"""Separation and max-margins of sparse rows, as exact as for dense ones; no array of size N × d is made.

Few rows: HiGHS takes them as they are, and what it finds is verified on them in integers.  Where no direction separates them,
columns that span the column space stand for all: X w takes the same values with w on these alone, so N × N numbers decide.
Many rows: by :mod:`.working_set`, a block of rows dense at one time.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from marginproof.theory.margins.blocked import blocked_margin, blocked_separation
from marginproof.theory.margins.blocked_diverging import blocked_diverging
from marginproof.theory.margins.independent import independent_columns, spread
from marginproof.theory.margins.integer_rows import IntegerRows, SparseRows
from marginproof.theory.margins.integers import numerators
from marginproof.theory.margins.margin import Margin
from marginproof.theory.margins.max_margin import MANY_SPARSE
from marginproof.theory.margins.separability import Balanced, Certificate, separates, try_separator
from marginproof.theory.margins.separation import (
    Separation,
    Status,
    direction_in_few_bits,
    is_certificate,
    positive_weights,
    separation,
)
from marginproof.theory.margins.sparse import part_of
from marginproof.theory.margins.working_set import Blocks
from marginproof.theory.number_systems import Array


def sparse_separation(rows: SparseRows) -> Separation:
    """:func:`~marginproof.theory.margins.separation.separation` of sparse rows."""
    if rows.shape[0] > MANY_SPARSE:
        return _of_many(rows)
    w = _of_least_norm(rows) or try_separator(rows, Balanced.of(rows))
    if w is not None:
        return Separation(Status.COMPLETE, tuple(direction_in_few_bits(rows, w)), None, ())
    few, columns = on_few_columns(rows)
    found = separation(few)
    if found.direction is not None:
        found = replace(found, direction=tuple(spread(found.direction, columns, rows.shape[1])))
    return _verified(rows, found)


def _of_least_norm(rows: SparseRows) -> list[int] | None:
    """The shortest w with X w = (1, …, 1), if it separates the exact rows: independent ones, and far faster than HiGHS."""
    X: Any = rows.floats
    if rows.shape[0] > rows.shape[1]:
        return None
    try:
        c = np.linalg.solve((X @ X.T).toarray(), np.ones(rows.shape[0]))
    except np.linalg.LinAlgError:
        return None
    w = X.T @ c
    if not np.isfinite(w).all():
        return None
    found = numerators(w)
    return found if separates(rows, found) else None


def on_few_columns(rows: SparseRows) -> tuple[IntegerRows, Array]:
    """The rows on columns that span all, dense, and which columns."""
    columns = independent_columns(rows)
    index = np.arange(rows.shape[0])
    floats = part_of(rows.floats, index, columns)
    return IntegerRows(floats, rows.part(index, columns), rows.denominator), columns


def _of_many(rows: SparseRows) -> Separation:
    """The weights that prove the boundary's span are made positive on the whole boundary."""
    found = blocked_separation(Blocks(rows.floats))
    if found.status is Status.COMPLETE:
        return Separation(found.status, found.direction, None, ())
    scores = [0] * rows.shape[0] if found.direction is None else rows.products(found.direction)
    boundary = tuple(i for i, score in enumerate(scores) if score == 0)
    weighted = found.weighted.tolist()
    known: Certificate = found.weights or ()
    spanned = sorted(set(boundary) - set(weighted))
    weights = positive_weights(rows, [(weighted, list(known))], spanned)
    return _verified(rows, Separation(found.status, found.direction, weights, boundary))


def _verified(rows: SparseRows, found: Separation) -> Separation:
    n, d = rows.shape
    assert is_certificate(rows, found.direction or (0,) * d, found.weights or (Fraction(0),) * n)
    return found


def margin_of_many(rows: IntegerRows, norm: str) -> Margin:
    """γ_2 or γ_∞ of many sparse rows; errors as of :func:`~marginproof.theory.margins.blocked.blocked_margin`."""
    found = blocked_margin(Blocks(rows.floats), norm)
    bracket, dual = found.margin.bracket, np.zeros(rows.shape[0])
    dual[found.index] = found.margin.dual
    exact = spread(bracket.dual, found.index, rows.shape[0])
    return replace(found.margin, bracket=replace(bracket, dual=tuple(exact)), dual=dual, unique=found.unique)


def sparse_diverging(rows: SparseRows) -> tuple[str, ...]:
    """:func:`~marginproof.theory.margins.diverging.diverging` of many sparse rows."""
    data = Blocks(rows.floats)
    return blocked_diverging(data, blocked_separation(data))
