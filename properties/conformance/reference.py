"""The correct optimizers as plain classes: what a subject looks like, and what must pass every check."""

from __future__ import annotations

from typing import cast

import numpy as np


class PlainGD:
    """w ← w - η g."""

    family = "gd"

    def __init__(self, dim: int) -> None: ...

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """One step."""
        return w - lr * grad


class PlainSignum:
    """m ← βm + (1-β)g, w ← w - η sign(m)."""

    family = "signum"

    def __init__(self, dim: int, beta: float) -> None:
        self.beta, self.m = beta, np.zeros(dim)

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """One step."""
        self.m = self.beta * self.m + (1 - self.beta) * grad
        return w - lr * np.sign(self.m)


class PlainAdam:
    """m ← β1 m + (1-β1)g, v ← β2 v + (1-β2)g², w ← w - η m/√v; no ε, no bias correction."""

    family = "adam"

    def __init__(self, dim: int, beta1: float, beta2: float) -> None:
        self.beta1, self.beta2 = beta1, beta2
        self.m, self.v = np.zeros(dim), np.zeros(dim)

    def direction(self, grad: np.ndarray) -> np.ndarray:
        """m/√v after this gradient; 0 where no gradient was seen yet."""
        self.m = self.beta1 * self.m + (1 - self.beta1) * grad
        self.v = self.beta2 * self.v + (1 - self.beta2) * grad * grad
        return np.divide(self.m, np.sqrt(self.v), out=np.zeros_like(self.m), where=self.v > 0)

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """One step."""
        return w - lr * self.direction(grad)


class PlainCorrectedAdam(PlainAdam):
    """Adam with bias correction: m/(1-β1^t), v/(1-β2^t)."""

    corrected = True

    def __init__(self, dim: int, beta1: float, beta2: float) -> None:
        super().__init__(dim, beta1, beta2)
        self.t = 0

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """One step."""
        self.t += 1
        factor = np.sqrt(1 - self.beta2**self.t) / (1 - self.beta1**self.t)
        return cast(np.ndarray, w - lr * (factor * self.direction(grad)))


class PlainEpsAdam(PlainCorrectedAdam):
    """Adam as it is used: m̂/(√v̂ + ε), ε = 2^-10."""

    law, eps = "adam", 2.0**-10

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """One step."""
        self.t += 1
        self.direction(grad)
        root = np.sqrt(self.v / (1 - self.beta2**self.t))
        return w - lr * (self.m / (1 - self.beta1**self.t)) / (root + self.eps)


class PlainAdamProxy:
    """w ← w - η m/√q with m and q from the gradients of all samples (paper, Prop. 4.1)."""

    family = "adamproxy"
    per_sample = True

    def __init__(self, dim: int) -> None: ...

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """One step; ``grad`` has shape (N, d)."""
        scale = np.abs(grad).max()
        g = grad / scale
        m, q = g.sum(axis=0), (g * g).sum(axis=0)
        return cast(np.ndarray, w - lr * np.divide(m, np.sqrt(q), out=np.zeros_like(m), where=q > 0))


CORRECT = (PlainGD, PlainSignum, PlainAdam, PlainCorrectedAdam, PlainAdamProxy)
