"""Angle to the ℓ₂, ℓ∞ and Mahalanobis max-margin directions against batch size or β2.

A batch size is a whole number that divides N: one dot each, and no line between them.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from marginproof.properties.plots import style
from marginproof.properties.plots.labels import end_mark, explain, heading, label_ends
from marginproof.properties.plots.measure import ReferenceDirections
from marginproof.properties.plots.settling import NOT_SETTLED
from marginproof.properties.plots.sweep_data import Sweep
from marginproof.properties.presentation import colours
from marginproof.properties.presentation.names import DIRECTIONS_MATH
from marginproof.theory.limit.problem import Outcome

SHAPES = {"l2": "o", "linf": "s", "adamproxy": "^"}
"""A reference direction's mark, beside its colour."""


def sweep_figure(sweep: Sweep, marks: ReferenceDirections, *, title: str = "", note: str = "") -> Figure:
    """Predictions (dots for b, lines for β2) and the ends of runs, one colour and shape a reference direction.

    Arguments:
      sweep: limits and runs along b, or along β2.
      marks: the directions compared with.
    """
    with style.style():
        drawn = style.figure(8.0, 4.4)
        ax = drawn.add_subplot()
        ends = []
        measured, done = sweep.measured(marks), sweep.settled(marks)
        for key, values in sweep.angles(marks).items():
            colour, shape = colours.DIRECTIONS[key], SHAPES[key]
            if sweep.parameter == "b":
                ax.plot(sweep.x, values, ".", color=colour, ms=style.mark(7), zorder=3, clip_on=False)
            else:
                ax.plot(sweep.x, values, color=colour)
            for x, y, settled in zip(sweep.measured_x, measured[key], done, strict=True):
                _run_mark(ax, float(x), float(y), colour, shape, settled, sweep.parameter == "b")
            known = values[np.isfinite(values)]
            end = float(known[-1]) if len(known) else float(measured[key][-1])
            ends.append((end, DIRECTIONS_MATH[key], colour))
        _axes(ax, sweep)
        explain(drawn, _keys(sweep, marks))
        heading(ax, title, f"{note} {_note(sweep, marks)}")
        label_ends(ax, ends, x=1.04, shapes="".join(SHAPES[key] for key in measured))
    return drawn


def _run_mark(ax: Axes, x: float, y: float, colour: str, shape: str, settled: bool, ring: bool) -> None:
    """A run's end: around the dot of its batch size a ring, full marks on a line; hollow and dashed where not settled."""
    if ring:
        face = colour if settled else "none"
        ax.plot(x, y, shape, color=colour, mfc=face, alpha=0.55 if settled else 1.0, ms=style.mark(10), mew=style.mark(1.4),
                zorder=2, clip_on=False)  # fmt: skip
    else:
        end_mark(ax, x, y, colour, settled, shape)


def _keys(sweep: Sweep, marks: ReferenceDirections) -> list[tuple[str, str, bool | None]]:
    """What a paper's legend says of dots, lines and marks."""
    keys: list[tuple[str, str, bool | None]] = []
    if any(limit.outcome is Outcome.FIXED_POINT for limit in sweep.limits):
        keys.append(("predicted", ".", False) if sweep.parameter == "b" else ("predicted", "-", None))
    done = sweep.settled(marks)
    if done.any():
        keys.append(("run", "o", False))
    return keys + ([] if done.all() else [("run, not settled", "o", True)])


def _note(sweep: Sweep, marks: ReferenceDirections) -> str:
    """What is drawn, what is hollow, what is missing."""
    parts = [
        f"Dots: predicted, one for each b that divides N ({sweep.label})."
        if sweep.parameter == "b"
        else f"Lines: predicted ({sweep.label}).",
        f"Larger marks: runs ({sweep.run_label})."
        if sweep.parameter == "b"
        else f"Marks: runs ({sweep.run_label}, placed at the effective β₂′).",
    ]
    if not sweep.settled(marks).all():
        parts.append(f"Hollow: {NOT_SETTLED}.")
    for outcome, words in (
        (Outcome.CYCLE, "the flow circles"),
        (Outcome.UNDECIDED, "the prediction is undecided"),
    ):
        if any(limit.outcome is outcome for limit in sweep.limits):
            parts.append(f"Where {words} nothing is predicted.")
    miss = farthest(sweep, marks)
    if miss is not None:
        parts.append(f"Settled runs end within {miss:.2g}° of their predictions.")
    return " ".join(parts)


def farthest(sweep: Sweep, marks: ReferenceDirections) -> float | None:
    """The largest angle between a settled run and what was predicted for it; ``None`` where there is no such run."""
    misses = sweep.misses()[sweep.settled(marks)]
    return float(np.nanmax(misses)) if np.isfinite(misses).any() else None


def _axes(ax: Axes, sweep: Sweep) -> None:
    small = style.narrow(ax.figure)
    ax.set_ylabel("angle (degrees)" if small else "angle to each direction (degrees)")
    ax.set_xscale("log")
    ax.set_ylim(0, ax.get_ylim()[1])
    if sweep.parameter == "b":
        ticks = [int(b) for b in sweep.measured_x][
            :: 2 if style.narrow(ax.figure) and len(sweep.measured_x) > 5 else 1
        ]
        ax.set_xlabel("batch size $b$" if small else "batch size $b$  (right end: $b = N$, the full batch)")
        ax.set_xlim(sweep.x[0] / 1.04, sweep.x[-1] * 1.04)
        ax.xaxis.set_major_locator(FixedLocator(ticks))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.set_xticklabels([str(b) for b in ticks])
    else:
        ax.set_xlabel("$1-\\beta_2$,  falling to the right ($\\beta_2 \\to 1$)")
        both = np.concatenate([sweep.x, sweep.measured_x])
        ax.set_xlim(float(both.max()) * 1.1, float(both.min()) / 1.1)
