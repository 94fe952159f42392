"""Faults from public reports, each planted in the reference of its law, which is its correct twin.

The reports were found by a search for wrong optimizers; the code here is ours.
"""

from __future__ import annotations

import law_references as ref
import numpy as np

REPORTED: dict[type, str] = {}


def plant(base: type, name: str, report: str, **changes) -> None:
    REPORTED[type(f"{base.__name__}{name}", (base,), changes)] = report


def counts_with(base, clock):
    """Another clock for the corrections."""

    def step(self, w, grad, lr):
        self.calls = getattr(self, "calls", 0) + 1
        self.t = clock(self.calls) - 1
        return base.step(self, w, grad, lr)

    return step


plant(ref.AdamW, "NeverCounts", "allenai/OLMo-core#317", step=counts_with(ref.AdamW, lambda n: 1))
plant(
    ref.LAMB,
    "CountsEveryTensor",
    "NVIDIA/DeepLearningExamples#391",
    step=counts_with(ref.LAMB, lambda n: 2 * n),
)
plant(
    ref.Adam,
    "CountsItsOwnWorker",
    "ikostrikov/pytorch-a3c#12",
    step=counts_with(ref.Adam, lambda n: (n + 1) // 2),
)


def corrected_in_place(self):
    self.m = self.m / (1 - self.beta1**self.t)
    return self.m


plant(ref.RAdam, "CorrectsInPlace", "frgfm/holocron#1", m_hat=corrected_in_place)
plant(
    ref.Adam,
    "SubtractsOneTwice",
    "kozistr/pytorch_optimizer#308",
    m_hat=lambda self: self.m / (1 - (1 - self.beta1**self.t)),
    v_hat=lambda self: self.v / (1 - (1 - self.beta2**self.t)),
)
plant(
    ref.Adam,
    "RaisesTheDifference",
    "PennyLaneAI/pennylane#1928",
    m_hat=lambda self: self.m / (1 - self.beta1) ** self.t,
    v_hat=lambda self: self.v / (1 - self.beta2) ** self.t,
)
plant(ref.Adam, "Multiplies", "oracle/tribuo#401", quotient=lambda self, m, v: m * (np.sqrt(v) + self.eps))


def decays_inside_the_sign(self, g, w, lr):
    return ref.Lion.direction(self, g + self.weight_decay * w, w, lr)


plant(
    ref.Lion,
    "DecaysInsideTheSign",
    "bitsandbytes-foundation/bitsandbytes#1992",
    direction=decays_inside_the_sign,
    moved=lambda self, w, u, lr: w - lr * u,
)


def two_factors(self):
    b, t = self.beta1, self.t
    return b * self.m / (1 - b ** (t + 2)) + (1 - b) * self.g / (1 - b**t)


def overwritten(self):
    b, t = self.beta1, self.t
    self.m = b * self.m / (1 - b ** (t + 1))
    return self.m + (1 - b) * self.g / (1 - b**t)


plant(ref.NAdam, "TakesAFactorTwice", "pytorch/pytorch#92699", m_hat=two_factors)
plant(ref.NAdam, "OverwritesM", "deeplearning4j/nd4j#1891", m_hat=overwritten)
plant(
    ref.Nesterov,
    "SubtractsTheVelocity",
    "PaddlePaddle/Paddle#12231",
    direction=lambda self, g, w, lr: g - self.momentum * ref.Momentum.direction(self, g, w, lr),
)


def never_fades(self, g, w, lr):
    self.b = g.copy() if self.b is None else self.b + self.momentum * g
    return self.b


plant(ref.Momentum, "NeverFades", "ooples/AiDotNet#2008", direction=never_fades)


def of_the_gradient(self, g, w, lr):
    self.m = self.momentum * self.m + (1 - self.momentum) * g
    return self.orthogonal(g)


plant(ref.Muon, "OrthogonalisesTheGradient", "google-deepmind/optax#1170", direction=of_the_gradient)


def clipped_from_below(self, g, w, lr):
    self.v = self.v + self.fresh() * (g**2 - self.v)
    u = g / np.sqrt(np.maximum(self.v, 2.0**-104))
    u = u / np.minimum(1.0, np.sqrt(np.mean(u**2)) / self.clip)
    return u * self.size(w) * min(1.0, 1 / (lr * self.t**0.5))


plant(ref.Adafactor, "ClipsFromBelow", "huggingface/pytorch-image-models#2790", direction=clipped_from_below)
