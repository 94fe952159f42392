"""Whether the replicator flow is attracted to a fixed point: its linear part there, in float64."""

from __future__ import annotations

from typing import cast

import numpy as np

from marginproof.theory.limit.problem import LimitProblem, Stability
from marginproof.theory.number_systems import Array


def replicator_matrix(problem: LimitProblem, y: Array, support: Array) -> Array:
    """The flow linearised on the support's face, in log-ratio coordinates b_i = log(y_i / y_s).

    Shape (S-1, S-1): -E (J diag(y)) P, where E takes differences against the last supported row
    and P is the derivative of log y by b.  Its eigenvalues are those of the replicator's tangent map.
    """
    J = problem.jacobian(y, support=support) * y[support][None, :]
    weights = y[support] / y[support].sum()
    tangent = np.eye(len(support))[:, :-1] - weights[None, :-1]
    against_last = J[:-1] - J[-1:]
    return cast(Array, -against_last @ tangent)


def classify(problem: LimitProblem, y: Array, support: Array) -> Stability:
    """Stability of the fixed point y, from float64 eigenvalues and the transversal rates F_j - γ.

    Undecided where the deciding number is within 1e-9 of zero relative to max |F|: about the
    square root of the rounding error that a double root would show.
    """
    F = problem.F(y)
    scale = float(np.abs(F).max())
    inside = replicator_matrix(problem, y, support)
    worst = float(np.linalg.eigvals(inside).real.max()) if inside.size else -scale
    off = np.setdiff1d(np.arange(len(y)), support)
    if off.size:
        worst = max(worst, float((y @ F / y.sum() - F[off]).max()))
    if abs(worst) <= 1e-9 * scale:
        return Stability.UNDECIDED
    return Stability.ATTRACTING if worst < 0 else Stability.UNSTABLE
