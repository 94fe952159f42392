"""Limits of the fields that need no flow (GD: a quadratic program; Sign: a linear one) or jump (Signum at finite β).

GD's and sign descent's fields are gradients of convex potentials (I9), so the start does not matter
and the margin problem itself is the answer.  Signum's field at finite β is piecewise constant; its
limit equation is read with u in the closed convex hull of the values nearby (Filippov).  Near c* the
signs that flip fill intervals, so that hull is a box and the limit equation two linear programs.
"""

from __future__ import annotations

from typing import cast

import numpy as np

from marginproof.theory.fields import CyclicSigns
from marginproof.theory.limit.flow import softmax, start_logits
from marginproof.theory.limit.problem import Limit, LimitProblem, Outcome, Stability, complementarity_gap
from marginproof.theory.margins.box_program import best_in_box
from marginproof.theory.margins.max_margin import Margin, l2_margin, linf_margin
from marginproof.theory.number_systems import Array

STEADY = 0.97
"""A sign whose late time average is this near ±1 counts as constant: what is left is the transient of
a start out of place, at most a few of the late steps in a hundred."""
TINY = 1e-280
"""Weights are kept above this, so that the sign of a vanishing batch gradient is still seen."""
SEEN = 1e-12
"""Weights up to this are a linear program's rounding, or a flow's remains."""

FACE = {
    True: "",
    False: "the l_inf max-margin direction is not unique: the margin converges, the direction is one of a face",
    None: "whether the l_inf max-margin direction is unique is undecided; the margin converges in any case",
}
"""What to say where the maximiser is unique, is not, may not be."""


def solve_without_flow(problem: LimitProblem, start: Array | None) -> Limit:
    """The limit for GD, Sign and CyclicSignum; see the module."""
    if problem.field.solved_by == "signs":
        return _cyclic_signum(problem, cast(CyclicSigns, problem.field), start)
    if problem.field.solved_by == "l2":
        return _of_margin(problem, l2_margin(problem.X), "")
    margin = linf_margin(problem.X)
    return _of_margin(problem, margin, FACE[margin.unique])


def _of_margin(problem: LimitProblem, margin: Margin, reason: str) -> Limit:
    """The primal direction and dual weights as a solution of the (set-valued) limit equation."""
    w = np.asarray(margin.direction, dtype=np.float64)
    dual = np.asarray(margin.dual, dtype=np.float64)  # a solver loads one of several equal rows
    c = problem.expand(np.bincount(problem.groups, weights=dual, minlength=problem.n_unknowns))
    F = problem.floats @ w
    gap = complementarity_gap(F, c)
    return Limit.at(c, w, float(c @ F), gap, Stability.ATTRACTING, reason=reason, unique=margin.unique)


def _cyclic_signum(problem: LimitProblem, field: CyclicSigns, start: Array | None) -> Limit:
    """Run the flow to see which signs flip; then two linear programs say whether that is an equilibrium."""
    c, mean_signs = _follow(problem, field, start)
    X = problem.floats
    for flips in _flip_sets(mean_signs):
        signs = np.sign(mean_signs)
        best = best_in_box(
            X, np.where(flips, -1.0, signs).sum(axis=0), np.where(flips, 1.0, signs).sum(axis=0)
        )
        if best is None:
            continue
        u, gamma = best.w, best.value
        inside, held = _settle_flips(u, flips, signs)
        weights = _weights_for(X, field, u, gamma, inside, held)
        if weights is not None:
            return _equilibrium(X, weights, u)
    u = mean_signs.sum(axis=0)
    F = X @ u
    return Limit.at(
        c,
        u,
        float(c @ F),
        complementarity_gap(F, c),
        Stability.UNDECIDED,
        Outcome.UNDECIDED,
        reason="the signs that flip along the flow do not make an equilibrium of the piecewise constant field; "
        "direction is the flow's late time average",
        seen=SEEN,
    )


def _equilibrium(X: Array, c: Array, u: Array) -> Limit:
    reason = "an equilibrium of the piecewise constant field, the signs that flip filling a box; stability not examined"
    margins = X @ u
    gamma = float(margins.min())  # the linear program's own γ errs by its tolerance times the largest row
    if not (margins > X.shape[1] * np.finfo(float).eps * (np.abs(X) @ np.abs(u))).all():
        reason = f"γ={gamma:.3g} is not positive beyond rounding: this optimizer does not separate the data; it follows this direction all the same"
    gap = complementarity_gap(margins, c)
    return Limit.at(c, u, gamma, gap, Stability.UNDECIDED, reason=reason, seen=SEEN)


def _flip_sets(mean_signs: Array) -> list[Array]:
    """Guesses at the signs that flip at the limit: all that do not look constant, or the freest per coordinate."""
    free = np.abs(mean_signs) < STEADY
    freest = np.zeros_like(free)
    freest[np.abs(mean_signs).argmin(axis=0), np.arange(free.shape[1])] = True
    return [free, free & freest]


def _settle_flips(u: Array, flips: Array, signs: Array) -> tuple[Array, Array]:
    """Flips of a coordinate that ended at its bound are no flips: their signs are those of the bound."""
    low = np.where(flips, -1.0, signs).sum(axis=0)
    high = np.where(flips, 1.0, signs).sum(axis=0)
    at_low, at_high = u <= low + 1e-9, u >= high - 1e-9
    held = np.where(flips & at_high, 1.0, np.where(flips & at_low, -1.0, signs))
    return flips & ~at_low & ~at_high, held


def _averages(X: Array, field: CyclicSigns, c: Array) -> Array:
    """L G, shape (K, d): the moving averages whose signs are taken."""
    return field.averages(field.batch_gradients(X, c))


def _follow(problem: LimitProblem, field: CyclicSigns, start: Array | None) -> tuple[Array, Array]:
    """Euler steps that shrink; returns the late means of c, shape (N,), and of the signs, shape (K, d)."""
    X = problem.floats
    n_batches = X.shape[0] // field.batch_size
    largest = float(np.abs(X).sum(axis=1).max()) * n_batches
    steps = 12_000 if n_batches * n_batches * X.shape[1] < 20_000 else 3_000
    a = start_logits(problem, start)
    late = steps // 2
    mean, mean_signs = np.zeros(X.shape[0]), np.zeros((n_batches, X.shape[1]))
    for step in range(steps):
        c = problem.expand(np.maximum(softmax(a), TINY))
        signs = np.sign(_averages(X, field, c))
        if step >= late:
            mean, mean_signs = mean + c, mean_signs + signs / (steps - late)
        a = a - (1 + step / 200) ** -0.7 / largest * (X[problem.representatives] @ signs.sum(axis=0))
        a -= a.max()
    return mean / mean.sum(), mean_signs


def _weights_for(
    X: Array, field: CyclicSigns, u: Array, gamma: float, flips: Array, fixed: Array
) -> Array | None:
    """c on the simplex, zero where F_j > γ, under which exactly the flipping averages vanish; ``None`` if none."""
    from scipy.optimize import linprog

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
