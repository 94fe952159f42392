"""The linear program behind every ℓ∞ margin: max t s.t. X w >= t, w in a box; HiGHS in floating point.

What it returns is a candidate; whoever needs more than floating point verifies w, or the duals, exactly.

Example:
  >>> found = best_in_box([[5, 1], [1, 4]])
  >>> found.value, found.w.tolist()
  (5.0, [1.0, 1.0])
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array, hstack, issparse

from marginproof.theory.errors import MarginproofError
from marginproof.theory.number_systems import Array


class BoxOptimum(NamedTuple):
    """An optimum of the program.

    Attributes:
      value: t.  w: shape (d,).  slack: of the rows, shape (N,).  dual: c >= 0 of the rows, not normalised, shape (N,).
    """

    value: float
    w: Array
    slack: Array
    dual: Array


def best_in_box(
    X: Any,
    low: Any = -1.0,
    high: Any = 1.0,
    *,
    offsets: Any = 0.0,
    weights: Any = 1.0,
    method: str = "highs",
    options: dict[str, float] | None = None,
) -> BoxOptimum | None:
    """max t s.t. X w + ``offsets`` >= t ``weights``, ``low`` <= w <= ``high``; ``None`` where HiGHS finds no optimum.

    Arguments:
      X: rows x_i, shape (N, d), sparse or not.
      low, high: of the box, a number or shape (d,).  offsets, weights: a number or shape (N,).
      method, options: scipy's.
    """
    from scipy.optimize import linprog  # half a second to import; most of what imports this never solves

    compressed = issparse(X)
    rows = X if compressed else np.asarray(X, dtype=np.float64)
    n, d = rows.shape
    t = np.broadcast_to(np.asarray(weights, dtype=np.float64), n)
    answer = linprog(
        np.r_[np.zeros(d), -1.0],
        A_ub=hstack([-rows, csr_array(t[:, None])], format="csc") if compressed else np.c_[-rows, t],
        b_ub=np.broadcast_to(offsets, n),
        bounds=np.c_[np.r_[np.broadcast_to(low, d), -np.inf], np.r_[np.broadcast_to(high, d), np.inf]],
        method=method,
        options=options,
    )
    if answer.status != 0:
        return None
    return BoxOptimum(
        float(answer.x[d]), answer.x[:d], answer.slack, np.maximum(-answer.ineqlin.marginals, 0.0)
    )


def linf_in_floats(X: Any) -> BoxOptimum:
    """γ_∞ and a maximiser, unproved; :func:`~marginproof.theory.margins.max_margin.linf_margin` proves.

    Raises:
      MarginproofError: where HiGHS fails.
    """
    found = best_in_box(X)
    if found is None:
        raise MarginproofError(
            f"X.shape={np.shape(X)}: HiGHS found no l_inf max-margin; rescale the data and try again"
        )
    return found
