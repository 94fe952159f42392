"""Whether a conjecture surely fails: its own function, called with balls (:mod:`marginproof.properties.hunt.ball_numbers`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from marginproof.properties.hunt.ball_numbers import BITS, Ball, Unproved
from marginproof.properties.hunt.ball_prediction import BallPrediction, QuantityBound
from marginproof.properties.hunt.batches import is_batched, of_one
from marginproof.theory.errors import MarginproofError
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import balls
from marginproof.theory.proofs.balls import bounds
from marginproof.theory.proofs.witness import Witness

PLACES = (3, 5, 8, 11)
"""Decimal places of the rational bounds tried, the shortest first."""


@dataclass(frozen=True)
class ViolationProof:
    """Whether a violation is proved at one solution.

    Attributes:
      proved: whether the function surely says no.
      sentence: that, and of which quantities, or why not.
      statements: rational bounds that suffice for the no.
    """

    proved: bool
    sentence: str
    statements: tuple[QuantityBound, ...] = ()


def prove(
    function: Callable[..., Any], problem: LimitProblem, witness: Witness, stated: bool = True
) -> ViolationProof:
    """Ask the function in balls, and look for short rational bounds of the quantities it read that suffice for its no.

    Arguments:
      stated: whether the certificate can state such bounds; one of a limit in tiers cannot.
    """
    with balls(BITS).working():
        said, why, used = _surely_no(function, problem, witness)
        if not said:
            return ViolationProof(False, f"The violation is not proved: {why}.")
        words = [f"{part}[{norm!r}] = {ball}" for (part, norm), ball in used.items()]
        for places in PLACES:
            bounds_ = tuple(
                QuantityBound(part, norm, _rounded_up(ball, places)) for (part, norm), ball in used.items()
            )
            if bounds_ and _surely_no(function, problem, witness, bounds_)[0]:
                words = [f"{part}[{norm!r}] < {bound}" for part, norm, bound in bounds_]
                can = (
                    "states margin ratios and cosines with l2"
                    if stated
                    else "of tiers states the limit alone"
                )
                stated &= all(part == "margin_ratios" or norm == "l2" for part, norm, _ in bounds_)
                where = "" if stated else f" in balls (the certificate {can})"
                return ViolationProof(
                    True, f"The violation is proved{where}: {' and '.join(words)}.", bounds_
                )
    read = " and ".join(words) or "the solution's direction and weights"
    return ViolationProof(True, f"The violation is proved in balls: the function says no for {read}.")


def _rounded_up(ball: Ball, places: int) -> Fraction:
    unit = 10**places
    return Fraction(int(bounds(ball.value)[1] * unit // 1) + 1, unit)


def _surely_no(
    function: Callable[..., Any],
    problem: LimitProblem,
    witness: Witness,
    widened: tuple[QuantityBound, ...] = (),
) -> tuple[bool, str, dict[tuple[str, str], Ball]]:
    asked = BallPrediction(problem, witness, [], widened)
    X = asked.array(problem.X)
    try:
        if is_batched(function):
            said = np.asanyarray(function(X[None], of_one(asked)))
            answer = said[0] if said.shape == (1,) else said
        else:
            answer = function(X, asked)
        if isinstance(answer, np.ndarray) and answer.shape == ():
            answer = answer[()]
        no = not answer if isinstance(answer, (bool, np.bool_)) else bool(Ball.of(answer) < 0)
    except (Unproved, MarginproofError) as cause:
        return False, asked.doubts[0] if asked.doubts else str(cause), asked.used
    except (Exception, SystemExit) as cause:
        reason = (
            asked.doubts[0]
            if asked.doubts
            else f"the function raises {type(cause).__name__} on balls: {cause}"
        )
        return False, reason, asked.used
    if asked.doubts:
        return False, asked.doubts[0], asked.used
    return no, "" if no else "in balls the function does not say no", asked.used
