"""Fixed points from many starts of Newton's method: a list that may lack points, for any number of rows."""

from __future__ import annotations

import numpy as np

from marginproof.theory.limit.newton import active_set_newton, newton_step
from marginproof.theory.limit.problem import LimitProblem, Outcome
from marginproof.theory.limit.solve import solve
from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.fixed_points import (
    Enumeration,
    FixedPoint,
    evidence,
    fixed_point,
    in_order,
    totals,
)
from marginproof.theory.proofs.krawczyk import certify
from marginproof.theory.proofs.witness import Certainty

EVERY_SUPPORT = 8
"""Distinct rows up to which the search from starts also tries every support (765 short Newton runs)."""


def from_starts(
    problem: LimitProblem,
    digits: int,
    starts: int,
    seed: int,
    reason: str,
    points: list[FixedPoint] | None = None,
) -> Enumeration:
    """Newton's method from corners, the barycentre and random points of the simplex; the flow from w = 0."""
    found = list(points or [])
    tried = starting_points(problem.n_unknowns, starts, seed)
    candidates = _candidates(problem, tried, seed, max(2, 64 // 2**problem.n_unknowns))
    limit = solve(problem)
    if limit.outcome is Outcome.FIXED_POINT:
        candidates.append((totals(problem, limit.weights), limit.gamma))
    for candidate in candidates:
        if candidate[1] <= 0 or _listed(problem, found, candidate[0]):
            continue
        point = _best_word(problem, candidate[0], digits)
        if point.certified or (_open(point) and not _shares_direction(found, point)):
            found.append(point)
    return Enumeration(in_order(found), False, reason.format(starts=len(tried)), starts=len(tried))


def float_solutions(
    problem: LimitProblem, starts: int = 12, seed: int = 0
) -> list[tuple[Array, tuple[int, ...]]]:
    """Solutions (y, support) with strict signs that Newton's method finds, float64, perhaps not all.

    Solutions that differ by less than 1e-7 in some weight are one (Newton ends near 1e-15).
    """
    found: list[tuple[Array, tuple[int, ...]]] = []
    for y, gamma in _candidates(problem, starting_points(problem.n_unknowns, starts, seed), seed, starts):
        off = y == 0
        strict = gamma > 0 and (problem.F(y)[off] > gamma).all()
        if strict and all(np.abs(y - other).max() > 1e-7 for other, _ in found):
            found.append((y, tuple(int(i) for i in np.flatnonzero(~off))))
    return found


def _candidates(
    problem: LimitProblem, tried: list[Array], seed: int, draws: int
) -> list[tuple[Array, float]]:
    """(y, γ) where Newton's method ends from each start and, of few rows, on each support."""
    ends = [_newton(problem, y) for y in tried]
    if problem.n_unknowns <= EVERY_SUPPORT:
        ends += [
            _on_support(problem, y, support) for support, y in _every_support(problem.n_unknowns, seed, draws)
        ]
    return [end for end in ends if end is not None]


def _open(point: FixedPoint) -> bool:
    return point.witness is not None and point.witness.status is Certainty.UNDECIDED


def _shares_direction(points: list[FixedPoint], point: FixedPoint) -> bool:
    """Whether an uncertified point repeats a listed direction (weights that form a continuum)."""
    return any(np.abs(point.direction - other.direction).max() < 1e-7 for other in points)


def _newton(problem: LimitProblem, y: Array) -> tuple[Array, float] | None:
    with np.errstate(all="ignore"):
        candidate = active_set_newton(problem, y)
    return None if candidate is None else (np.maximum(candidate.y, 0), candidate.gamma)


def _every_support(size: int, seed: int, draws: int) -> list[tuple[Array, Array]]:
    """Each support with its barycentre and some random points of its face."""
    random = np.random.default_rng(seed)
    out = []
    for mask in range(1, 2**size):
        support = np.flatnonzero([mask >> i & 1 for i in range(size)])
        shares = [
            np.full(len(support), 1 / len(support)),
            *random.dirichlet(np.ones(len(support)), size=draws),
        ]
        for share in shares:
            y = np.zeros(size)
            y[support] = share
            out.append((support, y))
    return out


def _on_support(problem: LimitProblem, y: Array, support: Array) -> tuple[Array, float] | None:
    """Newton's method on a fixed support, damped to stay inside its face; finds repelling points too."""
    y = y.copy()
    with np.errstate(all="ignore"):
        for _ in range(40):
            step = newton_step(*problem.linearised(y, support), support)
            if step is None or not np.isfinite(step).all():
                return None
            length = float(np.abs(step).sum())
            toward_border = np.min(np.where(step < 0, -y[support] / step, np.inf))
            y[support] += min(1.0, 0.9 * float(toward_border)) * step
            if length < 1e-13:
                F = problem.F(y)
                gamma = float(y @ F)
                slack = 1e-9 * float(np.abs(F).max())
                return (y / y.sum(), gamma) if (gamma - slack <= F).all() else None
    return None


def starting_points(size: int, count: int, seed: int) -> list[Array]:
    """The barycentre, up to count/2 corners (nearly), and softmaxes of normal logits, all on the simplex."""
    random = np.random.default_rng(seed)
    barycentre = np.full(size, 1 / size)
    corners = [0.9 * np.eye(size)[i] + 0.1 * barycentre for i in range(min(size, count // 2))]
    logits = 3 * random.normal(size=(max(count - len(corners) - 1, 0), size))
    softmax = np.exp(logits - logits.max(axis=1, keepdims=True))
    return [barycentre, *corners, *(softmax / softmax.sum(axis=1, keepdims=True))]


def _listed(problem: LimitProblem, points: list[FixedPoint], y: Array) -> bool:
    # Newton's points carry errors near 1e-14 · condition; distinct solutions this close would be
    # a numerical double root, which certify leaves undecided anyway.
    return any(np.abs(totals(problem, point.weights) - y).sum() < 1e-7 for point in points)


def _best_word(problem: LimitProblem, y: Array, digits: int) -> FixedPoint:
    """The point certified if it can be, else as floating-point evidence with the reason."""
    support = np.flatnonzero(y > 0)
    witness = certify(problem, y, tuple(int(i) for i in support), digits)
    if witness.certified:
        return fixed_point(problem, witness)
    return evidence(problem, y, witness)
