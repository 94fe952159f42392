"""Headings, and the names of lines: beside their ends, moved apart where they would touch, or in a legend below."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from marginproof.properties.plots import style
from marginproof.properties.presentation.colours import FAINT, INK, PAPER, TEXTS

LINE_HEIGHT = 1.35
"""Distance of two labels, in font sizes."""
NOTE_SIZE = 8.8
PAD = 9
"""Points between a note and the axes."""
LETTER = 0.51
"""Width of a letter of a note, in font sizes; DejaVu Sans has about 0.48 on our sentences."""
TOLD = "marginproof_note"
"""Where a figure keeps its note, for alternative texts and captions."""
KEYS = "marginproof_keys"
"""Where a figure keeps what its legend below says."""


def heading(ax: Axes, title: str, note: str = "") -> None:
    """Title in bold and the note small below it, both from the left edge of the axes, wrapped to the figure.

    In a paper neither is drawn: its caption says them (:func:`note_of`).

    Arguments:
      ax: the leftmost axes of a figure with constrained layout.
      title: one line.
      note: one or two sentences; runs on to the right edge of the figure.
    """
    figure = ax.figure
    note = " ".join(note.split())
    setattr(figure, TOLD, note)
    if style.paper():
        return
    top = figure.suptitle(title, ha="left", fontsize=11.5, fontweight="bold")
    figure.draw_without_rendering()  # type: ignore[union-attr]
    if note:
        room = figure.bbox.width - ax.get_window_extent().x0
        letters = int(room / (NOTE_SIZE * LETTER * figure.dpi / 72))
        own = ax.get_title(loc="left")
        text = fill(note, letters) + ("\n\n" if own else "")
        # A title makes room for its height and for its middle, which would part the columns of a figure.
        ax.set_title(
            "\n ".join([""] * text.count("\n") + [own or " "]), fontsize=NOTE_SIZE, color=FAINT, pad=PAD
        )
        ax.annotate(text, (0, 1), (0, PAD), xycoords="axes fraction", textcoords="offset points", va="bottom",
                    fontsize=NOTE_SIZE, color=FAINT).set_in_layout(False)  # fmt: skip
    figure.draw_without_rendering()  # type: ignore[union-attr]
    top.set_x(ax.get_window_extent().x0 / figure.bbox.width)


def note_of(figure: object) -> str:
    """What a figure's note says; in a paper the first draft of its caption."""
    return str(getattr(figure, TOLD, ""))


def label_ends(
    ax: Axes,
    labels: Sequence[tuple[float, str, str]],
    *,
    size: float = 8.5,
    x: float = 1.015,
    shapes: str = "",
) -> None:
    """Write ``(height, text, colour)`` to the right of the axes, each as near to its height as the others allow.

    In a narrow figure the texts stand in a legend below the axes.

    Arguments:
      ax: axes whose limits, scales and :func:`heading` are final.
      labels: heights in data coordinates; those outside the axes are moved to its edge.
      size: in points; a text of several lines takes its room.
      x: where the texts begin, in axes widths.
      shapes: marks beside the names in a legend, instead of lines.
    """
    if not labels:
        return
    figure = ax.figure
    if style.narrow(figure):
        handles = [Line2D([], [], color=colour, label=" ".join(text.split())) for _, text, colour in labels]
        for handle, shape in zip(handles, shapes, strict=False):
            handle.set(marker=shape, ls="none", ms=style.mark(7))
        legend_below(figure, handles)  # type: ignore[arg-type]
        return
    size = style.size(size)
    figure.draw_without_rendering()  # type: ignore[union-attr]
    box = ax.get_window_extent()
    lines = np.array([text.count("\n") + 1 for _, text, _ in labels])
    unit = size * LINE_HEIGHT * figure.dpi / 72 / box.height
    points = ax.transData.transform([(ax.get_xlim()[0], height) for height, _, _ in labels])
    wanted = np.clip((points[:, 1] - box.y0) / box.height, 0, 1)
    for (_, text, colour), y, at in zip(labels, spread(wanted, lines * unit), wanted, strict=True):
        if abs(y - at) > unit / 2:
            ax.plot([1.0, x - 0.003], [at, y], color=colour, lw=0.7, transform=ax.transAxes, clip_on=False)
        ax.text(
            x,
            y,
            text,
            color=TEXTS.get(colour, colour) or INK,
            fontsize=size,
            va="center",
            transform=ax.transAxes,
        )


def legend_below(drawn: Figure, handles: Sequence[Line2D]) -> None:
    """Names of lines and marks below the whole figure, after those that stand there, in as many columns as fit."""
    told = [*getattr(drawn, KEYS, ()), *handles]
    setattr(drawn, KEYS, told)
    before = sum(legend.get_window_extent().height for legend in drawn.legends) / drawn.dpi
    for legend in [*drawn.legends]:
        legend.remove()
    letters = max(len(str(handle.get_label()).replace("$", "")) for handle in told)
    columns = int(0.9 * drawn.get_figwidth() / (letters * LETTER * style.size(7) / 72 + 0.4))
    made = drawn.legend(handles=told, loc="outside lower center", ncols=min(max(columns, 1), len(told), 4), frameon=False,
                        fontsize=style.size(7), handlelength=1.6, columnspacing=1.0)  # fmt: skip
    drawn.set_figheight(drawn.get_figheight() + made.get_window_extent().height / drawn.dpi - before)


def explain(drawn: Figure, keys: Sequence[tuple[str, str, bool | None]]) -> None:
    """In a paper, whose figures have no title, and in a narrow figure, what lines and marks mean: ``(text, line style or mark, hollow)`` each.

    Arguments:
      keys: a mark where ``hollow`` is a truth value, a line where it is ``None``; "" draws nothing beside the text.
    """
    if not keys or not (style.paper() or style.narrow(drawn)):
        return
    handles = []
    for text, look, hollow in keys:
        handle = Line2D(
            [], [], color=FAINT, label=text, lw=1.2, ls=look if hollow is None and look else "none"
        )
        if hollow is not None:
            handle.set(marker=look, mfc="none" if hollow else FAINT, ms=style.mark(8))
        handles.append(handle)
    legend_below(drawn, handles)


def end_mark(ax: Axes, x: float, y: float, colour: str, settled: bool | None, shape: str = "o") -> None:
    """The end of a run: a full mark if it has settled, a hollow one if not (or if nobody can tell)."""
    ax.plot(x, y, shape, color=colour, mfc=colour if settled else PAPER, ms=style.mark(6.5), mew=style.mark(1.6),
            zorder=5, clip_on=False)  # fmt: skip


def with_settled(name: str, settled: bool | None) -> str:
    """A run's name, with "not settled" below it where it has not."""
    return name if settled else f"{name}\n(not settled)"


def spread(wanted: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Positions nearest the wanted ones, in the same order, that keep boxes of these heights apart and within 0 and 1.

    A box that stood out above or below would make the layout shrink the axes.

    Example:
      >>> spread(np.array([0.5, 0.5, 0.1]), np.array([0.2, 0.2, 0.2])).round(3).tolist()
      [0.4, 0.6, 0.1]
    """
    order = np.argsort(wanted, kind="stable")
    blocks: list[list[int]] = []
    for index in order:
        blocks.append([int(index)])
        while len(blocks) > 1 and _top(blocks[-2], wanted, heights) > _bottom(blocks[-1], wanted, heights):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    out = np.empty(len(wanted))
    for block in blocks:
        edge = _bottom(block, wanted, heights)
        for index in block:
            out[index] = edge + heights[index] / 2
            edge += heights[index]
    return out


def _bottom(block: list[int], wanted: np.ndarray, heights: np.ndarray) -> float:
    """Lower edge of boxes stacked without gaps, as near as possible to what they want, within 0 and 1 if they fit."""
    offsets = np.concatenate([[0.0], np.cumsum(heights[block])[:-1]]) + heights[block] / 2
    spare = 1 - float(heights[block].sum())
    return float(np.clip(np.mean(wanted[block] - offsets), min(0, spare / 2), max(0, spare, spare / 2)))


def _top(block: list[int], wanted: np.ndarray, heights: np.ndarray) -> float:
    return _bottom(block, wanted, heights) + float(heights[block].sum()) - 1e-12
