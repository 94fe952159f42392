"""A vertex: every run of Inc-Adam from one start, one sample a step, with steps at most η̄ tends to sign(x_p).

No run is made: w_0 alone, zero moments, any η_t in (0, η̄] with an infinite sum.  In the terms of ``memory`` (phase 0 is
a visit of row p, r_j = c_j/c_p) the following are verified:

1. r_j <= r̄_j at p's first visit, since before it |u_k| <= (1-β1)/√(1-β2) √(Σ (β1²/β2)^i), summed over the visits so far;
2. for the memories of each of the next ``epochs`` epochs, and then for a set of memories that an epoch keeps: over
   every r in Π [0, r̄_j] and at every phase, (x_j - x_p)·ũ is above 0 and at most ``fall[j]``, and x_j·ũ lies in the interval ``growth[j]``.

So no ratio ever rises again, and log r_j falls by a fixed part of Σ η = ∞: r -> 0 and ũ -> sign(x_p).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .claims import Facts
from .epochs import exponential
from .fields import Field
from .intervals import BITS, ONE, UNIT, ZERO, Box, Interval, dot, enclose, root
from .memory import Bounds, Memory
from .memory_steps import MemoryState, Phases, after, during, joined, kept
from .points import Point
from .problem import Problem
from .rational import exact_dot
from .reading import intervals, rational, take, vector, whole
from .refusals import need
from .regions import Rows
from .trap_norms import within

MOST_EPOCHS = 100_000
DEPTH = 12
"""A box of ratios is halved at most so often in each direction."""
APART = 8
"""So many epochs are looked at one by one, then in stretches by a quarter longer each."""


def vertex(problem: Problem, field: Field, witness: Any) -> tuple[Facts, list[Point]]:
    """The limit direction of every run with small steps."""
    start, row, largest, epochs, most, growth, fall, others = take(
        witness, "start row largest epochs most growth fall others"
    )
    need(field.name == "inc_adam" and len(field.batches) == problem.n, "Inc-Adam, one sample a step, is due")
    p = whole(row, problem.n)
    need(all(problem.X[p]), "row: a row without zero entries is due")
    trap = Vertex(problem, field, p, rational(largest))
    trap.read(most, growth, fall, others)
    trap.check_start(vector(start, problem.d, problem.clock))
    trap.check_memories(whole(epochs, MOST_EPOCHS))
    facts: Facts = {
        "field": field.words,
        "limit": "w_t/|w_t| converges",
        "start": start,
        "largest": largest,
        "row": p,
        "direction": [1 if v > 0 else -1 for v in problem.X[p]],
    }
    return facts, []


class Vertex:
    """The ratios r in Π [0, r̄_j], and what is verified on them."""

    def __init__(self, problem: Problem, field: Field, p: int, largest: Fraction) -> None:
        self.problem, self.p, self.clock = problem, p, problem.clock
        self.beta1, self.beta2 = field.numbers
        need(self.beta1 > 0 and self.beta1**2 < self.beta2, "beta1 > 0 and beta1**2 < beta2 are due")
        need(largest > 0, "largest: a positive step is due")
        self.largest = enclose(largest)
        self.order = [batch[0] for batch in field.batches]
        need(all(problem.X[self.order[0]]), "the row that is visited first has a zero entry")
        self.turn = self.order.index(p)
        self.positions = [(self.order.index(i) - self.turn) % problem.n for i in range(problem.n)]
        self.rows = Rows(problem, p)
        below = enclose(1 - self.beta2)
        self.factor = enclose(1 - self.beta1) / root(below.lo << BITS, below.hi << BITS)

    def read(self, most: Any, growth: Any, fall: Any, others: Any) -> None:
        """Read H̄ of the late epochs, and ``growth[j]``, ``fall[j]`` and r̄_j (one each for the chart's row too, not used)."""
        n, clock = self.problem.n, self.clock
        self.f = [enclose(*pair) for pair in intervals(growth, n, clock)]
        self.top = [enclose(v) for v in vector(fall, n, clock)]
        self.high = [enclose(v) for v in vector(others, n, clock)]
        need(all(v.positive() for v in self.top + self.high), "fall and others must be positive")
        whole_box = [ONE if j == self.p else Interval(0, v.hi) for j, v in enumerate(self.high)]
        self.parts = [
            [whole_box] for _ in range(n)
        ]  # of the box, by phase: as small as they had to be so far
        square = enclose(self.beta1**2 / self.beta2)
        ratio = root(square.lo << BITS, square.hi << BITS)
        epoch, power = ONE, ONE
        for _ in range(n - 1):
            power = power * ratio
            epoch = epoch + power
        self.drift = [Interval(0, (epoch * top).hi) for top in self.top]
        self.drift[self.p] = ZERO
        late = self.bounds(rational(most))
        self.sigma = Memory(self.beta1, 1, self.positions, late)
        self.rho = Memory(self.beta2, 2, self.positions, late)

    def bounds(self, H: Fraction) -> Bounds:
        """What can move while η (1-β1)/√(1-β2) σ_p/√ρ_p <= H at phase 0."""
        need(H > 0, "most must be positive")
        return Bounds(H, self.f, self.drift, self.clock)

    def before(self) -> list[Interval]:
        """What every coordinate of w can move from each step to p's first visit: [-T, T], none from that on."""
        moved, power, square = [], ZERO, enclose(self.beta1**2 / self.beta2)
        for _ in range(self.turn):
            self.clock.tick()
            power = power * square + ONE
            moved.append(self.largest * self.factor * root(power.lo << BITS, power.hi << BITS))
        tails = [ZERO]
        for size in reversed(moved):
            tails.append(tails[-1] + Interval(-size.hi, size.hi))
        return tails[::-1]

    def check_start(self, start: list[Fraction]) -> None:
        """Refuse unless r_j <= r̄_j at p's first visit (1 of the module's text)."""
        moved = self.before()[0]
        for j, row in enumerate(self.rows.above):
            if j == self.p:
                continue
            length = dot([abs(v) for v in row], [ONE] * len(row))
            exact = [a - b for a, b in zip(self.problem.X[j], self.problem.X[self.p], strict=True)]
            here = exact_dot(exact, start, self.clock)
            ratio = exponential(length * moved - enclose(here))
            need(ratio.hi <= self.high[j].lo, "others: a ratio may be above its bound at the start")

    def first_memory(self, memory: Memory) -> MemoryState:
        """The memory at p's first visit."""
        first = [ZERO] * self.problem.n
        first[self.p] = ONE
        away = self.before()
        for t, j in enumerate(self.order[: self.turn]):
            length = dot([abs(v) for v in self.rows.X[j]], [ONE] * self.problem.d)
            moved = length * away[t]
            grown = exponential(Interval(memory.times * moved.lo, memory.times * moved.hi))
            first[j] = memory.powers[self.turn - t] * grown
        return MemoryState(ONE, first)

    def step(self, sigma: MemoryState, rho: MemoryState) -> Interval:
        """η (1-β1)/√(1-β2) σ_p/√ρ_p at most."""
        return self.largest * self.factor * sigma.base / root(rho.base.lo << BITS, rho.base.hi << BITS)

    def check_memories(self, epochs: int) -> None:
        """Refuse unless the bounds hold for the memories of every epoch (2 of the module's text)."""
        sigma, rho = self.first_memory(self.sigma), self.first_memory(self.rho)
        seen: list[Phases] = []
        due = APART
        for n in range(epochs):
            self.clock.tick()
            bounds = self.bounds(Fraction(self.step(sigma, rho).hi, UNIT))
            seen = joined(seen, self.phases(sigma, rho, bounds))
            if n < APART or n >= due:
                self.check_phases(seen)
                seen, due = [], n + n // 4
            sigma, rho = after(self.sigma, sigma, bounds), after(self.rho, rho, bounds)
        late = self.sigma.bounds
        sigma, rho = kept(self.sigma, sigma), kept(self.rho, rho)
        need(self.step(sigma, rho).hi <= late.most.lo, "most: the steps may be larger than stated")
        self.check_phases(joined(seen, self.phases(sigma, rho, late)))

    def phases(self, sigma: MemoryState, rho: MemoryState, bounds: Bounds) -> list[Phases]:
        """The memories (S, Q) of an epoch at every phase."""
        pairs = zip(during(self.sigma, sigma, bounds), during(self.rho, rho, bounds), strict=True)
        return list(pairs)

    def check_phases(self, seen: list[Phases]) -> None:
        """Over every r in the box and the memories seen: no ratio rises, and nothing moves faster than stated."""
        for phase, (S, Q) in enumerate(seen):
            parts, self.parts[phase] = self.parts[phase], []
            while parts:
                self.clock.tick()
                r = parts.pop()
                if self.falls(self.rows.direction(r, S, Q)):
                    self.parts[phase].append(r)
                else:
                    parts += self.halves(r)

    def halves(self, r: Box) -> list[Box]:
        """The halves of a part of the box along its longest side."""
        k = max(range(len(r)), key=lambda i: r[i].hi - r[i].lo)
        wide = r[k].hi - r[k].lo > (self.high[k].hi >> DEPTH) + 1
        need(wide, "a ratio may rise, or a margin move faster than stated")
        middle = r[k].middle().lo
        ends = (Interval(r[k].lo, middle), Interval(middle, r[k].hi))
        return [[*r[:k], half, *r[k + 1 :]] for half in ends]

    def falls(self, u: Box) -> bool:
        """Whether, along ũ in a box, every other ratio falls and the stated bounds hold."""
        for j in range(self.problem.n):
            if not within(dot(self.rows.X[j], u), self.f[j]):
                return False
            apart = dot(self.rows.above[j], u)
            if j != self.p and not (apart.positive() and apart.hi <= self.top[j].lo):
                return False
        return True
