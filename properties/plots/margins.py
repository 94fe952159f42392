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
from marginproof.properties.plots.labels import end_mark, explain, heading, label_ends, with_settled
from marginproof.properties.plots.measure import MARGIN_MOVED, PredictedRun, ReferenceDirections, colours_of
from marginproof.properties.plots.settling import NOT_SETTLED
from marginproof.properties.presentation import colours
from marginproof.theory.limit.problem import Outcome
from marginproof.theory.number_systems import Array


def margins(
    X: Array,
    courses: Sequence[PredictedRun],
    marks: ReferenceDirections,
    *,
    title: str = "",
    predicted: bool = True,
) -> Figure:
    """Two panels, ℓ₂ left and ℓ∞ right, one line an optimizer.

    Arguments:
      X: rows, shape (N, d), float64.
      courses: runs with predictions.
      marks: the margins.
      predicted: whether runs are compared with predictions; if not, an end is full once the margins have settled.
    """
    with style.style():
        drawn = style.figure(9.8, 4.4)
        if style.narrow(drawn):
            drawn.set_figheight(1.5 * drawn.get_figwidth())
        axes = drawn.subplots(2, 1, sharex=True) if style.narrow(drawn) else drawn.subplots(1, 2, sharex=True)
        done = [c.settled(marks) if predicted else c.margins_settled for c in courses]
        painted = list(zip(courses, colours_of(courses), done, strict=True))
        told = predicted and any(c.limit.outcome is Outcome.FIXED_POINT for c in courses)
        for ax, norm in zip(axes, ("l2", "linf"), strict=True):
            _panel(ax, X, painted, marks, norm, predicted)
        lowest = min(ax.get_ylim()[0] for ax in axes)
        for ax, norm in zip(axes, ("l2", "linf"), strict=True):
            ax.set_ylim(lowest, 1.06)
            ax.set_ylabel(MARGINS[norm])
        axes[1].set_xlabel("flow time  $\\Sigma\\,\\eta$")
        if not style.narrow(drawn):
            axes[0].set_xlabel("flow time  $\\Sigma\\,\\eta$")
        ends = [
            (_ratios(c, marks, "linf")[-1], with_settled(label_of(c), settled), colour)
            for c, colour, settled in painted
        ]
        cut, hollow = (
            _cut(courses, marks),
            "" if all(done) else NOT_SETTLED if predicted else MARGIN_NOT_SETTLED,
        )
        explain(drawn, _keys(told, cut, not all(done)))
        heading(axes[0], title, _note(told, cut, hollow, stacked=style.narrow(drawn)))
        label_ends(axes[1], ends, x=1.06)
    return drawn


MARGINS = {"l2": "$\\ell_2$ margin / $\\gamma_2$", "linf": "$\\ell_\\infty$ margin / $\\gamma_\\infty$"}
MARGIN_NOT_SETTLED = (
    f"not settled (moved by more than {MARGIN_MOVED:.0%} in the second half of the flow time)"
)
CUT = -0.1
"""Where a negative margin, of a w that does not separate yet, is cut off."""


def _cut(courses: Sequence[PredictedRun], marks: ReferenceDirections) -> bool:
    """Whether a margin goes below the axes."""
    return any(float(np.nanmin(_ratios(c, marks, norm))) < CUT for c in courses for norm in ("l2", "linf"))


def _keys(told: bool, cut: bool, hollow: bool) -> list[tuple[str, str, bool | None]]:
    """What a paper's legend says of dashes, hollow ends and the cut."""
    keys: list[tuple[str, str, bool | None]] = [("predicted", "--", None)] if told else []
    if hollow:
        keys.append(("not settled", "o", True))
    return keys + ([(f"cut off below −{-CUT:g}", "", None)] if cut else [])


def _note(told: bool, cut: bool, hollow: str, *, stacked: bool) -> str:
    """The panels, the dashes, the cut and the hollow ends, each where there is one."""
    first, second = ("Above", "below") if stacked else ("Left", "right")
    text = f"{first}: min x·w/‖w‖₂ over the largest, γ₂; {second}: min x·w/‖w‖∞ over γ∞."
    if told:
        text += " Short dashes at the right: predicted."
    if cut:
        text += f" Cut off below {CUT:g}".replace("-", "−") + ", where w does not separate the data."
    return text + (f" Hollow: {hollow}." if hollow else "")


def _panel(
    ax: Axes,
    X: Array,
    painted: Sequence[tuple[PredictedRun, str, bool]],
    marks: ReferenceDirections,
    norm: str,
    predicted: bool,
) -> None:
    ax.axhline(1.0, color=colours.INK, lw=1.0)
    courses = [course for course, *_ in painted]
    for course, colour, settled in painted:
        ratios = _ratios(course, marks, norm)
        ax.semilogx(course.time, ratios, color=colour)
        if predicted and course.limit.outcome is Outcome.FIXED_POINT:
            level = predicted_ratio(X, course, marks, norm)
            ax.plot([0.94, 1.0], [level, level], color=colour, lw=1.4, ls=(0, (2, 1)),
                    transform=ax.get_yaxis_transform())  # fmt: skip
        if ratios[-1] >= CUT:
            end_mark(ax, course.time[-1], ratios[-1], colour, settled)
    ax.set_xlim(float(min(c.time[0] for c in courses)), float(max(c.time[-1] for c in courses)))
    ax.set_ylim(max(ax.get_ylim()[0], CUT), 1.06)


def _ratios(course: PredictedRun, marks: ReferenceDirections, norm: str) -> Array:
    gamma = (marks.l2 if norm == "l2" else marks.linf).value
    name = "margin_l2" if norm == "l2" else "margin_linf"
    return np.array([getattr(point, name) for point in course.run.checkpoints]) / gamma


def predicted_ratio(X: Array, course: PredictedRun, marks: ReferenceDirections, norm: str) -> float:
    """The limit direction's margin in units of γ."""
    w = course.limit.direction
    size, gamma = (np.linalg.norm(w), marks.l2.value) if norm == "l2" else (np.abs(w).max(), marks.linf.value)
    return float((X @ w).min() / size / gamma)
