"""From the theory's name of an optimizer to the one that runs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from marginproof.properties.simulation.batching import Batching, Cyclic, Full, Reshuffled, WithReplacement
from marginproof.properties.simulation.optimizers import (
    GD,
    Adam,
    AdamProxy,
    NormalisedGD,
    Optimizer,
    SignGD,
    Signum,
)
from marginproof.theory.errors import MarginproofError

if TYPE_CHECKING:
    from marginproof.theory.optimizers import Optimizer as Named

NEAR_ONE = Fraction(99, 100)
"""Signum's β where the theory says β → 1."""


@dataclass(frozen=True)
class Variant:
    """What the limits do not depend on, or not in the limit of small steps.

    Arguments:
      eps: Adam's ε.
      bias_correction: Adam's.
      normalise: run gradient descent at unit speed.
    """

    eps: float = 0.0
    bias_correction: bool = False
    normalise: bool = False


def running(named: Named, n_samples: int, variant: Variant = Variant()) -> tuple[Optimizer, Batching]:
    """The optimizer and the batches that :class:`marginproof.theory.optimizers.Optimizer` names, for N samples."""
    adam = named.name == "adam"
    if (variant.eps or variant.bias_correction) and not adam:
        raise MarginproofError(
            f"eps and bias_correction belong to adam, not to optimizer={named.name}; drop them"
        )
    if variant.normalise and named.name != "gd":
        raise MarginproofError(f"normalise belongs to gd, not to optimizer={named.name}; drop it")
    chosen: dict[str, Optimizer] = {
        "gd": NormalisedGD() if variant.normalise else GD(),
        "signgd": SignGD(),
        "signum": Signum(float(NEAR_ONE if named.beta is None else named.beta)),
        "adamproxy": AdamProxy(),
    }
    optimizer = (
        Adam(float(named.beta1), float(named.beta2), variant.eps, variant.bias_correction)
        if adam
        else chosen[named.name]
    )
    return optimizer, _batching(named, n_samples)


def _batching(named: Named, n_samples: int) -> Batching:
    b = named.batch(n_samples)
    if named.name == "adamproxy" or (b == n_samples and named.sampling != "replacement"):
        return Full()
    if named.sampling == "reshuffle":
        return Reshuffled(b)
    return WithReplacement(b) if named.sampling == "replacement" else Cyclic(b, named.order)
