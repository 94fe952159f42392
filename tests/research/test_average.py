"""Averages along the flow, bounded by potentials and proved box by box."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from marginproof.constructions.corpus import corpus
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.proofs.intervals import Interval
from research.average import direction_box, find_potential, positive_on_annulus
from research.potential import NoPotentialError, Potential, Rate, exponents

PROBLEM = LimitProblem(
    np.array([[Fraction(v) for v in row] for row in ([1, 15, 2], [3, -1, 14], [11, 5, -3])], dtype=object),
    AdamProxyField(),
)
CHART = 0
POWERS = exponents(CHART, (0, 0.125, 2.25), (0, 0.75, 1))


def square(centre, half):
    (x, y), h = centre, half
    corners = [(x - h, y - h), (x + h, y - h), (x + h, y + h), (x - h, y + h)]
    return tuple((Fraction(a), Fraction(b)) for a, b in corners)


def rate(potential, r, step=1e-6):
    """ℓ·u + dV/dτ - h at ratios r, the derivative by central differences along the flow."""
    y = np.array([1.0, *r])
    F, u = PROBLEM.F(y), PROBLEM.direction(y)

    def value(t):
        c = y * np.exp(-t * F)
        c = c / c.sum()
        powers = sum(k * np.prod(c ** np.array(a)) for k, a in potential.terms)
        return powers + np.dot(potential.logs, np.log(c))

    along = np.dot(np.array(potential.functional, dtype=float), u)
    return float(along + (value(step) - value(-step)) / (2 * step) - potential.bound)


def drawn(rng):
    terms = tuple((float(rng.integers(-8, 9)) / 4, a) for a in POWERS)
    return Potential(tuple(rng.integers(-4, 5, 3) / 4.0), terms, tuple(rng.integers(-4, 5, 3) / 4.0), 0.25)


def test_a_sign_is_proved_where_it_is_so_and_only_there():
    """Small squares at random ratios, random l and V: proved if the rate is clearly positive, never if not."""
    rng = np.random.default_rng(0)
    decided = []
    for _ in range(16):
        r = rng.integers(4, 64, 2) / 16.0
        potential = drawn(rng)
        around = [rate(potential, r + 2**-10 * np.array(corner)) for corner in product((-1, 0, 1), repeat=2)]
        ring = square(r, 2**-10), square(r, 2**-12)
        proved = positive_on_annulus(PROBLEM, CHART, *ring, potential, most=5000)
        # the rate at nine points of a square bounds it within as much as they differ among themselves
        if min(np.abs(around)) > np.ptp(around):
            assert (proved > 0) == (around[0] > 0)
            decided.append(proved > 0)
    assert decided.count(True) > 3
    assert decided.count(False) > 3


def test_a_box_is_enclosed_by_its_mean_value_form():
    """On boxes of half-width 2^-5 no answer "positive" where a point of the box is not, and some of either."""
    rng = np.random.default_rng(1)
    sure, half = [], 2**-5
    for _ in range(15):
        potential, r = drawn(rng), rng.integers(4, 64, (14, 2)) / 16.0
        answers, wide = Rate(PROBLEM, CHART, potential).above(r - half, r + half)
        assert set(wide) <= {0, 1}
        assert all(
            rate(potential, x + half * rng.uniform(-1, 1, 2)) > 0 for x in r[answers] for _ in range(4)
        )
        sure.extend(answers)
    assert 0.1 < np.mean(sure) < 0.9


def test_a_functional_that_changes_sign_is_refused():
    """It vanishes at the centre of the square, so it has both signs around the hole."""
    r = np.array([1.0, 1.0])
    u = PROBLEM.direction(np.array([1.0, 1.0, 1.0]))
    potential = Potential((float(u[1]), float(-u[0]), 0.0), ())
    assert abs(rate(potential, r)) < 1e-12
    assert positive_on_annulus(PROBLEM, CHART, square(r, 2**-6), square(r, 2**-8), potential, most=9000) == 0


def corpus_annulus():
    body = json.loads(next(e.path for e in corpus() if e.name == "R3-cycle-proxy").read_text())
    return [[tuple(Fraction(v) for v in p) for p in body["witness"][key]] for key in ("outer", "inner")]


def between(outer, inner, size=40):
    from matplotlib.path import Path

    rings = [np.array(ring, dtype=float) for ring in (outer, inner)]
    ends = [np.geomspace(rings[0][:, k].min(), rings[0][:, k].max(), size) for k in (0, 1)]
    grid = np.array(list(product(*ends)))
    kept = Path(rings[0]).contains_points(grid) & ~Path(rings[1]).contains_points(grid)
    even = np.linspace(0, 1, 20)[:, None]
    sides = [a + even * (b - a) for ring in rings for a, b in zip(ring, np.roll(ring, -1, 0), strict=True)]
    return np.vstack([grid[kept], *sides])


@pytest.fixture(scope="module")
def averaged():
    """The averages of u along the 3 x 3 cycle, float64: 20 turns after 8, c by explicit steps of 1/100."""
    a, total, count = np.zeros(3), np.zeros(3), 0
    for step in range(34_000):
        y = np.exp(a - a.max())
        u = PROBLEM.direction(y)
        a = a - 0.01 * (PROBLEM.floats @ u)
        if step >= 10_000:
            total, count = total + u, count + 1
    return total / count


def test_averages_on_the_certified_annulus_are_bounded_and_no_tighter(averaged):
    """Both bounds of u_1's average, proved on the corpus's annulus; moved past the average, the same V is refused."""
    outer, inner = corpus_annulus()
    points = between(outer, inner)
    ends = []
    for sign in (1, -1):
        found = find_potential(
            PROBLEM,
            CHART,
            points,
            (sign, 0, 0),
            exponents(CHART, (0, 1, 2), (0, 1, 2)),
            slack=0.05,
            steepest=2.0,
        )
        assert positive_on_annulus(PROBLEM, CHART, outer, inner, found) > 0
        ends.append(sign * found.bound)
        past = replace(found, bound=sign * float(averaged[0]) + 0.1)
        assert positive_on_annulus(PROBLEM, CHART, outer, inner, past, most=9000) == 0
    assert ends[0] < averaged[0] < ends[1]


def test_margins_grow_alike():
    """(x_1 - x_2)·u averages to 0 exactly: minus the rate of log c_1/c_2.  Bounds on either side of 0 only."""
    outer, inner = corpus_annulus()
    functional = tuple(PROBLEM.X[0] - PROBLEM.X[1])
    just = Potential(functional, (), (1.0, -1.0, 0.0), -(2.0**-20))
    assert positive_on_annulus(PROBLEM, CHART, outer, inner, just) > 0
    assert positive_on_annulus(PROBLEM, CHART, outer, inner, replace(just, bound=2.0**-20), most=9000) == 0
    assert (
        positive_on_annulus(PROBLEM, CHART, outer, inner, replace(just, logs=(0.0, 0.0, 0.0)), most=9000) == 0
    )


def test_directions_of_a_box():
    """Every direction of a drawn vector is enclosed, and the ends are reached at corners, within rounding."""
    box = [Interval(-1.0, -0.5), Interval(0.25, 2.0), Interval(3.0, 3.5)]
    found = direction_box(box)
    rng = np.random.default_rng(0)
    corners = np.array(list(product(*((b.lo, b.hi) for b in box))))
    inside = rng.uniform([b.lo for b in box], [b.hi for b in box], (500, 3))
    for k, interval in enumerate(found):
        units = [v[:, k] / np.linalg.norm(v, axis=1) for v in (inside, corners)]
        assert (units[0] > interval.lo).all()
        assert (units[0] < interval.hi).all()
        # about ten operations, each within one unit in the last place of a number below 2
        np.testing.assert_allclose(
            [units[1].min(), units[1].max()], [interval.lo, interval.hi], rtol=0, atol=20 * 2**-52
        )
    with pytest.raises(NoPotentialError, match="may be zero"):
        direction_box([Interval(-1.0, 1.0), Interval(1.0, 2.0)])


def test_exponents_must_be_eighths():
    with pytest.raises(NoPotentialError, match="multiple of 1/8"):
        exponents(0, (0, 0.3), (0, 1))
    with pytest.raises(NoPotentialError, match="multiple of 1/8"):
        exponents(0, (0, -1), (0, 1))


def test_vertices_must_be_exact_floats():
    third = ((Fraction(1, 3), Fraction(1)), (Fraction(2), Fraction(1)), (Fraction(1), Fraction(2)))
    with pytest.raises(NoPotentialError, match="53 bits"):
        positive_on_annulus(PROBLEM, CHART, third, third, Potential((1.0, 0.0, 0.0), ()))
