"""Loss weights along runs: c_i against Σ η."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from marginproof.properties.plots import style
from marginproof.properties.plots.labels import end_mark, explain, heading, label_ends, with_settled
from marginproof.properties.presentation import colours
from marginproof.theory.number_systems import Array

LINES = (colours.PURPLE, colours.ORANGE, colours.SKY, colours.GREEN, colours.BLUE, colours.VERMILION)
"""Rows and starts have none of the directions' colours as long as others are left."""


@dataclass(frozen=True, eq=False)
class PlottedLine:
    """One weight along one run.

    Attributes:
      label: written at its end.
      time: Σ η, shape (K,).
      values: the weight, shape (K,).
      settled: whether the run has; ``None`` where it is not expected to, such as on a cycle.
    """

    label: str
    time: Array
    values: Array
    settled: bool | None = None


DASHES = ("--", ":", "-.")
"""Of up to three levels, which a legend must tell apart."""


def weights(
    lines: Sequence[PlottedLine],
    *,
    title: str = "",
    note: str = "",
    levels: Sequence[tuple[float, str]] = (),
    ylabel: str = "loss weight $c_i$",
    log: bool = False,
) -> Figure:
    """Lines with labels at their ends; ``levels`` are predicted values, dashed or dotted, with a name at the right."""
    with style.style():
        drawn = style.figure(8.2, 3.9)
        ax = drawn.add_subplot()
        for line, colour in zip(lines, LINES, strict=False):
            ax.plot(line.time, line.values, color=colour)
            if line.settled is not None:
                end_mark(ax, float(line.time[-1]), float(line.values[-1]), colour, line.settled)
        first = min(float(line.time[0]) for line in lines)
        ax.set_xlim(first, max(float(line.time[-1]) for line in lines))
        ax.set_ylim(-0.03, 1.03)
        if log:
            ax.set_xscale("log")
        for (level, name), dashes in zip(levels, DASHES, strict=False):
            ax.axhline(level, color=colours.INK, lw=0.9, ls=dashes, zorder=1)
            if style.narrow(drawn):
                continue
            ax.text(
                0.99,
                level - 0.015,
                name,
                transform=ax.get_yaxis_transform(),
                fontsize=style.size(8.5),
                ha="right",
                va="top",
            )
        ax.set_xlabel("flow time  $\\Sigma\\,\\eta$")
        ax.set_ylabel(ylabel)
        ends = [
            (
                float(np.clip(line.values[-1], 0, 1)),
                with_settled(line.label, line.settled is not False),
                colour,
            )
            for line, colour in zip(lines, LINES, strict=False)
        ]
        if style.narrow(drawn):
            explain(drawn, [(name, dashes, None) for (_, name), dashes in zip(levels, DASHES, strict=False)])
        heading(ax, title, note)
        label_ends(ax, ends, x=1.03)
    return drawn
