"""torch optimizers at work: on one vector, or on several tensors, shapes and groups, as they are used.

An optimizer with ``train`` and ``eval`` (schedule-free ones) is put in training mode; one whose ``step`` wants a
closure gets one that returns Σ p·g.
"""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from marginproof.properties.checks.subjects import Split
from marginproof.properties.conformance.declarations import maker
from marginproof.theory.bounds.margin_bounds import UNIT

VARIANTS = ("foreach", "fused", "capturable", "differentiable")
"""Flags of torch's constructors that choose another implementation of the same law."""
MARK = 1.0
"""What the cells of the buffer hold that belong to no parameter."""


class TorchStepper:
    """A torch optimizer, float64 or float32, on one parameter of shape (d,).

    Attributes:
      absent: pieces that get no gradient at the next step.
      touched: what a step changed, or did not do, that it should not, or should; "" if nothing.

    Arguments:
      factory: makes the optimizer from parameters.
      keywords: what else it is given.
      dim: d.
      unit: unit roundoff; float32 above that of float64.
      variant: a flag to construct it with, such as ``foreach``; "" for none.
      closures: ``step`` is given a closure even where it could do without.
    """

    rates: tuple[float, ...] = (1.0,)

    def __init__(self, factory: Any, keywords: dict[str, Any], dim: int, unit: float = UNIT, variant: str = "",
                 closures: bool = False) -> None:  # fmt: skip
        import torch

        self.torch, self.variant = torch, variant
        self.kind = torch.float64 if unit <= UNIT else torch.float32
        self.dtype = np.float64 if unit <= UNIT else np.float32
        flags = {variant: True} if variant else {}
        self.build: Callable[[Any], Any] = functools.partial(factory, lr=1.0, **keywords, **flags)
        self.parameters = self._parameters(dim)
        self.ends = np.cumsum([p.numel() for p in self.parameters])[:-1].tolist()
        self.absent: Collection[int] = ()
        self.optimizer, self.touched = self._built(), ""
        self.closures = closures or needs_closure(self.optimizer.step)

    def _parameters(self, dim: int) -> list[Any]:
        return [self.torch.zeros(dim, dtype=self.kind, requires_grad=self.variant != "differentiable")]

    def _groups(self) -> list[Any]:
        return self.parameters

    def _built(self) -> Any:
        made = self.build(self._groups())
        if has_modes(made):
            made.train()
        return made

    def _pieces(self, x: np.ndarray) -> list[Any]:
        parts = np.split(np.asarray(x, dtype=self.dtype), self.ends)
        return [
            self.torch.from_numpy(np.array(a)).reshape(p.shape)
            for a, p in zip(parts, self.parameters, strict=True)
        ]

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """One step from w."""
        if type(self) is TorchStepper and not (self.closures or self.variant):
            return self._one_tensor(w, grad, lr)
        grads = self._pieces(grad)
        with self.torch.no_grad():
            for parameter, value in zip(self.parameters, self._pieces(w), strict=True):
                parameter.copy_(value)
        for group, share in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = share * lr
        self._fill(grads, not self.closures)
        if self.closures:
            self._with_closure(grads)
        else:
            self.optimizer.step()
        self._judge(grads)
        return np.concatenate([p.detach().numpy().ravel() for p in self.parameters]).astype(np.float64)

    def _one_tensor(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """The plain case, which long runs are made of, with as few calls as it takes."""
        parameter = self.parameters[0]
        parameter.detach().numpy()[...] = w
        parameter.grad = self.torch.from_numpy(np.array(grad, dtype=self.dtype))
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        self.optimizer.step()
        return np.array(parameter.detach().numpy(), dtype=np.float64)

    def _fill(self, grads: list[Any], filled: bool) -> None:
        for place, (parameter, g) in enumerate(zip(self.parameters, grads, strict=True)):
            parameter.grad = g.clone() if filled and place not in self.absent else None
            if parameter.grad is not None and self.variant == "differentiable":
                parameter.grad.requires_grad_()

    def _with_closure(self, grads: list[Any]) -> None:
        called: list[Any] = []

        def closure() -> Any:
            self._fill(grads, True)
            called.append(sum((p * g).sum() for p, g in zip(self.parameters, grads, strict=True)))
            return called[-1]

        returned = self.optimizer.step(closure)
        if not called:
            self.touched = "step(closure) did not call the closure"
        elif not all(loss.requires_grad for loss in called):
            self.touched = "step(closure) called the closure without gradients enabled"
        elif returned is not called[0]:
            self.touched = "step(closure) did not return the closure's loss"

    def _judge(self, grads: list[Any]) -> None:
        for place, (p, g) in enumerate(zip(self.parameters, grads, strict=True)):
            if place not in self.absent and (p.grad is None or not self.torch.equal(p.grad, g)):
                self.touched = "a step changed p.grad"


class SplitStepper(TorchStepper):
    """On a matrix (1, 2), a vector and a scalar, in two groups, the second at half the rate; views of one buffer with cells between; d >= 4."""

    def _parameters(self, dim: int) -> list[Any]:
        self.buffer = self.torch.full((dim + 4,), MARK, dtype=self.kind)
        views = (self.buffer[1:3].view(1, 2), self.buffer[4:dim + 1], self.buffer[dim + 2])  # fmt: skip
        self.foreign = [0, 3, dim + 1, dim + 3]
        return [view.detach().requires_grad_(self.variant != "differentiable") for view in views]

    rates = (1.0, 0.5)

    def _groups(self) -> list[Any]:
        return [{"params": self.parameters[:1]}, {"params": self.parameters[1:]}]

    def round_trip(self) -> None:
        """Save the state and read it into a fresh optimizer."""
        state = copy.deepcopy(self.optimizer.state_dict())
        self.optimizer = self._built()
        self.optimizer.load_state_dict(state)

    def evaluate(self, unit: float) -> None:
        """Evaluation mode and back; notes parameters that did not come back.

        Schedule-free optimizers interpolate, x = y + (z - y)(1 - 1/β), and back: each way rounds a few numbers of the
        size of x and y, and dividing by β >= 1/8 enlarges that.
        """
        if not has_modes(self.optimizer):
            return
        before = [p.detach().clone() for p in self.parameters]
        self.optimizer.eval()
        away = [p.detach().clone() for p in self.parameters]
        self.optimizer.train()
        for p, y, x in zip(self.parameters, before, away, strict=True):
            if not bool(((p - y).abs() <= 64 * unit * (x.abs() + y.abs())).all()):
                self.touched = "eval() and train() do not bring the parameters back"

    def _judge(self, grads: list[Any]) -> None:
        super()._judge(grads)
        if not bool((self.buffer[self.foreign] == MARK).all()):
            self.touched = "a step changed a tensor that is not its parameter"


def needs_closure(step: Any) -> bool:
    """Whether ``step`` has a closure without a default."""
    found = _parameters(step).get("closure")
    return found is not None and found.default is found.empty


def has_modes(optimizer: Any) -> bool:
    """Whether it has a training mode and an evaluation mode."""
    return callable(getattr(optimizer, "train", None)) and callable(getattr(optimizer, "eval", None))


def _parameters(function: Any) -> dict[str, inspect.Parameter]:
    try:
        return dict(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return {}


def split_of(
    factory: Any,
    keywords: Callable[[dict[str, float]], dict[str, Any]],
    unit: float,
    usual: dict[str, float],
) -> Split:
    """How a torch optimizer is run on several tensors; variants that this machine refuses are named.

    Arguments:
      usual: hyper-parameters to try a variant with.
    """
    bare = maker(factory)
    given = factory.keywords if isinstance(factory, functools.partial) else {}
    flags = [v for v in VARIANTS if v in _parameters(bare) and v not in given]

    def make(dim: int, hyper: dict[str, float], **how: Any) -> SplitStepper:
        return SplitStepper(factory, keywords(hyper), dim, unit, **how)

    @functools.lru_cache(maxsize=1)
    def able() -> tuple[tuple[str, ...], str]:
        refusals = {}
        for flag in flags:
            try:
                made = SplitStepper(factory, keywords(usual), 4, unit, variant=flag)
                made.step(np.ones(4), np.ones(4), 0.5)
            except Exception as refusal:  # whatever it says it with
                refusals[flag] = str(refusal).partition("\n")[0][:100]
        said = "; ".join(f"{flag} refused: {why}" for flag, why in refusals.items())
        return tuple(f for f in flags if f not in refusals), said

    return Split(
        make,
        tuple(flags),
        able,
        closures="closure" in _parameters(getattr(bare, "step", None)),
        absences=True,
        rates=(1.0, 0.5, 0.5),
    )
