"""u, F = X u and their slopes on some distinct rows, in the data's own units, enclosed over boxes of weights.

In a chart r_p = 1 the flow is dr_i/dτ = -r_i H_i, H_i = F_i - F_p; a solution of the limit equation has H_i = 0 where
r_i > 0 and H_i >= 0 where r_i = 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby

from .columns import Column, Place, Summand, Turns
from .fields import Field
from .intervals import BITS, ONE, ZERO, Box, Interval, dot, dots, enclose, root
from .problem import Problem
from .refusals import can, need

LONGEST = 4096
"""Bits of a number above which a power is given up."""

Places = list[Place | None]
"""By column; None where the data are zero, or u is given."""
Known = Mapping[int, Interval]
"""u on some columns, whatever the weights are."""


class Flow:
    """The field on the distinct rows ``members`` (the weights of all others are zero); ``known`` has u where it is given."""

    def __init__(
        self, problem: Problem, field: Field, members: Sequence[int], known: Known | None = None
    ) -> None:
        self.problem = problem
        self.known = known or {}
        self.clock = problem.clock
        self.field = field
        self.members = list(members)
        self.size = len(self.members)
        self.rows = [problem.scaled_row(g) for g in self.members]
        self._above: dict[int, list[Box]] = {}
        self._powers: dict[tuple[int, int], Interval] = {}
        self._runs: dict[int, Interval] = {}
        self._steps: dict[tuple[int, ...], list[Summand]] = {}
        self.columns = [self._column(k) for k in range(problem.d)]

    def above(self, p: int) -> list[Box]:
        """The rows less the row of a chart: H = above(p) · u."""
        if p not in self._above:
            self._above[p] = [self._less(x, self.rows[p]) for x in self.rows]
        return self._above[p]

    def _less(self, x: Box, base: Box) -> Box:
        self.clock.tick()
        return [a - b for a, b in zip(x, base, strict=True)]

    def at(self, r: Box) -> Places:
        """What u and its slopes over a box are made of."""
        return [None if column is None else column.at(r) for column in self.columns]

    def u(self, r: Box) -> Box:
        """u over a box."""
        return self.value(self.at(r))

    def value(self, at: Places) -> Box:
        """u there."""
        return [
            column.value(place) if column and place else self.known.get(k, ZERO)
            for k, (column, place) in enumerate(self._pairs(at))
        ]

    def slopes(self, at: Places) -> list[Box]:
        """∂u_k/∂r_n there, at [n][k]."""
        table = []
        for column, place in self._pairs(at):
            self.clock.tick()
            table.append(column.slopes(place, self.size) if column and place else [ZERO] * self.size)
        return [list(row) for row in zip(*table, strict=True)]

    def turns(self, start: Box, way: Box) -> list[Turns | None]:
        """What slopes along the line from ``start`` in the direction ``way`` need."""
        return [None if column is None else column.turns(start, way) for column in self.columns]

    def along(self, at: Places, turns: list[Turns | None]) -> Box:
        """du/dt over a part of such a line."""
        values = []
        for (column, place), turn in zip(self._pairs(at), turns, strict=True):
            self.clock.tick()
            values.append(column.along(place, turn) if column and place and turn else ZERO)
        return values

    def _pairs(self, at: Places) -> Iterator[tuple[Column | None, Place | None]]:
        return zip(self.columns, at, strict=True)

    def natural(self, rows: list[Box], r: Box) -> Box:
        """row · u over a box for every row."""
        return dots(rows, self.u(r))

    def linear(self, rows: list[Box], r: Box, at: Box, du: list[Box]) -> Box:
        """row · u(y) + Σ_n (row · ∂u/∂r_n) (r_n - y_n), y being ``centre``, with u ``at`` y and its slopes ``du`` over r."""
        away = [v - v.middle() for v in r]
        out = []
        for row in rows:
            self.clock.tick()
            out.append(dot(row, at) + dot(dots(du, row), away))
        return out

    def _column(self, k: int) -> Column | None:
        """Column k; None where it is zero in all data or u is given.  Zero on these rows alone, it leaves u undefined."""
        self.clock.tick()
        if self.problem.exponents[k] is None or k in self.known:
            return None
        entries = [self.problem.scaled_entry(g, k, self.field.name == "gd") for g in self.members]
        if self.field.name == "gd":
            part = [(n, x * self._count(n)) for n, x in enumerate(entries)]
            return Column([part], [Summand([ONE], [ZERO], ZERO, ONE)], self.clock)
        present = [n for n, g in enumerate(self.members) if self.problem.row(g)[k] != 0]
        need(present, "a column is zero on the support but not on all rows: the field is not defined there")
        if self.field.name == "theta":
            return self._theta_column(present, entries)
        return self._adam_column(present, entries)

    def _count(self, n: int) -> Interval:
        return enclose(len(self.problem.groups[self.members[n]]))

    def _theta_column(self, present: list[int], entries: Box) -> Column:
        theta = self.field.numbers[0]
        counts = [self._count(n) for n in present]
        weights = [enclose(1 - theta) * count for count in counts]
        parts = [[(n, entries[n])] for n in present]
        return Column(parts, [Summand(counts, weights, enclose(theta), ZERO)], self.clock)

    def _adam_column(self, present: list[int], entries: Box) -> Column:
        rows = sorted((self._batch_of[row], n) for n in present for row in self._rows(n))
        active = sorted({j for j, _ in rows})
        parts = [[(n, entries[n]) for _, n in batch] for _, batch in groupby(rows, key=lambda pair: pair[0])]
        key = tuple(active)
        if key not in self._steps:
            self._steps[key] = self._adam_steps(active)
        return Column(parts, self._steps[key], self.clock)

    def _adam_steps(self, active: list[int]) -> list[Summand]:
        """The steps at which a column has a gradient, each with the run of steps that follow it."""
        steps = []
        for place, i in enumerate(active):
            self.clock.tick()
            gap = (active[(place + 1) % len(active)] - i - 1) % self._epoch + 1
            run = self._run(gap)
            a = [self._power(0, (i - j) % self._epoch) * run for j in active]
            b = [self._power(1, (i - j) % self._epoch) for j in active]
            steps.append(Summand(a, b, ZERO, ZERO))
        return steps

    def _rows(self, n: int) -> list[int]:
        return self.problem.groups[self.members[n]]

    @cached_property
    def _batch_of(self) -> dict[int, int]:
        return {row: j for j, batch in enumerate(self.field.batches) for row in batch}

    @property
    def _epoch(self) -> int:
        return len(self.field.batches)

    def _power(self, which: int, exponent: int) -> Interval:
        """β1 or β2 to a power (0^0 is 1), by squaring."""
        key = (which, exponent)
        if key not in self._powers:
            result = ONE
            for bit in bin(exponent)[2:]:
                result = result * result
                if bit == "1":
                    result = result * enclose(self.field.numbers[which])
            self._powers[key] = result
        return self._powers[key]

    def _run(self, gap: int) -> Interval:
        """1 + ρ + … + ρ^(gap-1), ρ = β1/√β2; 1 for a gap of one."""
        if gap == 1:
            return ONE
        if gap not in self._runs:
            beta1, beta2 = (enclose(v) for v in self.field.numbers)
            ratio = beta1 / root(*_doubled(beta2))
            total = ONE
            for _ in range(gap - 1):
                self.clock.tick()
                total = ONE + total * ratio
                can(total.hi.bit_length() < LONGEST, "(beta1/sqrt(beta2))**K is too large for this checker")
            self._runs[gap] = total
        return self._runs[gap]


def _doubled(x: Interval) -> tuple[int, int]:
    """The ends in units of ``2**(-2 * BITS)``."""
    return x.lo << BITS, x.hi << BITS
