"""Optimizers from outside as one thing, a step from a gradient: torch's, optax's, or any callable.

:func:`marginproof.properties.simulation.driving.drive` runs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from marginproof.theory.errors import MarginproofError

SECOND_MOMENTS = ("exp_avg_sq", "square_avg", "max_exp_avg_sq", "nu", "v")
"""Names that second moments go by; they square the gradient, so they underflow first."""


@dataclass(frozen=True)
class External:
    """An optimizer from outside.

    Attributes:
      name: for the record.
      begin: from w_0, shape (d,), to a stepper: a function from the gradient to (new w, second moments).
      dtype: the precision it works in.
    """

    name: str
    begin: Callable[[np.ndarray], Callable[[np.ndarray], tuple[np.ndarray, list[np.ndarray]]]]
    dtype: type = np.float64


def from_callable(
    update: Callable[[Any, np.ndarray], tuple[Any, np.ndarray]], state: Any = None, dtype: type = np.float64
) -> External:
    """Any ``(state, gradient) -> (state, update)``; w ← w + update.

    Arguments:
      update: called once a step with arrays of shape (d,).
      state: the first state.  Second moments are watched where it is a mapping or a named tuple that
        has one of :data:`SECOND_MOMENTS`.
      dtype: float32 or float64.
    """

    def begin(start: np.ndarray) -> Callable[[np.ndarray], tuple[np.ndarray, list[np.ndarray]]]:
        memory: Any = state
        w: np.ndarray = start.astype(dtype)

        def step(gradient: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
            nonlocal memory, w
            memory, change = update(memory, gradient)
            w = (w + np.asarray(change, dtype=dtype)).astype(dtype)
            return w, list(_second_moments(memory))

        return step

    return External(getattr(update, "__name__", "callable"), begin, dtype)


def from_torch(factory: Callable[[list[Any]], Any], dtype: type = np.float64) -> External:
    """A ``torch.optim.Optimizer``.

    Arguments:
      factory: from the list of parameters to the optimizer, e.g.
        ``lambda params: torch.optim.Adam(params, lr=1e-2, eps=0.0)``.
      dtype: float32 or float64.
    """
    import torch

    def begin(start: np.ndarray) -> Callable[[np.ndarray], tuple[np.ndarray, list[np.ndarray]]]:
        parameter = torch.tensor(start.astype(dtype), requires_grad=True)
        optimizer = factory([parameter])

        def step(gradient: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
            parameter.grad = torch.from_numpy(np.ascontiguousarray(gradient))
            optimizer.step()
            memory = optimizer.state.get(parameter, {})
            return parameter.detach().numpy(), [
                value.detach().numpy() for name, value in memory.items() if name in SECOND_MOMENTS
            ]

        return step

    return External(_factory_name(factory, "torch"), begin, dtype)


def from_optax(transformation: Any, dtype: type = np.float64, name: str = "optax") -> External:
    """An ``optax.GradientTransformation``; float64 needs ``jax.config.update("jax_enable_x64", True)``."""
    import jax
    import jax.numpy as jnp
    import optax

    config: Any = jax.config
    if dtype == np.float64 and not config.jax_enable_x64:
        raise MarginproofError(
            'dtype=float64 with jax in 32-bit mode; call jax.config.update("jax_enable_x64", True) first'
        )

    @jax.jit
    def apply(gradient: Any, state: Any, w: Any) -> tuple[Any, Any]:
        updates, state = transformation.update(gradient, state, w)
        return optax.apply_updates(w, updates), state

    def begin(start: np.ndarray) -> Callable[[np.ndarray], tuple[np.ndarray, list[np.ndarray]]]:
        w = jnp.asarray(start.astype(dtype))
        state = transformation.init(w)

        def step(gradient: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
            nonlocal w, state
            w, state = apply(gradient, state, w)
            return np.asarray(w), list(_second_moments(state))

        return step

    return External(name, begin, dtype)


def _second_moments(state: Any) -> Iterator[np.ndarray]:
    """Entries named like a second moment, anywhere in nested tuples and mappings."""
    if isinstance(state, dict):
        items = list(state.items())
    elif hasattr(state, "_asdict"):
        items = list(state._asdict().items())
    elif isinstance(state, (tuple, list)):
        items = [("", entry) for entry in state]
    else:
        return
    for name, entry in items:
        if name in SECOND_MOMENTS:
            yield np.asarray(entry)
        else:
            yield from _second_moments(entry)


def _factory_name(factory: Any, fallback: str) -> str:
    name = getattr(factory, "__name__", fallback)
    return fallback if name == "<lambda>" else name
