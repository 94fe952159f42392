"""Ties F_j = γ that exact arithmetic decides, where no enclosure can.

Two kinds.  F = X u is linear in the rows: if x_j is an affine combination of the support's rows,
all of which have F_i = γ, then F_j = γ whatever u is.  And at a vertex c = e_i every Adam-like field
is a positive multiple of sign(x_i) (I7), so that F_j - γ has the sign of sign(x_i)·x_j - ‖x_i‖_1,
a rational number.
"""

from __future__ import annotations

from fractions import Fraction

import flint

from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import exact


def vertex_slacks(problem: LimitProblem, vertex: int) -> list[Fraction] | None:
    """(F_j - γ) at c = e_i up to a positive factor, exactly, for every distinct row j.

    ``None`` where the field is of another kind or x_i has a zero entry.
    """
    rows = _rows(problem)
    here = rows[vertex]
    if not problem.field.sign_at_vertex or 0 in here:
        return None
    level = sum((abs(value) for value in here), Fraction(0))
    signs = [1 if value > 0 else -1 for value in here]
    return [sum((s * x for s, x in zip(signs, row, strict=True)), -level) for row in rows]


def exact_ties(problem: LimitProblem, support: tuple[int, ...], rows: tuple[int, ...]) -> bool:
    """Whether F_j = γ exactly for every one of the given rows off the support."""
    if len(support) == 1:
        slacks = vertex_slacks(problem, support[0])
        if slacks is not None:
            return all(slacks[j] == 0 for j in rows)
    return all(_affine_combination(problem, support, j) for j in rows)


def _affine_combination(problem: LimitProblem, support: tuple[int, ...], row: int) -> bool:
    lifted = [[*values, Fraction(1)] for values in _rows(problem)]
    base = [lifted[i] for i in support]
    return bool(_matrix(base).rank() == _matrix([*base, lifted[row]]).rank())


def _rows(problem: LimitProblem) -> list[list[Fraction]]:
    return [[exact(value) for value in row] for row in problem.X[problem.representatives]]


def _matrix(rows: list[list[Fraction]]) -> flint.fmpq_mat:
    return flint.fmpq_mat([[flint.fmpq(v.numerator, v.denominator) for v in row] for row in rows])
