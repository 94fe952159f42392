"""The l_inf max-margin: HiGHS finds a vertex, its basis is solved to 2^-96, the bracket certifies it.

The linear program is max t s.t. x_i·w >= t, |w_k| <= 1; the duals of its rows are c.  At a vertex
the tight rows R and the coordinates F strictly inside the box make a square system

    X_RF w_F - t = -X_RB sign(w_B),        X_RFᵀ c = 0,  Σ c = 1,

one matrix and its transpose.  Where float64 cannot tell which constraints are tight, the program is
solved again for the correction alone, magnified (Gleixner, Steffy and Wolter, "Iterative refinement
for linear programming", INFORMS J. Computing 28, 2016).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import flint
import numpy as np
from scipy.linalg import qr
from scipy.optimize import linprog

from theory.errors import MarginproofError
from theory.margins.brackets import Bracket, integer_bracket
from theory.margins.integer_rows import IntegerRows
from theory.margins.refinement import Factors, Integers, refine, scales, solve_exactly
from theory.number_systems import Array

TIGHT = 1e-9
"""Slack, relative to the row's l1 norm, below which HiGHS's vertex counts as lying on a constraint."""

ZOOMS = (0, 20, 40, 60)
"""Corrections are magnified by 2^zoom in turn."""


@dataclass(frozen=True)
class Vertex:
    """A square basis: rows R, interior coordinates F (equally many and one more), signs of the others.

    Attributes:
      R, F: indices.
      signs: w on the box's faces, 0 on F, shape (d,).
    """

    R: Array
    F: Array
    signs: Array


@dataclass(frozen=True)
class BasicSolution:
    """w and t over one denominator, c over another, with the factorisation that gave them."""

    vertex: Vertex
    primal: Integers
    dual: Integers
    factors: Factors


def solve_linf(rows: IntegerRows, tolerance: float) -> tuple[Bracket, BasicSolution | None]:
    """The best bracket found, and a basic solution within ``tolerance``, or ``None``."""
    w: list[int] = [0] * rows.shape[1]
    denominator = 1
    best: Bracket | None = None
    basic: BasicSolution | None = None
    for zoom in ZOOMS:
        found = linear_program(rows, w, denominator, zoom)
        if found is None:
            break
        z, slack, c = found
        w, denominator = _moved(w, denominator, z, zoom)
        candidates: list[tuple[Bracket | None, BasicSolution | None]] = [
            (_bracket_of(rows, w, _integers(c)), None)
        ]
        vertex = _vertex(rows, w, denominator, slack, c, zoom)
        solved = None if vertex is None else solve_basis(rows, vertex)
        if solved is not None:
            candidates.append(
                (_bracket_of(rows, full_primal(solved), full_dual(solved, rows.shape[0])), solved)
            )
        for bracket, source in candidates:
            if bracket is None:
                continue
            if best is None or bracket.relative_width < best.relative_width:
                best = bracket
            if source is not None and bracket.relative_width <= tolerance:
                basic = source
        if best is not None and best.relative_width <= tolerance:
            break
    if best is None:
        raise MarginproofError(
            f"X.shape={rows.shape}: HiGHS found no l_inf max-margin; rescale the data and try again"
        )
    return best, basic


def linear_program(
    rows: IntegerRows, w: list[int], denominator: int, zoom: int
) -> tuple[Array, Array, Array] | None:
    """max τ s.t. X z - τ >= -2^zoom (X w - t), 2^zoom (-1 - w) <= z <= 2^zoom (1 - w), t = min X w.

    Returns z, the slacks of the rows relative to their l1 norms, and c; ``None`` where HiGHS fails.
    """
    n, d = rows.shape
    X = rows.floats
    scores = [int(s) for s in (rows.matrix * flint.fmpz_mat(d, 1, w)).entries()]
    least, one = min(scores), rows.denominator * denominator
    offsets = np.array([float(Fraction((s - least) << zoom, one)) for s in scores])
    low = np.array([-float(Fraction((denominator + x) << zoom, denominator)) for x in w])
    high = np.array([float(Fraction((denominator - x) << zoom, denominator)) for x in w])
    options = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
    size = np.abs(X).sum(axis=1)
    row, column = scales(X)  # the same program in other units: HiGHS drops entries below 1e-9
    unit = 1 / row.max()
    for method in ("highs-ipm", "highs-ds") if n * d >= 50_000 else ("highs-ds", "highs-ipm"):
        answer = linprog(
            np.r_[np.zeros(d), -1.0],
            A_ub=np.c_[-X * row[:, None] * column, unit * row],
            b_ub=offsets * row,
            bounds=np.c_[np.r_[low / column, -np.inf], np.r_[high / column, np.inf]],
            method=method,
            options=options,
        )
        if answer.status == 0:
            c = np.maximum(-answer.ineqlin.marginals, 0.0) * row
            if c.sum() > 0:
                slack = answer.slack / row / np.where(size > 0, size, 1.0)
                return answer.x[:d] * column, slack, c / c.sum()
    return None


def _integers(c: Array) -> list[int]:
    return [int(v) for v in np.ldexp(c, 62)]


def _moved(w: list[int], denominator: int, z: Array, zoom: int) -> tuple[list[int], int]:
    """w + z / 2^zoom, clipped to the box, over a denominator of 2^(zoom + 60) at least."""
    new = max(denominator, 1 << (zoom + 60))
    step = new >> zoom
    moved = [x * (new // denominator) + int(Fraction(v) * step) for x, v in zip(w, z.tolist(), strict=True)]
    return [max(-new, min(new, x)) for x in moved], new


def _vertex(
    rows: IntegerRows, w: list[int], denominator: int, slack: Array, c: Array, zoom: int
) -> Vertex | None:
    """A square basis from the tight constraints; rows with the largest c first, dependent ones left out."""
    margin = int(denominator * Fraction(TIGHT)) >> zoom
    inside = np.array([abs(x) < denominator - margin for x in w])
    inside &= rows.floats.any(axis=0)  # a zero column decides nothing: put it on a face
    F = np.flatnonzero(inside)
    signs = np.where(inside, 0, [1 if x > 0 else -1 for x in w])
    tight = np.flatnonzero((slack <= TIGHT) | (c > TIGHT))
    tight = tight[np.argsort(-c[tight], kind="stable")]
    more = _degenerate_columns(rows.floats, tight[c[tight] > TIGHT], F, c)
    F, signs[more] = np.sort(np.r_[F, more]), 0
    need = len(F) + 1
    if len(tight) < need:
        return None
    if len(tight) > need:
        tight = _independent(rows.floats, tight, F, c, need)
    return Vertex(tight, F, signs)


def _degenerate_columns(X: Array, heavy: Array, F: Array, c: Array) -> Array:
    """Coordinates on the box with (Xᵀc)_k = 0 that are basic: as many as the rows with c > 0 ask for."""
    missing = len(heavy) - 1 - len(F)
    if missing <= 0:
        return np.arange(0)
    free = np.abs(c @ X) <= TIGHT * np.abs(X[heavy]).max(axis=0)
    free[F] = False
    free &= X[heavy].any(axis=0)
    candidates = np.flatnonzero(free)
    if len(candidates) < missing:
        return np.arange(0)
    Q = np.linalg.qr(np.c_[X[np.ix_(heavy, F)], np.ones(len(heavy))])[0]
    columns = X[np.ix_(heavy, candidates)]
    columns = columns / np.abs(columns).max(axis=0)
    picked = qr(columns - Q @ (Q.T @ columns), mode="r", pivoting=True)[1][:missing]
    return candidates[picked]


def _independent(X: Array, tight: Array, F: Array, c: Array, need: int) -> Array:
    """``need`` tight rows, those with c > 0 as far as they are independent, then by pivoting."""
    M = np.c_[X[np.ix_(tight, F)], -np.ones(len(tight))]
    M = M / np.abs(M).max(axis=1, keepdims=True)
    heavy = int((c[tight] > TIGHT).sum())
    if heavy > need:
        return tight[qr(M.T, mode="r", pivoting=True)[1][:need]]
    Q = np.linalg.qr(M[:heavy].T)[0]
    rest = M[heavy:] - (M[heavy:] @ Q) @ Q.T
    more = qr(rest.T, mode="r", pivoting=True)[1][: need - heavy] + heavy
    return tight[np.r_[np.arange(heavy), more]]


def _system(rows: IntegerRows, vertex: Vertex) -> tuple[flint.fmpz_mat, list[int]]:
    """D [X_RF, -1] and -D X_RB sign(w_B) in integers, D the rows' denominator; the last unknown is t."""
    A = rows.integers[vertex.R].astype(object)
    n = len(vertex.R)
    square = np.c_[A[:, vertex.F], np.full(n, -rows.denominator, dtype=object)]
    B = np.flatnonzero(vertex.signs)
    right = -(A[:, B] * vertex.signs[B].astype(object)).sum(axis=1) if len(B) else np.zeros(n, dtype=object)
    return flint.fmpz_mat(n, n, square.ravel().tolist()), [int(b) for b in right]


def solve_basis(rows: IntegerRows, vertex: Vertex, *, exactly: bool = False) -> BasicSolution | None:
    """The basis solved to 2^-96, or in rationals; ``None`` where it is singular."""
    matrix, right = _system(rows, vertex)
    n, D = len(right), rows.denominator
    factors = Factors(np.c_[rows.floats[np.ix_(vertex.R, vertex.F)], -np.ones(n)])
    transposed, unit = matrix.transpose(), [0] * (n - 1) + [-D]
    primal = dual = None
    if not exactly:
        primal = _refined(matrix, right, factors.solve, D)
        dual = _refined(transposed, unit, factors.solve_transposed, D)
    primal = primal or solve_exactly(matrix, right)
    dual = dual or solve_exactly(transposed, unit)
    return None if primal is None or dual is None else BasicSolution(vertex, primal, dual, factors)


def _refined(
    matrix: flint.fmpz_mat, right: list[int], solve: Callable[[Array], Array], factor: int
) -> Integers | None:
    if not any(right):
        return None

    def residual(x: list[int], denominator: int) -> list[int]:
        product = (matrix * flint.fmpz_mat(len(x), 1, x)).entries()
        return [b * denominator - int(p) for b, p in zip(right, product, strict=True)]

    return refine(solve, residual, right, factor)


def full_primal(solution: BasicSolution) -> list[int]:
    """w over the primal's denominator, shape (d,), clipped to the box."""
    values, one = solution.primal
    w = [int(s) * one for s in solution.vertex.signs]
    for k, value in zip(solution.vertex.F.tolist(), values, strict=False):
        w[k] = max(-one, min(one, value))
    return w


def full_dual(solution: BasicSolution, n: int) -> list[int]:
    """c over the dual's denominator, shape (N,), negative entries (wrong basis or rounding) set to 0."""
    c = [0] * n
    for i, value in zip(solution.vertex.R.tolist(), solution.dual[0], strict=True):
        c[i] = max(0, value)
    return c


def _bracket_of(rows: IntegerRows, w: list[int], c: list[int]) -> Bracket | None:
    """The bracket, where w ≠ 0 and c ≠ 0."""
    return integer_bracket(rows, w, c, "linf") if any(w) and any(c) else None
