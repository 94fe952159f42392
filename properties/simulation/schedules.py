"""Step sizes: η_t = η_0 (t + t_0)^{-a} (a = 0: constant), or an array."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from marginproof.theory.errors import MarginproofError


@dataclass(frozen=True)
class Power:
    """η_t = η_0 (t + t_0)^{-a}, t = 0, 1, …

    Arguments:
      lr: η_0 > 0.
      decay: a >= 0; 0 is a constant step size.  Σ η_t diverges for a <= 1.
      offset: t_0 > 0; the paper's schedules start at 2.
    """

    lr: float = 0.1
    decay: float = 0.0
    offset: float = 2.0

    def __post_init__(self) -> None:
        if not 0 < self.lr < np.inf:
            raise MarginproofError(f"lr={self.lr} is not a positive number; choose one such as 0.1")
        if not 0 <= self.decay < np.inf:
            raise MarginproofError(f"lr_decay={self.decay} is negative or infinite; choose one in [0, 1]")
        if not 0 < self.offset < np.inf:
            raise MarginproofError(f"lr_offset={self.offset} is not a positive number; choose one such as 2")

    def at(self, step: int) -> float:
        """η_t."""
        return float(step_size(step, self.lr, self.offset, self.decay, _NO_TABLE))


@dataclass(frozen=True, eq=False)
class Table:
    """Step sizes given one by one; a run may have at most as many steps.

    Arguments:
      values: η_0, η_1, …, non-negative.
    """

    values: np.ndarray

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64).ravel()
        if not len(values) or not (np.isfinite(values) & (values >= 0)).all():
            raise MarginproofError("schedule has an entry that is negative or not finite; give numbers >= 0")
        values.setflags(write=False)
        object.__setattr__(self, "values", values)

    def at(self, step: int) -> float:
        """η_t."""
        return float(self.values[step])


Schedule = Power | Table
_NO_TABLE = np.empty(0)


@njit(cache=True)
def step_size(step: int, lr: float, offset: float, decay: float, table: np.ndarray) -> float:
    """η_t; the table decides where there is one."""
    if table.shape[0] > 0:
        return float(table[step])
    if decay == 0.0:
        return lr
    return float(lr * (step + offset) ** (-decay))


def schedule_of(schedule: Schedule | float | np.ndarray) -> Schedule:
    """A schedule from a number (constant), an array, or itself."""
    if isinstance(schedule, Power | Table):
        return schedule
    return Power(float(schedule)) if np.ndim(schedule) == 0 else Table(np.asarray(schedule))


def coefficients(schedule: Schedule) -> tuple[float, float, float, np.ndarray]:
    """(η_0, t_0, a, table), as :func:`step_size` takes them."""
    if isinstance(schedule, Table):
        return 0.0, 1.0, 0.0, schedule.values
    return schedule.lr, schedule.offset, schedule.decay, _NO_TABLE
