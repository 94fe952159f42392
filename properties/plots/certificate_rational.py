"""Pictures of certificates that name no direction field: rows, growing steps, margins along a line."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from marginproof.properties.presentation import colours
from marginproof.theory.number_systems import Array


def numbers(value: Any) -> Array:
    """Nested lists of ``"p/q"`` as float64."""
    return np.array([[float(Fraction(v)) for v in row] for row in value])


def draw_rows(ax: Any, X: Array, body: dict[str, Any]) -> None:
    """Rational kinds: rows as arrows in their first two coordinates, and what moves among them."""
    reach = np.abs(X[:, :2]).max() * 1.25
    for k, x in enumerate(X):
        ax.annotate("", x[:2], (0, 0), arrowprops={"arrowstyle": "->", "color": colours.INK})
        near = [y for j, y in enumerate(X) if j != k and np.abs(x[:2] - y[:2]).max() < 0.2 * reach]
        up = np.sign(x[1]) if not near else np.sign(x[1] - near[0][1])
        ax.annotate(f"$x_{{{k + 1}}}$", x[:2], (6 * np.sign(x[0]), 7 * up), textcoords="offset points",
                    ha="center", va="center", fontsize=8.5)  # fmt: skip
    ax.set_xlim(-reach, reach)
    ax.set_ylim(-reach, reach)
    if body["kind"] == "finite_run":
        w, path = numbers([body["witness"]["w0"]])[0], []
        for t, eta in enumerate(body["witness"]["eta"]):
            path.append(w)
            w = w + float(Fraction(eta)) * np.sign(X[body["witness"]["order"][t % len(X)]])
        ax.plot(*np.array([*path, w]).T, color=colours.VERMILION, lw=1.6)
        ax.annotate("$w_t$ of SignSGD", w, (6, 0), textcoords="offset points", va="center", fontsize=8.5,
                    color=colours.TEXTS[colours.VERMILION])  # fmt: skip
        ax.set_xlim(-1, 3.2)
        ax.set_ylim(-2.2, 1.5)
    ax.set_xlabel("coordinate 1")
    ax.set_ylabel("coordinate 2")
    ax.set_aspect("equal")


def draw_growth(ax: Any, X: Array, body: dict[str, Any]) -> None:
    """|m|/√v by the step."""
    b1, b2 = (float(Fraction(body["witness"][key])) for key in ("beta1", "beta2"))
    m = v = 0.0
    sizes = []
    for g in X[:, 0]:
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        sizes.append(abs(m) / np.sqrt(v))
    ax.semilogy(range(1, len(sizes) + 1), sizes, color=colours.BLUE)
    bound = float(Fraction(body["witness"]["bound"]))
    ax.axhline(bound, color=colours.VERMILION, lw=1, ls="--")
    ax.annotate(f"the bound passed, {bound:g}", (1, bound), (0, -11), textcoords="offset points", fontsize=8,
                color=colours.TEXTS[colours.VERMILION])  # fmt: skip
    ax.set_xlabel("step $t$")
    ax.set_ylabel("$|m_t|/\\sqrt{v_t}$")


def draw_margin(ax: Any, X: Array, body: dict[str, Any]) -> None:
    """The margin over the ℓ∞ norm on the line through the two maximisers, or around the one."""
    w = numbers([body["witness"]["w"]])[0]
    other = numbers([body["witness"].get("other", np.sign(w).astype(int).astype(str).tolist())])[0]
    t = np.linspace(-0.5, 1.5, 400)
    line = w + t[:, None] * (other - w)
    ax.plot(t, (line @ X.T).min(axis=1) / np.abs(line).max(axis=1), color=colours.BLUE)
    upper = Fraction(body["witness"]["upper"])
    ax.axhline(float(upper), color=colours.VERMILION, lw=1, ls="--")
    ax.annotate(f"$\\gamma_\\infty$ = {upper}", (-0.5, float(upper)), (0, 3), textcoords="offset points", fontsize=8.5,
                color=colours.TEXTS[colours.VERMILION])  # fmt: skip
    ax.margins(y=0.12)
    ax.set_xlabel("$t$ on the line through $w$ ($t=0$) and "
                  + ("the other maximiser" if "other" in body["witness"] else "sign$(w)$") + " ($t=1$)", fontsize=8.5)  # fmt: skip
    ax.set_ylabel("$\\ell_\\infty$ margin")
