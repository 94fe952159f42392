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

import reprlib
from dataclasses import fields
from typing import Any

from marginproof.theory.batching import Batching
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import Field
from marginproof.theory.optimizers import adaptive, gradient, signs
from marginproof.theory.optimizers.adaptive import Adam, AdamProxy, RMSProp
from marginproof.theory.optimizers.base import NEAR_ONE, Optimizer
from marginproof.theory.optimizers.gradient import GD, NormalisedGD
from marginproof.theory.optimizers.signs import Lion, SignGD, Signum

__all__ = [
    "GD",
    "NEAR_ONE",
    "OPTIMIZERS",
    "Adam",
    "AdamProxy",
    "Lion",
    "NormalisedGD",
    "Optimizer",
    "RMSProp",
    "SignGD",
    "Signum",
    "field_of",
    "optimizer_of",
    "owners",
]

OPTIMIZERS: dict[str, type[Optimizer]] = {
    kind.name: kind for kind in (*gradient.KINDS, *signs.KINDS, *adaptive.KINDS)
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


def law_of(optimizer: Any, default: Any = None) -> Any:
    """The optimizer or field that was given, or the default.

    Raises:
      MarginproofError: labels, a class or a name in its place.
    """
    if optimizer is None and default is not None:
        return default
    if not isinstance(optimizer, Optimizer | Field) or isinstance(optimizer, type):
        raise MarginproofError(
            f"optimizer={reprlib.repr(optimizer)} is not an optimizer; give one such as Adam(), and labels as labels="
        )
    return optimizer


def field_of(given: Field | Optimizer, n_samples: int, batching: Batching | None = None) -> Field:
    """A field as it is; an optimizer's field for N samples and these batches [default: its usual ones]."""
    return given.field(n_samples, batching) if isinstance(given, Optimizer) else given
