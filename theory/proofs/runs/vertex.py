"""A witness that every run of Inc-Adam with small steps tends to a vertex: bounds, sampled in floating point.

The checker verifies them from the data (:doc:`/certificates`, ``vertex``, has the theorem and its proof).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np

from marginproof.theory.number_systems import Array, dyadic
from marginproof.theory.proofs.runs.inc_adam import IncAdamRun

FORGOTTEN = 0.1
"""Epochs are followed until the second moment remembers so little of its zero start."""
SAMPLES = 300


@dataclass(frozen=True)
class VertexWitness:
    """Bounds by which every run with steps at most η̄ tends to sign(x_p).

    Attributes:
      row: p.  largest: η̄.  epochs: how many are followed one by one.  most: H̄ of those after them.
      growth, fall: bounds of x_j·ũ, and of (x_j - x_p)·ũ from above, at every phase.
      others: r̄_j, by row (1 for p).
    """

    row: int
    largest: Fraction
    epochs: int
    most: Fraction
    growth: tuple[tuple[Fraction, Fraction], ...]
    fall: tuple[Fraction, ...]
    others: tuple[Fraction, ...]


def vertex_rows(run: IncAdamRun) -> list[int]:
    """The rows at which every other row is strictly dominated, x_j·sign(x_p) > |x_p|_1, the most probable first."""
    X, start = run.X.astype(float), np.array([float(v) for v in run.start])
    rows = [p for p in range(len(X)) if all(run.X[p] != 0) and _gap(X, p) > 0]
    return sorted(rows, key=lambda p: float(X[p] @ start))


def _gap(X: Array, p: int) -> float:
    heights = np.delete((X - X[p]) @ np.sign(X[p]), p)
    return float(heights.min(initial=np.inf))


def vertex_witness(run: IncAdamRun, row: int, largest: Fraction, room: float) -> VertexWitness:
    """Bounds with a relative ``room`` for what the moments' memory and growth can change."""
    X, K = run.X.astype(float), len(run.X)
    order = np.array([batch[0] for batch in run.batches])
    place = np.empty(K, dtype=int)
    place[order] = np.arange(K)
    positions = (place - place[row]) % K
    b1, b2 = float(run.field.beta1), float(run.field.beta2)
    start = np.array([float(v) for v in run.start])
    factor = (1 - b1) / np.sqrt(1 - b2)
    early = float(largest) * factor / np.sqrt(1 - b1 * b1 / b2) * int(place[row])
    high = np.exp(-(X - X[row]) @ start + early * np.abs(X - X[row]).sum(axis=1)) * (1 + 1e-6)
    high[row] = 1.0
    moves = _moves(X, row, positions, place, b1, b2, high)
    low, top = moves.min(axis=0), moves.max(axis=0)
    width = room * np.abs(moves).max() + 0.05 * (top - low)
    fall = (moves - moves[:, [row]]).max(axis=0)
    epochs = max(8, int(np.ceil(np.log(FORGOTTEN) / (K * np.log(b2)))))
    sigma, rho = 1 / (1 - b1**K), (1 - b2 ** (K * epochs)) / (1 - b2**K)
    most = float(largest) * factor * sigma / np.sqrt(rho) * (1 + room)
    return VertexWitness(
        row,
        largest,
        epochs,
        dyadic(most, 60),
        tuple(
            (dyadic(float(a), 20), dyadic(float(b), 20))
            for a, b in zip(low - width, top + width, strict=True)
        ),
        tuple(dyadic(float(v), 20) for v in np.maximum(fall, 0) * (1 + room) + width),
        tuple(dyadic(float(v), 60) for v in high),
    )


def _moves(X: Array, row: int, positions: Array, place: Array, b1: float, b2: float, high: Array) -> Array:
    """Samples of x_j·ũ, shape (samples, N): ratios in the box, every phase, the first epochs and the late ones."""
    K = len(X)
    rng = np.random.default_rng(0)
    corners = np.array(list(product((0.0, 1.0), repeat=K))) if K <= 8 else rng.integers(0, 2, (SAMPLES, K))
    r = (
        np.concatenate([corners, np.linspace(0, 1, 20)[:, None] * np.ones(K), rng.random((SAMPLES, K))])
        * high
    )
    r[:, row] = 1.0
    out = []
    for n in (0, 1, 2, 10, 10**9):
        for phase in range(K):
            S, Q = (_ratios(b, n, phase, positions, place < place[row]) for b in (b1, b2))
            u = ((S * r) @ X) / np.sqrt((Q * r * r) @ (X * X))
            out.append(u @ X.T)
    return np.concatenate(out)


def _ratios(beta: float, n: int, phase: int, positions: Array, earlier: Array) -> Array:
    """σ_j/σ_p without growth at a phase of epoch n; ``earlier`` rows were visited before p's first visit."""
    K = len(positions)
    age = (phase - positions) % K
    visits = n + (positions <= phase) + earlier.astype(int) * (positions > 0)
    mine = -np.expm1((n + 1) * K * np.log(beta)) * beta**phase
    return np.asarray(beta**age * -np.expm1(np.maximum(visits, 0) * K * np.log(beta)) / mine)
