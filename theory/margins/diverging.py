"""Which coefficients of the logistic fit diverge, and to which side, where no maximum-likelihood fit exists.

*The fit* is the limit of the fits with a ridge penalty that tends to 0, which gradient descent shares.  Its coefficients
grow along û, the ℓ₂ max-margin direction of the rows off the boundary within the subspace where the boundary rows
vanish (Ji and Telgarsky 2019; for complete separation that is the ℓ₂ max-margin itself).  So w_k tends to +inf where
û_k > 0 and to -inf where û_k < 0.  Where û_k = 0 it stays finite, unless some row on the margin has weight 0 in every dual
solution: such rows grow at a slower rate (log log), along the same direction for them alone once the others vanish
too (Soudry et al. 2018, appendix on degenerate data sets), and so on.

A sign is read off a bracket where that proves it (‖ŵ - û‖² <= 2 (1 - margin/γ)), else off û solved in rationals.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.margins.max_margin import Margin, l2_margin
from marginproof.theory.margins.refinement import EXACT_SIZE, solve_exactly
from marginproof.theory.margins.separation import Separation, independent, separation
from marginproof.theory.number_systems import Array

FINITE, PLUS, MINUS, UNDECIDED = "finite", "+inf", "-inf", "undecided"
LONG = 400
"""Bits of an integer above which rows are scaled."""
STEPS = 500
"""Most steps of Wolfe's method."""


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
        return _of_unit_size(A[growing])
    if len(basis) > EXACT_SIZE:
        return None
    B, S = (flint.fmpz_mat(part.tolist()) for part in (basis, A[growing]))
    solved: Any = (B * B.transpose()).solve(B * S.transpose())
    shares, denominator = solved.numer_denom()
    moved = S * int(denominator) - shares.transpose() * B
    return _of_unit_size(np.array([int(v) for v in moved.entries()], dtype=object).reshape(len(growing), -1))


def _of_unit_size(rows: Array) -> Array:
    """Integers over one power of two, so that float64 holds their squares."""
    bits = max(int(v).bit_length() for v in rows.flat)
    return rows * Fraction(1, 1 << bits) if bits > LONG else rows


def _level(rows: Array, open_: list[int]) -> _Level | None:
    """The signs of û at these coordinates; ``None`` where û cannot be solved exactly and they need it."""
    margin = l2_margin(rows)
    signs = by_bracket(margin, open_)
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


def by_bracket(margin: Margin, open_: list[int]) -> dict[int, str]:
    """Signs that the bracket proves: those of entries larger than the error of the whole direction."""
    bracket = margin.bracket
    assert bracket.exact_lower is not None and bracket.exact_upper is not None
    w = bracket.primal
    # the bounds are squares: 1 - √q <= 1 - q for q = lower/upper in [0, 1]
    error = 2 * (1 - bracket.exact_lower / bracket.exact_upper) * sum(x * x for x in w)
    return {k: UNDECIDED if w[k] ** 2 <= error else PLUS if w[k] > 0 else MINUS for k in open_}


def _solved(rows: IntegerRows, margin: Margin) -> tuple[list[int], list[int], list[int]] | None:
    """û in integers, the rows' scores and the rows that carry it, verified; ``None`` where that fails.

    The support of the bracket's weights is tried first, then Wolfe's method from the shortest row, every step exact.
    """
    chosen = [i for i, c in enumerate(margin.bracket.dual) if c]
    found = _carried_by(rows, chosen)
    if found is not None and min(found[0]) > 0 and min(found[2]) == found[2][chosen[0]]:
        return found[1], found[2], chosen
    chosen = [min(range(rows.shape[0]), key=lambda i: sum(int(v) ** 2 for v in rows.integers[i]))]
    current = [Fraction(1)]
    for _ in range(STEPS):
        found = _carried_by(rows, chosen)
        if found is None:
            return None
        a, w, scores = found
        goal = [Fraction(v, sum(a)) for v in a]
        if min(goal) <= 0:
            reach = min(c / (c - g) for c, g in zip(current, goal, strict=True) if g <= 0)
            current = [c + reach * (g - c) for c, g in zip(current, goal, strict=True)]
            kept = [k for k, c in enumerate(current) if c > 0]
            chosen, current = [chosen[k] for k in kept], [current[k] for k in kept]
            continue
        worst = min(range(len(scores)), key=lambda i: scores[i])
        if scores[worst] == scores[chosen[0]]:
            return w, scores, chosen
        chosen, current = [*chosen, worst], [*goal, Fraction(0)]
    return None


def _carried_by(rows: IntegerRows, support: list[int]) -> tuple[list[int], list[int], list[int]] | None:
    """The least-norm point w = Xᵀa, Σ a = 1, of these rows' affine hull: a, w and all scores, as integers up to positive
    factors; ``None`` where the rows are affinely dependent."""
    S = rows.rows(np.array(support))
    n = len(support)
    gram = [[int(v) for v in row] + [1] for row in (S * S.transpose()).tolist()]
    solved = solve_exactly(flint.fmpz_mat([*gram, [1] * n + [0]]), [0] * n + [1])
    if solved is None:
        return None
    a = solved[0][:n]
    w = [int(v) for v in (flint.fmpz_mat(1, n, a) * S).entries()]
    scores = [int(v) for v in (rows.matrix * flint.fmpz_mat(len(w), 1, w)).entries()]
    return a, w, scores


def _ever_weighted(rows: Array, w: list[int], active: list[int]) -> list[int]:
    """The active rows that have weight in some solution of Σ α_i x_i = û, α >= 0."""
    found = separation(np.vstack([rows[active], -np.array(w, dtype=object)]))
    return [active[i] for i in found.boundary if i < len(active)]
