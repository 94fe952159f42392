"""Drive somebody else's optimizer (:mod:`marginproof.properties.simulation.adapters`) on the same problem and get the same record.

The optimizer gets true gradients in its own precision, so its arithmetic is its own: where
gradients or second moments underflow, the run stops meaning anything, and the record says at which
step and margin (:class:`~marginproof.properties.simulation.records.Breakdown`) instead of returning a wrong direction.

Example:
  >>> from marginproof.properties.simulation.adapters import from_callable
  >>> def descent(state, gradient):
  ...     return state, -0.1 * gradient
  >>> run = drive(np.array([[2.0, 1.0], [1.0, 2.0]]), from_callable(descent, None), steps=100)
  >>> run.direction.round(3)
  array([0.718, 0.696])
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from marginproof.properties.simulation.adapters import External
from marginproof.properties.simulation.compensated import accurate_margins
from marginproof.properties.simulation.records import Breakdown, Checkpoint, Ending, Run
from marginproof.properties.simulation.sampling import batches
from marginproof.properties.simulation.simulation import Simulation, checkpoint_of, rows_of
from marginproof.properties.simulation.trajectories import checkpoint_steps
from marginproof.theory.arguments import start_of
from marginproof.theory.batching import Batching, Cyclic
from marginproof.theory.fields import Field
from marginproof.theory.losses import Loss
from marginproof.theory.optimizers import GD
from marginproof.theory.schedules import Power


def drive(
    data: Any,
    external: External,
    *,
    batching: Batching | None = None,
    steps: int = 1000,
    start: np.ndarray | None = None,
    loss: str = "exponential",
    seed: int = 0,
    checkpoints: int | Sequence[int] = 20,
    field: Field | None = None,
    lr: float = float("nan"),
    stop_at_breakdown: bool = True,
) -> Run:
    """Run an external optimizer; arguments and record as :func:`marginproof.properties.simulation.trajectories.simulate`.

    Arguments:
      external: from :mod:`marginproof.properties.simulation.adapters`.
      lr: its step size, where constant, so that the record can say Σ η (nan otherwise).
      stop_at_breakdown: end the run where underflow makes it meaningless.

    Returns:
      A run whose ``breakdown`` says whether, where and why it stopped meaning anything.
    """
    X = rows_of(data)
    simulation = Simulation(X, GD(), batching or Cyclic(1), Power(), Loss(loss), seed, field)
    given = start_of(start, X.shape[1])
    w = start_w = np.zeros(X.shape[1]) if given is None else given
    began, points, ending = time.perf_counter(), [], Ending.COMPLETED
    wanted, breakdown, done = set(checkpoint_steps(checkpoints, steps)), None, 0
    try:
        for done, w, what in _steps(simulation, external, start_w, steps):
            if what and breakdown is None:
                breakdown = Breakdown(done, float((X @ w.astype(np.float64)).min()), what)
                ending = Ending.UNDERFLOW
                if stop_at_breakdown:
                    break
            if not np.isfinite(w).all():
                ending = Ending.DIVERGED if breakdown is None else ending
                break
            if done in wanted:
                points.append(_point(simulation, done, w, lr))
    except KeyboardInterrupt:
        ending = Ending.INTERRUPTED
    if not points or points[-1].step != done:
        points.append(_point(simulation, done, w, lr))
    settings = f"{external.name} {np.dtype(external.dtype).name} {simulation.settings.split(' ', 1)[1]}"
    return Run(tuple(points), ending, done, settings, time.perf_counter() - began, breakdown=breakdown)


def _steps(
    simulation: Simulation, external: External, w: np.ndarray, steps: int
) -> Iterator[tuple[int, np.ndarray, str]]:
    """(t, w_t, what underflowed or "") for t = 1, 2, …

    w_t is the iterate before the step whose gradient underflowed, so that it is still meaningful.
    """
    X, dtype = simulation.X, external.dtype
    step = external.begin(w)
    rows: np.ndarray = X.astype(dtype)
    w = w.astype(dtype)
    drawn = batches(simulation.batching, X.shape[0], steps, simulation.seed)
    for t, chosen in enumerate(drawn, start=1):
        gradient = _gradient(rows[chosen], w, simulation.loss)
        what = _underflow(gradient, (X[chosen] != 0).any(axis=0), "the gradient")
        if what:
            yield t, w, what
        w, moments = step(gradient)
        w = np.array(w)
        for moment in moments:
            what = what or _underflow(np.asarray(moment), gradient != 0, "the second moment")
        yield t, w, what


def _gradient(rows: np.ndarray, w: np.ndarray, loss: Loss) -> np.ndarray:
    """The batch's loss gradient -(1/b) Σ_i s_i x_i, s_i = -ℓ'(z_i), in the rows' precision."""
    z = rows @ w
    with np.errstate(over="ignore", under="ignore"):
        c = loss.slope(z, np.exp)
        return np.asarray(-(c @ rows) / len(rows), dtype=rows.dtype)


def _underflow(values: np.ndarray, relevant: np.ndarray, what: str) -> str:
    """Words for an entry below the smallest normal number where there should be one."""
    size = np.abs(values[relevant])
    if not size.size or size.max() >= np.finfo(values.dtype).tiny:
        return ""
    return f"{what} is {'zero' if size.max() == 0 else 'denormal'} in {values.dtype}"


def _point(simulation: Simulation, step: int, w: np.ndarray, lr: float) -> Checkpoint:
    w = w.astype(np.float64)
    high, low = accurate_margins(simulation.problem.XT, w, np.zeros_like(w))
    reference = float(high.min())
    return checkpoint_of(simulation, step, step * lr, w, (high - reference) + low, reference)
