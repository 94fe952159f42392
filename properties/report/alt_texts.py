"""What a figure shows: alt texts with the numbers that a reader of the picture would take from it."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from marginproof.properties.plots.measure import ROUNDING, PredictedRun, ReferenceDirections
from marginproof.properties.plots.sweep_data import Sweep

DIRECTIONS = {"l2": "ℓ₂", "linf": "ℓ∞", "adamproxy": "Mahalanobis"}
"""ReferenceDirections by the paper's symbols."""


def note_of(figure: Figure) -> str:
    """The small text below a figure's title, on one line."""
    note = figure.axes[0].get_title(loc="left") if figure.axes else ""
    return " ".join(note.split())


def ends_of(courses: Sequence[PredictedRun]) -> str:
    """Where the distances to the predicted directions end."""
    ends = [f"{c.name}: {tiny(float(c.gaps[-1]))}" for c in courses if c.comparable]
    return f"At the end 1 - cosine is {'; '.join(ends)}."


def margins_of(courses: Sequence[PredictedRun], marks: ReferenceDirections) -> str:
    """Where the margins end, in units of the largest."""
    ends = [
        f"{c.name}: {c.run.final.margin_l2 / marks.l2.value:.3f} and {c.run.final.margin_linf / marks.linf.value:.3f}"
        for c in courses
    ]
    return f"At the end, in units of γ₂ and of γ∞: {'; '.join(ends)}."


def sweep_of(sweep: Sweep, marks: ReferenceDirections) -> str:
    """Predicted cosines at both ends of a sweep."""
    lines = sweep.cosines(marks)
    ends = [
        f"at {sweep.parameter} = {sweep.x[k]:.3g}: "
        + ", ".join(f"{values[k]:.3f} to {DIRECTIONS[key]}" for key, values in lines.items())
        for k in (0, -1)
        if all(values[k] == values[k] for values in lines.values())
    ]
    return f"Predicted cosines {'; '.join(ends)}." if ends else "No predicted cosines at either end."


def directions_of(marks: ReferenceDirections) -> str:
    """The reference directions that a figure compares with, named."""
    names = [DIRECTIONS[key] for key in marks.directions]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def tiny(value: float) -> str:
    """A 1 - cosine; below :data:`~marginproof.properties.plots.measure.ROUNDING` double precision cannot tell it from 0."""
    return f"below {ROUNDING:.0e}" if value <= ROUNDING else f"{value:.1e}"
