"""What an epoch adds to w where a run stands: the quantity that settles at a constant step (L9).

w/‖w‖ trails behind by O(1/t); the increment of an epoch tends to its limit geometrically.  It is summed from the
steps' own directions, so that no digit is lost however large w is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from marginproof.properties.simulation.records import Run
from marginproof.properties.simulation.simulation import Simulation, copy_of, rows_of
from marginproof.theory.batching import Batching
from marginproof.theory.errors import MarginproofError
from marginproof.theory.losses import Loss
from marginproof.theory.optimizers import Optimizer
from marginproof.theory.schedules import Schedule, schedule_of


@dataclass(frozen=True, eq=False)
class Increments:
    """An epoch's increment against a predicted one.

    Attributes:
      increment: w_{T+K} - w_T, shape (d,).
      growth: the least growth of a margin over the epoch.
      distance: ‖v/‖v‖₂ - u‖₂ of the increment v and the predicted unit direction u.
    """

    increment: np.ndarray
    growth: float
    distance: float


def next_epoch(
    data: Any,
    optimizer: Optimizer,
    run: Run,
    *,
    batching: Batching | None = None,
    schedule: Schedule | float,
    loss: str = "exponential",
    seed: int = 0,
) -> np.ndarray:
    """w_{T+K} - w_T of the epoch that would follow a run's end, shape (d,); the run is not touched.

    Arguments:
      data, optimizer, batching, schedule, loss, seed: those that the run was made with.
      run: of :func:`~marginproof.properties.simulation.trajectories.simulate`.
    """
    if run.state is None:
        raise MarginproofError(
            f"settings={run.settings}: increments are read from the built-in engine's runs; use one"
        )
    X = rows_of(data)
    chosen = batching or optimizer.batching(len(X))
    simulation = Simulation(X, optimizer, chosen, schedule_of(schedule), Loss(loss), seed)
    state, K = copy_of(run.state), len(X) // chosen.size(len(X))
    begin = int(state.step[0])
    path, directions = np.empty((K, X.shape[1])), np.empty((K, X.shape[1]))
    simulation.kernel(simulation.problem, simulation.plan, state, begin + K, path, directions)
    etas = np.array([simulation.schedule.at(t) for t in range(begin, begin + K)])
    moved = np.empty(X.shape[1])
    moved[simulation.columns[0]] = -(etas[:, None] * directions).sum(axis=0)
    return moved


def against(X: np.ndarray, increment: np.ndarray, direction: np.ndarray) -> Increments:
    """An increment, shape (d,), against a predicted direction."""
    unit = increment / np.linalg.norm(increment)
    return Increments(increment, float((X @ increment).min()), float(np.linalg.norm(unit - direction)))
