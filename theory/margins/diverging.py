"""Which coefficients of the logistic fit diverge, and to which side, where no maximum-likelihood fit exists.

*The fit* is the limit of the fits with a ridge penalty that tends to 0, which gradient descent shares.  Its coefficients
grow along û, the ℓ₂ max-margin direction of the rows off the boundary within the subspace where the boundary rows
vanish (Ji and Telgarsky 2019; for complete separation that is the ℓ₂ max-margin itself).  So w_k tends to +inf where
û_k > 0 and to -inf where û_k < 0.  Where û_k = 0 it stays finite, unless some row on the margin has weight 0 in every dual
solution: such rows grow at a slower rate (log log), along the same direction for them alone once the others vanish
too (Soudry et al. 2018, appendix on degenerate data sets), and so on.

A sign is read off a bracket where that proves it (‖ŵ - û‖² <= 2 (1 - r/γ), r the margin of ŵ), else off û solved in rationals.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from marginproof.theory.margins.combined_rows import CombinedRows
from marginproof.theory.margins.independent import independent, independent_columns
from marginproof.theory.margins.integer_rows import IntegerRows, SparseRows
from marginproof.theory.margins.integers import numerators
from marginproof.theory.margins.max_margin import MANY_SPARSE, Margin, l2_margin
from marginproof.theory.margins.refinement import EXACT_SIZE, solve_exactly
from marginproof.theory.margins.separation import Separation, Status, separation
from marginproof.theory.margins.working_set import is_many
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
    if is_many(X) and found.status is Status.COMPLETE:
        from marginproof.theory.margins.sparse_separation import diverging_of_many

        return diverging_of_many(X, found)
    all_rows = IntegerRows.of(X)
    if isinstance(all_rows, SparseRows) and all_rows.shape[0] > MANY_SPARSE:
        from marginproof.theory.margins.sparse_separation import sparse_diverging

        return sparse_diverging(all_rows, found)
    n, d = all_rows.shape
    columns = independent_columns(all_rows) if isinstance(all_rows, SparseRows) else np.arange(d)
    signs = [FINITE] * d
    fixed = list(found.boundary)
    growing = [i for i in range(n) if i not in set(fixed)]
    while growing and FINITE in signs:
        rows = projected(all_rows, fixed, growing, columns)
        open_ = [k for k, s in enumerate(signs) if s == FINITE]
        level = None if rows is None else _level(rows, open_, columns)
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


def projected(rows: IntegerRows, fixed: list[int], growing: list[int], columns: Array) -> IntegerRows | None:
    """The growing rows, projected onto the subspace where the fixed ones vanish, times one positive number."""
    basis = [fixed[k] for k in independent(rows.part(fixed, columns))] if fixed else []
    if not basis:
        return _of_unit_size(rows.take(np.array(growing)))
    if len(basis) > EXACT_SIZE:
        return None
    some = rows.take(np.array(basis + growing))
    gram, r, g = np.array(some.gram().tolist(), dtype=object), len(basis), len(growing)
    solved: Any = flint.fmpz_mat(gram[:r, :r].tolist()).solve(flint.fmpz_mat(gram[:r, r:].tolist()))
    shares, denominator = solved.numer_denom()
    combined = np.zeros((g, r + g), dtype=object)
    combined[:, :r] = -np.array([int(v) for v in shares.transpose().entries()], dtype=object).reshape(g, r)
    combined[np.arange(g), r + np.arange(g)] = int(denominator)
    moved = CombinedRows(some.floats, combined, 1, some)
    if not isinstance(rows, SparseRows):
        return _of_unit_size(moved)
    size = moved.gram()
    return replace(moved, denominator=1 << max(int(size[i, i]).bit_length() for i in range(g)) // 2)


def _of_unit_size(rows: IntegerRows) -> IntegerRows:
    """Multiplied out, over a power of two where they are so long that float64 may not hold their squares; as they are if sparse."""
    if isinstance(rows, SparseRows):
        return rows
    values = rows.part(np.arange(rows.shape[0]), np.arange(rows.shape[1]))
    bits = max(int(v).bit_length() for v in values.flat)
    return IntegerRows.of(values * Fraction(1, 1 << bits) if bits > LONG else values)


def _level(rows: IntegerRows, open_: list[int], columns: Array) -> _Level | None:
    """The signs of û at these coordinates; ``None`` where û cannot be solved exactly and they need it."""
    margin = l2_margin(rows)
    signs = by_bracket(margin, open_)
    if UNDECIDED not in signs.values():
        return _Level(signs, [], [])
    exact = solved(rows, margin)
    if exact is None:
        return _Level(signs, [], [])
    w, scores, support = exact
    signs = {k: PLUS if w[k] > 0 else MINUS for k in open_ if w[k]}
    active = [i for i, score in enumerate(scores) if score == min(scores)]
    carried = active if set(active) == set(support) else _ever_weighted(rows, w, active, columns)
    return _Level(signs, carried, [i for i in active if i not in set(carried)])


def by_bracket(margin: Margin, open_: list[int]) -> dict[int, str]:
    """Signs that the bracket proves: those of entries larger than the error of the whole direction."""
    bracket = margin.bracket
    assert bracket.exact_lower is not None and bracket.exact_upper is not None
    w = numerators(bracket.primal)
    # the bounds are squares: 1 - √q <= 1 - q for q = lower/upper in [0, 1]
    error = math.floor(2 * (1 - bracket.exact_lower / bracket.exact_upper) * sum(x * x for x in w))
    return {k: UNDECIDED if w[k] ** 2 <= error else PLUS if w[k] > 0 else MINUS for k in open_}


def solved(rows: IntegerRows, margin: Margin) -> tuple[list[int], list[int], list[int]] | None:
    """û in integers, the rows' scores and the rows that carry it, verified; ``None`` where that fails.

    The support of the bracket's weights is tried first, then Wolfe's method from the shortest row, every step exact.
    """
    chosen = [i for i, c in enumerate(margin.bracket.dual) if c]
    found = _carried_by(rows, chosen)
    if found is not None and min(found[0]) > 0 and min(found[2]) == found[2][chosen[0]]:
        return found[1], found[2], chosen
    gram = rows.gram()
    chosen = [min(range(rows.shape[0]), key=lambda i: gram[i, i])]
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
    S = rows.take(np.array(support))
    n = len(support)
    if n > EXACT_SIZE:
        return None
    gram = [[int(v) for v in row] + [1] for row in S.gram().tolist()]
    solved = solve_exactly(flint.fmpz_mat([*gram, [1] * n + [0]]), [0] * n + [1])
    if solved is None:
        return None
    a = solved[0][:n]
    w = S.moments(a)
    return a, w, rows.products(w)


def _ever_weighted(rows: IntegerRows, w: list[int], active: list[int], columns: Array) -> list[int]:
    """The active rows that have weight in some solution of Σ α_i x_i = û, α >= 0; these columns tell."""
    stacked = np.vstack([rows.part(active, columns), -np.array(w, dtype=object)[columns]])
    # each row by a power of two, which the boundary does not feel, so that float64 can hold it
    sizes = [max(int(v).bit_length() for v in row) for row in stacked]
    found = separation(stacked * np.array([[Fraction(1, 1 << size)] for size in sizes], dtype=object))
    return [active[i] for i in found.boundary if i < len(active)]
