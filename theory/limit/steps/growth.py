"""The scalar growth equation γ̂ = κ γ, in a variable in which it has no singularity.

Near the speed limit κ ~ √(1-β2'^K) has a vertical tangent in γ̂.  In s = √(1-β2'^K) ∈ (0, √(1-β2^K)) it is
nearly linear: γ̂ = (K/2) log(1/β2) + ½ log(1-s²) falls from the speed limit to 0 as s rises, and
κ = η (1-β1)/√(1-β2) · s/(1-β1'^K), so κγ - γ̂ has one sign at either end for every γ > 0.

Example:
  >>> steps = AdamSteps(0.01, 0.9, 0.95, 6)
  >>> s = steps.balanced(2.0)
  >>> float(round(steps.growth(s), 6)), float(round(steps.factor(s) * 2.0, 6))
  (0.009662, 0.009662)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import brentq

from marginproof.theory.limit.steps.effective import speed_limit


@dataclass(frozen=True)
class AdamSteps:
    """Inc-Adam's constant step: η, β1, β2 in (0, 1) with β1² < β2, and K batches an epoch, in float64."""

    eta: float
    beta1: float
    beta2: float
    K: int

    @cached_property
    def limit(self) -> float:
        """The speed limit (K/2) log(1/β2)."""
        return speed_limit(self.beta2, self.K)

    @cached_property
    def top(self) -> float:
        """s at vanishing growth, √(1-β2^K)."""
        return float(np.sqrt(-np.expm1(-2 * self.limit)))

    @cached_property
    def _rate(self) -> float:
        return self.eta * (1 - self.beta1) / math.sqrt(1 - self.beta2)

    def growth(self, s: float) -> float:
        """γ̂ at s."""
        return self.limit + 0.5 * float(np.log1p(-s * s))

    def root(self, s: float) -> float:
        """E = e^{γ̂/K} at s."""
        return float(np.exp(self.growth(s) / self.K))

    def _forgotten(self, s: float) -> float:
        """β1'^K at s."""
        return float(self.beta1**self.K * np.exp(self.growth(s)))

    def factor(self, s: float) -> float:
        """κ at s."""
        return float(self._rate * s / (1 - self._forgotten(s)))

    def slopes(self, s: float) -> tuple[float, float]:
        """(dγ̂/ds, dκ/ds)."""
        growth, left = -s / (1 - s * s), self._forgotten(s)
        return growth, self._rate / (1 - left) * (1 + s * left * growth / (1 - left))

    def balanced(self, level: float) -> float:
        """The s with γ̂ = κ · level, for a level γ > 0 held fixed."""
        ends = 1e-200, self.top
        return float(brentq(lambda s: self.factor(s) * level - self.growth(s), *ends, xtol=1e-18, rtol=1e-15))
