"""Moving averages over an epoch of cyclic batches, in steady state (I1): Σ_j W_ij G_j with W_ij = β^((i-j) mod K).

Written once as a product with W for every number system.  In float64 with many batches the same sums come from
a recursion: K d operations for K² d.

Example:
  >>> import numpy as np
  >>> steady_state(Fraction(1, 2), np.array([[1.0], [0.0], [0.0]]))[:, 0]
  array([1.  , 0.5 , 0.25])
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any, cast

import numpy as np

from marginproof.theory.number_systems import FLOAT64, Array, NumberSystem

MANY = 500
"""Batches from which on the recursion is used: W would take megabytes."""
LARGE = 20_000
"""Entries of G from which on it is used: about where it is faster than the product."""


@lru_cache(maxsize=64)
def cyclic_weights(beta: Fraction, n_batches: int, numbers: NumberSystem = FLOAT64) -> Array:
    """W_ij = β^((i-j) mod K), shape (K, K): the steady state of a moving average over an epoch (I1).

    Cached and shared: do not write into it.
    """
    lag = (np.arange(n_batches)[:, None] - np.arange(n_batches)[None, :]) % n_batches
    one, base = numbers.convert(1), numbers.convert(beta)
    powers = [one]
    for _ in range(n_batches - 1):
        powers.append(powers[-1] * base)
    return cast(Array, np.array(powers, dtype=np.float64 if numbers is FLOAT64 else object)[lag])


def _weights(beta: Any, n_batches: int, numbers: NumberSystem) -> Array:
    """:func:`cyclic_weights`, not cached where β is a ball: balls of positive radius have no hash."""
    known = isinstance(beta, Fraction | float | int)
    return (cyclic_weights if known else cyclic_weights.__wrapped__)(beta, n_batches, numbers)


def steady_state(
    beta: Fraction, G: Array, numbers: NumberSystem = FLOAT64, *, out: Array | None = None
) -> Array:
    """The moving averages Σ_j W_ij G_j of the batch gradients G, shape (K, d), up to the factor (1-β)/(1-β^K).

    ``out`` is where the answer may stand (G itself is allowed); it need not.
    """
    if numbers is FLOAT64 and _long(G):
        return _recursion(float(beta), G, out)
    return np.asarray(_weights(beta, len(G), numbers) @ G)


def steady_state_adjoint(
    beta: Fraction, P: Array, numbers: NumberSystem = FLOAT64, *, out: Array | None = None
) -> Array:
    """Wᵀ P, shape (K, d): the same averages run backwards; ``out`` as for :func:`steady_state`."""
    if numbers is FLOAT64 and _long(P):
        return _recursion(float(beta), P[::-1], None if out is None else out[::-1])[::-1]
    return np.asarray(_weights(beta, len(P), numbers).T @ P)


def steady_state_slope(
    beta: Any,
    G: Array,
    numbers: NumberSystem = FLOAT64,
    average: Array | None = None,
    *,
    out: Array | None = None,
) -> Array:
    """β times the averages' derivative in β, shape (K, d): Σ_j r β^r G_j with r = (i-j) mod K; ``average`` is what
    :func:`steady_state` gives, where it is known."""
    K = len(G)
    if numbers is FLOAT64 and _long(G):
        b, lags = float(beta), np.arange(K)[::-1]
        y = _recursion(b, G) if average is None else average
        source = np.multiply(-K * b**K, G, out=out)
        for row, before in zip(source, (y[-1], *y[:-1]), strict=True):
            row += b * before
        return _sums(b, source, (lags * b**lags) @ G)
    lag = numbers.array((np.arange(K)[:, None] - np.arange(K)[None, :]) % K)
    return np.asarray((lag * _weights(beta, K, numbers)) @ G)


def _long(G: Array) -> bool:
    """Whether the recursion is the quicker way."""
    return len(G) >= MANY or G.size >= LARGE


def _recursion(beta: float, G: Array, out: Array | None = None) -> Array:
    """W counts one lap: y_i = β y_{i-1} + (1-β^K) G_i from y_{-1} = Σ_j β^(K-1-j) G_j = (W G)_{K-1}."""
    K = len(G)
    last = beta ** np.arange(K)[::-1] @ G
    return _sums(beta, np.multiply(1.0 - beta**K, G, out=out), last)


def _sums(beta: float, G: Array, last: Array) -> Array:
    """y_i = β y_{i-1} + G_i from y_{-1} = ``last``, written over G."""
    step = np.empty_like(last)
    for row in G:
        row += np.multiply(beta, last, out=step)
        last = row
    return G
