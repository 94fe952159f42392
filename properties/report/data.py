"""A data set on the page: margins, limits by optimizer and batch size, runs beside them, figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from matplotlib.figure import Figure

from constructions.dataset import Dataset
from properties.plots.convergence import convergence
from properties.plots.margins import margins, predicted_ratio
from properties.plots.measure import Course, Landmarks, contestants, course, landmarks
from properties.plots.names import optimizer_name
from properties.plots.portrait import portrait
from properties.plots.settings_swept import by_batch, by_beta2, divisors
from properties.plots.sweeps import sweep_figure
from theory.enclosures.enumeration import EXHAUSTIVE
from theory.fields import AdamProxy
from theory.limit.equation import LimitProblem, Outcome
from theory.optimizers import Optimizer
from theory.prediction import predict

STEPS = 300_000
"""Of each run: Σ η = 110 at the usual step sizes."""
POINTS = 10
"""Limits along a sweep."""
PARTS = 5
"""Times the progress of :func:`section` is reported."""


@dataclass(frozen=True)
class LimitRow:
    """Predicted and simulated, one optimizer at one batch size.

    Attributes:
      name, batch: the optimizer and b.
      outcome: of the predicted flow.
      cosines: of the predicted direction to each landmark.
      ratios: predicted min x_i·w/‖w‖ over γ_2 and γ_∞.
      proof: ``interval proof``, ``exact bracket`` or ``floating point``.
      gap: 1 - cosine of the run's end to the prediction, or ``None`` where there is no single direction.
      run_ratios: the run's own margins.
      rate: d log(1 - cosine)/d log Σ η at the end.
    """

    name: str
    batch: int
    outcome: str
    cosines: dict[str, float]
    ratios: tuple[float, float]
    proof: str
    gap: float | None
    run_ratios: tuple[float, float]
    rate: float | None


@dataclass(frozen=True, eq=False)
class Section:
    """Everything the page says of a data set.

    Attributes:
      dataset, marks: the data and the directions compared with.
      rows: limits and runs.
      figures: file stem to figure; ``captions`` and ``alts`` have the same keys.
      settings: of the runs.
    """

    dataset: Dataset
    marks: Landmarks
    rows: tuple[LimitRow, ...]
    figures: dict[str, Figure] = field(repr=False)
    captions: dict[str, str]
    settings: str


def optimizers_shown(n_samples: int) -> list[Optimizer]:
    """The contestants, and Inc-Adam at up to two batch sizes between 1 and N."""
    between = divisors(n_samples)[1:-1]
    middle = sorted({between[0], between[len(between) // 2]}) if between else []
    return contestants(n_samples) + [Optimizer("adam", b) for b in middle]


def section(dataset: Dataset, steps: int = STEPS, on: Callable[[str], None] = lambda part: None) -> Section:
    """Run and draw everything for one data set.

    Arguments:
      dataset: separable data.
      steps: of each run.
      on: called :data:`PARTS` times with the name of the part that is done.
    """
    marks = landmarks(dataset)
    on("margins")
    courses = [course(dataset, optimizer, steps=steps) for optimizer in optimizers_shown(dataset.n_samples)]
    rows = tuple(limit_row(dataset, one, marks) for one in courses)
    on("limits")
    figures: dict[str, Figure] = {}
    captions: dict[str, str] = {}
    _portrait(dataset, figures, captions)
    on("portrait")
    main = courses[: len(contestants(dataset.n_samples))]
    _runs(dataset, main, marks, figures, captions)
    on("runs")
    _sweeps(dataset, marks, steps, figures, captions)
    on("sweeps")
    return Section(
        dataset, marks, rows, figures, captions, main[-1].run.settings.split(" data=")[0].split(") ")[-1]
    )


def limit_row(dataset: Dataset, one: Course, marks: Landmarks) -> LimitRow:
    """A course as a row of the table."""
    n, limit, final = dataset.n_samples, one.limit, one.run.final
    settled = limit.outcome is Outcome.FIXED_POINT
    return LimitRow(
        name=("normalised " if one.optimizer.name == "gd" else "")
        + optimizer_name(one.optimizer, n, short=True),
        batch=one.optimizer.batch(n),
        outcome=_outcome(one),
        cosines=marks.cosines(limit.direction),
        ratios=(
            predicted_ratio(dataset.X, one, marks, "l2"),
            predicted_ratio(dataset.X, one, marks, "linf"),
        ),
        proof=_proof(dataset, one) if settled else "floating point",
        gap=float(one.gaps[-1]) if one.comparable else None,
        run_ratios=(final.margin_l2 / marks.l2.value, final.margin_linf / marks.linf.value),
        rate=one.slope() if one.comparable else None,
    )


def _outcome(one: Course) -> str:
    if one.limit.outcome is Outcome.CYCLE:
        return "circles (mean)"
    if one.limit.outcome is Outcome.UNDECIDED:
        return "undecided"
    return {True: "fixed point", False: "not unique", None: "uniqueness undecided"}[one.limit.unique]


def _proof(dataset: Dataset, one: Course) -> str:
    """How surely the predicted limit is known."""
    optimizer = one.optimizer
    if optimizer.name == "signum":
        optimizer = Optimizer("signum")
    field = optimizer.field(dataset.n_samples)
    found = predict(dataset.entries, field, proof=True)
    if not found.certified:
        return "floating point"
    return "interval proof" if field.smooth else "exact bracket"


def _portrait(dataset: Dataset, figures: dict[str, Figure], captions: dict[str, str]) -> None:
    problem = LimitProblem(dataset.entries, AdamProxy())
    if problem.n_unknowns not in (2, 3) or problem.n_unknowns > EXHAUSTIVE:
        return
    figures["portrait"] = portrait(problem, title=f"AdamProxy on {dataset.name}")
    captions["portrait"] = (
        "The flow of the loss weights c under AdamProxy on the simplex; discs attract, rings do not."
        if problem.n_unknowns == 3
        else "F₁ - F₂ over s = c₁ under AdamProxy; its zeros are fixed points, and where it is positive s falls."
    )


def _runs(
    dataset: Dataset,
    courses: list[Course],
    marks: Landmarks,
    figures: dict[str, Figure],
    captions: dict[str, str],
) -> None:
    name = dataset.name
    if any(one.comparable for one in courses):
        figures["convergence"] = convergence(courses, title=f"{name}: distance to the predicted direction")
        captions["convergence"] = "1 - cosine to each optimizer's predicted direction against Σ η, log-log."
    figures["margins"] = margins(dataset.X, courses, marks, title=f"{name}: margins, in units of the largest")
    captions["margins"] = "Normalised margins along runs; dashes at the right are predicted values."


def _sweeps(
    dataset: Dataset, marks: Landmarks, steps: int, figures: dict[str, Figure], captions: dict[str, str]
) -> None:
    if dataset.n_samples == 1:
        return
    name = dataset.name
    against_b = by_batch(dataset, steps=steps, points=POINTS)
    figures["batch"] = sweep_figure(against_b, marks, title=f"{name}: the limit against batch size")
    captions["batch"] = "Cosine of Adam's limit to the three max-margin directions against batch size."
    against_beta = by_beta2(dataset, steps=steps, points=POINTS)
    figures["beta2"] = sweep_figure(against_beta, marks, title=f"{name}: the limit of Inc-Adam against β₂")
    captions["beta2"] = "Cosine of per-sample Adam's limit to the three max-margin directions against 1 - β₂."
