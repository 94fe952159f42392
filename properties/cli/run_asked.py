"""A run as it was asked for on the command line: what it is of, and what is found out about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from marginproof.constructions.dataset import Dataset
from marginproof.properties.cli.output import notices
from marginproof.properties.presentation.names import plural
from marginproof.theory.errors import MarginproofError, NotSeparableError

if TYPE_CHECKING:
    from marginproof.properties.simulation.increments import Increments
    from marginproof.properties.simulation.records import Run
    from marginproof.theory.batching import Batching
    from marginproof.theory.fields import Field
    from marginproof.theory.limit.problem import Limit
    from marginproof.theory.limit.steps.outcome import ConstantStep
    from marginproof.theory.optimizers import Optimizer
    from marginproof.theory.schedules import Power


@dataclass(frozen=True)
class AskedRun:
    """Data, optimizer, batches, w_0, shape (d,), steps, loss and the batches' seed."""

    dataset: Dataset
    optimizer: Optimizer
    batching: Batching
    start: np.ndarray
    schedule: Power
    loss: str = "exponential"
    seed: int = 0

    @property
    def label(self) -> str:
        """All but the data, in words."""
        from marginproof.properties.simulation.labels import label_of

        return label_of(self.optimizer, self.batching, self.schedule, loss=self.loss, seed=self.seed)

    def field(self, needed: bool) -> Field | None:
        """The direction field; ``None`` where none is known and none is needed."""
        try:
            return self.optimizer.field(self.dataset.n_samples, self.batching)
        except MarginproofError:
            if needed:
                raise
            return None

    def largest_margins(self, needed: bool) -> tuple[float, float] | None:
        """γ_2 and γ_∞; ``None``, with a notice, for quasi-complete separation, whose margins are 0, where they are not needed.

        Raises:
          NotSeparableError: the classes overlap, or the separation is quasi-complete and the margins are needed.
        """
        from marginproof.theory.margins.max_margin import l2_margin, linf_margin
        from marginproof.theory.margins.separation import Status, separation

        try:
            return l2_margin(self.dataset.entries).value, linf_margin(self.dataset.entries).value
        except NotSeparableError:
            if needed or (found := separation(self.dataset.entries)).status is not Status.QUASI_COMPLETE:
                raise
        rows = f"{len(found.boundary)} of {plural(self.dataset.n_samples, 'row')}"
        told = f"quasi-complete separation: every separating direction has margin 0 on {rows}, so no margin is compared"
        notices((f"{told}; the run shows one case, and no limit is predicted",))
        return None

    def follow(self, steps: int, checkpoints: int, resume: str | None, field: Field | None) -> Run:
        """The run itself, from a saved one on where ``resume`` names it."""
        from marginproof.properties.progress import LateBar
        from marginproof.properties.simulation.records import load
        from marginproof.properties.simulation.trajectories import simulate

        if steps < 1:
            raise MarginproofError(f"steps={steps}: at least one step is needed")
        saved = load(Path(resume)) if resume else None
        with LateBar("steps", steps) as bar:
            return simulate(
                self.dataset, self.optimizer, batching=self.batching, schedule=self.schedule, start=self.start,
                loss=self.loss, seed=self.seed, steps=steps, checkpoints=checkpoints, resume=saved, field=field, progress=bar,
            )  # fmt: skip

    def limit(self, field: Field) -> Limit:
        """Where vanishing steps lead."""
        from marginproof.theory.limit.problem import LimitProblem
        from marginproof.theory.limit.solve import solve

        return solve(LimitProblem(self.dataset.entries, field), self.start)

    def constant_step(self) -> ConstantStep | None:
        """The constant step's prediction; ``None`` where steps vanish and, with a notice, where there is no theory of one."""
        from marginproof.theory.limit.steps.choice import constant_step

        if self.schedule.decay:
            return None
        try:
            return constant_step(
                self.dataset.entries, self.optimizer, self.batching, self.schedule.lr, self.start
            )
        except MarginproofError as reason:
            notices((f"compared with the limit of vanishing steps: {reason}",))
            return None

    def increments(self, run: Run, step: ConstantStep) -> Increments:
        """The epoch after the run's end against the prediction."""
        from marginproof.properties.simulation.increments import against, next_epoch

        moved = next_epoch(
            self.dataset, self.optimizer, run, batching=self.batching, schedule=self.schedule, loss=self.loss, seed=self.seed
        )  # fmt: skip
        return against(self.dataset.X, moved, step.limit.direction)
