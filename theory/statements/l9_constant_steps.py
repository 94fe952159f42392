"""L9: at a constant step Inc-Adam's increments tend to the fixed point of the effective betas.

Why. A relatively periodic run is a fixed point of the epoch map in (b, S, R) coordinates (I12;
:mod:`marginproof.theory.limit.steps.epoch_map`), which is analytic.  Where its derivative there has spectral radius
ρ < 1, runs that come near are attracted at rate ρ: an epoch's increment of w, not w/‖w‖ (which trails by O(1/t)), tends to
κ u(ĉ) geometrically.  The logistic loss and bias correction change a step by factors 1 + O(e^{-z}) and 1 + O(β2^t): the
limit stays.  Which fixed point, and whether one attracts, is not said: at large steps all may repel (period doubling).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from marginproof.theory.claims.cases import CONSTANT, CYCLIC, NONZERO, SEPARABLE, SUMMABLE, uses
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.fields import AdamProxyField, Field, IncAdamField
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.solve import solve
from marginproof.theory.limit.steps.constant import solve_constant
from marginproof.theory.limit.steps.effective import epoch_factor
from marginproof.theory.number_systems import Array
from marginproof.theory.verdicts import SUPPORTS, Verdict

B1, B2 = Fraction(1, 2), Fraction(4, 5)
ROWS = (
    (-3, -5, -5, -2, -4, -5, 4, 4),
    (1, 2, -4, -3, -1, -1, 4, 3),
    (-5, -1, -2, 5, -3, -2, 2, -2),
    (3, -2, 5, -2, -3, -1, -5, -3),
)
"""Four samples that are tried: ρ <= 0.897 at every setting, and 0.897^300 < 10^-14, so that 300 epochs are enough."""
BACKWARDS = (3, 1, 2, 0)


@dataclass(frozen=True)
class ConstantStepLimit:
    """The formula: (increment of an epoch's direction, growth) from the data, b, order and η."""

    predict: Callable[[Array, int, tuple[int, ...] | None, float], tuple[Array, float]]


def _constant(beta1: Fraction = B1, beta2: Fraction = B2, stretch: float = 1.0) -> ConstantStepLimit:
    def predict(X: Array, b: int, order: tuple[int, ...] | None, eta: float) -> tuple[Array, float]:
        problem = LimitProblem(X, IncAdamField(b, order, beta1, beta2))
        found = solve_constant(problem, eta * stretch, contraction=False)
        return found.limit.direction, found.growth

    return ConstantStepLimit(predict)


def _vanishing(field: Callable[[int, tuple[int, ...] | None], Field]) -> ConstantStepLimit:
    """The limit of vanishing steps, with the growth that its level gives at the betas themselves."""

    def predict(X: Array, b: int, order: tuple[int, ...] | None, eta: float) -> tuple[Array, float]:
        limit = solve(LimitProblem(X, field(b, order)))
        return limit.direction, limit.gamma * float(epoch_factor(eta, 0.5, 0.8, 1.0, len(X) // b))

    return ConstantStepLimit(predict)


def runs(formula: ConstantStepLimit, effort: Effort) -> Evidence:
    """Inc-Adam in float64, relative to its last gradient, b = 1 and 2, two orders, two steps: to 1e-11 after 300 epochs."""
    cases, X = [], np.array(ROWS, dtype=np.float64)
    for b, order in ((1, None), (2, None), (1, BACKWARDS), (2, BACKWARDS)):
        for eta in (0.01, 0.03):
            moved, grown = _last_increment(X, b, order, eta, 300)
            direction, growth = formula.predict(X, b, order, eta)
            gap = float(np.linalg.norm(moved / np.linalg.norm(moved) - direction))
            cases += [
                (f"direction off by {gap:.3g} at b={b}, order={order}, η={eta}", gap < 1e-11),
                (f"growth {grown!r} against {growth!r}, b={b}, η={eta}", abs(grown - growth) < 1e-11),
            ]
    return all_of(cases)


def _last_increment(
    X: Array, b: int, order: tuple[int, ...] | None, eta: float, epochs: int
) -> tuple[Array, float]:
    """(increment of w, growth of the least margin) over the last epoch of a run from w_0 = 0."""
    b1, b2 = float(B1), float(B2)
    batches = np.array(order or range(len(X))).reshape(-1, b)
    z, m, v, scale, moved, least = np.zeros(len(X)), 0 * X[0], 0 * X[0], 0.0, 0 * X[0], 0.0
    for _ in range(epochs):
        moved, least = 0 * X[0], float(z.min())
        for batch in batches:
            new = float(z[batch].min())
            m, v, scale = m * np.exp(new - scale), v * np.exp(2 * (new - scale)), new
            g = np.exp(new - z[batch]) @ X[batch]
            m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
            step = eta * np.divide(m, np.sqrt(v), out=0 * m, where=v > 0)  # batch sums may cancel
            moved, z = moved + step, z + X @ step
    return moved, float(z.min()) - least


F = _constant()
CLAIM = Claim(
    id="L9",
    title="constant steps → effective fixed point",
    plain="Inc-Adam at a constant step, cyclic batches of size b < N: where an epoch's increments converge, they tend to the "
    "fixed point of the effective betas (I12), geometrically at the rate ρ of the epoch map.",
    tex=r"w_{t+K}-w_t\to\kappa\,u_{\beta_1',\beta_2'}(\hat c),\quad x_i\cdot(w_{t+K}-w_t)\to\hat\gamma",
    quantifiers="for every separable X with nonzero entries, b | N, b < N, β1² < β2, η > 0 and start whose increments converge; "
    "either loss, with or without bias correction",
    source="derived here",
    proof=__doc__ or "",
    expected=Verdict.OBSERVED,
    hypotheses=(uses("adam"), SEPARABLE, NONZERO, CYCLIC, SUMMABLE, CONSTANT),
    formula=F,
    checks=(EvidenceSource("runs from zero", SUPPORTS, "one 4 × 8 data set, float64, 300 epochs", runs),),
    mutants=(
        *changes(
            F,
            vanishing_steps={"predict": _vanishing(lambda b, order: IncAdamField(b, order, B1, B2)).predict},
            proxy={"predict": _vanishing(lambda b, order: AdamProxyField()).predict},
            beta2_higher={"predict": _constant(B1, B2 + Fraction(1, 100)).predict},
            beta2_lower={"predict": _constant(B1, B2 - Fraction(1, 100)).predict},
            beta1_higher={"predict": _constant(B1 + Fraction(1, 100), B2).predict},
            longer_step={"predict": _constant(stretch=1.01).predict},
            ignored_batch={"predict": lambda X, b, order, eta: F.predict(X, 1, order, eta)},
            ignored_order={"predict": lambda X, b, order, eta: F.predict(X, b, None, eta)},
        ),
    ),
    missing_evidence="simulated runs against the prediction (marginproof.properties.checks.constant_steps)",
)
