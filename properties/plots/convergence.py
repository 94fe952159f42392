"""1 - cosine to the predicted direction against Σ η, log-log, with the theory's rate beside it.

Once the loss weights c have settled, w_t - u Σ η stays bounded while ‖w_t‖ grows like Σ η, so the angle
falls like 1/Σ η and 1 - cosine like (Σ η)^-2; on a limit cycle the same holds about the cycle's mean.
Chatter of steps of size η adds Σ η² to the bounded part, a logarithm for η ∝ t^(-1/2).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from marginproof.properties.plots import style
from marginproof.properties.plots.labels import heading, label_ends
from marginproof.properties.plots.measure import ROUNDING, PredictedRun
from marginproof.properties.presentation import colours

SMALLEST = 1e-16
"""1 - cosine is drawn down to here: double precision's own noise."""


def convergence(courses: Sequence[PredictedRun], *, title: str = "", note: str = "") -> Figure:
    """One line an optimizer; those without a single predicted direction are named below instead.

    Arguments:
      courses: runs with their predictions.
      title: of the figure.
      note: a sentence below the title.
    """
    painted = [(c, colour) for c, colour in zip(courses, colours.SERIES, strict=False) if c.comparable]
    shown = [course for course, _ in painted]
    left_out = [course.name for course in courses if not course.comparable]
    if left_out:
        note += f" Not shown, for want of a single predicted direction: {'; '.join(left_out)}."
    exact = [course.name for course in shown if course.gaps[-1] <= ROUNDING]
    if exact:
        note += f" On the predicted direction to rounding, below the axis: {'; '.join(exact)}."
    with style.style():
        drawn = style.figure(8.2, 4.6)
        ax = drawn.add_subplot()
        ends = []
        for course, colour in painted:
            time, gaps = course.time, np.maximum(course.gaps, SMALLEST)
            ax.loglog(time, gaps, color=colour)
            ends.append((float(gaps[-1]), label_of(course), colour))
        ax.set_xlabel("flow time  $\\Sigma\\,\\eta$")
        ax.set_ylabel("$1-\\cos(w,\\;u)$,  $u$ the predicted direction")
        if shown:
            _frame(ax, shown)
            _rate(ax, shown)
            label_ends(ax, ends)
        heading(ax, title, note)
    return drawn


def label_of(course: PredictedRun) -> str:
    """The optimizer's name, over two lines where it is long."""
    return course.name.replace(", β₁", ",\nβ₁", 1)


def _frame(ax: Axes, shown: Sequence[PredictedRun]) -> None:
    gaps = np.concatenate([course.gaps for course in shown])
    told = gaps[gaps > ROUNDING]  # a run that is exact to rounding lies on the lower edge
    low, high = (float(told.min()) / 4, float(told.max()) * 3) if len(told) else (ROUNDING, 1.0)
    ax.set_ylim(low, min(2.5, high))
    ax.set_xlim(float(min(c.time[0] for c in shown)), float(max(c.time[-1] for c in shown)))


def _rate(ax: Axes, shown: Sequence[PredictedRun]) -> None:
    """A dashed line of slope -2 above every curve, over the last decade; the axes make room for it."""
    told = [course for course in shown if course.gaps[-1] > ROUNDING]
    if not told:
        return
    right = ax.get_xlim()[1]
    x = np.geomspace(right / 12, right / 1.5, 9)
    heights = [
        np.interp(np.log(x), np.log(c.time), np.log(np.maximum(c.gaps, SMALLEST))) + 2 * np.log(x / x[0])
        for c in told
    ]
    top = float(np.max(heights)) + 0.7
    y = np.exp(top - 2 * np.log(x / x[0]))
    ax.loglog(x, y, "--", color=colours.INK, lw=1.2)
    ax.set_ylim(ax.get_ylim()[0], max(ax.get_ylim()[1], 2 * float(y[0])))
    middle = (float(x[4]), float(y[4]))
    ax.annotate(
        "rate $(\\Sigma\\eta)^{-2}$", middle, (6, 5), textcoords="offset points", fontsize=9, zorder=5
    )
