"""Certificate of a limit in tiers: each tier's point, and a box for the direction of the whole."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.proofs.balls import bounds
from marginproof.theory.proofs.certificates.document import Certificate, rows_of
from marginproof.theory.proofs.certificates.points import SHARE_OF_A_POINT, point_entry
from marginproof.theory.proofs.tiers import TieredWitness

DECIMALS = 12
"""Of the stated direction's ends."""


def tiers(problem: LimitProblem, found: TieredWitness, note: str = "") -> Certificate:
    """A solution of the limit equation in tiers, that it attracts, and where its direction lies.

    Raises:
      CertificateError: a tier's witness proves less.
    """
    features = [list(tier.features) for tier in found.tiers]
    points = [point_entry(tier.problem(problem), tier.witness, SHARE_OF_A_POINT) for tier in found.tiers]
    direction = [_decimal_ends(*bounds(value)) for value in found.direction]
    entries = [{"features": columns, "point": point} for columns, point in zip(features, points, strict=True)]
    witness = {"tiers": entries, "direction": direction}
    conclusion = {
        "features": features,
        "supports": [point["support"] for point in points],
        "direction": direction,
    }
    return Certificate("tiers", rows_of(problem.X), witness, conclusion, problem.field, note=note)


def _decimal_ends(low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    unit = 10**DECIMALS
    return Fraction(floor(low * unit) - 1, unit), Fraction(ceil(high * unit) + 1, unit)
