"""Whether a conjecture surely fails: its own function, called with balls.

A :class:`Ball` behaves as a number whose true value lies in it.  A comparison that the ball does not decide, or a turn
to a float, ends the proof; so what the function returns is true of the exact quantities.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any, ClassVar, NamedTuple

import flint
import numpy as np

from marginproof.properties.hunt.batches import is_batched, of_one
from marginproof.theory.answers import Lazily
from marginproof.theory.errors import MarginproofError
from marginproof.theory.limit.problem import LimitProblem, Outcome, Stability
from marginproof.theory.limit.solve import solve
from marginproof.theory.margins.max_margin import Margin, l2_margin, linf_margin
from marginproof.theory.number_systems import Array, balls, decide_sign
from marginproof.theory.optimizers import field_of
from marginproof.theory.proofs.balls import bounds
from marginproof.theory.proofs.fixed_points import totals
from marginproof.theory.proofs.krawczyk import certify
from marginproof.theory.proofs.witness import Witness

BITS = 128
PLACES = (3, 5, 8, 11)
"""Decimal places of the rational bounds tried, the shortest first."""


class Unproved(ArithmeticError):
    """A question that balls do not answer; the text says which."""


class Balls(np.ndarray):
    """An object array of balls, whose minimum and maximum are enclosed and not decided."""

    def min(self, axis: Any = None, *_: Any, **__: Any) -> Any:
        """The enclosure of the minimum, over all entries or along one axis."""
        return self._extreme("min", axis)

    def max(self, axis: Any = None, *_: Any, **__: Any) -> Any:
        """The enclosure of the maximum, over all entries or along one axis."""
        return self._extreme("max", axis)

    def _extreme(self, which: str, axis: int | None) -> Any:
        if axis is None:
            return _extreme(which, list(self.flat))
        rows = np.moveaxis(self, axis, -1)
        out = np.empty(rows.shape[:-1], dtype=object)
        for index in np.ndindex(out.shape):
            out[index] = _extreme(which, list(rows[index]))
        return out.view(Balls)


def _extreme(which: str, values: list[Any]) -> Ball:
    found = Ball.of(values[0]).value
    for value in values[1:]:
        found = getattr(found, which)(Ball.of(value).value)
    return Ball(found, Ball.of(values[0]).doubts)


@dataclass(frozen=True, eq=False)
class Ball:
    """A real number known up to a radius.

    Attributes:
      value: the ball.
      doubts: where a question that it could not answer is noted, so that a function which catches the error proves nothing.
    """

    value: flint.arb
    doubts: list[str] = field(default_factory=list, repr=False)
    array: ClassVar[type] = Balls

    @staticmethod
    def of(value: Any) -> Ball:
        """A number, exact, as a ball."""
        return value if isinstance(value, Ball) else Ball(balls(BITS).convert(value))

    def _doubt(self, what: str) -> Unproved:
        self.doubts.append(what)
        return Unproved(what)

    def _with(self, other: Any, operation: Callable[[Any, Any], Any]) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        try:
            ball = Ball.of(other)
        except (TypeError, ValueError):
            return NotImplemented
        found = operation(self.value, ball.value)
        if not found.is_finite():
            raise self._doubt(f"a result is not bounded ({found})")
        return Ball(found, self.doubts)

    def __add__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a + b)

    def __sub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a - b)

    def __mul__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a * b)

    def __truediv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a / b)

    def __rsub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b - a)

    def __rtruediv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b / a)

    __radd__, __rmul__ = __add__, __mul__

    def __pow__(self, power: Any) -> Any:
        return self._with(power, lambda a, b: a**b)

    def __neg__(self) -> Ball:
        return Ball(-self.value, self.doubts)

    def __pos__(self) -> Ball:
        return self

    def __abs__(self) -> Ball:
        return Ball(abs(self.value), self.doubts)

    def _sign_against(self, other: Any) -> int:
        difference = self - other
        if not isinstance(difference, Ball):
            raise self._doubt("a ball is compared with an array")
        sign = decide_sign(difference.value)
        if sign is None:
            raise self._doubt(f"a comparison is undecided: {self} and {Ball.of(other)} overlap")
        return sign

    def __lt__(self, other: Any) -> bool:
        return self._sign_against(other) < 0

    def __le__(self, other: Any) -> bool:
        return self._sign_against(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self._sign_against(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self._sign_against(other) >= 0

    def __eq__(self, other: object) -> bool:
        return self._sign_against(other) == 0

    def __ne__(self, other: object) -> bool:
        return self._sign_against(other) != 0

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return self != 0

    def __float__(self) -> float:
        raise self._doubt(
            "the function turns a ball into a float (float(), a math function, or an array of floats)"
        )

    __int__ = __index__ = __round__ = __complex__ = __float__

    def __str__(self) -> str:
        return str(self.value.str(6))

    def __getattr__(self, name: str) -> Callable[[], Ball]:
        """``sqrt``, ``exp``, ``log``, ``sin`` … as numpy calls them on objects."""
        own = {"arccos": "acos", "arcsin": "asin", "arctan": "atan"}.get(name, name)
        if own not in (
            "sqrt",
            "exp",
            "log",
            "sin",
            "cos",
            "tan",
            "acos",
            "asin",
            "atan",
            "tanh",
            "sinh",
            "cosh",
        ):
            raise AttributeError(name)

        def call() -> Ball:
            found = getattr(self.value, own)()
            if not found.is_finite():
                raise self._doubt(f"{name} of {self} is not bounded")
            return Ball(found, self.doubts)

        return call


class QuantityBound(NamedTuple):
    """A quantity and what bounds it from above: ``margin_ratios`` or ``cosines``, its norm, a rational."""

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
        """u of unit l2 norm, shape (d,)."""
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
        return margin, w, _extreme("min", list(X @ w)).value, upper

    def _ratio(self, norm: str) -> flint.arb:
        """min X u / ‖u‖ / γ."""
        _, _, lower, upper = self._bracket(norm)
        u = self.witness.direction
        reached = _extreme("min", list(balls(BITS).array(self.problem.X) @ u)).value
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
        companion = self.problem.field.companion
        if companion == self.problem.field:
            return flint.arb(1)
        return flint.arb(self.witness.direction @ self.other(companion).witness.direction)

    def _doubted(self, why: str) -> Unproved:
        self.doubts.append(why)
        return Unproved(why)


def _norm(values: Array, norm: str) -> flint.arb:
    if norm == "l2":
        return flint.arb((values @ values).sqrt())
    return _extreme("max", [abs(v) for v in values]).value


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


def prove(function: Callable[..., Any], problem: LimitProblem, witness: Witness) -> ViolationProof:
    """Ask the function in balls, and look for short rational bounds of the quantities it read that suffice for its no."""
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
                stated = all(part == "margin_ratios" or norm == "l2" for part, norm, _ in bounds_)
                where = (
                    "" if stated else " in balls (the certificate states margin ratios and cosines with l2)"
                )
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
    except Exception as cause:
        reason = (
            asked.doubts[0]
            if asked.doubts
            else f"the function raises {type(cause).__name__} on balls: {cause}"
        )
        return False, reason, asked.used
    if asked.doubts:
        return False, asked.doubts[0], asked.used
    return no, "" if no else "in balls the function does not say no", asked.used
