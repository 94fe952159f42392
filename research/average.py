"""The time-averaged direction along a cycle, N = 3: bounded by potentials, on a whole annulus.

Let the flow dw/dτ = u(c) never leave a compact annulus of positive weights.  If for a vector ℓ, a number h
and a potential V of the weights (:mod:`research.potential`)

    ℓ·u(c) + dV/dτ > h   for every c of the annulus,

then ℓ·w(T) >= ℓ·w(0) + hT - 2 max|V|, so every limit point ū of w(T)/T has ℓ·ū >= h.  With ±e_k for ℓ this
encloses ū in a box, and with it every limit direction of w.  (By duality the best h over all V is the
least average of ℓ·u over the flow's invariant measures in the annulus.)

:func:`find_potential` guesses V and h by a linear program in float64; :func:`positive_on_annulus`
proves the inequality in outward-rounded intervals on boxes that cover the annulus.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import linprog

from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array, dyadic
from marginproof.theory.proofs.annulus import Polygon
from marginproof.theory.proofs.intervals import Interval, exact_number
from research.potential import Exponents, NoPotentialError, Potential, Rate, rates

BATCH = 4000
"""Boxes looked at in one pass."""

STEEPEST = 8.0
"""Largest coefficient of V, in units of the spread of ℓ·u: steeper potentials gain little and need smaller boxes."""

SLACK = 0.0025
"""What h gives away of the best value on the sample, in the same unit, so that boxes may be larger."""

FLOOR = 0.02
"""The first boxes are even in log(r + FLOOR)."""


def find_potential(
    problem: LimitProblem,
    chart: int,
    ratios: Array,
    functional: Sequence[float | Fraction],
    powers: list[Exponents],
    slack: float = SLACK,
    steepest: float = STEEPEST,
    bits: int = 24,
) -> Potential:
    """V that makes the least ℓ·u + dV/dτ over a sample largest; h is that least value less some slack.

    Arguments:
      chart: the row with weight 1.
      ratios: sample of the annulus in the two other ratios, shape (·, 2).
      functional: ℓ, shape (d,).
      powers: of the terms of V.
      slack, steepest: see :data:`SLACK` and :data:`STEEPEST`.
      bits: significant bits of the coefficients that are kept.
    """
    points = np.insert(ratios, chart, 1.0, axis=1)
    points = points / points.sum(axis=1, keepdims=True)
    u = np.array([problem.direction(c) for c in points])
    A, along = rates(u @ problem.floats.T, points, powers), u @ np.array(functional, dtype=float)
    size, unit = A.shape[1], float(np.ptp(along))
    run = linprog(
        np.r_[np.zeros(size), -1.0],
        np.column_stack([-A, np.ones(len(A))]),
        along,
        bounds=[(-steepest * unit, steepest * unit)] * size + [(None, None)],
        method="highs",
    )
    if run.x is None:
        raise NoPotentialError(f"terms={size}: the linear program found no potential; use fewer powers")
    kept = np.array([float(dyadic(float(v), bits)) for v in run.x[:-1]])
    bound = float(dyadic(float((along + A @ kept).min()) - slack * unit, bits))
    terms = tuple((k, a) for k, a in zip(kept[:-3].tolist(), powers, strict=True) if k)
    return Potential(tuple(functional), terms, (*kept[-3:].tolist(),), bound)  # type: ignore[arg-type]


def positive_on_annulus(
    problem: LimitProblem,
    chart: int,
    outer: Polygon,
    inner: Polygon,
    potential: Potential,
    most: int = 2_000_000,
) -> int:
    """How many boxes prove ℓ·u + dV/dτ > h on the annulus; 0 where it is undecided after ``most`` boxes.

    Arguments:
      outer, inner: the polygons in the two ratios other than the chart's, exact dyadics of at most 53 bits.
    """
    edges = [_edges(polygon) for polygon in (outer, inner)]
    rate = Rate(problem, chart, potential)
    lo, hi = _first_boxes(outer)
    near = np.ones(len(lo), dtype=bool)  # boxes that may have points on both sides of a polygon
    done = 0
    while len(lo):
        if done > most:
            return 0
        a, b, beside = lo[:BATCH], hi[:BATCH], near[:BATCH].copy()
        done += len(a)
        kept = np.ones(len(a), dtype=bool)
        if beside.any():
            free, within = _place(a[beside], b[beside], edges)
            kept[beside] = ~free | within
            beside[beside] = ~free
        a, b, beside = a[kept], b[kept], beside[kept]
        proved, wide = rate.above(a, b) if len(a) else (kept[:0], kept[:0].astype(int))
        a, b = _halved(a[~proved], b[~proved], wide[~proved])
        lo, hi = np.vstack([a, lo[BATCH:]]), np.vstack([b, hi[BATCH:]])
        near = np.concatenate([np.tile(beside[~proved], 2), near[BATCH:]])
    return done


def direction_box(box: Sequence[Interval]) -> list[Interval]:
    """Every v/‖v‖ for v in a box, coordinate by coordinate; the box must keep away from zero in each.

    v_k/‖v‖ = ± 1/√(1 + Σ_{j≠k} v_j² / v_k²), where every v_j appears once.
    """
    one, signs = exact_number(1.0), [1.0 if b.lo > 0 else -1.0 if b.hi < 0 else 0.0 for b in box]
    if not all(signs):
        raise NoPotentialError(f"box={list(box)}: a coordinate may be zero; tighten the bounds")
    squares = [b.square() for b in box]
    return [
        exact_number(sign)
        * (one + sum((s for j, s in enumerate(squares) if j != k), exact_number(0.0)) / squares[k])
        .sqrt()
        .reciprocal()
        for k, sign in enumerate(signs)
    ]


def _first_boxes(outer: Polygon) -> tuple[Array, Array]:
    """A 64 x 64 grid around the outer polygon, even in logarithms: a ratio may pass through orders of magnitude."""
    ends = np.array([[float(v) for v in vertex] for vertex in outer])
    low, high = ends.min(axis=0), ends.max(axis=0)
    cuts = [np.geomspace(low[k] + FLOOR, high[k] + FLOOR, 65) - FLOOR for k in (0, 1)]
    for k in (0, 1):
        cuts[k] = np.clip(cuts[k], low[k], high[k])
        cuts[k][0], cuts[k][-1] = low[k], high[k]
    return np.array(list(product(cuts[0][:-1], cuts[1][:-1]))), np.array(
        list(product(cuts[0][1:], cuts[1][1:]))
    )


def _halved(lo: Array, hi: Array, wide: Array) -> tuple[Array, Array]:
    """Both halves of every box, cut across the ratio given; any float between the ends will do."""
    every = np.arange(len(lo))
    a, b = lo[every, wide], hi[every, wide]
    middle = np.clip(np.where(b > 4 * a, np.sqrt(a * b), (a + b) / 2), a, b)
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


def _place(lo: Array, hi: Array, edges: Sequence[Array]) -> tuple[Array, Array]:
    """Per box: whether surely no edge is near, and whether the corner lo is in the annulus (sure if free)."""
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
    return free, np.asarray(outer & ~inner)
