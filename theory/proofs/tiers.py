"""Proof of a limit in tiers: each tier's point in rigorous balls, with what earlier tiers give as a ball.

Tier t's equation has F = offset + X_K u_K on the rows that it decides; its offset is enclosed from the points proved before.

Example:
  >>> import numpy as np
  >>> from marginproof.theory.fields import AdamProxyField
  >>> from marginproof.theory.limit.solve import solve
  >>> from marginproof.theory.proofs.balls import to_floats
  >>> problem = LimitProblem(np.array([[5, 1, 0], [1, 4, 0], [6, 6, 3], [7, 6, 3]]), AdamProxyField())
  >>> found = certify_tiers(problem, solve(problem).tiers)
  >>> found.certified, [tier.features for tier in found.tiers], to_floats(found.direction).round(6)
  (True, [(0, 1), (2,)], array([0.57735, 0.57735, 0.57735]))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from marginproof.theory.limit.problem import LimitProblem, Stability, Tier
from marginproof.theory.limit.tiers import TierProblem, eligible_rows
from marginproof.theory.number_systems import Array, decide_sign
from marginproof.theory.proofs.krawczyk import certify
from marginproof.theory.proofs.precision import working_balls
from marginproof.theory.proofs.witness import Certainty, Witness


@dataclass(frozen=True)
class TierWitness:
    """One tier's proof.

    Attributes:
      features: its columns; witness: the point, on the distinct rows of the whole.
      offset: what earlier tiers contribute to F, balls, shape (G,).
      eligible: the rows that this tier decides, bool, shape (G,).
    """

    features: tuple[int, ...]
    witness: Witness
    offset: Array
    eligible: Array

    def problem(self, whole: LimitProblem) -> TierProblem:
        """The tier's equation."""
        columns = whole.X[:, list(self.features)]
        return TierProblem(columns, whole.field, whole, self.offset, self.eligible)


@dataclass(frozen=True)
class TieredWitness(Witness):
    """The proof of a limit in tiers: support, weights and γ are the first tier's, the direction is the whole one.

    Attributes:
      tiers: the proof of each; the other attributes are those of :class:`~marginproof.theory.proofs.witness.Witness`.
    """

    tiers: tuple[TierWitness, ...] = ()

    def in_units(self, factor: Fraction) -> TieredWitness:
        """The same of data on which F is ``factor`` times as large, a power of two."""
        if factor == 1 or not self.certified:
            return self
        ball = flint.arb(flint.fmpq(factor.numerator, factor.denominator))
        tiers = tuple(
            replace(tier, witness=tier.witness.in_units(factor), offset=tier.offset * ball)
            for tier in self.tiers
        )
        return replace(self, gamma=tiers[0].witness.gamma, tiers=tiers)


def certify_tiers(problem: LimitProblem, tiers: Sequence[Tier], digits: int = 15) -> Witness:
    """Prove every tier's point, that it attracts, and that the levels increase.

    Arguments:
      problem: data with zero entries and a field of degree 0.
      tiers: approximate, as :func:`~marginproof.theory.limit.solve.solve` found them.
      digits: of the boxes.

    Returns:
      a :class:`TieredWitness`, or the first tier's witness that proves less, with the reason.
    """
    with working_balls(2 * digits + 15) as numbers:
        rows = numbers.array(problem.X[problem.representatives])
        u = np.full(problem.X.shape[1], flint.arb(0), dtype=object)
        decided = np.zeros(len(u), dtype=bool)
        proved: list[TierWitness] = []
        for tier in tiers:
            decided[list(tier.features)] = True
            eligible = eligible_rows(problem.floats[problem.representatives], decided, list(tier.features))
            found = _one(problem, tier, rows @ u, eligible, digits)
            reason = _lacking(found.witness, proved)
            if reason:
                return replace(
                    found.witness, status=Certainty.UNDECIDED, reason=f"tier {len(proved) + 1}: {reason}"
                )
            proved.append(found)
            u[list(tier.features)] = _direction(problem, found, numbers)
        return _whole(problem, proved, u / (u * u).sum().sqrt())


def _one(problem: LimitProblem, tier: Tier, offset: Array, eligible: Array, digits: int) -> TierWitness:
    start = TierWitness(tier.features, Witness(Certainty.UNDECIDED), offset, eligible)
    return replace(start, witness=certify(start.problem(problem), tier.totals, tier.support, digits))


def _lacking(witness: Witness, before: list[TierWitness]) -> str:
    """Why a tier's point is not proved, or not regular; empty where it is."""
    if not witness.certified:
        return witness.reason
    if witness.stability is not Stability.ATTRACTING or not witness.strict:
        return f"that the point attracts is not proved: {witness.proof.reason or witness.reason}"
    if before and decide_sign(_level(witness) - _level(before[-1].witness)) != 1:
        return "its level is not surely above that of the tier before"
    return ""


def _level(witness: Witness) -> flint.arb:
    assert witness.gamma is not None  # it is certified
    return witness.gamma


def _direction(problem: LimitProblem, found: TierWitness, numbers: Any) -> Array:
    tier = found.problem(problem).over(numbers)
    return tier.direction(found.witness.totals, numbers)


def _whole(problem: LimitProblem, proved: list[TierWitness], direction: Array) -> TieredWitness:
    first = proved[0].witness
    kept = {name: getattr(first, name) for name in ("totals", "weights", "gamma", "radius", "digits", "bits")}
    return TieredWitness(
        Certainty.CERTIFIED,
        support=first.support,
        chart=first.chart,
        proof=first.proof,
        direction=direction,
        tiers=tuple(proved),
        **kept,
    )
