"""Fields of the mean gradient alone: gradient descent, and sign descent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from marginproof.theory.fields.field import Field, mean_gradient
from marginproof.theory.number_systems import FLOAT64, Array, NumberSystem


@dataclass(frozen=True)
class GradientField(Field):
    """Gradient descent and SGD with any batch: u = m.  Limit: the ℓ₂ max-margin direction."""

    smooth = True
    degree = 1
    solved_by = "l2"
    memoryless = True

    def certificate_entry(self, n_samples: int) -> dict[str, Any]:
        """Gradient descent."""
        return {"name": "gd"}

    def parallel_to_gradient(self, X: Array) -> bool:
        """By definition."""
        return True

    def normalised(self, u: Array) -> float:
        """‖m‖₂."""
        return float(np.linalg.norm(u))

    def __call__(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """u = Xᵀc."""
        return mean_gradient(X, c)

    def jacobian(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """∂u/∂c = Xᵀ."""
        return X.T


@dataclass(frozen=True)
class SignField(Field):
    """Sign descent, full-batch Adam, and Signum as β → 1: u = sign(m).  Limit: ℓ∞ max-margin.

    The field jumps where a coordinate of m changes sign, and at the limit some coordinate of m
    usually is zero: the limit equation is then read with u in the convex hull of the values
    nearby, which makes it the duality of the ℓ∞ margin (:mod:`marginproof.theory.margins.max_margin`).
    """

    smooth = False
    solved_by = "linf"

    def __call__(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """u = sign(Xᵀc)."""
        return numbers.sign(mean_gradient(X, c))

    def jacobian(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """Zero wherever no coordinate of m vanishes."""
        return cast(Array, X.T * numbers.convert(0))
