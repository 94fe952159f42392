"""The losses: ℓ(z) = e^{-z} and log(1+e^{-z}), in logarithms so that no margin is too large.

What a step needs is log(-ℓ'(z)); what a record needs is log of the mean loss.  ``z`` comes as
``z = relative + reference``, where the relative part is small and accurate and the reference may be
10^6: for the exponential loss only the relative part matters.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from marginproof.theory.errors import MarginproofError

EXPONENTIAL, LOGISTIC = 0, 1
CODES = {"exponential": EXPONENTIAL, "logistic": LOGISTIC}
SATURATED = 40.0
"""Beyond z = 40, log(1+e^{-z}) < 5e-18 changes no bit of log(-ℓ')."""


def code_of(loss: str) -> int:
    """The engine's number for a loss's name."""
    if loss not in CODES:
        raise MarginproofError(f"loss={loss} is unknown; choose one of {', '.join(CODES)}")
    return CODES[loss]


def log_slope(relative: float, reference: float, loss: int) -> float:
    """log(-ℓ'(z)) + reference, at z = relative + reference.

    Exponential: -z.  Logistic: -log(1+e^z) = -z - log(1+e^{-z}).  The engine compiles this.
    """
    z = relative + reference
    if loss == 0 or z > 40.0:
        return -relative
    if z > 0.0:
        return float(-relative - np.log1p(np.exp(-z)))
    return float(reference - np.log1p(np.exp(z)))


def log_mean_loss(relative: np.ndarray, reference: float, loss: str) -> float:
    """log of (1/N) Σ ℓ(z_i), z = relative + reference, shape (N,)."""
    logs = -relative
    if loss == "logistic":
        z = relative + reference
        y = np.exp(-np.maximum(z, -SATURATED))
        small = np.log(np.log1p(y) / np.where(y == 0, 1.0, y), out=np.zeros_like(y), where=y > 0)
        logs = np.where(z > -SATURATED, logs + small, np.log(np.maximum(-z, 1.0)) + reference)
    top = logs.max()
    return float(top - reference + np.log(np.exp(logs - top).mean()))


def loss_weights(relative: np.ndarray, reference: float, loss: str) -> np.ndarray:
    """c_i ∝ -ℓ'(z_i) on the simplex, shape (N,)."""
    logs = np.array([log_slope(float(z), reference, code_of(loss)) for z in relative])
    c = np.exp(logs - logs.max())
    return np.asarray(c / c.sum())


def slope(z: Any, loss: str, exp: Any) -> Any:
    """-ℓ'(z) itself, in the number system whose exponential is given."""
    return exp(-z) if loss == "exponential" else 1 / (1 + exp(z))
