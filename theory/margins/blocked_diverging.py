"""Where the coefficients of a logistic fit tend, for rows that are too many for memory, as exactly as for a few.

The signs come from û, the ℓ₂ max-margin direction among the w that vanish on the boundary, and after it from the rows on its margin
alone.  So a working set decides as soon as it holds all of these: no other row off the boundary has x_i·û at or below the level.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from marginproof.theory.margins.blocked import (
    ROUNDS,
    BlockedSeparation,
    blocked_margin,
    normals_of,
    unfinished,
)
from marginproof.theory.margins.diverging import FINITE, UNDECIDED, by_bracket, diverging, projected, solved
from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.margins.integers import numerators
from marginproof.theory.margins.margin import Margin
from marginproof.theory.margins.max_margin import l2_margin
from marginproof.theory.margins.separation import Separation, Status
from marginproof.theory.margins.working_set import BlockedRows, WorkingSet, violated


def blocked_diverging(data: BlockedRows, found: BlockedSeparation) -> tuple[str, ...]:
    """Where each coefficient of the logistic fit of all rows tends, as :func:`~.diverging.diverging` says, shape (d,).

    Arguments:
      data: the rows.
      found: their separation.
    """
    d = data.n_features
    if found.direction is None:
        return (FINITE,) * d
    working = WorkingSet.spread(data)
    if found.status is Status.COMPLETE:
        blocked_margin(data, "l2", working)
    else:
        working.add(found.weighted, found.weighted_rows)
    margin = _closed(data, working, found, exactly=False)
    if margin is None:
        return (UNDECIDED,) * d
    signs = by_bracket(margin, list(range(d)))
    if UNDECIDED in signs.values() and _closed(data, working, found, exactly=True):
        return diverging(working.rows, _of(working, found))
    return tuple(signs[k] for k in range(d))


def _closed(data: BlockedRows, working: WorkingSet, found: BlockedSeparation, exactly: bool) -> Margin | None:
    """Add rows until none off the boundary is below the margin of the working set's, or, ``exactly``, on it.

    The margin is that of all rows then; ``None`` where a system is too large to be solved exactly.
    """
    normals = None
    if found.status is Status.QUASI_COMPLETE:
        normals = normals_of(found.weighted_rows)
    for _ in range(ROUNDS):
        boundary = list(_of(working, found).boundary)
        growing = np.setdiff1d(np.arange(len(working.rows)), boundary)
        rows = IntegerRows.of(working.rows)
        moved = projected(rows, boundary, growing.tolist(), np.arange(data.n_features))
        if moved is None:
            return None
        margin = l2_margin(moved)
        w = numerators(margin.bracket.primal)
        if exactly:
            exact = solved(moved, margin)
            if exact is None:
                return None
            w = exact[0]
        level = Fraction(min(rows.take(growing).products(w)), rows.denominator)
        missing = violated(
            data, working, w, level, strict=exactly, normals=normals, modulo=normals is not None
        )
        if missing.none:
            return margin
        working.add(missing.index, missing.rows)
    raise unfinished(working)


def _of(working: WorkingSet, found: BlockedSeparation) -> Separation:
    """The working set's own separation: on the boundary are the rows where the direction has score 0."""
    scores = IntegerRows.of(working.rows).products(found.direction or ())
    on = tuple(i for i, score in enumerate(scores) if not score)
    return Separation(found.status, found.direction, None, on)
