"""Linear algebra over python-flint's rigorous balls, and the active-set system they are used on.

A ball is a midpoint and a radius, both dyadic; an operation's result is sure to contain the true
value.  Object arrays of balls run the field formulas; ``flint.arb_mat`` does the matrix products.
Everything here must run inside ``with balls(bits).working():``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

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


def rounded(values: Array, bits: int) -> Array:
    """Float64 numbers rounded to so many significant bits, those below 2^-250 to zero: short when written out."""
    mantissa, exponent = np.frexp(values)
    short = np.ldexp(np.round(np.ldexp(mantissa, bits)), exponent - bits)
    return np.where(np.abs(values) < 2.0**-250, 0.0, short)


def surely_positive_definite(matrix: flint.arb_mat) -> bool:
    """Whether every symmetric matrix in the enclosure is surely positive definite.

    With R the float64 inverse Cholesky factor of the midpoint, Rᵀ M R is close to the identity;
    where Gershgorin's discs of Rᵀ M R lie right of zero it is positive definite, hence so is M
    (x·(M x) > 0 on the range of R, and R is injective, since R x = 0 would give x·(Rᵀ M R x) = 0).

    Arguments:
      matrix: M, shape (n, n), symmetric in exact arithmetic (only its enclosure need be given).
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
class ChartSystem:
    """H(r) = (F_i - F_p for the rows i of S but p) over balls, r_i = c_i / c_p, rows off S at weight zero.

    Arguments:
      problem: data already in ``numbers`` (:meth:`LimitProblem.over`).
      support: S, indices of distinct rows.
      chart: p, a row of S.
      numbers: a ball system.
    """

    problem: LimitProblem
    support: tuple[int, ...]
    chart: int
    numbers: NumberSystem

    @cached_property
    def X(self) -> BallArray:
        """The data, shape (N, d)."""
        return self.problem.X.view(BallArray)

    @cached_property
    def free(self) -> Array:
        """The rows of S but p, shape (|S|-1,)."""
        return np.array([i for i in self.support if i != self.chart], dtype=np.intp)

    def totals(self, r: Array) -> Array:
        """y on the simplex, shape (G,), of the ratios r, shape (|S|-1,)."""
        y = self._ratios(r) * self.numbers.array(np.bincount(self.problem.groups))
        return np.asarray(y / y.sum())

    def direction(self, r: Array) -> Array:
        """u(c), shape (d,), at c on the simplex."""
        c = self.problem.expand(self.totals(r), self.numbers)
        return np.asarray(self.problem.field(self.X, c, self.numbers))

    def chart_level(self, u: Array) -> Any:
        """γ = F_p = x_p·u."""
        return self.problem.X[self.problem.representatives[self.chart]] @ u + self.problem.given(self.chart)

    def above_chart(self, r: Array, rows: Array) -> Array:
        """F_j - F_p for the given distinct rows j, at weights r times any number."""
        u = self.problem.field(self.X, self._ratios(r)[self.problem.groups], self.numbers)
        given = self.problem.given(rows) - self.problem.given(self.chart)
        return np.asarray(self._differences(rows) @ u + given)

    def residual(self, r: Array) -> Array:
        """H(r), shape (|S|-1,)."""
        return self.above_chart(r, self.free)

    def jacobian(self, r: Array) -> Array:
        """∂H_i/∂r_j, shape (|S|-1, |S|-1)."""
        problem = self.problem
        if not len(r):
            return np.empty((0, 0), dtype=object)
        du = np.asarray(problem.field.jacobian(self.X, self._ratios(r)[problem.groups], self.numbers))
        columns = np.empty((du.shape[0], len(r)), dtype=object)
        for position, group in enumerate(self.free):
            columns[:, position] = du[:, problem.groups == group].sum(axis=1)
        return to_array(to_matrix(self._differences(self.free)) * to_matrix(columns))

    def _differences(self, rows: Array) -> Array:
        first = self.problem.representatives
        return np.asarray(self.problem.X[first[rows]] - self.problem.X[first[self.chart]])

    def _ratios(self, r: Array) -> Array:
        full = np.full(self.problem.n_unknowns, flint.arb(0), dtype=object)
        full[self.chart], full[self.free] = flint.arb(1), r
        return full
