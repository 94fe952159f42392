"""The portrait for N = 3: the simplex as a triangle, with flow, basins, fixed points and limit cycle."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.tri import Triangulation

from marginproof.properties.plots import flows, style
from marginproof.properties.plots.labels import heading, spread
from marginproof.properties.plots.marks import boxed, caption, certificate_of, mark, mark_start, tints
from marginproof.properties.presentation import colours
from marginproof.properties.presentation.names import vector
from marginproof.theory.limit.flow import start_logits
from marginproof.theory.limit.problem import LimitProblem, Stability
from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.fixed_points import Enumeration, FixedPoint, totals

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(3) / 2]])
"""Where c = e_1, e_2, e_3 lie in the plane."""
LEGEND = "Disc: attracts; ring: does not. Each tint is a basin."
GRID_SIZE = 110
"""Starts along an edge of the simplex, for basins."""


def triangle(problem: LimitProblem, found: Enumeration, title: str, start: Array | None) -> Figure:
    """The simplex with everything on it; arguments as :func:`marginproof.properties.plots.portrait.portrait`."""
    drawn = style.figure(7.4, 5.8)
    small = style.narrow(drawn)
    ax = drawn.add_subplot()
    ax.set_aspect("equal")
    ax.axis("off")
    ax.set_xlim(*((-0.08, 1.08) if small else (-0.33, 1.33)))
    ax.set_ylim(-0.13, 0.99)
    circle = None
    if not any(point.stability is Stability.ATTRACTING for point in found.points):
        circle = flows.orbit(problem, start)
    _basins(ax, problem, found, circle is not None)
    _stream(ax, problem, small)
    ax.add_patch(_outline())
    if circle is not None:
        path = to_plane(circle.T)
        ax.plot(path[:, 0], path[:, 1], color=colours.CYCLE, lw=style.mark(2.4), zorder=4)
        _note(ax, path[int(path[:, 0].argmax())], "limit cycle", colours.CYCLE)
    for point in found.points:
        where = to_plane(totals(problem, point.weights)[:, None])[0]
        mark(ax, where, point)
    _label_points(ax, problem, found.points, small)
    if start is not None:
        mark_start(ax, to_plane(flows.softmax_on(start_logits(problem, start))[:, None])[0])
    for index, (x, y, ha, va) in enumerate(
        [(-0.01, -0.035, "center", "top"), (1.01, -0.035, "center", "top"), (0.5, 0.885, "center", "bottom")]
    ):
        ax.text(x, y, _corner_label(problem, index, small), ha=ha, va=va, fontsize=style.size(9))
    heading(ax, title, f"{caption(found, circle is not None, certificate_of(problem))} {LEGEND}")
    return drawn


def _corner_label(problem: LimitProblem, index: int, small: bool) -> str:
    if small:
        return f"$c_{index + 1}=1$"
    row = vector(problem.floats[problem.representatives[index]], brackets=True)
    return f"$c_{index + 1}=1$\n$x_{index + 1}$ = {row}"


def to_plane(Y: Array) -> Array:
    """Points of the simplex, shape (3, P), in the plane, shape (P, 2)."""
    return np.asarray(Y.T @ CORNERS)


def to_simplex(points: Array) -> Array:
    """The inverse of :func:`to_plane`; outside the triangle some entry is negative."""
    y3 = points[:, 1] / CORNERS[2, 1]
    y2 = points[:, 0] - 0.5 * y3
    return np.stack([1 - y2 - y3, y2, y3])


def _outline() -> Polygon:
    return Polygon(CORNERS, closed=True, fill=False, edgecolor=colours.INK, lw=1.2, zorder=3)


def _basins(ax: Axes, problem: LimitProblem, found: Enumeration, circles: bool) -> None:
    """Shade the basins; one colour alone would say nothing, so a single attractor gets a faint wash."""
    targets = flows.attractors(problem, found)
    Y = flows.simplex_grid(GRID_SIZE)
    fate = flows.fates(problem, Y, [y for _, y in targets]) if targets else np.full(Y.shape[1], flows.NOWHERE)
    points = to_plane(Y)
    mesh = Triangulation(points[:, 0], points[:, 1])
    fills = tints(problem, [point for point, _ in targets])
    for value in np.unique(fate):
        tint = fills[value] if value != flows.NOWHERE else colours.UNDECIDED_TINT
        if value == flows.NOWHERE and circles:
            tint = colours.CYCLE_TINT
        inside = _smoothed(mesh, (fate == value).astype(float))
        if (inside > 0.5).all():
            ax.fill(*CORNERS.T, color=tint, lw=0, zorder=0)
        else:
            ax.tricontourf(mesh, inside, levels=[0.5, 1.5], colors=[tint], zorder=0)


def _smoothed(mesh: Triangulation, values: Array) -> Array:
    """Values averaged a few times with their neighbours, so that a basin's edge is not a staircase."""
    first, second = mesh.edges.T
    count = np.bincount(np.concatenate([first, second]), minlength=len(values))
    for _ in range(4):
        total = np.zeros(len(values))
        np.add.at(total, first, values[second])
        np.add.at(total, second, values[first])
        values = 0.5 * values + 0.5 * total / count
    return values


def _stream(ax: Axes, problem: LimitProblem, small: bool) -> None:
    x, y = np.linspace(0, 1, 121), np.linspace(0, CORNERS[2, 1], 105)
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    Y = to_simplex(points)
    inside = (Y > 1e-4).all(axis=0)
    speed = np.full((len(points), 2), np.nan)
    speed[inside] = to_plane(flows.velocity(problem, Y[:, inside]))
    U, V = speed.T.reshape(2, len(y), len(x))
    lines = ax.streamplot(
        x, y, U, V, density=1.15, color=colours.FAINT, linewidth=0.8, arrowsize=0.9, zorder=2
    )
    lines.lines.set_alpha(0.75)


def _label_points(ax: Axes, problem: LimitProblem, points: tuple[FixedPoint, ...], small: bool) -> None:
    """Stability and direction of each point, outside the triangle, level with it where there is room."""
    places = [to_plane(totals(problem, point.weights)[:, None])[0] for point in points]
    for side in (-1, 1):
        here = [i for i, place in enumerate(places) if (place[0] > 0.5) == (side > 0)]
        wanted = np.array([min(max(0.04 + places[i][1], 0.2), 0.78) for i in here])
        for i, y in zip(here, spread(wanted, np.full(len(here), 0.13)), strict=True):
            x = 0.5 + side * (0.5 - y / np.sqrt(3) + 0.035)
            point = points[i]
            text = point.stability.value
            if small:
                boxed(ax, text, places[i], (0, 13), "center")
                continue
            text += f"\n$u(c)$ ∝ {vector(point.direction, brackets=True)}"
            ax.annotate(text, tuple(places[i]), (x, y), ha="left" if side > 0 else "right", va="center", fontsize=style.size(8.5),
                        zorder=7, arrowprops={"arrowstyle": "-", "color": colours.INK, "lw": 0.8, "shrinkB": 6})  # fmt: skip


def _note(ax: Axes, where: Any, text: str, colour: str) -> None:
    ax.annotate(
        text, where, (6, 22) if style.narrow(ax.figure) else (22, 14), textcoords="offset points", fontsize=style.size(9), color=colours.TEXTS.get(colour, colour), fontweight="bold", zorder=7,
        bbox={"boxstyle": "round,pad=0.2", "fc": colours.PAPER, "ec": "none", "alpha": 0.85},
        arrowprops={"arrowstyle": "-", "color": colour, "lw": 0.8},
    )  # fmt: skip
