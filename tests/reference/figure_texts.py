"""The texts of a figure as a reader meets them: how small, and whether cut by its edge."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.text import Text


def texts_of(drawn: Figure) -> list[Text]:
    """Those that are seen; tick labels outside the axes' limits are not drawn."""
    drawn.draw_without_rendering()
    unseen = set()
    for ax in drawn.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                if not low <= tick.get_loc() <= high:
                    unseen |= {tick.label1, tick.label2}
    found = [item for item in drawn.findobj(Text) if item.get_visible() and item.get_text().strip()]
    return [item for item in found if item not in unseen]


def smallest_text(drawn: Figure) -> float:
    """Its size in points; an index in a formula is smaller by a third, as everywhere."""
    return min(item.get_fontsize() for item in texts_of(drawn))


def cut_texts(drawn: Figure, tolerance: float = 1.0) -> list[str]:
    """Those that the figure's edge cuts by more than so many pixels."""
    shown = drawn.bbox.padded(tolerance)
    out = []
    for item in texts_of(drawn):
        box = item.get_window_extent()
        if box.x0 < shown.x0 or box.y0 < shown.y0 or box.x1 > shown.x1 or box.y1 > shown.y1:
            out.append(item.get_text())
    return out
