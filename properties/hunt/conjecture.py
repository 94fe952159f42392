"""A user's own conjecture as a quarry: ``module:function``.

The function takes the data, float64 of shape (N, d), and the start-aware prediction from w = 0 (a
:class:`theory.limit.equation.Limit`), and says whether the conjecture holds: a bool, or a number that is
negative where it fails.  A number guides the search (:mod:`properties.hunt.targeted`), a bool does not.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from properties.hunt.quarries import integers
from theory.certificates import Certificate, CertificateError
from theory.certificates.cycle import limit_cycle
from theory.certificates.points import fixed_point
from theory.errors import MarginproofError, NotSeparableError
from theory.fields import AdamProxy, Field
from theory.limit.equation import Limit, LimitProblem, Outcome
from theory.limit.solve import solve
from theory.margins.separability import decide

Array = np.ndarray


@dataclass(frozen=True)
class UserConjecture:
    """The quarry of a conjecture: a data set and a predicted limit that it is wrong about."""

    name: str
    rule: Field = field(default_factory=AdamProxy)
    claim: str = ""

    def function(self) -> Callable[[Array, Limit], Any]:
        """The imported function (imported anew in every worker)."""
        return load(self.name)

    def value(self, X: Array) -> float:
        """What the conjecture says: below zero where it fails; infinite where the prediction is undecided."""
        try:
            prediction = solve(LimitProblem(X, self.rule))
        except MarginproofError:
            return inf
        if prediction.outcome is Outcome.UNDECIDED:
            return inf
        try:
            said = self.function()(X, prediction)
        except NotSeparableError:  # outside the subject; a float γ of nearly zero let it through
            return inf
        if isinstance(said, (bool, np.bool_)):
            return 1.0 if said else -1.0
        return float(said)

    def screen(self, batch: Array) -> Array:
        """How far each data set is on the wrong side."""
        return np.array([max(-self.value(X), 0.0) for X in batch])

    def confirm(self, X: Array) -> bool:
        """Whether the conjecture fails, on data that surely are separable."""
        return self.value(X) < 0 and decide(X)[0] is not None

    def certify(self, X: Array) -> Certificate:
        """That the predicted point, or cycle, is there; the conjecture itself is not judged."""
        prediction = solve(LimitProblem(X, self.rule))
        note = f"The conjecture {self.name} says no of this data set and its prediction; only the point is proved."
        if prediction.outcome is Outcome.CYCLE:
            return limit_cycle(integers(X), self.rule, claim=None, note=note)[0]
        if prediction.outcome is not Outcome.FIXED_POINT:
            raise CertificateError(
                f"conjecture={self.name}: the prediction is undecided: {prediction.reason}"
            )
        return fixed_point(integers(X), self.rule, prediction.weights, note=note)


def load(name: str) -> Callable[[Array, Limit], Any]:
    """The function that ``module:function`` names; the working directory is searched too.

    Raises:
      MarginproofError: no such module or function.
    """
    module, _, function = name.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as cause:
        raise MarginproofError(
            f"claim={name} is no importable module:function ({cause}); check the spelling"
        ) from cause
    if not callable(found):
        raise MarginproofError(f"claim={name} is not a function; name one that takes data and a prediction")
    return found  # type: ignore[no-any-return]
