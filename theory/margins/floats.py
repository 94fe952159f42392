"""The ℓ₂ and ℓ∞ max-margins in floating point, each with B6's gap as the measure of its error; no proof.

An interior-point method comes within about 1e-8 and tells which constraints are tight; solving with those as equations
gives the last digits, or with those that NNLS finds.  Where the maximisers fill a face, the one found lies inside it.
Where the ℓ∞ method stalls (fewer rows than features), HiGHS finishes.

Example:
  >>> found = linf_floats(np.array([[5.0, 1.0], [1.0, 4.0]]))
  >>> found.value, found.direction.tolist()
  (5.0, [1.0, 1.0])
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.linalg import lapack

from marginproof.theory.margins.interior import Interior, interior_point
from marginproof.theory.number_systems import Array
from marginproof.theory.threads import one_thread_if_small

CLOSED = 1e-11
"""Relative gap up to which a margin in floating point is taken for solved."""
MANY = 20_000
"""Rows, if they are at least ten times the features, from which on a working set is solved."""


@dataclass(frozen=True)
class FloatMargin:
    """A max-margin in float64.

    Attributes:
      norm: ``l2`` or ``linf``.
      lower, upper: min_i x_i·w / ‖w‖ and ‖Xᵀc‖_*, which bracket γ up to rounding (B6).
      direction: w of unit norm (that norm), shape (d,); dual: c on the simplex, shape (N,).
    """

    norm: str
    lower: float
    upper: float
    direction: Array = field(repr=False)
    dual: Array = field(repr=False)

    @property
    def value(self) -> float:
        """γ: what ``direction`` reaches."""
        return self.lower

    @property
    def relative_gap(self) -> float:
        """1 less ``lower / upper``; 1 or more where the direction does not separate."""
        return (self.upper - self.lower) / self.upper if self.upper > 0 else np.inf

    @property
    def closed(self) -> bool:
        """Whether the gap is at most :data:`CLOSED`."""
        return self.relative_gap <= CLOSED


@one_thread_if_small
def l2_floats(X: Array) -> FloatMargin:
    """γ_2 of float64 rows with labels folded in, shape (N, d)."""
    return _by_few_rows(X, _l2_of_all) or _l2_of_all(X)


@one_thread_if_small
def linf_floats(X: Array) -> FloatMargin:
    """γ_∞ of float64 rows with labels folded in, shape (N, d)."""
    return _by_few_rows(X, _linf_of_all) or _linf_of_all(X)


def _by_few_rows(X: Array, solve: Callable[[Array], FloatMargin]) -> FloatMargin | None:
    """The margin of many rows by that of a few; ``None`` where rows are not many."""
    n, d = X.shape
    if n < max(MANY, 10 * d):
        return None
    from marginproof.theory.margins.working_set import Blocks, WorkingSet, margin_of_few  # exact arithmetic

    data = Blocks(X)
    working = WorkingSet.spread(data)
    found = margin_of_few(data, working, solve)
    dual = np.zeros(n)
    dual[working.index] = found.dual
    return replace(found, lower=float((X @ found.direction).min()), dual=dual)


def _l2_of_all(X: Array) -> FloatMargin:
    scale = _power(X)
    rows = X * scale
    point = interior_point(rows, box=False)
    c = point.dual / point.dual.sum()
    found = [_l2(rows, c @ rows, c)]
    exact = _on_support(rows, np.flatnonzero(point.dual > point.slack))
    if exact is not None:
        found.append(_l2(rows, *exact))
    if not any(margin.closed for margin in found):
        from marginproof.theory.margins.l2 import nnls_support  # exact arithmetic, scipy's optimizers

        exact = _on_support(rows, nnls_support(rows)[0])
        if exact is not None:
            found.append(_l2(rows, *exact))
    return _in_units(min(found, key=lambda margin: margin.relative_gap), scale)


def _linf_of_all(X: Array) -> FloatMargin:
    scale = _power(X)
    rows = X * scale
    point = interior_point(rows, box=True)
    found = [_linf(rows, point.w, point.dual[: len(rows)])]
    exact = _on_face(rows, point)
    if exact is not None:
        found.append(_linf(rows, *exact))
    if not any(margin.closed for margin in found):
        from marginproof.theory.margins.box_program import best_in_box

        solved = best_in_box(rows)
        if solved is not None:
            found.append(_linf(rows, solved.w, solved.dual))
    return _in_units(min(found, key=lambda margin: margin.relative_gap), scale)


def _power(X: Array) -> float:
    """A power of two that brings the largest entry into [1/2, 1)."""
    return float(np.ldexp(1.0, -int(np.frexp(np.abs(X).max())[1])))


def _in_units(margin: FloatMargin, scale: float) -> FloatMargin:
    return FloatMargin(margin.norm, margin.lower / scale, margin.upper / scale, margin.direction, margin.dual)


def _l2(rows: Array, w: Array, c: Array) -> FloatMargin:
    length = float(np.linalg.norm(w))
    if not length > 0:
        return FloatMargin("l2", -np.inf, 0.0, w, c)
    return FloatMargin("l2", float((rows @ w).min()) / length, float(np.linalg.norm(c @ rows)), w / length, c)


def _linf(rows: Array, w: Array, c: Array) -> FloatMargin:
    length, total = float(np.abs(w).max()), float(c.sum())
    if not (length > 0 and total > 0):
        return FloatMargin("linf", -np.inf, 0.0, w, c)
    w, c = w / length, c / total
    return FloatMargin("linf", float((rows @ w).min()), float(np.abs(c @ rows).sum()), w, c)


def _on_support(rows: Array, support: Array) -> tuple[Array, Array] | None:
    """(w, c) with x_i·w = 1, w = Xᵀc up to a factor, on these rows; c is zero elsewhere.

    By an orthogonal basis of those rows, since w cancels in Xᵀc where the margin is small; ``None`` where they are dependent.
    """
    A, one = rows[support], np.ones(len(support))
    if not 0 < len(support) <= rows.shape[1]:
        return None
    Q, R = np.linalg.qr(A.T)
    if not np.abs(np.diag(R)).min() > 0:
        return None
    w = Q @ lapack.dtrtrs(R, one, trans=1)[0]
    inner = lapack.dtrtrs(R, one - A @ w, trans=1)[0]
    w = w + Q @ inner
    c = np.zeros(len(rows))
    c[support] = np.maximum(lapack.dtrtrs(R, Q.T @ w)[0], 0.0)
    return (w, c / c.sum()) if c.any() else None


def _on_face(rows: Array, point: Interior) -> tuple[Array, Array] | None:
    """(w, c) near the interior point with the rows and box faces that it shows as tight holding as equations."""
    n, d = rows.shape
    tight = np.flatnonzero(point.dual[:n] > point.slack[:n])
    high, low = point.dual[n : n + d] > point.slack[n : n + d], point.dual[n + d :] > point.slack[n + d :]
    w = np.where(high, 1.0, np.where(low, -1.0, point.w))
    inside = np.flatnonzero(~(high | low))
    if not len(tight):
        return None
    system = np.c_[rows[np.ix_(tight, inside)], -np.ones(len(tight))]
    solve = _solver(system)
    if solve is None:
        return None
    fixed = rows[tight] @ np.where(high | low, w, 0.0)
    z, c_tight, last = np.append(w[inside], point.t), point.dual[tight], np.zeros(system.shape[1])
    last[-1] = -1.0
    for _ in range(2):
        z = z + solve(-fixed - system @ z, 0)
        c_tight = c_tight + solve(last - c_tight @ system, 1)
    w[inside] = z[:-1]
    c = np.zeros(n)
    c[tight] = np.maximum(c_tight, 0.0)
    return np.clip(w, -1.0, 1.0), c


def _solver(system: Array) -> Callable[[Array, int], Array] | None:
    """(b, transposed) -> the solution of least norm of A x = b, or of Aᵀx = b; ``None`` where a square A is singular."""
    if system.shape[0] != system.shape[1]:
        return lambda b, transposed: np.asarray(
            np.linalg.lstsq(system.T if transposed else system, b, rcond=None)[0]
        )
    lu, pivots, info = lapack.dgetrf(system)
    return (
        None if info else lambda b, transposed: np.asarray(lapack.dgetrs(lu, pivots, b, trans=transposed)[0])
    )
