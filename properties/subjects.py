"""What stands behind ``module:name``: an optimizer under examination, made uniform.

A plain class is constructed as ``Name(dim, **hyper)`` and has ``step(w, grad, lr) -> new w`` on
float64 arrays, ``family`` (one of :data:`FAMILIES`; it selects the claims that apply) and optionally

* ``grid``: a list of hyper-parameter dicts to try (keys ``beta``, or ``beta1`` and ``beta2``);
* ``corrected = True``: Adam with bias correction, so that B1's constant is the corrected one;
* ``train(X, batches, lrs, loss) -> W`` instead of ``step``: the class owns its training loop, from
  w_0 = 0; ``batches`` has shape (T, b), ``lrs`` shape (T,), W shape (T+1, d);
* ``per_sample = True``: ``grad`` holds the gradients of all samples, shape (N, d) (family ``adamproxy``).

torch optimizers and optax transformations are wrapped by :mod:`properties.foreign`.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from theory.errors import MarginproofError
from theory.inequalities import UNIT

FAMILIES = ("gd", "signum", "adam", "adamproxy")
HYPER = {"gd": (), "signum": ("beta",), "adam": ("beta1", "beta2"), "adamproxy": ()}


class Stepper(Protocol):
    """One optimizer at work, with its state."""

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """The next iterate, shape (d,)."""
        ...


@dataclass(frozen=True)
class Subject:
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
      drives: case to :class:`theory.inequalities.Run`, for something that makes its own batches too.
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


def load(target: str, family: str | None = None) -> Subject:
    """The subject behind ``module:name``.

    Raises:
      MarginproofError: no such module or name, or not an optimizer of a kind we know.
    """
    module, _, name = target.partition(":")
    if not name:
        raise MarginproofError(
            f"optimizer={target}: give it as module:name, for example mypkg.optim:MySignum"
        )
    try:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as cause:
        raise MarginproofError(
            f"optimizer={target} could not be imported ({cause}); check the spelling, and that it is installed or on PYTHONPATH"
        ) from cause
    return replace(subject_of(found, family), origin=target)


def subject_of(factory: Any, family: str | None = None) -> Subject:
    """A subject from a class, a torch optimizer, an optax transformation, or a subject itself."""
    if isinstance(factory, Subject):
        return factory
    if (
        inspect.isclass(factory)
        and (hasattr(factory, "step") or hasattr(factory, "train"))
        and not _is_torch(factory)
    ):
        return _plain_class(factory, family)
    from properties.foreign import wrap

    return wrap(factory, family)


def _is_torch(factory: Any) -> bool:
    return any(base.__module__.startswith("torch.optim") for base in inspect.getmro(factory))


def _plain_class(cls: Any, family: str | None) -> Subject:
    kind = getattr(cls, "family", None) or family
    if kind not in FAMILIES:
        raise MarginproofError(
            f"family={kind!r} of optimizer={cls.__name__}: set the class attribute `family` to one of {', '.join(FAMILIES)}"
        )
    return Subject(
        name=cls.__name__,
        family=kind,
        make=lambda dim, hyper: cls(dim, **hyper),
        grid=tuple(_exact(entry, cls.__name__) for entry in getattr(cls, "grid", ())),
        corrected=bool(getattr(cls, "corrected", False)),
        owns_loop=hasattr(cls, "train"),
        per_sample=bool(getattr(cls, "per_sample", False)),
        origin=f"{cls.__module__}:{cls.__qualname__}",
    )


def _exact(entry: Mapping[str, Any], name: str) -> dict[str, Fraction]:
    allowed = {"beta", "beta1", "beta2"}
    if not set(entry) <= allowed:
        raise MarginproofError(
            f"grid={dict(entry)} of optimizer={name}: the keys are beta, or beta1 and beta2"
        )
    return {key: Fraction(value) for key, value in entry.items()}
