"""What violates each claim: how to screen for it, confirm it in floating point, and certify it.

A new quarry is one class with ``screen`` (many data sets at once), ``confirm`` (one, the
predicate the shrinker keeps) and ``certify`` (the certificate), and one line in :data:`QUARRIES`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

import numpy as np
from scipy.optimize import linprog

from properties.hunt import kernels
from theory.certificates import Certificate, CertificateError
from theory.certificates.cycle import limit_cycle
from theory.certificates.points import all_fixed_points
from theory.certificates.rational import margin_bracket, signsgd_run
from theory.certificates.solutions import find_solutions
from theory.fields import AdamProxy, Field, IncAdam
from theory.limit.equation import LimitProblem, Stability, classify

Array = np.ndarray
PROXY = np.array([0.0, 0.0, 1.0])
ADAM = np.array([0.0, 0.9, 0.95])


class Quarry(Protocol):
    """A kind of counterexample."""

    @property
    def claim(self) -> str:
        """The claim's id, empty for a user's conjecture."""
        ...

    def screen(self, batch: Array) -> Array:
        """Which data sets of a batch, shape (·, N, d), look like violations: a score each, 0 for no."""
        ...

    def confirm(self, X: Array) -> bool:
        """Whether one data set, shape (N, d), violates the claim as far as float64 can tell."""
        ...

    def certify(self, X: Array) -> Certificate:
        """The certificate; raises :class:`CertificateError` if none can be made."""
        ...


def integers(X: Array) -> Array:
    """The rows as exact integers, object array."""
    return np.array([[Fraction(int(v)) for v in row] for row in X], dtype=object)


def attractors(X: Array, rule: Field) -> tuple[list[Array], list[Array]]:
    """(weights of attracting solutions, their unit directions), float64."""
    problem = LimitProblem(X, rule)
    if problem.merged:
        return [], []
    points = [
        c
        for c, s in find_solutions(problem, starts=12)
        if classify(problem, c, np.array(s)) is Stability.ATTRACTING
    ]
    u = [problem.direction(c) for c in points]
    return points, [v / np.linalg.norm(v) for v in u]


def linf_margin(X: Array) -> tuple[float, Array]:
    """γ_∞ and a maximiser w by linear programming, float64."""
    n, d = X.shape
    bounds = [(-1, 1)] * d + [(None, None)]
    run = linprog(np.r_[np.zeros(d), -1], np.c_[-X, np.ones(n)], np.zeros(n), bounds=bounds)
    return -float(run.fun), np.asarray(run.x[:d])


@dataclass(frozen=True)
class SeveralLimits:
    """R1: at least two attracting solutions with different directions."""

    claim: str = "R1"
    rule: Field = field(default_factory=AdamProxy)
    kernel: tuple[float, float, float] = (0.0, 0.0, 1.0)

    def screen(self, batch: Array) -> Array:
        """The number of directions the flow settles in, less one."""
        starts = kernels.spread_starts(batch.shape[1])
        return np.asarray(kernels.screen_directions(batch, starts, np.array(self.kernel), 3000) - 1)

    def confirm(self, X: Array) -> bool:
        """Two attracting directions more than 1e-6 apart."""
        _, u = attractors(X, self.rule)
        return any(np.abs(a - b).max() > 1e-6 for a in u for b in u)

    def certify(self, X: Array) -> Certificate:
        """The complete list of solutions."""
        return all_fixed_points(integers(X), self.rule, claim=self.claim)


@dataclass(frozen=True)
class Circling:
    """R3: one solution, interior and repelling, so that the loss weights circle (three rows)."""

    claim: str = "R3"
    rule: Field = field(default_factory=AdamProxy)
    kernel: tuple[float, float, float] = (0.0, 0.0, 1.0)

    def screen(self, batch: Array) -> Array:
        """The swing of the weights, where it is above 0.02."""
        swing = kernels.screen_cycles(batch, np.array(self.kernel), 6000)
        return np.where(swing > 0.02, swing, 0.0)

    def confirm(self, X: Array) -> bool:
        """One solution, interior, with trace > 0 and determinant > 0, and a flow that swings."""
        problem = LimitProblem(X, self.rule)
        if problem.merged or len(X) != 3:
            return False
        found = find_solutions(problem, starts=12)
        if len(found) != 1 or len(found[0][1]) != 3:
            return False
        if classify(problem, found[0][0], np.arange(3)) is not Stability.UNSTABLE:
            return False
        return bool(self.screen(X[None])[0] > 0)

    def certify(self, X: Array) -> Certificate:
        """The complete list and an annulus."""
        return limit_cycle(integers(X), self.rule, claim=self.claim)[0]


@dataclass(frozen=True)
class SignDrift:
    """R4: separable data that SignSGD with b = 1 misclassifies."""

    claim: str = "R4"

    def screen(self, batch: Array) -> Array:
        """-min_j x_j·Σ_i sign(x_i), where positive."""
        drift = np.sign(batch).sum(axis=1)
        return np.asarray(np.maximum(-(batch @ drift[:, :, None]).min(axis=(1, 2)), 0.0))

    def confirm(self, X: Array) -> bool:
        """The drift misclassifies a row although a small rational w separates."""
        return bool(self.screen(X[None])[0] > 0 and linf_margin(X)[0] > 1e-9)

    def certify(self, X: Array) -> Certificate:
        """A run of 20 epochs with steps 1/(t+2)."""
        w = [Fraction(float(v)).limit_denominator(1000) for v in linf_margin(X)[1]]
        return signsgd_run(integers(X), [Fraction(1, t + 2) for t in range(20 * len(X))], w, claim=self.claim)


@dataclass(frozen=True)
class LosesLinf:
    """R5: every limit of Inc-Adam (9/10, 19/20), b = 1, has an l_inf margin below ``ratio`` of the largest."""

    claim: str = "R5"
    ratio: Fraction = Fraction(9, 10)
    rule: Field = field(default_factory=IncAdam)
    kernel: tuple[float, float, float] = (0.0, 0.9, 0.95)

    def screen(self, batch: Array) -> Array:
        """1 less the ratio reached by the limit from equal weights."""
        out = np.zeros(len(batch))
        for t, X in enumerate(batch):
            c, rest, _ = kernels.flow(X, np.zeros(len(X)), np.array(self.kernel), 3000)
            u = kernels.direction(X, c, np.array(self.kernel))
            reached = (X @ u).min() / np.abs(u).max()
            if rest < 1e-6 and reached > 0:
                out[t] = max(1 - reached / linf_margin(X)[0] - float(1 - self.ratio), 0.0)
        return out

    def confirm(self, X: Array) -> bool:
        """The same of every solution, with 1e-6 to spare."""
        problem, margin = LimitProblem(X, self.rule), linf_margin(X)[0]
        if problem.merged or margin <= 1e-9:
            return False
        u = [problem.direction(c) for c, _ in find_solutions(problem, starts=12)]
        ratios = [(X @ v).min() / np.abs(v).max() / margin for v in u]
        return bool(u) and max(ratios) < float(self.ratio) - 1e-6

    def certify(self, X: Array) -> Certificate:
        """The complete list, with the margin of each below the ratio."""
        w = [Fraction(float(v)).limit_denominator(1000) for v in linf_margin(X)[1]]
        margin = {"norm": "inf", "w": w, "ratio": self.ratio}
        return all_fixed_points(integers(X), self.rule, claim=self.claim, margins=[margin])


@dataclass(frozen=True)
class TwoMaximisers:
    """R6: the l_inf max-margin direction is not unique."""

    claim: str = "R6"

    def screen(self, batch: Array) -> Array:
        """How far two maximisers are apart."""
        return np.array([_gap(X) for X in batch])

    def confirm(self, X: Array) -> bool:
        """Two maximisers more than 1e-6 apart."""
        return _gap(X) > 1e-6

    def certify(self, X: Array) -> Certificate:
        """Both maximisers and a dual point, rounded to small fractions; the checker insists on equality."""
        margin, _ = linf_margin(X)
        ends = _ends(X)
        n, d = X.shape
        A = np.block([[X.T, -np.eye(d)], [-X.T, -np.eye(d)]])
        total = np.r_[np.ones(n), np.zeros(d)][None]
        dual = linprog(np.r_[np.zeros(n), np.ones(d)], A, np.zeros(2 * d), total, [1.0])
        if ends is None or dual.x is None:
            raise CertificateError("the linear programs have no solution")
        w, other, c = ([Fraction(float(v)).limit_denominator(500) for v in x] for x in (*ends, dual.x[:n]))
        exact = Fraction(margin).limit_denominator(500)
        return margin_bracket(integers(X), "inf", w, c, exact, exact, other=other, claim=self.claim)


def _ends(X: Array) -> tuple[Array, Array] | None:
    """Two l_inf maximisers at the ends of a random functional's range."""
    n, d = X.shape
    margin, _ = linf_margin(X)
    if margin <= 1e-9:
        return None
    functional = np.random.default_rng(0).normal(size=d)
    ends = [
        linprog(s * functional, -X, -np.full(n, margin * (1 - 1e-12)), bounds=[(-1, 1)] * d).x
        for s in (1, -1)
    ]
    return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])


def _gap(X: Array) -> float:
    ends = _ends(X)
    gap = 0.0 if ends is None else float(np.abs(ends[0] - ends[1]).max())
    return gap if gap > 1e-6 else 0.0


QUARRIES: dict[str, Quarry] = {
    q.claim: q for q in (SeveralLimits(), Circling(), SignDrift(), LosesLinf(), TwoMaximisers())
}
"""What ``marginproof hunt CLAIM`` can look for."""
