"""What may be asked of a prediction beside what it holds: its limit's parts, angles, other optimizers, constant steps.

Everything is computed when asked for, and once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from marginproof.theory.limit.problem import Limit, LimitProblem, Outcome, Stability, Tier
from marginproof.theory.number_systems import Array

if TYPE_CHECKING:
    from marginproof.theory.batching import Batching
    from marginproof.theory.fields import Field
    from marginproof.theory.limit.steps.outcome import ConstantStep
    from marginproof.theory.optimizers import Optimizer
    from marginproof.theory.prediction import Prediction

T = TypeVar("T")


class Lazily(Mapping[str, T], Generic[T]):
    """Named values that are computed when looked at, once each.

    Arguments:
      parts: what computes each.
    """

    def __init__(self, parts: Mapping[str, Callable[[], T]]) -> None:
        self._parts, self._known = parts, dict[str, T]()

    def __getitem__(self, name: str) -> T:
        if name not in self._known:
            self._known[name] = self._parts[name]()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def __repr__(self) -> str:
        return repr(dict(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)


class Answers:
    """The questions that a :class:`~marginproof.theory.prediction.Prediction` answers from its limit, data and start."""

    limit: Limit
    problem: LimitProblem
    start: Array | None
    cosines: Mapping[str, float | None]

    @property
    def direction(self) -> Array:
        """u of unit ℓ₂ norm, shape (d,)."""
        return self.limit.direction

    @property
    def weights(self) -> Array:
        """c on the simplex, shape (N,)."""
        return self.limit.weights

    @property
    def gamma(self) -> float:
        """γ, the common value of F on the support."""
        return self.limit.gamma

    @property
    def support(self) -> tuple[int, ...]:
        """Rows with positive weight."""
        return self.limit.support

    @property
    def residual(self) -> float:
        """The complementarity residual."""
        return self.limit.residual

    @property
    def outcome(self) -> Outcome:
        """A fixed point, a cycle, or undecided."""
        return self.limit.outcome

    @property
    def stability(self) -> Stability:
        """Whether the flow is attracted, as float64 tells."""
        return self.limit.stability

    @property
    def unique(self) -> bool | None:
        """``False`` where the direction is one of a continuum, ``None`` where that is undecided."""
        return self.limit.unique

    @property
    def reason(self) -> str:
        """One clause for the reader."""
        return self.limit.reason

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """Of data with zero entries, where later tiers decide some features; else empty."""
        return self.limit.tiers

    @property
    def angles(self) -> Mapping[str, float | None]:
        """Degrees to the directions that have a cosine."""
        return Lazily({name: partial(_degrees, self.cosines, name) for name in self.cosines})

    def other(self, optimizer: Optimizer | Field, batching: Batching | None = None) -> Prediction:
        """The prediction for another optimizer on the same data from the same start.

        Raises:
          MarginproofError: settings for which no field is known.
        """
        from marginproof.theory.limit.solve import solve
        from marginproof.theory.optimizers import field_of
        from marginproof.theory.prediction import compare

        problem = LimitProblem(self.problem.X, field_of(optimizer, len(self.problem.X), batching))
        return compare(problem, solve(problem, self.start), self.start)

    def constant_step(self, lr: float) -> ConstantStep:
        """Where the constant step η = ``lr`` leads: see :mod:`marginproof.theory.limit.steps.constant`.

        Raises:
          MarginproofError: η not positive, or a field whose constant steps have no theory.
        """
        from marginproof.theory.limit.steps.constant import solve_constant
        from marginproof.theory.limit.steps.memoryless import solve_memoryless

        solved = solve_memoryless if self.problem.field.memoryless else solve_constant
        return solved(self.problem, lr, self.start)


def _degrees(cosines: Mapping[str, float | None], name: str) -> float | None:
    cosine = cosines[name]
    return None if cosine is None else math.degrees(math.acos(float(np.clip(cosine, -1.0, 1.0))))
