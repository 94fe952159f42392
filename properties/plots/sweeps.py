"""Cosine to the l2, l_inf and Mahalanobis max-margin directions against batch size or β2."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from marginproof.properties.plots import style
from marginproof.properties.plots.labels import heading, label_ends
from marginproof.properties.plots.measure import ReferenceDirections
from marginproof.properties.plots.sweep_data import Sweep
from marginproof.properties.presentation import colours
from marginproof.theory.limit.problem import Outcome

NAMES = {
    "l2": "$\\ell_2$ max-margin",
    "linf": "$\\ell_\\infty$ max-margin",
    "adamproxy": "Mahalanobis\n(AdamProxy)",
}
COLOURS = {"l2": colours.BLUE, "linf": colours.VERMILION, "adamproxy": colours.GREEN}
SHAPES = {"l2": "o", "linf": "s", "adamproxy": "^"}


def sweep_figure(sweep: Sweep, marks: ReferenceDirections, *, title: str = "", note: str = "") -> Figure:
    """Lines are predictions, marks are the ends of runs, one colour and shape a landmark.

    Arguments:
      sweep: limits and runs along b, or along β2.
      marks: the directions compared with.
    """
    note = note or f"Lines: predicted limit ({sweep.label}).  Marks: end of a run ({sweep.run_label})."
    if any(limit.outcome is Outcome.CYCLE for limit in sweep.limits):
        note += "  Where the flow circles there is no line."
    if any(limit.outcome is Outcome.UNDECIDED for limit in sweep.limits):
        note += "  Where the prediction is undecided there is no line."
    apart = farthest(sweep, marks)
    if apart is not None:
        note += f"  Farthest mark from its line: {apart:.1g}."
    with style.style():
        drawn = style.figure(8.0, 4.4)
        ax = drawn.add_subplot()
        ends = []
        measured = sweep.measured(marks)
        for key, values in sweep.cosines(marks).items():
            ax.plot(sweep.x, values, color=COLOURS[key])
            ax.plot(sweep.measured_x, measured[key], SHAPES[key], color=COLOURS[key], ms=6.5,
                    mfc=colours.PAPER, mew=1.6, zorder=4, clip_on=False)  # fmt: skip
            known = values[np.isfinite(values)]
            end = float(known[-1]) if len(known) else float(measured[key][-1])
            ends.append((end, NAMES[key], COLOURS[key]))
        _axes(ax, sweep)
        label_ends(ax, ends, x=1.03)
        heading(ax, title, note)
    return drawn


def farthest(sweep: Sweep, marks: ReferenceDirections) -> float | None:
    """Largest distance of a mark from the predicted line at its place; ``None`` where no mark has a line.

    A run that has not settled at its Σ η shows here, so the picture says it in a number.
    """
    at = [int(np.flatnonzero(sweep.x == value)[0]) for value in sweep.measured_x]
    lines, found = sweep.cosines(marks), sweep.measured(marks)
    gaps = np.concatenate([np.abs(lines[key][at] - found[key]) for key in lines])
    return float(np.nanmax(gaps)) if np.isfinite(gaps).any() else None


def _axes(ax: Axes, sweep: Sweep) -> None:
    ax.set_ylabel("cosine between $w/\\Vert w\\Vert$ and each direction")
    ax.set_xscale("log")
    low, high = ax.get_ylim()
    ax.set_ylim(low, min(high, 1.0 + 0.06 * (high - low)))
    if sweep.parameter == "b":
        ticks = [int(b) for b in sweep.measured_x]
        ax.set_xlabel("batch size $b$  (right end: $b = N$, the full batch)")
        ax.set_xlim(sweep.x[0] / 1.04, sweep.x[-1] * 1.04)
        ax.xaxis.set_major_locator(FixedLocator(ticks))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.set_xticklabels([str(b) for b in ticks])
    else:
        ax.set_xlabel("$1-\\beta_2$,  falling to the right ($\\beta_2 \\to 1$)")
        ax.set_xlim(float(sweep.x.max()) * 1.1, float(sweep.x.min()) / 1.1)
