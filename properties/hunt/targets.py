"""What violates each claim: how to screen for it, confirm it in floating point, and certify it.

A new target is one class with ``screen`` (many data sets at once), ``confirm`` (one, the
predicate the shrinker keeps) and ``certify`` (the certificate), and one line in :data:`TARGETS`.
Moves of its own for the shrinker (:class:`marginproof.properties.hunt.shrink.OwnMoves`) are optional.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from marginproof.properties.hunt.attracting import attractors, integers, settled_directions
from marginproof.properties.hunt.draws import spread_starts
from marginproof.properties.hunt.long_steps import LongStep
from marginproof.properties.hunt.maximisers import TwoMaximisers
from marginproof.theory.fields import AdamProxyField, Field, IncAdamField
from marginproof.theory.limit.problem import LimitProblem, Stability
from marginproof.theory.limit.stability import classify
from marginproof.theory.limit.stacks import stacked_limits
from marginproof.theory.margins.box_program import linf_in_floats
from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.certificates import Certificate
from marginproof.theory.proofs.certificates.cycle import limit_cycle
from marginproof.theory.proofs.certificates.points import all_fixed_points
from marginproof.theory.proofs.certificates.rational import signsgd_run
from marginproof.theory.proofs.enumeration import enumerate_all
from marginproof.theory.proofs.multi_start import float_solutions

INC_ADAM = "the limits of Inc-Adam with β1 = 9/10, β2 = 19/20, b = 1"


class Target(Protocol):
    """A kind of counterexample."""

    @property
    def claim(self) -> str:
        """The claim's id, empty for a user's conjecture."""
        ...

    @property
    def meant(self) -> str:
        """Whose limit, or what else, the claim is about; for people."""
        ...

    def screen(self, batch: Array) -> Array:
        """Which data sets of a batch, shape (·, N, d), look like violations: a score each, 0 for no."""
        ...

    def confirm(self, X: Array) -> bool:
        """Whether one data set, shape (N, d), violates the claim as far as float64 can tell."""
        ...

    def certify(self, X: Array) -> Certificate:
        """The certificate; raises :class:`~marginproof.theory.proofs.certificates.errors.CertificateError` if none can be made."""
        ...


@dataclass(frozen=True)
class SeveralLimits:
    """R1: at least two attracting solutions with different directions."""

    claim: str = "R1"
    rule: Field = field(default_factory=AdamProxyField)
    meant: str = "the limits of AdamProxy"

    def screen(self, batch: Array) -> Array:
        """The number of directions the flow settles in, less one."""
        return settled_directions(batch, self.rule, spread_starts(batch.shape[1])) - 1

    def confirm(self, X: Array) -> bool:
        """Two attracting directions more than 1e-6 apart."""
        _, u = attractors(X, self.rule)
        return any(np.abs(a - b).max() > 1e-6 for a in u for b in u)

    def certify(self, X: Array) -> Certificate:
        """The complete list of solutions."""
        return all_fixed_points(LimitProblem(integers(X), self.rule), claim=self.claim)


@dataclass(frozen=True)
class TwoBasins(SeveralLimits):
    """R2: two attracting directions of Inc-Adam (9/10, 19/20), each in a trap of its own (two rows)."""

    claim: str = "R2"
    rule: Field = field(default_factory=IncAdamField)
    meant: str = INC_ADAM

    def confirm(self, X: Array) -> bool:
        """Two rows, and two attracting directions more than 1e-6 apart."""
        return len(X) == 2 and super().confirm(X)

    def certify(self, X: Array) -> Certificate:
        """The complete list, with a trap around every attracting point."""
        problem = LimitProblem(integers(X), self.rule)
        found = enumerate_all(problem, complete=True)
        attract = [point.stability is Stability.ATTRACTING for point in found.points]
        traps = two_row_traps([point.weights for point in found.points], attract)
        note = "Every solution of the flow whose ratio of loss weights starts in a trap tends to the point in it."
        return all_fixed_points(problem, found, self.claim, traps=traps, note=note)


def two_row_traps(points: list[Array], attracting: list[bool]) -> list[dict[str, Any]]:
    """For N = 2, an interval of r = c_q / c_p around each attracting point, p its larger weight's row.

    It ends half way (geometrically) to the next solutions, and at 0 or above the last one where there is none.
    """
    traps = []
    for number, c in enumerate(points):
        if not attracting[number]:
            continue
        p = int(np.argmax(c))
        r = c[1 - p] / c[p]
        others = [v[1 - p] / v[p] for k, v in enumerate(points) if k != number and v[p] > 0]
        low = max((v for v in others if v < r), default=0.0)
        high = min((v for v in others if v > r), default=2 * r + 4)
        ends = [float(np.sqrt(low * r)), float(np.sqrt(r * high)) if r > 0 else high / 2]
        box = [[Fraction(1), Fraction(1)], [Fraction(1), Fraction(1)]]
        box[1 - p] = [Fraction(v).limit_denominator(1000) for v in ends]
        traps.append({"point": number, "box": box})
    return traps


@dataclass(frozen=True)
class LimitCycle:
    """R3: one solution, interior and repelling, so that the loss weights circle (three rows)."""

    claim: str = "R3"
    rule: Field = field(default_factory=AdamProxyField)
    meant: str = "the limits of AdamProxy"

    def screen(self, batch: Array) -> Array:
        """The swing of the weights, where it is above 0.02."""
        swing = stacked_limits(batch, self.rule).swings
        return np.where(swing > 0.02, swing, 0.0)

    def confirm(self, X: Array) -> bool:
        """One solution, interior, with trace > 0 and determinant > 0, and a flow that swings."""
        problem = LimitProblem(X, self.rule)
        if problem.merged or len(X) != 3:
            return False
        found = float_solutions(problem)
        if len(found) != 1 or len(found[0][1]) != 3:
            return False
        if classify(problem, found[0][0], np.arange(3)) is not Stability.UNSTABLE:
            return False
        return bool(self.screen(X[None])[0] > 0)

    def certify(self, X: Array) -> Certificate:
        """The complete list and an annulus."""
        return limit_cycle(LimitProblem(integers(X), self.rule), self.claim)[0]


@dataclass(frozen=True)
class SignDrift:
    """R4: separable data that SignSGD with b = 1 misclassifies."""

    claim: str = "R4"
    meant: str = "SignSGD with b = 1"

    def screen(self, batch: Array) -> Array:
        """-min_j x_j·Σ_i sign(x_i), where positive."""
        drift = np.sign(batch).sum(axis=1)
        return np.asarray(np.maximum(-(batch @ drift[:, :, None]).min(axis=(1, 2)), 0.0))

    def confirm(self, X: Array) -> bool:
        """The drift misclassifies a row although a small rational w separates."""
        return bool(self.screen(X[None])[0] > 0 and linf_in_floats(X).value > 1e-9)

    def certify(self, X: Array) -> Certificate:
        """A run of 20 epochs with steps 1/(t+2)."""
        w = [Fraction(float(v)).limit_denominator(1000) for v in linf_in_floats(X).w]
        return signsgd_run(integers(X), [Fraction(1, t + 2) for t in range(20 * len(X))], w, claim=self.claim)


@dataclass(frozen=True)
class LosesLinf:
    """R5: every limit of Inc-Adam (9/10, 19/20), b = 1, has an ℓ∞ margin below ``ratio`` of the largest."""

    claim: str = "R5"
    ratio: Fraction = Fraction(9, 10)
    rule: Field = field(default_factory=IncAdamField)
    meant: str = INC_ADAM

    def screen(self, batch: Array) -> Array:
        """1 less the ratio reached by the limit from equal weights."""
        out, found = np.zeros(len(batch)), stacked_limits(batch, self.rule)
        for t in np.flatnonzero(found.settled):
            X = batch[t]
            reached = _margin_of(X, found.directions[t])
            if reached > 0:
                out[t] = max(1 - reached / linf_in_floats(X).value - float(1 - self.ratio), 0.0)
        return out

    def confirm(self, X: Array) -> bool:
        """The same of every solution, with 1e-6 to spare."""
        problem, margin = LimitProblem(X, self.rule), linf_in_floats(X).value
        if problem.merged or margin <= 1e-9:
            return False
        u = [problem.direction(c) for c, _ in float_solutions(problem)]
        ratios = [_margin_of(X, v) / margin for v in u]
        return bool(u) and max(ratios) < float(self.ratio) - 1e-6

    def certify(self, X: Array) -> Certificate:
        """The complete list, with the margin of each below the ratio."""
        w = [Fraction(float(v)).limit_denominator(1000) for v in linf_in_floats(X).w]
        margin = {"norm": "inf", "w": w, "ratio": self.ratio}
        return all_fixed_points(LimitProblem(integers(X), self.rule), claim=self.claim, margins=[margin])


def _margin_of(X: Array, u: Array) -> float:
    """min_j x_j·u / ‖u‖_∞, and 0 for u = 0 (opposite rows whose steps cancel), which separates nothing."""
    size = float(np.abs(u).max())
    return float((X @ u).min()) / size if size > 0 else 0.0


TARGETS: dict[str, Target] = {
    q.claim: q
    for q in (
        SeveralLimits(),
        TwoBasins(),
        LimitCycle(),
        SignDrift(),
        LosesLinf(),
        TwoMaximisers(),
        LongStep(),
    )
}
"""What ``marginproof hunt CLAIM`` can look for."""
