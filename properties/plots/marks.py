"""What portraits share: discs and rings for fixed points, stars for starts, and captions."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from marginproof.properties.presentation import colours
from marginproof.theory.limit.problem import Stability
from marginproof.theory.proofs.fixed_points import Enumeration, FixedPoint


def caption(found: Enumeration, circles: bool = False) -> str:
    """What the portrait shows, in one sentence that says how sure it is."""
    counts = {
        kind: sum(point.stability is kind for point in found.points)
        for kind in (Stability.ATTRACTING, Stability.UNSTABLE, Stability.UNDECIDED)
    }
    parts = [f"{count} {kind.value}" for kind, count in counts.items() if count]
    total = len(found.points)
    text = f"{total} fixed points: {', '.join(parts)}" if total else "no fixed point"
    if total == 1:
        text = f"1 fixed point, {found.points[0].stability.value}"
    surely = all(point.certified for point in found.points)
    proved = "proved in interval arithmetic" if surely else "not all certified"
    text += f" (complete list, {proved})" if found.complete else " (there may be more)"
    return text + ("; limit cycle seen in floating point" if circles else "")


def mark(ax: Axes, where: Any, point: FixedPoint, size: float = 9.5) -> None:
    """A filled disc attracts, a ring is unstable, a square undecided."""
    shape = "s" if point.stability is Stability.UNDECIDED else "o"
    fill = colours.INK if point.stability is Stability.ATTRACTING else colours.PAPER
    ax.plot(*where, shape, ms=size, mfc=fill, mec=colours.INK, mew=1.8, zorder=6, clip_on=False)


def boxed(ax: Axes, text: str, where: Any, offset: tuple[float, float], align: str) -> None:
    """A text in a box, so many points away from what it names."""
    ax.annotate(
        text,
        where,
        offset,
        textcoords="offset points",
        ha=align,
        va="center",
        fontsize=8.5,
        zorder=7,
        bbox={
            "boxstyle": "round,pad=0.25",
            "fc": colours.PAPER,
            "ec": colours.GRID,
            "lw": 0.7,
            "alpha": 0.92,
        },
        arrowprops={"arrowstyle": "-", "color": colours.FAINT, "lw": 0.7, "shrinkB": 5},
    )


def mark_start(ax: Axes, where: Any) -> None:
    """A star at the start."""
    ax.plot(*where, "*", ms=13, mfc=colours.ORANGE, mec=colours.INK, mew=0.9, zorder=6)
    ax.annotate("$w_0$", where, (8, 6), textcoords="offset points", fontsize=9.5, zorder=7)
