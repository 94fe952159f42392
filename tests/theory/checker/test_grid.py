"""The checker's exponential and its arithmetic at chosen precision, against mpmath at 250 digits."""

from __future__ import annotations

import random
from fractions import Fraction

import mpmath
import pytest

from marginproof.theory.checker.grid import Grid

CONTEXT = mpmath.MPContext()
CONTEXT.dps = 250


def real(value):
    return CONTEXT.mpf(value.numerator) / value.denominator


def numbers(count, seed=3):
    rng = random.Random(seed)
    for _ in range(count):
        yield Fraction(rng.randint(-(10**9), 10**9), rng.choice((10**8, 10**9, 10**12, 10**40)))


@pytest.mark.parametrize("bits", [64, 160, 512])
def test_the_exponential_is_enclosed_and_narrow(bits):
    grid = Grid(bits)
    for v in numbers(300):
        low, high = grid.exp(grid.enclose(v))
        true = CONTEXT.exp(real(v)) * grid.unit
        assert low <= true <= high
        assert high - low <= 8 + 16 * true / grid.unit


@pytest.mark.parametrize("width", [Fraction(1, 10**9), Fraction(1, 10**3), Fraction(3)])
def test_a_wide_argument_is_enclosed_at_both_ends(width):
    grid = Grid(160)
    for v in numbers(100):
        low, high = grid.exp((grid.enclose(v)[0], grid.enclose(v + width)[1]))
        assert low <= CONTEXT.exp(real(v)) * grid.unit
        assert CONTEXT.exp(real(v + width)) * grid.unit <= high


def test_products_and_quotients_are_enclosed():
    grid, rng = Grid(96), random.Random(5)
    for a, b in zip(numbers(200, 1), numbers(200, 2), strict=True):
        radius = Fraction(rng.randint(0, 100), 997)
        x = (grid.enclose(a - radius)[0], grid.enclose(a + radius)[1])
        y = grid.enclose(b)
        low, high = grid.times(x, y)
        for end in (a - radius, a, a + radius):
            assert low <= real(end * b) * grid.unit <= high
        v = grid.enclose(b * b + 1)
        low, high = grid.over_root(x, v)
        for end in (a - radius, a, a + radius):
            assert low <= real(end) / CONTEXT.sqrt(real(b * b + 1)) * grid.unit <= high


def test_a_root_that_may_vanish_and_a_large_exponent_are_refused():
    grid = Grid(96)
    with pytest.raises(ValueError, match="not surely positive"):
        grid.over_root(grid.enclose(Fraction(1)), (0, grid.unit))
    with pytest.raises(ValueError, match="beyond 4096"):
        grid.exp(grid.enclose(Fraction(5000)))
