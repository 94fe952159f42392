"""Margins and separation of rows that are too many for memory, as exact as for a few: by :mod:`.working_set`.

A margin of some rows bounds γ of all from above.  Its direction has on all rows the margin it has on these once every other row's
is decided to be as large, so that the exact bracket of the working set is one of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from marginproof.theory.errors import MarginproofError, NotSeparableError
from marginproof.theory.margins.face import null_space
from marginproof.theory.margins.floats import l2_floats, linf_floats
from marginproof.theory.margins.independent import independent
from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.margins.integers import numerators
from marginproof.theory.margins.margin import Margin
from marginproof.theory.margins.max_margin import l2_margin, linf_margin
from marginproof.theory.margins.separability import Certificate, decide, separates
from marginproof.theory.margins.separation import Status, separation
from marginproof.theory.margins.working_set import (
    BlockedRows,
    Violations,
    WorkingSet,
    margin_of_few,
    violated,
)
from marginproof.theory.number_systems import Array

SHORT_BITS = 20
"""To which a separating direction is rounded if it then still separates."""
ROUNDS = 1_000
"""Passes over all rows before giving up; some ten are usual."""


@dataclass(frozen=True)
class BlockedMargin:
    """A max-margin of all rows.

    Attributes:
      margin: of the working set; its exact bracket, direction and value are those of all rows.
      index: the working set's rows, to which ``margin.dual`` belongs.
      unique: as in :class:`~marginproof.theory.margins.margin.Margin`; never False, as more rows may leave one maximiser.
    """

    margin: Margin
    index: Array = field(repr=False)
    unique: bool | None


def blocked_margin(data: BlockedRows, norm: str, working: WorkingSet | None = None) -> BlockedMargin:
    """γ_2 or γ_∞ of all rows, with an exact bracket.

    Arguments:
      norm: ``l2`` or ``linf``.
      working: rows to begin with; they are added to.

    Raises:
      NotSeparableError: some rows have a weighted mean of exactly 0.
    """
    working = working or WorkingSet.spread(data)
    found = margin_of_few(data, working, l2_floats if norm == "l2" else linf_floats)
    if not found.lower > 0:
        _require_separable(working)
    working.keep_lowest(found.direction)
    for _ in range(ROUNDS):
        rows = IntegerRows.of(working.rows)
        try:
            margin = (l2_margin if norm == "l2" else linf_margin)(rows)
        except NotSeparableError:
            _require_separable(working)
            raise
        w = numerators(margin.bracket.primal)
        missing = violated(data, working, w, Fraction(min(rows.products(w)), rows.denominator))
        if missing.none:
            return BlockedMargin(margin, working.index.copy(), margin.unique or None)
        working.add(missing.index, missing.rows)
    raise unfinished(working)


def _require_separable(working: WorkingSet) -> None:
    _, weights = decide(working.rows)
    if weights is None:
        return
    used = [int(working.index[i]) for i, c in enumerate(weights) if c]
    shown = ", ".join(str(i + 1) for i in used[:8]) + (", …" if len(used) > 8 else "")
    raise NotSeparableError(
        f"the data are not linearly separable: {len(used)} row(s) ({shown}) have a weighted mean of exactly 0; an intercept or "
        "other features may help, and `separation` says which of two kinds it is"
    )


def unfinished(working: WorkingSet) -> MarginproofError:
    """That :data:`ROUNDS` were not enough."""
    return MarginproofError(
        f"rounds={ROUNDS} over all rows did not end, with {len(working.index)} rows in memory; take a part of the rows"
    )


@dataclass(frozen=True)
class BlockedSeparation:
    """How the classes of all rows lie to each other, decided exactly.

    Attributes:
      status: complete, quasi-complete or overlap.
      direction: integers w with X w >= 0, positive off the boundary; ``None`` for overlap.
      weights: c > 0 with Σ c_i x_i = 0 on the rows ``weighted``, which span the boundary; ``None`` for complete separation.
      weighted: their numbers; weighted_rows: themselves, shape (n, d).
      n_boundary: how many rows lie on the boundary; boundary: the numbers of some of them.
    """

    status: Status
    direction: tuple[int, ...] | None = field(repr=False)
    weights: Certificate | None = field(repr=False)
    weighted: Array = field(repr=False)
    weighted_rows: Array = field(repr=False)
    n_boundary: int
    boundary: tuple[int, ...]


def blocked_separation(data: BlockedRows) -> BlockedSeparation:
    """Decide complete, quasi-complete or overlap for all rows; see :func:`by_few_rows`."""
    found = by_few_rows(data)
    assert found is not None
    return found


def by_few_rows(data: BlockedRows, quasi: bool = True) -> BlockedSeparation | None:
    """Decide complete, quasi-complete or overlap for all rows by a working set.

    Where c > 0 on some rows of the working set and Σ c_i x_i = 0, every w with X w >= 0 vanishes on their span: all rows in it are on
    the boundary.  The others must have x_i·w > 0, which is decided for each.

    Arguments:
      quasi: ``False`` gives up (``None``) once a working set's boundary is neither empty nor spans everything.
    """
    working = WorkingSet.spread(data)
    for _ in range(ROUNDS):
        candidate = _candidate(working)
        if candidate.spans:
            return candidate.answer(Violations(working.index[:0], working.rows[:0], data.n_samples), data)
        if candidate.normals is not None and not quasi:
            return None
        found = violated(data, working, candidate.w, strict=True, normals=candidate.normals)
        if found.none:
            return _shorter(data, working, candidate) or candidate.answer(found, data)
        working.add(found.index, found.rows)
    raise unfinished(working)


@dataclass(frozen=True)
class _Candidate:
    """w with x_i·w > 0 on the working set off the boundary; the boundary's rows, weights and normals, shape (d, r)."""

    w: list[int]
    weighted: Array
    weighted_rows: Array
    weights: Certificate | None
    normals: Array | None

    @property
    def spans(self) -> bool:
        """Whether the boundary's rows span everything, so that no row can be off it."""
        return self.normals is not None and self.normals.shape[1] == 0

    def answer(self, found: Violations, data: BlockedRows) -> BlockedSeparation:
        n = found.on_boundary
        status = (
            Status.COMPLETE
            if self.normals is None
            else Status.OVERLAP
            if n == data.n_samples
            else Status.QUASI_COMPLETE
        )
        w = None if status is Status.OVERLAP else tuple(self.w)
        return BlockedSeparation(status, w, self.weights, self.weighted, self.weighted_rows, n, found.first)


def _candidate(working: WorkingSet) -> _Candidate:
    rows = working.rows
    w = _wide(rows)
    if w is not None:
        return _Candidate(w, working.index[:0], rows[:0], None, None)
    found = separation(IntegerRows.of(rows))
    boundary = list(found.boundary)
    normals = normals_of(rows[boundary]) if boundary else None
    weights = tuple(c for c in found.weights or () if c)
    w = list(found.direction or (0,) * rows.shape[1])
    if normals is not None and found.direction is not None:
        w = _wide_within(np.delete(IntegerRows.of(rows).integers, boundary, axis=0), normals) or w
    return _Candidate(w, working.index[boundary], rows[boundary], weights or None, normals)


def normals_of(rows: Array) -> Array:
    """Integers whose columns are a basis of {h: x·h = 0 for these rows}, shape (d, r)."""
    A = IntegerRows.of(rows).integers.astype(object)
    chosen = independent(A)
    if len(chosen) == A.shape[1]:  # all the fewer fractions
        return np.zeros((A.shape[1], 0), dtype=object)
    return null_space(A[chosen])


def _wide(rows: Array) -> list[int] | None:
    """The ℓ₂ max-margin direction in integers, if it separates the rows; it leaves other rows the most room."""
    found = l2_floats(rows)
    if not found.lower > 0:
        return None
    w = numerators(found.direction)
    return w if separates(IntegerRows.of(rows), w) else None


def _wide_within(off: Array, normals: Array) -> list[int] | None:
    """The same among the w on which the boundary vanishes."""
    moved = off @ normals
    size = max(abs(int(v)) for v in moved.flat)
    v = _wide(np.array([[float(Fraction(int(x), size)) for x in row] for row in moved]))
    if v is None:
        return None
    w = [int(x) for x in normals @ np.array(v, dtype=object)]
    return w if separates(IntegerRows.of(off), w) else None


def _shorter(data: BlockedRows, working: WorkingSet, candidate: _Candidate) -> BlockedSeparation | None:
    """The answer with w in fewer bits, where that separates all rows too."""
    if candidate.normals is not None:
        return None
    size = max(abs(v) for v in candidate.w)
    w = [round(Fraction(v << SHORT_BITS, size)) for v in candidate.w]
    found = violated(data, working, w, strict=True)
    return replace(candidate, w=w).answer(found, data) if found.none else None
