"""A user's own conjecture as a target: ``module:function``.

The function takes the data, float64 of shape (N, d), and the start-aware prediction from w = 0 (a
:class:`marginproof.theory.prediction.Prediction`, whose parts are computed when asked for), and says whether the conjecture holds:
a bool, or a number that is negative where it fails.  A number guides the search (:mod:`marginproof.properties.hunt.generations`),
a bool does not.  A function marked :func:`~marginproof.properties.hunt.batches.batched` takes whole batches.
A function that raises, or answers with anything else (nan too), ends the hunt with one sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import isnan
from typing import Any

import numpy as np

from marginproof.properties.hunt.attracting import integers
from marginproof.properties.hunt.batches import SWINGS, PredictionBatch, asked, batch_of, is_batched
from marginproof.properties.hunt.user_function import ConjectureFault, brief, load, number, raised, rows
from marginproof.properties.hunt.violation import ViolationProof, prove
from marginproof.theory.errors import MarginproofError, NotSeparableError
from marginproof.theory.fields import AdamProxyField, Field
from marginproof.theory.limit.problem import Limit, LimitProblem, Outcome
from marginproof.theory.limit.solve import solve
from marginproof.theory.limit.stacks import LOOKS, stacked_limits
from marginproof.theory.margins.max_margin import l2_margin, linf_margin
from marginproof.theory.margins.separability import decide
from marginproof.theory.number_systems import Array
from marginproof.theory.prediction import Prediction, compare, refined
from marginproof.theory.proofs.certificates import Certificate, CertificateError
from marginproof.theory.proofs.certificates.cycle import limit_cycle
from marginproof.theory.proofs.certificates.points import fixed_point
from marginproof.theory.proofs.fixed_points import totals
from marginproof.theory.proofs.krawczyk import certify

FLOW = "That the flow from w = 0 leads to this solution is computed in floating point."

MOST_STEPS = 800
"""Of the fine flow in a search.  Of 774 data sets with zeros, 2 × 2 to 5 × 4, it decided 697, 6,000 steps 703 in four times the time."""


@dataclass(frozen=True)
class UserConjecture:
    """The target of a conjecture: a data set and a predicted limit that it is wrong about."""

    name: str
    rule: Field = field(default_factory=AdamProxyField)
    claim: str = ""
    meant: str = "the predicted limit of AdamProxy from w = 0"

    def function(self) -> Callable[[Array, Prediction], Any]:
        """The imported function (imported anew in every worker)."""
        return load(self.name)

    def value(self, X: Array, max_steps: int = 6_000) -> float | None:
        """What the conjecture says: below zero where it fails; ``None`` where the data are not separable or the prediction is undecided.

        Arguments:
          max_steps: as in :func:`~marginproof.theory.limit.solve.solve`.

        Raises:
          ConjectureFault: the function raises, or answers with neither a bool nor a number.
        """
        try:
            limit = solve(LimitProblem(X, self.rule), max_steps=max_steps)
        except MarginproofError:
            return None
        return None if limit.outcome is Outcome.UNDECIDED else self._answer(X, limit)

    def _answer(self, X: Array, limit: Limit) -> float | None:
        function = self.function()
        with self._told_of(X):
            said = asked(function, X, compare(LimitProblem(X, self.rule), limit, None))
            return self._judged(X, said)
        return None

    def _judged(self, X: Array, said: Any) -> float:
        answer = number(said)
        if answer is None or isnan(answer):
            raise ConjectureFault(
                f"conjecture={self.name} returned {brief(repr(said))} ({type(said).__name__}) on "
                f"X={rows(X)}; return a bool, or a number that is negative where it fails, and True where it says nothing"
            )
        return answer

    @contextmanager
    def _told_of(self, X: Array) -> Iterator[None]:
        """What the function raises on X as a :class:`ConjectureFault`; nothing where X turns out not to be separable."""
        try:
            yield
        except (ConjectureFault, NotSeparableError) as known:
            if isinstance(known, ConjectureFault):
                raise
        except (Exception, SystemExit) as cause:
            raise raised(self.name, X, cause) from cause

    def values(self, batch: Array) -> Array:
        """What the conjecture says of each data set of a batch, shape (B, N, d): as :meth:`value`, nan for ``None``.

        Data sets whose flow neither settles nor swings after some 300 steps count as undecided; those with
        zero entries, whose limits may come in tiers, are solved one by one, in at most :data:`MOST_STEPS` of the fine flow.
        """
        out, holes = np.full(len(batch), np.nan), (batch == 0).any(axis=(1, 2))
        out[holes] = [_or_nan(self.value(X, MOST_STEPS)) for X in batch[holes]]
        if not holes.all():
            out[~holes] = self._of_dense(batch[~holes])
        return out

    def _of_dense(self, batch: Array) -> Array:
        found = stacked_limits(batch, self.rule, looks=LOOKS[:-2])
        out, settled = np.full(len(batch), np.nan), np.flatnonzero(found.settled)
        if len(settled) and is_batched(function := self.function()):
            out[settled] = self._of_batch(function, batch[settled], batch_of(batch, self.rule, found))
        else:
            out[settled] = [_or_nan(self._answer(batch[i], found.limit(int(i)))) for i in settled]
        for i in np.flatnonzero(~found.settled & (found.swings > SWINGS)):
            out[i] = _or_nan(self.value(batch[i]))
        return out

    def _of_batch(self, function: Callable[..., Any], X: Array, predictions: PredictionBatch) -> list[float]:
        try:
            said = np.asarray(function(X.copy(), predictions))
        except (Exception, SystemExit) as cause:
            raise raised(self.name, X[0], cause) from cause
        if said.shape != (len(X),):
            raise ConjectureFault(
                f"conjecture={self.name} is batched and returned shape {said.shape} for X of shape {X.shape}; "
                f"return one bool or number for each data set, shape {(len(X),)}"
            )
        return [self._judged(one_set, one) for one_set, one in zip(X, said, strict=True)]

    def screen(self, batch: Array) -> Array:
        """How far each data set is on the wrong side; nan where nothing can be said."""
        return np.asarray(np.maximum(-self.values(batch), 0.0))

    def confirm(self, X: Array) -> bool:
        """Whether the conjecture fails, on data that surely are separable.

        A function that cannot take X (the shrinker leaves rows and columns out) does not fail on it.
        """
        try:
            value = self.value(X)
        except ConjectureFault:
            return False
        return value is not None and value < 0 and decide(X)[0] is not None

    def certify(self, X: Array) -> Certificate:
        """That the predicted point, or cycle, is there, and the violation itself where the function says no in balls too."""
        problem = LimitProblem(integers(X), self.rule)
        prediction = solve(problem)
        says = f"The conjecture {self.name} says no of this data set and its prediction."
        if prediction.outcome is Outcome.CYCLE:
            return limit_cycle(problem, None, f"{says} Only the cycle is proved.")[0]
        if prediction.outcome is not Outcome.FIXED_POINT:
            raise CertificateError(
                f"conjecture={self.name}: the prediction is undecided: {prediction.reason}"
            )
        if prediction.tiers:
            return self._in_tiers(problem, prediction, says)
        y = totals(problem, prediction.weights)
        witness = certify(problem, y, np.flatnonzero(y).tolist())
        proof = prove(self.function(), problem, witness) if witness.certified else None
        if proof is None:
            return fixed_point(problem, witness, note=says)
        tail = FLOW if proof.proved else "Only the point is proved."
        margins, cosines = (entries_of(problem, proof, part) for part in ("margins", "cosines"))
        note = f"{says} {proof.sentence} {tail}"
        return fixed_point(problem, witness, note=note, margins=margins, cosines=cosines)

    def _in_tiers(self, problem: LimitProblem, limit: Limit, says: str) -> Certificate:
        """The limit in tiers, and in the note whether the violation is proved: such a certificate states no margins or cosines."""
        found = refined(compare(problem, limit, None))
        if found.witness is None:
            raise CertificateError(f"conjecture={self.name}: the limit in tiers is not proved: {found.proof}")
        proof = prove(self.function(), problem, found.witness, stated=False)
        tail = FLOW if proof.proved else "Only the limit in tiers is proved."
        return replace(found.certificate(), note=f"{says} {proof.sentence} {tail}")


def entries_of(problem: LimitProblem, proof: ViolationProof, key: str) -> list[dict[str, Any]]:
    """What a proof's bounds say, as a certificate's ``margins`` or ``cosines`` state it."""
    made = []
    for part, norm, bound in proof.statements:
        bracket = (l2_margin if norm == "l2" else linf_margin)(problem.X).bracket
        w = list(bracket.primal)
        if (part, key) == ("margin_ratios", "margins"):
            made.append({"norm": {"l2": "2", "linf": "inf"}[norm], "w": w, "ratio": bound})
        if (part, norm, key) == ("cosines", "l2", "cosines"):
            made.append({"w": w, "c": list(bracket.dual), "bound": bound})
    return made


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
