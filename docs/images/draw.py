"""Draw the README's picture again, in light and dark: ``python docs/images/draw.py``."""

from pathlib import Path

from marginproof.constructions.builtin import load
from marginproof.properties.plots.portrait import portrait
from marginproof.properties.plots.style import rendered
from marginproof.properties.presentation.colours import DARK, LIGHT
from marginproof.properties.report.inline import in_theme
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.limit.problem import LimitProblem


def main() -> None:
    """Two files beside this one."""
    drawn = portrait(
        LimitProblem(load("cycle-3x3").exact, AdamProxyField()), title="Loss weights that circle for ever"
    )
    text = rendered(drawn, ".svg").decode("utf-8")
    for name, theme in (("light", LIGHT), ("dark", DARK)):
        path = Path(__file__).with_name(f"cycle-{name}.svg")
        path.write_text(in_theme(text, theme), encoding="utf-8")


if __name__ == "__main__":
    main()
