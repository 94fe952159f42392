"""Gaussian data: every optimizer to its own limit, three different ones."""

from __future__ import annotations

from marginproof.constructions.builtin import load
from marginproof.properties.plots.convergence import convergence
from marginproof.properties.plots.margins import margins
from marginproof.properties.plots.measure import STEPS, course, default_optimizers, landmarks
from marginproof.properties.presentation.names import angle
from marginproof.properties.studies import STUDIES
from marginproof.properties.studies.study import COURSE_COLUMNS, Study, course_row, observed, signum_floors


def run(steps: int = STEPS) -> Study:
    """The study on 10 × 50 normal entries, with runs from w = 0 and the exponential loss."""
    data = load("gaussian")
    marks = landmarks(data)
    courses = [course(data, *one, steps=steps) for one in default_optimizers(data.n_samples)]
    gd, full, inc, proxy, signum = courses
    near = marks.angles(inc.run.direction)
    return Study(
        name="gaussian",
        title=STUDIES["gaussian"],
        question="Where do GD, full-batch Adam, per-sample Adam and Signum go on data without structure?",
        finding=(
            f"GD goes to ℓ₂, full-batch Adam to ℓ∞; per-sample Adam to neither: it ends {near['l2']:.1f}° from ℓ₂, "
            f"{near['linf']:.1f}° from ℓ∞ and {near['adamproxy']:.2f}° from AdamProxy's Mahalanobis direction."
        ),
        columns=COURSE_COLUMNS,
        rows=tuple(course_row(one, marks) for one in courses),
        bearings=(
            observed("L1", full.approaches(), f"full-batch Adam ends {angle(full.gaps[-1])} from ℓ∞"),
            observed("L3", proxy.approaches(), f"AdamProxy ends {angle(proxy.gaps[-1])} from its fixed point"),
            observed("L4", inc.approaches(), f"Inc-Adam ends {angle(inc.gaps[-1])} from its own fixed point"),
            observed("L7", gd.approaches(), f"GD ends {angle(gd.gaps[-1])} from ℓ₂"),
            observed("L6", signum.run.final.margin_linf / marks.linf.value
                >= signum_floors(signum, data.X, marks.linf.value)[1],
                     f"Signum at β = 0.99, b = 1 reaches {signum.run.final.margin_linf / marks.linf.value:.3f} γ_∞, above B2's floor"),
        ),
        figures={
            "convergence": convergence(courses, marks, title="Gaussian data, 10 × 50: angle to the predicted direction",
                                       note="Signum runs at β = 0.99; its prediction is for β → 1."),
            "margins": margins(data.X, courses, marks, title="Gaussian data, 10 × 50: margins, in units of the largest"),
        },
        captions={
            "convergence": "The angle to the predicted direction against Σ η, one line an optimizer",
            "margins": "Normalised ℓ₂ and ℓ∞ margins against Σ η, one line an optimizer",
        },
        settings=inc.settings,
    )  # fmt: skip
