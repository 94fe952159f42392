"""The paper's families: their defining property, and that violators are refused."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from marginproof.constructions import paper
from marginproof.theory.errors import MarginproofError


def test_scaled_rademacher_has_one_size_a_row() -> None:
    data = paper.scaled_rademacher([1, "1/3", 5], d=7, seed=4)
    assert [set(map(abs, row)) for row in data.exact] == [{Fraction(1)}, {Fraction(1, 3)}, {Fraction(5)}]


def test_scaled_rademacher_repeats_with_its_seed() -> None:
    first, again, other = (paper.scaled_rademacher([1, 2, 3], d=6, seed=seed) for seed in (0, 0, 1))
    assert first == again
    assert first != other


def test_sr4_is_the_set_of_the_paper() -> None:
    assert paper.sr4().X.tolist() == [[1, 1, 1, 1], [2, 2, 2, -2], [3, 3, -3, -3], [4, -4, 4, -4]]


def test_sr4_linf_maximisers_form_a_segment() -> None:
    """R6: (1, 1, s, 1-s) reaches margin 3 for s in [7/8, 1] and for no s below."""
    X = paper.sr4().exact
    for s, reaches in (
        (Fraction(7, 8), True),
        (Fraction(15, 16), True),
        (Fraction(1), True),
        (Fraction(6, 7), False),
    ):
        w = np.array([1, 1, s, 1 - s], dtype=object)
        assert ((X @ w).min() == 3) is reaches


def test_shifted_diagonal_has_its_shape() -> None:
    X = paper.shifted_diagonal([1, 2, 3], "1/7").exact
    assert np.diag(X).tolist() == [1, 2, 3]
    assert {X[i, k] for i in range(3) for k in range(3) if i != k} == {Fraction(1, 7)}


@pytest.mark.parametrize("shape", [(10, 50), (6, 6), (40, 5)])
def test_gaussian_is_dyadic_without_zeros(shape: tuple[int, int]) -> None:
    data = paper.gaussian(*shape, seed=3)
    scaled = data.X * 2.0**paper.DYADIC_BITS
    assert data.X.shape == shape
    assert (scaled == np.round(scaled)).all()
    assert (data.X != 0).all()
    assert data.notices == ()


def test_tall_gaussian_is_separated_by_the_planted_direction() -> None:
    data = paper.gaussian(200, 9, seed=5)
    assert min(sum(row) for row in data.exact) > 0
    # Not trivially: single coordinates separate nothing.
    assert (data.X > 0).all(axis=0).sum() == 0


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: paper.scaled_rademacher([1, 0], d=3), "amplitude=0 is not positive"),
        (lambda: paper.scaled_rademacher([1, 2, 3], d=2), "d=2 is below n_samples=3"),
        (lambda: paper.shifted_diagonal([2, 1], 1), "amplitudes=2, 1 are not increasing"),
        (lambda: paper.shifted_diagonal([1, 1], 1), "amplitudes=1, 1 are not increasing"),
        (lambda: paper.shifted_diagonal([1, 2], 0), "delta=0 is not positive"),
    ],
)
def test_parameters_outside_the_family_are_refused(build: object, message: str) -> None:
    with pytest.raises(MarginproofError, match=message):
        build()  # type: ignore[operator]
