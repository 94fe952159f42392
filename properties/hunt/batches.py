"""Conjectures over whole batches: ``@marginproof.batched`` functions, and the predictions that they are given.

Example:
  >>> import numpy as np
  >>> import marginproof as mp
  >>> from marginproof.theory.fields import AdamProxyField
  >>> @mp.batched
  ... def near_l2(X, prediction):
  ...     return prediction.cosines["l2"] - 0.866
  >>> X = np.array([[[5.0, 1.0], [1.0, 4.0]]])
  >>> near_l2(X, batch_of(X, AdamProxyField())).round(3)
  array([0.124])
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np

from marginproof.theory.answers import Lazily
from marginproof.theory.fields import AdamProxyField, Field
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.stacks import Limits, stacked_limits
from marginproof.theory.margins.l2 import min_norm_weights
from marginproof.theory.number_systems import Array
from marginproof.theory.prediction import Prediction, compare

F = TypeVar("F", bound=Callable[..., Any])
SWINGS = 0.1
"""A data set whose weights still swing this much may have a cycle: it is solved by itself."""


def batched(function: F) -> F:
    """Mark a conjecture as one over batches: X has shape (B, N, d), what the prediction holds has a leading axis B, and
    the answer has shape (B,)."""
    function.batched = True  # type: ignore[attr-defined]
    return function


def is_batched(function: Callable[..., Any]) -> bool:
    """Whether the function takes whole batches."""
    return bool(getattr(function, "batched", False))


@dataclass(frozen=True)
class PredictionBatch:
    """Predictions of B data sets, under the names of one :class:`~marginproof.theory.prediction.Prediction`.

    Attributes:
      direction: shape (B, d); weights: shape (B, N); gamma, residual: shape (B,).
      support: whether a row keeps weight, bool, shape (B, N).
      cosines, angles, margin_ratios: as a prediction's, shape (B,) each, nan where there is none; computed when looked at.
    """

    direction: Array
    weights: Array
    gamma: Array
    residual: Array
    support: Array
    cosines: Mapping[str, Array]
    angles: Mapping[str, Array]
    margin_ratios: Mapping[str, Array]


def batch_of(batch: Array, rule: Field, found: Limits | None = None) -> PredictionBatch:
    """Predictions of those data sets of a batch, shape (B, N, d), whose flow settles."""
    found = found or stacked_limits(batch, rule)
    chosen = np.flatnonzero(found.settled)
    X = batch[chosen]
    u = found.directions[chosen]
    smallest = (X @ u[:, :, None])[:, :, 0].min(axis=1)
    l2 = Lazily(
        {"direction": lambda: np.array([min_norm_weights(rows) @ rows for rows in X]).reshape(u.shape)}
    )

    def to_proxy() -> Array:
        proxy = found if rule == AdamProxyField() else stacked_limits(X, AdamProxyField())
        v = proxy.directions[chosen] if proxy is found else proxy.directions
        settled = proxy.settled[chosen] if proxy is found else proxy.settled
        return np.where(settled, _cosines(u, v), np.nan)

    def each(kind: str, name: str) -> Array:
        alone = [
            compare(LimitProblem(x, rule), found.limit(int(i)), None) for x, i in zip(X, chosen, strict=True)
        ]
        return np.array([getattr(one, kind)[name] for one in alone])

    cosines = Lazily(
        {
            "l2": lambda: _cosines(u, l2["direction"]),
            "linf": lambda: each("cosines", "linf"),
            "adamproxy": to_proxy,
        }
    )
    return PredictionBatch(
        u,
        found.weights[chosen],
        found.gammas[chosen],
        found.residuals[chosen],
        found.weights[chosen] > 0,
        cosines,
        Lazily({name: partial(_degrees, cosines, name) for name in cosines}),
        Lazily(
            {
                "l2": lambda: smallest / np.linalg.norm(l2["direction"], axis=1),
                "linf": lambda: each("margin_ratios", "linf"),
            }
        ),
    )


def of_one(prediction: Any) -> PredictionBatch:
    """One prediction (in floats or balls) as a batch of one."""

    def part(name: str) -> Mapping[str, Array]:
        values = getattr(prediction, name)
        return Lazily({key: partial(_entry, values, key) for key in values})

    n = len(prediction.weights)
    return PredictionBatch(
        prediction.direction[None],
        prediction.weights[None],
        _axis(prediction.gamma),
        _axis(prediction.residual),
        np.isin(np.arange(n), prediction.support)[None],
        part("cosines"),
        part("angles"),
        part("margin_ratios"),
    )


def asked(function: Callable[..., Any], X: Array, prediction: Prediction) -> Any:
    """What a function says of one data set."""
    if not is_batched(function):
        return function(X.copy(), prediction)
    said = np.asanyarray(function(X[None].copy(), of_one(prediction)))
    return said[0] if said.shape == (1,) else said


def _degrees(cosines: Mapping[str, Array], name: str) -> Array:
    return np.asarray(np.degrees(np.arccos(cosines[name])))


def _entry(values: Mapping[str, Any], name: str) -> Array:
    return _axis(values[name])


def _axis(value: Any) -> Array:
    if isinstance(value, float | int) or value is None:
        return np.array([np.nan if value is None else value])
    out = np.empty(1, dtype=object)
    out[0] = value
    return out.view(type(value).array) if hasattr(type(value), "array") else out


def _cosines(u: Array, v: Array) -> Array:
    together = (u * v).sum(axis=1) / np.linalg.norm(u, axis=1) / np.linalg.norm(v, axis=1)
    return np.asarray(np.clip(together, -1.0, 1.0))
