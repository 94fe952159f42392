"""A potential along the flow, N = 3: V = Σ k Π c_i^a_i + Σ κ_i log c_i, and ℓ·u + dV/dτ, in floats and in intervals.

Along the flow dw/dτ = u(c) the replicator identity gives, for every real a,

    d(Π c_i^a_i)/dτ = Π c_i^a_i · Σ_i (|a| c_i - a_i) F_i,      d(log c_i)/dτ = c·F - F_i,

so the rate G = ℓ·u + dV/dτ is a function of c alone.  Exponents are multiples of 1/8: roots then are
square roots, which IEEE 754 rounds correctly, and G can be enclosed in :data:`~marginproof.theory.proofs.intervals.INTERVALS`.
Fractional powers matter where a cycle passes close to a face: there polynomials are flat.

In the chart r_p = 1 with S = Σ r:  ∂c_i/∂r_j = c_i (δ_ij/r_i - 1/S),  ∂(Π c^a)/∂r_j = Π c^a (a_j/r_j - |a|/S).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.intervals import INTERVALS, Interval, enclose, exact_number

ROOTS = 8
"""Exponents are multiples of 1/ROOTS, a power of two."""

Exponents = tuple[float, float, float]


class NoPotentialError(MarginproofError):
    """No potential with these exponents does what is asked."""


@dataclass(frozen=True)
class Potential:
    """ℓ, V and a bound h: what is to be proved is ℓ·u + dV/dτ > h on an annulus.

    Attributes:
      functional: ℓ, exact (floats are taken as the numbers they are), shape (d,).
      terms: (k, (a_1, a_2, a_3)) for every product of powers; each a multiple of 1/8, >= 0.
      logs: κ, shape (3,).
      bound: h.
    """

    functional: tuple[float | Fraction, ...]
    terms: tuple[tuple[float, Exponents], ...]
    logs: tuple[float, float, float] = (0.0, 0.0, 0.0)
    bound: float = 0.0


def exponents(chart: int, first: Iterable[float], second: Iterable[float]) -> list[Exponents]:
    """Products of powers of the two weights other than the chart's (the three sum to 1), without the constant."""
    powers = [(a, b) for a, b in product(first, second) if a or b]
    if any(a * ROOTS != int(a * ROOTS) or a < 0 for pair in powers for a in pair):
        raise NoPotentialError(f"exponents={powers}: each must be a multiple of 1/{ROOTS}, at least 0")
    return [(*np.insert(np.array(pair, dtype=float), chart, 0.0).tolist(),) for pair in powers]  # type: ignore[misc]


def rates(F: Array, c: Array, powers: list[Exponents]) -> Array:
    """d/dτ of every product of powers, then of the three log c_i, at points c, float64, shape (·, terms + 3).

    Arguments:
      F: shape (·, 3); c: on the simplex, shape (·, 3).
    """
    level = (c * F).sum(axis=1)
    products = [np.prod(c ** np.array(a), axis=1) * (sum(a) * level - F @ np.array(a)) for a in powers]
    return np.column_stack([*products, *(level - F[:, i] for i in range(3))])


class Rate:
    """ℓ·u + dV/dτ - h over a batch of boxes in the two ratios, by its mean-value form, in intervals."""

    def __init__(self, problem: LimitProblem, chart: int, potential: Potential) -> None:
        self.problem, self.chart, self.potential = problem, chart, potential
        self.rest = [i for i in range(3) if i != chart]
        X = INTERVALS.array(problem.X)
        self.differences = {i: X[i] - X[chart] for i in self.rest}

    def above(self, lo: Array, hi: Array) -> tuple[Array, Array]:
        """Per box: whether the rate is surely positive, and along which ratio it is least certain (0 or 1)."""
        middle = np.clip((lo + hi) / 2, lo, hi)
        with INTERVALS.working():
            box = [Interval(lo[:, k].copy(), hi[:, k].copy()) for k in (0, 1)]
            centre = [exact_number(middle[:, k].copy()) for k in (0, 1)]
            value, _ = self._at(centre, slopes=False)
            _, slopes = self._at(box, slopes=True)
            steps = [slopes[k] * (box[k] - centre[k]) for k in (0, 1)]
            spread = np.array([np.asarray(step.hi) - np.asarray(step.lo) for step in steps])
            positive = (value + steps[0] + steps[1]).surely_positive()
        return positive, np.argmax(np.nan_to_num(spread, nan=np.inf), axis=0)

    def _at(self, r: list[Interval], slopes: bool) -> tuple[Interval, list[Interval]]:
        """The rate, and if asked its two slopes, over boxes or at points."""
        one = exact_number(np.ones_like(np.asarray(r[0].lo)))
        full = np.full(3, one, dtype=object)
        for k, i in enumerate(self.rest):
            full[i] = r[k]
        total = full[0] + full[1] + full[2]
        c = [one / (one + sum(full[j] / full[i] for j in range(3) if j != i)) for i in range(3)]
        weights, turns = self._weights(c, r, total, slopes)
        row = self._row(weights)
        u = self.problem.direction(full, INTERVALS)
        value = _sum(a * b for a, b in zip(row, u, strict=True)) - exact_number(self.potential.bound)
        if not slopes:
            return value, []
        du = self.problem.direction_jacobian(full, INTERVALS)
        return value, [
            _sum(a * b for a, b in zip(self._row(turns[k], False), u, strict=True))
            + _sum(a * b for a, b in zip(row, du[:, i], strict=True))
            for k, i in enumerate(self.rest)
        ]

    def _row(self, weights: list[Interval], with_functional: bool = True) -> list[Interval]:
        """The row vector whose product with u is Σ_i weight_i F_i (+ ℓ·u); Σ_i weight_i = 0 lets F_p drop out."""
        size = self.problem.X.shape[1]
        start = self.potential.functional if with_functional else (0,) * size
        return [
            enclose(start[k])
            + _sum(w * self.differences[i][k] for w, i in zip(weights, self.rest, strict=True))
            for k in range(size)
        ]

    def _weights(
        self, c: list[Interval], r: list[Interval], total: Interval, slopes: bool
    ) -> tuple[list[Interval], list[list[Interval]]]:
        """The factors of F_i in dV/dτ for the two rows besides the chart's, and their slopes in the two ratios."""
        share = exact_number(1.0) / total
        # ∂ log c_i / ∂r_j for the two rows
        rising = [[_over(float(i == j), r[j]) - share for j in (0, 1)] for i in (0, 1)] if slopes else []
        both = _sum(exact_number(k) for k in self.potential.logs)
        weights = [both * c[i] - exact_number(self.potential.logs[i]) for i in self.rest]
        turns = (
            [[both * c[i] * rising[k][j] for k, i in enumerate(self.rest)] for j in (0, 1)] if slopes else []
        )
        table = {(i, a): _power(c[i], a) for _, e in self.potential.terms for i, a in enumerate(e) if a}
        for size, e in self.potential.terms:
            term = exact_number(size)
            for i, a in enumerate(e):
                term = term * table[i, a] if a else term
            degree = exact_number(float(sum(e)))
            factors = [degree * c[i] - exact_number(e[i]) for i in self.rest]
            for k in (0, 1):
                weights[k] = weights[k] + term * factors[k]
            for j in (0, 1) if slopes else ():
                along = _over(e[self.rest[j]], r[j]) - degree * share
                for k, i in enumerate(self.rest):
                    turns[j][k] = turns[j][k] + term * (along * factors[k] + degree * c[i] * rising[k][j])
        return weights, turns


def _over(size: float, r: Interval) -> Interval:
    return exact_number(size) / r if size else exact_number(0.0)


def _sum(parts: Iterable[Interval]) -> Interval:
    return sum(parts, exact_number(0.0))


def _power(c: Interval, exponent: float) -> Interval:
    """c^a for a multiple of 1/8: whole powers by products, halves by square roots."""
    whole, part = int(exponent), exponent - int(exponent)
    result = exact_number(1.0)
    for _ in range(whole):
        result = result * c
    root = c
    for half in (0.5, 0.25, 0.125):
        root = root.sqrt()
        if part >= half:
            result, part = result * root, part - half
    return result
