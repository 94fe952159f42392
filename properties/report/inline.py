"""An SVG figure made part of a page: its colours become the page's, its ids its own, and it gets an alt text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from matplotlib.figure import Figure

from marginproof.properties.plots import style
from marginproof.properties.presentation import colours

_VARIABLES = {
    colours.PAPER: "paper",
    colours.INK: "ink",
    colours.FAINT: "muted",
    colours.GRID: "line",
    colours.UNDECIDED_TINT: "tint-none",
    **{colour: f"series-{number}" for number, colour in enumerate(colours.SERIES)},
    **{text: f"text-{colours.SERIES.index(colour)}" for colour, text in colours.TEXTS.items()},
    **{colour: f"tint-{number}" for number, colour in enumerate(colours.TINTS)},
}
"""Figure colours and the page's variables that stand for them, in light and dark."""

_COLOUR = re.compile(f": ({'|'.join(map(re.escape, _VARIABLES))})")


def inline(figure: Figure, key: str, alt: str) -> str:
    """The figure as an ``<svg>`` element.

    Arguments:
      figure: built by :mod:`marginproof.properties.plots`.
      key: put before every id, so that two figures on a page do not collide.
      alt: read out instead of the figure.
    """
    text = style.rendered(figure, ".svg").decode("utf-8")
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{key}-\1"', text)
    text = re.sub(r'href="#([^"]+)"', rf'href="#{key}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{key}-\1)", text)
    text = in_theme(text, {name: f"var(--{name})" for name in _VARIABLES.values()})
    head, rest = text.split(">", 1)
    head = re.sub(r'\b(width|height)="[^"]*"', "", head)
    label = f' role="img" aria-label="{escape(alt)}">'
    return head + label + rest


def in_theme(text: str, theme: Mapping[str, str]) -> str:
    """An SVG file's text with the figure's colours replaced.

    Arguments:
      text: as :func:`marginproof.properties.plots.style.rendered` writes it.
      theme: a colour for each variable, such as :data:`marginproof.properties.presentation.colours.DARK`.
    """
    return _COLOUR.sub(lambda match: f": {theme[_VARIABLES[match[1]]]}", text)
