"""Inc-Adam at finite β2: its own fixed point, which tends to AdamProxy's as β2 → 1."""

from __future__ import annotations

import numpy as np

from marginproof.constructions.builtin import load
from marginproof.properties.plots.measure import STEPS, landmarks
from marginproof.properties.plots.sweep_data import by_beta2
from marginproof.properties.plots.sweeps import sweep_figure
from marginproof.properties.studies import STUDIES
from marginproof.properties.studies.study import Study, by_proof, observed


def run(steps: int = STEPS) -> Study:
    """Gaussian data 10 × 50, β1 = 0.5, β2 from 0.5 to 0.997."""
    data = load("gaussian")
    marks = landmarks(data)
    sweep = by_beta2(data, steps=steps)
    at = [int(np.argmin(np.abs(sweep.x - gap))) for gap in sweep.measured_x]
    proxy = marks.proxy.direction
    own = np.array([run.final.gap(sweep.limits[i].direction) for run, i in zip(sweep.runs, at, strict=True)])
    other = np.array([run.final.gap(proxy) for run in sweep.runs])
    cosines = [marks.cosines(sweep.limits[i].direction) for i in at]
    rows = tuple(
        (round(1 - float(gap), 6), c["l2"], c["linf"], c["adamproxy"], own[j], other[j])
        for j, (gap, c) in enumerate(zip(sweep.measured_x, cosines, strict=True))
    )
    apart = 1 - np.array([c["adamproxy"] for c in cosines])
    told = apart > 10 * own
    return Study(
        name="beta2",
        title=STUDIES["beta2"],
        question="Is the β2 → 1 limit a good prediction at the β2 people use?",
        finding=(
            f"At β2 = β1 = 0.5 the fixed point is 1 - cos = {apart[0]:.1e} from AdamProxy's and runs go to their own "
            f"(1 - cos = {own[0]:.1e}); at β2 = {rows[-1][0]} the two limits are {apart[-1]:.0e} apart."
        ),
        columns=("β2", "l2", "l_inf", "Mahalanobis", "run: 1 - cos to own point", "run: 1 - cos to AdamProxy's"),
        rows=rows,
        bearings=(
            observed("L4", bool(told.any() and (own < other)[told].all()),
                     f"nearer to its own fixed point in all {int(told.sum())} runs that can tell the two apart"),
            by_proof("I2", "the field tends to m/√q"),
        ),
        figures={"beta2": sweep_figure(sweep, marks, title="Gaussian data, 10 × 50: the limit of Inc-Adam against β₂")},
        captions={"beta2": "Cosine to the l2, l_inf and Mahalanobis directions against 1 - β2, predicted and run"},
        settings=f"{sweep.settings} (the first run; nearer β2 = 1 η_0 is 4 (1 - β2))",
    )  # fmt: skip
