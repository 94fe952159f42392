"""Linear algebra over python-flint's rigorous balls, and the active-set system they are used on.

A ball is a midpoint and a radius, both dyadic; an operation's result is sure to contain the true
value.  Object arrays of balls run the field formulas; ``flint.arb_mat`` does the matrix products.
Everything here must run inside ``with balls(bits).working():``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, cast

import flint
import numpy as np
from scipy.linalg import LinAlgError, cholesky, solve_triangular

from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array, NumberSystem, decide_sign


def dyadic(value: flint.arb) -> Fraction:
    """An exact ball (radius zero) as a fraction."""
    mantissa, exponent = (int(part) for part in value.man_exp())
    return Fraction(mantissa << exponent) if exponent >= 0 else Fraction(mantissa, 1 << -exponent)


def bounds(ball: flint.arb) -> tuple[Fraction, Fraction]:
    """The end points of a ball, exact dyadic rationals."""
    middle, radius = dyadic(ball.mid()), dyadic(ball.rad())
    return middle - radius, middle + radius


def decimal(ball: flint.arb, digits: int) -> str:
    """A ball in decimals: as many of ``digits`` significant digits as it guarantees, within one unit of the last.

    Example:
      >>> decimal(flint.arb(1) / 3, 12), decimal(flint.arb("0.1 +/- 1e-4"), 12), decimal(flint.arb(0), 12)
      ('0.333333333333', '0.100', '0')
    """
    return str(ball.str(digits, radius=False))


def midpoints(values: Array) -> Array:
    """Exact balls at the midpoints, same shape."""
    out = np.empty(values.shape, dtype=object)
    for index, value in np.ndenumerate(values):
        out[index] = value.mid()
    return out


def all_finite(values: Array) -> bool:
    """Whether every ball is bounded; a division by a ball around zero is not."""
    return all(value.is_finite() for value in values.flat)


def to_matrix(values: Array) -> flint.arb_mat:
    """A two-dimensional array (balls or floats) as a ball matrix; floats enter exactly."""
    return flint.arb_mat(values.tolist())


def to_array(matrix: flint.arb_mat) -> Array:
    """A ball matrix as an object array of the same shape."""
    out = np.empty((matrix.nrows(), matrix.ncols()), dtype=object)
    for i, row in enumerate(matrix.tolist()):
        out[i] = row
    return out


def to_floats(values: Array) -> Array:
    """The midpoints rounded to float64: for approximate work only, never for a verdict."""
    return np.array([float(value) for value in values.flat]).reshape(values.shape)


def surely_positive_definite(matrix: flint.arb_mat) -> bool:
    """Whether every symmetric matrix in the enclosure is surely positive definite.

    With R the float64 inverse Cholesky factor of the midpoint, Rᵀ M R is close to the identity;
    where Gershgorin's discs of Rᵀ M R lie right of zero it is positive definite, hence so is M
    (xᵀMx > 0 on the range of R, and R is injective, since R x = 0 would give xᵀRᵀMRx = 0).

    Arguments: M, shape (n, n), symmetric in exact arithmetic (only its enclosure need be given).
    """
    size = matrix.nrows()
    if size == 0:
        return True
    middle = to_floats(to_array(matrix))
    if not (np.isfinite(middle).all() and (np.diag(middle) > 0).all()):
        return False
    scale = 1 / np.sqrt(np.diag(middle))
    try:
        factor = cholesky((middle + middle.T) / 2 * scale[:, None] * scale, lower=True)
    except (LinAlgError, ValueError):
        return False
    R = to_matrix(scale[:, None] * solve_triangular(factor, np.eye(size), lower=True).T)
    discs = to_array(R.transpose() * matrix * R)
    for i in range(size):
        others = sum((abs(discs[i, j]) for j in range(size) if j != i), flint.arb(0))
        if decide_sign(discs[i, i] - others) != 1:
            return False
    return True


class BallArray(np.ndarray):
    """An object array of balls whose matrix products go through ``flint.arb_mat``.

    A field's formula runs on it unchanged; a product of two matrices with many entries is some
    fifty times faster than numpy's loop over Python objects.
    """

    def __matmul__(self, other: Any) -> Any:
        return _product(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return _product(other, self)


def _product(left: Any, right: Any) -> Any:
    left, right = np.asarray(left), np.asarray(right)
    if left.ndim != 2 or right.ndim != 2:
        return (left @ right).view(BallArray)
    return to_array(to_matrix(left) * to_matrix(right)).view(BallArray)


@dataclass(frozen=True)
class ActiveSystem:
    """G(y_S, γ) = (F_i - γ for i in S; Σ y_S - 1) over balls, with rows off S at weight zero.

    Arguments:
      problem: data already in ``numbers`` (:meth:`LimitProblem.over`).
      support: S, indices of distinct rows.
      numbers: a ball system.
    """

    problem: LimitProblem
    support: Array
    numbers: NumberSystem

    @cached_property
    def X(self) -> BallArray:
        """The data, shape (N, d)."""
        return self.problem.X.view(BallArray)

    @property
    def size(self) -> int:
        """|S| + 1 unknowns."""
        return len(self.support) + 1

    def totals(self, z: Array) -> Array:
        """y, shape (G,), from the unknowns z = (y_S, γ)."""
        y = np.full(self.problem.n_unknowns, flint.arb(0), dtype=object)
        y[self.support] = z[:-1]
        return y

    def direction(self, z: Array) -> Array:
        """u(c), shape (d,)."""
        c = self.problem.expand(self.totals(z), self.numbers)
        return np.asarray(self.problem.field(self.X, c, self.numbers))

    def F(self, z: Array, rows: Array | None = None) -> Array:
        """F on the given distinct rows (default: all)."""
        chosen = self.problem.representatives
        if rows is not None:
            chosen = chosen[rows]
        return cast(Array, self.problem.X[chosen] @ self.direction(z))

    def residual(self, z: Array) -> Array:
        """G(z), shape (|S|+1,)."""
        out = np.empty(self.size, dtype=object)
        out[:-1] = self.F(z, self.support) - z[-1]
        out[-1] = z[:-1].sum() - 1
        return out

    def field_jacobian(self, z: Array) -> Any:
        """∂F_i/∂y_j for i, j in S, shape (|S|, |S|), as a ball matrix."""
        problem = self.problem
        c = problem.expand(self.totals(z), self.numbers)
        du = np.asarray(problem.field.jacobian(self.X, c, self.numbers))
        columns = np.empty((du.shape[0], len(self.support)), dtype=object)
        for position, group in enumerate(self.support):
            members = np.flatnonzero(problem.groups == group)
            columns[:, position] = du[:, members].sum(axis=1) / len(members)
        rows = problem.X[problem.representatives[self.support]]
        return to_matrix(rows) * to_matrix(columns)

    def jacobian(self, z: Array) -> flint.arb_mat:
        """G'(z), shape (|S|+1, |S|+1)."""
        size = self.size
        entries = np.full((size, size), flint.arb(1), dtype=object)
        entries[:-1, :-1] = to_array(self.field_jacobian(z))
        entries[:-1, -1] = flint.arb(-1)
        entries[-1, -1] = flint.arb(0)
        return to_matrix(entries)
