"""Scaled Rademacher data: |x_i[k]| = a_i makes q constant over k, so per-sample Adam follows Xᵀc."""

from __future__ import annotations

from marginproof.constructions.builtin import load
from marginproof.properties.plots.convergence import convergence
from marginproof.properties.plots.margins import margins
from marginproof.properties.plots.measure import STEPS, course, default_optimizers, landmarks
from marginproof.properties.presentation.names import angle
from marginproof.properties.studies import STUDIES
from marginproof.properties.studies.study import (
    COURSE_COLUMNS,
    Study,
    by_certificate,
    by_proof,
    course_row,
    observed,
)


def run(steps: int = STEPS) -> Study:
    """The study on SR4, with runs from w = 0 and the exponential loss."""
    data = load("sr4")
    marks = landmarks(data)
    courses = [course(data, *one, steps=steps) for one in default_optimizers(data.n_samples)]
    _, full, inc, _, _ = courses
    return Study(
        name="sr",
        title=STUDIES["sr"],
        question="Does Adam's ℓ∞ bias survive batches of one sample?",
        finding=(
            f"No: on these data Inc-Adam ends {angle(inc.gaps[-1])} from the ℓ₂ direction and at "
            f"{inc.run.final.margin_linf / marks.linf.value:.3f} γ_∞, where full-batch Adam reaches "
            f"{full.run.final.margin_linf / marks.linf.value:.3f} γ_∞."
        ),
        columns=COURSE_COLUMNS,
        rows=tuple(course_row(one, marks) for one in courses),
        bearings=(
            observed("L2", inc.approaches(marks.l2.direction), f"Inc-Adam ends {angle(inc.gaps[-1])} from ℓ₂"),
            by_certificate("R5"),
            by_certificate("R6"),
            by_proof("I6", "q does not depend on k"),
        ),
        figures={
            "convergence": convergence(courses, marks, title="Scaled Rademacher data SR4: angle to the predicted direction"),
            "margins": margins(data.X, courses, marks, title="Scaled Rademacher data SR4: margins, in units of the largest"),
        },
        captions={
            "convergence": "The angle to the predicted direction against Σ η; per-sample Adam beside GD",
            "margins": "Normalised margins: per-sample Adam reaches γ_2 and stays below γ_∞",
        },
        settings=inc.settings,
    )  # fmt: skip
