"""The optimizers and their settings: one frozen dataclass and one rule each.

Example:
  >>> Adam(0.9, 0.95)
  Adam(beta1=0.9, beta2=0.95, eps=0.0, bias_correction=False)
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any, ClassVar

from marginproof.properties.simulation import rules
from marginproof.properties.simulation.rules import TINY, Hyper, Rule
from marginproof.theory.errors import MarginproofError


class Scale(Enum):
    """In what units a rule wants its gradients."""

    FREE = "free"
    """Any, even another for each coordinate: u does not change (but for ε, which is scaled along)."""
    SHARED = "shared"
    """Any, the same for all coordinates."""
    ABSOLUTE = "absolute"
    """The true ones."""


@dataclass(frozen=True)
class Optimizer:
    """Settings of an optimizer.

    Class attributes:
      rule: its update rule (:mod:`marginproof.properties.simulation.rules`).
      scale: the units it wants its gradients in.
      squares: whether v is Σ of squared per-sample gradients.
    """

    rule: ClassVar[Any]
    scale: ClassVar[Scale] = Scale.FREE
    squares: ClassVar[bool] = False
    full_batch_only: ClassVar[bool] = False

    def __post_init__(self) -> None:
        for entry in fields(self):
            value = getattr(self, entry.name)
            if entry.name.startswith("beta") and not 0 <= value < 1:
                raise MarginproofError(
                    f"{entry.name}={value} is outside [0, 1); choose 0 <= {entry.name} < 1"
                )
            if entry.name == "eps" and not (0 <= value < math.inf):
                raise MarginproofError(
                    f"eps={value} is not a finite number >= 0; choose 0 for the paper's Adam"
                )

    @property
    def hyper(self) -> Hyper:
        """What the rule reads, with the true ε (0 allowed)."""
        return Hyper(eps=0.0)

    @property
    def update(self) -> Rule:
        """The rule for these settings."""
        chosen: Rule = type(self).rule
        return chosen

    @property
    def unbiased(self) -> bool:
        """Whether the rule reads 1-β^t."""
        return False

    @property
    def log_decay(self) -> float:
        """log of the factor by which the slowest memory fades in a step, √v for v; -inf without memory."""
        h = self.hyper
        slowest = max(float(h.beta1), math.sqrt(float(h.beta2)))
        return math.log(slowest) if slowest > 0 else -math.inf


@dataclass(frozen=True)
class GD(Optimizer):
    """Gradient descent; with batches, SGD.  Gradients may underflow: its own steps vanish with them."""

    rule = staticmethod(rules.gradient)
    scale = Scale.ABSOLUTE


@dataclass(frozen=True)
class NormalisedGD(Optimizer):
    """w ← w - η g/‖g‖₂: gradient descent's path at unit speed."""

    rule = staticmethod(rules.normalised)
    scale = Scale.SHARED


@dataclass(frozen=True)
class SignGD(Optimizer):
    """Sign descent on the full batch, SignSGD on smaller ones."""

    rule = staticmethod(rules.sign_gradient)


@dataclass(frozen=True)
class Signum(Optimizer):
    """Signum (signSGD with momentum).

    Arguments:
      beta: β in [0, 1).
    """

    beta: float = 0.9
    rule = staticmethod(rules.signum)

    @property
    def hyper(self) -> Hyper:
        """β as ``beta1``."""
        return Hyper(beta1=float(self.beta), eps=0.0)


@dataclass(frozen=True)
class Adam(Optimizer):
    """Adam; the paper's has ε = 0 and no bias correction.

    Arguments:
      beta1, beta2: in [0, 1); β1² < β2 or steps are unbounded (theory, I11 and R7), but not refused.
      eps: ε added to √v, in true units: once √v is below it, it decides.
      bias_correction: divide m by 1-β1^t and v by 1-β2^t.
    """

    beta1: float = 0.9
    beta2: float = 0.95
    eps: float = 0.0
    bias_correction: bool = False
    rule = staticmethod(rules.adam)

    @property
    def hyper(self) -> Hyper:
        """β1, β2 and ε."""
        return Hyper(float(self.beta1), float(self.beta2), float(self.eps))

    @property
    def update(self) -> Rule:
        """With or without bias correction."""
        return rules.adam_unbiased if self.bias_correction else rules.adam

    @property
    def unbiased(self) -> bool:
        """Whether the rule reads 1-β^t."""
        return self.bias_correction


@dataclass(frozen=True)
class RMSProp(Optimizer):
    """RMSProp: Adam without momentum.

    Arguments:
      beta2: in [0, 1).
      eps: ε added to √v, in true units.
    """

    beta2: float = 0.95
    eps: float = 0.0
    rule = staticmethod(rules.rmsprop)

    @property
    def hyper(self) -> Hyper:
        """β2 and ε."""
        return Hyper(beta2=float(self.beta2), eps=float(self.eps))


@dataclass(frozen=True)
class AdamProxy(Optimizer):
    """AdamProxy (paper, Prop. 4.1): one pass over all samples a step, v from per-sample gradients."""

    rule = staticmethod(rules.adam_proxy)
    squares = True
    full_batch_only = True


def relative(hyper: Hyper) -> Hyper:
    """The settings for gradients in relative units: ε = 0 becomes :data:`~marginproof.properties.simulation.rules.TINY`."""
    return hyper._replace(eps=hyper.eps or TINY)
