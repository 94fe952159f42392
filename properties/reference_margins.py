"""Max-margins through cvxpy and Clarabel, for a comparison with code that is not ours.

The solver's w and weights are certified as ours are; their bracket is as wide as the solver is loose.

Example:
  >>> bracket = by_cvxpy([[5, 1], [1, 4]], "linf")
  >>> round(bracket.lower, 6), round(bracket.upper, 6)
  (5.0, 5.0)
"""

from __future__ import annotations

import warnings
from fractions import Fraction
from typing import Any

import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.margins.brackets import Bracket, exact_bracket
from marginproof.theory.margins.integer_rows import IntegerRows


def by_cvxpy(X: Any, norm: str, metric: Any = None) -> Bracket:
    """min ½‖w‖² s.t. X w >= 1 (its dual divided by its sum), or max t s.t. X w >= t, ‖w‖_∞ <= 1.

    Arguments:
      X: separable rows with labels folded in, float64 or exact, shape (N, d).
      norm: ``l2``, ``linf`` or ``mahalanobis``.
      metric: the diagonal of M, shape (d,), for ``mahalanobis``.

    Raises:
      MarginproofError: Clarabel found no solution.
    """
    import cvxpy

    cp: Any = cvxpy
    rows = IntegerRows.of(X)
    w, t = cp.Variable(rows.shape[1]), cp.Variable()
    if norm == "linf":
        above = rows.floats @ w >= t
        problem = cp.Problem(cp.Maximize(t), [above, cp.norm_inf(w) <= 1])
    else:
        root = 1.0 if metric is None else np.sqrt([float(Fraction(m)) for m in np.asarray(metric).tolist()])
        above = rows.floats @ w >= 1
        problem = cp.Problem(cp.Minimize(cp.sum_squares(cp.multiply(root, w)) / 2), [above])
    with warnings.catch_warnings():  # cvxpy warns of inaccurate solutions; the bracket shows it
        warnings.simplefilter("ignore", UserWarning)
        problem.solve(solver=cp.CLARABEL, tol_gap_abs=1e-13, tol_gap_rel=1e-13, tol_feas=1e-13, max_iter=500)
    if w.value is None or above.dual_value is None:
        raise MarginproofError(f"norm={norm}: Clarabel ended with status {problem.status}; rescale the data")
    c = np.maximum(above.dual_value, 0.0)
    return exact_bracket(rows, w.value, c / c.sum(), norm, metric)
