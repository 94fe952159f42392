"""How surely a limit is known: digits, the proof of a fixed point, the exact bracket of an ℓ∞ limit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from marginproof.theory.fields import Field
from marginproof.theory.limit.problem import Limit, LimitProblem, Stability, residual
from marginproof.theory.number_systems import Array

if TYPE_CHECKING:  # proofs are imported where one is asked for
    from marginproof.theory.prediction import Prediction
    from marginproof.theory.proofs.witness import Witness

FLOAT_DIGITS = 15
"""Decimal digits certified when none are asked for: all that a float64 shows."""
MARGIN_WIDTH = 1e-12
"""Relative width of an exact bracket that counts as certifying an ℓ∞ limit."""


@dataclass(frozen=True)
class Digits:
    """A limit written out to ``count`` decimal digits.

    Attributes:
      count: digits asked for.
      weights, direction: decimal strings, shapes (N,) and (d,).
    """

    count: int
    weights: tuple[str, ...]
    direction: tuple[str, ...]


def refine(problem: LimitProblem, prediction: Prediction, digits: int | None, proof: bool) -> Prediction:
    """Polish, and enclose where a proof is asked for."""
    if digits is None and not proof:
        return prediction
    from marginproof.theory.proofs.krawczyk import certify
    from marginproof.theory.proofs.precision import PolishError, polish

    limit = prediction.limit
    if limit.tiers:
        return _refine_tiers(problem, prediction, digits, proof)
    totals = np.bincount(problem.groups, weights=limit.weights)
    support = sorted({int(problem.groups[i]) for i in limit.support})
    if proof:
        witness = certify(problem, totals, support, digits or FLOAT_DIGITS)
        prediction = _with_proof(problem, prediction, witness)
    if digits is None:
        return prediction
    try:
        point = polish(problem, totals, support, digits)
    except PolishError as cause:
        return replace(prediction, proof=prediction.proof or str(cause))
    written = Digits(digits, _strings(point.weights, digits), _strings(point.direction, digits))
    return replace(prediction, digits=written)


def _refine_tiers(
    problem: LimitProblem, prediction: Prediction, digits: int | None, proof: bool
) -> Prediction:
    """The same where the limit equation comes in tiers: the balls that prove it have the digits too."""
    from marginproof.theory.proofs.balls import decimal
    from marginproof.theory.proofs.tiers import certify_tiers

    witness = certify_tiers(problem, prediction.limit.tiers, digits or FLOAT_DIGITS)
    found = _with_proof(problem, prediction, witness) if proof else prediction
    if digits is None or not witness.certified:
        return found if proof else replace(found, proof=witness.reason)
    weights, direction = (
        tuple(decimal(value, digits) for value in values) for values in (witness.weights, witness.direction)
    )
    return replace(found, digits=Digits(digits, weights, direction))


def _strings(numbers: Array, digits: int) -> tuple[str, ...]:
    import mpmath

    return tuple(mpmath.nstr(number, digits, strip_zeros=False) for number in numbers)


def _with_proof(problem: LimitProblem, prediction: Prediction, witness: Witness) -> Prediction:
    from marginproof.theory.proofs.balls import to_floats

    if not witness.certified:
        return replace(prediction, proof=witness.reason)
    weights = to_floats(witness.weights)
    limit = replace(  # the witness's middles, so that the numbers shown are the ones proved
        prediction.limit,
        weights=weights,
        support=tuple(int(i) for i in np.flatnonzero(weights > 0)),
        direction=to_floats(witness.direction),
        residual=_residual(problem, prediction.limit, to_floats(witness.totals)),
        stability=witness.stability,
    )
    known = witness.stability is not Stability.UNDECIDED
    of = f", in each of {len(limit.tiers)} tiers," if limit.tiers else ""
    what = f"existence, uniqueness nearby, signs and stability ({witness.stability.value}){of} proved in rigorous balls"
    return replace(
        prediction,
        limit=limit,
        witness=witness,
        certified=known,
        certified_digits=witness.digits,
        proof=what if known else f"existence is proved, stability is not: {witness.proof.reason}",
    )


def _residual(problem: LimitProblem, limit: Limit, totals: Array) -> float:
    """The residual at proved weights; in tiers, whose later weights are not among them, that of the tiers as found."""
    return limit.residual if limit.tiers else residual(problem, totals)


def provable(field: Field) -> bool:
    """Whether any proof of a limit is known for this field."""
    return field.smooth or field.solved_by == "linf"


def certify_piecewise(problem: LimitProblem, prediction: Prediction) -> Prediction:
    """An ℓ∞ limit is certified by its exact bracket, if the maximiser is surely unique."""
    margin = prediction.linf
    if not provable(problem.field):
        return replace(prediction, proof="no proof is known for a piecewise constant field at finite β")
    width = Fraction(margin.bracket.upper) / Fraction(margin.bracket.lower) - 1
    if margin.unique and width <= MARGIN_WIDTH:
        done = f"the l_inf margin is bracketed exactly (relative width {float(width):.1e}) and its maximiser is unique"
        return replace(prediction, certified=True, certified_digits=None, proof=done)
    reason = (
        "the l_inf maximiser is not known to be unique"
        if width <= MARGIN_WIDTH
        else "the bracket is too wide"
    )
    return replace(prediction, proof=f"{reason}; the margin itself is bracketed to {float(width):.1e}")
