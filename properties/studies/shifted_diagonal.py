"""Shifted-diagonal data: the row with the smallest diagonal dominates, and c = e_1 attracts from w = 0."""

from __future__ import annotations

from fractions import Fraction

from marginproof.constructions.builtin import load
from marginproof.properties.plots.margins import margins
from marginproof.properties.plots.measure import STEPS, course, landmarks
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
from marginproof.theory.optimizers import Adam, AdamProxy, NormalisedGD


def run(steps: int = STEPS) -> Study:
    """The study on shifted-diagonal data, 1, 2, 4, 8 and δ = 1/10, with runs from w = 0 and the exponential loss."""
    data = load("shifted-diagonal")
    marks = landmarks(data)
    adams = [Adam(beta2=beta2) for beta2 in (Fraction(19, 20), Fraction(99, 100))]
    courses = [course(data, one, steps=steps) for one in (NormalisedGD(), *adams, AdamProxy())]
    inc = courses[1:3]
    ratio = min(one.run.final.margin_linf for one in inc) / marks.linf.value
    return Study(
        name="shifted-diagonal",
        title=STUDIES["shifted-diagonal"],
        question="Are there data on which per-sample Adam keeps the ℓ∞ bias?",
        finding=(
            f"Yes, from w = 0: Inc-Adam reaches at least {ratio:.4f} γ_∞ for both β2, where GD ends at "
            f"{courses[0].run.final.margin_linf / marks.linf.value:.3f} γ_∞.  From other starts it need not: see two-limits."
        ),
        columns=COURSE_COLUMNS,
        rows=tuple(course_row(one, marks) for one in courses),
        bearings=(
            observed("L8", all(one.approaches(marks.linf.direction) for one in inc),
                     f"{' and '.join(angle(one.gaps[-1]) for one in inc)} from ℓ∞ for β2 = 0.95 and 0.99"),
            by_proof("I7", "e_1 solves the limit equation with direction (1, …, 1)"),
            by_certificate("R2"),
        ),
        figures={"margins": margins(data.X, courses, marks, title="Shifted-diagonal data: margins, in units of the largest")},
        captions={"margins": "Normalised margins: Inc-Adam reaches γ_∞, GD reaches γ_2"},
        settings=inc[0].settings,
    )  # fmt: skip
