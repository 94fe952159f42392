"""What every optimizer has: settings, batches, a field, a law, and words."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from fractions import Fraction
from inspect import getattr_static
from typing import Any, ClassVar

from marginproof.theory.batching import Batching, Full, batching_of
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import Field
from marginproof.theory.hyperparameters import Hyperparameter, plain
from marginproof.theory.laws import CoordinateLaw, Hyper, Scale

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
          >>> from marginproof.theory.batching import Cyclic, Reshuffled
          >>> from marginproof.theory.optimizers import Adam
          >>> Adam().beta2_to_one(4, Reshuffled(2)), Adam().beta2_to_one(4, Cyclic(2))
          (True, False)
        """
        return False

    def label(self, batching: Batching, betas: bool = True) -> str:
        """In words, with the paper's symbols.

        Arguments:
          betas: write β (and ε, bias correction) out; False where a table's head or its note says them.

        Example:
          >>> from marginproof.theory.batching import Reshuffled
          >>> from marginproof.theory.optimizers import Adam, Signum
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
          >>> from marginproof.theory.batching import Cyclic
          >>> from marginproof.theory.optimizers import Adam, Signum
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
    def law(self) -> CoordinateLaw:
        """The law for these settings."""
        chosen: CoordinateLaw = type(self).rule
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
