"""An optimizer under examination, made uniform: what the checks drive.

A plain class is constructed as ``Name(dim, **hyper)`` and has ``step(w, grad, lr) -> new w`` on float64
arrays.  What it follows is said by class attributes, on torch and optax optimizers too:

* ``law``: one of :data:`~marginproof.theory.laws.catalogue.LAWS`, with any settings of
  :class:`~marginproof.theory.laws.settings.Settings` beside it (``eps = 1e-8``, ``corrected = True``, …);
* or ``family``, one of :data:`FAMILIES`, short for gd, signum or adam at ε = 0;
* ``grid``: a list of hyper-parameter dicts to try (keys as the law's: ``beta``; ``beta1`` and ``beta2``; …);
* ``keywords``: our names of hyper-parameters to the constructor's (two names with one keyword make a tuple);
* ``unit``: the unit roundoff of its state, 2^-53 unless said, 2^-24 for float32;
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
from marginproof.theory.laws.catalogue import LAWS
from marginproof.theory.laws.settings import Declared, Settings

FAMILIES = ("gd", "signum", "adam", "adamproxy")
"""The laws that have a short form."""
HYPER = {"gd": (), "signum": ("beta",), "adam": ("beta1", "beta2"), "adamproxy": ()}
"""Averaging constants by family; where the theory has no claims, the family is the law's own name."""
ANY = "any law"
"""Among a check's families: every subject that follows a law."""


def declared_by(family: str, corrected: bool = False, unit: float = UNIT) -> Declared | None:
    """The law that a family is short for."""
    settings = Settings(corrected=corrected and family == "adam", unit=unit)
    return Declared(family, settings) if family in LAWS else None


def family_of(declared: Declared) -> str:
    """The family whose claims a law has; its own name where the theory has none."""
    h = declared.settings
    if h.decays or h.v0 or h.m0 or h.momentum or h.maximum != "no":
        return declared.name if declared.name not in FAMILIES else f"{declared.name} with settings"
    families = {
        "gd": "gd",
        "signum": "signum",
        "signgd": "signum",
        "adam": "adam",
        "adamw": "adam",
        "rmsprop": "adam",
    }
    return families.get(declared.name, declared.name)


class Stepper(Protocol):
    """One optimizer at work, with its state."""

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """The next iterate, shape (d,)."""
        ...


class RefusedSettingError(MarginproofError):
    """A constructor refused hyper-parameters that its law allows: examples with them are left out."""


@dataclass(frozen=True)
class Split:
    """How an optimizer is run with the coordinates split over several tensors.

    Attributes:
      make: makes a stepper, with ``round_trip``, ``evaluate``, ``absent`` and ``touched``, from the dimension, the
        hyper-parameters as floats and ``variant``, one of ``flags`` or empty.
      flags: other implementations of the same law that it offers.
      able: those that run on this machine, and what was refused, in words.
      closures: ``step`` takes a closure (then ``make`` takes ``closures=True``).
      absences: a tensor may have no gradient at a step.
      rates: the share of η that the matrix, the vector and the scalar get.
    """

    make: Callable[..., Any]
    flags: tuple[str, ...] = ()
    able: Callable[[], tuple[tuple[str, ...], str]] = lambda: ((), "")
    closures: bool = False
    absences: bool = False
    rates: tuple[float, ...] = (1.0, 1.0, 1.0)


@dataclass(frozen=True)
class OptimizerUnderTest:
    """An optimizer under examination.

    Attributes:
      name: for messages.
      family: selects the claims.
      declared: the law it follows, with settings; what ``family`` is short for unless given.
      make: makes a stepper, or an object with ``train``, from the dimension and the hyper-parameters as floats.
      grid: hyper-parameter settings to try, exact; empty means any in the family's range.
      corrected: Adam with bias correction.
      owns_loop: the object has ``train``.
      per_sample: ``step`` takes the gradients of all samples.
      unit: unit roundoff of its arithmetic.
      origin: ``module:name``, for the replay command.
      drives: makes a case's :class:`marginproof.theory.bounds.margin_bounds.Trajectory`, for something that makes its own batches too.
      split: makes the optimizer with the coordinates split over several tensors, for torch's and optax's.
      signature: what its constructor takes, for messages.
      library: its steps are calls into torch or optax, a hundred times the cost of the arithmetic: half as many long runs.
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
    library: bool = False
    cancels: bool = False
    declared: Declared | None = None
    split: Split | None = None
    signature: str = ""

    def __post_init__(self) -> None:
        if self.declared is None:
            object.__setattr__(self, "declared", declared_by(self.family, self.corrected, self.unit))
        object.__setattr__(self, "grid", self._grid())

    def _grid(self) -> tuple[Mapping[str, Fraction], ...]:
        """Adam's claims read a β1 and Signum's a β, whatever the law takes.  Raises :class:`~marginproof.theory.errors.MarginproofError` for other keys."""
        allowed = {*self.names, *(("beta1",) if self.family == "adam" else ())}
        for entry in self.grid:
            if self.declared is not None and not set(entry) <= allowed:
                raise MarginproofError(
                    f"grid={dict(entry)} of optimizer={self.name}: the keys are {' and '.join(self.names) or 'none'}"
                )
        if self.family == "adam":
            return tuple({"beta1": Fraction(0), **entry} for entry in self.grid)
        if self.declared is not None and self.declared.name == "signgd" and self.family == "signum":
            return ({"beta": Fraction(0)},)
        return self.grid

    @property
    def eps(self) -> float:
        """Its ε."""
        return self.declared.settings.eps if self.declared else 0.0

    @property
    def eps_of_root(self) -> float:
        """The size of √v at which ε takes half a step: ε beside the root, √ε inside it."""
        inside = self.declared is not None and self.declared.settings.eps_placement == "inside"
        return float(self.eps**0.5) if inside else self.eps

    @property
    def names(self) -> tuple[str, ...]:
        """The averaging constants its constructor is given."""
        return LAWS[self.declared.name].hyper if self.declared else ()

    def start(self, dim: int, hyper: Mapping[str, Fraction]) -> Any:
        """A fresh optimizer.  Raises as :meth:`constructed` does."""
        return self.constructed(self.make, dim, hyper)

    def start_split(self, dim: int, hyper: Mapping[str, Fraction], **how: Any) -> Any:
        """A fresh one on several tensors.  Raises as :meth:`constructed` does."""
        assert self.split is not None
        return self.constructed(self.split.make, dim, hyper, **how)

    def constructed(
        self, make: Callable[..., Any], dim: int, hyper: Mapping[str, Fraction], **how: Any
    ) -> Any:
        """What ``make`` returns for the hyper-parameters of the law.

        Raises:
          MarginproofError: the constructor takes other arguments.
          RefusedSettingError: it takes them, but not these values.
        """
        named = {key: float(value) for key, value in hyper.items() if key in self.names}
        given = ", ".join(f"{key}={value}" for key, value in named.items())
        try:
            return make(dim, named, **how)
        except TypeError as cause:
            raise MarginproofError(
                f"optimizer={self.name} cannot be constructed as {self.name}(dim={dim}{', ' + given if given else ''}): "
                f"{cause}; {f'it takes {self.signature}; ' if self.signature else ''}accept these keywords, or give the class "
                "`keywords` that map our names to its own, a `grid` of the settings it does accept, or another `law`"
            ) from cause
        except MarginproofError:
            raise
        except (ValueError, AssertionError, ArithmeticError, RuntimeError) as cause:
            raise RefusedSettingError(f"{given or 'its defaults'} refused: {cause}") from cause
