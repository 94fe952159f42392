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

from marginproof.theory.margins.at_once import made_exact
from marginproof.theory.margins.blocked import (
    BlockedSeparation,
    blocked_margin,
    blocked_separation,
    by_few_rows,
)
from marginproof.theory.margins.blocked_diverging import blocked_diverging
from marginproof.theory.margins.independent import independent_columns, independent_rows, spread
from marginproof.theory.margins.integer_rows import IntegerRows, SparseRows
from marginproof.theory.margins.integers import numerators
from marginproof.theory.margins.margin import Margin
from marginproof.theory.margins.max_margin import MANY_SPARSE
from marginproof.theory.margins.separability import Balanced, Certificate, separates, try_separator
from marginproof.theory.margins.separation import (
    Separation,
    Status,
    direction_in_few_bits,
    from_program,
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
    """By a working set where it separates or overlaps, else by one linear program; where that fails, by working sets all the way.

    Then the weights that prove the boundary's span are made positive on the whole boundary.
    """
    data = Blocks(rows.floats)
    found = by_few_rows(data, quasi=False)
    if found is None:
        whole = from_program(rows, Balanced.of(rows))
        if whole is not None:
            return whole
        found = blocked_separation(data)
    if found.status is Status.OVERLAP:
        whole = _overlap(rows, found)
        if whole is not None:
            return whole
    if found.status is Status.COMPLETE:
        return Separation(found.status, found.direction, None, ())
    scores = [0] * rows.shape[0] if found.direction is None else rows.products(found.direction)
    boundary = tuple(i for i, score in enumerate(scores) if score == 0)
    weighted = found.weighted.tolist()
    known: Certificate = found.weights or ()
    spanned = sorted(set(boundary) - set(weighted))
    weights = positive_weights(rows, [(weighted, list(known))], spanned)
    return _verified(rows, Separation(found.status, found.direction, weights, boundary))


def _overlap(rows: SparseRows, found: BlockedSeparation) -> Separation | None:
    """Weights of all rows from those of a few that span everything: in float64, then made exact by one system."""
    W, known = found.weighted_rows, np.array([float(c) for c in found.weights or ()])
    c = np.ones(rows.shape[0])
    c[found.weighted] = 0
    moment = np.asarray(rows.floats.T @ c)
    change = np.linalg.lstsq(W.T, -moment, rcond=None)[0]
    c[found.weighted] = change + known * (1 + 2 * max(0.0, float((-change / known).max())))
    everywhere = np.arange(rows.shape[0])
    weights = made_exact(rows, everywhere, c, [0] * rows.shape[1]).c
    if not is_certificate(rows, (0,) * rows.shape[1], tuple(weights)):
        return None
    return Separation(Status.OVERLAP, None, tuple(weights), tuple(everywhere.tolist()))


def _verified(rows: SparseRows, found: Separation) -> Separation:
    n, d = rows.shape
    assert is_certificate(rows, found.direction or (0,) * d, found.weights or (Fraction(0),) * n)
    return found


def margin_of_many(X: Any, norm: str) -> Margin:
    """γ_2 or γ_∞ of many rows in float64, sparse or not; errors as of :func:`~marginproof.theory.margins.blocked.blocked_margin`."""
    found = blocked_margin(Blocks(X), norm)
    bracket, dual = found.margin.bracket, np.zeros(X.shape[0])
    dual[found.index] = found.margin.dual
    exact = spread(bracket.dual, found.index, X.shape[0])
    return replace(found.margin, bracket=replace(bracket, dual=tuple(exact)), dual=dual, unique=found.unique)


def complete_separation(X: Array) -> Separation | None:
    """That of many dense rows, if it is complete and a working set tells so."""
    found = by_few_rows(Blocks(X), quasi=False)
    complete = found is not None and found.status is Status.COMPLETE
    return Separation(found.status, found.direction, None, ()) if found is not None and complete else None


def diverging_of_many(X: Array, found: Separation) -> tuple[str, ...]:
    """:func:`~marginproof.theory.margins.diverging.diverging` of many dense rows, completely separated."""
    none, nothing = np.zeros(0, dtype=np.intp), np.zeros((0, X.shape[1]))
    known = BlockedSeparation(found.status, found.direction, None, none, nothing, 0, ())
    return blocked_diverging(Blocks(X), known)


def sparse_diverging(rows: SparseRows, found: Separation) -> tuple[str, ...]:
    """:func:`~marginproof.theory.margins.diverging.diverging` of many sparse rows; a basis of the boundary stands for all of it."""
    boundary = np.array(found.boundary, dtype=np.intp)
    basis = np.sort(independent_rows(rows, boundary))
    basis = basis if len(basis) else boundary[:1]  # of zero rows one
    part: Any = rows.floats[basis]
    known = BlockedSeparation(
        found.status, found.direction, None, basis, part.toarray(), len(found.boundary), found.boundary[:100]
    )
    return blocked_diverging(Blocks(rows.floats), known)
