"""One solution of the limit equation: that it exists, is alone in its box, and how many directions are unstable."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from .fields import Field
from .flow import Flow, Known
from .inertia import unstable_directions
from .intervals import BITS, ONE, UNIT, ZERO, Box, dot, enclose, parallel_undecided, products
from .problem import Problem
from .reading import indices, matrix, take
from .refusals import can, need

ROUNDS = 20
FEW = 16
"""Rows of a support up to which slopes are taken again over each narrower box."""
LARGEST = 512
"""Rows of a support above which the work, cubic in them, is not begun."""


class Point:
    """A checked solution.

    Attributes:
      support: its distinct rows, the chart's first.
      box: where it is alone, by distinct row: ends of r for the support; every other weight is zero.
      tight: the same, contracted.
      u: its direction; level: γ over the field's unit.
      unstable: how many unstable directions the flow has there.
    """

    def __init__(
        self,
        problem: Problem,
        field: Field,
        witness: Any,
        known: Known | None = None,
        among: Collection[int] | None = None,
    ) -> None:
        """``known``: u on columns where it is given; ``among``: the distinct rows of the equation (all)."""
        among = range(problem.n_distinct) if among is None else among
        rows, box, preconditioner, lyapunov = take(witness, "support box preconditioner lyapunov")
        self.clock = problem.clock
        self.support = [problem.group_of[i] for i in indices(rows, problem.n)]
        lowest = [problem.groups[g][0] for g in self.support]
        need(
            self.support and lowest == rows,
            "support: the lowest row number of each group of equal rows is due",
        )
        need(all(g in among for g in self.support), "a row of the support has no part in this equation")
        can(len(self.support) <= LARGEST, f"a support of at most {LARGEST} distinct rows")
        self.p = self.support[0]
        self.flow = Flow(problem, field, self.support, known)
        size = len(self.support) - 1
        start = [ONE, *self._read_box(box, size)]
        exact = matrix(preconditioner, size, size, self.clock)
        A = [[enclose(v * field.unit) for v in row] for row in exact]
        tight, slopes = self._contract(start, A)
        self.box = dict(zip(self.support, start, strict=True))
        self.tight = dict(zip(self.support, tight, strict=True))
        self.u = self.flow.u(tight)
        self.level = dot(self.flow.rows[0], self.u)
        need(self.level.positive(), "gamma is not surely positive")
        self._check_other_rows(problem, among)
        J = [[-(r * v) for v in row] for r, row in zip(tight[1:], slopes, strict=True)]
        self.unstable = unstable_directions(J, matrix(lyapunov, size, size, self.clock), self.clock)

    def _read_box(self, box: Any, size: int) -> Box:
        """The ends of the other supported rows' weights; they keep one unit away from r = 0.

        A solution with r_i = 0 need not be a zero of H, so a box that touched that face could hide one.
        """
        ends = matrix(box, size, 2, self.clock)
        need(all(1 <= low * UNIT < high * UNIT for low, high in ends), "a box must lie in r > 0")
        return [enclose(*pair) for pair in ends]

    def _contract(self, box: Box, A: list[Box]) -> tuple[Box, list[Box]]:
        """Krawczyk's operator y - A H(y) + (I - A H'(B))(B - y): once it proves one zero, then it makes the box tight.

        Second, ∂H_i/∂r_j over the tight box, or (for many rows) over the first, which holds it.
        """
        tight = box
        slopes = self._slopes(tight)
        rest = self._rest(A, slopes)
        for attempt in range(ROUNDS if A else 0):
            image = self._krawczyk(tight, A, rest)
            pairs = zip(tight[1:], image, strict=True)
            inside = all(b.lo < new.lo and new.hi < b.hi for b, new in pairs)
            need(attempt or inside, "Krawczyk's inclusion fails")
            before = widest(tight)
            tight = [ONE, *(b & new for b, new in zip(tight[1:], image, strict=True))]
            if len(A) <= FEW:
                slopes = self._slopes(tight)
                rest = self._rest(A, slopes)
            if 8 * widest(tight) > 7 * before:
                break
        return tight, slopes

    def _rest(self, A: list[Box], slopes: list[Box]) -> list[Box]:
        """I - A H'(B)."""
        table = []
        columns = [list(column) for column in zip(*slopes, strict=True)]
        for i, row in enumerate(products(A, columns, self.clock)):
            table.append([(ONE if j == i else ZERO) - v for j, v in enumerate(row)])
        return table

    def _krawczyk(self, box: Box, A: list[Box], rest: list[Box]) -> Box:
        centre = [v.middle() for v in box]
        away = [v - c for v, c in zip(box[1:], centre[1:], strict=True)]
        H = self.flow.natural(self.flow.above(0)[1:], centre)
        image = []
        for c, a, off in zip(centre[1:], A, rest, strict=True):
            self.clock.tick()
            image.append(c - dot(a, H) + dot(off, away))
        return image

    def _slopes(self, box: Box) -> list[Box]:
        """∂H_i/∂r_j on the support without the chart's row."""
        return products(self.flow.above(0)[1:], self.flow.slopes(self.flow.at(box))[1:], self.clock)

    def _check_other_rows(self, problem: Problem, among: Collection[int]) -> None:
        """F_j > γ off the support: there -H_j is an eigenvalue of the flow."""
        inside = set(self.support)
        for g in among:
            self.clock.tick()
            if g not in inside:
                row = [a - b for a, b in zip(problem.scaled_row(g), self.flow.rows[0], strict=True)]
                need(dot(row, self.u).positive(), "a row off the support fails")

    def differs(self, other: Point) -> bool:
        """Whether the two surely are different solutions."""
        if sorted(self.support) != sorted(other.support):
            return True
        weights = [[point.tight[g] for g in self.support] for point in (self, other)]
        return not parallel_undecided(*weights)

    def other_direction(self, other: Point) -> bool:
        """Whether the two surely have different directions."""
        self.clock.tick()
        return not parallel_undecided(self.u, other.u)

    def holds(self, r: Box) -> bool:
        """Whether weights r of all distinct rows, in any chart, surely have r / r_p in the box."""
        low = r[self.p].lo
        high = r[self.p].hi
        for g, v in enumerate(r):
            ends = self.box.get(g, ZERO)
            if g != self.p and (ends.lo * high > v.lo << BITS or v.hi << BITS > ends.hi * low):
                return False
        return True


def widest(box: Box) -> int:
    """The largest width."""
    return max((v.hi - v.lo for v in box), default=0)
