"""The losses: ℓ(z) = e^{-z} and log(1+e^{-z}), in logarithms so that no margin is too large.

What a step needs is log(-ℓ'(z)); what a record needs is log of the mean loss.  ``z`` comes as
``z = relative + reference``, where the relative part is small and accurate and the reference may be
10^6: for the exponential loss only the relative part matters.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np

from marginproof.theory.errors import MarginproofError

SATURATED = 40.0
"""Beyond z = 40, log(1+e^{-z}) < 5e-18 changes no bit of log(-ℓ')."""


def log_slope(relative: float, reference: float, code: int) -> float:
    """log(-ℓ'(z)) + reference, at z = relative + reference.

    That is log(-ℓ') = -z for the exponential loss, and -log(1+e^z) = -z - log(1+e^{-z}) for the logistic.  The engine compiles this.
    """
    z = relative + reference
    if code == 0 or z > 40.0:
        return -relative
    if z > 0.0:
        return float(-relative - np.log1p(np.exp(-z)))
    return float(reference - np.log1p(np.exp(z)))


class Loss(StrEnum):
    """A loss by its name.

    Example:
      >>> Loss("logistic").slopes(np.zeros(2)).tolist()
      [0.5, 0.5]
    """

    EXPONENTIAL = "exponential"
    """ℓ(z) = e^{-z}."""
    LOGISTIC = "logistic"
    """ℓ(z) = log(1+e^{-z})."""

    @classmethod
    def _missing_(cls, value: object) -> Loss:
        raise MarginproofError(f"loss={value} is unknown; choose one of {', '.join(cls)}")

    @property
    def code(self) -> int:
        """The engine's number for it."""
        return list(Loss).index(self)

    def slope(self, z: Any, exp: Any) -> Any:
        """-ℓ'(z), in the number system whose exponential is given."""
        return exp(-z) if self is Loss.EXPONENTIAL else 1 / (1 + exp(z))

    def slopes(self, z: np.ndarray) -> np.ndarray:
        """-ℓ'(z), elementwise; no overflow but the exponential's own."""
        if self is Loss.EXPONENTIAL:
            return np.asarray(np.exp(-z))
        tail = np.exp(-np.abs(z))
        return np.asarray(np.where(z >= 0, tail, 1.0) / (1.0 + tail))

    def log_slopes(self, z: np.ndarray) -> np.ndarray:
        """log(-ℓ'(z)), elementwise."""
        return np.asarray(-z if self is Loss.EXPONENTIAL else -np.logaddexp(0.0, z))

    def weights(self, relative: np.ndarray, reference: float) -> np.ndarray:
        """c_i ∝ -ℓ'(z_i) on the simplex, z = relative + reference, shape (N,)."""
        logs = np.array([log_slope(float(z), reference, self.code) for z in relative])
        c = np.exp(logs - logs.max())
        return np.asarray(c / c.sum())

    def log_mean(self, relative: np.ndarray, reference: float) -> float:
        """log of (1/N) Σ ℓ(z_i), z = relative + reference, shape (N,)."""
        logs = -relative
        if self is Loss.LOGISTIC:
            z = relative + reference
            y = np.exp(-np.maximum(z, -SATURATED))
            small = np.log(np.log1p(y) / np.where(y == 0, 1.0, y), out=np.zeros_like(y), where=y > 0)
            logs = np.where(z > -SATURATED, logs + small, np.log(np.maximum(-z, 1.0)) + reference)
        top = logs.max()
        return float(top - reference + np.log(np.exp(logs - top).mean()))
