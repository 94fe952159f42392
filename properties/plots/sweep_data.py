"""Limits and runs along one parameter: the batch size b, or β2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from marginproof.constructions.dataset import Dataset
from marginproof.properties.plots.measure import STEPS, ReferenceDirections
from marginproof.properties.plots.settling import Approach
from marginproof.properties.progress import doing
from marginproof.properties.simulation.increments import next_epoch
from marginproof.properties.simulation.labels import label_of
from marginproof.properties.simulation.records import Run
from marginproof.properties.simulation.trajectories import simulate
from marginproof.theory.batching import Batching, Cyclic, Full, Reshuffled
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import Field
from marginproof.theory.limit.problem import Limit, LimitProblem, Outcome
from marginproof.theory.limit.solve import solve
from marginproof.theory.limit.steps.constant import solve_constant
from marginproof.theory.number_systems import Array
from marginproof.theory.optimizers import Adam
from marginproof.theory.schedules import Power

SLOW = Power(0.02, 0.5)
"""For β2 near 1, whose limit needs η/(1-β2) small."""
SMALL = 0.02
"""Constant steps η are this times 1 - β2, so that the effective β2' is close to β2."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """Limits along one parameter.

    Attributes:
      parameter: its symbol.
      x: its values, shape (P,).
      limits: the predicted limit at each.
      measured_x: where runs were made.
      approaches: the directions of each run, beside what was predicted for it.
      label, run_label: what was predicted and what was run.
      settings: step sizes, loss and seed of the first run, in words.
    """

    parameter: str
    x: Array
    limits: tuple[Limit, ...]
    measured_x: Array
    approaches: tuple[Approach, ...]
    label: str
    run_label: str
    settings: str

    def angles(self, marks: ReferenceDirections) -> dict[str, Array]:
        """Predicted angle to each reference direction in degrees, shape (P,) each, nan where the flow does not settle."""
        rows = [
            marks.angles(limit.direction) if limit.outcome is Outcome.FIXED_POINT else {}
            for limit in self.limits
        ]
        return {key: np.array([row.get(key, np.nan) for row in rows]) for key in marks.directions}

    def measured(self, marks: ReferenceDirections) -> dict[str, Array]:
        """The same at the end of each run."""
        rows = [marks.angles(one.end) for one in self.approaches]
        return {key: np.array([row[key] for row in rows]) for key in marks.directions}

    def misses(self) -> Array:
        """Degrees between each run's end and what was predicted for it, nan where nothing was; shape (M,)."""
        return np.array([one.miss for one in self.approaches])

    def settled(self, marks: ReferenceDirections) -> Array:
        """Whether each run has settled, shape (M,): :meth:`~marginproof.properties.plots.settling.Approach.settled`."""
        return np.array([one.settled(marks.directions.values()) for one in self.approaches], dtype=bool)


def divisors(n: int) -> list[int]:
    """The divisors of n, in order."""
    return [b for b in range(1, n + 1) if n % b == 0]


def by_batch(
    dataset: Dataset,
    *,
    steps: int = STEPS,
    beta2: Fraction = Fraction(99, 100),
    schedule: Power = SLOW,
    seed: int = 0,
) -> Sweep:
    """Reshuffled Adam: the θ-field's limit (β2 → 1) at every b that divides N, and runs at some of them."""
    n = dataset.n_samples
    sizes = divisors(n)
    limits = [_solved(dataset, Adam().field(n, Reshuffled(b))) for b in sizes]
    measured = _a_few(divisors(n))
    adam, made = Adam(beta2=beta2), []
    for b in measured:
        batching: Batching = Full() if b == n else Reshuffled(b)
        doing(f"b = {b} on {dataset.name}")
        run = simulate(dataset, adam, batching=batching, schedule=schedule, steps=steps, seed=seed)
        made.append(_approach(run, limits[sizes.index(b)]))
    return Sweep(
        "b",
        np.array(sizes),
        tuple(limits),
        np.array(measured),
        tuple(made),
        "θ-field, β₂ → 1",
        f"reshuffled Adam, β₁ = 0.9, β₂ = {float(beta2):g}",
        label_of(schedule=schedule, loss="exponential", seed=seed),
    )


def _a_few(values: Sequence[int], most: int = 7) -> list[int]:
    """At most so many, ends included, evenly spaced in rank."""
    chosen = np.unique(np.rint(np.linspace(0, len(values) - 1, min(most, len(values)))).astype(int))
    return [values[i] for i in chosen]


def by_beta2(
    dataset: Dataset,
    *,
    beta1: Fraction = Fraction(1, 2),
    steps: int = STEPS,
    schedule: Power | None = None,
    seed: int = 0,
    points: int = 25,
) -> Sweep:
    """Inc-Adam, b = 1: its own fixed point against β2 from β1 to 1, and runs at some of them."""
    if 1 - float(beta1) <= 3e-3:
        raise MarginproofError(f"beta1={float(beta1)} leaves no room for beta2 up to 0.997; lower it")
    grid = np.unique(np.concatenate([np.geomspace(3e-3, 1 - float(beta1), points), [1 - float(beta1)]]))[::-1]
    betas = [Fraction(round((1 - gap) * 2**20), 2**20) for gap in grid]
    betas[0] = beta1
    adams = [Adam(beta1, beta2) for beta2 in betas]
    limits = [_solved(dataset, adam.field(dataset.n_samples, Cyclic(1))) for adam in adams]
    every = slice(None, None, max(1, len(betas) // 6))
    made = [
        _constant(dataset, adam, limit, schedule or Power(SMALL * float(1 - adam.beta2), 0.0), steps, seed)
        for adam, limit in zip(adams[every], limits[every], strict=True)
    ]
    return Sweep(
        "1 - β₂",
        np.array([1 - float(beta2) for beta2 in betas]),
        tuple(limits),
        np.array([x for x, _ in made]),
        tuple(approach for _, approach in made),
        "own fixed point, η → 0",
        f"Inc-Adam, β₁ = {float(beta1):g}, "
        + (
            "constant η, direction of an epoch’s increment"
            if schedule is None or schedule.decay == 0
            else "end of the run"
        ),
        label_of(schedule=schedule or Power(SMALL * float(1 - beta1), 0.0), loss="exponential", seed=seed),
    )


EARLIER = (8, 2)
"""A run at constant steps is also looked at after its steps divided by these: see :meth:`Approach.nears` and ``late_move``."""


def _constant(
    dataset: Dataset, adam: Adam, aim: Limit, schedule: Power, steps: int, seed: int
) -> tuple[float, Approach]:
    """Inc-Adam from w = 0; at a constant step by its increments, at the effective 1 - β2' that they belong to.

    Arguments:
      aim: the limit at vanishing steps.
    """
    doing(f"{adam.label(Cyclic(1))} on {dataset.name}")
    if schedule.decay or aim.outcome is not Outcome.FIXED_POINT:
        run = simulate(dataset, adam, schedule=schedule, steps=steps, seed=seed)
        return 1 - float(adam.beta2), _approach(run, aim)
    problem = LimitProblem(dataset.entries, adam.field(dataset.n_samples, Cyclic(1)))
    found = solve_constant(problem, schedule.lr, contraction=False)
    runs: list[Run] = []
    for part in (*EARLIER, 1):
        before = runs[-1] if runs else None
        runs.append(
            simulate(
                dataset, adam, schedule=schedule, steps=steps // part, seed=seed, checkpoints=1, resume=before
            )
        )
    time = np.array([run.final.sum_lr for run in runs])
    increments = np.array([_increment(dataset, adam, run, schedule, seed) for run in runs])
    return 1 - float(found.beta2 or adam.beta2), Approach(time, increments, _direction(found.limit))


def _approach(run: Run, aim: Limit) -> Approach:
    """A run's directions beside its prediction."""
    time = np.array([point.sum_lr for point in run.checkpoints])
    return Approach(time, np.array([point.direction for point in run.checkpoints]), _direction(aim))


def _direction(limit: Limit) -> Array | None:
    """The one predicted direction of a limit."""
    return limit.direction if limit.outcome is Outcome.FIXED_POINT else None


def _increment(dataset: Dataset, adam: Adam, run: Run, schedule: Power, seed: int) -> Array:
    """The direction in which the epoch after a run's end moves w, shape (d,)."""
    moved = next_epoch(dataset, adam, run, schedule=schedule, seed=seed)
    return np.asarray(moved / np.linalg.norm(moved))


def _solved(dataset: Dataset, field: Field) -> Limit:
    return solve(LimitProblem(dataset.entries, field))
