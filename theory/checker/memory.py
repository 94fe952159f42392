"""What the two moments remember of each row while a run stays in a region: intervals that hold at every later step.

One sample a step; an epoch runs from one visit of the chart's row p to the next, phase 0 being that visit, and row j
is visited at phase pos(j).  At phase φ, after the visit and before w moves, m ∝ Σ σ_j r_j x_j, v ∝ Σ ρ_j r_j² x_j∘x_j.
With σ_j/σ_p and ρ_j/ρ_p in place of σ and ρ the growth common to all rows is gone, and

    the step of phase φ moves z by H λ^φ w X ũ_φ,   ũ = Σ (σ_j/σ_p) r_j x_j / √(Σ (ρ_j/ρ_p) r_j² x_j∘x_j),   λ = β1/√β2,

H being η (1-β1)/√(1-β2) σ_p/√ρ_p at phase 0 and w = η_{t+φ}/η_t <= 1: inside an epoch σ_p/√ρ_p falls by λ exactly.
Suppose H <= H̄, λ^φ x_j·ũ_φ in [f_j], and its sum over an epoch less row p's, weighted by w, in [D_j].  Then

* σ_p at phase 0 stays in [1/(1-X₋^K), 1/(1-X₊^K)], X = β1 e^{H̄ f_p}, for σ_p' = β1^K e^{Δ_p} σ_p + 1;
* R = σ_j/σ_p at phase 0 obeys R' = s R e^{Δ_j - Δ_p} + (1 - s) β1^{K-pos} e^{Δ_j after the visit}, 0 < s <= X₊^K, so
  R/β1^{K-pos} stays in [lo, hi] if that maps into itself at both ends of s;
* at phase φ it is R e^{(Δ_j - Δ_p) so far}, and once j was visited β1^{-pos} e^{Δ_j since - Δ_p so far} / σ_p more.

For ρ: β2 and exponents doubled.  Every e^{…} is taken over all H in (0, H̄].
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from .epochs import exponential
from .intervals import ONE, Interval, enclose
from .refusals import Clock, can, need

LONGEST = 4096
"""Bits of a number above which a power is given up."""


class Bounds:
    """H̄, and [f_j] and [D_j] of every row."""

    def __init__(self, most: Fraction, f: list[Interval], drift: list[Interval], clock: Clock) -> None:
        self.clock = clock
        self.most = enclose(most)
        self.f = f
        self.drift = drift

    def growth(self, rate: Interval, times: int) -> Interval:
        """e^{times H rate} for every H in (0, H̄]: it lies between 1 and its value at H̄."""
        self.clock.tick()
        ends = self.most * Interval(times * rate.lo, times * rate.hi)
        return exponential(Interval(min(ends.lo, 0), max(ends.hi, 0)))


class Memory:
    """One moment's memory: ``beta`` is β1 and ``times`` 1, or β2 and 2.

    Attributes:
      base: σ_p at phase 0.  first: σ_j/σ_p at phase 0, by row (1 for p).
      phases: σ_j/σ_p at each phase.  plain: the same without any growth (H → 0).

    Arguments:
      positions: each row's place in the order of an epoch, counted from row p.
      bounds: how far a margin may grow from one phase to the next.
    """

    def __init__(self, beta: Fraction, times: int, positions: Sequence[int], bounds: Bounds) -> None:
        self.K = len(positions)
        self.times = times
        self.bounds = bounds
        self.positions = positions
        self.chart = positions.index(0)
        self.powers = powers(enclose(beta), self.K + 1, bounds.clock)
        self.inverse = powers(enclose(1 / beta), self.K, bounds.clock)
        keep = self.powers[self.K] * bounds.growth(bounds.f[self.chart], times * self.K)
        low, high = Interval(keep.lo, keep.lo), Interval(keep.hi, keep.hi)
        need((ONE - high).positive(), "the moments' memory may grow for ever (steps too large)")
        self.share = high
        self.rest = Interval((ONE - high).lo, (ONE - low).hi)
        self.base = Interval((ONE / (ONE - low)).lo, (ONE / (ONE - high)).hi)
        self.first = [ONE if j == self.chart else self._first(j) for j in range(self.K)]
        self.phases = self.during(self.first, self.rest, bounds)
        self.plain = [[self._plain(j, phase) for j in range(self.K)] for phase in range(self.K)]

    def _first(self, j: int) -> Interval:
        pos = self.positions[j]
        A = self.bounds.growth(self.bounds.drift[j], self.times)
        B = self.bounds.growth(self.bounds.f[j], self.times * (self.K - pos))
        s = self.share
        left = ONE - s
        up = ONE - s * Interval(A.hi, A.hi)
        down = ONE - s * Interval(A.lo, A.lo)
        need(up.positive(), "a row's part in the moments may grow for ever (steps too large)")
        high = left * Interval(B.hi, B.hi) / up
        low = left * Interval(B.lo, B.lo) / down
        fresh = Interval(min(B.lo, low.lo), max(B.hi, high.hi))
        return self.powers[self.K - pos] * fresh

    def during(self, first: Sequence[Interval], rest: Interval, bounds: Bounds) -> list[list[Interval]]:
        """σ_j/σ_p by phase and row, from these at phase 0 and 1/σ_p there, while moves keep the bounds."""
        rows = range(self.K)
        return [[self._at(j, phase, first, rest, bounds) for j in rows] for phase in rows]

    def _at(self, j: int, phase: int, first: Sequence[Interval], rest: Interval, bounds: Bounds) -> Interval:
        if j == self.chart:
            return ONE
        pos = self.positions[j]
        f, base = bounds.f[j], bounds.f[self.chart]
        value = first[j] * bounds.growth(f - base, self.times * phase)
        if pos <= phase:
            since = bounds.growth(f, self.times * (phase - pos))
            so_far = bounds.growth(-base, self.times * phase)
            value = value + self.inverse[pos] * since * so_far * rest
        return value

    def _plain(self, j: int, phase: int) -> Interval:
        self.bounds.clock.tick()
        pos = self.positions[j]
        if j == self.chart:
            return ONE
        return self.inverse[pos] if pos <= phase else self.powers[self.K - pos]


def powers(x: Interval, count: int, clock: Clock) -> list[Interval]:
    """1, x, x², …, ``count`` of them."""
    out = [ONE]
    for _ in range(count - 1):
        clock.tick()
        out.append(out[-1] * x)
        can(out[-1].hi.bit_length() < LONGEST, "a power of 1/beta is too large for this checker")
    return out
