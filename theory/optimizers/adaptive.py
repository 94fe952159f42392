"""Optimizers that divide by the root of averaged squares: AdamProxy, Adam, RMSProp."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from marginproof.theory import laws
from marginproof.theory.batching import Batching, Cyclic, Full, Reshuffled, WithReplacement, batching_of
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import (
    AdamProxyField,
    Field,
    IncAdamField,
    ReplacementField,
    ReshuffledField,
    SignField,
)
from marginproof.theory.hyperparameters import Beta, Exact
from marginproof.theory.laws import CoordinateLaw
from marginproof.theory.optimizers.base import Optimizer


@dataclass(frozen=True, repr=False)
class AdamProxy(Optimizer):
    """AdamProxy (paper, Prop. 4.1): one pass over all samples a step, v from per-sample gradients."""

    name, label_full, label_batches, symbols = "adamproxy", "AdamProxy", "AdamProxy", "Σ g_i / √Σ g_i²"
    rule = staticmethod(laws.adam_proxy)
    squares = True
    full_batch_only = True

    def batching(
        self,
        n_samples: int,
        batch_size: int | None = None,
        sampling: str = "cyclic",
        order: tuple[int, ...] | None = None,
    ) -> Batching:
        """All samples, a gradient each; refuses b > 1."""
        batching_of(n_samples, n_samples if batch_size is None else batch_size, sampling, order)
        if batch_size not in (None, 1):
            raise MarginproofError(
                f"batch_size={batch_size} for adamproxy, which takes single samples; leave it out, "
                "or choose adam with sampling reshuffle for the field of larger batches as beta2 → 1"
            )
        return Full()

    def _field(self, n_samples: int, batching: Batching) -> Field:
        return AdamProxyField()


class _AdamLike(Optimizer):
    """Averages of g and g²; for fields β1 <= β2 is needed."""

    per_sample = True

    def _field(self, n_samples: int, batching: Batching) -> Field:
        beta1, beta2 = self._betas()
        if beta1 > beta2:
            raise MarginproofError(
                f"beta1={beta1} exceeds beta2={beta2}; Adam's theory needs beta1 <= beta2, "
                "so lower beta1 or raise beta2"
            )
        if isinstance(batching, Reshuffled):
            return ReshuffledField(batching.batch_size)
        if isinstance(batching, WithReplacement):
            return ReplacementField(batching.batch_size)
        if isinstance(batching, Cyclic):
            return IncAdamField(batching.batch_size, batching.order, beta1, beta2)
        return SignField()

    def _betas(self) -> tuple[Fraction, Fraction]:
        raise NotImplementedError

    def beta2_to_one(self, n_samples: int, batching: Batching | None = None) -> bool:
        """With random batches smaller than the full one."""
        random = isinstance(batching, Reshuffled | WithReplacement)
        return random and not (batching or self.batching(n_samples)).is_full(n_samples)


@dataclass(frozen=True, repr=False)
class Adam(_AdamLike):
    """Adam; the paper's has ε = 0 and no bias correction.

    Arguments:
      beta1, beta2: in [0, 1); β1² < β2 or steps are unbounded (theory, I11 and R7), but not refused.
      eps: ε added to √v, in true units: once √v is below it, it decides.
      bias_correction: divide m by 1-β1^t and v by 1-β2^t.
    """

    beta1: Beta = Beta(Fraction(9, 10), "β₁")  # noqa: RUF009 (a descriptor)
    beta2: Beta = Beta(Fraction(19, 20), "β₂")  # noqa: RUF009 (a descriptor)
    eps: Exact = Exact(0, "ε")  # noqa: RUF009 (a descriptor)
    bias_correction: bool = False
    name, label_full, label_batches, symbols = "adam", "full-batch Adam", "Adam", "m / (√v + ε)"
    rule = staticmethod(laws.adam)

    def _betas(self) -> tuple[Fraction, Fraction]:
        return self.beta1, self.beta2

    def label(self, batching: Batching, betas: bool = True) -> str:
        """As for every optimizer; cyclic batches make it the paper's Inc-Adam, whose b is 1 unless said."""
        words = super().label(batching, betas)
        if not isinstance(batching, Cyclic):
            return words
        return f"Inc-{words.replace(', b = 1', '', 1) if batching.batch_size == 1 else words}"

    @property
    def law(self) -> CoordinateLaw:
        """With or without bias correction."""
        return laws.adam_unbiased if self.bias_correction else laws.adam

    @property
    def unbiased(self) -> bool:
        """Whether the law reads 1-β^t."""
        return self.bias_correction


@dataclass(frozen=True, repr=False)
class RMSProp(_AdamLike):
    """RMSProp: Adam without momentum.

    Arguments:
      beta2: in [0, 1).
      eps: ε added to √v, in true units.
    """

    beta2: Beta = Beta(Fraction(19, 20), "β₂")  # noqa: RUF009 (a descriptor)
    eps: Exact = Exact(0, "ε")  # noqa: RUF009 (a descriptor)
    name, label_full, label_batches = "rmsprop", "full-batch RMSProp", "RMSProp"
    symbols = "g / (√v + ε)"
    rule = staticmethod(laws.rmsprop)

    def _betas(self) -> tuple[Fraction, Fraction]:
        return Fraction(0), self.beta2


KINDS: tuple[type[Optimizer], ...] = (AdamProxy, Adam, RMSProp)
