"""Adam with reshuffled batches: the limit moves from AdamProxy's (b = 1) to ℓ∞ (b = N)."""

from __future__ import annotations

import numpy as np

from marginproof.constructions.builtin import load
from marginproof.properties.plots.measure import STEPS, landmarks
from marginproof.properties.plots.settling import apart
from marginproof.properties.plots.sweep_data import by_batch
from marginproof.properties.plots.sweeps import sweep_figure
from marginproof.properties.presentation.names import DIRECTIONS
from marginproof.properties.studies import STUDIES
from marginproof.properties.studies.study import Study, by_proof, observed, settled_word


def run(steps: int = STEPS) -> Study:
    """The study on Gaussian data 10 × 50: limits predicted for every b, and runs for the divisors of N."""
    data = load("gaussian")
    marks = landmarks(data)
    sweep = by_batch(data, steps=steps)
    predicted, measured = sweep.angles(marks), sweep.measured(marks)
    at = [int(np.flatnonzero(sweep.x == b)[0]) for b in sweep.measured_x]
    misses, done = sweep.misses(), sweep.settled(marks)
    every = np.array([[apart(one.end, sweep.limits[i].direction) for i in at] for one in sweep.approaches])
    nearest = every.argmin(axis=1)
    rows = tuple(
        (
            int(b),
            *(f"{value:.2f}°" for key in predicted for value in (predicted[key][i], measured[key][j])),
            f"{misses[j]:.2g}°",
            settled_word(done[j]),
        )
        for j, (b, i) in enumerate(zip(sweep.measured_x, at, strict=True))
    )
    heads = tuple(f"{DIRECTIONS[key]}{what}" for key in predicted for what in ("", ", run"))
    return Study(
        name="batch-size",
        title=STUDIES["batch-size"],
        question="How does the limit of Adam depend on the batch size?",
        finding=(
            f"The angle to ℓ∞ falls from {predicted['linf'][0]:.1f}° at b = 1 to 0 at b = N; {done.sum()} of {len(rows)} runs have "
            f"settled, and all end within {np.nanmax(misses):.2g}° of the predicted direction."
        ),
        columns=("b", *heads, "run to prediction", "settled"),
        rows=rows,
        bearings=(
            observed(
                "L5",
                bool((nearest == np.arange(len(at))).all()),
                f"each run ends nearest to its own b's limit; at most {np.nanmax(misses):.2g}° from it",
            ),
            by_proof("I10", "θ = (b-1)/(N-1) in the field's denominator"),
        ),
        figures={
            "batch": sweep_figure(sweep, marks, title="Gaussian data, 10 × 50: the limit against batch size")
        },
        captions={
            "batch": "Angle to the ℓ₂, ℓ∞ and Mahalanobis directions against batch size, predicted and run"
        },
        settings=sweep.settings,
    )
