"""Vanishing steps: this run of Inc-Adam, one sample a step, converges, since it enters a region that it never leaves.

In the region E, b = y + W z with |z|_2 <= 1, where b_i = log r_i for the supported rows but the chart's, and the other
ratios lie in [0, r̄].  By ``memory`` an epoch moves b by -H (g(b) + e), g the field without growth and without the other
rows.  With the norm |W⁻¹z|_2, on E widened by what an epoch can move:

1. the symmetric part of W⁻¹ Dg W is at least μ;  |e| <= ε, |g + e| <= G;
2. μ >= ε + |g(y)| + H̄ G²/2, H̄ G <= 1, 2 H̄ μ <= 1;
3. an epoch lowers every ratio off the support;
4. after the stated steps the run lies in E, its memories in their intervals;
5. at the zero of g, within |g(y)|/μ of y, every margin grows.

Then the run stays in E, c tends to that zero and w_t/|w_t| to its direction; :doc:`/certificates` has the proof.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .claims import Facts
from .epochs import halved
from .fields import Field
from .grid import Grid
from .inc_adam_runs import SELDOM
from .intervals import BITS, ONE, ZERO, Box, Interval, dot, enclose, hulls
from .points import Point
from .problem import Problem
from .reading import Rows, directions, indices, take, vector, whole
from .refusals import need
from .row_runs import RowRun
from .schedules import Schedule
from .trap_norms import check_direction, norm, rounded, solve, surely_positive, within
from .vanishing_region import Region

MOST_BITS = 4096
MOST_STEPS = 100_000_000
DEPTH = 8
"""A box is halved at most so often in each direction."""


def vanishing_steps(problem: Problem, field: Field, witness: Any) -> tuple[Facts, list[Point]]:
    """The limit direction of a run with vanishing steps."""
    start, steps, support, count, bits, centre, basis, mu, most, growth, drift, others, direction = take(
        witness, "start steps support count bits centre basis mu most growth drift others direction"
    )
    need(field.name == "inc_adam" and len(field.batches) == problem.n, "Inc-Adam, one sample a step, is due")
    need(field.numbers[0] > 0, "beta1 > 0 is due")
    rows = indices(support, problem.n)
    need(rows, "a support is due")
    schedule = Schedule(steps)
    taken = whole(count, MOST_STEPS)
    region = VerifiedRegion(problem, field, rows, schedule, taken)
    region.read(centre, basis, mu, most, growth, drift, others)
    region.check_drift()
    run = RowRun(
        problem,
        field,
        rows[0],
        vector(start, problem.d, problem.clock),
        Grid(BITS + whole(bits, MOST_BITS)),
    )
    region.check_entry(run)
    region.check_limit(directions(direction, problem.d, problem.clock))
    facts: Facts = {
        "field": field.words,
        "limit": "w_t/|w_t| converges",
        "start": start,
        "steps": steps,
        "support": rows,
        "direction": direction,
    }
    return facts, []


class VerifiedRegion(Region):
    """What is verified on the region."""

    def check_drift(self) -> None:
        """Refuse unless 1, 2 and 3 of the module's text and the stated bounds hold."""
        need(self.high_enough(), "most: the steps may be larger than stated")
        r = self.widened()
        e = [ZERO] * len(self.free)
        total = [ZERO] * self.problem.n
        for phase, fade in enumerate(self.fade):
            self._add_phase(phase, fade, r, e, total)
        here = self.heights(self.field_at(self.bare(self.y)))
        away = self.logs(ONE)
        slopes = self.slopes(self.bare(away))
        offset = [b - y for b, y in zip(away, self.y, strict=True)]
        move = [a + b + dot(row, offset) for a, b, row in zip(here, e, slopes, strict=True)]
        for i, value in zip(self.free, move, strict=True):
            need(within(value, self.D[i]), "drift: a supported row may move faster than stated")
        for j in self.rest:
            need(within(total[j], self.D[j]), "drift: a row off the support may move faster than stated")
            need(total[j].positive(), "a row off the support does not surely fall")
        self._check_inward(e, move, norm(solve(self.W, here, self.clock)))

    def _add_phase(self, phase: int, fade: Interval, r: Box, e: Box, total: Box) -> None:
        """A phase's part of e and of the rows' sums, and its check of [f_j]."""
        S, Q = self.sigma.phases[phase], self.rho.phases[phase]
        u = self.rows.direction(r, S, Q)
        for j in range(self.problem.n):
            need(
                within(fade * dot(self.rows.X[j], u), self.f[j]),
                "growth: a margin may move faster than stated",
            )
            total[j] = total[j] + fade * self.weights * dot(self.rows.above[j], u)
        S0, Q0 = self.sigma.plain[phase], self.rho.plain[phase]
        slope = self.rows.slopes(r, hulls(S, S0), hulls(Q, Q0))
        change = [ZERO] * self.problem.d
        for j in range(self.problem.n):
            by_r = ZERO if j == self.chart else r[j]
            if j in self.free:
                by_r = r[j] * self.moved(j, phase)
            parts = (S[j] - S0[j], Q[j] - Q0[j], by_r)
            columns = zip(slope.S[j], slope.Q[j], slope.r[j], strict=True)
            change = [c + dot(parts, column) for c, column in zip(change, columns, strict=True)]
        missing = self.weights - ONE
        for place, i in enumerate(self.free):
            row = self.rows.above[i]
            e[place] = e[place] + fade * (dot(row, change) + missing * dot(row, u))

    def _check_monotone(self) -> None:
        """The symmetric part of W⁻¹ Dg W is at least μ: on every part of a box around E, halved where undecided."""
        size = range(len(self.free))
        mu = enclose(self.mu)
        parts = [self.logs(ONE)]
        narrow = max((b.hi - b.lo for b in parts[0]), default=0) >> DEPTH
        while parts:
            self.clock.tick()
            box = parts.pop()
            slopes = self.slopes(self.bare(box))
            columns = [
                solve(self.W, [dot(row, [w[j] for w in self.W]) for row in slopes], self.clock) for j in size
            ]
            gap = [
                [halved(columns[i][j] + columns[j][i]) - (mu if i == j else ZERO) for j in size] for i in size
            ]
            if not surely_positive(gap, self.clock):
                k = max(size, key=lambda i: box[i].hi - box[i].lo)
                need(box[k].hi - box[k].lo > narrow, "mu: the field is not surely monotone in the region")
                middle = box[k].middle().lo
                parts.append([*box[:k], Interval(box[k].lo, middle), *box[k + 1 :]])
                parts.append([*box[:k], Interval(middle, box[k].hi), *box[k + 1 :]])

    def _check_inward(self, e: Box, move: Box, level: Interval) -> None:
        if self.free:
            self._check_monotone()
        error, G = norm(solve(self.W, e, self.clock)), norm(solve(self.W, move, self.clock))
        H, mu = self.bounds.most, enclose(self.mu)
        room = mu - error - level - halved(H * G * G)
        need(room.positive() or not self.free, "the run may leave the region")
        need((ONE - H * G).positive() and (ONE - H * mu - H * mu).positive(), "the steps are too large")
        self.level = level

    def check_entry(self, run: RowRun) -> None:
        """Refuse unless the run, made here to a visit of the chart's row, is in the region (4 of the module's text)."""
        for t in range(self.count):
            if t % SELDOM == 0:
                run.coarsen()
            run.advance(self.schedule.at(t, run.grid))
        run.visit()
        ratios = {j: run.ratio(j) for j in self.free + self.rest}
        s, q = run.parts()
        for memory, parts, squared in ((self.sigma, s, False), (self.rho, q, True)):
            base = parts[self.chart]
            need(
                within(rounded(base, run.grid), memory.base),
                "a memory of the chart's row is out of its bounds",
            )
            for j, r in ratios.items():
                weight = run.grid.square(r) if squared else r
                ratio = run.grid.ratio(parts[j], run.grid.times(weight, base))
                need(within(rounded(ratio, run.grid), memory.first[j]), "a row's memory is out of its bounds")
        offset = [-rounded(run.height(i), run.grid) - y for i, y in zip(self.free, self.y, strict=True)]
        need(
            (ONE - norm(solve(self.W, offset, self.clock))).lo >= 0,
            "the run is not surely in the region after the stated steps",
        )
        for j, bound in self.high.items():
            need(Fraction(ratios[j][1], run.grid.unit) <= bound, "a ratio off the support is above its bound")

    def check_limit(self, direction: Rows) -> None:
        """Refuse unless every margin grows (5 of the module's text) and the limit lies in the stated box."""
        u = self.field_at(self.bare(self.logs(self.level / enclose(self.mu))))
        for row in self.rows.X:
            need(dot(row, u).positive(), "a margin does not surely grow")
        check_direction(u, direction)
