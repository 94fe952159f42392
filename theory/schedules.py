"""Step sizes: η_t = η_0 (t + t_0)^{-a} (a = 0: constant), or an array."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marginproof.theory.errors import MarginproofError

NO_TABLE = np.empty(0)


@dataclass(frozen=True)
class Power:
    """η_t = η_0 (t + t_0)^{-a}, t = 0, 1, …

    Arguments:
      lr: η_0 > 0.
      decay: a >= 0; 0 is a constant step size.  Σ η_t diverges for a <= 1.
      offset: t_0 > 0; the paper's schedules start at 2.

    Example:
      >>> Power(0.1, 0.5).at(2), Power(0.1).label
      (0.05, 'η = 0.1')
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
        return float(step_size(step, *self.coefficients))

    @property
    def vanishing(self) -> bool:
        """Whether η_t → 0 while Σ η_t = ∞."""
        return 0 < self.decay <= 1

    @property
    def coefficients(self) -> tuple[float, float, float, np.ndarray]:
        """(η_0, t_0, a, no table), as :func:`step_size` takes them."""
        return self.lr, self.offset, self.decay, NO_TABLE

    @property
    def largest(self) -> float:
        """max η_t."""
        return float(self.lr * self.offset**-self.decay)

    @property
    def label(self) -> str:
        """In symbols."""
        if self.decay == 0:
            return f"η = {self.lr:g}"
        return f"η_t = {self.lr:g} (t + {self.offset:g})^-{self.decay:g}"


@dataclass(frozen=True, eq=False)
class StepTable:
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

    @property
    def vanishing(self) -> bool:
        """False: a finite table has no limit."""
        return False

    @property
    def coefficients(self) -> tuple[float, float, float, np.ndarray]:
        """(0, 1, 0, table), as :func:`step_size` takes them."""
        return 0.0, 1.0, 0.0, np.ascontiguousarray(self.values)

    @property
    def largest(self) -> float:
        """max η_t."""
        return float(self.values.max())

    @property
    def label(self) -> str:
        """In words."""
        return f"{len(self.values)} given step sizes"


Schedule = Power | StepTable


def step_size(step: int, lr: float, offset: float, decay: float, table: np.ndarray) -> float:
    """η_t; the table decides where there is one.  The engine compiles this."""
    if table.shape[0] > 0:
        return float(table[step])
    if decay == 0.0:
        return lr
    return float(lr * (step + offset) ** (-decay))


def schedule_of(schedule: Schedule | float | np.ndarray) -> Schedule:
    """A schedule from a number (constant), an array, or itself."""
    if isinstance(schedule, Power | StepTable):
        return schedule
    return Power(float(schedule)) if np.ndim(schedule) == 0 else StepTable(np.asarray(schedule))
