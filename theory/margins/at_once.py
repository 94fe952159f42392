"""The boundary, its weights and a direction off it from one linear program, made exact on a basis of the boundary's rows.

max Σ s_i s.t. s <= X w, 0 <= s <= 1: a row can be off the boundary where s_i = 1, and s_i = 0 else, since w may be any multiple.  The
duals c of X w >= s have Xᵀc = 0, and c_i >= 1 wherever s_i < 1.  So HiGHS's vertex tells the boundary, weights that are positive on
all of it, and w.  What rounding left of Xᵀc and of X w on the boundary is taken away by two systems of the boundary's rank,
solved in integers; whoever calls verifies the rest.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, NamedTuple

import flint
import numpy as np
from scipy.sparse import csr_array, eye_array, hstack

from marginproof.theory.margins.independent import independent, independent_rows
from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.margins.integers import common_integers, numerators
from marginproof.theory.number_systems import Array

BITS = 60
"""Of the largest entry of w and of c before they are made exact, so that small ones keep some of float64's 53."""


class AtOnce(NamedTuple):
    """A candidate for the separation.

    Attributes:
      w: integers, shape (d,).
      c: weights with Xᵀc = 0 and Σ c = 1, positive on the boundary.
      boundary: its rows, counted from 0.
    """

    w: list[int]
    c: list[Fraction]
    boundary: list[int]


def at_once(rows: IntegerRows, X: Any, row: Array, column: Array) -> AtOnce | None:
    """A candidate, or ``None`` where HiGHS finds no optimum.

    Arguments:
      X: the rows times ``row`` and ``column``, balanced, in float64, shape (N, d); sparse or not.
    """
    solved = _vertex(X)
    if solved is None:
        return None
    w, s, c = solved
    on = np.flatnonzero(s < 0.5)
    return made_exact(rows, on, np.maximum(c[on], 0.5) * row[on], numerators(_short(w) * column))


def made_exact(rows: IntegerRows, on: Array, c: Array, w: list[int]) -> AtOnce:
    """Weights of the rows ``on`` and w, changed on a basis of these rows so that Xᵀc = 0 and w vanishes on them.

    Arguments:
      c: positive, in float64, of the rows ``on``.
      w: integers, shape (d,).
    """
    weights = [Fraction(0)] * rows.shape[0]
    if not len(on):
        return AtOnce(w, weights, [])
    for i, weight in zip(on.tolist(), _short(c / c.sum()).tolist(), strict=True):
        weights[i] = Fraction(weight)
    basis = independent_rows(rows, on[np.argsort(-c, kind="stable")], affinely=True)
    A = rows.part(basis, np.arange(rows.shape[1]))
    _cancel(rows, A, basis, weights)
    return AtOnce(_vanishing_on(A, w), weights, on.tolist())


def _vertex(X: Any) -> tuple[Array, Array, Array] | None:
    """(w, s, c) of the linear program."""
    from scipy.optimize import linprog

    n, d = X.shape
    A = hstack([-csr_array(X), eye_array(n)], format="csc")
    bounds = np.r_[np.full((d, 2), [-np.inf, np.inf]), np.full((n, 2), [0.0, 1.0])]
    cost = np.r_[np.zeros(d), -np.ones(n)]
    answer = linprog(
        cost,
        A_ub=A,
        b_ub=np.zeros(n),
        bounds=bounds,
        method="highs-ds",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    if answer.status != 0:
        return None
    return answer.x[:d], answer.x[d:], -answer.ineqlin.marginals


def _short(values: Array) -> Array:
    """Rounded to :data:`BITS` bits of the largest."""
    unit = math.ldexp(1.0, math.frexp(float(np.abs(values).max()) or 1.0)[1] - BITS)
    return np.asarray(np.round(values / unit) * unit)


def _cancel(rows: IntegerRows, A: Array, basis: Array, c: list[Fraction]) -> None:
    """Xᵀc = 0 and Σ c = 1 by a change of the weights of an affine basis, whose rows are A; others keep their few bits."""
    whole, denominator = common_integers(np.array(c, dtype=object))
    right = np.array([*rows.moments(whole.tolist()), sum(whole.tolist()) - denominator], dtype=object)
    system = np.vstack([A.T, np.ones(len(A), dtype=object)])
    places = independent(system)
    if len(places) < len(A):
        return  # dependent rows, which the prime did not show
    change: Any = flint.fmpz_mat(system[places].tolist()).solve(
        flint.fmpz_mat(len(places), 1, [-int(right[k]) for k in places])
    )
    for i, value in zip(basis.tolist(), change.entries(), strict=True):
        c[i] += Fraction(int(value.p), int(value.q) * denominator)


def _vanishing_on(A: Array, w: list[int]) -> list[int]:
    """w with some other entries, so that these rows vanish, in integers."""
    chosen = independent(A)
    if not chosen:  # zero rows
        return w
    A = A[chosen]
    places = independent(A.T)
    out = np.array(w, dtype=object)
    out[places] = 0
    if not out.any():
        return [0] * len(w)
    right = flint.fmpz_mat(len(places), 1, [-int(v) for v in A @ out])
    solved: Any = flint.fmpz_mat(A[:, places].tolist()).solve(right)
    inside, denominator = solved.numer_denom()
    out *= int(denominator)
    out[places] = [int(v) for v in inside.entries()]
    common = math.gcd(*map(int, out))
    return [int(v) // common for v in out]
