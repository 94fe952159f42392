"""The moments' memory epoch by epoch, from a start without moments, while moves keep their bounds (see ``memory``)."""

from __future__ import annotations

from typing import NamedTuple

from .intervals import ONE, Box, Interval, hull, hulls
from .memory import Bounds, Memory
from .refusals import need

Phases = tuple[Box, Box]
"""The memories S and Q of one phase."""


class MemoryState(NamedTuple):
    """The memory of one moment at phase 0 (of the second with ρ for σ).

    Attributes:
      base: σ_p.
      first: σ_j/σ_p, by row.
    """

    base: Interval
    first: Box


def during(memory: Memory, state: MemoryState, bounds: Bounds) -> list[Box]:
    """The memory at every phase of an epoch."""
    return memory.during(state.first, ONE / state.base, bounds)


def after(memory: Memory, state: MemoryState, bounds: Bounds) -> MemoryState:
    """The memory at phase 0 of the next epoch: R' = s R e^{Δ_j - Δ_p} + (1 - s) β^{K-pos} e^{Δ_j after the visit}."""
    K, times, p = memory.K, memory.times, memory.chart
    old = memory.powers[K] * bounds.growth(bounds.f[p], times * K) * state.base
    base = old + ONE
    first = []
    for j, pos in enumerate(memory.positions):
        A = state.first[j] * bounds.growth(bounds.drift[j], times)
        B = memory.powers[K - pos] * bounds.growth(bounds.f[j], times * (K - pos))
        short, long = (mixed(Interval(end, end), A, B) for end in (old.lo, old.hi))
        first.append(ONE if j == p else hull(short, long))
    return MemoryState(base, first)


def mixed(old: Interval, A: Interval, B: Interval) -> Interval:
    """s A + (1 - s) B for s = old / (old + 1), which is monotone in s."""
    return (old * A + B) / (old + ONE)


def kept(memory: Memory, state: MemoryState) -> MemoryState:
    """A set of memories around this one that an epoch keeps: an interval around the kept one of ``Memory``."""
    need(state.base.hi <= memory.base.hi, "most: the moments' memory may be longer than with such steps")
    return MemoryState(hull(state.base, memory.base), hulls(state.first, memory.first))


def joined(seen: list[Phases], now: list[Phases]) -> list[Phases]:
    """The smallest boxes around the memories seen and these, phase by phase."""
    if not seen:
        return now
    return [(hulls(S, T), hulls(Q, R)) for (S, Q), (T, R) in zip(seen, now, strict=True)]
