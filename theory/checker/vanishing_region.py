"""The region of ``vanishing_steps``: a ball of log-ratios times bounds off the support, and the field on it."""

from __future__ import annotations

from typing import Any

from .epochs import exponential
from .fields import Field
from .grid import Grid
from .intervals import BITS, ONE, ZERO, Box, Interval, dot, enclose, root
from .memory import Bounds, Memory
from .problem import Problem
from .reading import intervals, rational, vector
from .refusals import need
from .regions import Rows
from .schedules import Schedule
from .trap_norms import norm, read_basis


class Region:
    """E, the b = y + W z with |z|_2 <= 1 beside the ratios in [0, r̄], with what the witness states on it."""

    def __init__(
        self, problem: Problem, field: Field, support: list[int], schedule: Schedule, count: int
    ) -> None:
        self.problem, self.field, self.schedule, self.count = problem, field, schedule, count
        self.clock = problem.clock
        self.chart, self.free = support[0], support[1:]
        self.rest = [i for i in range(problem.n) if i not in support]
        order = [batch[0] for batch in field.batches]
        turn = order.index(self.chart)
        need(count % problem.n == turn, "count: the next step must visit the chart's row")
        self.positions = [(order.index(i) - turn) % problem.n for i in range(problem.n)]
        self.rows = Rows(problem, self.chart)
        beta1, beta2 = field.numbers
        need(beta1**2 < beta2, "beta1**2 < beta2 is due")
        root_lo = enclose(beta2)
        ratio = enclose(beta1) / root(root_lo.lo << BITS, root_lo.hi << BITS)
        self.fade = [ONE]
        for _ in range(problem.n - 1):
            self.fade.append(self.fade[-1] * ratio)
        later = enclose(schedule.later(count, problem.n))
        self.weights = Interval(later.lo, ONE.hi)

    def read(self, centre: Any, basis: Any, mu: Any, most: Any, growth: Any, drift: Any, others: Any) -> None:
        """y, W, μ, H̄, [f_j], [D_j] and r̄."""
        size, clock = len(self.free), self.clock
        self.y = [enclose(v) for v in vector(centre, size, clock)]
        self.W = read_basis(basis, size, clock)
        self.mu, self.most = rational(mu), rational(most)
        need(self.mu > 0 and self.most > 0, "mu and most must be positive")
        self.f = [enclose(*pair) for pair in intervals(growth, self.problem.n, clock)]
        self.D = [enclose(*pair) for pair in intervals(drift, self.problem.n, clock, self.chart)]
        bounds = vector(others, len(self.rest), clock)
        need(all(v > 0 for v in bounds), "others: positive bounds are due")
        self.high = dict(zip(self.rest, bounds, strict=True))
        self.bounds = Bounds(self.most, self.f, self.D, self.clock)
        beta1, beta2 = self.field.numbers
        self.sigma = Memory(beta1, 1, self.positions, self.bounds)
        self.rho = Memory(beta2, 2, self.positions, self.bounds)

    def logs(self, radius: Interval) -> Box:
        """A box around {y + W z : |z|_2 <= radius}."""
        box = []
        for value, row in zip(self.y, self.W, strict=True):
            reach = (radius * norm(row)).hi
            box.append(Interval(value.lo - reach, value.hi + reach))
        return box

    def moved(self, i: int, phases: int) -> Interval:
        """What log r_i can change in the first phases of an epoch: -H Σ λ^φ w (x_i - x_p)·ũ."""
        step = self.bounds.most * (self.f[self.chart] - self.f[i])
        return Interval(min(phases * step.lo, 0), max(phases * step.hi, 0))

    def widened(self) -> Box:
        """Weights r over E and what an epoch can do to them."""
        r = [ZERO] * self.problem.n
        r[self.chart] = ONE
        for i, b in zip(self.free, self.logs(ONE), strict=True):
            r[i] = exponential(b + self.moved(i, self.problem.n))
        for j, bound in self.high.items():
            top = enclose(bound) * exponential(self.moved(j, self.problem.n))
            r[j] = Interval(0, top.hi)
        return r

    def bare(self, logs: Box) -> Box:
        """Weights r with none off the support."""
        r = [ZERO] * self.problem.n
        r[self.chart] = ONE
        for i, b in zip(self.free, logs, strict=True):
            r[i] = exponential(b)
        return r

    def field_at(self, r: Box) -> Box:
        """Σ λ^φ ũ without growth: the field, up to a factor."""
        u = [ZERO] * self.problem.d
        for phase, fade in enumerate(self.fade):
            part = self.rows.direction(r, self.sigma.plain[phase], self.rho.plain[phase])
            u = [a + fade * b for a, b in zip(u, part, strict=True)]
        return u

    def heights(self, u: Box) -> Box:
        """(x_i - x_p)·u for the supported rows but the chart's."""
        return [dot(self.rows.above[i], u) for i in self.free]

    def high_enough(self) -> bool:
        """Whether η (1-β1)/√(1-β2) σ_p/√ρ_p <= H̄ from now on."""
        grid = Grid(BITS)
        eta = Interval(*self.schedule.at(self.count, grid))
        beta1, beta2 = self.field.numbers
        below, base = enclose(1 - beta2), self.rho.base
        factor = enclose(1 - beta1) / root(below.lo << BITS, below.hi << BITS)
        H = eta * factor * self.sigma.base / root(base.lo << BITS, base.hi << BITS)
        return H.hi <= self.bounds.most.lo

    def slopes(self, r: Box) -> list[Box]:
        """Dg, by b, over weights with none off the support."""
        out = [[ZERO] * len(self.free) for _ in self.free]
        for phase, fade in enumerate(self.fade):
            slope = self.rows.slopes(r, self.sigma.plain[phase], self.rho.plain[phase]).r
            for place, i in enumerate(self.free):
                self.clock.tick()
                for column, j in enumerate(self.free):
                    part = fade * r[j] * dot(self.rows.above[i], slope[j])
                    out[place][column] = out[place][column] + part
        return out
