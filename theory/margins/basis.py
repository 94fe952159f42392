"""A vertex of the ℓ∞ program by its square basis, solved to 2^-96 or in rationals.

The tight rows R and the coordinates F strictly inside the box make a square system

    X_{R,F} w_F - t = -X_{R,B} sign(w_B),        X_{R,F}ᵀ c = 0,  Σ c = 1,

one matrix and its transpose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import flint
import numpy as np

from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.margins.refinement import Factors, Integers, refine, solve_exactly
from marginproof.theory.margins.sparse import part_of
from marginproof.theory.number_systems import Array


@dataclass(frozen=True)
class Basis:
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

    basis: Basis
    primal: Integers
    dual: Integers
    factors: Factors


def _system(rows: IntegerRows, basis: Basis) -> tuple[flint.fmpz_mat, list[int]]:
    """D [X_{R,F}, -1] and -D X_{R,B} sign(w_B) in integers, D the rows' denominator; the last unknown is t."""
    n = len(basis.R)
    square = np.c_[rows.part(basis.R, basis.F), np.full(n, -rows.denominator, dtype=object)]
    right = [-v for v in rows.take(basis.R).products([int(s) for s in basis.signs])]
    return flint.fmpz_mat(n, n, square.ravel().tolist()), right


def solve_basis(rows: IntegerRows, basis: Basis, *, exactly: bool = False) -> BasicSolution | None:
    """The basis solved to 2^-96, or in rationals; ``None`` where it is singular."""
    matrix, right = _system(rows, basis)
    n, D = len(right), rows.denominator
    factors = Factors(np.c_[part_of(rows.floats, basis.R, basis.F), -np.ones(n)])
    transposed, unit = matrix.transpose(), [0] * (n - 1) + [-D]
    primal = dual = None
    if not exactly:
        primal = _refined(matrix, right, factors.solve, D)
        dual = _refined(transposed, unit, factors.solve_transposed, D)
    primal = primal or solve_exactly(matrix, right)
    dual = dual or solve_exactly(transposed, unit)
    return None if primal is None or dual is None else BasicSolution(basis, primal, dual, factors)


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
    w = [int(s) * one for s in solution.basis.signs]
    for k, value in zip(solution.basis.F.tolist(), values, strict=False):
        w[k] = max(-one, min(one, value))
    return w


def full_dual(solution: BasicSolution, n: int) -> list[int]:
    """c over the dual's denominator, shape (N,), negative entries (wrong basis or rounding) set to 0."""
    c = [0] * n
    for i, value in zip(solution.basis.R.tolist(), solution.dual[0], strict=True):
        c[i] = max(0, value)
    return c
