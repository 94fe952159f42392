"""An optimizer under examination, made uniform: what the checks drive.

A plain class is constructed as ``Name(dim, **hyper)`` and has ``step(w, grad, lr) -> new w`` on
float64 arrays, ``family`` (one of :data:`FAMILIES`; it selects the claims that apply) and optionally

* ``grid``: a list of hyper-parameter dicts to try (keys ``beta``, or ``beta1`` and ``beta2``);
* ``corrected = True``: Adam with bias correction, so that B1's constant is the corrected one;
* ``train(X, batches, lrs, loss) -> W`` instead of ``step``: the class owns its training loop, from
  w_0 = 0; ``batches`` has shape (T, b), ``lrs`` shape (T,), W shape (T+1, d);
* ``per_sample = True``: ``grad`` holds the gradients of all samples, shape (N, d) (family ``adamproxy``).

How it is found behind ``module:name`` stands in :mod:`marginproof.properties.conformance.loading`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from marginproof.theory.bounds.margin_bounds import UNIT
from marginproof.theory.errors import MarginproofError

FAMILIES = ("gd", "signum", "adam", "adamproxy")
HYPER = {"gd": (), "signum": ("beta",), "adam": ("beta1", "beta2"), "adamproxy": ()}


class Stepper(Protocol):
    """One optimizer at work, with its state."""

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """The next iterate, shape (d,)."""
        ...


@dataclass(frozen=True)
class OptimizerUnderTest:
    """An optimizer under examination.

    Attributes:
      name: for messages.
      family: selects the claims.
      make: (dim, hyper as floats) to a stepper, or to an object with ``train``.
      grid: hyper-parameter settings to try, exact; empty means any in the family's range.
      corrected: Adam with bias correction.
      owns_loop: the object has ``train``.
      per_sample: ``step`` takes the gradients of all samples.
      unit: unit roundoff of its arithmetic.
      origin: ``module:name``, for the replay command.
      drives: case to :class:`marginproof.theory.bounds.margin_bounds.Trajectory`, for something that makes its own batches too.
      cancels: it may form (1-β)g as g - βg, which loses a relative u/(1-β).
    """

    name: str
    family: str
    make: Callable[[int, dict[str, float]], Any]
    grid: tuple[Mapping[str, Fraction], ...] = ()
    corrected: bool = False
    owns_loop: bool = False
    per_sample: bool = False
    unit: float = UNIT
    origin: str = ""
    drives: Callable[[Any], Any] | None = None
    cancels: bool = False

    def start(self, dim: int, hyper: Mapping[str, Fraction]) -> Any:
        """A fresh optimizer.  Raises :class:`MarginproofError` where the constructor refuses."""
        try:
            return self.make(dim, {key: float(value) for key, value in hyper.items()})
        except TypeError as cause:
            given = ", ".join(f"{key}={float(value)}" for key, value in hyper.items())
            raise MarginproofError(
                f"optimizer={self.name} cannot be constructed as {self.name}(dim={dim}{', ' + given if given else ''}): "
                f"{cause}; accept these keywords, or give the class a `grid` of the settings it does accept"
            ) from cause
