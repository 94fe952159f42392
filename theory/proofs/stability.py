"""Proof that a fixed point attracts or repels the replicator flow.

In the chart r_p = 1 the flow on the support's face is dr_i/dτ = -r_i H_i, H_i = F_i - F_p, with the Jacobian
A = -diag(r) ∂H/∂r at a solution, shape (|S|-1, |S|-1).  What shows its stability is a symmetric matrix P with
Aᵀ P + P A negative definite for every A in the enclosure.  Then x·(P x) falls along the linear flow, and by the
theorem of Ostrowski and Schneider A has as many eigenvalues with negative real part as P has positive ones,
and none on the imaginary axis:

* P positive definite: every eigenvalue has negative real part.  With F_j > γ off the support, which
  the enclosure certifies (transversal rates γ - F_j < 0), the point attracts;
* v·(P v) < 0 for some v: an eigenvalue has positive real part, and the point is unstable.

P comes from float64 eigenvectors, its entries are dyadics, of few bits where these suffice, and the inequality
is checked in balls; nothing rests on the eigenvalue routine.

Reference: A. Ostrowski and H. Schneider, Some theorems on the inertia of general matrices,
J. Math. Anal. Appl. 4 (1962), Theorem 1.
"""

from __future__ import annotations

from dataclasses import replace

import flint
import numpy as np

from marginproof.theory.limit.problem import LimitProblem, Stability
from marginproof.theory.number_systems import Array, decide_sign
from marginproof.theory.proofs.balls import (
    ChartSystem,
    all_finite,
    rounded,
    surely_positive_definite,
    to_floats,
    to_matrix,
)
from marginproof.theory.proofs.rational import CONVEX
from marginproof.theory.proofs.witness import StabilityProof, Witness

TIED = "F_j = γ off the support: a transversal rate is zero, and the linear flow does not decide"


def prove_stability(problem: LimitProblem, system: ChartSystem, r: Array, witness: Witness) -> StabilityProof:
    """Decide the stability of a certified fixed point.

    Arguments:
      problem: the problem that was enclosed.
      system: its chart over balls, in whose precision this runs; r: the enclosure, balls, shape (|S|-1,).
      witness: what is proved of existence and signs.
    """
    if not witness.certified:
        return StabilityProof()
    if len(witness.support) == 1:
        return _at_a_vertex(problem, system, witness)
    A = -r[:, None] * system.jacobian(r)
    if not all_finite(A):
        return StabilityProof(reason="the Jacobian is not finite on the box", matrix=A)
    proof = _decide(A)
    if problem.gradient_like:  # even where a tie leaves the linear flow undecided
        return replace(proof, stability=Stability.ATTRACTING, reason=CONVEX)
    if proof.stability is Stability.ATTRACTING and not witness.strict:
        return replace(proof, stability=Stability.UNDECIDED, reason=TIED)
    return proof


def _at_a_vertex(problem: LimitProblem, system: ChartSystem, witness: Witness) -> StabilityProof:
    if problem.gradient_like:
        return StabilityProof(Stability.ATTRACTING, CONVEX)
    if witness.strict:
        reason = "a vertex: every transversal rate γ - F_j is surely negative"
        return StabilityProof(Stability.ATTRACTING, reason)
    slope = _slope_on_tied_edge(system, witness.open_slacks)
    if slope in (None, 0):
        return StabilityProof(reason=TIED)
    towards = "falls" if slope == 1 else "grows"
    reason = f"a vertex with one tie F_j = γ: on the edge to row j its weight {towards} to second order"
    return StabilityProof(Stability.ATTRACTING if slope == 1 else Stability.UNSTABLE, reason)


def _slope_on_tied_edge(system: ChartSystem, tied: tuple[int, ...]) -> int | None:
    """Sign of d(F_j - F_i)/dr_j at the vertex e_i with one tie j; else ``None``.

    The edge is invariant and every other direction attracts, so it is the centre manifold: on it
    dr_j/dτ = -r_j (F_j - F_i), and r_j >= 0.
    """
    if len(tied) != 1:
        return None
    edge = ChartSystem(system.problem, (system.chart, *tied), system.chart, system.numbers)
    return decide_sign(edge.jacobian(np.array([flint.arb(0)], dtype=object))[0, 0])


def _decide(A: Array) -> StabilityProof:
    undecided = StabilityProof(
        reason="an eigenvalue is too close to the imaginary axis",
        matrix=A,
        sign_of_trace=decide_sign(A.trace()),
        sign_of_determinant=decide_sign(to_matrix(A).det()) if len(A) <= 12 else None,
    )
    P = lyapunov_matrix(to_floats(A))
    for short in () if P is None else (rounded(P, 24), P):
        v = np.linalg.eigh(short)[1][:, 0]
        stability = _shown_by(to_matrix(A), to_matrix(short), to_matrix(v[:, None]))
        if stability is Stability.ATTRACTING:
            reason = "AᵀP + PA ≺ 0 with P ≻ 0, and every transversal rate is surely negative"
            return replace(undecided, stability=stability, reason=reason, lyapunov=short)
        if stability is Stability.UNSTABLE:
            reason = "AᵀP + PA ≺ 0 with vᵀPv < 0: an eigenvalue has positive real part"
            return replace(undecided, stability=stability, reason=reason, lyapunov=short, vector=v)
    return undecided


def _shown_by(A: flint.arb_mat, P: flint.arb_mat, v: flint.arb_mat) -> Stability:
    """What the symmetric P and the vector v show of A."""
    if not surely_positive_definite(-(A.transpose() * P + P * A)):
        return Stability.UNDECIDED
    if surely_positive_definite(P):
        return Stability.ATTRACTING
    below = decide_sign((v.transpose() * P * v)[0, 0]) == -1
    return Stability.UNSTABLE if below else Stability.UNDECIDED


def lyapunov_matrix(A: Array) -> Array | None:
    """A float64 symmetric P with AᵀP + PA ≺ 0 (approximately), or ``None`` on the imaginary axis.

    With real modal coordinates A = V Λ V⁻¹ (2 × 2 blocks for complex pairs), P = V⁻ᵀ D V⁻¹ with
    D = −diag(sign Re λ) gives AᵀP + PA = -2 V⁻ᵀ diag|Re λ| V⁻¹.
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
    return np.asarray(P / np.abs(P).max())
