"""Discrete runs against the corpus: evidence beside the certificates (OBSERVED, never proof)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from marginproof.constructions.corpus import corpus
from marginproof.properties.simulation.trajectories import simulate
from marginproof.theory.batching import Cyclic
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import ThetaField
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.optimizers import Adam, AdamProxy
from marginproof.theory.schedules import Power
from research.cycle_runs import follow, read_cycle, run_along

ENTRIES = {entry.name: entry for entry in corpus()}


def floats(name):
    return np.array([[float(v) for v in row] for row in ENTRIES[name].rows])


@pytest.mark.parametrize(("start", "trap"), [((0.0, 0.0), (0.0, 3.0)), ((0.0, 0.733), (4.0, 100.0))])
def test_inc_adam_from_each_start_stays_in_its_trap(start, trap):
    """R2: the traps are r = c_1/c_2 in (0, 3) and (4, 100); a drawn start must stay in its own."""
    run = simulate(
        floats("R2-two-basins"), Adam(0.9, 0.95), batching=Cyclic(1), schedule=Power(0.002, 0.5), steps=60_000,
        start=np.array(start), checkpoints=60,
    )  # fmt: skip
    assert len(run.checkpoints) > 40
    for point in run.checkpoints:
        assert trap[0] < point.weights[0] / point.weights[1] < trap[1]


VANISHING, SLOWER = Power(0.02, 0.3), Power(0.002, 0.3)


@pytest.mark.parametrize(
    ("name", "optimizer", "schedule", "steps", "loss", "turns"),
    [
        ("R3-cycle-proxy", AdamProxy(), VANISHING, 400_000, "exponential", 15),
        ("R3-cycle-inc-adam-19-20", Adam(0.9, 0.95), VANISHING, 400_000, "logistic", 9),
        ("R3-cycle-inc-adam-999-1000", Adam(0.9, 0.999), SLOWER, 5_000_000, "logistic", 3),
        ("R3-wide-cycle-proxy", AdamProxy(), Power(0.05, 0.3), 1_000_000, "exponential", 15),
        ("R3-wide-cycle-proxy", AdamProxy(), Power(0.01, 0.0), 100_000, "logistic", 15),
        ("R3-wide-cycle-inc-adam-19-20", Adam(0.9, 0.95), VANISHING, 2_000_000, "logistic", 5),
        ("R3-wide-cycle-inc-adam-19-20", Adam(0.9, 0.95), Power(0.001, 0.0), 1_000_000, "exponential", 7),
        ("R3-wide-cycle-inc-adam-999-1000", Adam(0.9, 0.999), SLOWER, 25_000_000, "exponential", 3),
    ],
)
def test_discrete_runs_follow_the_cycle(name, optimizer, schedule, steps, loss, turns):
    """R3 from w = 0: once between the certificate's polygons a run stays there and turns round the solution.

    At least so many turns; what was measured, and how small steps must be, stands in docs/certificates.md.
    """
    went = run_along(read_cycle(name), optimizer, schedule, steps, loss, samples=1500)
    assert went.follows(turns)
    assert went.samples > 1400


def euler(cycle, field, eta=0.04, steps=10_000):
    """Another field's flow in steps of η on the same data, in the logarithms of the weights."""
    problem, a, path = LimitProblem(cycle.X, field), np.zeros(3), []
    for _ in range(steps):
        path.append(np.exp(a - a.max()) / np.exp(a - a.max()).sum())
        a = a - eta * problem.F(path[-1])
    return follow(cycle, np.array(path)[::5], eta * np.arange(0, steps, 5))


def test_another_field_leaves_the_annulus():
    """θ = 1/20 circles the 3 x 5 data too, but on another cycle; on the 3 x 3 data it stays in the annulus and settles."""
    wide, small = read_cycle("R3-wide-cycle-proxy"), read_cycle("R3-cycle-proxy")
    own = euler(wide, ThetaField(Fraction(0)))
    assert own.follows(6)
    other = euler(wide, ThetaField(Fraction(1, 20)))
    assert other.off > 100
    assert other.turns > own.turns
    assert not other.follows(1)
    settled = euler(small, ThetaField(Fraction(1, 20)))
    assert settled.off == 0
    assert not settled.follows(1)


def test_other_data_leave_the_annulus():
    """One entry larger by 2 % is enough on the 3 x 5 data (1 % in another entry is not)."""
    cycle = read_cycle("R3-wide-cycle-proxy")
    X = cycle.X.copy()
    X[1, 1] *= 1.02
    went = run_along(replace(cycle, X=X), AdamProxy(), Power(0.05, 0.3), 300_000, samples=2000)
    assert went.turns > 3
    assert went.off > 100
    assert not went.follows(1)


@pytest.mark.parametrize("name", ["R3-cycle-inc-adam-999-1000", "R3-wide-cycle-inc-adam-999-1000"])
def test_steps_as_long_as_the_memory_do_not_follow(name):
    """η = 1e-3 at β2 = 0.999 moves the weights by much within 1/(1-β2) steps: no turn, or off the annulus."""
    went = run_along(read_cycle(name), Adam(0.9, 0.999), Power(0.001, 0.0), 500_000)
    assert went.turns < 1
    assert not went.follows(1)


def test_the_lag_grows_with_the_step_over_the_memory():
    """In proportion to η/(1-β2): a tenfold step gives about a tenfold lag.  Another whole power would give 1 or 100.

    AdamProxy has no memory: under the exponential loss a step is the flow's direction up to rounding.  A motion is a
    difference of logarithms below 20, so with an error of 20 units in the last place of 1, over η times the flow's speed.
    """
    cycle = read_cycle("R3-wide-cycle-inc-adam-19-20")
    long, short = (
        run_along(cycle, Adam(0.9, 0.95), Power(eta, 0.0), round(300 / eta), samples=1000).lag
        for eta in (1e-3, 1e-4)
    )
    assert 10**0.5 < long / short < 10**1.5
    cycle = read_cycle("R3-wide-cycle-proxy")
    proxy = run_along(cycle, AdamProxy(), Power(0.001, 0.0), 300_000, samples=1000)
    path = cycle.flow.cycle(cycle.focus, cycle.focus + np.array([0.05, 0.0]), 0.0)
    slowest = min(np.linalg.norm(cycle.flow.velocity(b)) for b in path)
    assert 0 <= proxy.lag < 20 * 2 * 2**-52 / (0.001 * slowest)


def test_a_crossing_angle_is_seen():
    """The flow crosses the certificate's polygons; a square round the focus is crossed both ways somewhere."""
    cycle = read_cycle("R3-cycle-proxy")
    assert cycle.crossing(cycle.outer) > 0.05
    assert cycle.crossing(cycle.inner) > 0.05
    square = np.exp(cycle.focus) * np.array([[3.0, 3.0], [1 / 3, 3.0], [1 / 3, 1 / 3], [3.0, 1 / 3]])
    assert cycle.crossing(square) < 0.05


def test_a_path_that_never_enters_follows_nothing():
    went = follow(read_cycle("R3-cycle-proxy"), np.array([[1.0, 0.0, 0.0]] * 5), np.arange(5.0))
    assert np.isnan(went.entry)
    assert not went.follows(0)


def test_an_unknown_cycle_is_refused():
    with pytest.raises(
        MarginproofError, match="name=R6-segment is no certified cycle; choose one of R3-cycle"
    ):
        read_cycle("R6-segment")
