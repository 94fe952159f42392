"""The limits of small integer data sets in floating point: attracting solutions, and where flows from many starts settle."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from marginproof.theory.fields import Field
from marginproof.theory.limit.problem import LimitProblem, Stability
from marginproof.theory.limit.stability import classify
from marginproof.theory.limit.stacks import stacked_limits
from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.multi_start import float_solutions


def integers(X: Array) -> Array:
    """The rows as exact integers, object array."""
    return np.array([[Fraction(int(v)) for v in row] for row in X], dtype=object)


def attractors(X: Array, rule: Field) -> tuple[list[Array], list[Array]]:
    """(weights of attracting solutions, their unit directions), float64."""
    problem = LimitProblem(X, rule)
    if problem.merged:
        return [], []
    points = [
        c for c, s in float_solutions(problem) if classify(problem, c, np.array(s)) is Stability.ATTRACTING
    ]
    u = [problem.direction(c) for c in points]
    return points, [v / np.linalg.norm(v) for v in u]


def settled_directions(batch: Array, rule: Field, starts: Array) -> Array:
    """In how many different separating directions the flows from the starts settle, for each data set, shape (B,)."""
    size, many = len(batch), len(starts)
    found = stacked_limits(np.repeat(batch, many, axis=0), rule, np.tile(starts, (size, 1)))
    u = found.directions.reshape(size, many, -1)
    separates = found.settled.reshape(size, many) & ((u @ np.swapaxes(batch, 1, 2)).min(axis=2) > 0)
    count = np.zeros(size, dtype=np.int64)
    for s in range(many):
        seen = separates[:, :s] & (np.abs(u[:, :s] - u[:, s : s + 1]).max(axis=2) < 1e-3)
        count += separates[:, s] & ~seen.any(axis=1)
    return count
