"""What the checker must do, piece by piece, as functions of the package that is tested.

``test_checker_pieces.py`` runs them on the checker; ``checker_mutants.py`` runs them on changed copies of it, each of
which at least one must notice.  Numbers are compared with exact fractions or with mpmath at 60 digits.
"""

from __future__ import annotations

import copy
import importlib
import itertools
import json
import random
import sys
import time
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import mpmath
import numpy as np
import pytest
from scipy.linalg import solve_continuous_lyapunov

from marginproof.constructions.corpus import corpus
from tests.meta.checker_run_battery import LONG_RUN_BATTERY, RUN_BATTERY

MODULES = (
    "claims columns command constant_steps cycles epochs fields flow grid inc_adam_runs inertia intervals judge lists memory memory_steps "
    "narrowing points polygons problem rational reading refusals regions row_runs schedules sentences tiers trap_norms traps "
    "vanishing_region vanishing_steps vertices"
)
VECTORS = Path(__file__).parents[1] / "vectors"
mp = mpmath.mp.clone()
mp.dps = 60


def load(package):
    """The modules of a copy of the checker, by name."""
    return SimpleNamespace(**{m: importlib.import_module(f"{package}.{m}") for m in MODULES.split()})


def raises(error, match=None):
    return pytest.raises(error, match=match)


# Intervals


def sign_cases_of_products(c):
    ends = range(-3, 4)
    boxes = [(a, b) for a in ends for b in ends if a <= b]
    for (a, b), (p, q) in itertools.product(boxes, boxes):
        corners = [x * y for x in (a, b) for y in (p, q)]
        low, high = min(corners), max(corners)
        assert c.intervals.product(a, b, p, q) == (low, high), (a, b, p, q)
        half = 1 << c.intervals.BITS // 2
        x, y = c.intervals.Interval(a * half, b * half), c.intervals.Interval(p * half, q * half)
        for found in (x * y, c.intervals.dot([x], [y])):
            assert (found.lo, found.hi) == (low, high), (a, b, p, q)
        grid = c.grid.Grid(2)  # in units of 1/4: the product of 2x and 2y is 4xy quarters
        x, y = (2 * a, 2 * b), (2 * p, 2 * q)
        assert grid.times(x, y) == grid.dot([x], [y]) == (low, high), (a, b, p, q)


def numbers(c, seed, count=60):
    """Intervals with ends of all sizes and signs, and the exact numbers at both ends."""
    rng = random.Random(seed)
    out = []
    for _ in range(count):
        scale = 1 << rng.choice((3, 40, 100, 170, 400))
        a, b = sorted(rng.randrange(-scale, scale) for _ in range(2))
        a, b = rng.choice(((a, b), (a, a), (abs(a) + 1, abs(a) + 1 + b - a)))
        out.append(c.intervals.Interval(a, b))
    return out


def ends(c, x):
    return Fraction(x.lo, c.intervals.UNIT), Fraction(x.hi, c.intervals.UNIT)


def inside(c, x, value):
    low, high = ends(c, x)
    return low <= value <= high


def sums_products_and_quotients_hold_the_exact_ones(c):
    for x, y in zip(numbers(c, 1), numbers(c, 2), strict=True):
        for a, b in itertools.product(ends(c, x), ends(c, y)):
            assert inside(c, x + y, a + b)
            assert inside(c, x - y, a - b)
            assert inside(c, x * y, a * b)
            assert inside(c, -x, -a)
            assert inside(c, abs(x), abs(a))
            if y.lo > 0:
                assert inside(c, x / y, a / b)
        assert (x * y).hi - (x * y).lo <= (abs(x) * abs(y)).hi * 2 + 2
        assert ends(c, abs(x))[0] >= 0
    wide = c.intervals.Interval(-5, 3)
    assert (abs(wide).lo, abs(wide).hi) == (0, 5)


def divisors_are_surely_positive(c):
    for lo in (0, -1, -10):
        with raises(ArithmeticError):
            c.intervals.ONE / c.intervals.Interval(lo, 5)


def roots_hold_mpmaths(c):
    for n in (0, 1, 2, 3, 4, 24, 25, 26, 10**40 - 1, 10**40, 7 << 320, (1 << 320) - 1):
        x = c.intervals.root(n, n)
        exact = mp.sqrt(mp.mpf(n))
        assert x.lo**2 <= n <= x.hi**2 and x.hi - x.lo <= 1
        assert x.lo <= exact * (1 + mp.mpf(10) ** -58) and exact <= x.hi * (1 + mp.mpf(10) ** -58)
    x = c.intervals.root(4, 26)
    assert x.lo == 2 and x.hi >= 6
    with raises(ArithmeticError):
        c.intervals.root(-1, 4)


def squares_and_dots_hold_the_exact_ones(c):
    for x, y in zip(numbers(c, 3), numbers(c, 4), strict=True):
        low, high = (lambda z: (z.lo, z.hi))(c.intervals.square(x))
        for a in (x.lo, x.hi):
            assert low <= a * a <= high
        assert low >= 0
        if x.lo <= 0 <= x.hi:
            assert low == 0
        found = c.intervals.dot([x, y], [y, x])
        for a, b in itertools.product(ends(c, x), ends(c, y)):
            assert inside(c, found, 2 * a * b)
    third = c.intervals.enclose(Fraction(1, 3))
    for s in (1, -1):
        z = c.intervals.enclose(Fraction(s, 3))
        low, high = ends(c, z)
        assert low < Fraction(s, 3) < high
    product = c.intervals.dot([third], [third])
    assert ends(c, product)[0] <= Fraction(1, 9) <= ends(c, product)[1]
    assert ends(c, c.intervals.enclose(Fraction(-1), Fraction(2))) == (-1, 2)
    with raises(ValueError):
        c.intervals.dot([third], [])


def tables_of_products_hold_the_exact_ones(c):
    clock = c.refusals.Clock(60)
    for x, y in zip(numbers(c, 5), numbers(c, 6), strict=True):
        ((found, square),) = c.intervals.products([[x, y]], [[y, x], [x, y]], clock)
        for a, b in itertools.product(ends(c, x), ends(c, y)):
            assert inside(c, found, 2 * a * b)
            assert inside(c, square, a * a + b * b)
    point, wide = c.intervals.Interval(3, 3), c.intervals.Interval(-5 << 170, 1 << 171)
    ((found,),) = c.intervals.products([[point]], [[wide]], clock)
    assert (found.lo, found.hi) == (-15 << 10, 3 << 11)
    with raises(ValueError):
        c.intervals.products([[point]], [[point, point]], clock)


def comparisons_are_strict(c):
    Interval = c.intervals.Interval
    assert not Interval(0, 5).positive() and not Interval(-5, 0).negative()
    assert not Interval(0, 1).nonzero() and not Interval(-1, 0).nonzero() and not Interval(-1, 1).nonzero()
    assert Interval(1, 1).positive() and Interval(-1, -1).negative() and Interval(1, 2).nonzero()
    both = Interval(0, 5) & Interval(3, 9)
    assert (both.lo, both.hi) == (3, 5)


def parallel_vectors_are_undecided(c):
    def box(*v):
        return [c.intervals.enclose(Fraction(x)) for x in v]

    undecided = c.intervals.parallel_undecided
    assert undecided(box(1, 2, 3), box(2, 4, 6))
    assert (
        undecided(box(1, 2), box(-1, -2))
        and undecided(box(0, 0), box(1, 2))
        and undecided(box(1, 2), box(0, 0))
    )
    assert not undecided(box(1, 2, 3), box(1, 2, 4)) and not undecided(box(0, 1), box(1, 0))
    wide = c.intervals.enclose(Fraction(3), Fraction(5))
    assert undecided(box(1, 2, 2), [*box(2, 4), wide])


# Fields against mpmath


def field(c, entry, X):
    problem = c.problem.Problem([[Fraction(v) for v in row] for row in X], c.refusals.Clock(60))
    return problem, c.fields.Field(entry, problem)


def exact_u(entry, X, r):
    """u at weights r of all rows, by the definition, in mpmath."""
    X = [[mp.mpf(v.numerator) / v.denominator for v in map(Fraction, row)] for row in X]
    out = []
    for k in range(len(X[0])):
        g = [x[k] * s for x, s in zip(X, r, strict=True)]
        m, q = sum(g), sum(v * v for v in g)
        if all(x[k] == 0 for x in X):
            out.append(mp.mpf(0))
        elif entry["name"] == "gd":
            out.append(m)
        elif entry["name"] == "theta":
            theta = mp.mpf(Fraction(entry["theta"]).numerator) / Fraction(entry["theta"]).denominator
            out.append(m / mp.sqrt((1 - theta) * q + theta * m * m))
        else:
            b1, b2 = (
                mp.mpf(Fraction(entry[b]).numerator) / Fraction(entry[b]).denominator
                for b in ("beta1", "beta2")
            )
            G = [sum(g[n] for n in batch) for batch in entry["batches"]]
            K = len(G)
            out.append(
                sum(
                    sum(b1 ** ((i - j) % K) * G[j] for j in range(K))
                    / mp.sqrt(sum(b2 ** ((i - j) % K) * G[j] ** 2 for j in range(K)))
                    for i in range(K)
                )
            )
    return out


def inc(batches, b1="9/10", b2="19/20"):
    return {"name": "inc_adam", "beta1": b1, "beta2": b2, "batches": batches}


DATA = [["1", "15", "-2"], ["3", "-1/3", "14"], ["11", "5", "-3"], ["-2/7", "4", "1"]]
ZEROS = [["1", "0", "0"], ["3", "-1", "0"], ["0", "5", "0"], ["2", "0", "0"], ["3", "-1", "0"]]
PROXY = {"name": "theta", "theta": "0"}
SOLVED = [  # a field, data, and a solution as ratios: vertices, a face by symmetry, the middle by symmetry
    (PROXY, [[5, 1], [1, 4]], [Fraction(0), Fraction(1)]),
    (PROXY, [[1, 1, 1], [1, 5, 2], [2, 1, 7]], [Fraction(1), Fraction(0), Fraction(0)]),
    (PROXY, [[3, 1, 1], [1, 3, 1], [9, 9, 9]], [Fraction(1), Fraction(1), Fraction(0)]),
    (PROXY, [[3, 1, 1], [1, 3, 1], [1, 1, 3]], [Fraction(1), Fraction(1), Fraction(1)]),
    ({"name": "gd"}, [[3, 1, 1], [1, 3, 1], [9, 9, 9]], [Fraction(1), Fraction(1), Fraction(0)]),
]
CASES = [
    ({"name": "gd"}, DATA),
    ({"name": "theta", "theta": "0"}, DATA),
    ({"name": "theta", "theta": "1/20"}, DATA),
    ({"name": "theta", "theta": "1/3"}, ZEROS),
    (inc([[0], [1], [2], [3]]), DATA),
    (inc([[2], [0], [3], [1]], "1/2", "3/4"), DATA),
    (inc([[2, 0], [3, 1]], "0", "1/5"), DATA),
    (inc([[2], [0], [3], [1], [4]]), ZEROS),
    ({"name": "gd"}, ZEROS),
]


def fields_hold_mpmaths(c):
    few = c.columns.FEW
    for c.columns.FEW in (1, few):  # as with many rows, and with few
        _fields_hold_mpmaths(c)


def _fields_hold_mpmaths(c):
    rng = random.Random(5)
    for entry, X in CASES:
        problem, rule = field(c, entry, X)
        size = problem.n_distinct
        flow = c.flow.Flow(problem, rule, range(size))
        scale = [
            mp.mpf(2) ** (e if entry["name"] != "gd" else problem.top) if e is not None else 1
            for e in problem.exponents
        ]
        for _ in range(4):
            low = [Fraction(rng.randrange(1, 64), 64) for _ in range(size)]
            high = [v + Fraction(rng.randrange(2), 512) for v in low]
            box = [c.intervals.enclose(a, b) for a, b in zip(low, high, strict=True)]
            centre = [v.middle() for v in box]
            u, du = flow.u(box), flow.slopes(flow.at(box))
            way = [Fraction(rng.randrange(-4, 5), 512) for _ in box]
            line = [c.intervals.enclose(a, a + v) for a, v in zip(low, way, strict=True)]
            turns = flow.turns([c.intervals.enclose(v) for v in low], [c.intervals.enclose(v) for v in way])
            along = flow.along(flow.at(line), turns)
            linear = flow.linear(flow.rows, box, flow.u(centre), du)
            F = [a & b for a, b in zip(flow.natural(flow.rows, box), linear, strict=True)]
            at = [a + (b - a) * Fraction(rng.randrange(5), 4) for a, b in zip(low, high, strict=True)]
            weights = [
                mp.mpf(at[problem.group_of[i]].numerator) / at[problem.group_of[i]].denominator
                for i in range(problem.n)
            ]
            true = exact_u(entry, X, weights)
            for k, value in enumerate(true):
                unit = scale[k] if entry["name"] == "gd" else 1
                assert holds(c, u[k], value / unit), (entry, k)
            for g in range(size):
                row = problem.groups[g]
                value = sum(
                    mp.mpf(Fraction(x).numerator) / Fraction(x).denominator * v
                    for x, v in zip(X[row[0]], true, strict=True)
                )
                unit = mp.mpf(rule.unit.numerator) / rule.unit.denominator
                assert holds(c, F[g], value / unit), (entry, g)

                def moved(t, k, rows=row, w=weights, entry=entry, X=X):
                    return exact_u(entry, X, [v + (t if i in rows else 0) for i, v in enumerate(w)])[k]

                for k in range(problem.d if g == 0 else 0):
                    t, h = mp.mpf(rng.randrange(5)) / 4, mp.mpf(10) ** -18

                    def there(t, k, low=low, way=way, entry=entry, X=X, problem=problem):
                        r = [real(a) + t * real(v) for a, v in zip(low, way, strict=True)]
                        return exact_u(entry, X, [r[problem.group_of[i]] for i in range(problem.n)])[k]

                    unit = scale[k] if entry["name"] == "gd" else 1
                    slope = (there(t + h, k) - there(t - h, k)) / (2 * h)
                    assert holds(c, along[k], slope / unit, mp.mpf(10) ** -30), (entry, k)
                for k in range(problem.d):
                    h = mp.mpf(10) ** -18
                    slope = (moved(h, k) - moved(-h, k)) / (2 * h)
                    unit = scale[k] if entry["name"] == "gd" else 1
                    assert holds(c, du[g][k], slope / unit, mp.mpf(10) ** -30), (entry, g, k)


def real(value):
    return mp.mpf(value.numerator) / value.denominator


def holds(c, x, value, slack=None):
    slack = (
        mp.mpf(10) ** -55 if slack is None else slack
    )  # mpmath's own rounding; the difference quotient's error
    low, high = (mp.mpf(v) / mp.mpf(c.intervals.UNIT) for v in (x.lo, x.hi))
    return low - slack <= value <= high + slack


def the_order_of_batches_matters(c):
    r = [c.intervals.enclose(Fraction(v)) for v in (1, 2, 3, 5)]
    seen = []
    for batches in ([[0], [1], [2], [3]], [[3], [2], [1], [0]], [[0], [2], [1], [3]]):
        problem, rule = field(c, inc(batches), DATA)
        seen.append(c.flow.Flow(problem, rule, range(4)).u(r))
    for a, b in itertools.combinations(seen, 2):
        assert any((x - y).nonzero() for x, y in zip(a, b, strict=True))


def a_column_that_vanishes_on_the_support_is_refused(c):
    problem, rule = field(c, {"name": "theta", "theta": "0"}, ZEROS)
    with raises(ValueError, match="not defined"):
        c.flow.Flow(problem, rule, [problem.group_of[0]])
    c.flow.Flow(*field(c, {"name": "gd"}, ZEROS), [0])


def equal_rows_are_grouped(c):
    problem, _ = field(c, {"name": "gd"}, ZEROS)
    assert problem.groups == [[0], [1, 4], [2], [3]]
    assert problem.exponents[2] is None
    for k, column in enumerate(zip(*ZEROS, strict=True)):
        if problem.exponents[k] is not None:
            assert all(abs(Fraction(v)) < 2 ** problem.exponents[k] for v in column)


def fields_are_read_strictly(c):
    good = inc([[0], [1], [2], [3]])
    for change in (
        {"beta1": "1"}, {"beta2": "-1/2"}, {"batches": [[0], [0], [1], [2]]}, {"batches": [[0], [1]]}, {"batches": [[0], [0], [1], [2], [3]]},
        {"batches": [[0, 1, 2], [3]]}, {"extra": 1}, {"batches": []}, {"batches": [[0], [1], [2], [4]]},
    ):  # fmt: skip
        with raises(ValueError):
            field(c, good | change, DATA)
    with raises(ValueError):
        field(c, {"name": "theta", "theta": "1"}, DATA)
    with raises(c.refusals.Unsupported):
        field(c, {"name": "lion"}, DATA)
    assert field(c, {"name": "theta", "theta": "0"}, DATA)[1].per_sample()
    assert field(c, good, DATA)[1].per_sample()
    for entry in ({"name": "theta", "theta": "1/1000"}, {"name": "gd"}, inc([[0, 1], [2, 3]])):
        assert not field(c, entry, DATA)[1].per_sample()


# Signs of eigenvalues


def boxes_of(c, A):
    return [[c.intervals.enclose(Fraction(v)) for v in row] for row in A]


def inertia_agrees_with_numpy(c):
    rng = np.random.default_rng(0)
    clock = c.refusals.Clock(60)
    for size in (1, 2, 3, 4):
        for _ in range(8):
            J = rng.integers(-8, 9, (size, size)) / 4
            eigenvalues = np.linalg.eigvals(J)
            if (
                np.abs(eigenvalues.real).min() < 0.1
                or np.abs(np.add.outer(eigenvalues, eigenvalues)).min() < 0.05
            ):
                continue
            P = solve_continuous_lyapunov(J.T, -np.eye(size))
            exact = [[Fraction(float(v)) for v in row] for row in P]
            unstable = c.inertia.unstable_directions(boxes_of(c, J), exact, clock)
            assert unstable == (eigenvalues.real > 0).sum()
            if unstable not in (0, size):
                continue
            for wrong in (-P, P.T * 0):
                with raises(ValueError):
                    c.inertia.unstable_directions(
                        boxes_of(c, J), [[Fraction(float(v)) for v in row] for row in wrong], clock
                    )
    assert c.inertia.negative_eigenvalues(boxes_of(c, [[1, 2], [2, 1]]), clock) == 1
    assert c.inertia.negative_eigenvalues(boxes_of(c, [[-2, 1, 0], [1, -2, 1], [0, 1, -2]]), clock) == 3
    assert c.inertia.negative_eigenvalues(boxes_of(c, [[-2, 3], [3, -2]]), clock) == 1
    with raises(ValueError):
        c.inertia.negative_eigenvalues(boxes_of(c, [[1, 1], [1, 1]]), clock)
    wide = [
        [c.intervals.enclose(3), c.intervals.enclose(-4, 4)],
        [c.intervals.enclose(-4, 4), c.intervals.enclose(3)],
    ]
    with raises(ValueError):  # one of the matrices has a negative eigenvalue
        c.inertia.negative_eigenvalues(wide, clock)
    identity = [[Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]]
    with raises(ValueError):
        c.inertia.unstable_directions(boxes_of(c, [[-1, 10], [0, -1]]), identity, clock)
    with raises(ValueError):  # a rotation has no inertia
        c.inertia.unstable_directions(
            boxes_of(c, [[0, 1], [-1, 0]]), [[Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]], clock
        )


# Covering


def halves_cover_and_decisions_are_strict(c):
    Interval, ONE, ZERO = c.intervals.Interval, c.intervals.ONE, c.intervals.ZERO
    box = [Interval(0, c.intervals.UNIT), ONE, Interval(0, c.intervals.UNIT // 2)]
    assert c.lists.halved(box, 1) is None
    left, right = c.lists.halved(box, 0)
    assert left[0].lo == 0 and left[0].hi == right[0].lo and right[0].hi == c.intervals.UNIT
    assert left[1:] == right[1:] == box[1:]
    done = []

    def decide(part):
        if part[0].hi - part[0].lo > c.intervals.UNIT // 8:
            return None
        done.append(part[0].hi - part[0].lo)
        return []

    c.lists.cover([Interval(0, c.intervals.UNIT)], decide, c.refusals.Clock(9), "")
    assert sum(done) == c.intervals.UNIT
    with raises(ValueError, match="open"):
        c.lists.cover([Interval(0, c.intervals.UNIT)], lambda _: None, c.refusals.Clock(9), "open")
    with raises(c.refusals.Unsupported):
        c.lists.cover([Interval(0, c.intervals.UNIT)], lambda _: None, c.refusals.Clock(-1), "open")
    no, yes = Interval(-1, 1), Interval(1, 2)
    below, touching = Interval(-2, -1), Interval(0, 5)
    assert not c.lists.decided([no, yes], 0, [ONE, ZERO]) and not c.lists.decided(
        [ZERO, yes], 0, [ONE, touching]
    )
    assert c.lists.decided([ZERO, yes], 0, [ONE, ONE]) and c.lists.decided([ZERO, below], 0, [ONE, ZERO])
    assert not c.lists.decided([ZERO, below], 0, [touching, ZERO])
    assert not c.lists.decided([ZERO, Interval(-2, 0)], 0, [ONE, ONE])


def around(c, r, width, rng):
    """A box that holds r, each side of length at most ``width``; the weight 1 is the chart's."""
    sides = [
        (
            max(v - width * Fraction(rng.randrange(5), 4), Fraction(0)),
            v + width * Fraction(rng.randrange(1, 5), 4),
        )
        for v in r
    ]
    return [
        c.intervals.enclose(v) if v == 1 else c.intervals.enclose(*side)
        for v, side in zip(r, sides, strict=True)
    ]


def within(c, r, box):
    return all(side.lo <= v * c.intervals.UNIT <= side.hi for v, side in zip(r, box, strict=True))


def narrowing_keeps_every_solution(c):
    """H = M (r - z) + s with s >= 0 where z = 0: a solution is z, whatever the box around it."""
    rng = random.Random(7)
    e, shrunk = c.intervals.enclose, 0
    for _ in range(300):
        z = [Fraction(1), *(Fraction(rng.choice([0, 1, 2, 3]), 4) for _ in range(3))]
        M = [[Fraction(rng.randrange(-9, 10), 4) for _ in z] for _ in z]
        M[0] = [Fraction(0)] * 4
        s = [Fraction(rng.randrange(1, 9), 4) if v == 0 else Fraction(0) for v in z]
        box = around(c, z, Fraction(1, 4), rng)
        centre = [v.middle() for v in box]
        at = [Fraction(v.lo, c.intervals.UNIT) - w for v, w in zip(centre, z, strict=True)]
        h = [
            e(sum(a * b for a, b in zip(row, at, strict=True)) + more) for row, more in zip(M, s, strict=True)
        ]
        wide = Fraction(rng.randrange(3), 64)
        left = c.narrowing.narrowed(box, centre, h, [[e(v - wide, v + wide) for v in row] for row in M])
        assert left is None or any(within(c, z, part) for part in left)
        shrunk += left is not None
    assert shrunk > 50
    one, nought = e(1), e(0)
    away = c.narrowing.narrowed(
        [one, e(2, 3)], [one, e(Fraction(5, 2))], [nought, e(3)], [[nought] * 2, [nought, e(1)]]
    )
    assert away == []


def the_search_keeps_solutions(c):
    """Boxes around solutions, none of them listed, are never given up."""
    for entry, X, r in SOLVED:
        rng = random.Random(11)
        problem, rule = field(c, entry, X)
        flow = c.flow.Flow(problem, rule, range(problem.n_distinct))
        chart = r.index(1)
        for width in (Fraction(1), Fraction(1, 4), Fraction(1, 16), Fraction(1, 256)):
            for _ in range(12):
                box = around(c, r, width, rng)
                left = c.lists.excludes(flow, [], chart, box)
                assert left is None or any(within(c, r, part) for part in left)


def edges_are_crossed_everywhere(c):
    """Random edges: where one is said to be crossed leftward, it is at nine of its points; several are."""
    rng, seen = np.random.default_rng(3), 0
    unit = c.intervals.UNIT
    whole = [c.intervals.Interval(0, unit)]
    rows = ((4, 1, 2), (1, 5, -1), (-1, 2, 6))
    for entry in (PROXY, {"name": "gd"}, inc([[2], [0], [1]])):
        problem, rule = field(c, entry, rows)
        flow, X = c.flow.Flow(problem, rule, range(3)), np.array(rows, dtype=float)
        for _ in range(60):
            a = rng.integers(1, 64, 2)
            edge = [a, a + rng.integers(-8, 9, 2)]
            if not (edge[0] != edge[1]).any() or edge[1].min() < 1:
                continue
            exact = tuple(tuple(int(v) * (unit >> 4) for v in end) for end in edge)
            if c.cycles.crossed(c.cycles.Line(flow, 1, exact), whole) is None:
                continue
            seen += 1
            (ax, ay), (run, rise) = edge[0] / 16, (edge[1] - edge[0]) / 16
            for t in np.linspace(0, 1, 9):
                x, y = ax + t * run, ay + t * rise
                u = np.array([float(v) for v in exact_u(entry, rows, [mp.mpf(x), mp.mpf(1), mp.mpf(y)])])
                H = (X - X[1]) @ u
                assert -run * y * H[2] + rise * x * H[0] > 0
    assert seen > 10


def an_edge_crossed_backward_at_its_start_is_refused(c):
    """Without the weights' own slope it would not be seen; the rest of that edge is crossed leftward."""
    rows, thirty_seconds = ((4, 1, 2), (1, 5, -1), (-1, 2, 6)), c.intervals.UNIT >> 5
    problem, rule = field(c, PROXY, rows)
    flow = c.flow.Flow(problem, rule, range(3))
    for start, expected in (((36, 386), None), ((37, 372), [])):
        edge = tuple((x * thirty_seconds, y * thirty_seconds) for x, y in (start, (38, 358)))
        whole = [c.intervals.Interval(0, c.intervals.UNIT)]
        assert c.cycles.crossed(c.cycles.Line(flow, 1, edge), whole) == expected
    u = np.array([float(v) for v in exact_u(PROXY, rows, [mp.mpf(18) / 16, mp.mpf(1), mp.mpf(193) / 16])])
    H = (np.array(rows, dtype=float) - rows[1]) @ u
    assert 18 * H[0] * -14 - 193 * H[2] * 1 < 0  # at the start the flow goes to the right


def a_box_holds_only_what_is_inside(c):
    e = c.intervals.enclose
    point = object.__new__(c.points.Point)
    point.p, point.box = 0, {0: e(1), 2: e(Fraction(1, 4), Fraction(1, 2))}
    one, nought = e(1), e(0)
    assert point.holds([one, nought, e(Fraction(1, 4), Fraction(1, 2))])
    assert point.holds([e(Fraction(1, 2)), nought, e(Fraction(1, 8), Fraction(1, 4))])
    assert not point.holds([one, e(0, Fraction(1, 100)), e(Fraction(1, 3))])
    assert not point.holds([one, nought, e(Fraction(1, 5), Fraction(1, 3))])
    assert not point.holds([one, nought, e(Fraction(1, 3), Fraction(3, 5))])
    assert not point.holds([e(Fraction(1, 2), 1), nought, e(Fraction(1, 3), Fraction(2, 5))])
    assert not point.holds([e(0, 1), nought, e(0, Fraction(1, 3))])


# Polygons


def square_at(lo, hi):
    return [[str(x), str(y)] for x, y in ((lo, lo), (hi, lo), (hi, hi), (lo, hi))]


def polygons_are_simple_nested_and_apart(c):
    clock = c.refusals.Clock(9)
    outer, inner = square_at(1, 9), square_at(3, 5)
    edges = c.polygons.annulus(outer, inner, clock)
    assert len(edges) == 8
    u = c.intervals.UNIT
    assert edges[0] == ((u, u), (9 * u, u)) and edges[4] == ((5 * u, 3 * u), (3 * u, 3 * u))
    bow = [["1", "1"], ["9", "9"], ["20", "1"], ["1", "20"]]
    wrong = [
        (inner, outer), (outer[::-1], inner), (outer, inner[::-1]), (outer, square_at(5, 12)), (outer, outer),
        (bow, square_at(2, 3)), (outer, [["1", "1"], *inner[1:]]), (outer, [["1", "3"], ["5", "3"], ["5", "5"]]),
        (outer, inner + inner[:1]), (square_at(-1, 9), inner), (outer, [["3", "10/3"], *inner[1:]]),
        ([["1", "1"], ["9", "1"], ["5", "1"], ["9", "9"]], square_at(6, 7)),
        ([["1", "1"], ["5", "1"], ["9", "1"], ["9", "9"], ["9", "5"], ["1", "9"]], inner),
    ]  # fmt: skip
    for pair in wrong:
        with raises(ValueError):
            c.polygons.annulus(*pair, clock)


# Reading


def reading_is_strict(c):
    r = c.reading
    assert r.rational("-7/14") == Fraction(-1, 2) and r.rational("9" * 400) == 10**400 - 1
    for bad in ("1/0", "1.5", "+1", " 1", "1/-2", "", "1e5", "9" * 401, 3, None, True, "١", "1/000", "1\n"):
        with raises(ValueError):
            r.rational(bad)
    for bad in ([0, 0], [2], [-1], [True], ["0"], {}, [0.0], [0, 1, 0]):
        with raises(ValueError):
            r.indices(bad, 2)
    assert r.indices([1, 0], 2) == [1, 0]
    for bad in (b'{"a": 1, "a": 1}', b"[", b"\xff", b" " * (r.MAX_BYTES + 1)):
        with raises(ValueError):
            r.parse(bad)
    for bad in ({"a": 1}, {"a": 1, "b": 2, "z": 3}, [], None):
        with raises(ValueError):
            r.take(bad, "a b", "c")
    assert r.take({"a": 1, "b": 2}, "a b", "c") == [1, 2, None]
    clock = c.refusals.Clock(9)
    for bad in ([], [[]], [["1"], ["1", "2"]], [["1"], "2"], "12"):
        with raises(ValueError):
            r.table(bad, clock)
    with raises(ValueError):
        r.vector(["1"], 2, clock)
    with raises(c.refusals.Unsupported):
        r.vector(["1"], 1, c.refusals.Clock(-1))


# Whole certificates, true and false


@cache
def bodies():
    found = {entry.name: json.loads(entry.path.read_text()) for entry in corpus()}
    for name in ("R1-three-solutions", "R2-two-basins"):
        in_order(found[name])
    return found


def in_order(certificate):
    """The vertex first, then the repelling solution: whatever order the maker lists them in."""
    points, said = certificate["witness"]["points"], certificate["conclusion"]
    unstable = said["unstable_directions"]
    order = sorted(range(3), key=lambda i: (len(points[i]["support"]), -unstable[i]))
    certificate["witness"]["points"] = [points[i] for i in order]
    said["unstable_directions"] = [unstable[i] for i in order]
    for trap in certificate["witness"].get("traps") or []:
        trap["point"] = order.index(trap["point"])
    if "traps" in said:
        said["traps"] = [order.index(i) for i in said["traps"]]


def word(c, certificate, seconds=60.0):
    return c.judge.check(json.dumps(certificate).encode(), seconds)[0]


def edited(name, *changes):
    certificate = copy.deepcopy(bodies()[name])
    for path, value in changes:
        at = certificate
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value(at[path[-1]]) if callable(value) else value
    return certificate


TRUE = "R1-three-solutions R1-three-solutions-inc-adam R2-two-basins R4-margin R4-signsgd-drift R6-segment R7-step-growth not-separable R5-scaled-rademacher R3-cycle-proxy"


def true_certificates_are_valid(c):
    for name in TRUE.split():
        assert word(c, bodies()[name]) == "VALID", name


def point(k, key):
    return ["witness", "points", k, key]


# Below 2**-BITS the lower end rounds to 0: the box, in which the interior point is the only zero of H, would cover the
# solution on the face r_2 = 0, which is no zero of H, and the list would be one short.
TOUCHING = {
    "format": "marginproof-certificate/2", "claim": None, "statement": None, "kind": "all_fixed_points", "producer": "",
    "data": [["-8", "3", "-2"], ["-2", "8", "3"], ["11706/5093", "58530/5093", "52677/5093"]],
    "field": {"name": "theta", "theta": "0"},
    "witness": {"points": [
        {"support": [0, 1, 2], "box": [["151499/218223", "701418/997273"], ["1/1" + "0" * 60, "487/792154"]],
         "preconditioner": [["-82375/97961", "17528/45445"], ["6851/60769", "-1787/50097"]],
         "lyapunov": [["16187287/274877906944", "12769875/8589934592"], ["12769875/8589934592", "-1"]]},
        {"support": [0, 2], "box": [["3940183/33554432", "1641743/8388608"]],
         "preconditioner": [["1024247/67108864"]], "lyapunov": [["4249197/134217728"]]}]},
    "conclusion": {"field": "AdamProxy", "complete": True, "unstable_directions": [1, 0], "different_limits": False},
}  # fmt: skip
ALONE = [
    (["kind"], "fixed_point"), (["claim"], None), (["statement"], None),
    (["conclusion"], {"field": "AdamProxy", "complete": False, "unstable_directions": [1], "different_limits": False}),
]  # fmt: skip
FALSE = {
    "a box that touches a face": TOUCHING,
    "a lower bound above the margin": edited("R4-margin", (["witness", "lower"], "491/600"), (["conclusion", "lower"], "491/600")),
    "an upper bound below it": edited("R4-margin", (["witness", "upper"], "489/600"), (["conclusion", "upper"], "489/600"), (["witness", "lower"], "1/2"), (["conclusion", "lower"], "1/2")),
    "no w": edited("R4-margin", (["witness", "w"], None)),
    "a zero w": edited("R4-margin", (["witness", "w"], ["0", "0"]), (["witness", "lower"], "0"), (["conclusion", "lower"], "0")),
    "a negative weight in c": edited("R4-margin", (["witness", "c"], ["-1", "5", "1"])),
    "a negative lower bound": edited("R4-margin", (["witness", "lower"], "-1"), (["conclusion", "lower"], "-1")),
    "a second maximiser that is the first": edited("R6-segment", (["witness", "other"], ["2", "2", "7/4", "1/4"])),
    "a second maximiser that is none": edited("R6-segment", (["witness", "other"], ["1", "1", "1/2", "1/2"])),
    "two directions below the margin": edited("R6-segment", (["witness", "lower"], "2"), (["conclusion", "lower"], "2")),
    "zero weights": edited("not-separable", (["witness", "c"], ["0", "0", "0"])),
    "not separable with a negative weight": edited("not-separable", (["data"], [["1", "2"], ["1", "2"], ["1", "1"]]), (["witness", "c"], ["1", "-1", "0"])),
    "one coordinate cancels": edited("not-separable", (["data"], [["1", "2"], ["-1", "1"], ["1", "-2"]]), (["witness", "c"], ["1", "1", "0"])),
    "a run that ends elsewhere": edited("R4-signsgd-drift", (["witness", "w"], ["1", "0"])),
    "no steps": edited("R4-signsgd-drift", (["witness", "eta"], []), (["conclusion", "steps"], 0)),
    "a row that the drift separates": edited("R4-signsgd-drift", (["witness", "row"], 0), (["conclusion", "misclassified"], 0)),
    "a solution left out": edited("R1-three-solutions", (["witness", "points"], lambda p: p[:2]), (["conclusion", "unstable_directions"], [0, 1]), (["conclusion", "different_limits"], False)),
    "the other vertex": edited("R1-three-solutions", ([*point(0, "support")], [0])),
    "a wide box": edited("R1-three-solutions", ([*point(1, "box"), 0], ["1/1000", "1000"])),
    "an empty box elsewhere": edited("R1-three-solutions", ([*point(1, "box"), 0], ["3", "4"])),
    "an empty box below": edited("R1-three-solutions", ([*point(1, "box"), 0], ["1/5", "1/4"]), (["witness", "points"], lambda p: p[1:2]), *ALONE),
    "an empty box above": edited("R1-three-solutions", ([*point(1, "box"), 0], ["1/3", "2/5"]), (["witness", "points"], lambda p: p[1:2]), *ALONE),
    "a box too wide above": edited("R1-three-solutions", ([*point(1, "box"), 0], ["1/4", "2"]), (["witness", "points"], lambda p: p[1:2]), *ALONE),
    "a vertex that is no solution": edited("R1-three-solutions", (["witness", "points"], [{"support": [0], "box": [], "preconditioner": [], "lyapunov": []}]), *ALONE[:3], (["conclusion"], ALONE[3][1] | {"unstable_directions": [0]})),
    "the first solution left out": edited("R1-three-solutions", (["witness", "points"], lambda p: p[1:]), (["conclusion", "unstable_directions"], [1, 0]), (["conclusion", "different_limits"], False)),
    "a trap beyond an unlisted point": edited("R2-two-basins", (["witness"], lambda w: {"points": w["points"][:1], "traps": [{"point": 0, "box": [["0", "5"], ["1", "1"]]}]}), *ALONE[:3], (["conclusion"], lambda k: {"field": k["field"], "complete": False, "unstable_directions": [0], "different_limits": False, "traps": [0]})),
    "a trap around another attractor": edited("R2-two-basins", (["witness"], lambda w: {"points": w["points"][:1], "traps": [{"point": 0, "box": [["5", "10"], ["1", "1"]]}]}), *ALONE[:3], (["conclusion"], lambda k: {"field": k["field"], "complete": False, "unstable_directions": [0], "different_limits": False, "traps": [0]})),
    "the primal norm of the upper bound": edited("R6-segment", (["witness"], {"norm": "inf", "w": ["1", "1", "1", "0"], "c": ["1", "0", "0", "0"], "lower": "0", "upper": "1"}), (["conclusion"], {"norm": "inf", "lower": "0", "upper": "1"}), *ALONE[1:3]),
    "a row wrong for now": edited("R4-signsgd-drift", (["witness", "w0", 0], "-100"), (["witness", "w", 0], lambda v: str(Fraction(v) - 100)), (["witness", "row"], 0), (["conclusion", "misclassified"], 0)),
    "betas that bound the step": edited("R7-step-growth", (["data"], [[str(Fraction(25, 13) ** (35 - n))] for n in range(36)]), (["witness"], {"beta1": "1/2", "beta2": "13/50", "bound": "2"}), (["conclusion"], {"bound": "2", "steps": 36, "betas": ["1/2", "13/50"]})),
    "a box at zero": edited("R1-three-solutions", ([*point(1, "box"), 0, 0], "0")),
    "stability turned": edited("R1-three-solutions", ([*point(2, "lyapunov")], [["-1"]]), (["conclusion", "unstable_directions"], [0, 1, 1])),
    "stability misstated": edited("R1-three-solutions", (["conclusion", "unstable_directions"], [0, 0, 0])),
    "a solution twice": edited("R1-three-solutions", (["witness", "points"], lambda p: [*p, p[1]]), (["conclusion", "unstable_directions"], [0, 1, 0, 1])),
    "other data": edited("R1-three-solutions", (["data", 0, 0], "6")),
    "another field": edited("R1-three-solutions", (["field", "theta"], "1/2")),
    "a trap that leaks": edited("R2-two-basins", (["witness", "traps", 0, "box", 0], ["0", "5"])),
    "a trap entered below only": edited("R2-two-basins", (["witness", "traps", 1, "box", 1], ["1/100", "1/3"])),
    "a trap around a repelling point": edited("R2-two-basins", (["witness", "traps"], [{"point": 1, "box": [["1", "1"], ["1/4", "7/20"]]}]), (["conclusion", "traps"], [1]), (["claim"], None), (["statement"], None)),
    "a trap of another point": edited("R2-two-basins", (["witness", "traps", 0, "point"], 1), (["conclusion", "traps"], [1, 2])),
    "a trap with two points": edited("R2-two-basins", (["witness", "traps"], [{"point": 0, "box": [["0", "100"], ["1", "1"]]}]), (["conclusion", "traps"], [0]), (["claim"], None), (["statement"], None)),
    "a margin below too little": edited("R5-scaled-rademacher", (["witness", "margins", 0, "ratio"], "4/5"), (["conclusion", "margins", 0, 1], "4/5")),
    "a w that does not separate": edited("R5-scaled-rademacher", (["witness", "margins", 0, "w"], ["-1", "-1", "-1", "0"])),
    "a row off the support that is lower": edited("R5-scaled-rademacher", (["data", 1], ["1/2", "1/2", "1/2", "1/2"])),
    "a bound not passed": edited("R7-step-growth", (["witness", "bound"], "1001"), (["conclusion", "bound"], "1001"), (["data"], lambda d: d[-30:]), (["conclusion", "steps"], 30)),
    "a bound that any Adam passes": edited("R7-step-growth", (["witness", "bound"], "7/5"), (["conclusion", "bound"], "7/5")),
    "betas in order": edited("R7-step-growth", (["witness", "beta2"], "81/100"), (["conclusion", "betas", 1], "81/100")),
    "an outer polygon that is crossed outward": edited("R3-cycle-proxy", (["witness", "outer"], lambda p: p[::3])),
    "an inner polygon elsewhere": edited("R3-cycle-proxy", (["witness", "inner"], square_at(900, 901))),
    "an inner polygon that is crossed inward": edited("R3-cycle-proxy", (["witness", "inner"], bodies()["R3-cycle-proxy"]["witness"]["outer"]), (["witness", "outer"], square_at("1/1024", 4096))),
    "a claim about another field": edited("R1-three-solutions", (["claim"], "R3"), (["statement"], "The update direction u(c) of AdamProxy converges.")),
    "a claim of other words": edited("R1-three-solutions", (["statement"], "The limit equation of gradient descent has only one solution.")),
    "a fixed point that is two": edited("R1-three-solutions", (["kind"], "fixed_point"), (["conclusion", "complete"], False), (["claim"], None), (["statement"], None)),
}  # fmt: skip


def false_certificates_are_invalid(c):
    for case, certificate in FALSE.items():
        assert word(c, certificate) == "INVALID", case


def claims_speak_of_their_fields(c):
    """R3's data at theta = 1/1000 circle too, but that refutes nothing about AdamProxy; R6 needs nonzero entries."""
    proxy = c.claims.statement_of("R1", "AdamProxy")
    theta = edited(
        "R1-three-solutions",
        (["field", "theta"], "1/1000"),
        (["conclusion", "field"], "the theta field at theta = 1/1000"),
    )
    assert word(c, theta | {"claim": None, "statement": None}) == "VALID"
    for statement in (proxy, c.claims.statement_of("R1", "the theta field at theta = 1/1000")):
        assert word(c, theta | {"statement": statement}) == "INVALID"
    zero = edited(
        "R6-segment", (["data"], [["1", "0"], ["2", "0"]]), (["witness", "w"], ["1", "0"]), (["witness", "other"], ["1", "1"]),
        (["witness", "c"], ["1", "0"]), (["witness", "lower"], "1"), (["witness", "upper"], "1"),
        (["conclusion", "lower"], "1"), (["conclusion", "upper"], "1"),
    )  # fmt: skip
    assert word(c, zero | {"claim": None, "statement": None}) == "VALID"
    assert word(c, zero) == "INVALID"
    trapless = edited(
        "R2-two-basins", (["witness", "traps"], lambda t: t[:1]), (["conclusion", "traps"], [0])
    )
    assert word(c, trapless | {"claim": None, "statement": None}) == "VALID"
    assert word(c, trapless) == "INVALID"
    one = edited(
        "R1-three-solutions",
        (["witness", "points"], lambda p: p[:1]),
        (["kind"], "fixed_point"),
        (
            ["conclusion"],
            lambda k: k | {"complete": False, "unstable_directions": [0], "different_limits": False},
        ),
    )
    assert word(c, one | {"claim": None, "statement": None}) == "VALID"
    assert word(c, one) == "INVALID"
    marginal = edited(
        "R5-scaled-rademacher",
        (["witness", "margins", 0, "ratio"], "11/10"),
        (["conclusion", "margins", 0, 1], "11/10"),
    )
    assert word(c, marginal | {"claim": None, "statement": None}) == "VALID"
    assert word(c, marginal) == "INVALID"


def units_do_not_matter(c):
    for k in (-100, 100):
        certificate = copy.deepcopy(bodies()["R1-three-solutions"])
        certificate["data"] = [
            [str(Fraction(v) * Fraction(10) ** k) for v in row] for row in certificate["data"]
        ]
        assert word(c, certificate) == "INVALID"  # the preconditioner has the old unit
        for entry in certificate["witness"]["points"]:
            entry["preconditioner"] = [
                [str(Fraction(v) / Fraction(10) ** k) for v in row] for row in entry["preconditioner"]
            ]
        assert word(c, certificate) == "VALID"


def limits_in_tiers_are_judged_as_the_vectors_say(c):
    """Each of them is wrong in one place at most; ``index.json`` has the reason."""
    listed = json.loads((VECTORS / "index.json").read_text())
    chosen = [entry for entry in listed if "tiers" in entry["file"]]
    assert len(chosen) > 40
    for entry in chosen:
        found, says = c.judge.check((VECTORS / entry["file"]).read_bytes())
        assert found == entry["verdict"], (entry, says)


def time_is_kept(c):
    for name in ("R1-three-solutions", "R6-segment", "R7-step-growth", "R4-signsgd-drift", "not-separable"):
        assert word(c, bodies()[name], -1.0) == "UNSUPPORTED"
    start = time.monotonic()
    assert word(c, bodies()["R3-wide-cycle-proxy"], 0.3) == "UNSUPPORTED"
    assert time.monotonic() - start < 10


def answers_are_plain(c):
    assert c.command.plain("a\x1b[2J\n\u202eé\ud800") == "a\\x1b[2J\\n\\u202e\\xe9\\ud800"
    assert [
        c.command.exit_code(w.split())
        for w in ("VALID", "VALID INVALID", "VALID UNSUPPORTED", "", "UNSUPPORTED INVALID")
    ] == [0, 1, 2, 2, 1]


BATTERY = [
    sign_cases_of_products, sums_products_and_quotients_hold_the_exact_ones, divisors_are_surely_positive, roots_hold_mpmaths,
    squares_and_dots_hold_the_exact_ones, tables_of_products_hold_the_exact_ones, comparisons_are_strict, parallel_vectors_are_undecided, equal_rows_are_grouped,
    reading_is_strict, halves_cover_and_decisions_are_strict, narrowing_keeps_every_solution, the_search_keeps_solutions, a_box_holds_only_what_is_inside,
    polygons_are_simple_nested_and_apart, fields_are_read_strictly, a_column_that_vanishes_on_the_support_is_refused,
    *RUN_BATTERY, the_order_of_batches_matters, inertia_agrees_with_numpy, answers_are_plain, fields_hold_mpmaths, units_do_not_matter,
    edges_are_crossed_everywhere, an_edge_crossed_backward_at_its_start_is_refused, claims_speak_of_their_fields, limits_in_tiers_are_judged_as_the_vectors_say, false_certificates_are_invalid, time_is_kept, true_certificates_are_valid,
    *LONG_RUN_BATTERY,
]  # fmt: skip


def first_failure(package, likely=()):
    """The name of the first piece that fails on a copy of the checker, the likely ones first; None if all hold."""
    try:
        modules = load(package)
    except Exception as error:
        return f"import: {type(error).__name__}"
    for piece in sorted(BATTERY, key=lambda piece: piece.__name__ not in likely):
        try:
            piece(modules)
        except (Exception, pytest.fail.Exception) as error:
            return f"{piece.__name__} ({type(error).__name__})"
    return None


__all__ = ["BATTERY", "first_failure", "load"]
SOURCES = Path(sys.modules["marginproof"].__file__).parent / "theory" / "checker"
