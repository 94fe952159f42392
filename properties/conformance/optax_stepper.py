"""optax transformations at work: on one array, or on a nested tree of parameters, masked or partitioned."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from marginproof.properties.checks.subjects import Split
from marginproof.theory.bounds.margin_bounds import UNIT

VARIANTS = ("masked", "partition")
"""``optax.masked`` over all leaves but one, and ``optax.partition`` into two parts of the same transformation."""


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


class TreeStepper:
    """On a nested tree, a matrix (1, 2), a vector and a scalar, beside a leaf that ``masked`` leaves out; d >= 4.

    It is not compiled: a short run costs less so.
    """

    def __init__(self, transformation: Any, dim: int, unit: float = UNIT, variant: str = "") -> None:
        import jax
        import optax

        jax.config.update("jax_enable_x64", True)
        self.jax, self.masked, self.touched = jax, variant == "masked", ""
        self.absent: Collection[int] = ()
        self.dtype = np.float64 if unit <= UNIT else np.float32
        if variant == "masked":
            seen = {"layer": {"kernel": True, "bias": True}, "scale": True, "frozen": False}
            transformation = optax.masked(transformation, seen)
        elif variant == "partition":
            labels = {"layer": {"kernel": "one", "bias": "other"}, "scale": "one"}
            transformation = optax.partition({"one": transformation, "other": transformation}, labels)
        self.transformation = transformation
        self.state = transformation.init(self._tree(np.zeros(dim)))

    def _tree(self, values: np.ndarray) -> dict[str, Any]:
        x = self.jax.numpy.asarray(values, dtype=self.dtype)
        tree = {"layer": {"kernel": x[:2].reshape(1, 2), "bias": x[2:-1]}, "scale": x[-1]}
        return {**tree, "frozen": self.jax.numpy.ones(2, dtype=self.dtype)} if self.masked else tree

    def round_trip(self) -> None:
        """The state, through numpy arrays."""
        self.state = self.jax.tree.map(lambda leaf: np.array(leaf), self.state)

    def evaluate(self, unit: float) -> None:
        """A transformation has no modes."""

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """One step from w; notes a leaf that the mask leaves out and whose gradient was changed."""
        updates, self.state = self.transformation.update(self._tree(grad), self.state, self._tree(w))
        if self.masked and not bool((updates["frozen"] == 1).all()):
            self.touched = "a step changed a leaf that the mask leaves out"
        leaves = (updates["layer"]["kernel"], updates["layer"]["bias"], updates["scale"])
        flat = np.concatenate([np.asarray(leaf, dtype=np.float64).ravel() for leaf in leaves])
        return np.asarray((w + lr * flat).astype(self.dtype), dtype=np.float64)


def split_of(built: Callable[[dict[str, float]], Any], unit: float) -> Split:
    """How an optax transformation is run on trees.

    Arguments:
      built: from hyper-parameters to the transformation.
    """

    def make(dim: int, hyper: dict[str, float], variant: str = "") -> TreeStepper:
        return TreeStepper(built(hyper), dim, unit, variant)

    return Split(make, VARIANTS, lambda: (VARIANTS, ""))
