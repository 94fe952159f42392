"""Columns that are combinations of others, and such as only look so."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy.sparse import csr_array

from marginproof.theory.margins.collinear import collinear
from marginproof.theory.margins.independent import PRIME


def test_a_combination_in_many_rows_and_one_row_that_breaks_it():
    X = np.random.default_rng(0).integers(-9, 10, (2000, 4)).astype(float)
    X[:, 2] = 3 * X[:, 0] - 2 * X[:, 3]
    assert collinear(X) == collinear(csr_array(X)) == {3: (0, 2)}
    X[1234, 2] += 1  # no row of the first look
    assert collinear(X) == {}


def test_a_column_of_zeros_is_a_combination_of_none():
    assert collinear(np.array([[1.0, 0.0], [2.0, 0.0]])) == {1: ()}


@pytest.mark.parametrize("shape", [(2, 3), (1, 2)])
def test_more_columns_than_rows_are_left_open(shape):
    assert collinear(np.ones(shape)) is None


def test_what_the_prime_hides_is_no_combination():
    """Of determinant PRIME: dependent modulo it, independent in rationals."""
    X = np.array([[Fraction(1), Fraction(0)], [Fraction(0), Fraction(PRIME)]], dtype=object)
    assert collinear(X) == {}
