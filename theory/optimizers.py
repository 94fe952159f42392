"""The optimizers: one frozen dataclass each, with its field, its law, its label and its hyper-parameters.

=============  ====================================  ===============================================
optimizer      batches                               field
=============  ====================================  ===============================================
GD             any                                   :class:`~marginproof.theory.fields.GradientField`
NormalisedGD   full                                  :class:`~marginproof.theory.fields.GradientField`
SignGD         full                                  :class:`~marginproof.theory.fields.SignField`
SignGD         b < N, cyclic (b = 1: any sampling)   :class:`~marginproof.theory.fields.SignumField` (β = 0)
Signum         full, or β → 1 (``beta=None``)        :class:`~marginproof.theory.fields.SignField`
Signum         b < N, cyclic, β                      :class:`~marginproof.theory.fields.SignumField`
Lion           full                                  :class:`~marginproof.theory.fields.SignField`
Lion           cyclic, b < N                         :class:`~marginproof.theory.fields.LionField` (β1, β2)
AdamProxy      a pass over all samples               :class:`~marginproof.theory.fields.AdamProxyField`
Adam           full                                  :class:`~marginproof.theory.fields.SignField`
Adam           cyclic, b < N                         :class:`~marginproof.theory.fields.IncAdamField` (β1, β2)
Adam           reshuffled, b < N                     :class:`~marginproof.theory.fields.ReshuffledField` (β2 → 1)
Adam           with replacement                      :class:`~marginproof.theory.fields.ReplacementField` (β2 → 1)
RMSProp        as Adam with β1 = 0                   as Adam with β1 = 0
=============  ====================================  ===============================================

Fields are those of ε = 0 without bias correction; what batches are is said in :mod:`marginproof.theory.batching`.

Example:
  >>> Adam(0.9, 0.95), Adam().field(4)
  (Adam(beta1=0.9, beta2=0.95, eps=0.0, bias_correction=False), IncAdamField(batch_size=1, order=None, beta1=Fraction(9, 10), beta2=Fraction(19, 20)))
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from fractions import Fraction
from inspect import getattr_static
from typing import Any, ClassVar

from marginproof.theory import laws
from marginproof.theory.batching import Batching, Cyclic, Full, Reshuffled, WithReplacement, batching_of
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import (
    AdamProxyField,
    Field,
    GradientField,
    IncAdamField,
    LionField,
    ReplacementField,
    ReshuffledField,
    SignField,
    SignumField,
)
from marginproof.theory.hyperparameters import Beta, BetaOrLimit, Exact, Hyperparameter, plain
from marginproof.theory.laws import Hyper, Law, Scale

NEAR_ONE = Fraction(99, 100)
"""Signum's β in a run where the theory speaks of β → 1."""


@dataclass(frozen=True, repr=False)
class Optimizer:
    """Settings of an optimizer.

    Class attributes:
      name: as the command line spells it.
      label_full, label_batches: what the paper calls it on the full batch, and on smaller ones.
      symbols: its direction u in symbols.
      rule: its update law (:mod:`marginproof.theory.laws`).
      scale: the units it wants its gradients in.
      squares: whether v is Σ of squared per-sample gradients.
      per_sample: whether it takes single samples unless told otherwise, not the full batch.
      full_batch_only: whether a step always passes over all samples.
    """

    name: ClassVar[str]
    label_full: ClassVar[str]
    label_batches: ClassVar[str]
    symbols: ClassVar[str]
    rule: ClassVar[Any]
    scale: ClassVar[Scale] = Scale.FREE
    squares: ClassVar[bool] = False
    per_sample: ClassVar[bool] = False
    full_batch_only: ClassVar[bool] = False

    def __repr__(self) -> str:
        """As it is constructed, fractions as decimals where they are some."""
        shown = ", ".join(f"{name}={plain(value)!r}" for name, value in self.settings.items())
        return f"{type(self).__name__}({shown})"

    @property
    def settings(self) -> dict[str, Any]:
        """The hyper-parameters and switches by name."""
        return {entry.name: getattr(self, entry.name) for entry in fields(self)}

    def batching(
        self,
        n_samples: int,
        batch_size: int | None = None,
        sampling: str = "cyclic",
        order: tuple[int, ...] | None = None,
    ) -> Batching:
        """The batches for N samples, by names; where no b is given, single samples or all of them."""
        usual = 1 if self.per_sample else n_samples
        return batching_of(n_samples, usual if batch_size is None else batch_size, sampling, order)

    def field(self, n_samples: int, batching: Batching | None = None) -> Field:
        """The direction field for N samples.

        Arguments:
          batching: default as :meth:`batching` says.

        Raises:
          MarginproofError: batches that do not fit, settings for which no field is known.
        """
        chosen = batching or self.batching(n_samples)
        chosen.check(n_samples)
        return self._field(n_samples, Full() if chosen.is_full(n_samples) else chosen)

    def _field(self, n_samples: int, batching: Batching) -> Field:
        raise self._unknown(batching)

    def _unknown(self, batching: Batching) -> MarginproofError:
        given = "".join(f", {name}={plain(value)}" for name, value in self.settings.items() if value)
        return MarginproofError(
            f"sampling={batching.sampling} with {self.name}, batch_size={batching.batch_size}{given} has no "
            "known direction field; choose cyclic batches, the full batch, or signum without beta (beta → 1)"
        )

    def beta2_to_one(self, n_samples: int, batching: Batching | None = None) -> bool:
        """Whether :meth:`field` is that of β2 → 1, whatever β1 and β2 are.

        Example:
          >>> Adam().beta2_to_one(4, Reshuffled(2)), Adam().beta2_to_one(4, Cyclic(2))
          (True, False)
        """
        return False

    def label(self, batching: Batching, betas: bool = True) -> str:
        """In words, with the paper's symbols.

        Arguments:
          betas: write β (and ε, bias correction) out; False where a table's head or its note says them.

        Example:
          >>> Adam(0.9, 0.99).label(Reshuffled(2)), Signum(0.9).label(Full(), betas=False)
          ('reshuffled Adam, b = 2, β₁ = 0.9, β₂ = 0.99', 'Signum')
        """
        full = isinstance(batching, Full)
        parts = batching.label(self.label_full if full else self.label_batches)
        return ", ".join(parts + (self._constants() if betas else []))

    def _constants(self) -> list[str]:
        shown = []
        for name, value in self.settings.items():
            entry = getattr_static(type(self), name)
            if not isinstance(entry, Hyperparameter):
                shown += [name.replace("_", " ")] if value else []
            elif value is None:
                shown.append(f"{entry.symbol} → 1")
            elif value or entry.below_one:
                shown.append(f"{entry.symbol} = {float(value):g}")
        return shown

    def field_label(self, n_samples: int, batching: Batching | None = None) -> str:
        """The optimizer whose field is meant; β₂ → 1 where the field is that of the limit.

        Example:
          >>> Adam().field_label(4), Signum(None).field_label(4, Cyclic(1))
          ('Inc-Adam, β₁ = 0.9, β₂ = 0.95', 'Signum, b = 1, β → 1')
        """
        chosen = batching or self.batching(n_samples)
        limit = self.beta2_to_one(n_samples, chosen)
        return self.label(chosen, betas=not limit) + (", β₂ → 1" if limit else "")

    @property
    def hyper(self) -> Hyper:
        """What the law reads, in float64, with the true ε (0 allowed); Signum's β stands as β1."""
        given = {"beta1": 0, "beta2": 0, "eps": 0, **self.settings}
        beta1 = given.get("beta", given["beta1"])
        return Hyper(float(NEAR_ONE if beta1 is None else beta1), float(given["beta2"]), float(given["eps"]))

    @property
    def law(self) -> Law:
        """The law for these settings."""
        chosen: Law = type(self).rule
        return chosen

    @property
    def unbiased(self) -> bool:
        """Whether the law reads 1-β^t."""
        return False

    @property
    def log_decay(self) -> float:
        """log of the factor by which the slowest memory fades in a step, √v for v; -inf without memory."""
        h = self.hyper
        slowest = max(float(h.beta1), math.sqrt(float(h.beta2)))
        return math.log(slowest) if slowest > 0 else -math.inf


@dataclass(frozen=True, repr=False)
class GD(Optimizer):
    """Gradient descent; with batches, SGD.  In a run its steps vanish as the gradients do."""

    name, label_full, label_batches, symbols = "gd", "GD", "SGD", "g"
    rule = staticmethod(laws.gradient)
    scale = Scale.ABSOLUTE

    def _field(self, n_samples: int, batching: Batching) -> Field:
        return GradientField()


@dataclass(frozen=True, repr=False)
class NormalisedGD(Optimizer):
    """w ← w - η g/‖g‖₂: gradient descent's path at unit speed."""

    name, label_full, label_batches = "normalised_gd", "normalised GD", "normalised SGD"
    symbols = "g / ‖g‖₂"
    rule = staticmethod(laws.normalised)
    scale = Scale.SHARED

    def _field(self, n_samples: int, batching: Batching) -> Field:
        if isinstance(batching, Full):
            return GradientField()
        raise MarginproofError(
            f"batch_size={batching.batch_size} with {self.name}: each batch is divided by a norm of its own, and no "
            "direction field is known for that; choose the full batch, or gd"
        )


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
      beta: β in [0, 1), or ``None`` for the limit β → 1, which runs stand for by :data:`NEAR_ONE`.
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
    def law(self) -> Law:
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


OPTIMIZERS: dict[str, type[Optimizer]] = {
    kind.name: kind for kind in (GD, NormalisedGD, SignGD, Signum, Lion, AdamProxy, Adam, RMSProp)
}
"""By name, as the command line spells it."""


def optimizer_of(name: str, **settings: Any) -> Optimizer:
    """An optimizer by name.

    Raises:
      MarginproofError: an unknown name, a setting that it does not have, a value outside its range.
    """
    if name not in OPTIMIZERS:
        raise MarginproofError(f"optimizer={name} is unknown; choose one of {', '.join(OPTIMIZERS)}")
    kind = OPTIMIZERS[name]
    own = [entry.name for entry in fields(kind)]
    for setting, value in settings.items():
        if setting not in own:
            *most, last = [other.name for other in owners(setting)] or ["no optimizer"]
            whose = f"{', '.join(most)} and {last}" if most else last
            raise MarginproofError(f"{setting}={value} belongs to {whose}, not to optimizer={name}; drop it")
    return kind(**settings)


def owners(setting: str) -> list[type[Optimizer]]:
    """The optimizers that have a setting of this name."""
    return [kind for kind in OPTIMIZERS.values() if setting in {entry.name for entry in fields(kind)}]


def field_of(given: Field | Optimizer, n_samples: int, batching: Batching | None = None) -> Field:
    """A field as it is; an optimizer's field for N samples and these batches [default: its usual ones]."""
    return given.field(n_samples, batching) if isinstance(given, Optimizer) else given
