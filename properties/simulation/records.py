"""What a run leaves behind: frozen records, and a file that continues bit for bit."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

from marginproof.properties.simulation.state import State
from marginproof.theory.errors import MarginproofError
from marginproof.theory.losses import Loss


class Ending(Enum):
    """How a run ended.  ``advice`` says what to make of it."""

    COMPLETED = "completed"
    INTERRUPTED = "interrupted"
    DIVERGED = "diverged"
    UNDERFLOW = "underflow"

    @property
    def advice(self) -> str:
        """One sentence for the user."""
        return {
            Ending.COMPLETED: "All steps were done.",
            Ending.INTERRUPTED: "Stopped early; the record holds what was done, and can be resumed bit for bit.",
            Ending.DIVERGED: (
                "w stopped being finite; lower the step size, and keep β1² < β2 for Adam, "
                "whose steps are unbounded otherwise."
            ),
            Ending.UNDERFLOW: (
                "Gradients or second moments underflowed; what came after says nothing about the limit. "
                "Use the built-in optimizer, whose log-scale does not underflow, or stop before."
            ),
        }[self]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A run after ``step`` steps.

    Attributes:
      step: t.
      sum_lr: Σ η over the first t steps, the time that matters.
      w: shape (d,).
      weights: loss weights c_i ∝ -ℓ'(x_i·w), on the simplex, shape (N,).
      margin: min_i x_i·w.
      margin_l2, margin_linf: margin / ‖w‖ (nan at w = 0).
      log_loss: log of the mean loss.
      direction: w/‖w‖₂, shape (d,) (zeros at w = 0).
      residual: complementarity residual of c for the run's field (nan without a field).
    """

    step: int
    sum_lr: float
    w: np.ndarray
    weights: np.ndarray
    margin: float
    margin_l2: float
    margin_linf: float
    log_loss: float
    direction: np.ndarray
    residual: float

    def cosine(self, direction: np.ndarray) -> float:
        """Cosine between w and a direction, shape (d,)."""
        return float(self.direction @ direction / np.linalg.norm(direction))

    def gap(self, direction: np.ndarray) -> float:
        """One minus the cosine to a direction u, without cancellation: ½ ‖w/‖w‖ - u/‖u‖‖²."""
        return float(0.5 * ((self.direction - direction / np.linalg.norm(direction)) ** 2).sum())


@dataclass(frozen=True)
class Breakdown:
    """Where floating point made a run meaningless.

    Attributes:
      step: the first step (counted from 1) of which this is true.
      margin: min_i x_i·w there.
      what: which quantity underflowed, in words.
    """

    step: int
    margin: float
    what: str


@dataclass(frozen=True, eq=False)
class Run:
    """The record of a run.

    Attributes:
      checkpoints: in order of steps; the last is where the run ended.
      ending: how it ended.
      steps: steps done.
      settings: what was run, as text (optimizer, batching, schedule, loss, seed).
      seconds: time in the loop.
      state: the engine's state, or ``None`` for an external optimizer.
      breakdown: for an external optimizer, where it stopped meaning anything.
    """

    checkpoints: tuple[Checkpoint, ...]
    ending: Ending
    steps: int
    settings: str
    seconds: float
    state: State | None = None
    breakdown: Breakdown | None = None

    @property
    def final(self) -> Checkpoint:
        """The last checkpoint."""
        return self.checkpoints[-1]

    @property
    def w(self) -> np.ndarray:
        """The last w, shape (d,)."""
        return self.final.w

    @property
    def direction(self) -> np.ndarray:
        """The last w/‖w‖₂, shape (d,)."""
        return self.final.direction

    def gaps(self, direction: np.ndarray) -> np.ndarray:
        """One minus the cosine to a direction at every checkpoint, shape (K,)."""
        return np.array([point.gap(direction) for point in self.checkpoints])

    def save(self, path: str | Path) -> None:
        """Write an ``.npz`` file from which :func:`load` returns the same run."""
        if self.state is None:
            raise MarginproofError(
                f"settings={self.settings}: a run of an external optimizer cannot be resumed"
            )
        arrays: dict[str, Any] = {f"state_{k}": a for k, a in self.state._asdict().items()}
        for entry in fields(Checkpoint):
            arrays[f"point_{entry.name}"] = np.array([getattr(p, entry.name) for p in self.checkpoints])
        about = {"ending": self.ending.value, "settings": self.settings, "seconds": self.seconds}
        with Path(path).open("wb") as file:
            np.savez(file, about=np.array(json.dumps(about)), **arrays)


@dataclass(frozen=True, eq=False)
class Trace:
    """A short run, step by step.

    Attributes:
      X: rows, shape (N, d).
      W: w_0 … w_T, shape (T+1, d).
      U: the directions, w_{t+1} = w_t - η_t U_t, shape (T, d).
      etas: shape (T,).
      batches: the samples of each step, shape (T, b).
      loss: what was minimised.
    """

    X: np.ndarray
    W: np.ndarray
    U: np.ndarray
    etas: np.ndarray
    batches: np.ndarray
    loss: Loss

    @property
    def visits(self) -> np.ndarray:
        """How often sample n was in the batch of step t, shape (T, N)."""
        counts = np.zeros((len(self.etas), self.X.shape[0]), dtype=np.int64)
        np.add.at(counts, (np.arange(len(self.etas))[:, None], self.batches), 1)
        return counts


def load(path: str | Path) -> Run:
    """The run that :meth:`Run.save` wrote.

    Raises:
      MarginproofError: the file is not one of those.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            state = State(*(file[f"state_{name}"] for name in State._fields))
            columns = {entry.name: file[f"point_{entry.name}"] for entry in fields(Checkpoint)}
    except (OSError, KeyError, ValueError) as cause:
        raise MarginproofError(f"resume={path} is not a saved run; give a file that --save wrote") from cause
    points = tuple(
        Checkpoint(**{name: _plain(column[i]) for name, column in columns.items()})
        for i in range(len(columns["step"]))
    )
    ending = Ending(about["ending"])
    return Run(points, ending, int(state.step[0]), about["settings"], about["seconds"], state)


def _plain(value: Any) -> Any:
    return value if isinstance(value, np.ndarray) else value.item()
