"""What a figure shows: alt texts with the numbers that a reader of the picture would take from it."""

from __future__ import annotations

from collections.abc import Sequence

from marginproof.properties.plots.measure import PredictedRun, ReferenceDirections
from marginproof.properties.plots.sweep_data import Sweep
from marginproof.properties.presentation.names import DIRECTIONS, angle, listed


def ends_of(courses: Sequence[PredictedRun]) -> str:
    """Where the distances to the predicted directions end."""
    ends = [f"{c.name}: {angle(float(c.gaps[-1]))}" for c in courses if c.comparable]
    return f"At the end the angles are {'; '.join(ends)}."


def margins_of(courses: Sequence[PredictedRun], marks: ReferenceDirections) -> str:
    """Where the margins end, in units of the largest."""
    ends = [
        f"{c.name}: {c.run.final.margin_l2 / marks.l2.value:.3f} and {c.run.final.margin_linf / marks.linf.value:.3f}"
        for c in courses
    ]
    return f"At the end, in units of γ₂ and of γ∞: {'; '.join(ends)}."


def sweep_of(sweep: Sweep, marks: ReferenceDirections) -> str:
    """Predicted angles at both ends of a sweep."""
    lines = sweep.angles(marks)
    ends = [
        f"at {sweep.parameter} = {sweep.x[k]:.3g}: "
        + ", ".join(f"{values[k]:.3g}° to {DIRECTIONS[key]}" for key, values in lines.items())
        for k in (0, -1)
        if all(values[k] == values[k] for values in lines.values())
    ]
    return f"Predicted angles {'; '.join(ends)}." if ends else "No predicted angles at either end."


def directions_of(marks: ReferenceDirections) -> str:
    """The reference directions that a figure compares with, named."""
    return listed([DIRECTIONS[key] for key in marks.directions])
