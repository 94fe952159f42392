"""The replicator flow of a whole grid of starts at once, and where each of them goes.

A field is one formula over any number system; here a "number" is an array with one entry a start,
so the same line moves thousands of points in one pass.  Everything here is evidence in floating point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marginproof.theory.limit.flow import FineFlow, start_logits
from marginproof.theory.limit.problem import LimitProblem, Stability
from marginproof.theory.number_systems import Array, NumberSystem, exact
from marginproof.theory.proofs.fixed_points import Enumeration, FixedPoint, totals

ARRIVED = 0.02
"""l1 distance from an attracting fixed point at which a start counts as belonging to its basin."""
NOWHERE = -1
"""What stands for a start whose flow reaches no target."""


@dataclass(frozen=True)
class _Grid(NumberSystem):
    """Numbers that are arrays, one entry a start."""

    def sqrt(self, values: Array) -> Array:
        """Square root of every entry of every number."""
        out = np.empty_like(values)
        for index in np.ndindex(values.shape):
            out[index] = np.sqrt(values[index])
        return out


GRID = _Grid("grid of float64", lambda value: float(exact(value)), np.sqrt, lambda value: None)


def F_on(problem: LimitProblem, Y: Array) -> Array:
    """F at every column of Y, shapes (G, P)."""
    y = np.empty(len(Y), dtype=object)
    for i, row in enumerate(Y):
        y[i] = row
    with np.errstate(all="ignore"):
        F = problem.F(y, GRID)
    return np.stack([np.broadcast_to(value, Y.shape[1:]) for value in F]).astype(np.float64)


def softmax_on(A: Array) -> Array:
    """Columns on the simplex with logarithms A, shape (G, P)."""
    Y = np.exp(A - A.max(axis=0))
    return np.asarray(Y / Y.sum(axis=0))


def velocity(problem: LimitProblem, Y: Array) -> Array:
    """dy/dτ = y (y·F - F) at every column, shape (G, P)."""
    F = F_on(problem, Y)
    return np.asarray(Y * ((Y * F).sum(axis=0) - F))


def attractors(problem: LimitProblem, found: Enumeration) -> list[tuple[FixedPoint, Array]]:
    """The attracting fixed points with their totals y, shape (G,)."""
    attracting = [point for point in found.points if point.stability is Stability.ATTRACTING]
    return [(point, totals(problem, point.weights)) for point in attracting]


def fates(
    problem: LimitProblem, Y: Array, targets: list[Array], *, steps: int = 1500, tolerance: float = 2e-3
) -> Array:
    """Which target each column's flow reaches, shape (P,); :data:`NOWHERE` for none within ``steps``.

    Euler predicts, the trapezoid rule corrects, every column with a step of its own; the local error of
    every log-weight, weighted by √y, stays below ``tolerance``.
    """
    fate = np.full(Y.shape[1], NOWHERE)
    left = np.arange(Y.shape[1])
    A = np.log(Y)
    slope = -F_on(problem, Y)
    h = np.full(Y.shape[1], 0.1 / max(float(np.ptp(slope, axis=0).max()), 1e-300))
    for step in range(steps):
        predicted = softmax_on(A + h * slope)
        after = -F_on(problem, predicted)
        gap = after - slope - (after - slope).mean(axis=0)
        error = 0.5 * h * (np.sqrt(predicted) * np.abs(gap)).max(axis=0)
        good = np.isfinite(error) & (error <= tolerance)
        A = np.where(good, A + 0.5 * h * (slope + after), A)
        A -= A.max(axis=0)
        slope = np.where(good, -F_on(problem, softmax_on(A)), slope)
        h *= np.clip(0.9 * np.sqrt(tolerance / np.maximum(error, 1e-12)), 0.2, 3.0)
        if step % 10 == 9:
            near = _near(softmax_on(A), targets)
            fate[left[near >= 0]] = near[near >= 0]
            keep = near < 0
            left, A, slope, h = left[keep], A[:, keep], slope[:, keep], h[keep]
            if not len(left):
                break
    return fate


def _near(Y: Array, targets: list[Array]) -> Array:
    near = np.full(Y.shape[1], NOWHERE)
    for number, target in enumerate(targets):
        near[np.abs(Y - target[:, None]).sum(axis=0) < ARRIVED] = number
    return near


def orbit(problem: LimitProblem, start: Array | None = None, max_steps: int = 6000) -> Array | None:
    """A closed orbit that the flow from w_0 approaches, shape (T, G), or ``None`` where none is seen."""
    flow = FineFlow(problem, start_logits(problem, start))
    times, points = [], []
    for step in range(1, max_steps + 1):
        if not flow.step():
            return None
        times.append(flow.time)
        points.append(flow.y)
        if step % 400 == 0:
            cycle = flow.find_cycle()
            if cycle is not None:
                once = np.array(times) >= flow.time - 1.02 * cycle.period
                return np.array(points)[once]
    return None


def simplex_grid(size: int) -> Array:
    """Points of the triangle, (i, j, k)/size with a small margin to the edges, shape (3, P)."""
    i, j = np.meshgrid(np.arange(size + 1), np.arange(size + 1), indexing="ij")
    inside = i + j <= size
    points = np.stack([i[inside], j[inside], size - i[inside] - j[inside]]) / size
    margin = 0.15 / size
    return np.asarray((points + margin) / (1 + 3 * margin))
