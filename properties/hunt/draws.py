"""Random integer data that are separable by construction, and starts spread over the simplex."""

from __future__ import annotations

import numpy as np

from marginproof.theory.number_systems import Array


def draw(rng: np.random.Generator, count: int, n: int, d: int, max_entry: int) -> Array:
    """Separable integer data without zeros, log-uniform sizes up to ``max_entry``, random signs, shape (count, n, d)."""
    size = np.exp(rng.random((count, n, d)) * np.log(max_entry + 1.0))
    signs = rng.choice([-1.0, 1.0], (count, n, d))
    return separated(np.minimum(np.floor(size), max_entry) * signs, rng.normal(size=(count, d)))


def separated(batch: Array, w: Array) -> Array:
    """The rows, each with the sign that puts it on w's positive side; shapes (B, N, d) and (B, d).

    A row with x·w = 0 takes the sign of its first entry: w + εe_1 separates for small ε > 0.
    """
    side = np.sign(np.einsum("bnd,bd->bn", batch, w))
    return np.asarray(batch * np.where(side == 0, np.sign(batch[:, :, 0]), side)[:, :, None])


def spread_starts(n: int) -> Array:
    """Log-weights near each vertex, in the middle, and near each edge's middle, shape (·, n)."""
    rows = [np.zeros(n)]
    for i in range(n):
        rows.append(np.where(np.arange(n) == i, 0.0, -4.0))
        rows += [np.where((np.arange(n) == i) | (np.arange(n) == j), 0.0, -4.0) for j in range(i)]
    return np.array(rows)
