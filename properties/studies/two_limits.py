"""two-limits: X = [[5, 1], [1, 4]] has two attracting fixed points; the start decides."""

from __future__ import annotations

import numpy as np

from marginproof.constructions.builtin import load
from marginproof.properties.plots.measure import course, landmarks
from marginproof.properties.plots.portrait import portrait
from marginproof.properties.plots.settling import NOT_SETTLED
from marginproof.properties.plots.weights import PlottedLine, weights
from marginproof.properties.presentation.names import angle
from marginproof.properties.studies import STUDIES
from marginproof.properties.studies.study import Study, by_certificate, observed, settled_word
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.optimizers import Adam
from marginproof.theory.proofs.enumeration import enumerate_all

STEPS = 1_000_000
STARTS = ((0.0, 0.0), (0.0, 0.2), (0.0, 0.6), (0.0, 0.733), (-1.0, 0.0))


def run(steps: int = STEPS) -> Study:
    """The study: Inc-Adam (0.9, 0.95) run from five starts, with the exponential loss."""
    data = load("two-limits")
    marks, chosen = landmarks(data), Adam()
    found = enumerate_all(LimitProblem(data.entries, chosen.field(2)))
    courses = [course(data, chosen, steps=steps, start=np.array(start), checkpoints=120) for start in STARTS]
    rows, lines = [], []
    for start, one in zip(STARTS, courses, strict=True):
        final, done = one.run.final, one.settled(marks)
        rows.append((f"({start[0]:g}, {start[1]:g})", one.limit.weights[0], final.weights[0],
                     f"({final.direction[0]:.4f}, {final.direction[1]:.4f})", angle(one.gaps[-1]), settled_word(done)))  # fmt: skip
        lines.append(
            PlottedLine(
                f"$w_0$ = ({start[0]:g}, {start[1]:g})",
                one.time,
                np.array([p.weights[0] for p in one.run.checkpoints]),
                done,
            )
        )
    levels = [
        (float(p.weights[0]), f"$s$ = {p.weights[0]:.4f}, {p.stability.value}")
        for p in found.points
        if p.weights[0] > 0
    ]
    ends = sorted({round(float(one.limit.weights[0]), 2) + 0.0 for one in courses})
    settled = [one for one in courses if one.settled(marks)]
    agree = all(one.approaches() for one in courses)
    return Study(
        name="two-limits",
        title=STUDIES["two-limits"],
        question="Do the data alone decide where per-sample Adam goes?",
        finding=(
            f"No: with the same data and the same β, the loss weight s of row 1 tends to "
            f"{' or '.join(f'{end:g}' for end in ends)}, depending on the start; {len(settled)} of {len(courses)} runs have settled, "
            "each where its own start was predicted to go."
        ),
        columns=("w_0", "s predicted", "s at the end", "w/‖w‖ at the end", "angle to prediction", "settled"),
        rows=tuple(rows),
        bearings=(
            by_certificate("R1", "R1-three-solutions.json"),
            by_certificate("R2"),
            observed("L4", agree, "every run ends at the fixed point predicted for its start"),
        ),
        figures={
            "portrait": portrait(LimitProblem(data.entries, AdamProxyField()), title="AdamProxy on two-limits: the start decides", start=np.array([0.0, 0.733])),
            "weights": weights(lines, title="Inc-Adam on two-limits from five starts", levels=levels, log=True,
                               ylabel="loss weight $s = c_1$", note=f"Dashed: the attracting fixed point of Inc-Adam's own field (β₁ = 0.9, β₂ = 0.95) between 0 and 1; dotted: the unstable one. Disc at the end: settled; ring: {NOT_SETTLED}."),
        },
        captions={
            "portrait": "F_1 - F_2 against s: three zeros, two of them attracting, and their basins",
            "weights": "The loss weight s along runs from five starts: it tends to 0 or to 0.87",
        },
        settings=courses[0].settings,
    )  # fmt: skip
