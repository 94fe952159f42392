"""The figures of a data set on the page, each in two sizes, with its caption and its words."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.figure import Figure

from marginproof.constructions.dataset import Dataset
from marginproof.properties.plots.convergence import convergence
from marginproof.properties.plots.labels import note_of
from marginproof.properties.plots.margins import margins
from marginproof.properties.plots.measure import (
    PredictedRun,
    ReferenceDirections,
)
from marginproof.properties.plots.portrait import portrait
from marginproof.properties.plots.style import look
from marginproof.properties.plots.sweep_data import by_batch, by_beta2
from marginproof.properties.plots.sweeps import sweep_figure
from marginproof.properties.report.alt_texts import directions_of, ends_of, margins_of, sweep_of
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.limit.problem import LimitProblem, Stability
from marginproof.theory.optimizers import Signum
from marginproof.theory.proofs.enumeration import EXHAUSTIVE, enumerate_all

PHONE = 3.6
"""Inches of the figures that a phone is shown."""
POINTS = 7
"""Limits along a sweep of β2."""
MANY_ROWS = 100
"""From here on a limit at finite β2 takes seconds, and a sweep has half as many."""


class Drawing:
    """The figures of one data set, with captions and words; filled by its methods."""

    def __init__(self, dataset: Dataset, marks: ReferenceDirections) -> None:
        self.dataset, self.marks = dataset, marks
        self.figures: dict[str, Figure] = {}
        self.small: dict[str, Figure] = {}
        self.captions: dict[str, str] = {}
        self.alts: dict[str, str] = {}
        self.attracting = 0

    def add(self, key: str, draw: Callable[[], Figure], caption: str, words: str = "") -> None:
        """Keep a figure in two sizes; its alt text is the caption, the note in the figure, and the words."""
        figure = draw()
        with look("paper", PHONE):
            self.small[key] = draw()
        self.figures[key], self.captions[key] = figure, caption
        self.alts[key] = " ".join(
            part for part in (f"{self.dataset.name}: {caption}", note_of(figure), words) if part
        )

    def portrait(self) -> None:
        """The flow of the loss weights, for two or three distinct rows."""
        problem = LimitProblem(self.dataset.entries, AdamProxyField())
        if problem.n_unknowns not in (2, 3) or problem.n_unknowns > EXHAUSTIVE:
            return
        points = enumerate_all(problem).points
        self.attracting = sum(point.stability is Stability.ATTRACTING for point in points)
        caption = (
            "The flow of the loss weights c under AdamProxy on the simplex."
            if problem.n_unknowns == 3
            else "F₁ − F₂ over s = c₁ under AdamProxy: its interior zeros are fixed points, and s falls where it is positive. "
            "An end of the interval is one if the sign there does not lead away from it."
        )
        self.add("portrait", lambda: portrait(problem, title=f"AdamProxy on {self.dataset.name}"), caption)

    def runs(self, courses: list[PredictedRun]) -> None:
        """Convergence and margins along runs."""
        name = self.dataset.name
        if any(one.comparable for one in courses):
            title = f"{name}: angle to the predicted direction"
            caption = (
                "The angle between w and each optimizer’s predicted direction against Σ η, log-log."
                + _slow(courses)
            )
            self.add(
                "convergence",
                lambda: convergence(courses, self.marks, title=title),
                caption,
                ends_of(courses),
            )
        above = f"{name}: margins, in units of the largest"
        caption = "Normalised margins along runs, in units of the largest."
        self.add(
            "margins",
            lambda: margins(self.dataset.X, courses, self.marks, title=above),
            caption,
            margins_of(courses, self.marks),
        )

    def sweeps(self, steps: int) -> None:
        """Limits against batch size and β2; one sample has neither."""
        if self.dataset.n_samples == 1:
            return
        name, marks = self.dataset.name, self.marks
        batch = by_batch(self.dataset, steps=steps)
        self.add(
            "batch",
            lambda: sweep_figure(batch, marks, title=f"{name}: the limit against batch size"),
            f"Angle of reshuffled Adam’s limit to the {directions_of(marks)} max-margin directions against batch size.",
            sweep_of(batch, marks),
        )
        points = POINTS if self.dataset.n_samples < MANY_ROWS else min(POINTS, 4)
        beta2 = by_beta2(self.dataset, steps=steps, points=points)
        self.add(
            "beta2",
            lambda: sweep_figure(beta2, marks, title=f"{name}: the limit of Inc-Adam against β₂"),
            f"Angle of per-sample Adam’s limit to the {directions_of(marks)} max-margin directions against 1 − β₂.",
            sweep_of(beta2, marks),
        )


def _slow(courses: list[PredictedRun]) -> str:
    """Why Signum's curve may stand still: its momentum remembers gradients that were larger."""
    if not any(isinstance(one.optimizer, Signum) for one in courses):
        return ""
    return (
        " Signum at β = 0.99 may stand still at first: while a step lowers the loss by more than the factor β, "
        "its momentum is made of old gradients."
    )
