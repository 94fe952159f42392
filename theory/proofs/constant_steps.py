"""A solution (ĉ, γ̂) of the constant step's equations, polished to many digits and enclosed by Krawczyk's test.

In the chart r = c / c_p the unknowns are z = (r, γ̂); with E = e^{γ̂/K}, one exponential, everything else is sums,
products, quotients and roots (:mod:`marginproof.theory.limit.steps.effective`):

    H(z) = (F_i - F_p for the rows i of S but p;  κ F_p - γ̂),     F = X u, u Inc-Adam's field at (β1 E, β2 E²).

A box that K maps into itself holds exactly one zero.  On it r > 0, γ̂ > 0 and F_j > F_p off the support are then
checked; β2' < 1 holds wherever κ is finite.  η, β1, β2 and the data are exact rationals.  That runs reach the solution
is not said here.

Example:
  >>> from marginproof.theory.fields import IncAdamField
  >>> problem = LimitProblem(np.array([[4, 1, 2], [1, 5, -1]]), IncAdamField())
  >>> found = certify_step(problem, Fraction(1, 100), digits=30)
  >>> found.status.value, found.growth.str(25, radius=False)
  ('certified', '0.04429248091931511765306501')
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, cast

import flint
import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import IncAdamField
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.steps.constant import solve_constant
from marginproof.theory.limit.steps.effective import (
    effective_betas,
    effective_field,
    epoch_factor,
    growth_slope,
)
from marginproof.theory.limit.steps.outcome import ConstantStep
from marginproof.theory.number_systems import Array, UndecidedSignError, decide_sign
from marginproof.theory.proofs.balls import ChartSystem, bounds, to_floats
from marginproof.theory.proofs.krawczyk import krawczyk
from marginproof.theory.proofs.precision import PolishError, iterate, working_balls
from marginproof.theory.proofs.witness import Certainty


@dataclass(frozen=True)
class StepSystem(ChartSystem):
    """H(z) over balls, z = (r, γ̂); the problem's field is at the algorithm's own betas.

    Arguments:
      eta: η, exact.
    """

    eta: Fraction = Fraction(0)

    @property
    def own(self) -> IncAdamField:
        """Inc-Adam's field at its own betas."""
        return cast(IncAdamField, self.problem.field)

    def at(self, growth: Any) -> tuple[ChartSystem, Any, Any]:
        """(the chart's system at the effective betas, κ, ∂κ/∂γ̂) at γ̂."""
        K = len(self.problem.X) // self.own.batch_size
        E = (growth / K).exp()
        convert = self.numbers.convert
        betas = convert(self.own.beta1), convert(self.own.beta2)
        kappa = epoch_factor(convert(self.eta), *betas, E, K, self.numbers)
        first, second = (beta**K for beta in effective_betas(*betas, E))
        slope = kappa * (first / (1 - first) - second / (1 - second))
        problem = replace(self.problem, field=effective_field(self.own, E, self.numbers))
        problem.__dict__["groups"] = self.problem.groups  # balls cannot tell equal rows
        return ChartSystem(problem, self.support, self.chart, self.numbers), kappa, slope

    def residual(self, z: Array) -> Array:
        """H(z), shape (|S|,)."""
        system, kappa, _ = self.at(z[-1])
        level = system.chart_level(system.direction(z[:-1]))
        return np.append(system.residual(z[:-1]), kappa * level - z[-1])

    def jacobian(self, z: Array) -> Array:
        """∂H/∂z, shape (|S|, |S|); u is homogeneous in c, so the simplex's scale plays no part."""
        system, kappa, slope = self.at(z[-1])
        r, size = z[:-1], len(z)
        problem, field = system.problem, cast(IncAdamField, system.problem.field)
        c = problem.expand(self.totals(r), self.numbers)
        du = growth_slope(field, system.X, c, self.numbers)
        rows = problem.X[problem.representatives]
        out = np.empty((size, size), dtype=object)
        out[:-1, :-1] = system.jacobian(r)
        out[:-1, -1] = (rows[self.free] - rows[self.chart]) @ du
        out[-1, :-1] = kappa * self._level_slopes(system, r)
        out[-1, -1] = slope * system.chart_level(system.direction(r)) + kappa * (rows[self.chart] @ du) - 1
        return out

    def _level_slopes(self, system: ChartSystem, r: Array) -> Array:
        """∂F_p/∂r_j, shape (|S|-1,)."""
        problem = system.problem
        ratios = np.full(problem.n_unknowns, flint.arb(0), dtype=object)
        ratios[self.chart], ratios[self.free] = flint.arb(1), r
        du = np.asarray(problem.field.jacobian(system.X, ratios[problem.groups], self.numbers))
        level = problem.X[problem.representatives[self.chart]] @ du
        return np.array([level[problem.groups == group].sum() for group in self.free], dtype=object)


@dataclass(frozen=True)
class StepWitness:
    """A certified relatively periodic run, or why there is none: what a certificate of a constant step can carry.

    Attributes:
      status, reason: as of :class:`~marginproof.theory.proofs.witness.Witness`.
      eta: η, exact.
      support, chart: S and p, indices of distinct rows.
      box: exact ends of r_i for the rows of S but p, then of γ̂; exactly one zero of H lies inside.
      preconditioner: approximate inverse of ∂H/∂z, float64, shape (|S|, |S|).
      weights: ĉ, balls, shape (N,).
      growth, beta1, beta2: γ̂ and the effective betas, balls.
      direction: of an epoch's increment, unit ℓ₂ norm, balls, shape (d,).
      margin_growths: κ F_j for every distinct row, balls, shape (G,).
      digits: decimal digits asked for.
    """

    status: Certainty
    reason: str = ""
    eta: Fraction = Fraction(0)
    support: tuple[int, ...] = ()
    chart: int = 0
    box: tuple[tuple[Fraction, Fraction], ...] = ()
    preconditioner: Array = field(default_factory=lambda: np.empty((0, 0)))
    weights: Array = field(default_factory=lambda: np.empty(0, dtype=object))
    growth: Any = None
    beta1: Any = None
    beta2: Any = None
    direction: Array = field(default_factory=lambda: np.empty(0, dtype=object))
    margin_growths: Array = field(default_factory=lambda: np.empty(0, dtype=object))
    digits: int = 0

    @property
    def certified(self) -> bool:
        """Whether existence and the signs are proved."""
        return self.status is Certainty.CERTIFIED


def certify_step(
    problem: LimitProblem, eta: Fraction, found: ConstantStep | None = None, digits: int = 15
) -> StepWitness:
    """Enclose the solution (ĉ, γ̂) near a float64 one, to ``digits`` decimal digits.

    Arguments:
      problem: data (float64 values count as the exact dyadic rationals they are) and Inc-Adam's field.
      eta: η, exact.
      found: where to look; solved for from w_0 = 0 by default.
      digits: the box around the polished point has half-width 10^-digits.
    """
    found = found or solve_constant(problem, float(eta), contraction=False)
    if found.growth != found.growth:
        return StepWitness(Certainty.UNDECIDED, found.reason or "no solution in float64 to start from", eta)
    try:
        with working_balls(digits + 5) as numbers:
            return _enclosed(problem, eta, found, digits, numbers)
    except (PolishError, UndecidedSignError, MarginproofError, np.linalg.LinAlgError) as error:
        return StepWitness(Certainty.UNDECIDED, str(error), eta, digits=digits)


def _enclosed(
    problem: LimitProblem, eta: Fraction, found: ConstantStep, digits: int, numbers: Any
) -> StepWitness:
    rows = sorted({int(problem.groups[i]) for i in found.limit.support})
    each = np.bincount(problem.groups, weights=found.limit.weights)[rows] / np.bincount(problem.groups)[rows]
    system = StepSystem(problem.over(numbers), tuple(rows), rows[int(np.argmax(each))], numbers, eta)
    start = np.append(np.delete(each / each.max(), np.argmax(each)), found.growth)
    exact = np.array([flint.arb(value) for value in start], dtype=object)
    inverse = np.linalg.inv(to_floats(system.jacobian(exact)))
    centre, _, _ = iterate(system, start, inverse, digits + 5)
    radius = flint.arb((1, -math.ceil(digits * math.log2(10))))
    image = krawczyk(system, centre, [radius] * len(centre), inverse)
    if isinstance(image, str):
        return StepWitness(Certainty.UNDECIDED, image, eta, digits=digits)
    return _with_signs(system, centre, radius, image, inverse, digits)


def _with_signs(
    system: StepSystem, centre: Array, radius: flint.arb, z: Array, inverse: Array, digits: int
) -> StepWitness:
    chart, kappa, _ = system.at(z[-1])
    u = chart.direction(z[:-1])
    off = np.setdiff1d(np.arange(system.problem.n_unknowns), system.support)
    signs = [decide_sign(value) for value in (*z, *chart.above_chart(z[:-1], off))]
    status, reason = Certainty.CERTIFIED, ""
    if any(sign == -1 for sign in signs):
        status, reason = (
            Certainty.EXCLUDED,
            "a weight, the growth or a slack is surely not positive on this support",
        )
    elif not all(sign == 1 for sign in signs):
        status, reason = (
            Certainty.UNDECIDED,
            "a weight, the growth or a slack is zero or too close to it to decide",
        )
    at = cast(IncAdamField, chart.problem.field)
    width = bounds(radius)[1]
    return StepWitness(
        status=status,
        reason=reason,
        eta=system.eta,
        support=system.support,
        chart=system.chart,
        box=tuple((bounds(entry)[0] - width, bounds(entry)[1] + width) for entry in centre),
        preconditioner=inverse,
        weights=system.problem.expand(system.totals(z[:-1]), system.numbers),
        growth=z[-1],
        beta1=at.beta1,
        beta2=at.beta2,
        direction=u / (u * u).sum().sqrt(),
        margin_growths=kappa * (system.problem.X[system.problem.representatives] @ u),
        digits=digits,
    )
