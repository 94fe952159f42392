"""The portrait for N = 2: F_1 - F_2 over s = c_1, whose zeros and sign are the whole flow."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from marginproof.properties.plots import flows, style
from marginproof.properties.plots.labels import heading
from marginproof.properties.plots.marks import boxed, caption, certificate_of, mark, mark_start, tints
from marginproof.properties.presentation import colours
from marginproof.properties.presentation.names import vector
from marginproof.theory.limit.flow import start_logits
from marginproof.theory.limit.problem import LimitProblem, Stability
from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.fixed_points import Enumeration, FixedPoint, totals

LEGEND = "Disc: attracts; ring: does not; arrow heads: the flow of s; each tint is a basin."


def segment(problem: LimitProblem, found: Enumeration, title: str, start: Array | None) -> Figure:
    """The scalar with roots, basins and arrows; arguments as :func:`marginproof.properties.plots.portrait.portrait`."""
    drawn = style.figure(7.2, 4.3)
    ax = drawn.add_subplot()
    s = _fine_grid(found, problem)
    gap = _gap(problem)
    D = gap(s)
    ax.axhline(0, color=colours.INK, lw=1.0, zorder=1)
    ax.plot(s, D, color=colours.PURPLE, zorder=3)
    ax.set_xlim(-0.03, 1.03)
    reach = float(np.abs(D).max())
    ax.set_ylim(min(float(D.min()), 0) - 0.5 * reach, max(float(D.max()), 0) + 0.5 * reach)
    _segment_basins(ax, problem, found)
    _arrows(ax, found, problem, gap)
    for point in found.points:
        _segment_point(ax, point, float(totals(problem, point.weights)[0]))
    if start is not None:
        where = float(flows.softmax_on(start_logits(problem, start))[0])
        mark_start(ax, np.array([where, 0.0]))
    whole = "$s = c_1$,  the loss weight of row 1  (row 2 has $1-s$)"
    ax.set_xlabel("loss weight $s = c_1$ of row 1" if style.narrow(drawn) else whole)
    ax.set_ylabel("$F_1(c) - F_2(c)$")
    heading(ax, title, f"{caption(found, proof=certificate_of(problem))} {LEGEND}")
    return drawn


def _gap(problem: LimitProblem) -> Callable[[Array], Array]:
    def gap(s: Array) -> Array:
        F = flows.F_on(problem, np.stack([s, 1 - s]))
        return np.asarray(F[0] - F[1])

    return gap


def _fine_grid(found: Enumeration, problem: LimitProblem) -> Array:
    roots = [float(totals(problem, point.weights)[0]) for point in found.points]
    near = [root + np.linspace(-0.01, 0.01, 41) for root in roots]
    ends = np.geomspace(1e-7, 0.02, 80)
    return np.unique(np.clip(np.concatenate([np.linspace(0, 1, 601), ends, 1 - ends, *near]), 1e-9, 1 - 1e-9))


def _segment_basins(ax: Axes, problem: LimitProblem, found: Enumeration) -> None:
    """On a line a basin is what lies between the neighbouring points that do not attract."""
    roots = [(float(totals(problem, point.weights)[0]), point.stability) for point in found.points]
    edges = [0.0, 1.0, *(s for s, kind in roots if kind is not Stability.ATTRACTING)]
    points = [point for point in found.points if point.stability is Stability.ATTRACTING]
    for point, tint in zip(points, tints(problem, points), strict=True):
        s = float(totals(problem, point.weights)[0])
        low, high = max(e for e in edges if e <= s), min((e for e in edges if e > s), default=1.0)
        if s == 1.0:
            low, high = max(e for e in edges if e < 1.0), 1.0
        ax.axvspan(low, high, color=tint, lw=0, zorder=0)
        if style.narrow(ax.figure):
            continue
        ax.text((low + high) / 2, 0.955, f"flows to $s$ = {s:.4g}", transform=ax.get_xaxis_transform(),
                ha="center", va="center", fontsize=style.size(8.5))  # fmt: skip


def _arrows(ax: Axes, found: Enumeration, problem: LimitProblem, gap: Callable[[Array], Array]) -> None:
    """Arrow heads on the axis: ds/dτ = -s (1-s) (F_1 - F_2)."""
    roots = [float(totals(problem, point.weights)[0]) for point in found.points]
    stops = np.unique([0.0, *roots, 1.0])
    for low, high in pairwise(stops):
        if high - low < 0.03:
            continue
        for s in np.linspace(low, high, 2 + max(1, int((high - low) / 0.12)))[1:-1]:
            right = float(gap(np.array([s]))[0]) < 0
            ax.plot(s, 0, ">" if right else "<", color=colours.INK, ms=style.mark(5.5), zorder=4)


def _segment_point(ax: Axes, point: FixedPoint, s: float) -> None:
    mark(ax, np.array([s, 0.0]), point)
    digits = f"{s:.9f}".rstrip("0").rstrip(".") or "0"
    up = -1 if point.stability is Stability.ATTRACTING else 1
    align = "right" if s > 0.66 else "left" if s < 0.33 else "center"
    if style.narrow(ax.figure):
        boxed(
            ax,
            f"{point.stability.value}\n$s$ = {s:.4g}",
            np.array([s, 0.0]),
            (-8 if s > 0.66 else 8, 22 * up),
            align,
        )
        return
    word = "certified" if point.certified else "floating point"
    text = (
        f"$s$ = {digits} ({word})\n{point.stability.value}, $u(c)$ ∝ {vector(point.direction, brackets=True)}"
    )
    boxed(ax, text, np.array([s, 0.0]), (-10 if s > 0.66 else 10, 34 * up if up < 0 else 84), align)
