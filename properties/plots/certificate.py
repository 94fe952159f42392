"""One picture for every certificate of the corpus: ``python -m marginproof.properties.plots.certificate FOLDER``.

Pictures are drawn in float64 from the data and the witness; they prove nothing.
"""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from marginproof.constructions.corpus import Entry, corpus
from marginproof.properties.plots import style
from marginproof.properties.plots.certificate_rational import draw_growth, draw_margin, draw_rows, numbers
from marginproof.properties.plots.labels import spread
from marginproof.properties.presentation import colours
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.certificates.field_entry import field_of_entry

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])
OUTWARD = ((-4, -4, "right", "top"), (4, -4, "left", "top"), (0, 5, "center", "bottom"))
"""Where a corner's name stands: offset in points, and alignment."""
POLYGONS = (("outer", colours.BLUE, "the flow enters here"), ("inner", colours.GREEN, "the flow leaves here"))


def weights_of(point: dict[str, Any], n: int) -> Array:
    """The middle of a point's box as weights on the simplex, shape (n,)."""
    r = np.zeros(n)
    r[point["support"][0]] = 1
    for i, (lo, hi) in zip(point["support"][1:], numbers(point["box"]) if point["box"] else [], strict=True):
        r[i] = (lo + hi) / 2
    return np.asarray(r / r.sum())


def solution_near(problem: LimitProblem, c: Array) -> Array:
    """The solution in a point's box, polished from its middle."""
    from marginproof.theory.proofs.precision import polish

    return np.array([float(v) for v in polish(problem, c, np.flatnonzero(c).tolist(), 15).totals])


WORD = 0.2
"""Of the axes' width, for a word on a solution."""


def draw_two_rows(ax: Any, problem: LimitProblem, body: dict[str, Any]) -> None:
    """F_1 - F_2 along c = (s, 1-s): an attracting zero is crossed upward."""
    s = np.linspace(0, 1, 600)
    H = [float(np.subtract(*problem.F(np.array([t, 1 - t])))) for t in s]
    ax.plot(s, H, color=colours.BLUE)
    ax.axhline(0, color=colours.INK, lw=0.8)
    span = max(H) - min(H)
    ax.set_ylim(min(H) - 0.28 * span, max(H) + 0.08 * span)
    told = zip(body["witness"]["points"], body["conclusion"]["unstable_directions"], strict=True)
    found = sorted((solution_near(problem, weights_of(point, 2))[0], unstable) for point, unstable in told)
    ends = ax.transLimits.transform([(share, 0.0) for share, _ in found])[:, 0]
    for (share, unstable), end in zip(found, spread(ends, np.full(len(found), WORD)), strict=True):
        at = share, float(np.subtract(*problem.F(np.array([share, 1 - share]))))
        dot(ax, at, unstable)
        ax.annotate(stability(unstable), at, (end, 0.03), textcoords="axes fraction", ha="center", fontsize=8,
                    arrowprops={"arrowstyle": "-", "color": colours.FAINT, "lw": 0.7})  # fmt: skip
    ax.set_xlabel("$s = c_1$,  $c = (s, 1-s)$")
    ax.set_ylabel("$F_1(c) - F_2(c)$")


def stability(unstable: int) -> str:
    """What the certificate says of a solution."""
    return "attracting" if unstable == 0 else "unstable"


def dot(ax: Any, xy: Any, unstable: int) -> None:
    """A solution: full where it attracts, open where it does not."""
    ax.plot(*xy, "o", color=colours.INK, mfc=colours.INK if unstable == 0 else colours.PAPER, ms=6.5, mew=1.6,
            zorder=5, clip_on=False)  # fmt: skip


def draw_three_rows(ax: Any, problem: LimitProblem, body: dict[str, Any]) -> None:
    """The simplex: flows, solutions, polygons."""
    rng = np.random.default_rng(0)
    for start in rng.dirichlet(np.ones(3), 14):
        path = flow_path(problem, np.log(start)) @ CORNERS
        ax.plot(*path.T, color=colours.FAINT, lw=0.6, alpha=0.8)
        k = len(path) // 4
        ax.annotate(
            "", path[k + 1], path[k], arrowprops={"arrowstyle": "-|>", "color": colours.FAINT, "lw": 0.6}
        )
    ax.plot(*CORNERS[[0, 1, 2, 0]].T, color=colours.INK, lw=1.1)
    for k, (dx, dy, ha, va) in enumerate(OUTWARD):
        ax.annotate(
            f"$c_{k + 1}=1$", CORNERS[k], (dx, dy), textcoords="offset points", ha=ha, va=va, fontsize=8.5
        )
    for row, (key, colour, words) in enumerate(POLYGONS):
        if key in body["witness"]:
            p = body["witness"]["points"][0]["support"][0]
            ax.plot(*(polygon_path(numbers(body["witness"][key]), p) @ CORNERS).T, color=colour, lw=1.6)
            ax.text(0.0, 0.97 - 0.07 * row, f"{key}: {words}", color=colour, fontsize=8,
                    transform=ax.transAxes, ha="left", va="top")  # fmt: skip
    for point, unstable in zip(
        body["witness"]["points"], body["conclusion"]["unstable_directions"], strict=True
    ):
        xy = solution_near(problem, weights_of(point, 3)) @ CORNERS
        dot(ax, xy, unstable)
    ax.set_aspect("equal")
    ax.axis("off")


def flow_path(problem: LimitProblem, a: Array) -> Array:
    """Weights along the flow, shape (·, 3)."""

    def rhs(_: float, a: Array) -> Array:
        c = np.exp(a - a.max())
        F = problem.F(c / c.sum())
        return np.asarray(-(F - F.mean()))

    run = solve_ivp(rhs, (0, 40 / np.abs(problem.floats).max()), a, rtol=1e-6, max_step=0.02)
    c = np.exp(run.y - run.y.max(axis=0))
    return np.asarray((c / c.sum(axis=0)).T)


def polygon_path(vertices: Array, p: int) -> Array:
    """A closed polygon of ratios as weights, 40 points an edge, shape (·, 3)."""
    t = np.linspace(0, 1, 40)[:, None]
    r = np.vstack([a + t * (b - a) for a, b in zip(vertices, np.roll(vertices, -1, 0), strict=True)])
    full = np.insert(r, p, 1.0, axis=1)
    return np.asarray(full / full.sum(axis=1, keepdims=True))


def draw(entry: Entry, folder: Path) -> Path:
    """Draw one certificate; the file's path."""
    body = json.loads(entry.path.read_text(encoding="ascii"))
    X = numbers(body["data"])
    with style.style():
        fig = style.figure(4.4, 3.8)
        ax = fig.add_subplot()
        _draw(ax, X, body)
        ax.set_title(entry.name, fontsize=9.5)
        path = folder / f"{entry.name}.png"
        fig.savefig(path, dpi=110, metadata={"Software": None})
    return path


def _draw(ax: Any, X: Array, body: dict[str, Any]) -> None:
    if body["kind"] == "step_growth":
        draw_growth(ax, X, body)
    elif body["kind"] == "margin_bracket":
        draw_margin(ax, X, body)
    elif body["field"] is None:
        draw_rows(ax, X, body)
    elif body["kind"] == "tiers":
        draw_tiers(ax, X, body)
    elif "limit" in body["conclusion"]:
        draw_direction(ax, direction_of_run(body["conclusion"]["direction"]), "u_k")
    else:
        _draw_points(ax, X, body)


def _draw_points(ax: Any, X: Array, body: dict[str, Any]) -> None:
    problem = LimitProblem(X, field_of_entry(body["field"]))
    if len(X) == 2:
        draw_two_rows(ax, problem, body)
    elif len(X) == 3:
        draw_three_rows(ax, problem, body)
    else:
        c = solution_near(problem, weights_of(body["witness"]["points"][0], len(X)))
        u = problem.direction(c)
        draw_direction(ax, u, "u_k(c^*)")


def draw_tiers(ax: Any, X: Array, body: dict[str, Any]) -> None:
    """F of the rows in each tier: full dots keep weight in their tier, at its level; open ones lose it."""
    F = X @ direction_of_run(body["conclusion"]["direction"])
    tier_of = np.zeros(X.shape[1], dtype=int)
    for t, features in enumerate(body["conclusion"]["features"]):
        tier_of[features] = t
    last = [int(tier_of[row != 0].max()) for row in X]
    for t, support in enumerate(body["conclusion"]["supports"]):
        members = [i for i in range(len(X)) if last[i] == t]
        level = F[support[0]]
        ax.plot((t + 0.62, t + 1.38), (level, level), color=colours.BLUE, lw=1)
        ax.annotate(f"$\\gamma_{t + 1}$", (t + 0.62, level), (-3, 0), textcoords="offset points", ha="right", va="center",
                    color=colours.BLUE, fontsize=9)  # fmt: skip
        for place, i in zip(np.linspace(t + 0.7, t + 1.3, len(members) + 2)[1:-1], members, strict=True):
            equal = any((X[i] == X[j]).all() for j in support)
            dot(ax, (place, F[i]), 0 if equal else 1)
            ax.annotate(
                f"row {i + 1}", (place, F[i]), (0, 7), textcoords="offset points", ha="center", fontsize=8
            )
    count = len(body["conclusion"]["supports"])
    ax.set_xticks(range(1, count + 1), [f"tier {t + 1}" for t in range(count)])
    ax.set_xlim(0.5, count + 0.5)
    ax.margins(y=0.15)
    ax.set_ylabel("$F_i=x_i\\cdot u$, $\\|u\\|_2=1$")


def direction_of_run(stated: list[Any]) -> Array:
    """The middle of a run's certified box, or a vertex's signs."""
    return np.array([np.mean([float(Fraction(v)) for v in np.atleast_1d(ends)]) for ends in stated])


def draw_direction(ax: Any, u: Array, symbol: str) -> None:
    """A direction as bars."""
    ax.bar(range(1, len(u) + 1), u / np.abs(u).max(), color=colours.BLUE)
    ax.axhline(0, color=colours.INK, lw=0.8)
    ax.set_xticks(range(1, len(u) + 1))
    ax.set_xlabel("coordinate $k$")
    ax.set_ylabel(f"${symbol}$, the largest set to 1")


def main(folder: str) -> None:
    """Draw the whole corpus."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for entry in corpus():
        print(draw(entry, Path(folder)))


if __name__ == "__main__":
    main(sys.argv[1])
