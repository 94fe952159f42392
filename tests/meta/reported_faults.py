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


plant(
    ref.Adam,
    "CorrectsEpsilon",
    "tensorflow/tensorflow#9047",
    quotient=lambda self, m, v: m / (np.sqrt(v) + self.eps / np.sqrt(1 - self.beta2**self.t)),
)
plant(
    ref.Adam,
    "AddsEpsilonTwice",
    "kozistr/pytorch_optimizer#397",
    quotient=lambda self, m, v: m / (np.sqrt(v + self.eps) + self.eps),
)
plant(ref.Adam, "RaisesOneTooFar", "tiny-dnn/tiny-dnn#824", first_t=1)


def weighs_backwards(self, g):
    self.m = (1 - self.beta1) * self.m + self.beta1 * g
    self.v = (1 - self.beta2) * self.v + self.beta2 * g**2


plant(ref.Adam, "WeighsBackwards", "mila-iqia/blocks#1175", averages=weighs_backwards)


def decays_what_has_moved(self, w, u, lr):
    w = w - lr * u
    return w - lr * self.weight_decay * w


plant(ref.AdamW, "DecaysWhatHasMoved", "huggingface/transformers#14539", moved=decays_what_has_moved)
plant(
    ref.AdamW,
    "DecaysByAConstant",
    "e-sensing/torchopt#14",
    moved=lambda self, w, u, lr: w - lr * u - lr * self.weight_decay,
)
plant(
    ref.AdamW,
    "DecaysTheGradient",
    "nntrainer/nntrainer#3565",
    seen=lambda self, g, w: g + self.weight_decay * w,
    moved=lambda self, w, u, lr: w - lr * u,
)
plant(
    ref.AMSGrad,
    "StoresNoMaximum",
    "chainer/chainer#7661",
    v_hat=lambda self: np.maximum(self.top, self.v) / (1 - self.beta2**self.t),
)


def of_the_old_average(self, g):
    self.v = self.beta2 * self.v + (1 - self.beta2) * (g - self.m) ** 2
    self.m = self.beta1 * self.m + (1 - self.beta1) * g


plant(ref.AdaBelief, "LooksAtTheOldAverage", "google-deepmind/optax#1130", averages=of_the_old_average)
UNCORRECTED = {"m_hat": lambda self: self.m, "v_hat": lambda self: self.v}
plant(ref.AdaBelief, "CorrectsNothing", "FluxML/Flux.jl#1962", **UNCORRECTED)
plant(ref.LAMB, "CorrectsNothing", "jettify/pytorch-optimizer#443", **UNCORRECTED)


def inside_the_root(self, m, v):
    return m / np.sqrt(v + self.eps)


plant(ref.RAdam, "AddsEpsilonInside", "CyberZHG/keras-radam#29", quotient=inside_the_root)
plant(ref.CenteredRMSProp, "AddsEpsilonInside", "CanReader/FastNN#12", quotient=inside_the_root)


def multiplies_by_the_square(self, g, w, lr):
    self.v = (self.beta2 * self.v + (1 - self.beta2)) * g**2
    u = g * np.sqrt(self.m + self.eps) / np.sqrt(self.v + self.eps)
    self.m = self.beta2 * self.m + (1 - self.beta2) * u**2
    return u


plant(ref.Adadelta, "MultipliesByTheSquare", "deeplearning4j/nd4j#1239", direction=multiplies_by_the_square)


def looks_ahead_too_early(self, g, w, lr):
    return ref.Momentum.direction(self, g if self.b is None else g + self.momentum * self.b, w, lr)


plant(ref.Nesterov, "LooksAheadTooEarly", "ml-explore/mlx#87", direction=looks_ahead_too_early)
