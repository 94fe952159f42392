"""Exact rational certificates where the limit equation is linear: the ℓ₂ max-margin problem.

GD has u = Xᵀc, so on a support S the limit equation is the linear system K_{S,S} y = γ, Σ y = 1 with
the Gram matrix K = X Xᵀ; solving it over the rationals decides every sign, ties included.  By I6
the same weights solve AdamProxy's equation when |x_i[k]| = a_i for all k: then q does not depend on
k and u ∝ Xᵀc.  Where rows of S are affinely dependent the weights are not unique, but w = Xᵀc is (the
problem is convex); a subset T of S that carries w is found first.
"""

from __future__ import annotations

import math

import flint
import numpy as np
from scipy.optimize import nnls

from marginproof.theory.limit.problem import LimitProblem, Stability
from marginproof.theory.number_systems import Array, balls, exact
from marginproof.theory.proofs.witness import Certainty, StabilityProof, Witness

CONVEX = "F is the gradient of ½‖Xᵀc‖² up to a positive factor: it attracts"
"""Why every solution of a linear problem attracts."""


def certify_linear(problem: LimitProblem, y: Array, support: tuple[int, ...], digits: int) -> Witness:
    """The ℓ₂ max-margin weights, exactly; CERTIFIED even where F_j = γ or c is not unique.

    Arguments:
      problem: one whose field is surely parallel to Xᵀc.
      y: approximate weights of the distinct rows, shape (G,).
      support: S, indices of distinct rows; repaired by exact signs where the approximation was off
        (the direction is unique, so any support that carries it will do).
      digits: precision of the balls handed back (the proof itself is exact).
    """
    rows = _rational_rows(problem)
    carrier = _independent_carrier(problem, y, support)
    for _ in range(2 * problem.n_unknowns + 2):
        solution = _solve_exactly(rows, carrier)
        if solution is None:
            break
        weights, level = solution
        w = rows.transpose() * flint.fmpq_mat(
            problem.n_unknowns, 1, _spread(weights, carrier, problem.n_unknowns)
        )
        slack = [value - level for value in (rows * w).entries()]
        if min(weights) > 0 and min(slack) >= 0:
            if level <= 0:
                reason = "γ is not positive: the data are not separable"
                return Witness(Certainty.EXCLUDED, reason, carrier, digits=digits, exact=True)
            return _as_enclosure(problem, weights, carrier, digits)
        kept = tuple(i for i, weight in zip(carrier, weights, strict=True) if weight > 0)
        entering = min(range(len(slack)), key=slack.__getitem__) if kept == carrier else None
        carrier = kept if entering is None else tuple(sorted({*kept, entering}))
    reason = "no exact solution of the Gram system near this support has all signs right"
    return Witness(Certainty.UNDECIDED, reason, support, digits=digits)


def _rational_rows(problem: LimitProblem) -> flint.fmpq_mat:
    rows = problem.X[problem.representatives]
    height, width = (int(length) for length in rows.shape)
    fractions = [exact(value) for value in rows.flat]
    return flint.fmpq_mat(height, width, [flint.fmpq(f.numerator, f.denominator) for f in fractions])


def _independent_carrier(problem: LimitProblem, y: Array, support: tuple[int, ...]) -> tuple[int, ...]:
    """A subset T of S with affinely independent rows that carries the same w (Carathéodory), in floats.

    Non-negative least squares ends at such a subset (Lawson–Hanson keeps its passive set independent).
    """
    rows = problem.floats[problem.representatives[list(support)]]
    scale = np.abs(rows).max() or 1.0
    lifted = np.vstack([rows.T / scale, np.ones(len(support))])
    share = np.asarray(y, dtype=float)[list(support)]
    if np.linalg.matrix_rank(lifted) == len(support):
        return support
    found, _ = nnls(lifted, lifted @ (share / share.sum()))
    return tuple(i for i, weight in zip(support, found, strict=True) if weight > 1e-12)


def _solve_exactly(
    rows: flint.fmpq_mat, carrier: tuple[int, ...]
) -> tuple[list[flint.fmpq], flint.fmpq] | None:
    """(y_T, γ) with F = γ on T and Σ y = 1, F being w·x for w = Xᵀy."""
    size = len(carrier)
    table = rows.table()
    part = flint.fmpq_mat([table[i] for i in carrier])
    gram = part * part.transpose()
    try:
        solved = gram.solve(flint.fmpq_mat(size, 1, [1] * size)).entries()
    except ZeroDivisionError:
        return _solve_bordered(gram, size)
    total = sum(solved, flint.fmpq(0))
    return ([value / total for value in solved], 1 / total) if total != 0 else None


def _solve_bordered(gram: flint.fmpq_mat, size: int) -> tuple[list[flint.fmpq], flint.fmpq] | None:
    """The same where K_TT is singular though the bordered matrix may not be (affine independence)."""
    table = [[*row, flint.fmpq(-1)] for row in gram.table()]
    table.append([flint.fmpq(1)] * size + [flint.fmpq(0)])
    try:
        solved = flint.fmpq_mat(table).solve(flint.fmpq_mat(size + 1, 1, [0] * size + [1])).entries()
    except ZeroDivisionError:
        return None
    return solved[:-1], solved[-1]


def _spread(values: list[flint.fmpq], support: tuple[int, ...], size: int) -> list[flint.fmpq]:
    out = [flint.fmpq(0)] * size
    for index, value in zip(support, values, strict=True):
        out[index] = value
    return out


def _as_enclosure(
    problem: LimitProblem, weights: list[flint.fmpq], support: tuple[int, ...], digits: int
) -> Witness:
    numbers = balls(math.ceil((digits + 20) * math.log2(10)) + 20)
    with numbers.working():
        spread = _spread(weights, support, problem.n_unknowns)
        y = np.array([flint.arb(value) for value in spread], dtype=object)
        lifted = problem.over(numbers)
        u = lifted.direction(y, numbers)
        gamma = lifted.X[lifted.representatives[support[0]]] @ u
        half_width = max(float(ball.rad()) for ball in y)
        return Witness(
            status=Certainty.CERTIFIED,
            totals=y,
            weights=lifted.expand(y, numbers),
            gamma=gamma,
            direction=u / (u * u).sum().sqrt(),
            support=support,
            radius=half_width * (1 + 2**-50) + 5e-324,
            digits=digits,
            bits=flint.ctx.prec,
            exact=True,
            proof=StabilityProof(Stability.ATTRACTING, CONVEX),
        )
