"""Margins in floating point lie in the exact brackets, and say by their gap where they do not."""

from __future__ import annotations

import numpy as np
import pytest

from marginproof.constructions.builtin import load
from marginproof.theory.margins.floats import MANY, _l2_of_all, _linf_of_all, l2_floats, linf_floats
from marginproof.theory.margins.max_margin import l2_margin, linf_margin

SOLVED = ("sr4", "two-limits", "cycle-3x5", "gaussian", "iris", "digits01")


@pytest.mark.parametrize("name", SOLVED)
def test_against_the_exact_brackets(name):
    X = load(name).X
    for in_floats, exact in ((l2_floats, l2_margin), (linf_floats, linf_margin)):
        found, proved = in_floats(X), exact(X)
        assert found.closed
        assert found.value == pytest.approx(proved.value, rel=1e-11)  # the gap allowed
        if (
            proved.unique
        ):  # l_inf's maximiser is as well determined as its basis: 1e-8 is far from another vertex
            np.testing.assert_allclose(found.direction, proved.direction, atol=1e-8)


def test_many_features_and_many_rows():
    rng = np.random.default_rng(1)
    wide, tall = rng.standard_normal((20, 60)), rng.standard_normal((200, 10)) + 1.5
    for X in (wide, tall):
        for found in (l2_floats(X), linf_floats(X)):
            assert found.closed
            assert found.dual.min() >= 0
            assert found.dual.sum() == pytest.approx(1)


def test_scale_does_not_matter():
    X = load("iris").X
    for power in (-300, 300):
        assert l2_floats(np.ldexp(X, power)).value == np.ldexp(l2_floats(X).value, power)


@pytest.mark.parametrize("X", [[[1.0, 2.0], [-1.0, -2.0]], [[1.0, 0.0], [-1.0, 1.0], [-1.0, -1.0]]])
def test_data_that_do_not_separate_are_not_closed(X):
    assert not l2_floats(np.array(X)).closed
    assert not linf_floats(np.array(X)).closed


def test_few_of_many_rows_give_the_margin_of_all():
    """Rows cut by a plane: a thin cone, whose margin is a hundred-thousandth of the rows, where Xᵀc cancels."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((MANY, 12))
    X *= np.sign(X @ rng.standard_normal(12))[:, None]
    for in_floats, of_all, norm in ((l2_floats, _l2_of_all, 2), (linf_floats, _linf_of_all, np.inf)):
        found, whole = in_floats(X), of_all(X)
        assert found.closed
        assert found.value == pytest.approx(whole.value, rel=1e-9)
        assert (X @ found.direction).min() / np.linalg.norm(found.direction, norm) == pytest.approx(
            found.lower, rel=1e-9
        )
        assert found.dual.shape == (MANY,)


def test_many_rows_that_do_not_separate_are_not_closed():
    X = np.random.default_rng(0).standard_normal((MANY, 3))
    assert not l2_floats(X).closed


@pytest.mark.parametrize(("n", "d", "seed"), [(50, 200, 0), (50, 200, 1), (20, 300, 2)])
def test_few_rows_need_no_other_solver(n, d, seed, monkeypatch):
    """Coordinates that the box does not hold stay unknowns: eliminated, they cost the last digits."""
    monkeypatch.setattr("marginproof.theory.margins.box_program.best_in_box", lambda rows: None)
    X = np.random.default_rng(seed).standard_normal((n, d))
    assert linf_floats(X).relative_gap < 1e-14
