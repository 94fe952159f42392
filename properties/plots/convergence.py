"""The angle to the predicted direction against Σ η, log-log, with the theory's rate beside it.

Once the loss weights c have settled, w_t - u Σ η stays bounded while ‖w_t‖ grows like Σ η, so the angle
falls like 1/Σ η; on a limit cycle the same holds about the cycle's mean.
Chatter of steps of size η adds Σ η² to the bounded part, a logarithm for η ∝ t^(-1/2).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from marginproof.properties.plots import style
from marginproof.properties.plots.labels import end_mark, heading, label_ends, with_settled
from marginproof.properties.plots.measure import PredictedRun, ReferenceDirections, colours_of
from marginproof.properties.plots.settling import NOT_SETTLED, ROUNDING, SAME
from marginproof.properties.presentation import colours

SMALLEST = SAME
"""Degrees down to which an angle is drawn, about 8.1e-6: double precision's own noise."""
HOLLOW = f"Hollow at the end: {NOT_SETTLED}."
"""Said below a figure of runs with hollow ends."""


def convergence(
    courses: Sequence[PredictedRun], marks: ReferenceDirections, *, title: str = "", note: str = ""
) -> Figure:
    """One line an optimizer; those without a single predicted direction are named below instead.

    Arguments:
      courses: runs with their predictions.
      marks: the reference directions, to say which runs have settled.
      title: of the figure.
      note: a sentence below the title.
    """
    painted = [(c, colour) for c, colour in zip(courses, colours_of(courses), strict=True) if c.comparable]
    shown = [course for course, _ in painted]
    with style.style():
        drawn = style.figure(8.2, 4.6)
        ax = drawn.add_subplot()
        ends, last = [], []
        for course, colour in painted:
            time, angles = course.time, np.maximum(course.angles, SMALLEST)
            settled = course.settled(marks)
            ax.loglog(time, angles, color=colour)
            last.append((time[-1], angles[-1], colour, settled))
            ends.append((float(angles[-1]), with_settled(label_of(course), settled), colour))
        ax.set_xlabel("flow time  $\\Sigma\\,\\eta$")
        whole = (
            "angle to the prediction (degrees)"
            if style.paper()
            else "angle to the predicted direction (degrees)"
        )
        ax.set_ylabel("angle (degrees)" if style.narrow(drawn) else whole)
        if shown:
            _frame(ax, shown)
            _rate(ax, shown)
            for end, angle, colour, settled in last:  # one below the axes would make the layout shrink them
                end_mark(ax, end, max(angle, ax.get_ylim()[0]), colour, settled)
        heading(ax, title, _note(note, courses, marks))
        label_ends(ax, ends, x=1.03)
    return drawn


def _note(note: str, courses: Sequence[PredictedRun], marks: ReferenceDirections) -> str:
    """What the figure needs said: whom it leaves out, who is off the axis, what is hollow and dashed."""
    left_out = [course.name for course in courses if not course.comparable]
    if left_out:
        note += f" Not shown, for want of a single predicted direction: {'; '.join(left_out)}."
    shown = [course for course in courses if course.comparable]
    exact = [course.name for course in shown if course.gaps[-1] <= ROUNDING]
    if exact:
        note += f" On the predicted direction to rounding, at the lower edge: {'; '.join(exact)}."
    if not all(course.settled(marks) for course in shown):
        note += f" {HOLLOW}"
    return note + (" Dashed: the rate of theory." if len(exact) < len(shown) else "")


def label_of(course: PredictedRun) -> str:
    """The optimizer's name, over two lines where it is long."""
    return course.name.replace(", β₁", ",\nβ₁", 1)


def _frame(ax: Axes, shown: Sequence[PredictedRun]) -> None:
    angles = np.concatenate([course.angles for course in shown])
    told = angles[angles > SMALLEST]  # a run that is exact to rounding lies on the lower edge
    low, high = (float(told.min()) / 2, float(told.max()) * 2) if len(told) else (SMALLEST, 1.0)
    ax.set_ylim(low, min(200, high))
    ax.set_xlim(float(min(c.time[0] for c in shown)), float(max(c.time[-1] for c in shown)))


def _rate(ax: Axes, shown: Sequence[PredictedRun]) -> None:
    """A dashed line of slope -1 above every curve, over the last decade; the axes make room for it."""
    told = [course for course in shown if course.gaps[-1] > ROUNDING]
    if not told:
        return
    right = ax.get_xlim()[1]
    x = np.geomspace(right / 12, right / 1.5, 9)
    heights = [
        np.interp(np.log(x), np.log(c.time), np.log(np.maximum(c.angles, SMALLEST))) + np.log(x / x[0])
        for c in told
    ]
    top = float(np.max(heights)) + 0.35
    y = np.exp(top - np.log(x / x[0]))
    ax.loglog(x, y, "--", color=colours.INK, lw=1.2)
    ax.set_ylim(ax.get_ylim()[0], max(ax.get_ylim()[1], 1.6 * float(y[0])))
    middle = (float(x[4]), float(y[4]))
    ax.annotate(
        "rate $(\\Sigma\\eta)^{-1}$",
        middle,
        (6, 5),
        textcoords="offset points",
        fontsize=style.size(9),
        zorder=5,
    )
