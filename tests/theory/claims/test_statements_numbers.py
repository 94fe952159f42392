"""The numerical harness of the claims: digits demanded, rates measured."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from marginproof.theory.claims.claim import QUICK
from marginproof.theory.claims.digits import (
    agrees,
    extrapolate,
    in_many_digits,
    random_rows,
    random_weights,
    tends_at_rate,
)
from marginproof.theory.claims.signum_bound import SignumBound
from marginproof.theory.number_systems import multiprecision


def test_data_are_a_function_of_the_seed():
    assert (random_rows(Random("a"), 3, 2) == random_rows(Random("a"), 3, 2)).all()
    assert sum(random_weights(Random("a"), 5)) == 1


def test_agreement_is_to_within_ten_digits():
    numbers = multiprecision(50)
    one = numbers.convert(1)
    assert agrees([one], [one + numbers.convert(Fraction(1, 10**41))], 50)
    assert not agrees([one], [one + numbers.convert(Fraction(1, 10**39))], 50)


def test_a_false_identity_is_refused_with_its_seed():
    finding = in_many_digits(
        lambda numbers, random: (numbers.convert(1), numbers.convert("100001/100000")), QUICK, 7
    )
    assert not finding.passed
    assert "seed=7" in finding.detail


def test_extrapolation_is_exact_on_polynomials():
    terms = [Fraction(3) + 2 * h - 5 * h * h for h in (Fraction(1, 2**k) for k in range(3))]
    assert extrapolate(terms) == 3


def linear(numbers, h):
    return np.array([1 + h + 3 * h * h], dtype=object)


def quadratic(numbers, h):
    return np.array([1 + h * h], dtype=object)


def one(numbers):
    return np.array([numbers.convert(1)], dtype=object)


def two(numbers):
    return np.array([numbers.convert(2)], dtype=object)


@pytest.mark.parametrize("digits", [50, 200])
def test_a_limit_is_met_at_its_rate(digits):
    assert tends_at_rate(linear, one, digits) is None
    assert tends_at_rate(quadratic, one, digits, order=2) is None


def test_a_wrong_limit_or_rate_is_refused():
    assert "limit is off" in tends_at_rate(linear, two, 50)
    assert "instead of 2" in tends_at_rate(quadratic, one, 50)


@pytest.mark.parametrize("beta", [Fraction(1, 2), Fraction(9, 10), Fraction(99, 100)])
@pytest.mark.parametrize("k", [1, 2, 5])
def test_signums_limit_is_above_the_first_forms(beta, k):
    formula = SignumBound()
    gamma, R = Fraction(3), Fraction(5)
    e = formula.spread(beta, k)
    ours, first = formula.limit(gamma, R, e), gamma - 2 * R * e
    assert ours > first or (k == 1 and ours == first == gamma)
    assert ours <= gamma
