"""Inc-Adam at finite β2: its own fixed point, which tends to AdamProxy's as β2 → 1."""

from __future__ import annotations

import numpy as np

from marginproof.constructions.builtin import load
from marginproof.properties.plots.measure import STEPS, landmarks
from marginproof.properties.plots.settling import apart
from marginproof.properties.plots.sweep_data import SMALL, by_beta2
from marginproof.properties.plots.sweeps import sweep_figure
from marginproof.properties.presentation.names import have_settled
from marginproof.properties.studies import STUDIES
from marginproof.properties.studies.study import Study, by_proof, observed, settled_word


def run(steps: int = STEPS) -> Study:
    """The study on Gaussian data 10 × 50, with β1 = 0.5 and β2 from 0.5 to 0.997."""
    data = load("gaussian")
    marks = landmarks(data)
    sweep = by_beta2(data, steps=steps)
    proxy = marks.proxy.direction
    own, done = sweep.misses(), sweep.settled(marks)
    aims = [
        one.aim for one in sweep.approaches if one.aim is not None
    ]  # on these data every limit is a fixed point
    other = np.array([apart(one.end, proxy) for one in sweep.approaches])
    limits = np.array([apart(aim, proxy) for aim in aims])
    rows = tuple(
        (
            f"{1 - float(gap):.6g}",
            *(f"{value:.3g}°" for value in marks.angles(aim).values()),
            f"{own[j]:.1g}°",
            f"{other[j]:.3g}°",
            settled_word(done[j]),
        )
        for j, (gap, aim) in enumerate(zip(sweep.measured_x, aims, strict=True))
    )
    told = (limits > 10 * own) & done
    return Study(
        name="beta2",
        title=STUDIES["beta2"],
        question="Is the β2 → 1 limit a good prediction at the β2 people use?",
        finding=(
            f"At an effective β2 of {rows[0][0]} the limit is {limits[0]:.2g}° from AdamProxy's, at {rows[-1][0]} it is {limits[-1]:.1g}°; "
            f"{int(done.sum())} of {len(rows)} runs at constant steps {have_settled(int(done.sum()))} within {np.nanmax(own[done]):.0e}° of its own limit."
        ),
        columns=("effective β2", "ℓ₂", "ℓ∞", "Mahalanobis", "run to own limit", "run to AdamProxy's", "settled"),
        rows=rows,
        bearings=(
            observed("L4", bool(told.any() and (own < other)[told].all()),
                     f"nearer to its own fixed point in all {int(told.sum())} runs that can tell the two apart"),
            by_proof("I2", "the field tends to m/√q"),
        ),
        figures={"beta2": sweep_figure(sweep, marks, title="Gaussian data, 10 × 50: the limit of Inc-Adam against β₂")},
        captions={"beta2": "Angle to the ℓ₂, ℓ∞ and Mahalanobis directions against 1 - β2, predicted and run"},
        settings=f"{sweep.settings} (the first run; η is {SMALL:g} (1 - β2) throughout)",
    )  # fmt: skip
