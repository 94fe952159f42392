"""What portraits share: discs and rings for fixed points, stars for starts, and captions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from marginproof.constructions.corpus import Entry, corpus
from marginproof.properties.plots import style
from marginproof.properties.plots.settling import apart
from marginproof.properties.presentation import colours
from marginproof.theory.limit.problem import LimitProblem, Stability
from marginproof.theory.margins.floats import l2_floats, linf_floats
from marginproof.theory.proofs.fixed_points import Enumeration, FixedPoint

SAME = 0.01
"""Degrees within which a direction in floating point is taken for the ℓ₂ or ℓ∞ one, for its colour."""


def certificate_of(problem: LimitProblem) -> Entry | None:
    """The corpus's certificate about these data and this field: one of a cycle, else a complete list of solutions."""
    rows = tuple(map(tuple, problem.X.tolist()))
    proved = [
        entry
        for entry in corpus()
        if entry.kind in ("limit_cycle", "all_fixed_points") and _about(entry, problem, rows)
    ]
    return max(proved, key=lambda entry: entry.kind == "limit_cycle", default=None)


def _about(entry: Entry, problem: LimitProblem, rows: tuple[tuple[object, ...], ...]) -> bool:
    body = json.loads(entry.path.read_text(encoding="ascii"))
    data = tuple(tuple(Fraction(value) for value in row) for row in body["data"])
    if data != tuple(tuple(Fraction(str(value)) for value in row) for row in rows):
        return False
    return bool(body["field"] == problem.field.certificate_entry(len(rows)))


def caption(found: Enumeration, circles: bool = False, proof: Entry | None = None) -> str:
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
    if circles:
        annulus = proof is not None and proof.kind == "limit_cycle"
        text += "; a limit cycle, " + (
            "certified to lie in an annulus" if annulus else "seen in floating point"
        )
    return text + "." + (f" Certified: {proof.path.name}." if proof else "")


def tints(problem: LimitProblem, points: Sequence[FixedPoint]) -> list[str]:
    """A basin's fill for each attracting point: of ℓ₂ and ℓ∞ where its direction is that one, else one that is left."""
    X = problem.floats[problem.representatives]
    known = {"l2": l2_floats(X), "linf": linf_floats(X)}
    left = iter(
        [tint for tint in colours.TINTS if tint not in colours.DIRECTION_TINTS.values()] * len(points)
    )
    out = []
    for point in points:
        near = [
            key
            for key, one in known.items()
            if apart(np.asarray(point.direction, dtype=float), one.direction) < SAME
        ]
        out.append(colours.DIRECTION_TINTS[near[0]] if near else next(left))
    return out


def mark(ax: Axes, where: Any, point: FixedPoint, size: float = 9.5) -> None:
    """A filled disc attracts, a ring is unstable, a square undecided."""
    shape = "s" if point.stability is Stability.UNDECIDED else "o"
    fill = colours.INK if point.stability is Stability.ATTRACTING else colours.PAPER
    ax.plot(
        *where,
        shape,
        ms=style.mark(size),
        mfc=fill,
        mec=colours.INK,
        mew=style.mark(1.8),
        zorder=6,
        clip_on=False,
    )


def boxed(ax: Axes, text: str, where: Any, offset: tuple[float, float], align: str) -> None:
    """A text in a box, so many points away from what it names."""
    ax.annotate(
        text,
        where,
        offset,
        textcoords="offset points",
        ha=align,
        va="center",
        fontsize=style.size(8.5),
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
    ax.plot(*where, "*", ms=style.mark(13), mfc=colours.ORANGE, mec=colours.INK, mew=0.9, zorder=6)
    ax.annotate("$w_0$", where, (8, 6), textcoords="offset points", fontsize=style.size(9.5), zorder=7)
