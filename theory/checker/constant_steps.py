"""A constant step: this run of Inc-Adam converges, since it enters a ball in which its epoch map contracts.

The epoch map Φ acts on s = (r_S, M, V), S the supported rows but the chart's; the ratios R of the other rows are
parameters in [0, r̄].  With the ball B = {y + W z : |z|_2 <= 1} the following are verified:

1. after the stated epochs, run at ``BITS + bits`` bits, it lies in B, and its other ratios in [0, r̄];
2. |W⁻¹ DΦ W|_2 <= q < 1 on B and every such R;
3. |W⁻¹(Φ(y, R) - y)|_2 <= 1 - q for every such R;
4. an epoch lowers every other ratio there;
5. at the fixed point every margin grows.

Hence s tends to the only fixed point s* of Φ(·, 0) in B, and w_t/|w_t| to the direction of w's way in an epoch
there; :doc:`/certificates` has the proof.  s* is within e / (1 - q) of y in the same norm, e = |W⁻¹(Φ(y, 0) - y)|_2.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .claims import Facts
from .epochs import Epoch, EpochState
from .fields import Field
from .grid import Grid
from .inc_adam_runs import SELDOM, Run
from .intervals import BITS, ONE, ZERO, Box, Interval, dot, enclose
from .points import Point
from .problem import Problem
from .reading import Rows, directions, indices, rational, take, vector, whole
from .refusals import Clock, need
from .trap_norms import check_direction, inside, norm, positive_definite, read_basis, rounded, solve

MOST_BITS = 4096
MOST_EPOCHS = 10_000_000


def constant_step(problem: Problem, field: Field, witness: Any) -> tuple[Facts, list[Point]]:
    """The limit direction of a run at a constant step."""
    start, lr, support, epochs, bits, centre, basis, factor, others, direction, growth = take(
        witness, "start lr support epochs bits centre basis factor others direction growth"
    )
    eta = rational(lr)
    need(eta > 0, "lr must be positive")
    rows = indices(support, problem.n)
    need(rows, "a support is due")
    trap = Trap(problem, field, eta, rows)
    trap.read(centre, basis, factor, others)
    trap.check_contraction()
    run = Run(
        problem,
        field,
        rows[0],
        vector(start, problem.d, problem.clock),
        Grid(BITS + whole(bits, MOST_BITS)),
    )
    trap.check_entry(run, whole(epochs, MOST_EPOCHS))
    stated = directions(direction, problem.d, problem.clock)
    low, high = vector(growth, 2, problem.clock)
    trap.check_limit(stated, (low, high))
    facts: Facts = {
        "field": field.words,
        "limit": "w_t/|w_t| converges",
        "start": start,
        "lr": lr,
        "support": rows,
        "direction": direction,
        "growth": growth,
    }
    return facts, []


class Trap:
    """The ball B and the bounds r̄ that a run enters and never leaves."""

    def __init__(self, problem: Problem, field: Field, eta: Fraction, support: list[int]) -> None:
        self.epoch = Epoch(problem, field, eta, support)
        self.clock = problem.clock
        self.eta = eta
        self.free = support[1:]
        self.rest = [i for i in range(problem.n) if i not in support]
        self.size = len(self.free) + 2 * problem.d

    def read(self, centre: Any, basis: Any, factor: Any, others: Any) -> None:
        """y, W (upper triangular, positive diagonal), q and r̄."""
        self.y = [enclose(v) for v in vector(centre, self.size, self.clock)]
        self.W = read_basis(basis, self.size, self.clock)
        self.q = rational(factor)
        need(0 < self.q < 1, "factor: a contraction is due")
        bounds = vector(others, len(self.rest), self.clock)
        need(all(v > 0 for v in bounds), "others: positive bounds are due")
        self.high = dict(zip(self.rest, bounds, strict=True))

    def ratios(self) -> dict[int, Interval]:
        """[0, r̄_j] of every row off the support."""
        return {j: enclose(Fraction(0), v) for j, v in self.high.items()}

    def around(self, radius: Interval) -> Box:
        """A box around {y + W z : |z|_2 <= radius}."""
        box = []
        for value, row in zip(self.y, self.W, strict=True):
            reach = (radius * norm(row)).hi
            box.append(Interval(value.lo - reach, value.hi + reach))
        return box

    def check_contraction(self) -> None:
        """Refuse unless 2, 3 and 4 of the module's text hold."""
        whole_ball = self.epoch.pass_through(EpochState(self.around(ONE), self.ratios()), self.W)
        E = [
            solve(self.W, [row[j] for row in whole_ball.slopes], self.clock) for j in range(self.size)
        ]  # columns of W⁻¹ DΦ W
        need(below(E, enclose(self.q * self.q), self.clock), "the epoch map does not surely contract")
        for j in self.rest:
            need(
                self.epoch.height(j, whole_ball.way).positive(), "a row off the support does not surely fall"
            )
        after = self.epoch.pass_through(EpochState(self.y, self.ratios()))
        away = norm(solve(self.W, [a - b for a, b in zip(after.state, self.y, strict=True)], self.clock))
        need((enclose(1 - self.q) - away).lo >= 0, "the ball is not surely mapped into itself")

    def check_entry(self, run: Run, epochs: int) -> None:
        """Refuse unless the run, made here, is in the trap after the stated epochs (1 of the module's text)."""
        for t in range(epochs * len(run.batches)):
            if t % SELDOM == 0:
                run.coarsen()
                eta = run.grid.enclose(self.eta)
            run.advance(eta)
        M, V = run.moments()
        coarse = [rounded(value, run.grid) for value in [*(run.ratio(i) for i in self.free), *M, *V]]
        z = norm(solve(self.W, [a - b for a, b in zip(coarse, self.y, strict=True)], self.clock))
        need((ONE - z).lo >= 0, "the run is not surely in the ball after the stated epochs")
        for j, bound in self.high.items():
            need(
                Fraction(run.ratio(j)[1], run.grid.unit) <= bound,
                "a ratio off the support is above its bound",
            )

    def check_limit(self, direction: Rows, growth: tuple[Fraction, Fraction]) -> None:
        """Refuse unless every margin grows (5 of the module's text) and the limit lies in the stated boxes."""
        nothing = dict.fromkeys(self.rest, ZERO)
        after = self.epoch.pass_through(EpochState(self.y, nothing))
        away = norm(solve(self.W, [a - b for a, b in zip(after.state, self.y, strict=True)], self.clock))
        near = self.around(away / enclose(1 - self.q))
        lasting = all(r.positive() for r in near[: len(self.free)])
        need(lasting, "a supported row's weight may tend to zero")
        way = self.epoch.pass_through(EpochState(near, nothing)).way
        for i in range(self.epoch.n):
            need(self.epoch.rise(i, way).positive(), "a margin does not surely grow")
        check_direction(way, direction)
        need(inside(self.epoch.rise(self.epoch.chart, way), *growth), "the growth is not surely as stated")


def below(columns: list[Box], bound: Interval, clock: Clock) -> bool:
    """Whether |E|_2² < bound for every matrix in an enclosure, given by its columns."""
    size = range(len(columns))
    gap = []
    for i in size:
        clock.tick()
        gap.append([(bound if i == j else ZERO) - dot(columns[i], columns[j]) for j in size])
    return positive_definite(gap, clock)
