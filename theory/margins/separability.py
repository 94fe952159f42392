"""Whether some w has X w > 0, decided exactly: a separator in integers, or Farkas' certificate.

By Gordan's theorem exactly one holds: some w has X w > 0, or some c on the simplex has Xᵀc = 0.  The
second includes the border where X w >= 0 has a solution with X w ≠ 0 but none with X w > 0 (γ = 0).
HiGHS guesses which; the guess is made rational and verified in integers.

Example:
  >>> separator([[5, 1], [1, 4]])
  (1, 1)
  >>> farkas([[1, 0], [-2, 0]])
  (Fraction(2, 3), Fraction(1, 3))
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

import flint
import numpy as np
from scipy.sparse import issparse, vstack

from marginproof.theory.errors import NotSeparableError
from marginproof.theory.margins.at_once import at_once
from marginproof.theory.margins.box_program import best_in_box
from marginproof.theory.margins.independent import independent
from marginproof.theory.margins.integer_rows import IntegerRows, SparseRows
from marginproof.theory.margins.integers import numerators
from marginproof.theory.margins.refinement import scales
from marginproof.theory.margins.sparse import scaled
from marginproof.theory.number_systems import Array

Certificate = tuple[Fraction, ...]
NOTHING = (1e-9, 1e-6)
"""Weights of HiGHS's, of sum 1, up to which they count for 0: its tolerance lets rows of weight 1e-7 into the support."""


def separator(X: Any) -> tuple[int, ...] | None:
    """Integers w, shape (d,), with X w > 0 exactly; ``None`` where none exists.

    Arguments:
      X: rows x_i, float64 or exact, shape (N, d).
    """
    found, _ = decide(X)
    return found


def farkas(X: Any) -> Certificate | None:
    """c >= 0 with sum 1 and Xᵀc = 0 exactly, shape (N,); ``None`` where the data are separable."""
    _, weights = decide(X)
    return weights


def require_separable(X: Any, name: str = "X") -> tuple[int, ...]:
    """The separator.

    Raises:
      NotSeparableError: with Farkas' certificate as ``weights``.
    """
    found, weights = decide(X)
    if found is None:
        raise not_separable(weights, name)
    return found


def not_separable(weights: Certificate | None, name: str = "X") -> NotSeparableError:
    """The error, with how many rows the certificate needs."""
    used = sum(1 for c in weights or () if c)
    return NotSeparableError(
        f"data={name} are not linearly separable: {used} row(s) have a weighted mean of exactly 0; "
        "an intercept or other features may help, and `separation` says which rows stand in the way",
        weights,
    )


def decide(X: Any) -> tuple[tuple[int, ...] | None, Certificate | None]:
    """(w, None) or (None, c), each verified exactly."""
    rows = IntegerRows.of(X)
    if isinstance(rows, SparseRows):
        return _decide_by_separation(rows)
    balanced = Balanced.of(rows)
    w = try_separator(rows, balanced)
    if w is not None:
        return tuple(w), None
    c = farkas_vertex(rows, balanced)
    if c is not None:
        return None, c
    w = _of_independent_rows(rows)
    if w is not None:
        return tuple(w), None
    candidate = at_once(rows, *balanced)
    if candidate is not None and not candidate.boundary and separates(rows, candidate.w):
        return tuple(candidate.w), None
    if candidate is not None and candidate.boundary and is_farkas(rows, tuple(candidate.c)):
        return None, tuple(candidate.c)
    w, c = _decide_exactly(rows)
    return (None if w is None else tuple(w)), c


def separates(rows: IntegerRows, w: list[int]) -> bool:
    """Whether X w > 0, in integers."""
    return min(rows.products(w)) > 0


def is_farkas(rows: IntegerRows, c: Certificate) -> bool:
    """Whether c >= 0, Σ c = 1 and Xᵀc = 0, in rationals."""
    if len(c) != rows.shape[0] or min(c) < 0 or sum(c) != 1:
        return False
    return not any(rows.moments(numerators(c)))


class Balanced(NamedTuple):
    """Y = D X E, with powers of two on the diagonals of D and E: X w > 0 for w = E v where Y v > 0, and the other way round.

    Attributes:
      X: Y in float64, sparse where the rows are, shape (N, d).
      row: the diagonal of D, shape (N,).
      column: the diagonal of E, shape (d,).
    """

    X: Any
    row: Array
    column: Array

    @classmethod
    def of(cls, rows: IntegerRows) -> Balanced:
        """Every row's and every column's largest entry is brought into [1/2, 1)."""
        row, column = scales(rows.floats)
        return cls(scaled(rows.floats, row, column), row, column)


def try_separator(rows: IntegerRows, balanced: Balanced) -> list[int] | None:
    """HiGHS's max-margin vector of the balanced rows, if it separates the exact ones."""
    for method in ("highs-ds", "highs-ipm"):
        found = best_in_box(balanced.X, method=method)
        if found is not None and found.w.any():
            w = numerators(found.w * balanced.column)
            if separates(rows, w):
                return w
    return None


def _decide_by_separation(rows: SparseRows) -> tuple[tuple[int, ...] | None, Certificate | None]:
    """Sparse rows through the answer in three, which keeps them sparse."""
    from marginproof.theory.margins.separation import Status, separation

    found = separation(rows)
    return (found.direction, None) if found.status is Status.COMPLETE else (None, found.weights)


def _of_independent_rows(rows: IntegerRows) -> list[int] | None:
    """The w with A w = (1, …, 1) up to a factor, where the rows are independent: however ill-conditioned, they separate."""
    n, d = rows.shape
    A = rows.integers.astype(object)
    columns = independent(A.T) if n <= d else []
    if len(columns) < n:
        return None
    solved: Any = flint.fmpz_mat(A[:, columns].tolist()).solve(flint.fmpz_mat(n, 1, [1] * n))
    w = [0] * d
    for k, value in zip(columns, solved.numer_denom()[0].entries(), strict=True):
        w[k] = int(value)
    return w if separates(rows, w) else None


def farkas_vertex(rows: IntegerRows, balanced: Balanced) -> Certificate | None:
    """A vertex of {c >= 0, Xᵀc = 0, Σc = 1} from HiGHS, solved exactly on its support, so positive on d + 1 rows at most."""
    from scipy.optimize import linprog

    X, ones = balanced.X, np.ones((1, rows.shape[0]))
    A = vstack([X.T, ones], format="csc") if issparse(X) else np.vstack([X.T, ones])
    answer = linprog(np.zeros(rows.shape[0]), A_eq=A, b_eq=np.r_[np.zeros(rows.shape[1]), 1.0])
    if answer.x is None or not (answer.x > 0).any():
        return None
    order = np.argsort(-answer.x, kind="stable")
    for least in NOTHING:
        support = order[answer.x[order] > least]
        exact = _null_vector(rows, support)
        if exact is not None:
            c = [Fraction(0)] * rows.shape[0]
            for i, value in zip(support.tolist(), exact, strict=True):
                c[i] = value
            if is_farkas(rows, tuple(c)):
                return tuple(c)
    return None


def _null_vector(rows: IntegerRows, support: Array) -> list[Fraction] | None:
    """The solution of X_Sᵀ c = 0, Σ c = 1 with the last dependent rows at 0, or ``None``."""
    A = rows.part(support, np.arange(rows.shape[1])).T
    system = np.vstack([np.c_[A, np.zeros(len(A), dtype=object)], np.ones(len(support) + 1, dtype=object)])
    form, rank = flint.fmpq_mat(
        flint.fmpz_mat(system.shape[0], system.shape[1], [int(v) for v in system.ravel()])
    ).rref()
    c = [Fraction(0)] * len(support)
    for r in range(rank):
        lead = next(k for k in range(len(support) + 1) if form[r, k] != 0)
        if lead == len(support):
            return None  # 0 = 1
        value = form[r, len(support)]
        c[lead] = Fraction(int(value.p), int(value.q))
    return c


def _decide_exactly(rows: IntegerRows) -> tuple[list[int] | None, Certificate | None]:
    """Phase one of the simplex method in fractions, by Bland's rule, which never cycles.

    min Σ s over [Xᵀ; 1ᵀ] c + s = (0, …, 0, 1), c, s >= 0.  Optimum 0 gives Farkas' c; else the
    duals y have X y_1..d + y_{d+1} <= 0 with y_{d+1} > 0, so w = -y_1..d separates.
    """
    n, d = rows.shape
    A = rows.integers.astype(object).T
    table = np.vstack([A, np.ones(n, dtype=object)])
    table = np.c_[
        table, np.eye(d + 1, dtype=int).astype(object), np.r_[np.zeros(d, dtype=int), 1].astype(object)
    ]
    table = table * Fraction(1)
    basis = list(range(n, n + d + 1))
    cost = -table.sum(axis=0)
    cost[n : n + d + 1] = Fraction(0)
    while True:
        entering = next((k for k in range(n + d + 1) if cost[k] < 0), None)
        if entering is None:
            break
        steps = [
            (table[r, -1] / table[r, entering], basis[r], r) for r in range(d + 1) if table[r, entering] > 0
        ]
        _, _, r = min(steps)
        table[r] = table[r] / table[r, entering]
        for other in range(d + 1):
            if other != r and table[other, entering]:
                table[other] = table[other] - table[other, entering] * table[r]
        cost = cost - cost[entering] * table[r]
        basis[r] = entering
    if cost[-1] == 0:
        c = [Fraction(0)] * n
        for r, k in enumerate(basis):
            if k < n:
                c[k] = table[r, -1]
        return None, tuple(c)
    return numerators([cost[n + k] - 1 for k in range(d)]), None  # y_k = 1 - cost of s_k
