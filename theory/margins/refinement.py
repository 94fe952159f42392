"""Linear systems solved to about 2^-100: a float64 factorisation corrected by exact residuals.

Solutions are integers over one denominator.  Where the correction does not contract (an
ill-conditioned system) python-flint solves the system exactly; singular systems give ``None``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, cast

import flint
import numpy as np
from scipy.linalg import lapack

from marginproof.theory.margins.sparse import largest, scaled
from marginproof.theory.number_systems import Array

TARGET = 2.0**-96
"""Residuals are taken down to this, relative to the right-hand side: far below float64's 2^-53."""

EXACT_SIZE = 320
"""Systems up to this size may be solved exactly where refinement fails (under a second at 24-bit entries)."""

Integers = tuple[list[int], int]
"""Numerators and one positive denominator."""


def refine(
    solve: Callable[[Array], Array],
    residual: Callable[[list[int], int], list[int]],
    right: list[int],
    factor: int = 1,
) -> Integers | None:
    """x with residual 2^-96, or ``None`` where the corrections do not contract.

    Arguments:
      solve: approximate solver in float64 of A / factor, right-hand side to solution, both shape (n,).
      residual: gives q (b - A x), exact, for x = p/q given as numerators p and a denominator q; b is ``right``.
      right: the right-hand side, integers, not all zero.
      factor: positive; takes out a common denominator, so that ``solve`` works in the data's units.
    """
    size = max(abs(b) for b in right)
    with np.errstate(all="ignore"):
        start = solve(np.array([b / size for b in right]))
    if not np.isfinite(start).all() or not start.any():
        return None
    gain = Fraction(size, factor)  # x ≈ gain · start, kept to 130 bits on a common grid
    low = math.floor(math.log2(np.abs(start).max())) + size.bit_length() - factor.bit_length()
    grid = 130 - low
    x = _on_grid(start, gain, grid)
    last: Fraction | float = math.inf
    for _ in range(12):
        scaled = x if grid >= 0 else [v << -grid for v in x]
        rest = residual(scaled, 1 << max(grid, 0))
        worst = Fraction(max(abs(r) for r in rest), size << max(grid, 0))
        if worst <= TARGET:
            return scaled, 1 << max(grid, 0)
        if not worst <= last / 4:
            return None
        last = worst
        unit = max(abs(r) for r in rest)
        step = solve(np.array([r / unit for r in rest]))
        if not np.isfinite(step).all():
            return None
        x = [v + s for v, s in zip(x, _on_grid(step, gain * worst, grid), strict=True)]
    return None


def _on_grid(values: Array, gain: Fraction, grid: int) -> list[int]:
    """gain · values · 2^grid, rounded."""
    top = gain.numerator << max(grid, 0)
    bottom = gain.denominator << max(-grid, 0)
    out = []
    for value in values.tolist():
        p, q = value.as_integer_ratio()
        out.append(p * top // (q * bottom))
    return out


def solve_exactly(matrix: flint.fmpz_mat, right: list[int]) -> Integers | None:
    """x = numerators / denominator with A x = b exactly; ``None`` where A is singular or too large."""
    n = matrix.nrows()
    if n > EXACT_SIZE:
        return None
    try:
        solution: Any = matrix.solve(flint.fmpz_mat(n, 1, right))
    except ZeroDivisionError:
        return None
    numerators, denominator = solution.numer_denom()
    return [int(x) for x in numerators.entries()], int(denominator)


class Factors:
    """P A = L U in float64 after scaling rows and columns by powers of two (exact, so A is unchanged)."""

    def __init__(self, A: Array) -> None:
        self.rows, self.columns = scales(A)
        self.scaled = A * self.rows[:, None] * self.columns
        self.lu, self.pivots, self.info = lapack.dgetrf(self.scaled)

    def solve(self, b: Array) -> Array:
        """A x = b."""
        return cast(Array, self.columns * self._solve(b * self.rows, 0))

    def solve_transposed(self, b: Array) -> Array:
        """Aᵀ x = b."""
        return cast(Array, self.rows * self._solve(b * self.columns, 1))

    def _solve(self, b: Array, transposed: int) -> Array:
        if self.info:
            return np.full(len(b), np.nan)
        solution: Array = lapack.dgetrs(self.lu, self.pivots, b, trans=transposed)[0]
        return solution

    def inverse_bounds(self) -> tuple[float, float] | None:
        """Rigorous bounds on the ∞-norms of the inverse of the scaled matrix and of its transpose.

        With R an approximate inverse, ‖A^{-1}‖ <= ‖R‖ / (1 - ‖I - R A‖).  The computed R A is off by at
        most γ |R||A|, γ = 2 (n + 2) 2^-53 covering n products and sums and the rounding of A's entries.
        """
        if self.info:
            return None
        n = len(self.lu)
        R = lapack.dgetri(self.lu, self.pivots)[0]
        off = np.abs(np.eye(n) - R @ self.scaled) + 2 * (n + 2) * 2.0**-53 * (
            np.abs(R) @ np.abs(self.scaled) + 1
        )
        out = []
        for axis in (1, 0):  # ‖·‖_∞ of the matrix, then of its transpose
            defect = off.sum(axis=axis).max() * (1 + 2.0**-30)
            if not defect < 0.5:
                return None
            out.append(float(np.abs(R).sum(axis=axis).max() * (1 + 2.0**-30) / (1 - defect)))
        return out[0], out[1]


def scales(A: Any) -> tuple[Array, Array]:
    """Powers of two r, c that bring the largest entry of every row and column of r A c into [1/2, 1); A may be sparse."""
    rows = _powers(largest(A, 1))
    return rows, _powers(largest(scaled(A, rows, np.ones(A.shape[1])), 0))


def _powers(sizes: Array) -> Array:
    return np.ldexp(1.0, -np.frexp(np.where(sizes > 0, sizes, 1.0))[1])
