"""Run an optimizer on a data set: rule × batching × schedule → record.

Example:
  >>> from marginproof.theory.batching import Cyclic
  >>> from marginproof.theory.optimizers import Adam
  >>> run = simulate(np.array([[5.0, 1.0], [1.0, 4.0]]), Adam(0.9, 0.95), batching=Cyclic(1),
  ...                schedule=Power(0.1, 0.5), steps=100_000)
  >>> run.final.margin_linf > 4.9
  True
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from marginproof.properties.simulation.records import Checkpoint, Ending, Run, Trace
from marginproof.properties.simulation.sampling import batches
from marginproof.properties.simulation.simulation import Simulation, copy_of, rows_of
from marginproof.properties.simulation.state import State
from marginproof.theory.batching import Batching
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import Field
from marginproof.theory.losses import Loss
from marginproof.theory.optimizers import Optimizer
from marginproof.theory.schedules import Power, Schedule, StepTable, schedule_of

CHUNK_SECONDS = 0.1
"""The compiled loop returns to Python this often, for Ctrl-C and the progress bar; results do not depend on it."""
Progress = Callable[[int], None]


def simulate(
    data: Any,
    optimizer: Optimizer,
    *,
    batching: Batching | None = None,
    schedule: Schedule | float | np.ndarray = Power(0.1, 0.0),  # noqa: B008 (frozen)
    steps: int = 10_000,
    start: np.ndarray | None = None,
    loss: str = "exponential",
    seed: int = 0,
    checkpoints: int | Sequence[int] = 20,
    field: Field | None = None,
    resume: Run | None = None,
    progress: Progress | None = None,
) -> Run:
    """Run an optimizer for ``steps`` steps.

    Arguments:
      data: rows with labels folded in, shape (N, d), or a :class:`~marginproof.constructions.dataset.Dataset`.
      optimizer: one of :mod:`marginproof.theory.optimizers`.
      batching: default as :meth:`~marginproof.theory.optimizers.Optimizer.batching` says: one sample a step in cyclic
        order for Adam and RMSProp, the full batch for the others.
      schedule: step sizes; a number is a constant, an array is taken one by one.
      steps: T, the total, up to 2^63; a resumed run continues to T.
      start: w_0, shape (d,); zero by default.
      loss: ``exponential`` or ``logistic``.
      seed: of the batches.
      checkpoints: how many, spaced evenly in log t, or at which steps.
      field: for the checkpoints' complementarity residual.
      resume: a run with the same settings, to be continued.
      progress: called with the number of steps done.

    Returns:
      A :class:`~marginproof.properties.simulation.records.Run`; Ctrl-C ends it early with what was done.
    """
    X = rows_of(data)
    batching = batching or optimizer.batching(len(X))
    simulation = Simulation(X, optimizer, batching, schedule_of(schedule), Loss(loss), seed, field)
    _check_steps(simulation, steps)
    return _run(simulation, steps, checkpoint_steps(checkpoints, steps), start, resume, progress)


def trace(
    data: Any,
    optimizer: Optimizer,
    *,
    batching: Batching | None = None,
    schedule: Schedule | float | np.ndarray = Power(0.1, 0.0),  # noqa: B008 (frozen)
    steps: int = 1000,
    start: np.ndarray | None = None,
    loss: str = "exponential",
    seed: int = 0,
) -> Trace:
    """A short run with every w and u kept (memory grows with steps); arguments as :func:`simulate`."""
    X = rows_of(data)
    batching = batching or optimizer.batching(len(X))
    simulation = Simulation(X, optimizer, batching, schedule_of(schedule), Loss(loss), seed)
    _check_steps(simulation, steps)
    state = simulation.initial(start)
    order = simulation.columns[0]
    W, U = np.empty((steps + 1, X.shape[1])), np.empty((steps, X.shape[1]))
    W[0, order] = state.base
    path, directions = np.empty_like(U), np.empty_like(U)
    simulation.kernel(simulation.problem, simulation.plan, state, steps, path, directions)
    W[1:, order], U[:, order] = path, directions
    etas = np.array([simulation.schedule.at(t) for t in range(steps)])
    drawn = np.array(list(batches(batching, X.shape[0], steps, seed)))
    return Trace(X, W, U, etas, drawn, simulation.loss)


def checkpoint_steps(checkpoints: int | Sequence[int], steps: int) -> list[int]:
    """The steps to record: given ones up to T and T itself, or K spaced evenly in log t."""
    if isinstance(checkpoints, (int, np.integer)):
        if checkpoints < 1:
            raise MarginproofError(f"checkpoints={checkpoints}: at least one is needed, the end")
        wanted = np.unique(
            np.rint(np.geomspace(1, max(steps, 1), int(checkpoints))).astype(np.int64)
        ).tolist()
    else:
        wanted = [int(t) for t in checkpoints]
    return sorted({t for t in wanted if 0 <= t <= steps} | {steps})


def _check_steps(simulation: Simulation, steps: int) -> None:
    if not 0 <= steps < 2**62:
        raise MarginproofError(f"steps={steps} is outside 0..2**62; choose a number in between")
    if isinstance(simulation.schedule, StepTable) and len(simulation.schedule.values) < steps:
        raise MarginproofError(
            f"steps={steps} exceeds the schedule's {len(simulation.schedule.values)} entries; "
            "give more or run fewer"
        )


def _run(
    simulation: Simulation,
    steps: int,
    wanted: list[int],
    start: np.ndarray | None,
    resume: Run | None,
    progress: Progress | None,
) -> Run:
    state, points, before = _begin(simulation, start, resume, wanted)
    ending = Ending.COMPLETED
    clock = _Chunks(simulation, state, progress)
    try:
        for target in (t for t in wanted if t > state.step[0]):
            clock.advance(target)
            points.append(simulation.inspect(state))
            if not np.isfinite(points[-1].w).all():
                ending = Ending.DIVERGED
                break
    except KeyboardInterrupt:
        ending = Ending.INTERRUPTED
    done = int(state.step[0])
    if not points or points[-1].step != done:
        points.append(simulation.inspect(state))
    return Run(tuple(points), ending, done, simulation.settings, before + clock.seconds, state)


class _Chunks:
    """Advances in chunks of about :data:`CHUNK_SECONDS`."""

    def __init__(self, simulation: Simulation, state: State, progress: Progress | None) -> None:
        self.simulation, self.state, self.progress = simulation, state, progress
        # some milliseconds at first: a call of the loop costs as much as hundreds of short steps
        self.length = max(256, 2**21 // (simulation.plan.batch_size * simulation.X.shape[1]))
        self.nothing = np.empty((0, 0))
        self.seconds = 0.0

    def advance(self, target: int) -> None:
        simulation, state = self.simulation, self.state
        while state.step[0] < target:
            stop = min(int(state.step[0]) + self.length, target)
            began = time.perf_counter()
            simulation.kernel(simulation.problem, simulation.plan, state, stop, self.nothing, self.nothing)
            took = time.perf_counter() - began
            self.seconds += took
            if took < CHUNK_SECONDS / 2 and stop < target:
                self.length *= 2
            if self.progress is not None:
                self.progress(int(state.step[0]))


def _begin(
    simulation: Simulation, start: np.ndarray | None, resume: Run | None, wanted: list[int]
) -> tuple[State, list[Checkpoint], float]:
    if resume is None:
        state = simulation.initial(start)
        return state, [simulation.inspect(state)] if 0 in wanted else [], 0.0
    if resume.state is None or resume.settings != simulation.settings:
        raise MarginproofError(
            f"resume: the saved run was made with {resume.settings}, "
            f"this one asks for {simulation.settings}; "
            "use the same data and settings"
        )
    if resume.steps > wanted[-1]:
        raise MarginproofError(
            f"steps={wanted[-1]} is fewer than the saved run's {resume.steps}; ask for more"
        )
    kept = [replace(p) for p in resume.checkpoints if p.step in set(wanted) or p.step < resume.steps]
    return copy_of(resume.state), kept, resume.seconds
