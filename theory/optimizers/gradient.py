"""Gradient descent, plain and normalised."""

from __future__ import annotations

from dataclasses import dataclass

from marginproof.theory import laws
from marginproof.theory.batching import Batching, Full
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import Field, GradientField
from marginproof.theory.laws import Scale
from marginproof.theory.optimizers.base import Optimizer


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


KINDS: tuple[type[Optimizer], ...] = (GD, NormalisedGD)
