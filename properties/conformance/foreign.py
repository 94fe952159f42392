"""torch optimizers and optax transformations as subjects, in float64, or in float32 where ``unit = 2**-24``.

A torch optimizer class (or a ``functools.partial`` of one) gets its learning rate before every step.
An optax function (or a partial of one) is called with ``learning_rate=1.0`` and its updates are
multiplied by the step size; a ready ``GradientTransformation`` must have been built so, and its
hyper-parameters are its own, so it needs a family from ``--marginproof-claims`` and is asked only what
needs no β (family ``gd``).  :mod:`marginproof.properties.conformance.known` says what the well-known ones follow.
"""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from marginproof.properties.checks.subjects import HYPER, OptimizerUnderTest, declared_by, family_of
from marginproof.properties.conformance.declarations import Grid, Said, renamed
from marginproof.properties.conformance.known import B1_B2, BETAS, KNOWN, arguments_of
from marginproof.theory.bounds.margin_bounds import UNIT
from marginproof.theory.errors import MarginproofError
from marginproof.theory.laws.catalogue import LAWS
from marginproof.theory.laws.settings import Declared

COMPILED_GRID = (("0", "1/2"), ("1/2", "3/4"), ("7/8", "15/16"))
"""Few settings for optax, each of which is compiled."""


def wrap(factory: Any, family: str | None = None, said: Said | None = None) -> OptimizerUnderTest:
    """A subject from a torch class, an optax function, a partial of either, or an optax transformation.

    Raises:
      MarginproofError: none of these, or of no known law.
    """
    bare = factory.func if isinstance(factory, functools.partial) else factory
    said = said or Said()
    if inspect.isclass(bare) and any(
        _module(base).startswith("torch.optim") for base in inspect.getmro(bare)
    ):
        return _subject(factory, bare, "torch", family, said)
    if callable(getattr(factory, "init", None)) and callable(getattr(factory, "update", None)):
        return OptimizerUnderTest(
            "GradientTransformation", family or "gd", lambda dim, hyper: OptaxStepper(factory, dim)
        )
    if callable(bare) and not inspect.isclass(bare):
        return _subject(factory, bare, "torch" if takes_parameters(bare) else "optax", family, said)
    raise MarginproofError(
        f"optimizer={bare!r} is no optimizer we know: give a class with step(w, grad, lr) and a law, a torch.optim.Optimizer "
        "class, or an optax transformation"
    )


def takes_parameters(function: Any) -> bool:
    """Whether a function's first argument is torch's parameters."""
    try:
        first = next(iter(inspect.signature(function).parameters), "")
    except (TypeError, ValueError):
        return False
    return first in ("params", "parameters", "model_params")


def _module(found: Any) -> str:
    return str(getattr(found, "__module__", ""))


def _subject(factory: Any, bare: Any, library: str, family: str | None, said: Said) -> OptimizerUnderTest:
    name = str(getattr(bare, "__name__", bare))
    declared, keywords = _declared(factory, bare, library, family, said)
    unit = declared.settings.unit if said.law else said.unit
    declared = declared.changed(unit=unit)
    if declared.name == "adafactor" and unit > UNIT and declared.settings.eps == 2.0**-52:
        declared = declared.changed(eps=2.0**-23)  # the machine's epsilon of the parameters
    hyper = LAWS[declared.name].hyper
    fixed = _fixed(factory, hyper, keywords)
    grid = said.grid or fixed or (few(hyper) if library == "optax" else ())
    given = not fixed or bool(said.grid)
    maker = _torch_maker if library == "torch" else _optax_maker
    make = maker(factory, lambda h: renamed(h, keywords) if given else {}, unit)
    split = None
    if library == "torch":
        split = lambda dim, hyper: SplitStepper(factory, renamed(hyper, keywords) if given else {}, dim, unit)  # noqa: E731
    kind = family_of(declared)
    return OptimizerUnderTest(
        name, kind, make, grid, declared.settings.corrected, unit=unit, declared=declared, split=split
    )


def _declared(
    factory: Any, bare: Any, library: str, family: str | None, said: Said
) -> tuple[Declared, Mapping[str, str]]:
    """The law, said or known or guessed, and the keywords that go with it."""
    bases = inspect.getmro(bare) if inspect.isclass(bare) else (bare,)
    names = [f"{library}.{getattr(base, '__name__', '')}" for base in bases]
    known = next((KNOWN[name] for name in names if name in KNOWN), None)
    usual: Mapping[str, str] = known.keywords if known else BETAS if library == "torch" else B1_B2
    keywords = {**usual, **said.keywords}
    if said.law is not None:
        return said.law, keywords
    meant = known.declares(arguments_of(factory)) if known else None
    if meant is not None and said.family is None:
        return meant, keywords
    guessed = declared_by(said.family or family or "", corrected=True)
    if guessed is None:
        raise MarginproofError(
            f"optimizer={getattr(bare, '__name__', bare)} is not one of {', '.join(sorted(KNOWN))}; say its law by the class "
            f"attribute `law`, by --marginproof-law, or its family with --marginproof-claims {', '.join(f for f in HYPER if f in LAWS)}"
        )
    return guessed, keywords


def _fixed(factory: Any, hyper: tuple[str, ...], keywords: Mapping[str, str]) -> Grid:
    """The one setting that a partial fixes by its own keywords, if it does."""
    given = factory.keywords if isinstance(factory, functools.partial) else {}
    if not hyper or not all(keywords.get(name, name) in given for name in hyper):
        return ()
    values: dict[str, Fraction] = {}
    for place, name in enumerate(hyper):
        value = given[keywords.get(name, name)]
        values[name] = Fraction(value[place] if isinstance(value, tuple | list) else value)
    return (values,)


def few(hyper: tuple[str, ...]) -> Grid:
    """A few settings of these averaging constants."""
    if hyper == ("beta1", "beta2"):
        return tuple({"beta1": Fraction(a), "beta2": Fraction(b)} for a, b in COMPILED_GRID)
    return tuple({hyper[0]: Fraction(b)} for b in ("1/2", "3/4", "15/16")) if hyper else ()


def _torch_maker(
    factory: Any, keywords: Callable[..., Any], unit: float
) -> Callable[[int, dict[str, float]], Any]:
    return lambda dim, hyper: TorchStepper(factory, keywords(hyper), dim, unit)


class TorchStepper:
    """A torch optimizer on one parameter, shape (d,), float64 or float32."""

    def __init__(self, factory: Any, keywords: dict[str, Any], dim: int, unit: float = UNIT) -> None:
        import torch

        self.torch = torch
        self.dtype = np.float64 if unit <= UNIT else np.float32
        self.parameter = torch.zeros(
            dim, dtype=torch.float64 if unit <= UNIT else torch.float32, requires_grad=True
        )
        self.optimizer = factory([self.parameter], lr=1.0, **keywords)

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """One step from w."""
        with self.torch.no_grad():
            self.parameter.copy_(self.torch.from_numpy(np.array(w)))
        self.parameter.grad = self.torch.from_numpy(np.array(grad, dtype=self.dtype))
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        self.optimizer.step()
        return np.array(self.parameter.detach().numpy(), dtype=np.float64)


class SplitStepper:
    """A torch optimizer on a matrix (1, 2), a vector and a scalar, in two groups; d >= 4."""

    def __init__(self, factory: Any, keywords: dict[str, Any], dim: int, unit: float = UNIT) -> None:
        import torch

        self.torch = torch
        self.build: Callable[[Any], Any] = functools.partial(factory, lr=1.0, **keywords)
        self.dtype = np.float64 if unit <= UNIT else np.float32
        kind = torch.float64 if unit <= UNIT else torch.float32
        self.parameters = [torch.zeros(s, dtype=kind, requires_grad=True) for s in ((1, 2), (dim - 3,), ())]
        self.foreign = torch.ones(2, dtype=kind, requires_grad=True)
        self.optimizer, self.touched = self._built(), ""

    def _built(self) -> Any:
        return self.build([{"params": self.parameters[:1]}, {"params": self.parameters[1:]}])

    def round_trip(self) -> None:
        """Save the state and read it into a fresh optimizer."""
        state = copy.deepcopy(self.optimizer.state_dict())
        self.optimizer = self._built()
        self.optimizer.load_state_dict(state)

    def _pieces(self, x: np.ndarray) -> list[Any]:
        parts = np.split(np.asarray(x, dtype=self.dtype), (2, len(x) - 1))
        return [
            self.torch.from_numpy(np.array(a)).reshape(p.shape)
            for a, p in zip(parts, self.parameters, strict=True)
        ]

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """One step from w; notes gradients and foreign tensors that changed."""
        grads = self._pieces(grad)
        with self.torch.no_grad():
            for parameter, value, g in zip(self.parameters, self._pieces(w), grads, strict=True):
                parameter.copy_(value)
                parameter.grad = g.clone()
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        self.optimizer.step()
        if any(
            p.grad is None or not self.torch.equal(p.grad, g)
            for p, g in zip(self.parameters, grads, strict=True)
        ):
            self.touched = "a step changed p.grad"
        if not bool((self.foreign == 1).all()):
            self.touched = "a step changed a tensor that is not its parameter"
        return np.concatenate([p.detach().numpy().ravel() for p in self.parameters]).astype(np.float64)


def _optax_maker(
    factory: Any, keywords: Callable[..., Any], unit: float
) -> Callable[[int, dict[str, float]], Any]:
    @functools.lru_cache(maxsize=64)
    def built(settings: tuple[tuple[str, Any], ...]) -> Any:
        return factory(learning_rate=1.0, **dict(settings))

    return lambda dim, hyper: OptaxStepper(built(tuple(keywords(hyper).items())), dim, unit)


@functools.lru_cache(maxsize=64)
def _compiled(update: Any) -> Any:
    import jax

    return jax.jit(update)


class OptaxStepper:
    """An optax transformation, its updates multiplied by the step size; switches jax to 64 bits."""

    def __init__(self, transformation: Any, dim: int, unit: float = UNIT) -> None:
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        self.dtype = np.float64 if unit <= UNIT else np.float32
        self.update = _compiled(transformation.update)
        self.state = transformation.init(jnp.zeros(dim, dtype=self.dtype))

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """One step from w."""
        updates, self.state = self.update(grad.astype(self.dtype), self.state, w.astype(self.dtype))
        new = w + lr * np.asarray(updates, dtype=np.float64)
        return np.asarray(new.astype(self.dtype), dtype=np.float64)
