"""One solution of the limit equation, proved or found in floating point, and a list of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from marginproof.theory.limit.problem import Limit, LimitProblem, Stability
from marginproof.theory.limit.stability import classify
from marginproof.theory.notebook import enumeration_table
from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.balls import decimal, to_floats
from marginproof.theory.proofs.boxes import Leaf
from marginproof.theory.proofs.witness import Witness

SAME = 1e-9
"""Unit directions that agree to this in every coordinate are shown as one: enclosures are narrower by far,
and distinct fixed points nearer than that would be numerical double roots, which stay undecided."""


@dataclass(frozen=True)
class FixedPoint:
    """One solution of the limit equation.

    Attributes:
      weights: c, float64, shape (N,).
      direction: u(c) of unit ℓ₂ norm, float64, shape (d,).
      gamma: γ.
      support: rows with positive weight.
      stability: proved where ``certified``, else evidence from float64 eigenvalues.
      certified: whether existence is proved.
      reason: why not, or the reason of the stability verdict.
      witness: the proof, with enclosed weights and direction; ``None`` for sign fields.
      unique: False where the direction is one of a continuum, None where that is undecided.
    """

    weights: Array
    direction: Array
    gamma: float
    support: tuple[int, ...]
    stability: Stability
    certified: bool
    reason: str
    witness: Witness | None = None
    unique: bool | None = True

    def written(self, digits: int) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """Weights and unit direction in decimals (:func:`~marginproof.theory.proofs.balls.decimal`); ``None`` unless proved."""
        if self.witness is None or not self.witness.certified:
            return None
        weights, direction = self.witness.weights, self.witness.direction
        return tuple(decimal(c, digits) for c in weights), tuple(decimal(u, digits) for u in direction)


@dataclass(frozen=True)
class Enumeration:
    """The solutions found, and whether they are surely all.

    Attributes:
      points: the solutions, by decreasing first weights.
      complete: whether no other solution exists, by proof.
      reason: why the list may lack points, one clause; empty when complete.
      boxes: boxes looked at by branch and bound (0 if it did not run).
      leaves: its decided boxes, for a certificate.
      starts: starts of Newton's method (0 if none was needed).
    """

    points: tuple[FixedPoint, ...]
    complete: bool
    reason: str
    boxes: int = 0
    leaves: tuple[Leaf, ...] = ()
    starts: int = 0

    @property
    def directions(self) -> tuple[tuple[Array, tuple[int, ...]], ...]:
        """Each distinct limit direction once, with the positions in ``points`` of those that share it."""
        groups: list[tuple[Array, list[int]]] = []
        for number, point in enumerate(self.points):
            for direction, members in groups:
                if np.abs(point.direction - direction).max() <= SAME:
                    members.append(number)
                    break
            else:
                groups.append((point.direction, [number]))
        return tuple((direction, tuple(members)) for direction, members in groups)

    def _repr_html_(self) -> str:
        """A table, for notebooks."""
        return enumeration_table(self)


def fixed_point(problem: LimitProblem, witness: Witness) -> FixedPoint:
    """A certified witness as a :class:`FixedPoint`."""
    assert witness.gamma is not None
    return FixedPoint(
        weights=to_floats(witness.weights),
        direction=to_floats(witness.direction),
        gamma=float(witness.gamma),
        support=rows_of(problem, witness.support),
        stability=witness.stability,
        certified=witness.certified,
        reason=witness.proof.reason,
        witness=witness,
    )


def evidence(problem: LimitProblem, y: Array, witness: Witness) -> FixedPoint:
    """A point that could not be certified, as floating-point evidence with the reason."""
    u = problem.direction(y)
    return FixedPoint(
        weights=problem.expand(y),
        direction=u / np.linalg.norm(u),
        gamma=float(y @ problem.F(y)),
        support=rows_of(problem, witness.support),
        stability=classify(problem, y, np.flatnonzero(y > 0)),
        certified=False,
        reason=witness.reason,
        witness=witness,
    )


def from_limit(limit: Limit) -> FixedPoint:
    """What the flow of a sign field ended on, as floating-point evidence."""
    return FixedPoint(
        weights=limit.weights,
        direction=limit.direction,
        gamma=limit.gamma,
        support=limit.support,
        stability=limit.stability,
        certified=False,
        reason=limit.reason or "a sign field: see the bracket of its l_inf margin",
        unique=limit.unique,
    )


def scaled_back(found: Enumeration, factor: Fraction) -> Enumeration:
    """The list with every γ and proof multiplied by a power of two: from rescaled data back to the data themselves."""
    points = tuple(
        replace(
            point,
            gamma=float(Fraction(point.gamma) * factor) if math.isfinite(point.gamma) else point.gamma,
            witness=None if point.witness is None else point.witness.in_units(factor),
        )
        for point in found.points
    )
    return replace(found, points=points)


def totals(problem: LimitProblem, weights: Array) -> Array:
    """y, shape (G,): the weights c of all rows summed over equal ones."""
    return np.bincount(problem.groups, weights=weights, minlength=problem.n_unknowns)


def rows_of(problem: LimitProblem, support: tuple[int, ...]) -> tuple[int, ...]:
    """The rows of the data that belong to a support of distinct rows."""
    return tuple(int(i) for i in np.flatnonzero(np.isin(problem.groups, support)))


def in_order(points: list[FixedPoint]) -> tuple[FixedPoint, ...]:
    """By decreasing first weights."""
    return tuple(sorted(points, key=lambda point: point.weights.tolist(), reverse=True))
