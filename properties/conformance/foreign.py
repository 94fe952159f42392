"""torch optimizers and optax transformations as subjects, in float64.

A torch optimizer class (or a ``functools.partial`` of one) gets its learning rate before every step.
An optax function (or a partial of one) is called with ``learning_rate=1.0`` and its updates are
multiplied by the step size; a ready ``GradientTransformation`` must have been built so, and its
hyper-parameters are its own, so it needs a family from ``--marginproof-claims`` and is asked only what
needs no β (family ``gd``).  :data:`KNOWN` says what the well-known ones are.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from marginproof.properties.checks.subjects import HYPER, OptimizerUnderTest
from marginproof.theory.errors import MarginproofError


@dataclass(frozen=True)
class Kind:
    """What a known optimizer is.

    Attributes:
      family: its family.
      corrected: whether it corrects biases.
      keywords: our hyper-parameters as its own keyword arguments.
      grid: the settings to try, where not any.
    """

    family: str
    corrected: bool = False
    keywords: Callable[[Mapping[str, float]], dict[str, Any]] = lambda hyper: {}
    grid: tuple[Mapping[str, Fraction], ...] = ()


def _betas(hyper: Mapping[str, float]) -> dict[str, Any]:
    return {"betas": (hyper["beta1"], hyper["beta2"])}


def _b1_b2(hyper: Mapping[str, float]) -> dict[str, Any]:
    return {"b1": hyper["beta1"], "b2": hyper["beta2"]}


ADAM_GRID = tuple(
    {"beta1": Fraction(a), "beta2": Fraction(b)} for a, b in (("0", "1/2"), ("1/2", "3/4"), ("7/8", "15/16"))
)
SECOND_GRID = tuple({"beta1": Fraction(0), "beta2": Fraction(b)} for b in ("1/2", "3/4", "15/16"))
SIGNUM_GRID = tuple({"beta": Fraction(b)} for b in ("0", "1/2", "15/16"))
KNOWN: dict[str, Kind] = {
    "torch.SGD": Kind("gd"),
    "torch.Adam": Kind("adam", True, _betas),
    "torch.AdamW": Kind("adam", True, lambda h: {**_betas(h), "weight_decay": 0.0}),
    "torch.RMSprop": Kind("adam", False, lambda h: {"alpha": h["beta2"]}, SECOND_GRID),
    "torch.Adamax": Kind("adam", True, _betas),
    "torch.NAdam": Kind("adam", True, _betas),
    "torch.RAdam": Kind("adam", True, _betas),
    "optax.sgd": Kind("gd"),
    "optax.adam": Kind("adam", True, _b1_b2, ADAM_GRID),
    "optax.adabelief": Kind("adam", True, _b1_b2, ADAM_GRID),
    "optax.rmsprop": Kind("adam", False, lambda h: {"decay": h["beta2"]}, SECOND_GRID),
    "optax.sign_sgd": Kind("signum", False, lambda h: {}, SIGNUM_GRID[:1]),
    "optax.signum": Kind("signum", False, lambda h: {"beta": h["beta"]}, SIGNUM_GRID),
    "optax.lion": Kind(
        "signum", False, lambda h: {"b1": h["beta"], "b2": h["beta"], "weight_decay": 0.0}, SIGNUM_GRID
    ),
}
"""What the well-known optimizers are; Lion with equal β is Signum."""


def wrap(factory: Any, family: str | None = None) -> OptimizerUnderTest:
    """A subject from a torch class, an optax function, a partial of either, or an optax transformation.

    Raises:
      MarginproofError: none of these, or of no known family.
    """
    bare = factory.func if isinstance(factory, functools.partial) else factory
    if (inspect.isclass(bare) and _module(bare).startswith("torch.optim")) or _subclasses_torch(bare):
        return _subject(factory, bare, "torch", family, _torch_maker)
    if callable(getattr(factory, "init", None)) and callable(getattr(factory, "update", None)):
        return OptimizerUnderTest(
            "GradientTransformation", family or "gd", lambda dim, hyper: OptaxStepper(factory, dim)
        )
    if callable(bare) and not inspect.isclass(bare):
        return _subject(factory, bare, "optax", family, _optax_maker)
    raise MarginproofError(
        f"optimizer={bare!r} is no optimizer we know: give a class with step(w, grad, lr) and family, a torch.optim.Optimizer "
        "class, or an optax transformation"
    )


def _module(found: Any) -> str:
    return str(getattr(found, "__module__", ""))


def _subclasses_torch(bare: Any) -> bool:
    return inspect.isclass(bare) and any(
        _module(base).startswith("torch.optim") for base in inspect.getmro(bare)
    )


def _subject(
    factory: Any, bare: Any, library: str, family: str | None, maker: Callable[..., Any]
) -> OptimizerUnderTest:
    name = str(getattr(bare, "__name__", bare))
    kind = (
        KNOWN.get(f"{library}.{name}")
        or next(
            (KNOWN[f"torch.{b.__name__}"] for b in inspect.getmro(bare) if f"torch.{b.__name__}" in KNOWN),
            None,
        )
        if inspect.isclass(bare)
        else KNOWN.get(f"{library}.{name}")
    )
    if kind is None:
        kind = _guess(name, family, library)
    return OptimizerUnderTest(name, kind.family, maker(factory, kind), kind.grid, kind.corrected)


def _guess(name: str, family: str | None, library: str) -> Kind:
    if family not in HYPER:
        raise MarginproofError(
            f"optimizer={name} is not one of {', '.join(sorted(KNOWN))}; name its family with --marginproof-claims gd, signum or adam"
        )
    if family == "adam":
        return Kind(family, True, _betas if library == "torch" else _b1_b2, ADAM_GRID)
    return Kind(
        family,
        False,
        (lambda h: {"beta": h["beta"]}) if family == "signum" else lambda h: {},
        SIGNUM_GRID if family == "signum" else (),
    )


def _torch_maker(factory: Any, kind: Kind) -> Callable[[int, dict[str, float]], Any]:
    return lambda dim, hyper: TorchStepper(factory, kind.keywords(hyper), dim)


class TorchStepper:
    """A torch optimizer on one float64 parameter, shape (d,)."""

    def __init__(self, factory: Any, keywords: dict[str, Any], dim: int) -> None:
        import torch

        self.torch = torch
        self.parameter = torch.zeros(dim, dtype=torch.float64, requires_grad=True)
        self.optimizer = factory([self.parameter], lr=1.0, **keywords)

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """One step from w."""
        with self.torch.no_grad():
            self.parameter.copy_(self.torch.from_numpy(np.array(w)))
        self.parameter.grad = self.torch.from_numpy(np.array(grad))
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        self.optimizer.step()
        return np.array(self.parameter.detach().numpy())


def _optax_maker(factory: Any, kind: Kind) -> Callable[[int, dict[str, float]], Any]:
    @functools.lru_cache(maxsize=64)
    def built(settings: tuple[tuple[str, Any], ...]) -> Any:
        return factory(learning_rate=1.0, **dict(settings))

    return lambda dim, hyper: OptaxStepper(built(tuple(kind.keywords(hyper).items())), dim)


@functools.lru_cache(maxsize=64)
def _compiled(update: Any) -> Any:
    import jax

    return jax.jit(update)


class OptaxStepper:
    """An optax transformation, its updates multiplied by the step size; switches jax to 64 bits."""

    def __init__(self, transformation: Any, dim: int) -> None:
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        self.update = _compiled(transformation.update)
        self.state = transformation.init(jnp.zeros(dim))

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """One step from w."""
        updates, self.state = self.update(grad, self.state, w)
        return np.asarray(w + lr * np.asarray(updates))
