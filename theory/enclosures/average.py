"""The time-averaged direction along a cycle, N = 3: kept on one side by a potential, on a whole annulus.

Along the flow dw/dτ = u(c) a monomial of the weights changes by
d(Π c_i^a_i)/dτ = Π c_i^a_i · Σ_i (|a| c_i - a_i) F_i (replicator identity).  If for a vector ℓ and
a polynomial V

    ℓ·u(c) + dV/dτ > 0   for every c of a compact annulus that the flow never leaves,

then it is at least some δ > 0 there, so ∫_0^T ℓ·u dτ >= δT - 2 max|V|: every limit point ū of the
averaged direction has ℓ·ū > 0, and so has every limit direction of w.  Where ℓ·u(c*) < 0 at the
only solution c*, w/‖w‖ stays away from its direction.  (By duality such a V exists as soon as ℓ
has a positive average along every closed orbit of the annulus.)

:func:`find_potential` guesses ℓ and V by a linear program in float64; :func:`positive_on_annulus`
proves the inequality in outward-rounded intervals on boxes that cover the annulus.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import linprog

from theory.enclosures.annulus import Polygon
from theory.enclosures.intervals import INTERVALS, Interval, exact_number
from theory.errors import MarginproofError
from theory.limit.equation import LimitProblem
from theory.number_systems import Array, dyadic

BATCH = 4000
"""Boxes looked at in one pass."""


STEEPEST = 8.0
"""Largest coefficient of V: steeper potentials gain little and need smaller boxes."""

FLOOR = 0.02
"""Boxes are made even in log(r + FLOOR): below it a ratio hardly changes u."""


class NoPotentialError(MarginproofError):
    """No potential of this degree keeps a functional positive on the sampled annulus."""


@dataclass(frozen=True)
class Potential:
    """ℓ and V = Σ k Π c_i^a_i.

    Attributes:
      functional: ℓ, dyadics as floats, shape (d,).
      terms: (k, (a_1, a_2, a_3)) for every monomial, k a dyadic as a float.
      margin: the least ℓ·u + dV/dτ over the sample, float64 and no proof.
    """

    functional: tuple[float, ...]
    terms: tuple[tuple[float, tuple[int, int, int]], ...]
    margin: float


def exponents(degree: int, chart: int) -> list[tuple[int, int, int]]:
    """Monomials of degree 1 … ``degree`` in the two weights other than the chart's (the three sum to 1)."""
    powers = [a for a in product(range(degree + 1), repeat=2) if 1 <= sum(a) <= degree]
    rest = [i for i in range(3) if i != chart]
    return [(*(a[rest.index(i)] if i in rest else 0 for i in range(3)),) for a in powers]  # type: ignore[misc]


def find_potential(
    problem: LimitProblem, chart: int, ratios: Array, excluded: Array, degree: int = 3, bits: int = 20
) -> Potential:
    """ℓ, |ℓ_k| <= 1, and V that make the least ℓ·u + dV/dτ over a sample largest, with ℓ·excluded <= -2^-10.

    Arguments:
      chart: the row with weight 1.
      ratios: sample of the annulus in the two other ratios, shape (·, 2).
      excluded: the direction to be kept away from, shape (d,).
      degree: of V; bits: significant bits that are kept.
    """
    points = np.insert(ratios, chart, 1.0, axis=1)
    points = points / points.sum(axis=1, keepdims=True)
    u = np.array([problem.direction(c) for c in points])
    F = u @ problem.floats.T
    level = (points * F).sum(axis=1)
    powers = exponents(degree, chart)
    slopes = [np.prod(points ** np.array(a), axis=1) * (sum(a) * level - F @ np.array(a)) for a in powers]
    A = np.column_stack([u, *slopes])
    size, d = A.shape[1], u.shape[1]
    least = np.column_stack([-A, np.ones(len(A))])
    apart = np.r_[excluded / np.abs(excluded).max(), np.zeros(size - d + 1)]
    bounds = [(-1.0, 1.0)] * d + [(-STEEPEST, STEEPEST)] * (size - d) + [(None, None)]
    run = linprog(
        np.r_[np.zeros(size), -1.0],
        np.vstack([least, apart]),
        np.r_[np.zeros(len(A)), -(2.0**-10)],
        bounds=bounds,
    )
    if run.x is None or run.x[-1] <= 0:
        raise NoPotentialError(
            f"degree={degree}: no potential keeps an average positive; choose a larger one"
        )
    kept = [float(dyadic(float(v), bits)) for v in run.x[:-1]]
    return Potential(
        tuple(kept[:d]), tuple(zip(kept[d:], powers, strict=True)), float((A @ np.array(kept)).min())
    )


def positive_on_annulus(
    problem: LimitProblem,
    chart: int,
    outer: Polygon,
    inner: Polygon,
    potential: Potential,
    most: int = 2_000_000,
) -> int:
    """How many boxes prove ℓ·u + dV/dτ > 0 on the annulus; 0 where it is undecided after ``most`` boxes.

    Arguments:
      outer, inner: the polygons in the two ratios other than the chart's, exact dyadics of at most 53 bits.
    """
    edges = [_edges(polygon) for polygon in (outer, inner)]
    ends = np.array([[float(v) for v in vertex] for vertex in outer])
    # a grid even in logarithms: a ratio may pass through many orders of magnitude
    cuts = [np.geomspace(ends[:, k].min() + FLOOR, ends[:, k].max() + FLOOR, 65) - FLOOR for k in (0, 1)]
    for k in (0, 1):
        cuts[k][0], cuts[k][-1] = ends[:, k].min(), ends[:, k].max()
    lo = np.array(list(product(cuts[0][:-1], cuts[1][:-1])))
    hi = np.array(list(product(cuts[0][1:], cuts[1][1:])))
    done = 0
    while len(lo):
        if done > most:
            return 0
        now, lo_rest, hi_rest = slice(0, BATCH), lo[BATCH:], hi[BATCH:]
        a, b = lo[now], hi[now]
        done += len(a)
        inside = ~_surely_off(a, b, edges)
        a, b = a[inside], b[inside]
        open_ = ~_positive(problem, chart, a, b, potential)
        a, b = _halved(a[open_], b[open_])
        lo, hi = np.vstack([a, lo_rest]), np.vstack([b, hi_rest])
    return done


def _halved(lo: Array, hi: Array) -> tuple[Array, Array]:
    wide = np.argmax(np.log((hi + FLOOR) / (lo + FLOOR)), axis=1)
    every = np.arange(len(lo))
    a, b = lo[every, wide] + FLOOR, hi[every, wide] + FLOOR
    middle = np.clip(np.sqrt(a * b) - FLOOR, lo[every, wide], hi[every, wide])  # any float between will do
    left, right = hi.copy(), lo.copy()
    left[every, wide] = right[every, wide] = middle
    return np.vstack([lo, right]), np.vstack([left, hi])


def _edges(polygon: Sequence[Any]) -> Array:
    """Start and end of every edge, float64 (exact, or an error), shape (·, 2, 2)."""
    vertices = np.array([[float(v) for v in vertex] for vertex in polygon])
    if any(float(v) != v for vertex in polygon for v in vertex):
        raise NoPotentialError("vertex=… has more than 53 bits; make the polygons with fewer")
    return np.stack([vertices, np.roll(vertices, -1, axis=0)], axis=1)


def _turn(a: Array, b: Array, x: Array, y: Array) -> Interval:
    """Twice the signed area of (a, b, (x, y)), enclosed; any shapes that broadcast."""
    ax, ay, bx, by = (exact_number(v) for v in (a[..., 0], a[..., 1], b[..., 0], b[..., 1]))
    return (bx - ax) * (exact_number(y) - ay) - (by - ay) * (exact_number(x) - ax)


def _surely_off(lo: Array, hi: Array, edges: Sequence[Array]) -> Array:
    """Per box: whether it surely has no point of the annulus: no edge near, and a corner off it."""
    free = np.ones(len(lo), dtype=bool)
    odd = []
    for polygon in edges:
        a, b = polygon[None, :, 0], polygon[None, :, 1]
        turns = [
            _turn(a, b, x[:, None], y[:, None]) for x in (lo[:, 0], hi[:, 0]) for y in (lo[:, 1], hi[:, 1])
        ]
        beside = np.any((np.maximum(a, b) < lo[:, None]) | (np.minimum(a, b) > hi[:, None]), axis=2)
        left = np.all([turn.surely_positive() for turn in turns], axis=0)
        right = np.all([turn.surely_negative() for turn in turns], axis=0)
        free &= np.all(beside | left | right, axis=1)
        # crossing number of the corner lo; its turns are decided for the edges that count unless beside
        level = (a[..., 1] > lo[:, None, 1]) != (b[..., 1] > lo[:, None, 1])
        counts = level & (turns[0].surely_positive() == (b[..., 1] > a[..., 1]))
        decided = ~level | turns[0].surely_positive() | turns[0].surely_negative()
        free &= np.all(decided, axis=1)
        odd.append(counts.sum(axis=1) % 2 == 1)
    outer, inner = odd
    return np.asarray(free & (~outer | inner))


def _positive(problem: LimitProblem, chart: int, lo: Array, hi: Array, potential: Potential) -> Array:
    """Per box: whether ℓ·u + dV/dτ is surely positive, by the mean-value form of u with interval rows."""
    if not len(lo):
        return np.zeros(0, dtype=bool)
    one = exact_number(np.ones(len(lo)))
    rest = [i for i in range(3) if i != chart]
    r, centre = np.full(3, one, dtype=object), np.full(3, one, dtype=object)
    for k, i in enumerate(rest):
        r[i] = Interval(lo[:, k], hi[:, k])
        middle = np.clip((lo[:, k] + hi[:, k]) / 2, lo[:, k], hi[:, k])
        centre[i] = exact_number(middle)
    with INTERVALS.working():
        X = INTERVALS.array(problem.X)
        c = [
            one / (one + sum((r[j] for j in range(3) if j != i), exact_number(0.0)) / r[i]) for i in range(3)
        ]
        weight = [exact_number(0.0)] * 3
        for size, a in potential.terms:
            term = exact_number(size)
            for i in range(3):
                for _ in range(a[i]):
                    term = term * c[i]
            for i in range(3):
                weight[i] = weight[i] + term * (
                    exact_number(float(sum(a))) * c[i] - exact_number(float(a[i]))
                )
        functional = [exact_number(v) for v in potential.functional]
        # Σ_i weight_i = 0, so F_i may be taken relative to the chart's
        row = [
            functional[k] + sum((weight[i] * (X[i, k] - X[chart, k]) for i in rest), exact_number(0.0))
            for k in range(X.shape[1])
        ]
        at, slope = problem.direction(centre, INTERVALS), problem.direction_jacobian(r, INTERVALS)
        total = exact_number(0.0)
        for k in range(X.shape[1]):
            step = sum((slope[k, i] * (r[i] - centre[i]) for i in rest), exact_number(0.0))
            total = total + row[k] * (at[k] + step)
    return total.surely_positive()
