"""The flow dw/dτ = κ u(c) that an optimizer's iterates follow as its steps vanish, from w_0 = 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.theory.batching import Reshuffled
from marginproof.theory.fields import AdamProxyField, Field, GradientField, IncAdamField, ReshuffledField
from marginproof.theory.losses import Loss


def second_half(W: np.ndarray, half: int, end: int) -> np.ndarray:
    """The unit direction of w_T - w_{T/2}, the way of a run's second half."""
    moved = W[end] - W[half]
    return np.asarray(moved / (float(np.linalg.norm(moved)) or 1.0))


@dataclass(frozen=True)
class OptimizerFlow:
    """dw/dτ = speed · u(c) with c ∝ s(Xw), w(0) = 0.

    Attributes:
      field: u.
      speed: κ, so that time is Σ η.
    """

    field: Field
    speed: float

    def path(self, X: np.ndarray, loss: Loss, length: float, steps: int) -> np.ndarray:
        """w at ``steps`` + 1 equal times up to ``length``, by the classical Runge–Kutta method."""

        def slope(w: np.ndarray) -> np.ndarray:
            s = loss.slopes(X @ w)
            return np.asarray(self.speed * self.field(X, s / s.sum()))

        h, W = length / steps, np.zeros((steps + 1, X.shape[1]))
        for t in range(steps):
            w = W[t]
            a = slope(w)
            b = slope(w + h / 2 * a)
            c = slope(w + h / 2 * b)
            W[t + 1] = w + h / 6 * (a + 2 * b + 2 * c + slope(w + h * c))
        return W


def flow_of(subject: OptimizerUnderTest, case: Case) -> OptimizerFlow:
    """The flow that a subject follows as η → 0 (cyclic batches), or as β2 → 1 too (reshuffled ones).

    Reshuffled: a batch's mean gradient averages m/N, and its square ((1-θ) q + θ m²)/(b N) (I10): κ = √(b/N).
    """
    if isinstance(case.batching, Reshuffled):
        return OptimizerFlow(ReshuffledField(case.b), float(np.sqrt(case.b / case.n)))
    if subject.family == "gd":
        return OptimizerFlow(GradientField(), 1.0)
    if subject.family == "adamproxy":
        return OptimizerFlow(AdamProxyField(), 1.0)
    K = case.n // case.b
    b1, b2 = float(case.hyper["beta1"]), float(case.hyper["beta2"])
    constant = (1 - b1) / (1 - b1**K) * np.sqrt((1 - b2**K) / (1 - b2))
    field = IncAdamField(batch_size=case.b, beta1=case.hyper["beta1"], beta2=case.hyper["beta2"])
    return OptimizerFlow(field, float(constant) / K)
