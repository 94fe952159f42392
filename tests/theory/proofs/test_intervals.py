"""Interval arithmetic contains the exact result, whatever the operation, in batches and in the fields."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marginproof.theory.fields import (
    AdamProxyField,
    Field,
    GradientField,
    IncAdamField,
    ReplacementField,
    ReshuffledField,
    SignumField,
)
from marginproof.theory.number_systems import balls
from marginproof.theory.proofs.intervals import INTERVALS, Interval, enclose, exact_number

FIELDS: list[Field] = [
    GradientField(),
    AdamProxyField(),
    ReshuffledField(2),
    ReplacementField(2),
    IncAdamField(),
    IncAdamField(batch_size=2, order=(2, 0, 3, 1)),
]
FLOATS = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e100, max_value=1e100)
RATIONALS = st.fractions(max_denominator=10**6)


@st.composite
def intervals(draw: st.DrawFn, ends: st.SearchStrategy[float] = FLOATS) -> tuple[float, float]:
    low, high = sorted((draw(ends), draw(ends)))
    return low, high


def batch(pairs: list[tuple[float, float]]) -> Interval:
    return Interval(np.array([low for low, _ in pairs]), np.array([high for _, high in pairs]))


def points_of(pair: tuple[float, float]) -> list[Fraction]:
    low, high = map(Fraction, pair)
    return [low, high, (low + high) / 2, low + (high - low) / 7]


def contains(interval: Interval, box: int, value: Fraction) -> bool:
    low, high = (np.atleast_1d(end)[box].item() for end in (interval.lo, interval.hi))
    below = low == -np.inf or Fraction(low) <= value
    return below and (high == np.inf or value <= Fraction(high))


@pytest.mark.parametrize("operation", [operator.add, operator.sub, operator.mul, operator.truediv])
@given(pairs=st.lists(st.tuples(intervals(), intervals()), min_size=1, max_size=4))
def test_binary_operations_contain_the_exact_result(
    operation: Callable[[Any, Any], Any], pairs: list[tuple[tuple[float, float], tuple[float, float]]]
) -> None:
    left, right = batch([a for a, _ in pairs]), batch([b for _, b in pairs])
    with INTERVALS.working():
        result = operation(left, right)
    for box, (a, b) in enumerate(pairs):
        if operation is operator.truediv and b[0] <= 0 <= b[1]:
            assert np.isnan(result.lo[box])
            assert np.isnan(result.hi[box])
            continue
        for x in points_of(a):
            for y in points_of(b):
                assert contains(result, box, operation(x, y))


@given(pair=intervals(), value=RATIONALS)
def test_scalars_mix_with_batches(pair: tuple[float, float], value: Fraction) -> None:
    number, boxes = enclose(value), batch([pair])
    assert contains(number, 0, value)
    with INTERVALS.working():
        results = (boxes * number, number * boxes, boxes + value, value - boxes, boxes * 3)
    for x in points_of(pair):
        exact = (x * value, x * value, x + value, value - x, 3 * x)
        assert all(contains(r, 0, e) for r, e in zip(results, exact, strict=True))


@given(pair=intervals())
def test_square_is_not_negative_and_contains(pair: tuple[float, float]) -> None:
    boxes = batch([pair])
    alone = Interval(*pair)
    with INTERVALS.working():
        squares = (boxes * boxes, alone * alone)
    for square in squares:
        assert np.all(np.asarray(square.lo) >= 0)
        assert all(contains(square, 0, x * x) for x in points_of(pair))


@given(pair=intervals(st.floats(min_value=0, max_value=1e200)))
def test_square_root_contains(pair: tuple[float, float]) -> None:
    with INTERVALS.working():
        root = batch([pair]).sqrt()
    low, high = Fraction(root.lo[0]), Fraction(root.hi[0])
    for x in points_of(pair):
        assert low * low <= x <= high * high


def test_what_cannot_be_bounded_is_never_surely_anything() -> None:
    with INTERVALS.working():
        unknown = exact_number(1.0) / batch([(-1.0, 1.0)])
        for result in (unknown, unknown * unknown, unknown + 1, unknown.sqrt(), -unknown, unknown * 0.0):
            assert not result.surely_positive().any()
            assert not result.surely_negative().any()
        scalar = exact_number(1.0) / Interval(-1.0, 1.0)
        assert not (scalar * scalar).surely_positive().any()


def test_a_narrowed_result_would_be_caught() -> None:
    # The same property on arithmetic without outward rounding fails: the check has teeth.
    third = Interval(1 / 3, 1 / 3)
    assert not contains(third, 0, Fraction(1, 3))
    assert contains(enclose(Fraction(1, 3)), 0, Fraction(1, 3))


@pytest.mark.parametrize(
    "field",
    [
        GradientField(),
        AdamProxyField(),
        ReshuffledField(2),
        ReplacementField(2),
        IncAdamField(),
        IncAdamField(batch_size=2, order=(2, 0, 3, 1)),
    ],
)
@given(data=st.data())
def test_the_field_formulas_enclose_u_and_its_jacobian(field: Field, data: st.DataObject) -> None:
    entries = st.fractions(min_value=-9, max_value=9, max_denominator=20).filter(bool)
    X = np.array([[data.draw(entries) for _ in range(3)] for _ in range(4)], dtype=object)
    boxes = [[data.draw(intervals(st.floats(0.05, 1))) for _ in range(4)] for _ in range(2)]
    c = np.empty(4, dtype=object)
    for n in range(4):
        c[n] = batch([boxes[b][n] for b in range(2)])
    with INTERVALS.working():
        u = field(INTERVALS.array(X), c, INTERVALS)
        du = field.jacobian(INTERVALS.array(X), c, INTERVALS)
    numbers = balls(200)
    for b in range(2):
        share = data.draw(st.fractions(0, 1, max_denominator=8))
        inside = [Fraction(low) + share * (Fraction(high) - Fraction(low)) for low, high in boxes[b]]
        with numbers.working():
            point = numbers.array(np.array(inside, dtype=object))
            true = field(numbers.array(X), point, numbers)
            slope = field.jacobian(numbers.array(X), point, numbers)
        for enclosing, value in [
            *zip(u.flat, true.flat, strict=True),
            *zip(du.flat, slope.flat, strict=True),
        ]:
            low, high = (np.broadcast_to(end, 2)[b].item() for end in (enclosing.lo, enclosing.hi))
            # Where v may vanish on the box the ends are NaN: nothing is claimed.
            assert not value < low
            assert not value > high


def test_sign_fields_are_undecided_on_intervals() -> None:
    X = INTERVALS.array(np.array([[1, -1], [1, 2]]))
    c = np.array([exact_number(0.5)] * 2, dtype=object)
    with pytest.raises(ArithmeticError, match="undecided"):
        SignumField()(X, c, INTERVALS)
