"""A functional kept positive along the flow by a potential, proved box by box."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from theory.enclosures.average import (
    NoPotentialError,
    Potential,
    exponents,
    find_potential,
    positive_on_annulus,
)
from theory.fields import AdamProxy
from theory.limit.equation import LimitProblem

PROBLEM = LimitProblem(
    np.array([[Fraction(v) for v in row] for row in ([1, 15, 2], [3, -1, 14], [11, 5, -3])], dtype=object),
    AdamProxy(),
)
CHART = 0


def square(centre, half):
    (x, y), h = centre, half
    corners = [(x - h, y - h), (x + h, y - h), (x + h, y + h), (x - h, y + h)]
    return tuple((Fraction(a), Fraction(b)) for a, b in corners)


def rate(potential, r, step=1e-6):
    """ℓ·u + dV/dτ at ratios r, the derivative by central differences along the flow."""
    y = np.array([1.0, *r])
    F, u = PROBLEM.F(y), PROBLEM.direction(y)

    def value(t):
        c = y * np.exp(-t * F)
        c = c / c.sum()
        return sum(k * np.prod(c ** np.array(a)) for k, a in potential.terms)

    return float(np.dot(potential.functional, u) + (value(step) - value(-step)) / (2 * step))


def test_a_sign_is_proved_where_it_is_so_and_only_there():
    """Small squares at random ratios, random l and V: proved if the rate is clearly positive, never if not."""
    rng = np.random.default_rng(0)
    decided = 0
    for _ in range(25):
        r = rng.integers(4, 64, 2) / 16.0
        terms = tuple((float(rng.integers(-8, 9)) / 4, a) for a in exponents(2, CHART))
        potential = Potential(tuple(rng.integers(-4, 5, 3) / 4.0), terms, 0.0)
        here = rate(potential, r)
        # over a square of half-width 2^-10 the rate moves by less than 0.1 here: its slopes are below 100
        proved = (
            positive_on_annulus(PROBLEM, CHART, square(r, 2**-10), square(r, 2**-12), potential, most=9000)
            > 0
        )
        if abs(here) > 0.1:
            assert proved == (here > 0)
            decided += 1
    assert decided > 15


def test_a_functional_that_changes_sign_is_refused():
    """It vanishes at the centre of the square, so it has both signs around the hole."""
    r = np.array([1.0, 1.0])
    u = PROBLEM.direction(np.array([1.0, 1.0, 1.0]))
    functional = tuple(np.array([u[1], -u[0], 0.0]))
    potential = Potential(functional, (), 0.0)
    assert abs(rate(potential, r)) < 1e-12
    assert positive_on_annulus(PROBLEM, CHART, square(r, 2**-6), square(r, 2**-8), potential, most=9000) == 0


def test_a_potential_that_is_found_is_proved_and_its_negative_refused():
    """On a square ring away from the solution."""
    r = np.array([2.0, 2.0])
    even = np.linspace(-0.25, 0.25, 21)
    ring = np.array([(2 + a, 2 + b) for a in even for b in even if max(abs(a), abs(b)) > 0.125])
    excluded = PROBLEM.direction(np.array([1.0, 1.0, 1.0]))
    found = find_potential(PROBLEM, CHART, ring, excluded, 2)
    assert found.margin > 0
    assert np.dot(found.functional, excluded) < 0
    outer, inner = square(r, 0.25), square(r, 0.125)
    assert positive_on_annulus(PROBLEM, CHART, outer, inner, found, most=60_000) > 0
    backwards = Potential(tuple(-v for v in found.functional), tuple((-k, a) for k, a in found.terms), 0.0)
    assert positive_on_annulus(PROBLEM, CHART, outer, inner, backwards, most=9000) == 0


def test_no_potential_is_an_error():
    problem, centre = LimitProblem(np.eye(3), AdamProxy()), np.array([[1.0, 1.0]])
    with pytest.raises(NoPotentialError, match="degree=1"):
        find_potential(problem, 0, centre, np.array([1.0, 1.0, 1.0]), 1)


def test_vertices_must_be_exact_floats():
    third = ((Fraction(1, 3), Fraction(1)), (Fraction(2), Fraction(1)), (Fraction(1), Fraction(2)))
    with pytest.raises(NoPotentialError, match="53 bits"):
        positive_on_annulus(PROBLEM, CHART, third, third, Potential((1.0, 0.0, 0.0), (), 0.0))
