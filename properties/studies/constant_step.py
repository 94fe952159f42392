"""Constant steps: from Inc-Adam's own limit at small η to AdamProxy's at large η, and the speed limit."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from marginproof.constructions.builtin import load
from marginproof.constructions.dataset import Dataset
from marginproof.properties.plots.measure import ReferenceDirections, landmarks
from marginproof.properties.plots.steps import by_step, step_figure
from marginproof.properties.simulation.increments import against, next_epoch
from marginproof.properties.simulation.trajectories import simulate
from marginproof.properties.studies import STUDIES
from marginproof.properties.studies.study import Study, by_proof, observed
from marginproof.theory.limit.steps.choice import constant_step
from marginproof.theory.optimizers import Adam

SETTINGS = (
    (Fraction(9, 10), Fraction(19, 20), (0.001, 0.01, 0.1, 1.0)),
    (Fraction(9, 10), Fraction(999, 1000), (0.0001, 0.001, 0.01)),
)
TORCH = (0.9, 0.999, 0.001)
"""torch's defaults: β1, β2, lr."""


class Measured(NamedTuple):
    """One constant step, predicted and run.

    Attributes:
      row: of the table.
      agrees: whether the run's increments reach the prediction to 1e-9; ``None`` where the run is too short to tell.
      below_limit: whether its last epoch is slower than the speed limit.
    """

    row: tuple[str | float, ...]
    agrees: bool | None
    below_limit: bool


def measured(data: Dataset, marks: ReferenceDirections, adam: Adam, eta: float, steps: int) -> Measured:
    """Predict Inc-Adam's limit at η and run it for so many steps."""
    beta1, beta2 = float(adam.beta1), float(adam.beta2)
    batching = adam.batching(data.n_samples)
    found = constant_step(data.X, adam, batching, eta)
    made = simulate(data, adam, batching=batching, schedule=eta, steps=steps, checkpoints=1)
    moved = next_epoch(data, adam, made, batching=batching, schedule=eta)
    seen = against(data.X, moved, found.limit.direction)
    settled = found.contraction ** (steps / data.n_samples) < 1e-12
    row = (
        f"({beta1:g}, {beta2:g})" + (" torch's defaults" if (beta1, beta2, eta) == TORCH else ""),
        eta,
        f"{found.beta2:.6f}",
        f"{marks.angles(found.limit.direction).get('adamproxy', math.nan):.2g}",
        f"{found.growth / found.speed_limit:.4f}",
        f"{found.contraction:.6f}",
        f"{seen.distance:.1e}",
    )
    below = seen.growth / data.n_samples < -0.5 * math.log(beta2)
    return Measured(row, seen.distance < 1e-9 if settled else None, below)


def _figures(data: Dataset, marks: ReferenceDirections) -> dict[str, Figure]:
    title = "Gaussian data, 10 × 50: constant steps at"
    usual, torch = (Adam(beta1, beta2) for beta1, beta2, _ in SETTINGS)
    swept = by_step(data, torch, torch.batching(data.n_samples), np.geomspace(1e-6, 0.1, 31))
    other = by_step(data, usual, usual.batching(data.n_samples), np.geomspace(1e-5, 3.0, 31))
    return {
        "0.95": step_figure(other, marks, f"{title} (0.9, 0.95)"),
        "0.999": step_figure(swept, marks, f"{title} (0.9, 0.999)", TORCH[2]),
    }


def run(steps: int = 200_000) -> Study:
    """The study on Gaussian data 10 × 50, at constant steps, with (0.9, 0.95) and torch's (0.9, 0.999)."""
    data = load("gaussian")
    marks = landmarks(data)
    seen = [
        measured(data, marks, Adam(beta1, beta2), eta, steps)
        for beta1, beta2, etas in SETTINGS
        for eta in etas
    ]
    rows = tuple(one.row for one in seen)
    ok = [one.agrees for one in seen if one.agrees is not None]
    return Study(
        name="constant-step",
        title=STUDIES["constant-step"],
        question="Where does per-sample Adam go with the constant step that people use?",
        finding=(
            f"At (0.9, 0.95) the increment's direction is {rows[0][3]} degrees from AdamProxy's at η = 0.001 and "
            f"{rows[3][3]} at η = 1; with torch's betas it is the proxy's to {rows[5][3]} degrees at η = 0.001. Margins never "
            "grow faster than ½ log(1/β2) a step."
        ),
        columns=(
            "betas",
            "η",
            "effective β2",
            "degrees to AdamProxy",
            "growth / limit",
            "ρ",
            "run: distance",
        ),
        rows=rows,
        bearings=(
            observed(
                "L9",
                bool(ok) and all(ok),
                f"increments within 1e-9 in all {len(ok)} runs long enough for that",
            ),
            observed(
                "B7",
                all(one.below_limit for one in seen),
                "no run's last epoch is faster than the speed limit",
            ),
            by_proof("I13", "the field tends to AdamProxy's"),
        ),
        figures=_figures(data, marks),
        captions={
            "0.95": "Angles to the ℓ₂, ℓ∞ and Mahalanobis directions, ρ and the speed against η at (0.9, 0.95)",
            "0.999": "The same at torch's betas, its default step marked",
        },
        settings=f"Inc-Adam, constant η, exponential loss, seed 0, {steps} steps a run",
    )
