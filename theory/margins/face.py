"""Whether the ℓ∞ max-margin direction is unique, decided with certainty or not at all.

Two routes.  (1) A basic solution with strictly positive duals (c on R, |Xᵀc| off F) and strictly
feasible elsewhere is the only maximiser; strict signs survive the rigorous error bounds of the
refined solution.  (2) Otherwise, for data of moderate size, the basis is solved in rationals.  With
an exactly optimal pair (w, c) every maximiser is w + h, h supported on F' = {k: (Xᵀc)_k = 0} with
X_{S,F'} h = 0, S = {c > 0}; of the constraints tight at w, each asks C h >= 0.  Exact separability of
C's rows on that null space decides whether some h ≠ 0 exists.

Reference: O. L. Mangasarian, "Uniqueness of solution in linear programming", Linear Algebra and its
Applications 25 (1979).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import numpy as np
from scipy.optimize import linprog

from marginproof.theory.margins.basis import BasicSolution, full_dual, full_primal, solve_basis
from marginproof.theory.margins.brackets import Bracket, integer_bracket
from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.margins.integers import common_integers
from marginproof.theory.margins.separability import decide
from marginproof.theory.number_systems import Array

EXACT_FEATURES = 128
"""Rational linear algebra on the face is tried up to this many free coordinates."""


def linf_unique(rows: IntegerRows, basic: BasicSolution | None) -> tuple[bool | None, Bracket | None]:
    """Whether the maximiser on the unit ℓ∞ ball is unique (``None``: undecided).

    The second entry is a closed bracket where the exact route found one.
    """
    if basic is None:
        return None, None
    if _strictly_basic(rows, basic):
        return True, None
    if len(basic.basis.F) > EXACT_FEATURES or rows.shape[1] > 4 * EXACT_FEATURES:
        return None, None
    exact = solve_basis(rows, basic.basis, exactly=True)
    if exact is None:
        return None, None
    w, c = full_primal(exact), full_dual(exact, rows.shape[0])
    bracket = integer_bracket(rows, w, c, "linf")
    if not bracket.closed:
        return None, None
    return _unique_at(rows, w, exact.primal[1], c), bracket


def _strictly_basic(rows: IntegerRows, basic: BasicSolution) -> bool:
    """Route (1).  Errors of w_F, t and c are at most ‖inverse‖ · residual; residuals are <= 2^-90."""
    bounds = basic.factors.inverse_bounds()
    if bounds is None:
        return False
    basis, X = basic.basis, rows.floats
    errors = _errors(basic, bounds, X)
    if errors is None:
        return False
    e_w, e_t, e_c = errors
    one = basic.primal[1]
    w = np.array([float(Fraction(v, one)) for v in basic.primal[0][:-1]])
    t = float(Fraction(basic.primal[0][-1], one))
    c = np.array([float(Fraction(v, basic.dual[1])) for v in basic.dual[0]])
    rounding = 2.0**-50
    if (c <= e_c + rounding * np.abs(c)).any() or (np.abs(w) + e_w + rounding >= 1).any():
        return False
    n, d = rows.shape
    B, XR = np.flatnonzero(basis.signs), X[basis.R]
    v = (c @ XR)[B] * basis.signs[B]
    noise = ((e_c + (len(c) + 2) * rounding * np.abs(c)) @ abs(XR))[B]
    full = basis.signs.astype(np.float64)
    full[basis.F] = w
    off = np.setdiff1d(np.arange(n), basis.R)
    slack = X[off] @ full - t
    error = np.full(d, (d + 2) * rounding)
    error[basis.F] += e_w
    fuzz = abs(X[off]) @ error + abs(t) * rounding + e_t
    return bool((v > noise).all() and (slack > fuzz).all())


def _errors(basic: BasicSolution, bounds: tuple[float, float], X: Array) -> tuple[Array, float, Array] | None:
    """Componentwise bounds on the errors of w_F, t and c from the scaled inverse's norms.

    The stored residuals are at most 2^-96 of the largest right-hand side; in the units of
    X (row sums of |X| for the primal, 1 for the dual) and after scaling this is what remains.
    """
    f = basic.factors
    right = float(abs(X[basic.basis.R]).sum(axis=1).max())
    scaled_primal = bounds[0] * float(f.rows.max()) * right * 2.0**-95
    scaled_dual = bounds[1] * float(f.columns.max()) * 2.0**-95
    e = f.columns * scaled_primal
    return e[:-1], float(e[-1]), f.rows * scaled_dual


def _unique_at(rows: IntegerRows, w: list[int], one: int, c: list[int]) -> bool:
    """Route (2) at an exactly optimal pair: w over ``one``, c up to a factor."""
    v = rows.moments(c)
    free = [k for k, x in enumerate(v) if x == 0]
    if not free:
        return True
    scores = rows.products(w)
    least = min(scores)
    support = [i for i, x in enumerate(c) if x > 0]
    basis = null_space(rows.part(support, free))
    tight = list(rows.part([i for i, s in enumerate(scores) if s == least and c[i] == 0], free))
    for position, k in enumerate(free):
        if abs(w[k]) == one:
            unit = np.zeros(len(free), dtype=object)
            unit[position] = -1 if w[k] > 0 else 1
            tight.append(unit)
    return not cone_has_direction(np.array(tight, dtype=object).reshape(len(tight), len(free)), basis)


def cone_has_direction(C: Array, basis: Array) -> bool:
    """Whether {y: C basis y >= 0} holds some y ≠ 0, exactly; C (m, k), basis (k, q) of full rank q.

    A separator of C's rows is such a y.  Else Farkas' weights name rows that vanish on the whole cone:
    their null space is smaller, and the question is asked again there.
    """
    while True:
        q = basis.shape[1]
        if q == 0:
            return False
        moved = (C @ basis) if len(C) else np.zeros((0, q), dtype=object)
        moved = moved[[any(row) for row in moved]] if len(moved) else moved
        if not len(moved):
            return True
        w, weights = decide(moved)
        if w is not None:
            return True
        assert weights is not None
        vanish = moved[[bool(value) for value in weights]]
        basis = basis @ null_space(vanish)
        keep = [i for i in range(len(C)) if any(C[i] @ basis)] if basis.shape[1] else []
        C = C[keep]


def null_space(A: Array) -> Array:
    """An integer basis of {h: A h = 0}, shape (k, q), of an integer matrix, shape (m, k)."""
    m, k = A.shape
    if m == 0:
        return np.eye(k, dtype=int).astype(object)
    form, rank = flint.fmpq_mat(flint.fmpz_mat(m, k, [int(v) for v in common_integers(A)[0].ravel()])).rref()
    leads = [next(j for j in range(k) if form[r, j] != 0) for r in range(rank)]
    rest = [j for j in range(k) if j not in leads]
    out = np.zeros((k, len(rest)), dtype=object)
    for column, j in enumerate(rest):
        vector = [Fraction(0)] * k
        vector[j] = Fraction(1)
        for r, lead in enumerate(leads):
            vector[lead] = -Fraction(int(form[r, j].p), int(form[r, j].q))
        out[:, column] = common_integers(np.array(vector, dtype=object))[0]
    return out


def face_bounds(X: Array, gamma: float, coordinates: Any = None) -> tuple[Array, Array]:
    """Per coordinate the least and greatest w_k over the maximisers, in float64, shape (d,) each.

    Two linear programs a coordinate, over {w: X w >= γ (1 - 1e-12), |w| <= 1}.

    Arguments:
      X: rows x_i, float64, shape (N, d).
      gamma: γ_∞.
      coordinates: which to examine; the others get nan.
    """
    n, d = X.shape
    low, high = np.full(d, np.nan), np.full(d, np.nan)
    right = -np.full(n, gamma * (1 - 1e-12))
    for k in range(d) if coordinates is None else coordinates:
        for sign, out in ((1.0, low), (-1.0, high)):
            cost = np.zeros(d)
            cost[k] = sign
            answer = linprog(cost, A_ub=-X, b_ub=right, bounds=[(-1, 1)] * d, method="highs-ds")
            if answer.status == 0:
                out[k] = answer.x[k]
    return low, high
