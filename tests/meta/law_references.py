"""Every law once more, written straight from its paper in plain numpy, with the hooks that faults override.

They share no code with marginproof.theory.laws: that they pass is a test of both.
"""

from __future__ import annotations

import numpy as np

from marginproof.properties.conformance.reference import PlainGD, PlainSignum


class Plain:
    """Hooks: what the rate does, where decay comes in, what the step is."""

    weight_decay = 0.0

    def __init__(self, dim, **hyper):
        self.__dict__.update(hyper)
        self.t = 0
        self.m, self.v = np.zeros(dim), np.zeros(dim)
        self.dim = dim

    def step(self, w, grad, lr):
        self.t += 1
        with np.errstate(all="ignore"):
            u = self.direction(np.array(grad), w, lr)
        return self.moved(w, np.where(np.isfinite(u), u, 0.0), lr)

    def moved(self, w, u, lr):
        return w - lr * u - lr * self.weight_decay * w


class Momentum(Plain):
    law = "momentum"
    b = None

    def direction(self, g, w, lr):
        self.b = g.copy() if self.b is None else self.momentum * self.b + g
        return self.b


class Nesterov(Momentum):
    law = "nesterov"

    def direction(self, g, w, lr):
        return g + self.momentum * super().direction(g, w, lr)


class SignGD(Plain):
    law = "signgd"

    def direction(self, g, w, lr):
        return np.sign(g)


class Lion(Plain):
    law, weight_decay = "lion", 0.01

    def direction(self, g, w, lr):
        u = np.sign(self.beta1 * self.m + (1 - self.beta1) * g)
        self.m = self.beta2 * self.m + (1 - self.beta2) * g
        return u


class Adam(Plain):
    """The family: hooks for the gradient, both averages, corrections, the quotient."""

    law, eps, corrected = "adam", 1e-8, True
    first_t = 0

    def direction(self, g, w, lr):
        self.averages(self.seen(g, w))
        return self.quotient(self.m_hat(), self.v_hat())

    def seen(self, g, w):
        return g

    def averages(self, g):
        self.m = self.beta1 * self.m + (1 - self.beta1) * g
        self.v = self.beta2 * self.v + (1 - self.beta2) * g**2

    def m_hat(self):
        return self.m / (1 - self.beta1 ** (self.t + self.first_t))

    def v_hat(self):
        return self.v / (1 - self.beta2 ** (self.t + self.first_t))

    def quotient(self, m, v):
        return m / (np.sqrt(v) + self.eps)


class AdamW(Adam):
    law, weight_decay = "adamw", 0.01


class AMSGrad(Adam):
    law, maximum = "amsgrad", "before"
    top = 0.0

    def v_hat(self):
        self.top = np.maximum(self.top, self.v)
        return self.top / (1 - self.beta2 ** (self.t + self.first_t))


class NAdam(Adam):
    law = "nadam"
    g = None

    def seen(self, g, w):
        self.g = g
        return g

    def m_hat(self):
        t = self.t + self.first_t
        return self.beta1 * self.m / (1 - self.beta1 ** (t + 1)) + (1 - self.beta1) * self.g / (
            1 - self.beta1**t
        )


class RAdam(Adam):
    law, least = "radam", 5.0
    grid = tuple({"beta1": a, "beta2": b} for a, b in ((0.5, 0.75), (0.75, 0.875), (0.875, 0.9375)))

    def direction(self, g, w, lr):
        self.averages(self.seen(g, w))
        inf = self.longest()
        rho = inf - 2 * self.t * self.beta2**self.t / (1 - self.beta2**self.t)
        if rho <= self.least:
            return self.m_hat()
        r = np.sqrt((rho - 4) * (rho - 2) * inf / ((inf - 4) * (inf - 2) * rho))
        return self.rectified(r) * self.quotient(self.m_hat(), self.v_hat())

    def longest(self):
        return 2 / (1 - self.beta2) - 1

    def rectified(self, r):
        return r


class Adamax(Adam):
    law = "adamax"

    def averages(self, g):
        self.m = self.beta1 * self.m + (1 - self.beta1) * g
        self.v = np.maximum(self.beta2 * self.v, np.abs(g))

    def v_hat(self):
        return self.v

    def quotient(self, m, v):
        return m / (v + self.eps)


class RMSProp(Adam):
    law, corrected = "rmsprop", False

    def direction(self, g, w, lr):
        self.v = self.beta2 * self.v + (1 - self.beta2) * g**2
        return self.quotient(g, self.v)


class CenteredRMSProp(RMSProp):
    law, eps = "rmsprop_centered", 1e-3

    def direction(self, g, w, lr):
        self.m = self.beta2 * self.m + (1 - self.beta2) * g
        self.v = self.beta2 * self.v + (1 - self.beta2) * g**2
        return self.quotient(g, np.maximum(self.v - self.m**2, 0.0))  # rounding may leave it below zero


class Adagrad(Adam):
    law, eps, corrected = "adagrad", 1e-10, False

    def direction(self, g, w, lr):
        self.v = self.v + g**2
        return self.quotient(g, self.v)


class Adadelta(Plain):
    law, eps = "adadelta", 1e-6

    def direction(self, g, w, lr):
        self.v = self.beta2 * self.v + (1 - self.beta2) * g**2
        u = g * np.sqrt(self.m + self.eps) / np.sqrt(self.v + self.eps)
        self.m = self.beta2 * self.m + (1 - self.beta2) * u**2
        return u


class Yogi(Adam):
    law, eps, v0 = "yogi", 1e-3, 1e-6

    def __init__(self, dim, **hyper):
        super().__init__(dim, **hyper)
        self.v = np.full(dim, 1e-6)

    def averages(self, g):
        self.m = self.beta1 * self.m + (1 - self.beta1) * g
        self.v = self.v - (1 - self.beta2) * np.sign(self.v - g**2) * g**2


class AdaBelief(Adam):
    law, eps = "adabelief", 1e-3

    def averages(self, g):
        self.m = self.beta1 * self.m + (1 - self.beta1) * g
        self.v = self.beta2 * self.v + (1 - self.beta2) * (g - self.m) ** 2


class Adafactor(Plain):
    law = "adafactor"
    power, clip, eps2 = 0.8, 1.0, 1e-3

    def direction(self, g, w, lr):
        self.v = self.v + self.fresh() * (g**2 - self.v)
        u = g / np.sqrt(np.maximum(self.v, 2.0**-104))
        u = u / np.maximum(1.0, np.sqrt(np.mean(u**2)) / self.clip)
        return u * self.size(w) * min(1.0, 1 / (lr * self.t**0.5))

    def fresh(self):
        return self.t**-self.power

    def size(self, w):
        return max(self.eps2, np.sqrt(np.mean(w**2)))


class LAMB(Adam):
    law, eps, weight_decay = "lamb", 1e-6, 0.01

    def direction(self, g, w, lr):
        u = super().direction(g, w, lr) + self.weight_decay * w
        return u * self.trust(np.linalg.norm(w), np.linalg.norm(u))

    def trust(self, w, u):
        return w / u if w > 0 and u > 0 else 1.0

    def moved(self, w, u, lr):
        return w - lr * u


class Muon(Plain):
    law = "muon"

    def direction(self, g, w, lr):
        self.m = self.momentum * self.m + (1 - self.momentum) * g
        return self.orthogonal(self.m)

    def orthogonal(self, m):
        return m / np.linalg.norm(m)  # one row


class NormalisedGD(Plain):
    law = "normalised_gd"

    def direction(self, g, w, lr):
        return g / self.norm(g)

    def norm(self, g):
        return np.linalg.norm(g)


def single(base: type) -> type:
    """The same optimizer with a state in float32."""

    def init(self, dim, **hyper):
        base.__init__(self, dim, **hyper)
        self.__dict__.update(
            {k: v.astype(np.float32) for k, v in vars(self).items() if isinstance(v, np.ndarray)}
        )

    def step(self, w, grad, lr):
        return base.step(self, w.astype(np.float32), grad.astype(np.float32), lr)

    return type(f"Single{base.__name__}", (base,), {"__init__": init, "step": step, "unit": 2.0**-24})


REFERENCES = (Momentum, Nesterov, SignGD, Lion, Adam, AdamW, AMSGrad, NAdam, RAdam, Adamax, RMSProp, CenteredRMSProp, Adagrad, Adadelta, Yogi,
              AdaBelief, Adafactor, LAMB, Muon, NormalisedGD)  # fmt: skip
SINGLES = tuple(map(single, (PlainGD, PlainSignum, *REFERENCES)))
