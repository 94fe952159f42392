"""Runs on the checker's grid hold a float run, its moments and what they remember of each row; faults are noticed."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from marginproof.theory.checker import inc_adam_runs
from marginproof.theory.checker.fields import Field
from marginproof.theory.checker.grid import Grid
from marginproof.theory.checker.problem import Problem
from marginproof.theory.checker.refusals import Clock
from marginproof.theory.checker.row_runs import RowRun

ROWS = [[4, 1, 2], [1, 5, -1], [-1, 2, 6], [2, 1, 1]]
SCALED_UP = [[20, 5, 10], [5, 25, -5], [-5, 10, 30], [10, 5, 5]]
START = [Fraction(1, 4), Fraction(-1, 8), Fraction(1, 2)]


def made(kind, rows=ROWS, batches=((0,), (2,), (1,), (3,)), chart=1):
    problem = Problem([[Fraction(v) for v in row] for row in rows], Clock(60))
    entry = {"name": "inc_adam", "beta1": "9/10", "beta2": "19/20", "batches": [list(b) for b in batches]}
    return kind(problem, Field(entry, problem), chart, START, Grid(320))


def followed(run, rows, batches, steps, eta=Fraction(1, 50)):
    """The float run beside it: w, m, v and s_j, q_j (decayed to now), in the weights' own units."""
    X, w = np.array(rows, dtype=float), np.array([float(v) for v in START])
    m, v, s, q = np.zeros(3), np.zeros(3), np.zeros(4), np.zeros(4)
    size = run.grid.enclose(eta)
    for t in range(steps):
        batch = list(batches[t % len(batches)])
        c = np.exp(-X[batch] @ w)
        G = c @ X[batch]
        m, v = 0.9 * m + 0.1 * G, 0.95 * v + 0.05 * G * G
        s, q = 0.9 * s, 0.95 * q
        s[batch], q[batch] = s[batch] + c, q[batch] + c * c
        w = w + float(eta) * m / np.sqrt(v)
        run.advance(size)
    return X, w, m, v, s, q


def close(pairs, values, run):
    found = np.array([(low + high) / 2 / run.grid.unit for low, high in pairs])
    width = max(high - low for low, high in pairs) / run.grid.unit
    assert width < 1e-9
    np.testing.assert_allclose(found, values, rtol=1e-9)


@pytest.mark.parametrize("rows", [ROWS, SCALED_UP])
@pytest.mark.parametrize("batches", [((0,), (2,), (1,), (3,)), ((0, 3), (2, 1))])
@pytest.mark.parametrize("steps", [1, 2, 202])
def test_a_run_holds_w_ratios_and_moments(rows, batches, steps):
    run = made(inc_adam_runs.Run, rows, batches)
    X, w, m, v, _, _ = followed(run, rows, batches, steps)
    c = np.exp(-X @ w)
    close(run.w, w, run)
    close([run.ratio(i) for i in range(4)], c / c[1], run)
    M, V = run.moments()
    close(M, m / c[1], run)
    close(V, v / c[1] ** 2, run)


@pytest.mark.parametrize("rows", [ROWS, SCALED_UP])
@pytest.mark.parametrize("steps", [6, 202])
def test_a_run_by_rows_holds_what_the_moments_remember(rows, steps):
    """Just after the visit of the chart's row, the third in the order, before w moves."""
    batches = ((0,), (2,), (1,), (3,))
    run = made(RowRun, rows, batches)
    X, w, _, _, s, q = followed(run, rows, batches, steps)
    run.visit()
    c = np.exp(-X @ w)
    s, q = 0.9 * s, 0.95 * q
    s[1], q[1] = s[1] + c[1], q[1] + c[1] ** 2
    found_s, found_q = run.parts()
    close(found_s, s / c[1], run)
    close(found_q, q / c[1] ** 2, run)


def test_a_weight_that_underflows_is_enclosed_from_zero():
    run = made(inc_adam_runs.Run)
    low, high = run.falling(-(10**6) * run.grid.unit, -5000 * run.grid.unit)
    assert low == 0 < high <= 2


def test_a_wrong_change_of_unit_is_noticed(monkeypatch):
    """The fault that a change of the unit invites: the factor's inverse."""
    real = inc_adam_runs.Run.multiply

    def wrong(self, factor):
        real(self, self.grid.ratio((self.grid.unit, self.grid.unit), factor))

    monkeypatch.setattr(inc_adam_runs.Run, "multiply", wrong)
    with pytest.raises(AssertionError):
        test_a_run_holds_w_ratios_and_moments(SCALED_UP, ((0,), (2,), (1,), (3,)), 202)
