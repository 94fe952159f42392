"""Limits and runs along one parameter: the batch size b, or β2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from marginproof.constructions.dataset import Dataset
from marginproof.properties.plots.measure import STEPS, ReferenceDirections
from marginproof.properties.simulation.labels import label_of
from marginproof.properties.simulation.records import Run
from marginproof.properties.simulation.trajectories import simulate
from marginproof.theory.batching import Batching, Cyclic, Full, Reshuffled
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import Field
from marginproof.theory.limit.problem import Limit, LimitProblem, Outcome
from marginproof.theory.limit.solve import solve
from marginproof.theory.number_systems import Array
from marginproof.theory.optimizers import Adam
from marginproof.theory.schedules import Power

SLOW = Power(0.02, 0.5)
"""For β2 near 1, whose limit needs η/(1-β2) small."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """Limits along one parameter.

    Attributes:
      parameter: its symbol.
      x: its values, shape (P,).
      limits: the predicted limit at each.
      measured_x, runs: where runs were made.
      label, run_label: what was predicted and what was run.
      settings: step sizes, loss and seed of the first run, in words.
    """

    parameter: str
    x: Array
    limits: tuple[Limit, ...]
    measured_x: Array
    runs: tuple[Run, ...]
    label: str
    run_label: str
    settings: str

    def cosines(self, marks: ReferenceDirections) -> dict[str, Array]:
        """Predicted cosine to each landmark, shape (P,) each, nan where the flow does not settle."""
        rows = [
            marks.cosines(limit.direction) if limit.outcome is Outcome.FIXED_POINT else {}
            for limit in self.limits
        ]
        return {key: np.array([row.get(key, np.nan) for row in rows]) for key in marks.directions}

    def measured(self, marks: ReferenceDirections) -> dict[str, Array]:
        """Measured cosine at the end of each run."""
        rows = [marks.cosines(run.direction) for run in self.runs]
        return {key: np.array([row[key] for row in rows]) for key in marks.directions}


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
    points: int = 25,
) -> Sweep:
    """Reshuffled Adam: the θ-field's limit at every b (β2 → 1), and runs at the divisors of N."""
    n = dataset.n_samples
    sizes = sorted({*np.unique(np.rint(np.geomspace(1, n, points)).astype(int)).tolist(), *divisors(n)})
    limits = [_solved(dataset, Adam().field(n, Reshuffled(b))) for b in sizes]
    measured = _a_few(divisors(n))
    adam, runs = Adam(beta2=beta2), []
    for b in measured:
        batching: Batching = Full() if b == n else Reshuffled(b)
        runs.append(simulate(dataset, adam, batching=batching, schedule=schedule, steps=steps, seed=seed))
    label = "θ-field, β₂ → 1"
    return Sweep("b", np.array(sizes), tuple(limits), np.array(measured), tuple(runs), label,
                 f"reshuffled Adam, β₁ = 0.9, β₂ = {float(beta2):g}",
                 label_of(schedule=schedule, loss="exponential", seed=seed))  # fmt: skip


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
    field = [Adam(beta1, beta2).field(dataset.n_samples, Cyclic(1)) for beta2 in betas]
    measured = betas[:: max(1, len(betas) // 6)]
    # The limit needs both η/(1-β2) small and Σ η large.
    chosen = [schedule or Power(min(0.1, 4 * (1 - float(beta2))), 0.5) for beta2 in measured]
    runs = [
        simulate(dataset, Adam(beta1, beta2), schedule=steps_of, steps=steps, seed=seed)
        for beta2, steps_of in zip(measured, chosen, strict=True)
    ]
    return Sweep(
        "1 - β₂",
        np.array([1 - float(beta2) for beta2 in betas]),
        tuple(_solved(dataset, one) for one in field),
        np.array([1 - float(beta2) for beta2 in measured]),
        tuple(runs),
        "own fixed point",
        f"Inc-Adam, β₁ = {float(beta1):g}",
        label_of(schedule=chosen[0], loss="exponential", seed=seed),
    )


def _solved(dataset: Dataset, field: Field) -> Limit:
    return solve(LimitProblem(dataset.entries, field))
