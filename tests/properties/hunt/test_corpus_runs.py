"""Discrete runs against the corpus: evidence beside the certificates (OBSERVED, never proof)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from constructions.corpus import corpus
from properties.simulation.batching import Cyclic, Full
from properties.simulation.optimizers import Adam, AdamProxy
from properties.simulation.schedules import Power
from properties.simulation.trajectories import simulate

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


@pytest.mark.parametrize(
    ("name", "optimizer", "batching"),
    [
        ("R3-cycle-proxy", AdamProxy(), Full()),
        ("R3-cycle-inc-adam-19-20", Adam(0.9, 0.95), Cyclic(1)),
    ],
)
def test_discrete_runs_follow_the_cycle(name, optimizer, batching):
    """From w = 0 the weights keep swinging by about 0.79 through the last half of the run, inside the annulus."""
    import json

    from matplotlib.path import Path

    run = simulate(
        floats(name), optimizer, batching=batching, schedule=Power(0.02, 0.3), steps=400_000, checkpoints=np.arange(
            200_000, 400_000, 100),
    )  # fmt: skip
    c = np.array([point.weights for point in run.checkpoints])
    assert len(c) > 1000
    assert np.ptp(c, axis=0).max() > 0.7
    body = json.loads(ENTRIES[name].path.read_text())
    p = body["witness"]["points"][0]["support"][0]
    rest = [i for i in range(3) if i != p]
    r = c[:, rest] / c[:, [p]]
    outer, inner = (
        Path([[float(Fraction(v)) for v in vertex] for vertex in body["witness"][key]])
        for key in ("outer", "inner")
    )
    assert outer.contains_points(r).all()
    assert not inner.contains_points(r).any()
