"""At least four planted faults a law: what public bug reports tell of, each in an otherwise correct optimizer."""

from __future__ import annotations

import law_references as ref
import numpy as np

LAW_FAULTS: dict[type, list[type]] = {cls: [] for cls in ref.REFERENCES}


def plant(base: type, name: str, **changes) -> None:
    LAW_FAULTS[base].append(type(f"{base.__name__}{name}", (base,), changes))


def old_rate(base):
    """A velocity that holds the rate: each step's u is multiplied by the rate of the step before."""

    def moved(self, w, u, lr):
        before, self.rate = getattr(self, "rate", lr), lr
        return base.moved(self, w, u, before)

    return moved


def single(x):
    return np.asarray(x, dtype=np.float32).astype(np.float64)


def forgets(base):
    """State that is reset every third step."""

    def step(self, w, grad, lr):
        if self.t % 3 == 2:
            self.m, self.v = np.zeros(self.dim), np.zeros(self.dim)
            self.b = None
        return base.step(self, w, grad, lr)

    return step


def lazy(base):
    """State of coordinates without a gradient is left as it is, and they do not move."""

    def step(self, w, grad, lr):
        m, v = np.array(self.m), np.array(self.v)
        new = base.step(self, w, grad, lr)
        still = grad == 0
        self.m, self.v = np.where(still, m, self.m), np.where(still, v, self.v)
        return np.where(still, w, new)

    return step


def bfloat(base):
    """Averaging constants cut to bfloat16, eight digits."""

    def init(self, dim, **hyper):
        base.__init__(self, dim, **{k: _bf(v) for k, v in hyper.items()})

    return init


def _bf(x):
    bits = np.array([x], dtype=np.float32).view(np.uint32) & np.uint32(0xFFFF0000)
    return float(bits.view(np.float32)[0])


def ascends(base):
    return lambda self, w, u, lr: base.moved(self, w, -u, lr)


for base in ref.REFERENCES:  # these four every law must notice
    plant(base, "HoldsTheOldRate", moved=old_rate(base))
    plant(base, "Ascends", moved=ascends(base))
    plant(
        base,
        "DecaysTwice",
        moved=lambda self, w, u, lr, base=base: base.moved(self, w, u, lr) - 1e-3 * lr * w,
    )
    plant(
        base,
        "RoundsTheStep",
        moved=lambda self, w, u, lr, base=base: base.moved(self, w, single(u / 3) * 3 * (1 + 2.0**-20), lr),
    )

MOMENTA = [b for b in ref.REFERENCES if b not in (ref.SignGD, ref.NormalisedGD, ref.Adafactor)]
for base in MOMENTA:
    plant(base, "ForgetsEveryThirdStep", step=forgets(base))
for base in (ref.Lion, ref.Adam, ref.AMSGrad, ref.NAdam, ref.AdaBelief, ref.Muon):
    plant(base, "IsLazy", step=lazy(base))

CORRECTED = (ref.Adam, ref.AdamW, ref.AMSGrad, ref.NAdam, ref.AdaBelief, ref.LAMB)
for base in CORRECTED:
    plant(base, "CountsFromTwo", first_t=1)
    plant(base, "DoesNotRaiseToT", v_hat=lambda self: self.v / (1 - self.beta2))
for base in (
    ref.Adam,
    ref.AdamW,
    ref.NAdam,
    ref.RAdam,
    ref.RMSProp,
    ref.LAMB,
    ref.Adagrad,
    ref.CenteredRMSProp,
):
    plant(base, "EpsInside", eps=1e-3, quotient=lambda self, m, v: m / np.sqrt(v + self.eps))
for base in (ref.Adam, ref.AdamW, ref.NAdam, ref.RAdam, ref.LAMB):
    plant(base, "EpsUncorrected", eps=1e-3,
          quotient=lambda self, m, v: uncorrected(self, m, v))  # fmt: skip

for base in (ref.Lion, ref.Adam, ref.AMSGrad, ref.Adamax, ref.RMSProp, ref.Momentum):
    plant(base, "RoundsItsConstants", __init__=bfloat(base))
for base in (ref.Adam, ref.AdamW, ref.AMSGrad):
    plant(base, "CorrectsInPlace", m_hat=lambda self: _in_place(self))


def _in_place(self):
    self.m /= 1 - self.beta1**self.t
    return self.m


def outside(self, m, v):
    return m / (np.sqrt(v) + self.eps)


def inside(self, m, v):
    return m / np.sqrt(v + self.eps)


def uncorrected(self, m, v):
    return m / (np.sqrt(v) + self.eps / np.sqrt(1 - self.beta2**self.t))


for base in (
    ref.Adam,
    ref.AMSGrad,
):  # declared in one place, put in another; "outside" is the usual declaration, above
    plant(base, "EpsOutsideNotInside", eps=1e-3, eps_placement="inside", quotient=outside)
    plant(base, "EpsUncorrectedNotInside", eps=1e-3, eps_placement="inside", quotient=uncorrected)
    plant(base, "EpsOutsideNotUncorrected", eps=1e-3, eps_placement="uncorrected", quotient=outside)
    plant(base, "EpsInsideNotUncorrected", eps=1e-3, eps_placement="uncorrected", quotient=inside)

plant(
    ref.Momentum,
    "Dampens",
    direction=lambda self, g, w, lr: ref.Momentum.direction(self, g * (1 - self.momentum), w, lr),
)
plant(
    ref.Nesterov,
    "LooksTwiceAhead",
    direction=lambda self, g, w, lr: g + self.momentum**2 * ref.Momentum.direction(self, g, w, lr),
)
plant(ref.SignGD, "SignsZeroUp", direction=lambda self, g, w, lr: np.where(g >= 0, 1.0, -1.0))


def momentum_first(self, g, w, lr):
    self.m = self.beta2 * self.m + (1 - self.beta2) * g
    return np.sign(self.beta1 * self.m + (1 - self.beta1) * g)


plant(ref.Lion, "MomentumFirst", direction=momentum_first)
plant(ref.Lion, "SwapsBetas", direction=lambda self, g, w, lr: _swapped_lion(self, g))


def _swapped_lion(self, g):
    u = np.sign(self.beta2 * self.m + (1 - self.beta2) * g)
    self.m = self.beta1 * self.m + (1 - self.beta1) * g
    return u


plant(
    ref.AdamW,
    "CouplesDecay",
    moved=lambda self, w, u, lr: w - lr * u,
    seen=lambda self, g, w: g + self.weight_decay * w,
)
plant(ref.AdamW, "DecaysAfter", moved=lambda self, w, u, lr: (w - lr * u) * (1 - lr * self.weight_decay))
plant(ref.AMSGrad, "KeepsNoMaximum", v_hat=lambda self: ref.Adam.v_hat(self))
plant(ref.AMSGrad, "MaximumAfter", v_hat=lambda self: _after(self))


def _after(self):
    self.top = np.maximum(self.top, self.v / (1 - self.beta2**self.t))
    return self.top


def overwritten(self, g):
    self.m = self.beta1 * self.m + (1 - self.beta1) * g
    self.v = (1 - self.beta2) * g**2


plant(ref.Adam, "OverwritesV", averages=overwritten)
plant(ref.NAdam, "LooksNotAhead", m_hat=lambda self: ref.Adam.m_hat(self))
plant(ref.RAdam, "RectifiesEarly", least=4.0)
plant(ref.RAdam, "ForgetsTheRoot", rectified=lambda self, r: r**2)
plant(ref.Adamax, "Averages", averages=ref.Adam.averages)
plant(ref.Adamax, "CorrectsTheMaximum", v_hat=lambda self: self.v / (1 - self.beta2**self.t))
plant(
    ref.RMSProp,
    "StartsAtOne",
    __init__=lambda self, dim, **h: (ref.Plain.__init__(self, dim, **h), setattr(self, "v", np.ones(dim)))[0],
)
plant(ref.CenteredRMSProp, "CentresNot", direction=ref.RMSProp.direction)
plant(
    ref.Adagrad,
    "AveragesNotSums",
    direction=lambda self, g, w, lr: ref.RMSProp.direction(_with(self, beta2=0.9), g, w, lr),
)
plant(
    ref.Adadelta,
    "TakesTheNewAverage",
    direction=lambda self, g, w, lr: g * np.sqrt(_new(self, g)) / np.sqrt(self.v + self.eps),
)
plant(
    ref.Adadelta, "EpsOutside", direction=lambda self, g, w, lr: ref.Adadelta.direction(self, g, w, lr) * 1.01
)


def _with(self, **values):
    self.__dict__.update(values)
    return self


def _new(self, g):
    ref.Adadelta.direction(self, g, None, 0.0)
    return self.m + self.eps


def square_squared(self, g):
    self.m = self.beta1 * self.m + (1 - self.beta1) * g
    self.v = self.v - (1 - self.beta2) * np.sign(self.v - g**2) * g**4


plant(ref.Yogi, "SquaresTheSquare", averages=square_squared)
plant(ref.Yogi, "StartsAtZero", __init__=ref.Plain.__init__)


def belief_in_the_old(self, g):
    self.v = self.beta2 * self.v + (1 - self.beta2) * (g - self.m) ** 2
    self.m = self.beta1 * self.m + (1 - self.beta1) * g


plant(ref.AdaBelief, "BelievesTheOldMean", averages=belief_in_the_old)
plant(ref.Adafactor, "StartsOneLate", fresh=lambda self: (self.t + 1) ** -self.power)
plant(ref.Adafactor, "IgnoresTheScale", size=lambda self, w: self.eps2)
plant(ref.LAMB, "TrustsWithoutNorm", trust=lambda self, w, u: 1.0)
plant(ref.LAMB, "TrustsUpsideDown", trust=lambda self, w, u: u / w if w > 0 and u > 0 else 1.0)
plant(ref.Muon, "NormalisesByTheLargest", orthogonal=lambda self, m: m / np.abs(m).max())
plant(ref.NormalisedGD, "TakesTheOneNorm", norm=lambda self, g: np.abs(g).sum())
plant(ref.NormalisedGD, "TakesTheMaximum", norm=lambda self, g: np.abs(g).max())

ALL_LAW_FAULTS = [cls for faults in LAW_FAULTS.values() for cls in faults]
