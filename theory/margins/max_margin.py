"""Max-margins with certified brackets: ℓ₂, ℓ∞ and Mahalanobis.

γ_2 = max over ‖w‖_2 <= 1 of min_i x_i·w, γ_∞ over ‖w‖_∞ <= 1, γ_M over ‖w‖_M = √(Σ M_k w_k²) <= 1.
The fast methods are in :mod:`marginproof.theory.margins.l2` and :mod:`marginproof.theory.margins.linf`; whatever they return is
certified by the exact bracket of :mod:`marginproof.theory.margins.brackets`.

Example:
  >>> margin = linf_margin([[5, 1], [1, 4]])
  >>> margin.value, margin.unique, margin.direction.tolist()
  (5.0, True, [1.0, 1.0])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from marginproof.theory.errors import MarginproofError, NotSeparableError
from marginproof.theory.margins.brackets import Bracket, Metric
from marginproof.theory.margins.face import face_bounds, linf_unique
from marginproof.theory.margins.integer_rows import IntegerRows, SparseRows
from marginproof.theory.margins.l2 import solve_l2
from marginproof.theory.margins.linf import solve_linf
from marginproof.theory.margins.margin import Margin as Margin
from marginproof.theory.margins.separability import decide, not_separable
from marginproof.theory.margins.working_set import is_many
from marginproof.theory.number_systems import Array
from marginproof.theory.renamed import renamed
from marginproof.theory.threads import one_thread_if_small

MANY_SPARSE = 1_000
"""Sparse rows above which a working set of them is solved, dense, and all are read in blocks."""
TOLERANCE = 1e-13
"""Width aimed at, relative; a few roundings of the float64 data would move γ by more."""
REFERENCE = "another solver's margins are printed by marginproof margins DATA --reference"
"""Where the ``reference`` that the first version's margins took is found now."""


@renamed(reference=REFERENCE)
@one_thread_if_small
def l2_margin(X: Any, *, tolerance: float = TOLERANCE) -> Margin:
    """γ_2 of the rows of X.

    Arguments:
      X: rows x_i with labels folded in, float64, exact (object array of Fractions) or sparse, shape (N, d).
      tolerance: relative width of the bracket to aim at.

    Raises:
      NotSeparableError: no w has X w > 0, with Farkas' certificate.
      MarginproofError: bad data, or no solution found.
    """
    if (found := _of_many_dense(X, "l2")) is not None:
        return found
    rows = IntegerRows.of(X)
    if _many_sparse(rows):
        return _of_many_sparse(rows, "l2")
    return _strictly_convex(rows, None, "l2", tolerance)


@renamed(reference=REFERENCE)
@one_thread_if_small
def mahalanobis_margin(X: Any, metric: Any, *, tolerance: float = TOLERANCE) -> Margin:
    """γ_M for a given diagonal M (the covariance is M^{-1}); AdamProxy's fixed point has M = diag √q.

    Arguments:
      X: rows, shape (N, d), as in :func:`l2_margin`.
      metric: the diagonal of M, positive, shape (d,), float64 or exact.
      tolerance: as in :func:`l2_margin`.

    Raises:
      NotSeparableError: as in :func:`l2_margin`.
      MarginproofError: an entry of M that is not positive.
    """
    return _strictly_convex(IntegerRows.of(X), np.asarray(metric), "mahalanobis", tolerance)


@renamed(reference=REFERENCE)
@one_thread_if_small
def linf_margin(X: Any, *, tolerance: float = TOLERANCE) -> Margin:
    """γ_∞ of the rows of X; arguments and errors as in :func:`l2_margin`.

    ``direction`` is one maximiser of ℓ∞ norm 1, ``unique`` says whether there are others;
    :func:`linf_face` measures how far apart they lie.
    """
    if (found := _of_many_dense(X, "linf")) is not None:
        return found
    rows = IntegerRows.of(X)
    if _many_sparse(rows):
        return _of_many_sparse(rows, "linf")
    bracket, basic = _or_not_separable(lambda: solve_linf(rows, tolerance), rows)
    _require_positive(bracket, rows)
    unique, closed = linf_unique(rows, basic)
    bracket = closed or bracket
    _require_positive(bracket, rows)
    return _margin(bracket, None, unique)


def linf_face(margin: Margin, X: Any) -> tuple[Array, Array]:
    """Per coordinate the least and greatest entry of w over all ℓ∞ maximisers, shape (d,) each.

    Evidence in float64 (two linear programs a coordinate whose dual Xᵀc is small), not proof.
    """
    rows = IntegerRows.of(X)
    v = rows.floats.T @ margin.dual
    free = np.flatnonzero(np.abs(v) <= 1e-9 * np.abs(rows.floats).max(axis=0))
    low, high = margin.direction.copy(), margin.direction.copy()
    if margin.unique is True or not len(free):
        return low, high
    found_low, found_high = face_bounds(rows.floats, margin.value, free)
    low[free] = np.fmin(found_low[free], low[free])
    high[free] = np.fmax(found_high[free], high[free])
    return low, high


def _many_sparse(rows: IntegerRows) -> bool:
    return isinstance(rows, SparseRows) and rows.shape[0] > MANY_SPARSE


def _of_many_sparse(rows: IntegerRows, norm: str) -> Margin:
    from marginproof.theory.margins.sparse_separation import margin_of_many  # which needs this module

    return margin_of_many(rows.floats, norm)


def _of_many_dense(X: Any, norm: str) -> Margin | None:
    """By a working set; ``None`` for fewer rows, and where it leaves something open, which all rows then decide."""
    if not is_many(X):
        return None
    from marginproof.theory.margins.sparse_separation import margin_of_many  # which needs this module

    try:
        found = margin_of_many(X, norm)
    except NotSeparableError:
        return None
    return found if found.unique else None


def _strictly_convex(rows: IntegerRows, metric: Any, norm: str, tolerance: float) -> Margin:
    exact_metric = Metric.of(metric, rows.shape[1])
    bracket = _or_not_separable(lambda: solve_l2(rows, exact_metric, norm, tolerance), rows)
    _require_positive(bracket, rows)
    return _margin(bracket, metric, True)


def _or_not_separable(solve: Any, rows: IntegerRows) -> Any:
    """The solver's answer; where it gives up, the data may not be separable: that error says more."""
    try:
        return solve()
    except MarginproofError:
        _, weights = decide(rows)
        if weights is not None:
            raise not_separable(weights) from None
        raise


def _require_positive(bracket: Bracket, rows: IntegerRows) -> None:
    """A positive lower bound is a separator; without one, separability is decided exactly."""
    if bracket.lower > 0:
        return
    w, weights = decide(rows)
    if w is None:
        raise not_separable(weights)


def _margin(bracket: Bracket, metric: Any, unique: bool | None) -> Margin:
    w = np.array([float(x) for x in bracket.primal])
    if bracket.norm == "linf":
        length = float(np.abs(w).max())
    else:
        M = 1.0 if metric is None else np.array([float(m) for m in metric])
        length = float(np.sqrt((M * w * w).sum()))
    return Margin(
        norm=bracket.norm,
        value=bracket.lower + (bracket.upper - bracket.lower) / 2,
        bracket=bracket,
        direction=w / length,
        dual=np.array([float(c) for c in bracket.dual]),
        unique=unique,
    )
