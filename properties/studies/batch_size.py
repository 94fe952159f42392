"""Adam with reshuffled batches: the limit moves from AdamProxy's (b = 1) to l_inf (b = N)."""

from __future__ import annotations

import numpy as np

from marginproof.constructions.builtin import load
from marginproof.properties.plots.measure import STEPS, landmarks
from marginproof.properties.plots.sweep_data import by_batch
from marginproof.properties.plots.sweeps import sweep_figure
from marginproof.properties.studies import STUDIES
from marginproof.properties.studies.study import Study, by_proof, observed


def run(steps: int = STEPS) -> Study:
    """Gaussian data 10 × 50; every b predicted, the divisors of N run."""
    data = load("gaussian")
    marks = landmarks(data)
    sweep = by_batch(data, steps=steps)
    predicted, measured = sweep.cosines(marks), sweep.measured(marks)
    at = [int(np.flatnonzero(sweep.x == b)[0]) for b in sweep.measured_x]
    gaps = np.array([run.final.gap(sweep.limits[i].direction) for run, i in zip(sweep.runs, at, strict=True)])
    every = np.array([[run.final.gap(sweep.limits[i].direction) for i in at] for run in sweep.runs])
    nearest = every.argmin(axis=1)
    rows = tuple(
        (
            int(b),
            *(round(float(value), 5) for key in predicted for value in (predicted[key][i], measured[key][j])),
            float(f"{gaps[j]:.2e}"),
        )
        for j, (b, i) in enumerate(zip(sweep.measured_x, at, strict=True))
    )
    names = {"l2": "l2", "linf": "l_inf", "adamproxy": "Mahal."}
    heads = tuple(f"{names[key]}{what}" for key in predicted for what in ("", ", run"))
    return Study(
        name="batch-size",
        title=STUDIES["batch-size"],
        question="How does the limit of Adam depend on the batch size?",
        finding=(
            f"The cosine to l_inf rises from {predicted['linf'][0]:.3f} at b = 1 to 1 at b = N, most of it in the last "
            f"batch sizes; runs end within 1 - cos = {gaps.max():.1e} of the predicted direction."
        ),
        columns=("b", *heads, "1 - cos"),
        rows=rows,
        bearings=(
            observed(
                "L5",
                bool((nearest == np.arange(len(at))).all()),
                f"each run ends nearest to its own b's limit; largest 1 - cos to it {gaps.max():.1e}",
            ),
            by_proof("I10", "θ = (b-1)/(N-1) in the field's denominator"),
        ),
        figures={
            "batch": sweep_figure(sweep, marks, title="Gaussian data, 10 × 50: the limit against batch size")
        },
        captions={
            "batch": "Cosine to the l2, l_inf and Mahalanobis directions against batch size, predicted and run"
        },
        settings=sweep.settings,
    )
