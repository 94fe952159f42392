"""The ℓ∞ max-margin: HiGHS finds a vertex, its basis is solved to 2^-96, the bracket certifies it.

The linear program is max t s.t. x_i·w >= t, |w_k| <= 1; the duals of its rows are c.  A vertex is told by its tight
rows and the coordinates strictly inside the box (:mod:`marginproof.theory.margins.basis`).
Where float64 cannot tell which constraints are tight, the program is
solved again for the correction alone, magnified (Gleixner, Steffy and Wolter, "Iterative refinement
for linear programming", INFORMS J. Computing 28, 2016).
"""

from __future__ import annotations

from fractions import Fraction
from typing import cast

import numpy as np
from scipy.linalg import qr

from marginproof.theory.errors import MarginproofError
from marginproof.theory.margins.basis import BasicSolution, Basis, full_dual, full_primal, solve_basis
from marginproof.theory.margins.box_program import best_in_box
from marginproof.theory.margins.brackets import Bracket, integer_bracket
from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.margins.refinement import scales
from marginproof.theory.margins.sparse import largest, part_of, scaled
from marginproof.theory.number_systems import Array

TIGHT = 1e-9
"""Slack, relative to the row's l1 norm, below which HiGHS's vertex counts as lying on a constraint."""

ZOOMS = (0, 20, 40, 60)
"""Corrections are magnified by 2^zoom in turn."""


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
    scores = rows.products(w)
    least, one = min(scores), rows.denominator * denominator
    offsets = np.array([float(Fraction((s - least) << zoom, one)) for s in scores])
    low = np.array([-float(Fraction((denominator + x) << zoom, denominator)) for x in w])
    high = np.array([float(Fraction((denominator - x) << zoom, denominator)) for x in w])
    options = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
    size = abs(X).sum(axis=1)
    row, column = scales(X)  # the same program in other units: HiGHS drops entries below 1e-9
    unit = 1 / row.max()
    for method in ("highs-ipm", "highs-ds") if n * d >= 50_000 else ("highs-ds", "highs-ipm"):
        found = best_in_box(
            scaled(X, row, column),
            low / column,
            high / column,
            offsets=offsets * row,
            weights=unit * row,
            method=method,
            options=options,
        )
        c = None if found is None else found.dual * row
        if found is not None and c is not None and c.sum() > 0:
            return found.w * column, found.slack / row / np.where(size > 0, size, 1.0), c / c.sum()
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
) -> Basis | None:
    """A square basis from the tight constraints; rows with the largest c first, dependent ones left out."""
    margin = int(denominator * Fraction(TIGHT)) >> zoom
    inside = np.array([abs(x) < denominator - margin for x in w])
    inside &= abs(rows.floats).sum(axis=0) > 0  # a zero column decides nothing: put it on a face
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
    return Basis(tight, F, signs)


def _degenerate_columns(X: Array, heavy: Array, F: Array, c: Array) -> Array:
    """Coordinates on the box with (Xᵀc)_k = 0 that are basic: as many as the rows with c > 0 ask for."""
    missing = len(heavy) - 1 - len(F)
    if missing <= 0:
        return np.arange(0)
    size = largest(X[heavy], 0)
    free = (np.abs(c @ X) <= TIGHT * size) & (size > 0)
    free[F] = False
    candidates = np.flatnonzero(free)
    if len(candidates) < missing:
        return np.arange(0)
    Q = np.linalg.qr(np.c_[part_of(X, heavy, F), np.ones(len(heavy))])[0]
    columns = part_of(X, heavy, candidates)
    columns = columns / np.abs(columns).max(axis=0)
    picked = qr(columns - Q @ (Q.T @ columns), mode="r", pivoting=True)[1][:missing]
    return cast(Array, candidates[picked])


def _independent(X: Array, tight: Array, F: Array, c: Array, need: int) -> Array:
    """``need`` tight rows, those with c > 0 as far as they are independent, then by pivoting."""
    M = np.c_[part_of(X, tight, F), -np.ones(len(tight))]
    M = M / np.abs(M).max(axis=1, keepdims=True)
    heavy = int((c[tight] > TIGHT).sum())
    if heavy > need:
        return cast(Array, tight[qr(M.T, mode="r", pivoting=True)[1][:need]])
    Q = np.linalg.qr(M[:heavy].T)[0]
    rest = M[heavy:] - (M[heavy:] @ Q) @ Q.T
    more = qr(rest.T, mode="r", pivoting=True)[1][: need - heavy] + heavy
    return tight[np.r_[np.arange(heavy), more]]


def _bracket_of(rows: IntegerRows, w: list[int], c: list[int]) -> Bracket | None:
    """The bracket, where w ≠ 0 and c ≠ 0."""
    return integer_bracket(rows, w, c, "linf") if any(w) and any(c) else None
