"""One picture for every certificate of the corpus: ``python -m properties.hunt.pictures FOLDER``.

Pictures are drawn in float64 from the data and the witness; they prove nothing.
"""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from scipy.integrate import solve_ivp

from constructions.corpus import Entry, corpus
from theory.fields import GD, Field, IncAdam, ThetaFamily
from theory.limit.equation import LimitProblem

Array = np.ndarray
CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])


def numbers(value: Any) -> Array:
    """Nested lists of "p/q" as float64."""
    return np.array([[float(Fraction(v)) for v in row] for row in value])


def field_of(entry: dict[str, Any]) -> Field:
    """The field a certificate names."""
    if entry["name"] == "theta":
        return ThetaFamily(Fraction(entry["theta"]))
    if entry["name"] == "gd":
        return GD()
    batches = entry["batches"]
    order = tuple(i for batch in batches for i in batch)
    return IncAdam(len(batches[0]), order, Fraction(entry["beta1"]), Fraction(entry["beta2"]))


def weights_of(point: dict[str, Any], n: int) -> Array:
    """The middle of a point's box as weights on the simplex, shape (n,)."""
    r = np.zeros(n)
    r[point["support"][0]] = 1
    for i, (lo, hi) in zip(point["support"][1:], numbers(point["box"]) if point["box"] else [], strict=True):
        r[i] = (lo + hi) / 2
    return np.asarray(r / r.sum())


def solution_near(problem: LimitProblem, c: Array) -> Array:
    """The solution in a point's box, polished from its middle."""
    from theory.certificates.solutions import find_solutions

    found = [y for y, _ in find_solutions(problem)]
    same = [y for y in found if np.array_equal(y > 0, c > 0)]
    return min(same, key=lambda y: float(np.abs(y - c).max()))


def draw_two_rows(ax: Any, problem: LimitProblem, body: dict[str, Any]) -> None:
    """F_1 - F_2 along c = (s, 1-s): an attracting zero is crossed upward."""
    s = np.linspace(0, 1, 600)
    H = [float(np.subtract(*problem.F(np.array([t, 1 - t])))) for t in s]
    ax.plot(s, H, color="0.3")
    ax.axhline(0, color="0.7", lw=0.8)
    for point, unstable in zip(
        body["witness"]["points"], body["conclusion"]["unstable_directions"], strict=True
    ):
        c = solution_near(problem, weights_of(point, 2))
        H_at = float(np.subtract(*problem.F(c)))
        ax.plot(
            c[0], H_at, "o", color="C0" if unstable == 0 else "C3", mfc="C0" if unstable == 0 else "white"
        )
    ax.set_xlabel("s, c = (s, 1-s)")
    ax.set_ylabel("F_1 - F_2")


def draw_three_rows(ax: Any, problem: LimitProblem, body: dict[str, Any]) -> None:
    """The simplex: flows, solutions, polygons."""
    rng = np.random.default_rng(0)
    for start in rng.dirichlet(np.ones(3), 14):
        path = flow_path(problem, np.log(start))
        ax.plot(*(path @ CORNERS).T, color="0.75", lw=0.7)
    ax.plot(*CORNERS[[0, 1, 2, 0]].T, color="0.4", lw=0.8)
    for key, color in (("outer", "C0"), ("inner", "C2")):
        if key in body["witness"]:
            p = body["witness"]["points"][0]["support"][0]
            ax.plot(*(polygon_path(numbers(body["witness"][key]), p) @ CORNERS).T, color=color, lw=1.2)
    for point, unstable in zip(
        body["witness"]["points"], body["conclusion"]["unstable_directions"], strict=True
    ):
        xy = solution_near(problem, weights_of(point, 3)) @ CORNERS
        ax.plot(*xy, "o", color="C0" if unstable == 0 else "C3", mfc="C0" if unstable == 0 else "white", ms=5)
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


def draw_rows(ax: Any, X: Array, body: dict[str, Any]) -> None:
    """Rational kinds: rows as arrows in their first two coordinates, and what moves among them."""
    for x in X:
        ax.annotate("", x[:2], (0, 0), arrowprops={"arrowstyle": "->", "color": "0.5"})
    reach = np.abs(X[:, :2]).max() * 1.2
    ax.set_xlim(-reach, reach)
    ax.set_ylim(-reach, reach)
    if body["kind"] == "finite_run":
        w, path = numbers([body["witness"]["w0"]])[0], []
        for t, eta in enumerate(body["witness"]["eta"]):
            path.append(w)
            w = w + float(Fraction(eta)) * np.sign(X[body["witness"]["order"][t % len(X)]])
        ax.plot(*np.array([*path, w]).T, color="C3", lw=1)
        ax.set_xlim(-2, 3)
        ax.set_ylim(-3, 2)
    ax.set_aspect("equal")


def draw_growth(ax: Any, X: Array, body: dict[str, Any]) -> None:
    """|m|/√v by the step."""
    b1, b2 = (float(Fraction(body["witness"][key])) for key in ("beta1", "beta2"))
    m = v = 0.0
    sizes = []
    for g in X[:, 0]:
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        sizes.append(abs(m) / np.sqrt(v))
    ax.semilogy(range(1, len(sizes) + 1), sizes, color="0.3")
    ax.set_xlabel("step")
    ax.set_ylabel("|m|/√v")


def draw_margin(ax: Any, X: Array, body: dict[str, Any]) -> None:
    """The margin over the l_inf norm on the line through the two maximisers, or around the one."""
    w = numbers([body["witness"]["w"]])[0]
    other = numbers([body["witness"].get("other", np.sign(w).astype(int).astype(str).tolist())])[0]
    t = np.linspace(-0.5, 1.5, 400)
    line = w + t[:, None] * (other - w)
    ax.plot(t, (line @ X.T).min(axis=1) / np.abs(line).max(axis=1), color="0.3")
    ax.axhline(float(Fraction(body["witness"]["upper"])), color="C0", lw=0.8, ls="--")
    ax.set_xlabel("t, w + t (other - w)")
    ax.set_ylabel("l_inf margin")


def draw(entry: Entry, folder: Path) -> Path:
    """Draw one certificate; the file's path."""
    body = json.loads(entry.path.read_text(encoding="ascii"))
    X = numbers(body["data"])
    fig, ax = plt.subplots(figsize=(3.6, 3.0), layout="constrained")
    if body["kind"] == "step_growth":
        draw_growth(ax, X, body)
    elif body["kind"] == "margin_bracket":
        draw_margin(ax, X, body)
    elif body["field"] is None:
        draw_rows(ax, X, body)
    else:
        _draw_points(ax, X, body)
    ax.set_title(entry.name, fontsize=8)
    path = folder / f"{entry.name}.png"
    fig.savefig(path, dpi=90, metadata={"Software": None})
    plt.close(fig)
    return path


def _draw_points(ax: Any, X: Array, body: dict[str, Any]) -> None:
    problem = LimitProblem(X, field_of(body["field"]))
    if len(X) == 2:
        draw_two_rows(ax, problem, body)
    elif len(X) == 3:
        draw_three_rows(ax, problem, body)
    else:
        c = solution_near(problem, weights_of(body["witness"]["points"][0], len(X)))
        u = problem.direction(c)
        ax.bar(range(1, len(u) + 1), u / np.abs(u).max(), color="0.5")
        ax.set_xlabel("coordinate of u(c*), largest 1")


def main(folder: str) -> None:
    """Draw the whole corpus."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for entry in corpus():
        print(draw(entry, Path(folder)))


if __name__ == "__main__":
    main(sys.argv[1])
