"""Whether a flow that has come near a fixed point will end there."""

from __future__ import annotations

import math

import numpy as np
from scipy.linalg import lapack

from marginproof.theory.limit.ends import fixed_point
from marginproof.theory.limit.newton import NewtonPoint, newton_from_any_support
from marginproof.theory.limit.problem import Limit, LimitProblem, Stability
from marginproof.theory.limit.stability import classify
from marginproof.theory.number_systems import Array

LOOKS = 6
"""Successive sightings of one attracting candidate, each nearer, that count as settling on it."""
NEAR, CLOSE = 0.3, 1e-3
"""l1 distances on the simplex.  Within NEAR of a candidate it is taken if the field is monotone at
both ends (then Kullback–Leibler distance falls along the flow); within CLOSE, if its eigenvalues attract."""


def attracts(problem: LimitProblem, found: NewtonPoint, y: Array) -> bool:
    """Whether the flow at y is drawn to the candidate: by monotonicity, or close by and by its eigenvalues."""
    if monotone(problem, found, y):
        return True
    near = float(np.abs(found.y - y).sum()) <= CLOSE
    return near and classify(problem, found.y, found.support) is Stability.ATTRACTING


def monotone(problem: LimitProblem, found: NewtonPoint, y: Array) -> bool:
    """Whether (J + Jᵀ)/2 is positive definite across the support's face at both points.

    Then d/dτ KL(y*‖y) = (y* - y)·(F(y) - F(y*)) < 0 between them, and rows off the support have F_j > γ.
    """
    off = found.y == 0
    if off.any() and float((found.F[off] - found.gamma).min()) <= 1e-9 * float(np.abs(found.F).max()):
        return False
    F, J = problem.linearised(y, found.support)
    if float((found.y - y) @ F) >= 0 or found.gamma <= 0:
        return False
    return _positive_definite(J) and _positive_definite(found.J)


def _positive_definite(J: Array) -> bool:
    """On vectors that sum to zero."""
    if len(J) == 1:
        return True
    against_last = J[:-1] - J[-1:]
    tangent = against_last[:, :-1] - against_last[:, -1:]
    factor, info = lapack.dpotrf(tangent + tangent.T, overwrite_a=True)
    return bool(info == 0 and math.isfinite(factor[-1, -1]))


class Approach:
    """Watches a flow come near one candidate: close by at once, or nearer and nearer over several looks.

    Rows off the support may lose their weight slowly, so that l1 closeness comes late; a candidate that
    attracts and is found again from ``LOOKS`` successive points, each nearer than the last, is taken too.
    """

    def __init__(self) -> None:
        self._last: Array | None = None
        self._distances: list[float] = []

    def check(self, problem: LimitProblem, y: Array) -> Limit | None:
        """The limit that the flow, now at y, has settled on; ``None`` so far."""
        found = newton_from_any_support(problem, y, reach=NEAR)
        if found is None:
            self._last = None
            return None
        distance = float(np.abs(found.y - y).sum())
        same = self._last is not None and float(np.abs(found.y - self._last).sum()) < 1e-8
        self._distances = [*self._distances, distance] if same else [distance]
        self._last = found.y
        nearer = self._distances[-LOOKS:]
        if distance > CLOSE and not (len(nearer) == LOOKS and nearer == sorted(nearer, reverse=True)):
            return None
        stability = classify(problem, found.y, found.support)
        if stability is Stability.ATTRACTING or distance < 1e-9:
            return fixed_point(problem, found, stability)
        return None
