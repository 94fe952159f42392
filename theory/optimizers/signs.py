"""Optimizers whose step is a sign: sign descent, Signum, Lion."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from marginproof.theory import laws
from marginproof.theory.batching import Batching, Cyclic, Full
from marginproof.theory.fields import Field, LionField, SignField, SignumField
from marginproof.theory.hyperparameters import Beta, BetaOrLimit
from marginproof.theory.optimizers.base import Optimizer


@dataclass(frozen=True, repr=False)
class SignGD(Optimizer):
    """Sign descent on the full batch, SignSGD on smaller ones."""

    name, label_full, label_batches, symbols = "signgd", "sign descent", "SignSGD", "sign(g)"
    rule = staticmethod(laws.sign_gradient)

    def _field(self, n_samples: int, batching: Batching) -> Field:
        if (
            batching.batch_size == 1
        ):  # single samples give the same mean direction in whatever way they are drawn
            return SignumField(1, getattr(batching, "order", None), Fraction(0))
        return Signum(0)._field(n_samples, batching)


@dataclass(frozen=True, repr=False)
class Signum(Optimizer):
    """Signum (signSGD with momentum).

    Arguments:
      beta: β in [0, 1), or ``None`` for the limit β → 1, which runs stand for by :data:`~marginproof.theory.optimizers.base.NEAR_ONE`.
    """

    beta: BetaOrLimit = BetaOrLimit(Fraction(9, 10), "β")  # noqa: RUF009 (a descriptor)
    name, label_full, label_batches, symbols = "signum", "Signum", "Signum", "sign(m)"
    rule = staticmethod(laws.signum)

    def _field(self, n_samples: int, batching: Batching) -> Field:
        if self.beta is None or isinstance(batching, Full):
            return SignField()
        if isinstance(batching, Cyclic):
            return SignumField(batching.batch_size, batching.order, self.beta)
        if self.beta == 0 and batching.batch_size == 1:
            return SignGD()._field(n_samples, batching)
        raise self._unknown(batching)


@dataclass(frozen=True, repr=False)
class Lion(Optimizer):
    """Lion without weight decay (Chen et al., 2023).

    Arguments:
      beta1: what a step takes of the memory, in [0, 1).
      beta2: what the memory keeps of itself, in [0, 1); for β1 = β2 Lion is Signum.
    """

    beta1: Beta = Beta(Fraction(9, 10), "β₁")  # noqa: RUF009 (a descriptor)
    beta2: Beta = Beta(Fraction(99, 100), "β₂")  # noqa: RUF009 (a descriptor)
    name, label_full, label_batches = "lion", "full-batch Lion", "Lion"
    symbols = "sign(β₁ m + (1-β₁) g)"
    rule = staticmethod(laws.lion)

    def _field(self, n_samples: int, batching: Batching) -> Field:
        if isinstance(batching, Full):
            return SignField()
        if isinstance(batching, Cyclic):
            return LionField(batching.batch_size, batching.order, self.beta1, self.beta2)
        raise self._unknown(batching)

    @property
    def log_decay(self) -> float:
        """log β2: the memory fades by β2, not √β2.  β2 = 0 still holds the gradient before; β1 = 0 reads no memory."""
        return math.log(max(float(self.beta2), 2.0**-40)) if self.beta1 else -math.inf


KINDS: tuple[type[Optimizer], ...] = (SignGD, Signum, Lion)
