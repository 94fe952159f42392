"""Limits of the fields that need no flow (GD: a quadratic program; Sign: a linear one) or jump (Signum at finite β).

GD's and sign descent's fields are gradients of convex potentials (I9), so the start does not matter
and the margin problem itself is the answer.  Signum's field at finite β is piecewise constant; its
limit equation is read with u in the closed convex hull of the values nearby (Filippov).  Near c* the
signs that flip fill intervals, so that hull is a box and the limit equation two linear programs.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from theory.fields import GD, CyclicSignum, cyclic_weights
from theory.flow import softmax, start_logits
from theory.limit import Limit, LimitProblem, Outcome, Stability, complementarity_gap
from theory.margins import Margin, l2_margin, linf_margin
from theory.numbers import Array

TINY = 1e-280
"""Weights are kept above this, so that the sign of a vanishing batch gradient is still seen."""


def solve_without_flow(problem: LimitProblem, start: Array | None) -> Limit:
    """The limit for GD, Sign and CyclicSignum; see the module."""
    if isinstance(problem.field, CyclicSignum):
        return _cyclic_signum(problem, problem.field, start)
    if isinstance(problem.field, GD):
        return _of_margin(problem, l2_margin(problem.X), "")
    margin = linf_margin(problem.X)
    reason = "" if margin.unique else (
        "the l_inf max-margin direction is not unique: the margin converges, the direction is one of a face"
    )
    return _of_margin(problem, margin, reason)


def _of_margin(problem: LimitProblem, margin: Margin, reason: str) -> Limit:
    """The primal direction and dual weights as a solution of the (set-valued) limit equation."""
    w = np.asarray(margin.direction, dtype=np.float64)
    c = np.asarray(margin.dual, dtype=np.float64)
    F = problem.floats @ w
    gamma = float(c @ F)
    return Limit(
        outcome=Outcome.FIXED_POINT,
        weights=c,
        direction=w / np.linalg.norm(w),
        gamma=gamma,
        support=tuple(int(i) for i in np.flatnonzero(c > 0)),
        residual=complementarity_gap(F, c),
        stability=Stability.ATTRACTING,
        reason=reason,
        unique=bool(margin.unique),
    )


def _cyclic_signum(problem: LimitProblem, field: CyclicSignum, start: Array | None) -> Limit:
    """Run the flow to see which signs flip; then two linear programs say whether that is an equilibrium."""
    c, flips, fixed = _follow(problem, field, start)
    X = problem.floats
    lower = np.where(flips, -1.0, fixed).sum(axis=0)
    upper = np.where(flips, 1.0, fixed).sum(axis=0)
    u, gamma = _best_in_box(X, lower, upper)
    weights = _weights_for(X, field, u, gamma, flips, fixed)
    found = weights is not None
    F = X @ u
    c = weights if weights is not None else c
    if not found:
        reason = "the signs that flip along the flow do not make an equilibrium of the piecewise constant field"
    elif gamma <= 0:
        reason = f"γ={gamma:.3g} <= 0: this optimizer does not separate the data; it follows this direction all the same"
    else:
        reason = "an equilibrium of the piecewise constant field (signs that flip fill a box); stability not examined"
    return Limit(
        outcome=Outcome.FIXED_POINT if found else Outcome.UNDECIDED,
        weights=c,
        direction=u / max(float(np.linalg.norm(u)), 1e-300),
        gamma=gamma,
        support=tuple(int(i) for i in np.flatnonzero(c > 1e-12)),
        residual=complementarity_gap(F, c),
        stability=Stability.UNDECIDED,
        reason=reason,
    )


def _averages(X: Array, field: CyclicSignum, c: Array) -> Array:
    """(W G), shape (K, d): the moving averages whose signs Signum takes."""
    G = field.batch_gradients(X, c)
    return cyclic_weights(field.beta, len(G)) @ G


def _follow(problem: LimitProblem, field: CyclicSignum, start: Array | None) -> tuple[Array, Array, Array]:
    """Euler steps that shrink; returns the mean c, which signs flipped late (K × d), and the signs."""
    X = problem.floats
    n_batches = X.shape[0] // field.batch_size
    largest = float(np.abs(X).sum(axis=1).max()) * n_batches
    steps = 12_000 if n_batches * n_batches * X.shape[1] < 20_000 else 3_000
    a = start_logits(problem, start)
    late = steps // 2
    least = np.full((n_batches, X.shape[1]), 1.0)
    most, mean = -least, np.zeros(X.shape[0])
    for step in range(steps):
        c = problem.expand(np.maximum(softmax(a), TINY))
        signs = np.sign(_averages(X, field, c))
        if step >= late:
            least, most, mean = np.minimum(least, signs), np.maximum(most, signs), mean + c
        a = a - (1 + step / 200) ** -0.7 / largest * (X[problem.representatives] @ signs.sum(axis=0))
        a -= a.max()
    return mean / mean.sum(), least < most, most


def _best_in_box(X: Array, lower: Array, upper: Array) -> tuple[Array, float]:
    """max γ over u in the box with X u >= γ."""
    n, d = X.shape
    answer = linprog(
        np.append(np.zeros(d), -1.0),
        A_ub=np.hstack([-X, np.ones((n, 1))]),
        b_ub=np.zeros(n),
        bounds=[*zip(lower, upper, strict=True), (None, None)],
        method="highs",
    )
    return answer.x[:d], float(answer.x[d])


def _weights_for(
    X: Array, field: CyclicSignum, u: Array, gamma: float, flips: Array, fixed: Array
) -> Array | None:
    """c on the simplex, zero where F_j > γ, under which exactly the flipping averages vanish; ``None`` if none."""
    n, d = X.shape
    basis = np.stack([_averages(X, field, e) for e in np.eye(n)], axis=-1)  # (K, d, N), linear in c
    scale = float(np.abs(X).max())
    slack = X @ u - gamma > 1e-7 * scale * d
    signed = -(fixed[..., None] * basis)[~flips]
    answer = linprog(
        np.zeros(n),
        A_ub=signed if signed.size else None,
        b_ub=np.zeros(len(signed)) if signed.size else None,
        A_eq=np.vstack([basis[flips], np.ones((1, n))]),
        b_eq=np.append(np.zeros(int(flips.sum())), 1.0),
        bounds=[(0.0, 0.0 if s else None) for s in slack],
        method="highs",
    )
    if answer.status != 0:
        return None
    c = np.maximum(answer.x, 0.0)
    return np.asarray(c / c.sum())

