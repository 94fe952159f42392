"""A prediction in balls, at a solution that is proved: the names of a prediction, each an enclosure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any, ClassVar, NamedTuple

import flint
import numpy as np

from marginproof.properties.hunt.ball_numbers import BITS, Ball, Balls, Unproved, extreme
from marginproof.theory.answers import Lazily
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.limit.problem import LimitProblem, Outcome, Stability, Tier
from marginproof.theory.limit.solve import solve
from marginproof.theory.margins.max_margin import Margin, l2_margin, linf_margin
from marginproof.theory.number_systems import Array, balls
from marginproof.theory.optimizers import field_of
from marginproof.theory.proofs.fixed_points import totals
from marginproof.theory.proofs.krawczyk import certify
from marginproof.theory.proofs.tiers import TieredWitness
from marginproof.theory.proofs.witness import Witness


class QuantityBound(NamedTuple):
    """A quantity and what bounds it from above.

    Attributes:
      part: ``margin_ratios`` or ``cosines``.
      norm: the norm or direction, a key of that table.
      bound: a rational above the quantity.
    """

    part: str
    norm: str
    bound: Fraction


@dataclass
class BallPrediction:
    """A prediction in balls: the names of :class:`~marginproof.theory.prediction.Prediction`, at one proved solution.

    Arguments:
      problem: the data, exact, and the field.
      witness: the proof of the solution.
      doubts: shared by all balls made here.
      widened: quantities to be known only up to a rational bound.
      used: the balls that were asked for, by part and norm.
    """

    problem: LimitProblem
    witness: Witness
    doubts: list[str]
    widened: tuple[QuantityBound, ...] = ()
    used: dict[tuple[str, str], Ball] = field(default_factory=dict)
    outcome: ClassVar[Outcome] = Outcome.FIXED_POINT
    unique: ClassVar[bool] = True
    reason: ClassVar[str] = ""

    def array(self, values: Any) -> Any:
        """Balls, or exact numbers, as an array of this prediction's balls."""
        source = np.asarray(values, dtype=object)
        out = np.empty(source.shape, dtype=object)
        for index, value in np.ndenumerate(source):
            out[index] = Ball(Ball.of(value).value, self.doubts)
        return out.view(Balls)

    @property
    def direction(self) -> Any:
        """u of unit ℓ₂ norm, shape (d,)."""
        return self.array(self.witness.direction)

    @property
    def weights(self) -> Any:
        """c, shape (N,); rows off the support are exactly zero."""
        return self.array(self.witness.weights)

    @property
    def gamma(self) -> Ball:
        """γ."""
        return Ball(flint.arb(self.witness.gamma), self.doubts)

    @property
    def residual(self) -> float:
        """0: the solution is exact."""
        return 0.0

    @property
    def support(self) -> tuple[int, ...]:
        """Rows with positive weight."""
        inside = set(self.witness.support)
        return tuple(i for i, group in enumerate(self.problem.groups) if group in inside)

    @property
    def stability(self) -> Stability:
        """As proved."""
        return self.witness.stability

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """As a prediction's, the weights in balls."""
        return tuple(
            Tier(tier.features, self.array(tier.witness.totals), tier.witness.support)
            for tier in (self.witness.tiers if isinstance(self.witness, TieredWitness) else ())
        )

    @property
    def cosines(self) -> Mapping[str, Ball]:
        """As a prediction's."""
        names = {"l2": self._cosine_to_l2, "linf": self._cosine_to_linf, "adamproxy": self._cosine_to_proxy}
        return Lazily({name: partial(self._noted, "cosines", name, make) for name, make in names.items()})

    @property
    def angles(self) -> Mapping[str, Ball]:
        """As a prediction's, in degrees."""
        cosines = self.cosines

        def degrees(name: str) -> Ball:
            turned: flint.arb = cosines[name].arccos().value * 180 / flint.arb.pi()
            return Ball(turned, self.doubts)

        return Lazily({name: partial(degrees, name) for name in cosines})

    @property
    def margin_ratios(self) -> Mapping[str, Ball]:
        """As a prediction's."""
        norms = ("l2", "linf")
        return Lazily(
            {norm: partial(self._noted, "margin_ratios", norm, partial(self._ratio, norm)) for norm in norms}
        )

    def other(self, optimizer: Any, batching: Any = None) -> BallPrediction:
        """Another optimizer's solution, proved; what is read of it is in no certificate."""
        rule = field_of(optimizer, len(self.problem.X), batching)
        return BallPrediction(*proved_solution(LimitProblem(self.problem.X, rule)), self.doubts)

    def __getattr__(self, name: str) -> Any:
        self.doubts.append(f"prediction.{name} is not known in balls")
        raise AttributeError(self.doubts[-1])

    def _noted(self, part: str, norm: str, make: Callable[[], flint.arb]) -> Ball:
        ball = Ball(make(), self.doubts)
        self.used[part, norm] = ball
        for statement in self.widened:
            if statement[:2] == (part, norm):
                return Ball(ball.value.lower().union(Ball.of(statement.bound).value), self.doubts)
        return ball

    def _bracket(self, norm: str) -> tuple[Margin, Array, flint.arb, flint.arb]:
        """(the exact bracket, w of unit norm, min X w, what bounds γ from above), in balls."""
        margin = (l2_margin if norm == "l2" else linf_margin)(self.problem.X)
        convert = balls(BITS).array
        X, w, c = convert(self.problem.X), convert(margin.bracket.primal), convert(margin.bracket.dual)
        w = w / _norm(w, norm)
        dual = X.T @ (c / c.sum())
        upper = _norm(dual, "l2") if norm == "l2" else sum(abs(v) for v in dual)
        return margin, w, extreme("min", list(X @ w)).value, upper

    def _ratio(self, norm: str) -> flint.arb:
        """min X u / ‖u‖ / γ."""
        _, _, lower, upper = self._bracket(norm)
        u = self.witness.direction
        reached = extreme("min", list(balls(BITS).array(self.problem.X) @ u)).value
        return flint.arb(reached / _norm(u, norm) / lower.union(upper))

    def _cosine_to_l2(self) -> flint.arb:
        """u·w* = u·w up to ‖w - w*‖ <= √(2 (1 - lower/upper)) for the bracket's w of unit norm."""
        _, w, lower, upper = self._bracket("l2")
        most = (2 * (1 - lower / upper)).upper()
        away = most.sqrt() if most > 0 else flint.arb(0)
        return flint.arb(
            self.witness.direction @ w + (-away).union(away)
        )  # the checker's distance is at most √2 times this

    def _cosine_to_linf(self) -> flint.arb:
        margin, w, _, _ = self._bracket("linf")
        if margin.unique is not True or margin.bracket.exact_lower != margin.bracket.exact_upper:
            raise self._doubted("the l_inf direction is not known exactly, or not unique")
        return flint.arb(self.witness.direction @ w / _norm(w, "l2"))

    def _cosine_to_proxy(self) -> flint.arb:
        if self.problem.field == AdamProxyField():
            return flint.arb(1)
        return flint.arb(self.witness.direction @ self.other(AdamProxyField()).witness.direction)

    def _doubted(self, why: str) -> Unproved:
        self.doubts.append(why)
        return Unproved(why)


def _norm(values: Array, norm: str) -> flint.arb:
    if norm == "l2":
        return flint.arb((values @ values).sqrt())
    return extreme("max", [abs(v) for v in values]).value


def proved_solution(problem: LimitProblem) -> tuple[LimitProblem, Witness]:
    """The solution that the flow from w = 0 leads to, enclosed.

    Raises:
      Unproved: it is no fixed point of a smooth field, or has no enclosure.
    """
    limit = solve(problem)
    if limit.outcome is not Outcome.FIXED_POINT or not problem.field.smooth:
        raise Unproved(f"the limit of {type(problem.field).__name__} is no enclosed fixed point")
    y = totals(problem, limit.weights)
    witness = certify(problem, y, np.flatnonzero(y).tolist())
    if not witness.certified:
        raise Unproved(f"the point is not enclosed: {witness.reason}")
    return problem, witness
