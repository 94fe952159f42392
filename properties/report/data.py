"""A data set on the page: margins, limits by optimizer and batch size, runs beside them, figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from matplotlib.figure import Figure

from marginproof.constructions.dataset import Dataset
from marginproof.properties.plots.margins import predicted_ratio
from marginproof.properties.plots.measure import (
    PredictedRun,
    ReferenceDirections,
    course,
    default_optimizers,
    landmarks,
)
from marginproof.properties.plots.settling import ROUNDING
from marginproof.properties.plots.sweep_data import divisors
from marginproof.properties.report.drawing import Drawing
from marginproof.theory.batching import Batching, Cyclic
from marginproof.theory.limit.problem import Outcome
from marginproof.theory.optimizers import Adam, AdamProxy, Optimizer, Signum
from marginproof.theory.prediction import predict

STEPS = 300_000
"""Of each run: Σ η = 110 at the usual step sizes."""
PARTS = 5
"""Times the progress of :func:`section` is reported."""


@dataclass(frozen=True)
class LimitRow:
    """Predicted and simulated, one optimizer at one batch size.

    Attributes:
      name, batch: the optimizer and b.
      outcome: of the predicted flow.
      angles: of the predicted direction to each reference direction, in degrees; empty where the prediction is undecided.
      ratios: predicted min x_i·w/‖w‖ over γ_2 and γ_∞; ``None`` twice where the prediction is undecided.
      proof: ``interval proof``, ``exact bracket`` or ``floating point``.
      gap: one minus the cosine between the run's end and the prediction, or ``None`` where there is no single direction; shown as an angle.
      run_ratios: the run's own margins.
      rate: the slope of the angle's logarithm against log Σ η at the end; ``None`` also where the gap is rounding.
      settled: :meth:`~marginproof.properties.plots.measure.PredictedRun.settled`; ``None`` where there is no single direction.
    """

    name: str
    batch: int
    outcome: str
    angles: dict[str, float]
    ratios: tuple[float, float] | tuple[None, None]
    proof: str
    gap: float | None
    run_ratios: tuple[float, float]
    rate: float | None
    settled: bool | None


@dataclass(frozen=True, eq=False)
class Section:
    """Everything the page says of a data set.

    Attributes:
      dataset, marks: the data and the directions compared with.
      rows: limits and runs.
      figures: each figure by its file's stem; ``small`` (the same for a phone), ``captions`` and ``alts`` (the figure in words) have
        the same keys.
      settings: of the runs.
      attracting: AdamProxy's attracting fixed points, where a portrait lists them; else 0.
    """

    dataset: Dataset
    marks: ReferenceDirections
    rows: tuple[LimitRow, ...]
    figures: dict[str, Figure] = field(repr=False)
    small: dict[str, Figure] = field(repr=False)
    captions: dict[str, str]
    alts: dict[str, str]
    settings: str
    attracting: int = 0


def optimizers_shown(n_samples: int) -> list[tuple[Optimizer, Batching]]:
    """The optimizers of :func:`~marginproof.properties.plots.measure.default_optimizers`, and Inc-Adam at up to two batch
    sizes between 1 and N.
    """
    between = divisors(n_samples)[1:-1]
    middle = sorted({between[0], between[len(between) // 2]}) if between else []
    return default_optimizers(n_samples) + [(Adam(), Cyclic(b)) for b in middle]


def section(dataset: Dataset, steps: int = STEPS, on: Callable[[str], None] = lambda part: None) -> Section:
    """Run and draw everything for one data set.

    Arguments:
      dataset: separable data.
      steps: of each run.
      on: called :data:`PARTS` times with the name of the part that is done.
    """
    marks = landmarks(dataset)
    on("margins")
    courses = [course(dataset, *one, steps=steps) for one in optimizers_shown(dataset.n_samples)]
    rows = tuple(limit_row(dataset, one, marks) for one in courses)
    on("limits")
    drawing = Drawing(dataset, marks)
    drawing.portrait()
    on("portrait")
    main = courses[: len(default_optimizers(dataset.n_samples))]
    drawing.runs(main)
    on("runs")
    drawing.sweeps(steps)
    on("sweeps")
    return Section(
        dataset,
        marks,
        rows,
        drawing.figures,
        drawing.small,
        drawing.captions,
        drawing.alts,
        main[-1].settings,
        drawing.attracting,
    )


def limit_row(dataset: Dataset, one: PredictedRun, marks: ReferenceDirections) -> LimitRow:
    """A course as a row of the table."""
    limit, final = one.limit, one.run.final
    told = one.comparable and float(one.gaps[-1]) > ROUNDING
    settled, known = limit.outcome is Outcome.FIXED_POINT, limit.outcome is not Outcome.UNDECIDED
    return LimitRow(
        name=one.short,
        batch=1 if isinstance(one.optimizer, AdamProxy) else one.batching.size(dataset.n_samples),
        outcome=_outcome(one),
        angles=marks.angles(limit.direction) if known else {},
        ratios=_predicted_ratios(dataset, one, marks) if known else (None, None),
        proof=_proof(dataset, one) if settled else "floating point",
        gap=float(one.gaps[-1]) if one.comparable else None,
        run_ratios=(final.margin_l2 / marks.l2.value, final.margin_linf / marks.linf.value),
        rate=one.slope() if told else None,
        settled=one.settled(marks) if one.comparable else None,
    )


def _predicted_ratios(dataset: Dataset, one: PredictedRun, marks: ReferenceDirections) -> tuple[float, float]:
    return predicted_ratio(dataset.X, one, marks, "l2"), predicted_ratio(dataset.X, one, marks, "linf")


def _outcome(one: PredictedRun) -> str:
    if one.limit.outcome is Outcome.CYCLE:
        return "circles (mean)"
    if one.limit.outcome is Outcome.UNDECIDED:
        return "undecided"
    return {True: "fixed point", False: "not unique", None: "uniqueness undecided"}[one.limit.unique]


def _proof(dataset: Dataset, one: PredictedRun) -> str:
    """How surely the predicted limit is known."""
    optimizer = Signum(None) if isinstance(one.optimizer, Signum) else one.optimizer
    field = optimizer.field(dataset.n_samples, one.batching)
    found = predict(dataset.entries, field, proof=True)
    if not found.certified:
        return "floating point"
    return "interval proof" if field.smooth else "exact bracket"
