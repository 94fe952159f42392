"""The averaged direction on the 3 x 5 cycle: a cheap part of the box, proved, and a planted falsehood refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from marginproof.constructions.paper import cycle_3x5
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import decide_sign
from marginproof.theory.proofs.certificates.cycle import limit_cycle
from research.average import find_potential, positive_on_annulus
from research.averages import average_of, sample, solution_direction
from research.potential import exponents

POWERS = ((0, 0.25, 1), (0, 1, 2))
APART = (-0.75, 0.0, 0.0, -1.0, 0.0)
"""A functional that is negative at the solution and positive on the average."""


@pytest.fixture(scope="module")
def wide():
    X = cycle_3x5().exact
    made, annulus = limit_cycle(LimitProblem(X, AdamProxyField()), claim=None, shares=(0.2,))
    return LimitProblem(X, AdamProxyField()), made, annulus


@pytest.fixture(scope="module")
def averaged(wide):
    """The average of u along the flow, float64: explicit steps of 1/50 up to τ = 400, about five turns after one."""
    problem, a, us = wide[0], np.zeros(3), []
    for _ in range(20_000):
        c = np.exp(a - a.max())
        us.append(problem.direction(c))
        a = a - 0.02 * (problem.floats @ us[-1])
    return np.array(us)[3200:].mean(axis=0)


def test_the_average_is_bounded_away_from_the_solution(wide, averaged):
    """l·ū > 0 > l·u(c*): the theorem with one functional; the float average lies within the bounds."""
    problem, made, annulus = wide
    direction = solution_direction(problem, made.witness["points"][0])
    assert decide_sign(sum(v * u for v, u in zip(APART, direction, strict=True))) == -1
    found = find_potential(
        problem, annulus.chart, sample(annulus, 100), APART, exponents(annulus.chart, *POWERS)
    )
    assert 0 < found.bound < np.dot(APART, averaged)
    assert positive_on_annulus(problem, annulus.chart, annulus.outer, annulus.inner, found) > 0


def test_a_bound_past_the_average_is_refused(wide, averaged):
    problem, _, annulus = wide
    found = find_potential(
        problem, annulus.chart, sample(annulus, 80), APART, exponents(annulus.chart, *POWERS)
    )
    past = replace(found, bound=float(np.dot(APART, averaged)) + 0.01)
    assert positive_on_annulus(problem, annulus.chart, annulus.outer, annulus.inner, past, most=9000) == 0


def test_both_bounds_of_a_functional_must_be_proved(wide, averaged, monkeypatch):
    """With the proof stubbed: the ends are in order, the boxes of both are counted, and a proof that fails is an error."""
    problem, _, annulus = wide
    monkeypatch.setattr("research.averages.positive_on_annulus", lambda *_: 7)
    bound, boxes = average_of(problem, annulus, APART, POWERS, size=80)
    assert bound.lo < np.dot(APART, averaged) < bound.hi
    assert boxes == 14
    monkeypatch.setattr("research.averages.positive_on_annulus", lambda *_: 0)
    with pytest.raises(MarginproofError, match=r"bound=.*not proved"):
        average_of(problem, annulus, APART, POWERS, size=40)
