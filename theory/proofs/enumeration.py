"""Every solution of the limit equation on one data set: all the limits an optimizer can have there.

Up to :data:`EXHAUSTIVE` distinct rows, interval branch and bound (:mod:`marginproof.theory.proofs.branch_and_bound`)
decides the whole simplex; each box that holds one zero is matched with a point certified by
:mod:`marginproof.theory.proofs.krawczyk`, so that the list is complete and free of repetitions by proof.  With more
rows, many starts of Newton's method give a list that may lack points.

Points are told apart by their weights: where N = d and the support is full, u is parallel to X⁻¹1
at every interior solution, so that two points of different stability can share a direction.

Example:
  >>> import numpy as np
  >>> from marginproof.theory.fields import AdamProxyField
  >>> from marginproof.theory.limit.problem import LimitProblem
  >>> found = enumerate_all(LimitProblem(np.array([[5, 1], [1, 4]]), AdamProxyField()))
  >>> found.complete, [(float(point.weights[0].round(6)), point.stability.value) for point in found.points]
  (True, [(0.868826, 'attracting'), (0.772378, 'unstable'), (0.0, 'attracting')])
"""

from __future__ import annotations

import numpy as np

from marginproof.theory.limit.problem import LimitProblem, Outcome
from marginproof.theory.limit.scaling import gamma_factor, rescaled, unit_scale
from marginproof.theory.limit.solve import solve
from marginproof.theory.margins.l2 import min_norm_weights
from marginproof.theory.proofs.balls import bounds
from marginproof.theory.proofs.boxes import Leaf, LeafKind
from marginproof.theory.proofs.branch_and_bound import search
from marginproof.theory.proofs.fixed_points import (
    Enumeration,
    FixedPoint,
    evidence,
    fixed_point,
    from_limit,
    in_order,
    scaled_back,
)
from marginproof.theory.proofs.krawczyk import certify
from marginproof.theory.proofs.multi_start import from_starts
from marginproof.theory.proofs.rational import certify_linear
from marginproof.theory.proofs.witness import Certainty, Witness
from marginproof.theory.threads import one_thread_if_small

EXHAUSTIVE = 6
"""Distinct rows up to which branch and bound is tried unasked (about 0.1 s at 6 on easy data)."""


@one_thread_if_small
def enumerate_all(
    problem: LimitProblem,
    *,
    complete: bool | None = None,
    digits: int = 15,
    max_boxes: int = 200_000,
    starts: int = 64,
    seed: int = 0,
) -> Enumeration:
    """Every solution of the limit equation.

    Arguments:
      problem: data and field.
      complete: True asks for branch and bound at any N, False forbids it, ``None`` tries it up to
        :data:`EXHAUSTIVE` distinct rows.
      digits: of each point's witness.
      max_boxes: budget of the branch and bound; when it is spent the list comes from the starts.
      starts: starting points of the search by Newton's method, where that is needed.
      seed: of the random ones among them.
    """
    scale = unit_scale(problem.X)
    if scale != 1:
        found = enumerate_all(
            rescaled(problem, scale),
            complete=complete,
            digits=digits,
            max_boxes=max_boxes,
            starts=starts,
            seed=seed,
        )
        return scaled_back(found, gamma_factor(problem, scale))
    require_separable(problem)
    if not problem.field.smooth:
        return _sign_fields(problem, starts, seed)
    if problem.gradient_like:
        return _linear(problem, digits)
    wanted = problem.n_unknowns <= EXHAUSTIVE if complete is None else complete
    if not wanted:
        reason = f"n={problem.n_unknowns} distinct rows: searched from {{starts}} starts, not exhaustively"
        return from_starts(problem, digits, starts, seed, reason)
    tree = search(problem, max_boxes=max_boxes)
    points, reason = _points_of(problem, tree.leaves, digits)
    reason = tree.reason or reason
    if not reason:
        return Enumeration(in_order(points), True, "", tree.boxes, tree.leaves)
    more = from_starts(problem, digits, starts, seed, reason, points)
    return Enumeration(more.points, False, reason, tree.boxes, tree.leaves, more.starts)


def require_separable(problem: LimitProblem) -> None:
    """Raise :class:`~marginproof.theory.errors.NotSeparableError`, with its certificate, unless some w has X w > 0."""
    rows = problem.floats[problem.representatives]
    w = rows.T @ min_norm_weights(rows)
    # Every product x_i·w of a sum of d terms errs by at most d ulps of Σ|x_ik w_k|.
    allowance = rows.shape[1] * np.finfo(float).eps * (np.abs(rows) @ np.abs(w))
    if not (rows @ w > allowance).all():
        from marginproof.theory.margins.max_margin import l2_margin

        l2_margin(problem.X)


def _points_of(problem: LimitProblem, leaves: tuple[Leaf, ...], digits: int) -> tuple[list[FixedPoint], str]:
    """One certified point for all the leaves that hold it, and a reason if some leaf has none."""
    known: list[Witness] = []
    reason = ""
    for leaf in leaves:
        if leaf.guess is None:
            continue
        if any(_surely_inside(leaf, witness) for witness in known):
            continue
        support = tuple(int(i) for i in np.flatnonzero(leaf.guess))
        found = certify(problem, leaf.guess / leaf.guess.sum(), support, digits)
        if found.status is Certainty.UNDECIDED:
            reason = found.reason
        elif not _surely_inside(leaf, found):
            reason = f"the zero certified on support={leaf.support} is not surely the one in its box"
        else:
            known.append(found)
    points = [fixed_point(problem, witness) for witness in known if witness.certified]
    return points, reason


def _surely_inside(leaf: Leaf, witness: Witness) -> bool:
    """Whether the enclosed zero is the one of the leaf: same support, and r inside the inflated box."""
    if leaf.kind is not LeafKind.UNIQUE:
        return witness.support == (leaf.chart,)
    if witness.support != leaf.support:
        return False
    low, high = leaf.inflated_lower, leaf.inflated_upper
    assert low is not None
    assert high is not None
    scale_low, scale_high = bounds(witness.totals[leaf.chart])
    for j in leaf.support:
        if j == leaf.chart:
            continue
        weight_low, weight_high = bounds(witness.totals[j])
        positive = weight_low > 0 and scale_low > 0
        if not (positive and weight_low / scale_high > low[j] and weight_high / scale_low < high[j]):
            return False
    return True


def _linear(problem: LimitProblem, digits: int) -> Enumeration:
    """GD (or I6): the direction is unique by convexity, so one certified point is all."""
    y = min_norm_weights(problem.floats[problem.representatives])
    witness = certify_linear(problem, y, tuple(int(i) for i in np.flatnonzero(y)), digits)
    if witness.certified:
        return Enumeration((fixed_point(problem, witness),), True, "")
    if witness.status is Certainty.EXCLUDED:
        return Enumeration((), True, witness.reason)
    return Enumeration((evidence(problem, y, witness),), False, witness.reason)


def _sign_fields(problem: LimitProblem, starts: int, seed: int) -> Enumeration:
    """Sign: the face of ℓ∞ max-margin directions as one point.  CyclicSignum: what some starts find."""
    d = problem.X.shape[1]
    scale = 1 / max(float(np.abs(problem.floats).max()), 1e-300)
    random = np.random.default_rng(seed)
    single = problem.field.solved_by == "linf"
    trials = [None] if single else [None, *(scale * random.normal(size=(min(starts, 8), d)))]
    points: list[FixedPoint] = []
    for start in trials:
        limit = solve(problem, start)
        known = any(np.abs(point.direction - limit.direction).max() < 1e-7 for point in points)
        if limit.outcome is Outcome.FIXED_POINT and not known:
            points.append(from_limit(limit))
    if single:
        unique = bool(points) and points[0].unique is True
        reason = "" if unique or not points else points[0].reason
        return Enumeration(tuple(points), unique, reason, starts=1)
    reason = f"{type(problem.field).__name__} jumps: followed from {len(trials)} starts, not exhaustively"
    return Enumeration(in_order(points), False, reason, starts=len(trials))
