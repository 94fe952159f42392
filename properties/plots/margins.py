"""Normalised margins against Σ η: min x_i·w / ‖w‖₂ over γ_2, and min x_i·w / ‖w‖_∞ over γ_∞.

Neither exceeds 1, by the definition of γ; exact brackets say what γ is.  Short dashes at the right are
the predicted values.  Negative margins, of a w that does not separate yet, are cut off at -0.1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from marginproof.properties.plots import style
from marginproof.properties.plots.convergence import label_of
from marginproof.properties.plots.labels import heading, label_ends
from marginproof.properties.plots.measure import PredictedRun, ReferenceDirections
from marginproof.properties.presentation import colours
from marginproof.theory.limit.problem import Outcome
from marginproof.theory.number_systems import Array


def margins(
    X: Array, courses: Sequence[PredictedRun], marks: ReferenceDirections, *, title: str = ""
) -> Figure:
    """Two panels, l2 left and l_inf right, one line an optimizer.

    Arguments:
      X: rows, shape (N, d), float64.
      courses: runs with predictions.
      marks: the margins.
    """
    with style.style():
        drawn = style.figure(9.8, 4.4)
        left, right = drawn.subplots(1, 2, sharex=True)
        for ax, norm in ((left, "l2"), (right, "linf")):
            _panel(ax, X, courses, marks, norm)
        lowest = min(left.get_ylim()[0], right.get_ylim()[0])
        left.set_ylim(lowest, 1.06)
        right.set_ylim(lowest, 1.06)
        ends = [(_ratios(c, marks, "linf")[-1], label_of(c), colour)
                for c, colour in zip(courses, colours.SERIES, strict=False)]  # fmt: skip
        label_ends(right, ends, x=1.04)
        left.set_title("of the $\\ell_2$ margin $\\gamma_2$", fontweight="normal", fontsize=10)
        right.set_title("of the $\\ell_\\infty$ margin $\\gamma_\\infty$", fontweight="normal", fontsize=10)
        left.set_ylabel("$\\min_i x_i\\cdot w\\;/\\;(\\gamma\\,\\Vert w\\Vert)$")
        heading(left, title)
    return drawn


def _panel(
    ax: Axes, X: Array, courses: Sequence[PredictedRun], marks: ReferenceDirections, norm: str
) -> None:
    ax.axhline(1.0, color=colours.INK, lw=1.0)
    for course, colour in zip(courses, colours.SERIES, strict=False):
        ax.semilogx(course.time, _ratios(course, marks, norm), color=colour)
        if course.limit.outcome is Outcome.FIXED_POINT:
            level = predicted_ratio(X, course, marks, norm)
            ax.plot([0.94, 1.0], [level, level], color=colour, lw=1.4, ls=(0, (2, 1)),
                    transform=ax.get_yaxis_transform())  # fmt: skip
    ax.set_xlim(float(min(c.time[0] for c in courses)), float(max(c.time[-1] for c in courses)))
    ax.set_ylim(max(ax.get_ylim()[0], -0.1), 1.06)
    ax.set_xlabel("flow time  $\\Sigma\\,\\eta$")


def _ratios(course: PredictedRun, marks: ReferenceDirections, norm: str) -> Array:
    gamma = (marks.l2 if norm == "l2" else marks.linf).value
    name = "margin_l2" if norm == "l2" else "margin_linf"
    return np.array([getattr(point, name) for point in course.run.checkpoints]) / gamma


def predicted_ratio(X: Array, course: PredictedRun, marks: ReferenceDirections, norm: str) -> float:
    """The limit direction's margin in units of γ."""
    w = course.limit.direction
    size, gamma = (np.linalg.norm(w), marks.l2.value) if norm == "l2" else (np.abs(w).max(), marks.linf.value)
    return float((X @ w).min() / size / gamma)
