"""Draw the README's picture, in light and dark, and that of quasi-complete data: ``python docs/images/draw.py``."""

from pathlib import Path

import pandas as pd

import marginproof as mp
from marginproof.constructions.builtin import load
from marginproof.properties.plots.portrait import portrait
from marginproof.properties.plots.style import figure, rendered, style
from marginproof.properties.presentation.colours import BLUE, DARK, INK, LIGHT, ORANGE, PAPER
from marginproof.properties.report.inline import in_theme
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.limit.problem import LimitProblem

TEN = pd.DataFrame(
    {"Y": [0, 0, 0, 0, 1, 1, 1, 1, 1, 1], "X1": [1, 2, 3, 3, 3, 4, 5, 6, 10, 11],
     "X2": [3, 0, -1, 4, 1, 0, 2, 7, 3, 4]}
)  # fmt: skip
"""The ten rows of docs/how-to/separation.md."""


def quasi_complete() -> bytes:
    """The ten rows, hollow where they are on the boundary, and the line on which every w that parts them vanishes."""
    found = mp.separation(TEN, "Y", bias=True)
    boundary = set(found.rows_on_boundary)
    with style():
        drawn = figure(6.4, 3.6)
        ax = drawn.add_subplot()
        ax.axvline(3, color=INK, lw=1.2, ls="--")
        for k, row in enumerate(TEN.itertuples()):
            colour, shape = (ORANGE, "s") if row.Y else (BLUE, "o")
            ax.plot(
                row.X1, row.X2, shape, ms=8, mew=1.8, color=colour, mfc=PAPER if k in boundary else colour
            )
        for y, place, words, colour in ((0, 2.4, "Y = 0", BLUE), (1, 8.6, "Y = 1", ORANGE)):
            ax.text(place, 7.2, words, color=colour, ha="right" if not y else "left", fontsize=10)
        ax.text(3.25, 5.6, "X1 = 3: margin 0 on the hollow rows,\npositive on the others", fontsize=9)
        ax.set(xlabel="X1", ylabel="X2", ylim=(-2, 8.2), xlim=(0, 11.6))
    return rendered(drawn, ".svg")


def main() -> None:
    """Three files beside this one."""
    Path(__file__).with_name("quasi-complete.svg").write_bytes(quasi_complete())
    drawn = portrait(
        LimitProblem(load("cycle-3x3").exact, AdamProxyField()), title="Loss weights that circle for ever"
    )
    text = rendered(drawn, ".svg").decode("utf-8")
    for name, theme in (("light", LIGHT), ("dark", DARK)):
        path = Path(__file__).with_name(f"cycle-{name}.svg")
        path.write_text(in_theme(text, theme), encoding="utf-8")


if __name__ == "__main__":
    main()
