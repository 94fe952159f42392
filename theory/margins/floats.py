"""The l2 and l_inf max-margins in floating point, each with B6's gap as the measure of its error; no proof.

An interior-point method comes within about 1e-8 and tells which constraints are tight; solving with those as equations
gives the last digits.  Where they do not decide the point (a face of maximisers, or ties), HiGHS or the
interior point itself stands.

Example:
  >>> found = linf_floats(np.array([[5.0, 1.0], [1.0, 4.0]]))
  >>> found.value, found.direction.tolist()
  (5.0, [1.0, 1.0])
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.linalg import lapack

from marginproof.theory.margins.interior import Interior, interior_point
from marginproof.theory.number_systems import Array
from marginproof.theory.threads import one_thread_if_small

CLOSED = 1e-11
"""Relative gap up to which a margin in floating point is taken for solved."""


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
        """(upper - lower) / upper; 1 or more where the direction does not separate."""
        return (self.upper - self.lower) / self.upper if self.upper > 0 else np.inf

    @property
    def closed(self) -> bool:
        """Whether the gap is at most :data:`CLOSED`."""
        return self.relative_gap <= CLOSED


@one_thread_if_small
def l2_floats(X: Array) -> FloatMargin:
    """γ_2 of float64 rows with labels folded in, shape (N, d)."""
    scale = _power(X)
    rows = X * scale
    point = interior_point(rows, box=False)
    c = point.dual / point.dual.sum()
    found = [_l2(rows, c), _l2(rows, _on_support(rows, point))]
    return _in_units(min(found, key=lambda margin: margin.relative_gap), scale)


@one_thread_if_small
def linf_floats(X: Array) -> FloatMargin:
    """γ_∞ of float64 rows with labels folded in, shape (N, d)."""
    scale = _power(X)
    rows = X * scale
    point = interior_point(rows, box=True)
    found = [_linf(rows, point.w, point.dual[: len(rows)])]
    vertex = _at_vertex(rows, point)
    if vertex is not None:
        found.append(_linf(rows, *vertex))
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


def _l2(rows: Array, c: Array) -> FloatMargin:
    w = c @ rows
    length = float(np.linalg.norm(w))
    if not length > 0:
        return FloatMargin("l2", -np.inf, 0.0, w, c)
    return FloatMargin("l2", float((rows @ w).min()) / length, length, w / length, c)


def _linf(rows: Array, w: Array, c: Array) -> FloatMargin:
    length, total = float(np.abs(w).max()), float(c.sum())
    if not (length > 0 and total > 0):
        return FloatMargin("linf", -np.inf, 0.0, w, c)
    w, c = w / length, c / total
    return FloatMargin("linf", float((rows @ w).min()), float(np.abs(c @ rows).sum()), w, c)


def _on_support(rows: Array, point: Interior) -> Array:
    """c with x_i·Xᵀc equal on the rows whose weight exceeds their slack, zero elsewhere."""
    support = np.flatnonzero(point.dual > point.slack)
    c = np.zeros(len(rows))
    if not len(support):
        return point.dual
    A = rows[support]
    factor, info = lapack.dpotrf(A @ A.T, lower=1)
    if info:
        return point.dual
    solution = lapack.dpotrs(factor, np.ones(len(support)), lower=1)[0]
    for _ in range(2):
        solution = solution + lapack.dpotrs(factor, 1.0 - A @ (solution @ A), lower=1)[0]
    c[support] = np.maximum(solution, 0.0)
    return c / c.sum() if c.any() else point.dual


def _at_vertex(rows: Array, point: Interior) -> tuple[Array, Array] | None:
    """(w, c) of the vertex whose tight rows and faces the interior point shows; ``None`` where they are not as many."""
    n, d = rows.shape
    tight = np.flatnonzero(point.dual[:n] > point.slack[:n])
    high, low = point.dual[n : n + d] > point.slack[n : n + d], point.dual[n + d :] > point.slack[n + d :]
    w = np.where(high, 1.0, np.where(low, -1.0, 0.0))
    inside = np.flatnonzero(w == 0)
    if len(tight) != len(inside) + 1:
        return None
    system = np.c_[rows[np.ix_(tight, inside)], -np.ones(len(tight))]
    lu, pivots, info = lapack.dgetrf(system)
    if info:
        return None
    right, last = -rows[tight] @ w, np.zeros(len(tight))
    last[-1] = -1.0
    z, c_tight = lapack.dgetrs(lu, pivots, right)[0], lapack.dgetrs(lu, pivots, last, trans=1)[0]
    z = z + lapack.dgetrs(lu, pivots, right - system @ z)[0]
    c_tight = c_tight + lapack.dgetrs(lu, pivots, last - c_tight @ system, trans=1)[0]
    w[inside] = z[:-1]
    c = np.zeros(n)
    c[tight] = np.maximum(c_tight, 0.0)
    return np.clip(w, -1.0, 1.0), c
