"""Gaussian data: every optimizer to its own limit, three different ones."""

from __future__ import annotations

from marginproof.constructions.builtin import load
from marginproof.properties.plots.convergence import convergence
from marginproof.properties.plots.margins import margins
from marginproof.properties.plots.measure import STEPS, course, default_optimizers, landmarks
from marginproof.properties.studies import STUDIES
from marginproof.properties.studies.study import COURSE_COLUMNS, Study, course_row, observed, signum_floors


def run(steps: int = STEPS) -> Study:
    """10 × 50 normal entries, from w = 0, exponential loss."""
    data = load("gaussian")
    marks = landmarks(data)
    courses = [course(data, *one, steps=steps) for one in default_optimizers(data.n_samples)]
    gd, full, inc, proxy, signum = courses
    near = marks.cosines(inc.run.direction)
    return Study(
        name="gaussian",
        title=STUDIES["gaussian"],
        question="Where do GD, full-batch Adam, per-sample Adam and Signum go on data without structure?",
        finding=(
            f"GD goes to l2, full-batch Adam to l_inf; per-sample Adam to neither: its cosine is {near['l2']:.4f} to l2, "
            f"{near['linf']:.4f} to l_inf and {near['adamproxy']:.5f} to AdamProxy's Mahalanobis direction."
        ),
        columns=COURSE_COLUMNS,
        rows=tuple(course_row(one, marks) for one in courses),
        bearings=(
            observed("L1", full.approaches(), f"full-batch Adam, 1 - cos to l_inf = {full.gaps[-1]:.1e}"),
            observed("L3", proxy.approaches(), f"AdamProxy, 1 - cos to its fixed point = {proxy.gaps[-1]:.1e}"),
            observed("L4", inc.approaches(), f"Inc-Adam, 1 - cos to its own fixed point = {inc.gaps[-1]:.1e}"),
            observed("L7", gd.approaches(), f"GD, 1 - cos to l2 = {gd.gaps[-1]:.1e}"),
            observed("L6", signum.run.final.margin_linf / marks.linf.value
                >= signum_floors(signum, data.X, marks.linf.value)[1],
                     f"Signum at β = 0.99, b = 1 reaches {signum.run.final.margin_linf / marks.linf.value:.3f} γ_∞, above B2's floor"),
        ),
        figures={
            "convergence": convergence(courses, title="Gaussian data, 10 × 50: distance to the predicted direction",
                                       note="Signum runs at β = 0.99; its prediction is for β → 1."),
            "margins": margins(data.X, courses, marks, title="Gaussian data, 10 × 50: margins, in units of the largest"),
        },
        captions={
            "convergence": "1 - cosine to the predicted direction against Σ η, log-log, one line an optimizer",
            "margins": "Normalised l2 and l_inf margins against Σ η, one line an optimizer",
        },
        settings=inc.settings,
    )  # fmt: skip
