"""The flow in large implicit steps, for many rows: each solves a + h F(softmax a) = a_0, backward Euler's rule.

Rows that lose their weight make the flow stiff long before it settles; an explicit step is then bound to the fastest
row.  Implicitly the step length follows the error alone, and as it grows the rule turns into Newton's method with the
right rows left: F_j - γ = (a_0 - a)_j / h.

The logarithms move by X z with z in R^d, so a step is a system of the size of d, or of the rows that still have weight,
whichever is smaller; rows without weight enter through X z alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.linalg import lapack

from marginproof.theory.limit.flow import softmax
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array

VANISHED = 1e-6
"""Rows with less than this share of the largest weight have no column in the Jacobian: their part in u is below the error."""
ITERATIONS = 7
"""Newton's iterations for one step; a step that needs more is cut to a quarter."""
SLOW = 0.2
"""A factorisation serves as long as it shortens the corrections to this part."""
MANY_ROWS = 400
"""Rows from which on, with half as many features at least, the iteration's matrices are in float32, half the work, until it fails
with them once: they steer it, and its error is measured in float64.  Many rows of few features lose too many digits."""
GONE, BACK, LOOK = -60.0, -30.0, 6
"""Log-weights at which a row is left out, and is back; and the steps between two looks at all rows."""


class ImplicitFlow:
    """Backward Euler with error control on the rows that have weight left.

    Rows below e^-60 of the largest weight are left out, where the field lets them be, and looked at again every few steps:
    if one has come back above e^-30 by then, those steps are made again with all rows.

    Arguments:
      problem, a: the problem and the logarithms to start from.
      h: the first step's length.
      tolerance: of the local error of every log-weight, weighted by √y, as in
        :class:`~marginproof.theory.limit.flow.CoarseFlow`.
    """

    def __init__(self, problem: LimitProblem, a: Array, h: float, tolerance: float = 0.05) -> None:
        self._whole, self._tolerance, self._h = problem, tolerance, h
        self._every = problem.floats[problem.representatives] if problem.merged else problem.floats
        self._growth = 6.0
        n, d = problem.X.shape
        self._kind = np.float32 if MANY_ROWS <= n <= 2 * d and not problem.compressed else np.float64
        self._screens = problem.on_some_rows is not None
        self._logits, self._since = a, np.zeros(problem.X.shape[1])
        self._take(np.arange(len(a)))

    def _take(self, live: Array) -> None:
        """Go on with these rows from the last full look."""
        full = len(live) == len(self._logits)
        some = None if full else self._whole.on_some_rows
        self._live = live
        self._problem = self._whole if some is None else some(live)
        self._rows = (
            self._every if full else self._every[live] if self._whole.merged else self._problem.floats
        )
        self._a, self._since, self._steps = self._logits[live], np.zeros_like(self._since), 0
        self._y = softmax(self._a)
        self._u = self._problem.direction(self._y)
        self._F = self._rows @ self._u

    def _look(self) -> None:
        """All rows' logarithms; then the rows that count from here on."""
        now = self._logits - self._every @ self._since
        now -= now.max()
        away = np.ones(len(now), dtype=bool)
        away[self._live] = False
        if (now[away] > BACK).any():
            self._take(np.arange(len(now)))
            return
        self._logits = now
        self._take(np.flatnonzero(now > GONE))

    @property
    def part(self) -> float:
        """The part of the rows that is not left out."""
        return len(self._live) / len(self._logits)

    @property
    def y(self) -> Array:
        """The present point of the simplex, zero on rows that are left out, shape (G,)."""
        y = np.zeros(len(self._logits))
        y[self._live] = self._y
        return y

    def step(self) -> bool:
        """One accepted step; False where none is found or the field is not finite."""
        while self._h > 1e-12:
            found = self._solve(self._h)
            if found is None:
                self._h *= 0.25 if self._kind is np.float64 else 1.0
                self._kind = np.float64
                continue
            z, a, y, u = found
            F = self._rows @ u
            change = (F - y @ F) - (self._F - self._y @ self._F)
            error = 0.5 * self._h * _weighted(change, y, self._y)
            if not math.isfinite(error):
                return False
            taken = error <= self._tolerance
            self._h *= min(self._growth, max(0.2, 0.9 * math.sqrt(self._tolerance / max(error, 1e-12))))
            self._growth = min(6.0, 2 * self._growth) if taken else 1.0
            if taken:
                self._a, self._y, self._u, self._F = a, y, u, F
                self._since, self._steps = self._since + z, self._steps + 1
                if self._screens and self._steps >= LOOK:
                    self._look()
                return True
        return False

    def _solve(self, h: float) -> tuple[Array, Array, Array, Array] | None:
        """(z, a, y, u) with a = a_0 - X z, z = h u(softmax a) to a fifth of the tolerance; ``None`` where Newton's iteration fails."""
        z, a, y, u = np.zeros_like(self._u), self._a, self._y, self._u
        last, inverse, stale = math.inf, None, False
        for iteration in range(ITERATIONS):
            if inverse is None or stale:
                inverse = self._inverse(y, h)
            if inverse is None:
                return None
            dz = inverse(h * u - z)
            moved = self._rows @ dz
            z, a = z + dz, a - moved
            a = a - a.max()
            y = softmax(a)
            u = self._problem.direction(y)
            length = _weighted(moved - y @ moved, y, self._y)
            if not (math.isfinite(length) and np.isfinite(u).all()) or length > 2 * last:
                return None
            if iteration and length <= 0.2 * self._tolerance:
                return z, a, y, u
            stale, last = iteration > 0 and length > SLOW * last, length
        return None

    def _inverse(self, y: Array, h: float) -> Callable[[Array], Array] | None:
        """b -> (I + h ∂u/∂(log y) X)^{-1} b, through the rows with weight where they are fewer than d."""
        present = np.flatnonzero(y > VANISHED * y.max())
        few = len(present) <= self._rows.shape[1]
        falling = None if few else self._problem.in_w(y, present)
        if falling is None:
            rows = self._rows if len(present) == len(y) else self._rows[present]
            slope = self._problem.slopes(y, present) * y[present]
            if self._kind is np.float32:
                rows, slope = rows.astype(self._kind), slope.astype(self._kind)
            product = rows @ slope if few else slope @ rows
            matrix = product.toarray() if self._whole.compressed else product
            matrix *= h
        else:
            matrix = (-h * falling).astype(self._kind, copy=False)
        if not np.isfinite(matrix).all():
            return None
        matrix[np.diag_indices(len(matrix))] += 1.0
        factor, solve = lapack.get_lapack_funcs(("getrf", "getrs"), (matrix,))
        lu, pivots, info = factor(matrix.T, overwrite_a=1)  # of the transpose, which is in LAPACK's order
        if info:
            return None
        if few:
            return lambda b: np.asarray(b - h * (slope @ solve(lu, pivots, rows @ b, trans=1)[0]))
        return lambda b: np.asarray(solve(lu, pivots, b, trans=1)[0])


def _weighted(change: Array, y: Array, before: Array) -> float:
    """The largest change of a log-weight, weighted by √y where y is larger: at a vertex alone every jump would look small."""
    return float((np.sqrt(np.maximum(y, before)) * np.abs(change)).max())
