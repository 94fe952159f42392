"""Proof that a fixed point attracts or repels the replicator flow.

In log-ratio coordinates b_i = log(y_i / y_s) the flow on the support's face has the Jacobian A of
:func:`marginproof.theory.limit.problem.replicator_matrix`, shape (|S|-1, |S|-1).  The witness is a symmetric matrix P
with AᵀP + PA negative definite for every A in the enclosure.  Then xᵀPx falls along the linear
flow, and by the theorem of Ostrowski and Schneider A has as many eigenvalues with negative real
part as P has positive ones, and none on the imaginary axis:

* P positive definite: every eigenvalue has negative real part.  With F_j > γ off the support, which
  the enclosure certifies (transversal rates γ - F_j < 0), the point attracts;
* vᵀPv < 0 for some v: an eigenvalue has positive real part, and the point is unstable.

P comes from float64 eigenvectors, its entries are exact dyadics, and the inequality is checked in
balls; nothing rests on the eigenvalue routine.

Reference: A. Ostrowski and H. Schneider, Some theorems on the inertia of general matrices,
J. Math. Anal. Appl. 4 (1962), Theorem 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import flint
import numpy as np

from marginproof.theory.limit.problem import LimitProblem, Stability
from marginproof.theory.number_systems import Array, balls, decide_sign
from marginproof.theory.proofs.balls import (
    ActiveSystem,
    all_finite,
    surely_positive_definite,
    to_array,
    to_floats,
    to_matrix,
)
from marginproof.theory.proofs.enclosed import Enclosure
from marginproof.theory.proofs.rational import is_linear


@dataclass(frozen=True)
class CertifiedStability:
    """A verdict on stability with its witness.

    Attributes:
      stability: ATTRACTING, UNSTABLE or UNDECIDED; the first two are proved.
      reason: one clause.
      matrix: A over the enclosure, balls, shape (|S|-1, |S|-1).
      witness: P, float64 (exact dyadics), same shape; empty where none is needed or found.
      vector: v with vᵀPv < 0, float64, for an unstable point; else empty.
      sign_of_trace, sign_of_determinant: of A, -1, 0, 1 or ``None`` (undecided); with |S| = 3 these
        two alone decide, which is what a reader checks by hand.
    """

    stability: Stability
    reason: str
    matrix: Array
    witness: Array
    vector: Array
    sign_of_trace: int | None = None
    sign_of_determinant: int | None = None


def certified_stability(problem: LimitProblem, enclosure: Enclosure) -> CertifiedStability:
    """Decide the stability of a certified fixed point.

    Arguments:
      problem: the problem that was enclosed.
      enclosure: a CERTIFIED :class:`~marginproof.theory.proofs.krawczyk.Enclosure`.
    """
    nothing = np.empty((0, 0))

    def plain(stability: Stability, reason: str, A: Array = nothing) -> CertifiedStability:
        return CertifiedStability(stability, reason, A, nothing, np.empty(0))

    if not enclosure.certified:
        return plain(Stability.UNDECIDED, "no certified enclosure to start from")
    if is_linear(problem):
        return plain(
            Stability.ATTRACTING, "F is the gradient of ½‖Xᵀc‖² up to a positive factor: it attracts"
        )
    tied = "F_j = γ off the support: a transversal rate is zero, and the linear flow does not decide"
    if len(enclosure.support) == 1 and not enclosure.strict:
        slope = _slope_on_tied_edge(problem, enclosure)
        if slope in (None, 0):
            return plain(Stability.UNDECIDED, tied)
        towards = "falls" if slope == 1 else "grows"
        reason = f"a vertex with one tie F_j = γ: on the edge to row j its weight {towards} to second order"
        return plain(Stability.ATTRACTING if slope == 1 else Stability.UNSTABLE, reason)
    if len(enclosure.support) == 1:
        return plain(Stability.ATTRACTING, "a vertex: every transversal rate γ - F_j is surely negative")
    numbers = balls(enclosure.bits)
    with numbers.working():
        A = enclosed_replicator_matrix(problem, enclosure)
        if not all_finite(A):
            return plain(Stability.UNDECIDED, "the Jacobian is not finite on the box", A)
        verdict = _decide(A)
    if verdict.stability is Stability.ATTRACTING and not enclosure.strict:
        return replace(verdict, stability=Stability.UNDECIDED, reason=tied)
    return verdict


def _slope_on_tied_edge(problem: LimitProblem, enclosure: Enclosure) -> int | None:
    """Sign of d(F_j - F_i)/dt at c = (1-t) e_i + t e_j, t = 0, where vertex e_i has one tie j; else ``None``.

    The edge is invariant and every other direction attracts, so it is the centre manifold: on it
    dt/dτ = -t(1-t)(F_j - F_i), and t >= 0.
    """
    if len(enclosure.open_slacks) != 1:
        return None
    i, j = enclosure.support[0], enclosure.open_slacks[0]
    numbers = balls(enclosure.bits)
    with numbers.working():
        system = ActiveSystem(problem.over(numbers), np.array([i, j], dtype=np.intp), numbers)
        J = to_array(
            system.field_jacobian(np.array([flint.arb(1), flint.arb(0), flint.arb(0)], dtype=object))
        )
        return decide_sign((J[1, 1] - J[0, 1]) - (J[1, 0] - J[0, 0]))


def enclosed_replicator_matrix(problem: LimitProblem, enclosure: Enclosure) -> Array:
    """A over the enclosure, balls, shape (|S|-1, |S|-1); run inside the enclosure's precision."""
    numbers = balls(enclosure.bits)
    support = np.array(enclosure.support, dtype=np.intp)
    system = ActiveSystem(problem.over(numbers), support, numbers)
    y = enclosure.totals[support]
    z = np.array([*y, enclosure.gamma], dtype=object)
    J = to_array(system.field_jacobian(z)) * y[None, :]
    share = y / y.sum()
    size = len(support)
    tangent = np.full((size, size - 1), flint.arb(0), dtype=object)
    tangent[:] = -share[None, :-1]
    tangent[np.arange(size - 1), np.arange(size - 1)] += 1
    against_last = J[:-1] - J[-1:]
    return to_array(-(to_matrix(against_last) * to_matrix(tangent)))


def _decide(A: Array) -> CertifiedStability:
    trace = decide_sign(A.trace())
    determinant = decide_sign(to_matrix(A).det()) if len(A) <= 12 else None
    P = lyapunov_witness(to_floats(A))
    undecided = CertifiedStability(
        Stability.UNDECIDED,
        "an eigenvalue is too close to the imaginary axis",
        A,
        np.empty((0, 0)),
        np.empty(0),
        trace,
        determinant,
    )
    if P is None:
        return undecided
    ball_A, ball_P = to_matrix(A), to_matrix(P)
    if not surely_positive_definite(-(ball_A.transpose() * ball_P + ball_P * ball_A)):
        return undecided
    if surely_positive_definite(ball_P):
        reason = "AᵀP + PA ≺ 0 with P ≻ 0, and every transversal rate is surely negative"
        return CertifiedStability(Stability.ATTRACTING, reason, A, P, np.empty(0), trace, determinant)
    v = np.linalg.eigh(P)[1][:, 0]
    column = to_matrix(v[:, None])
    if decide_sign((column.transpose() * ball_P * column)[0, 0]) != -1:
        return undecided
    reason = "AᵀP + PA ≺ 0 with vᵀPv < 0: an eigenvalue has positive real part"
    return CertifiedStability(Stability.UNSTABLE, reason, A, P, v, trace, determinant)


def lyapunov_witness(A: Array) -> Array | None:
    """A float64 symmetric P with AᵀP + PA ≺ 0 (approximately), or ``None`` on the imaginary axis.

    With real modal coordinates A = V Λ V⁻¹ (2 × 2 blocks for complex pairs), P = V⁻ᵀ D V⁻¹ with
    D = -diag(sign Re λ) gives AᵀP + PA = -2 V⁻ᵀ diag|Re λ| V⁻¹.
    """
    values, vectors = np.linalg.eig(A)
    if not np.abs(values.real).min() > 0:
        return None
    modal = np.where(values.imag < 0, vectors.imag, vectors.real)
    try:
        inverse = np.linalg.inv(modal)
    except np.linalg.LinAlgError:
        return None
    P = inverse.T @ (-np.sign(values.real)[:, None] * inverse)
    P = (P + P.T) / 2
    return cast(Array, P / np.abs(P).max())
