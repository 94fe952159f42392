"""Which coefficients of the logistic fit diverge, and to which side, where no maximum-likelihood fit exists.

*The fit* is the limit of the fits with a ridge penalty that tends to 0, which gradient descent shares.  Its coefficients
grow along û, the l2 max-margin direction of the rows off the boundary within the subspace where the boundary rows
vanish (Ji and Telgarsky 2019; for complete separation that is the l2 max-margin itself).  So w_k tends to +inf where
û_k > 0 and to -inf where û_k < 0.  Where û_k = 0 it stays finite, unless some row on the margin has weight 0 in every dual
solution: such rows grow at a slower rate (log log), along the same direction for them alone once the others vanish
too (Soudry et al. 2018, appendix on degenerate data sets), and so on.

A sign is read off a bracket where that proves it (‖ŵ - û‖² <= 2 (1 - margin/γ)), else off û solved in rationals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import flint
import numpy as np

from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.margins.max_margin import Margin, l2_margin
from marginproof.theory.margins.refinement import EXACT_SIZE, solve_exactly
from marginproof.theory.margins.separation import Separation, independent, separation
from marginproof.theory.number_systems import Array

FINITE, PLUS, MINUS, UNDECIDED = "finite", "+inf", "-inf", "undecided"


def diverging(X: Any, found: Separation) -> tuple[str, ...]:
    """``finite``, ``+inf`` or ``-inf`` for every coefficient (``undecided`` only where a system is too large), shape (d,).

    Arguments:
      X: rows with labels folded in, shape (N, d).
      found: their separation.
    """
    A = IntegerRows.of(X).integers.astype(object)
    signs = [FINITE] * A.shape[1]
    fixed = list(found.boundary)
    growing = [i for i in range(len(A)) if i not in set(fixed)]
    while growing and FINITE in signs:
        rows = _projected(A, fixed, growing)
        level = None if rows is None else _level(rows, [k for k, s in enumerate(signs) if s == FINITE])
        if level is None:
            return tuple(UNDECIDED if s == FINITE else s for s in signs)
        for k, sign in level.signs.items():
            signs[k] = sign
        if UNDECIDED in level.signs.values():
            break
        fixed += [growing[i] for i in level.carried]
        growing = [growing[i] for i in level.idle]
    return tuple(signs)


@dataclass(frozen=True)
class _Level:
    """One rate of growth: the signs it gives, and the rows on its margin with and without weight."""

    signs: dict[int, str]
    carried: list[int]
    idle: list[int]


def _projected(A: Array, fixed: list[int], growing: list[int]) -> Array | None:
    """The growing rows, projected onto the subspace where the fixed ones vanish, times one positive integer."""
    basis = A[fixed][independent(A[fixed])] if fixed else A[:0]
    if not len(basis):
        return A[growing]
    if len(basis) > EXACT_SIZE:
        return None
    B, S = (flint.fmpz_mat(part.tolist()) for part in (basis, A[growing]))
    solved: Any = (B * B.transpose()).solve(B * S.transpose())
    shares, denominator = solved.numer_denom()
    moved = S * int(denominator) - shares.transpose() * B
    return np.array([int(v) for v in moved.entries()], dtype=object).reshape(len(growing), -1)


def _level(rows: Array, open_: list[int]) -> _Level | None:
    """The signs of û at these coordinates; ``None`` where û cannot be solved exactly and they need it."""
    margin = l2_margin(rows)
    signs = _by_bracket(margin, open_)
    if UNDECIDED not in signs.values():
        return _Level(signs, [], [])
    exact = _solved(IntegerRows.of(rows), margin)
    if exact is None:
        return _Level(signs, [], [])
    w, scores, support = exact
    signs = {k: PLUS if w[k] > 0 else MINUS for k in open_ if w[k]}
    active = [i for i, score in enumerate(scores) if score == min(scores)]
    carried = active if set(active) == set(support) else _ever_weighted(rows, w, active)
    return _Level(signs, carried, [i for i in active if i not in set(carried)])


def _by_bracket(margin: Margin, open_: list[int]) -> dict[int, str]:
    """Signs that the bracket proves: those of entries larger than the error of the whole direction."""
    bracket = margin.bracket
    assert bracket.exact_lower is not None and bracket.exact_upper is not None
    w = bracket.primal
    # the bounds are squares: 1 - √q <= 1 - q for q = lower/upper in [0, 1]
    error = 2 * (1 - bracket.exact_lower / bracket.exact_upper) * sum(x * x for x in w)
    return {k: UNDECIDED if w[k] ** 2 <= error else PLUS if w[k] > 0 else MINUS for k in open_}


def _solved(rows: IntegerRows, margin: Margin) -> tuple[list[int], list[int], list[int]] | None:
    """û in integers, the rows' scores and the rows that carry it, verified; ``None`` where that fails."""
    support = [i for i, c in enumerate(margin.bracket.dual) if c]
    S = rows.rows(np.array(support))
    solved = solve_exactly(S * S.transpose(), [1] * len(support))
    if solved is None or min(solved[0]) <= 0:
        return None
    w = [int(v) for v in (flint.fmpz_mat(1, len(support), solved[0]) * S).entries()]
    scores = [int(v) for v in (rows.matrix * flint.fmpz_mat(len(w), 1, w)).entries()]
    return (w, scores, support) if min(scores) == scores[support[0]] else None


def _ever_weighted(rows: Array, w: list[int], active: list[int]) -> list[int]:
    """The active rows that have weight in some solution of Σ α_i x_i = û, α >= 0."""
    found = separation(np.vstack([rows[active], -np.array(w, dtype=object)]))
    return [active[i] for i in found.boundary if i < len(active)]
