"""Data of unit size: the limit equation does not care for a common factor of the rows, float64 methods do.

Rows multiplied by s leave u of every Adam-like and sign field as it is, so that F grows by the factor s; u of GD grows by
the factor s, and F by s².  Directions, weights and stability stay.  A power of two changes no digit of the data.

Example:
  >>> import numpy as np
  >>> unit_scale(np.array([[3e9, 1.0]])), unit_scale(np.array([[3.0, 1.0]]))
  (Fraction(1, 2147483648), Fraction(1, 1))
"""

from __future__ import annotations

import math
from fractions import Fraction

from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array

USUAL = 16
"""Data whose largest entry is within 2^-16 … 2^16 are left as they are: tolerances were measured there."""


def unit_scale(X: Array) -> Fraction:
    """A power of two s that brings the largest |entry| of X (shape (N, d)) into [1, 2); 1 where it is of usual size."""
    largest = float(abs(X).max())
    exponent = math.frexp(largest)[1] - 1
    usual = largest == 0 or not math.isfinite(largest) or abs(exponent) <= USUAL
    return Fraction(1) if usual else Fraction(2) ** -exponent


def rescaled(problem: LimitProblem, scale: Fraction) -> LimitProblem:
    """The problem of the rows s x_i: exact, in float64 but for entries that underflow."""
    if scale == 1:
        return problem
    exact = problem.X.dtype == object
    return type(problem)(problem.X * (scale if exact else float(scale)), problem.field)


def gamma_factor(problem: LimitProblem, scale: Fraction) -> Fraction:
    """What γ of the rescaled problem must be multiplied by to be γ of the problem: 1/s, and 1/s² for GD."""
    return Fraction(1 / scale ** (1 + problem.field.degree))
