"""Random integer data that are separable by construction, and starts spread over the simplex."""

from __future__ import annotations

import numpy as np

from marginproof.theory.number_systems import Array


def draw(rng: np.random.Generator, count: int, n: int, d: int, max_entry: int, zeros: float = 0.0) -> Array:
    """Separable integer data, log-uniform sizes up to ``max_entry``, random signs, shape (count, n, d).

    Arguments:
      zeros: the share of entries that are zero (less a few: no row or column vanishes); 0 draws none.
    """
    size = np.exp(rng.random((count, n, d)) * np.log(max_entry + 1.0))
    signs = rng.choice([-1.0, 1.0], (count, n, d))
    batch, w = np.minimum(np.floor(size), max_entry) * signs, rng.normal(size=(count, d))
    return separated(batch * _kept(rng, batch.shape, zeros) if zeros else batch, w)


def _kept(rng: np.random.Generator, shape: tuple[int, ...], zeros: float) -> Array:
    """Which entries stay: each with chance 1 - zeros, and one at random of every row and column that would vanish."""
    chance = rng.random(shape)
    kept = chance >= zeros
    for axis in (2, 1):  # the columns last: what they give back empties no row
        most = chance == chance.max(axis=axis, keepdims=True)
        kept |= most & ~kept.any(axis=axis, keepdims=True)
    return kept


def separated(batch: Array, w: Array) -> Array:
    """The rows, each with the sign that puts it on w's positive side; shapes (B, N, d) and (B, d).

    A row with x·w = 0 takes the sign of its first entry that is not 0: w + εe_1 + ε²e_2 + … separates for small ε > 0.
    """
    side = np.sign(np.einsum("bnd,bd->bn", batch, w))
    first = np.take_along_axis(batch, (batch != 0).argmax(axis=2)[:, :, None], axis=2)[:, :, 0]
    return np.asarray(batch * np.where(side == 0, np.sign(first), side)[:, :, None])


def spread_starts(n: int) -> Array:
    """Log-weights near each vertex, in the middle, and near each edge's middle, shape (·, n)."""
    rows = [np.zeros(n)]
    for i in range(n):
        rows.append(np.where(np.arange(n) == i, 0.0, -4.0))
        rows += [np.where((np.arange(n) == i) | (np.arange(n) == j), 0.0, -4.0) for j in range(i)]
    return np.array(rows)
