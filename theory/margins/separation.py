"""Complete separation, quasi-complete separation or overlap, decided exactly for any rows.

With labels folded in, w classifies without an error where X w >= 0.  By Tucker's theorem there are w and
c >= 0 with X w >= 0, Xᵀc = 0 and, in every row, exactly one of x_i·w and c_i positive.  The rows with c_i > 0 are
the *boundary*: every w with X w >= 0 has x_i·w = 0 there.

=============== ============== ==================================================================
status          boundary       the maximum-likelihood fit of the logistic model
=============== ============== ==================================================================
complete        no row         does not exist: w grows without bound, all losses tend to 0
quasi-complete  some rows      does not exist: w grows, the boundary rows' losses tend to their fit's
overlap         every row      exists
=============== ============== ==================================================================

The pair (w, c) is the certificate of all three answers.  The boundary is found by facial reduction: Farkas' weights name rows that
must be on it, the rest is decided again on the subspace where those vanish; of large data by :mod:`.at_once`, then verified.

Reference: A. Albert, J. A. Anderson, "On the existence of maximum likelihood estimates in logistic regression models",
Biometrika 71 (1984).

Example:
  >>> found = separation([[1, 0], [0, 1], [0, -1]])
  >>> found.status.value, found.direction, found.boundary
  ('quasi-complete', (1, 0), (1, 2))
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from marginproof.theory.margins.at_once import at_once
from marginproof.theory.margins.face import null_space
from marginproof.theory.margins.independent import independent, modular
from marginproof.theory.margins.integer_rows import IntegerRows, SparseRows
from marginproof.theory.margins.integers import common_integers, numerators
from marginproof.theory.margins.separability import Balanced, Certificate, decide, farkas_vertex, separates
from marginproof.theory.margins.working_set import is_many
from marginproof.theory.number_systems import Array

LARGE = 20_000
"""Entries from which one linear program is tried before the reduction by stages, which solves up to d of them."""
SHORT = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
"""Bits to which a separating direction is rounded in turn, until one still separates."""


class Status(Enum):
    """How the two classes lie to each other."""

    COMPLETE = "complete"
    """Some w has X w > 0 in every row."""
    QUASI_COMPLETE = "quasi-complete"
    """Some w has X w ≥ 0 in every row and > 0 in some, and none has > 0 in all."""
    OVERLAP = "overlap"
    """X w ≥ 0 only where X w = 0."""


@dataclass(frozen=True)
class Separation:
    """The answer with its certificate.

    Attributes:
      status: which of the three.
      direction: w in integers, X w >= 0, positive in every row off the boundary, shape (d,); ``None`` for overlap.
      weights: c, positive exactly on the boundary, Xᵀc = 0 and Σ c = 1, shape (N,); ``None`` for complete separation.
      boundary: its rows, counted from 0.
    """

    status: Status
    direction: tuple[int, ...] | None = field(repr=False)
    weights: Certificate | None = field(repr=False)
    boundary: tuple[int, ...]


Stage = tuple[list[int], list[Fraction]]
"""One step of the reduction: rows, and weights c > 0 on them, whose moment the earlier rows can cancel."""


def separation(X: Any) -> Separation:
    """Whether the rows are separable, quasi-completely separable or overlap, with an exact proof.

    Arguments:
      X: rows x_i with labels folded in, float64 or exact, or sparse, shape (N, d).

    Raises:
      MarginproofError: bad data.
    """
    if is_many(X):
        from marginproof.theory.margins.sparse_separation import complete_separation

        if (known := complete_separation(X)) is not None:
            return known
    rows = IntegerRows.of(X)
    if isinstance(rows, SparseRows):
        from marginproof.theory.margins.sparse_separation import sparse_separation

        return sparse_separation(rows)
    large = rows.shape[0] * rows.shape[1] >= LARGE
    if large and (found := from_program(rows, Balanced.of(rows))) is not None:
        return found
    stages, spanned, w = _reduce(rows)
    on = sorted([i for chosen, _ in stages for i in chosen] + spanned)
    weights = positive_weights(rows, stages, spanned) if on else None
    status = Status.COMPLETE if not on else Status.OVERLAP if w is None else Status.QUASI_COMPLETE
    assert is_certificate(rows, w or [0] * rows.shape[1], weights or (Fraction(0),) * rows.shape[0])
    return Separation(status, None if w is None else tuple(w), weights, tuple(on))


def from_program(rows: IntegerRows, balanced: Balanced) -> Separation | None:
    """The candidate of :mod:`~marginproof.theory.margins.at_once`, if exact arithmetic confirms it."""
    found = at_once(rows, *balanced)
    if found is None or not is_certificate(rows, found.w, tuple(found.c)):
        return None
    if not found.boundary:
        return Separation(Status.COMPLETE, tuple(direction_in_few_bits(rows, found.w)), None, ())
    status = Status.OVERLAP if len(found.boundary) == rows.shape[0] else Status.QUASI_COMPLETE
    w = None if status is Status.OVERLAP else tuple(found.w)
    return Separation(status, w, tuple(found.c), tuple(found.boundary))


def is_certificate(X: Any, w: Sequence[int | Fraction], c: Certificate) -> bool:
    """Whether X w >= 0, c >= 0, Xᵀc = 0, and exactly one of x_i·w and c_i is positive in every row."""
    rows = IntegerRows.of(X)
    scores, moments = rows.products(numerators(w)), rows.moments(numerators(c))
    good = all(s >= 0 and v >= 0 and (s > 0) != (v > 0) for s, v in zip(scores, c, strict=True))
    return good and not any(moments)


def rows_whose_loss_separates(X: Any, found: Separation, most: int = 40) -> list[int] | None:
    """Rows, each of which alone could be left out to make the separation complete; ``None`` where too many to try.

    Only rows of every Farkas certificate can do so; those of one certificate are tried, ``most`` at most.  Certificates
    are made of rows of the boundary, so that these decide alone.
    """
    rows = IntegerRows.of(X)
    if found.status is Status.COMPLETE or rows.shape[0] < 2:
        return []
    rows = rows.take(np.array(found.boundary))
    weights = farkas_vertex(rows, Balanced.of(rows)) or decide(rows)[1] or ()
    candidates = [i for i, c in enumerate(weights) if c]
    if len(candidates) > most:
        return None
    everything = np.arange(rows.shape[0])
    return [
        found.boundary[i]
        for i in candidates
        if len(everything) == 1 or decide(rows.take(np.delete(everything, i)))[0] is not None
    ]


def _reduce(rows: IntegerRows) -> tuple[list[Stage], list[int], list[int] | None]:
    """Farkas' stages, the rows that their span holds besides, and w; ``None`` where no row is left to separate."""
    A = rows.integers.astype(object)
    stages: list[Stage] = []
    used: list[int] = []
    basis: Array | None = None  # of the subspace where the stages' rows vanish; at first everything
    while True:
        rest = np.delete(np.arange(len(A)), used)
        moved = A[rest] if basis is None else A[rest] @ basis
        live = np.array([any(row) for row in moved], dtype=bool)
        spanned = [int(i) for i in rest[~live]]
        if not live.any():
            return stages, spanned, None
        lengths = np.array([math.gcd(*map(int, row)) for row in moved[live]], dtype=object)
        short = _with_unit_floats(moved[live] // lengths[:, None])
        v, c = decide(short)
        if v is not None:
            w = np.array(direction_in_few_bits(short, v), dtype=object)
            w = w if basis is None else basis @ w
            return stages, spanned, [int(x) for x in w // math.gcd(*w)]
        assert c is not None
        picked = [(int(i), s / k) for i, s, k in zip(rest[live], c, lengths, strict=True) if s]
        stages.append(([i for i, _ in picked], [s for _, s in picked]))
        used += stages[-1][0]
        basis = _vanishing(A[used])


def _with_unit_floats(A: Array) -> IntegerRows:
    """Integers of any length; each row's floats are divided by a power of two, which the signs of A w do not feel."""
    sizes = [max(int(v).bit_length() for v in row) for row in A]
    floats = [[int(v) / (1 << size) for v in row] for row, size in zip(A, sizes, strict=True)]
    return IntegerRows(np.array(floats), A, 1)


def direction_in_few_bits(rows: IntegerRows, w: Sequence[int]) -> list[int]:
    """w rounded to as few bits as still separate."""
    size = max(abs(v) for v in w)
    for bits in SHORT:
        short = [_rounded(v << bits, size) for v in w]
        if separates(rows, short):
            return short
    return list(w)


def _rounded(numerator: int, denominator: int) -> int:
    """The nearest integer, of two the even one; faster than by fractions."""
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest > denominator or (2 * rest == denominator and whole % 2))


def positive_weights(rows: IntegerRows, stages: list[Stage], spanned: list[int]) -> Certificate:
    """c > 0 on all these rows with Xᵀc = 0: 1 on the spanned rows, then the stages, the last one first.

    A stage's rows may take any multiple of its weights; the rows of earlier stages cancel what is left over.
    """
    c = [Fraction(0)] * rows.shape[0]
    for i in spanned:
        c[i] = Fraction(1)
    for last in range(len(stages), 0, -1):
        below = [i for chosen, _ in stages[:last] for i in chosen]
        for i, a in zip(below, _cancelling(rows, below, c), strict=True):
            c[i] += a
        pairs = list(zip(*stages[last - 1], strict=True))
        factor = max([0, *(math.floor(-c[i] / s) + 1 for i, s in pairs)])
        for i, s in pairs:
            c[i] += factor * s
    total = sum(c, Fraction(0))
    return tuple(v / total for v in c)


def _cancelling(rows: IntegerRows, index: list[int], c: list[Fraction]) -> list[Fraction]:
    """a with X_indexᵀ a = -Xᵀc, which has a solution where this is called; 0 outside a basis of those rows."""
    negative, denominator = common_integers(-np.array(c, dtype=object))
    right = rows.moments(negative.tolist())
    a = [Fraction(0)] * len(index)
    if not any(right):
        return a
    A = rows.part(index, np.arange(rows.shape[1]))
    chosen = independent(A)
    coordinates = independent(A[chosen].T)
    square = A[np.ix_(chosen, coordinates)].T
    size = len(chosen)
    solution = flint.fmpz_mat(size, size, [int(v) for v in square.ravel()]).solve(
        flint.fmpz_mat(size, 1, [right[k] for k in coordinates])
    )
    for k, value in zip(chosen, solution.entries(), strict=True):
        a[k] = Fraction(int(value.p), int(value.q) * denominator)
    return a


def _vanishing(A: Array) -> Array:
    """A basis of {w: A w = 0}, shape (d, q)."""
    d = A.shape[1]
    if modular(A).rank() == d:  # the rank over the rationals is at least that
        return np.zeros((d, 0), dtype=object)
    return null_space(A)
