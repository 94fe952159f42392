"""Pieces of the battery about certified runs: the moments' memory against a run of Inc-Adam in floating point."""

from __future__ import annotations

import copy
import itertools
import json
import math
import random
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest

from marginproof.constructions.corpus import FOLDER

mp = mpmath.mp
OWN = Path(__file__).parent / "certificates"
NAME = "run-shifted-diagonal-every-schedule"
ROUNDING = 1e-11
"""Above float64's rounding over 300 steps, below every interval's width at such steps."""


def body(name):
    """A certificate of the corpus, or one of these tests."""
    path = FOLDER / f"{name}.json"
    return json.loads((path if path.exists() else OWN / path.name).read_text(encoding="ascii"))


def verdict(c, certificate):
    """The copy's word."""
    return c.judge.check(json.dumps(certificate).encode())[0]


def held(values, intervals, unit):
    """Every value lies in its interval."""
    for value, interval in zip(values, intervals, strict=True):
        assert interval.lo / unit - ROUNDING <= value <= interval.hi / unit + ROUNDING


def memories_hold_a_run(c):
    """σ_j/σ_p, ρ_j/ρ_p at every phase of a float run from w_0, with the largest steps and with changing ones."""
    certificate = body(NAME)
    X = [[Fraction(v) for v in row] for row in certificate["data"]]
    largest, unit = Fraction(certificate["witness"]["largest"]), c.intervals.UNIT
    for order, sizes in (((0, 1, 2), [1.0]), ((2, 1, 0), [1.0]), ((1, 2, 0), [1e-3, 0.3, 1.0])):
        entry = certificate["field"] | {"batches": [[i] for i in order]}
        problem = c.problem.Problem(X, c.refusals.Clock(60))
        trap = c.vertices.Vertex(
            problem, c.fields.Field(entry, problem), certificate["witness"]["row"], largest
        )
        trap.read(*(certificate["witness"][key] for key in ("most", "growth", "fall", "others")))
        memories = {1: trap.sigma, 2: trap.rho}
        states = {times: trap.first_memory(memory) for times, memory in memories.items()}
        parts, z, betas = {1: np.zeros(3), 2: np.zeros(3)}, np.zeros(3), {1: 0.9, 2: 0.95}
        rng, rows = np.random.default_rng(0), np.array(X, dtype=float)
        phase, now, bounds = -1, {}, None
        for t in range(300):
            for times, beta in betas.items():
                parts[times] *= beta
                parts[times][order[t % 3]] += 1
            if order[t % 3] == trap.p:
                if bounds is not None:
                    states = {k: c.memory_steps.after(memories[k], states[k], bounds) for k in memories}
                bounds = trap.bounds(Fraction(trap.step(states[1], states[2]).hi, unit))
                now = {k: c.memory_steps.during(memories[k], states[k], bounds) for k in memories}
                phase = 0
            if phase >= 0:
                for k, part in parts.items():
                    held(part / part[trap.p], now[k][phase], unit)
                    if phase == 0:
                        held([part[trap.p]], [states[k].base], unit)
                phase += 1
            weights = np.exp(-z)
            u = ((parts[1] * weights) @ rows) / np.sqrt((parts[2] * weights * weights) @ (rows * rows))
            moved = float(largest) * rng.choice(sizes) * 0.1 / np.sqrt(0.05) * rows @ u
            z = z + moved
            parts = {times: part * np.exp(times * moved) for times, part in parts.items()}


def clock(c):
    return c.refusals.Clock(60)


def near(found, value, unit, room=1e-9):
    """An interval holds a float, up to the float's rounding."""
    low, high = found if isinstance(found, tuple) else (found.lo, found.hi)
    slack = room * (1 + abs(value))
    assert low / unit - slack <= value <= high / unit + slack, (low / unit, value, high / unit)


def memories_hold_every_epoch(c):
    """R' = (old R e^{Δ_j-Δ_p} + β^(K-pos) e^{Δ_j since}) / (old + 1), with steps of any size up to the largest."""
    rng, e, unit = random.Random(1), c.intervals.enclose, c.intervals.UNIT
    for times, beta in ((1, 0.9), (2, 0.5)):
        for _ in range(60):
            H = rng.choice([0.001, 0.01, 0.05])
            f = [sorted(round(rng.uniform(-3, 6), 2) for _ in range(2)) for _ in range(2)]
            top = round(rng.uniform(0.1, 4), 2)
            made = [e(*map(Fraction, pair)) for pair in f]
            bounds = c.memory.Bounds(Fraction(H), made, [e(0), e(Fraction(-top), Fraction(top))], clock(c))
            try:
                memory = c.memory.Memory(Fraction(beta), times, [0, 1], bounds)
            except ValueError:  # steps too large for this memory
                continue
            R = [rng.choice([0.0, 0.3, 1.2]) for _ in range(2)]
            wide = c.memory_steps.MemoryState(e(1, 2), [c.intervals.ONE, e(*map(Fraction, R))])
            now = c.memory_steps.after(memory, wide, bounds)
            for _ in range(40):
                moved = sum(rng.choice([0, H]) * rng.choice(f[0]) for _ in range(2))
                since, drift = (
                    rng.choice([0, H]) * rng.choice(f[1]),
                    rng.choice([0, H]) * rng.choice([-top, top]),
                )
                old = beta**2 * math.exp(times * moved) * rng.uniform(1, 2)
                fresh = beta * math.exp(times * since)
                near(now.base, old + 1, unit)
                near(now.first[1], (old * rng.choice(R) * math.exp(times * drift) + fresh) / (old + 1), unit)
                kept, share = memory.first[1], 1 - 1 / (1 + old)
                if share <= memory.share.hi / unit:
                    for R0 in (kept.lo / unit, kept.hi / unit):
                        near(kept, share * R0 * math.exp(times * drift) + (1 - share) * fresh, unit)


def grids_hold_the_exact_numbers(c):
    """Sums, products, roots, powers and exponentials of wide and narrow pairs at 96 bits."""
    rng, grid = random.Random(2), c.grid.Grid(96)
    unit = grid.unit

    def pair(low, width):
        return (grid.enclose(low)[0], grid.enclose(low + width)[1])

    with mpmath.workdps(60):
        for _ in range(150):
            a, b = (Fraction(rng.randrange(-(10**6), 10**6), 10**5) for _ in range(2))
            wide = Fraction(rng.choice([0, 1, 3 * 10**5]), 10**5)
            x, y = pair(a, wide), pair(abs(b) + Fraction(1, 7), wide)
            for s in (a, a + wide, a + wide / 3):
                real = mp.mpf(s.numerator) / s.denominator
                low, high = (Fraction(v, unit) for v in grid.square(x))
                assert 0 <= low <= s * s <= high
                low, high = (mp.mpf(v) / unit for v in grid.exp(x))
                assert low <= mp.exp(real) <= high
                assert wide or high - low < 1e-24 * (1 + mp.exp(real))
                for t in (abs(b) + Fraction(1, 7), abs(b) + Fraction(1, 7) + wide):
                    other = pair(b, wide)
                    ((low, high),) = grid.blend([x], y, [other], pair(Fraction(1, 3), wide))
                    for end in (b, b + wide):
                        for factor in (Fraction(1, 3), Fraction(1, 3) + wide):
                            assert low <= (s * t + end * factor) * unit <= high
                    size = mp.mpf(t.numerator) / t.denominator
                    low, high = (mp.mpf(v) / unit for v in grid.over_root(x, y))
                    assert low <= real / mp.sqrt(size) <= high
                    low, high = (mp.mpf(v) / unit for v in grid.root(y))
                    assert low <= mp.sqrt(size) <= high
                    low, high = (mp.mpf(v) / mp.mpf(2) ** 96 for v in grid.power(y, 5))
                    assert low <= size**5 <= high
                    if x[0] >= 0:
                        low, high = (Fraction(v, unit) for v in grid.ratio(x, y))
                        assert low <= s / t <= high
        for y in (1, 12345, (1 << 60) - 1):
            low, high = c.grid.series(y, 81)
            assert low <= mp.exp(mp.mpf(y) / 2**81) * 2**81 < mp.exp(mp.mpf(y + 1) / 2**81) * 2**81 <= high
    for a, b in ((-5, -2), (-5, 3), (2, 3)):
        for low, high in ((0, 1), (1, 7)):
            corners = [x * y for x in (a, b) for y in (low, high)]
            (found,) = c.grid.Grid(1).scaled([(a, b)], (low, high))
            assert 2 * found[0] <= min(corners) and max(corners) <= 2 * found[1] < max(corners) + 2
    with pytest.raises(ValueError, match="surely"):
        c.grid.Grid(1).scaled([(1, 1)], (-1, 1))
    third = grid.enclose(Fraction(1, 3))
    for sign in (1, -1):
        low, high = (Fraction(v, unit) for v in grid.dot([third], [grid.enclose(Fraction(sign, 7))]))
        assert low <= Fraction(sign, 21) <= high
    for v in (Fraction(-(10**4)), Fraction(10**4)):
        with pytest.raises(ValueError, match="beyond"):
            grid.exp(grid.enclose(v))
    for call, pairs in (
        (grid.ratio, ((0, 5), (0, 5))),
        (grid.ratio, ((-1, 5), (1, 5))),
        (grid.over_root, ((0, 5), (0, 5))),
    ):
        with pytest.raises(ValueError, match="surely"):
            call(*pairs)


def float_run(X, order, b1, b2, start, sizes):
    """Inc-Adam by its definition: (w, m, v, z of every visit) after every step."""
    w, m, v, visits = np.array(start, dtype=float), 0.0, 0.0, []
    for t, eta in enumerate(sizes):
        batch = order[t % len(order)]
        z = X @ w
        G = np.exp(-z[batch]) @ X[batch]
        visits.append((batch, z))
        m, v = b1 * m + (1 - b1) * G, b2 * v + (1 - b2) * G * G
        yield w, m, v, visits
        w = w + eta * m / np.sqrt(v)


def runs_hold_float_runs(c):
    """w, c/c_p, m/c_p, v/c_p² and what the moments remember of each row; batches of one and of two, in another order."""
    X, start, unit = [[5, 1, 2], [1, 4, -1], [2, 2, 7], [-1, 6, 3]], [0.25, -0.5, 0.125], 1 << 200
    for order in ([[2], [0], [3], [1]], [[3, 0], [1, 2]]):
        entry = {"name": "inc_adam", "beta1": "4/5", "beta2": "9/10", "batches": order}
        problem = c.problem.Problem([[Fraction(v) for v in row] for row in X], clock(c))
        kind = c.row_runs.RowRun if len(order) == 4 else c.inc_adam_runs.Run
        run = kind(problem, c.fields.Field(entry, problem), 3, [Fraction(v) for v in start], c.grid.Grid(200))
        sizes = [0.05 / (t + 1) ** 0.5 for t in range(23)]
        for t, (w, m, v, visits) in enumerate(float_run(np.array(X, float), order, 0.8, 0.9, start, sizes)):
            z = np.array(X, float) @ w
            for found, value in zip(run.w, w, strict=True):
                near(found, value, unit)
            for i in range(4):
                near(run.ratio(i), math.exp(z[3] - z[i]), unit)
                near(run.height(i), z[i] - z[3], unit)
            probe = copy.deepcopy(run)
            probe.visit()
            if len(order) == 4:
                for i in range(4):
                    ages = [(t - s, past[i]) for s, (batch, past) in enumerate(visits) if i in batch]
                    parts, r = probe.parts(), probe.ratio(i)
                    found_s = probe.grid.ratio(parts[0][i], r)
                    found_q = probe.grid.ratio(parts[1][i], probe.grid.square(r))
                    for found, beta, times in zip((found_s, found_q), (0.8, 0.9), (1, 2), strict=True):
                        near(found, sum(beta**a * math.exp(times * (z[i] - p)) for a, p in ages), unit)
            else:
                M, V = probe.moments()
                for found, value in zip(
                    [*M, *V], [*(m * np.exp(z[3])), *(v * np.exp(2 * z[3]))], strict=True
                ):
                    near(found, value, unit)
            run.advance(run.grid.enclose(Fraction(sizes[t])))
    for betas in ({"beta1": "9/10", "beta2": "81/100"}, {"beta1": "1/2", "beta2": "1/5"}):
        with pytest.raises(ValueError, match="beta"):
            c.inc_adam_runs.Run(
                problem, c.fields.Field(entry | betas, problem), 0, problem.X[0], c.grid.Grid(200)
            )


def blends_are_narrow(c):
    """With points, the exact number's two neighbours; a factor that may be negative is refused."""
    grid = c.grid.Grid(8)
    for x, f, y, g in itertools.product((-5, 3), (7, 9), (-11, 13), (1, 17)):
        exact = x * f + y * g
        assert grid.blend([(x, x)], (f, f), [(y, y)], (g, g)) == [(exact >> 8, -(-exact >> 8))]
    with pytest.raises(ValueError, match="positive"):
        grid.blend([(1, 1)], (-1, 1), [(1, 1)], (1, 1))


def found_of(run, steps):
    """w, ratios, and what the moments are, or remember, of a run that is not to go on."""
    for _ in range(steps):
        run.advance(run.grid.enclose(Fraction(1, 10)))
    w, ratios = list(run.w), [run.ratio(i) for i in range(4)]
    if hasattr(run, "parts"):
        run.visit()
        return [*w, *ratios, *run.parts()[0], *run.parts()[1]]
    return [*w, *ratios, *run.moments()[0], *run.moments()[1]]


def runs_go_on_with_fewer_bits(c):
    """What was enclosed before is enclosed after, and where the run goes on; one is coarsened by as much as it can be."""
    X = [[100, 20, 40], [20, 80, -20], [40, 40, 140], [-20, 120, 60]]
    for kind, order in ((c.row_runs.RowRun, [[2], [0], [3], [1]]), (c.inc_adam_runs.Run, [[3, 0], [1, 2]])):
        entry = {"name": "inc_adam", "beta1": "4/5", "beta2": "9/10", "batches": order}
        problem = c.problem.Problem([[Fraction(v) for v in row] for row in X], clock(c))
        start = [Fraction(1, 4), Fraction(-1, 2), Fraction(1, 8)]
        run = kind(problem, c.fields.Field(entry, problem), 3, start, c.grid.Grid(240))
        run.coarsen()
        assert run.grid.bits == 240  # its enclosure is narrow
        for _ in range(7):
            run.advance(run.grid.enclose(Fraction(1, 30)))
        for steps in (0, 1, 3):
            fine, coarse = copy.deepcopy(run), copy.deepcopy(run)
            coarse.shift(200)
            assert coarse.grid.bits == 40
            for (a, b), (low, high) in zip(found_of(fine, steps), found_of(coarse, steps), strict=True):
                assert low << 200 <= a <= b <= high << 200, (kind, steps)
        if hasattr(run, "moved"):
            run.moved = -run.grid.unit, run.grid.unit  # e^{x_p·move} between 1/e and e
            for i in range(4):
                near(run.weight(i), math.exp(-run.height(i)[0] / run.grid.unit - 1), run.grid.unit)
                near(run.weight(i), math.exp(-run.height(i)[1] / run.grid.unit + 1), run.grid.unit)
        run.w = [(low, high + (1 << 200)) for low, high in run.w]
        run.coarsen()
        assert run.grid.bits == c.intervals.BITS


def steps_hold_the_schedule(c):
    for first, offset, power in (("1/10", "2", "1/2"), ("3", "1/3", "3/4"), ("1/7", "5/2", "1")):
        schedule = c.schedules.Schedule({"eta0": first, "offset": offset, "power": power})
        for t in (0, 1, 999):
            begin, fall = float(Fraction(offset)), -float(Fraction(power))
            low, high = schedule.at(t, c.grid.Grid(160))
            near((low, high), float(Fraction(first)) * (t + begin) ** fall, 1 << 160, 1e-14)
            assert low < high < low + (1 << 100)
            assert float(schedule.later(t, 7)) <= ((t + 7 + begin) / (t + begin)) ** fall * (1 + 1e-12)
    for change in (
        {"eta0": "0"},
        {"offset": "0"},
        {"power": "0"},
        {"power": "3/2"},
        {"power": "1/3"},
        {"power": "1/128"},
    ):
        with pytest.raises(ValueError, match="steps"):
            c.schedules.Schedule({"eta0": "1", "offset": "1", "power": "1"} | change)


def box_around(c, values, width):
    return [c.intervals.enclose(Fraction(v) - width, Fraction(v) + width) for v in values]


def epochs_hold_float_epochs(c):
    """The epoch map and its slopes over a box, against the definition at its corners and difference quotients."""
    X, unit, eta, b1, b2 = (
        np.array([[4.0, 1, 2], [1, 5, -1], [-1, 2, 6], [3, 3, 3]]),
        c.intervals.UNIT,
        0.125,
        0.5,
        0.75,
    )
    for order, support in (([[1], [3], [0], [2]], [2, 0, 1]), ([[1, 3], [2, 0]], [2, 0, 3])):
        entry = {"name": "inc_adam", "beta1": "1/2", "beta2": "3/4", "batches": order}
        problem = c.problem.Problem([[Fraction(int(v)) for v in row] for row in X], clock(c))
        epoch = c.epochs.Epoch(problem, c.fields.Field(entry, problem), Fraction(1, 8), support)
        rest = next(i for i in range(4) if i not in support)

        def mapped(s, other, order=order, support=support, rest=rest):
            r = np.ones(4)
            r[support[1:]], r[rest] = s[:2], other
            m, v, way = s[2:5].copy(), s[5:].copy(), np.zeros(3)
            for batch in order:
                G = r[batch] @ X[batch]
                m, v = b1 * m + (1 - b1) * G, b2 * v + (1 - b2) * G * G
                u = m / np.sqrt(v)
                way = way + eta * u
                rise = np.exp(eta * X[support[0]] @ u)
                r, m, v = r * np.exp(-eta * (X - X[support[0]]) @ u), m * rise, v * rise**2
            return np.concatenate([r[support[1:]], m, v]), way

        s = np.array([0.5, 1.5, 2.0, 3.0, 1.0, 30.0, 40.0, 20.0])
        rng, half = np.random.default_rng(0), Fraction(1, 1 << 20)
        W = [[Fraction(int(i <= j), 1 + j) for j in range(8)] for i in range(8)]
        basis = [[c.intervals.enclose(v) for v in row] for row in W]
        start = c.epochs.EpochState(
            box_around(c, s, half), {rest: c.intervals.enclose(Fraction(1, 4), Fraction(1, 4) + half)}
        )
        found = epoch.pass_through(start, basis)
        numbers = np.array(W, dtype=float)
        for _ in range(6):
            at, other = s + rng.choice([-1, 1], 8) / 2**20, 0.25 + rng.choice([0, 1]) / 2**20
            after, way = mapped(at, other)
            for x, value in zip([*found.state, *found.way], [*after, *way], strict=True):
                near(x, value, unit)
            h = 1e-6
            for j in range(8):
                slope = (
                    mapped(at + h * numbers[:, j], other)[0] - mapped(at - h * numbers[:, j], other)[0]
                ) / (2 * h)
                for i in range(8):
                    near(found.slopes[i][j], slope[i], unit, 1e-6)
            for i in range(4):
                near(epoch.rise(i, found.way), X[i] @ way, unit)
                near(epoch.height(i, found.way), (X[i] - X[support[0]]) @ way, unit)
    with pytest.raises(ValueError, match="beta1"):
        c.epochs.Epoch(problem, c.fields.Field(entry | {"beta1": "9/10"}, problem), Fraction(1, 8), support)


def directions_hold_float_directions(c):
    """ũ over a region, and its slopes by S, Q and r."""
    X, unit = np.array([[4.0, 1, 2], [1, 5, -1], [-1, 2, 6]]), c.intervals.UNIT
    problem = c.problem.Problem([[Fraction(int(v)) for v in row] for row in X], clock(c))
    rows = c.regions.Rows(problem, 1)

    def u(p):
        r, S, Q = p
        return ((S * r) @ X) / np.sqrt((Q * r * r) @ (X * X))

    middle = np.array([[0.5, 1.0, 0.25], [0.8, 1.0, 1.2], [0.7, 1.0, 1.1]])
    boxes = [box_around(c, row, Fraction(1, 256)) for row in middle]
    found, slopes = rows.direction(*boxes), rows.slopes(*boxes)
    for i in range(3):
        for k in range(3):
            near(rows.above[i][k], X[i, k] - X[1, k], unit)
    rng, h = np.random.default_rng(0), 1e-6
    for _ in range(6):
        at = middle + rng.choice([-1, 1], (3, 3)) / 256
        for x, value in zip(found, u(at), strict=True):
            near(x, value, unit)
        for which, table in enumerate((slopes.r, slopes.S, slopes.Q)):
            for j in range(3):
                step = np.zeros((3, 3))
                step[which, j] = h
                for x, value in zip(table[j], (u(at + step) - u(at - step)) / (2 * h), strict=True):
                    near(x, value, unit, 1e-6)
    with pytest.raises(ArithmeticError, match="second moment"):
        rows.direction([c.intervals.ZERO] * 3, *boxes[1:])


def norms_and_definiteness(c):
    e, unit = c.intervals.enclose, c.intervals.UNIT
    W = c.trap_norms.read_basis([["2", "1", "-1"], ["0", "1/2", "3"], ["0", "0", "4"]], 3, clock(c))
    z = c.trap_norms.solve(W, [e(v) for v in (1, 2, 3)], clock(c))
    exact = np.linalg.solve([[2, 1, -1], [0, 0.5, 3], [0, 0, 4]], [1, 2, 3])
    for found, value in zip(z, exact, strict=True):
        near(found, value, unit)
    near(c.trap_norms.norm([e(3), e(-4), e(0, 12)]), 13.0, unit)
    near(c.trap_norms.norm([e(3), e(-4), e(0, 12)]), 5.0, unit)
    for bad in ([["1", "0"], ["1", "1"]], [["0", "1"], ["0", "1"]], [["-1", "0"], ["0", "1"]]):
        with pytest.raises(ValueError, match="basis"):
            c.trap_norms.read_basis(bad, 2, clock(c))

    def positive(rows, wide=Fraction(0)):
        return c.trap_norms.surely_positive(
            [[e(Fraction(v) - wide, Fraction(v) + wide) for v in row] for row in rows], clock(c)
        )

    assert positive([[2, 1], [1, 2]]) and positive([[2, 1], [1, 2]], Fraction(1, 3))
    assert not positive([[2, 1], [1, 2]], Fraction(3, 4))  # it holds [[5/4, 7/4], [7/4, 5/4]]
    assert (
        not positive([[1, 2], [2, 1]]) and not positive([[-1, 0], [0, -1]]) and not positive([[1, 1], [1, 1]])
    )
    assert not positive([[2, 1], [1, 2]], Fraction(1, 2) + Fraction(1, 100))
    assert c.trap_norms.within(e(1, 2), e(1, 2)) and not c.trap_norms.within(e(1, 3), e(1, 2))
    assert not c.trap_norms.within(e(0, 2), e(1, 2))
    assert c.trap_norms.inside(e(1, 2), Fraction(1), Fraction(2))
    assert not c.trap_norms.inside(e(1, 3), Fraction(1), Fraction(2))
    assert not c.trap_norms.inside(e(0, 2), Fraction(1), Fraction(2))
    fine = c.grid.Grid(c.intervals.BITS + 8)
    found = c.trap_norms.rounded((-1, 1), fine)
    assert (found.lo, found.hi) == (-1, 1)
    assert c.constant_steps.below([[e(1), e(0)], [e(0), e(1)]], e(Fraction(101, 100)), clock(c))
    assert not c.constant_steps.below([[e(1), e(0)], [e(0), e(1)]], e(1), clock(c))
    assert not c.constant_steps.below([[e(1), e(1)], [e(0), e(1)]], e(Fraction(9, 4)), clock(c))


def ends(x):
    return x.lo, x.hi


def pieces_round_outward(c):
    Interval, one = c.intervals.Interval, c.intervals.UNIT
    assert ends(c.epochs.halved(Interval(-1, 1))) == (-1, 1)
    assert ends(c.intervals.squared(Interval(-1, 3))) == (0, 1)
    for x, y in ((Interval(0, 1), Interval(-2, 5)), (Interval(-2, 5), Interval(0, 1))):
        assert ends(c.intervals.hull(x, y)) == (-2, 5)
        ((S, Q),) = c.memory_steps.joined([([x], [y])], [([y], [x])])
        assert ends(S[0]) == ends(Q[0]) == (-2, 5)
    for kind, method in ((c.constant_steps.Trap, "around"), (c.vanishing_region.Region, "logs")):
        ball = object.__new__(kind)
        ball.y = [c.intervals.enclose(v) for v in (1, 2)]
        ball.W = [[c.intervals.enclose(v) for v in row] for row in ((3, 4), (0, 2))]
        first, second = getattr(ball, method)(Interval(one // 2, one // 2))
        for box, low, high in ((first, -1.5, 3.5), (second, 1, 3)):
            near(box, low, one)
            near(box, high, one)
    assert [ends(v) for v in c.memory.powers(c.intervals.enclose(3), 3, clock(c))] == [
        (3**k * one, 3**k * one) for k in range(3)
    ]


def memories_are_kept_or_refused(c):
    e = c.intervals.enclose
    still, rising = [e(0), e(0)], [e(0), e(0, 4)]
    bounds = c.memory.Bounds(Fraction(1, 100), [e(1, 2), e(-1, 3)], rising, clock(c))
    memory = c.memory.Memory(Fraction(1, 2), 1, [0, 1], bounds)
    State = c.memory_steps.MemoryState
    now = State(e(1), [c.intervals.ONE, e(0, 2)])
    kept = c.memory_steps.kept(memory, now)
    for inner in (now, State(memory.base, memory.first)):
        for x, y in zip([inner.base, *inner.first], [kept.base, *kept.first], strict=True):
            assert y.lo <= x.lo and x.hi <= y.hi
    with pytest.raises(ValueError, match="longer"):
        c.memory_steps.kept(memory, State(e(2), now.first))
    for f, drift, words in (
        ([e(100), e(0)], still, "memory may grow"),
        ([e(0), e(0)], [e(0), e(0, 300)], "part in the moments"),
    ):
        with pytest.raises(ValueError, match=words):
            c.memory.Memory(Fraction(1, 2), 1, [0, 1], c.memory.Bounds(Fraction(1, 100), f, drift, clock(c)))


def regions_hold_what_an_epoch_moves(c):
    """The later steps' sizes, the fading of the phases, what an epoch can move, and the field's slopes by log r."""
    unit, certificate = c.intervals.UNIT, body("short-vanishing")
    witness, X = certificate["witness"], [["5", "1"], ["1", "4"]]
    problem = c.problem.Problem([[Fraction(v) for v in row] for row in X], clock(c))
    steps = {"eta0": "1", "offset": "2", "power": "1"}
    region = c.vanishing_region.Region(
        problem, c.fields.Field(certificate["field"], problem), [0, 1], c.schedules.Schedule(steps), 10
    )
    near(region.weights, 12 / 13, unit)
    near(region.weights, 1.0, unit)
    near(region.fade[1], 0.9 / 0.95**0.5, unit)
    region.read(
        witness["centre"],
        witness["basis"],
        *(witness[k] for k in ("mu",)),
        "1/100",
        [["1", "2"], ["3", "5"]],
        [["-1", "1"]] * 2,
        [],
    )
    for phases in (1, 2):
        near(region.moved(1, phases), 0.0, unit)
        near(region.moved(1, phases), 0.01 * phases * (1 - 5), unit)
    (log,) = region.logs(c.intervals.ONE)
    wide = region.widened()[1]
    near(wide, math.exp(log.hi / unit), unit)
    near(wide, math.exp(log.lo / unit - 0.08), unit)
    b, h = float(Fraction(witness["centre"][0])), Fraction(1, 10**6)

    def g(shift):
        logs = [c.intervals.enclose(Fraction(witness["centre"][0]) + shift)]
        (found,) = region.heights(region.field_at(region.bare(logs)))
        return found.lo / unit

    ((slope,),) = region.slopes(region.bare([c.intervals.enclose(Fraction(witness["centre"][0]))]))
    near(slope, (g(h) - g(-h)) / 2e-6, unit, 1e-6)
    off = c.vanishing_region.Region(
        problem, c.fields.Field(certificate["field"], problem), [0], c.schedules.Schedule(steps), 10
    )
    off.read([], [], "1", "1/100", [["1", "2"], ["-3", "-1"]], [["-1", "1"]] * 2, ["1/2"])
    near(off.widened()[1], 0.5 * math.exp(0.01 * 2 * (2 + 3)), unit)
    with pytest.raises(ValueError, match="count"):
        c.vanishing_region.Region(
            problem, c.fields.Field(certificate["field"], problem), [0, 1], c.schedules.Schedule(steps), 11
        )
    assert b < 0


def cosines_are_below_their_bounds(c):
    """AdamProxy on [[5, 1], [1, 4]]: solutions along (1, 1) and (3, 4)/5; the l2 direction is the latter, at cosine .98995."""
    base = body("R1-three-solutions") | {"claim": None, "statement": None}
    points, unstable = base["witness"]["points"], base["conclusion"]["unstable_directions"]
    order = sorted(range(3), key=lambda i: len(points[i]["support"]))  # the vertex first
    alone = {"field": "AdamProxy", "complete": False, "unstable_directions": [0], "different_limits": False}
    whole = alone | {
        "complete": True,
        "unstable_directions": [unstable[i] for i in order],
        "different_limits": True,
    }

    def word(data=None, all_points=False, **change):
        entry = {"w": ["3", "4"], "c": ["8", "17"], "bound": "99/100"} | change
        said = (whole if all_points else alone) | {"cosines": [entry["bound"]]}
        listed = (
            [points[i] for i in order]
            if all_points
            else [points[order[0]] | ({"support": [0]} if data else {})]
        )
        kind = "all_fixed_points" if all_points else "fixed_point"
        shown = {"kind": kind, "witness": {"points": listed, "cosines": [entry]}, "conclusion": said}
        return verdict(c, base | shown | ({"data": data} if data else {}))

    other = [
        ["1", "2"],
        ["1", "4"],
    ]  # the first row is a vertex of both kinds: w* = (1, 2)/sqrt(5), u = (1, 1)
    assert word() == word(c=["16", "34"]) == word(all_points=True, bound="1001/1000") == "VALID"
    assert word(other, w=["1", "2"], c=["1", "0"], bound="949/1000") == "VALID"
    lies = [
        {"bound": "989/1000"}, {"bound": "98994/100000"},  # below the cosine itself
        {"w": ["-3", "-4"]}, {"w": ["1", "2"], "bound": "19/20"}, {"w": ["1", "2"], "c": ["1", "0"], "bound": "19/20"},
        {"w": ["1", "2"], "c": ["614/1000", "0"], "bound": "97/100"}, {"c": ["-8", "-17"]}, {"c": ["0", "0"]},
        {"data": other, "w": ["1", "0"], "c": ["2", "-1"], "bound": "3/4"}, {"all_points": True},  # (3, 4)/5 has cosine 1
    ]  # fmt: skip
    for lie in lies:
        assert word(**lie) == "INVALID", lie


def swollen():
    """A file that lists a row whose weight tends to zero among the support: all else in it is true."""
    certificate = copy.deepcopy(body("run-shifted-diagonal-constant"))
    witness = certificate["witness"]
    size, twice = len(witness["basis"]), str(2 * max(Fraction(v) for v in witness["others"]))
    certificate["conclusion"]["support"] = witness["support"] = [0, 1, 2]
    witness["centre"], witness["others"] = ["0", "0", *witness["centre"]], []
    more = [[twice, "0"] + ["0"] * size, ["0", twice] + ["0"] * size]
    witness["basis"] = [*more, *(["0", "0", *row] for row in witness["basis"])]
    witness["factor"] = "9999/10000"
    return certificate


def a_support_holds_what_lasts(c):
    word, says = c.judge.check(json.dumps(swollen()).encode())
    assert word == "INVALID" and "may tend to zero" in says, says


def rows_off_the_support_fall(c):
    """R1's data from far in the basin of row 2, while row 1 has nearly all weight: all else that is asked holds."""
    for name in ("rising-constant", "rising-vanishing"):
        word, says = c.judge.check(json.dumps(body(name)).encode())
        assert word == "INVALID" and "does not surely fall" in says, (name, says)


def a_ball_is_mapped_into_itself(c):
    """A smaller ball around the same point, with the same rate: an epoch moves its middle, and 1/256 of the ball leaves itself."""
    for share, expected in ((64, "VALID"), (256, "INVALID")):
        certificate = copy.deepcopy(body("run-sr4-constant"))
        basis = certificate["witness"]["basis"]
        certificate["witness"]["basis"] = [[str(Fraction(v) / share) for v in row] for row in basis]
        word, says = c.judge.check(json.dumps(certificate).encode())
        assert word == expected and (word == "VALID" or "mapped into itself" in says), (share, says)


LIES = {
    "run-two-starts-every-schedule": {
        "start": ["0", "733/1000"], "largest": "1/500", "row": 0, "most": "1/100000", "epochs": 0,
        "growth": [["5", "6"], ["5", "6"]], "fall": ["1", "1"], "others": ["8", "1"],
    },
    "run-sr4-constant": {
        "start": ["40", "0", "0", "0"], "epochs": 100, "factor": "1/2", "lr": "1/10",
        "growth": ["0", "1/100"], "direction": [["0", "1/100"]] * 4,
    },
    "run-shifted-diagonal-constant": {"epochs": 300, "start": ["0", "-300", "0"], "others": ["1/1000000000000", "1/1000000000000"]},
    "short-vanishing": {
        "start": ["0", "0"], "count": 1400, "mu": "1", "most": "1/2000", "drift": [["0", "0"], ["-1/100", "1/100"]],
        "growth": [["5", "6"]] * 2, "direction": [["3/5", "61/100"], ["3/5", "61/100"]], "centre": ["-19/10"],
        "basis": [["1"]], "steps": {"eta0": "2", "offset": "2", "power": "1"},
    },
}  # fmt: skip


def false_runs_are_invalid(c):
    """Each changed in one place; the unchanged ones are VALID."""
    for name, changes in LIES.items():
        assert verdict(c, body(name)) == "VALID"
        for key, value in changes.items():
            certificate = copy.deepcopy(body(name))
            for part in ("witness", "conclusion"):
                if key in certificate[part]:
                    certificate[part][key] = value
            assert verdict(c, certificate) == "INVALID", (name, key)


def regions_are_entered_and_never_left(c):
    """A start from which the run comes close enough, and one from which it does not; a rate below the field's error."""
    changes = [
        ({"start": ["0", "9/10"]}, ""),
        ({"start": ["0", "1"]}, "not surely in the region"),
        ({"mu": "1/100"}, "may leave"),
    ]
    for change, reason in changes:
        certificate = copy.deepcopy(body("short-vanishing"))
        certificate["witness"] |= change
        certificate["conclusion"] |= {key: value for key, value in change.items() if key == "start"}
        word, says = c.judge.check(json.dumps(certificate).encode())
        assert (word == "VALID") == (not reason) and reason in says, (change, says)


def every_part_of_a_region_is_monotone(c):
    """Slopes 1/2 + x and 1/2 - x over [-1, 1], in which one half is below the rate; 3/2 + x has 1/4 everywhere."""
    e = c.intervals.enclose
    for base, slant, good in (
        (Fraction(1, 2), 1, False),
        (Fraction(1, 2), -1, False),
        (Fraction(3, 2), 1, True),
    ):
        region = object.__new__(c.vanishing_steps.VerifiedRegion)
        region.free, region.mu, region.clock, region.W = [1], Fraction(1, 4), clock(c), [[e(1)]]
        region.logs, region.bare = (lambda radius: [e(-1, 1)]), (lambda box: box)
        region.slopes = lambda box, base=base, slant=slant: [[e(base) + e(slant) * box[0]]]
        if good:
            region._check_monotone()
        else:
            with pytest.raises(ValueError, match="monotone"):
                region._check_monotone()


def repelling_vertices_are_refused(c):
    """R1's first row does not dominate the second: refused with bounds so wide that nothing else is amiss; small late steps too."""
    certificate = body("run-two-starts-every-schedule")
    wide = {"row": 0, "largest": "1/1000000", "most": "1/10000", "epochs": 40}
    wide |= {"growth": [["-20", "20"]] * 2, "fall": ["20"] * 2, "others": ["2"] * 2}
    certificate["witness"] |= wide
    certificate["conclusion"] |= {"row": 0, "largest": wide["largest"]}
    assert verdict(c, certificate) == "INVALID"
    other = body("run-two-starts-every-schedule")
    other["witness"] |= wide | {"row": 1}
    other["conclusion"] |= {"largest": wide["largest"]}
    other["witness"]["others"] = ["101/100", "2"]
    assert verdict(c, other) == "VALID"
    zero = copy.deepcopy(other)
    zero["data"] = [["5", "0"], ["1", "4"]]  # the first step divides 0 by 0
    assert verdict(c, zero) == "INVALID"
    for last, expected in (("1", "VALID"), ("0", "INVALID")):  # nor is there another reason to refuse it
        zero["data"] = [["9", last], ["1", "2"]]
        assert verdict(c, zero) == expected
    other["witness"]["most"] = "1/2500000"
    assert verdict(c, other) == "INVALID"


RUN_BATTERY = [
    pieces_round_outward, grids_hold_the_exact_numbers, blends_are_narrow, steps_hold_the_schedule, norms_and_definiteness, memories_hold_every_epoch,
    memories_are_kept_or_refused, directions_hold_float_directions, regions_hold_what_an_epoch_moves, epochs_hold_float_epochs,
    runs_hold_float_runs, runs_go_on_with_fewer_bits, memories_hold_a_run,
]  # fmt: skip
LONG_RUN_BATTERY = [
    cosines_are_below_their_bounds, every_part_of_a_region_is_monotone, regions_are_entered_and_never_left, repelling_vertices_are_refused, a_support_holds_what_lasts, a_ball_is_mapped_into_itself, rows_off_the_support_fall,
    false_runs_are_invalid,
]  # fmt: skip
