"""An SVG figure made part of a page: its colours become the page's, its ids its own, and it gets an alt text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from weakref import WeakKeyDictionary

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


@dataclass
class Glyphs:
    """The letters' outlines that the figures of a page share.

    Attributes:
      outlines: matplotlib's name of a glyph to its path element under a short id.
    """

    outlines: dict[str, str] = field(default_factory=dict)

    def take(self, text: str) -> str:
        """The text without its glyphs' definitions, and with references to the shared ones."""

        def keep(match: re.Match[str]) -> str:
            if match[1] not in self.outlines:
                outline = _SPACE.sub(" ", match[0].replace(f'id="{match[1]}"', f'id="g{len(self.outlines)}"'))
                self.outlines[match[1]] = outline
            return ""

        text = _GLYPH.sub(keep, text)
        number = {name: k for k, name in enumerate(self.outlines)}
        return _USE.sub(
            lambda match: f'href="#g{number[match[1]]}"' if match[1] in number else match[0], text
        )

    def element(self) -> str:
        """A hidden element that defines them all."""
        return f'<svg class="glyphs" width="0" height="0" aria-hidden="true"><defs>{"".join(self.outlines.values())}</defs></svg>'


_SPACE = re.compile(r"\s+")
_GLYPH = re.compile(r'<path id="(DejaVu[^"]+)"[^>]*?/>')
_USE = re.compile(r'xlink:href="#([^"]+)"')
_LONG = re.compile(r"(\.\d{2})\d+")
_PLACES = re.compile(r'\b(d|x|y)="[^"]*"|translate\([^)]*\)|points="[^"]*"')


_drawn: WeakKeyDictionary[Figure, bytes] = WeakKeyDictionary()


def svg_of(figure: Figure) -> bytes:
    """The figure as an SVG file, drawn once."""
    if figure not in _drawn:
        _drawn[figure] = style.rendered(figure, ".svg")
    return _drawn[figure]


def inline(figure: Figure, key: str, alt: str, glyphs: Glyphs) -> str:
    """The figure as an ``<svg>`` element, about a third of matplotlib's own size.

    Arguments:
      figure: built by :mod:`marginproof.properties.plots`.
      key: put before every id, so that two figures on a page do not collide.
      alt: read out instead of the figure.
      glyphs: of the page; the figure's are added to them.
    """
    text = svg_of(figure).decode("utf-8")
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", text, flags=re.S)
    text = glyphs.take(text)
    text = _own_ids(text, key)
    text = _PLACES.sub(lambda match: _LONG.sub(r"\1", match[0]), text)
    text = _SPACE.sub(" ", text).replace("> <", "><").replace("<defs></defs>", "")
    text = in_theme(text, {name: f"var(--{name})" for name in _VARIABLES.values()})
    head, rest = text.split(">", 1)
    head = re.sub(r'\b(width|height)="[^"]*"', "", head)
    label = f' role="img" aria-label="{escape(alt)}">'
    return head + label + rest


def _own_ids(text: str, key: str) -> str:
    """Ids that something refers to, short and beginning with ``key``; the others go."""
    used = {*re.findall(r'xlink:href="#([^"]+)"', text), *re.findall(r"url\(#([^)]+)\)", text)}
    short = {name: f"{key}{k}" for k, name in enumerate(sorted(used))}
    text = re.sub(r' id="([^"]+)"', lambda m: f' id="{short[m[1]]}"' if m[1] in short else "", text)
    text = re.sub(r'xlink:href="#([^"]+)"', lambda m: f'href="#{short[m[1]]}"', text)
    return re.sub(r"url\(#([^)]+)\)", lambda m: f"url(#{short[m[1]]})", text)


def in_theme(text: str, theme: Mapping[str, str]) -> str:
    """An SVG file's text with the figure's colours replaced.

    Arguments:
      text: as :func:`marginproof.properties.plots.style.rendered` writes it.
      theme: a colour for each variable, such as :data:`marginproof.properties.presentation.colours.DARK`.
    """
    return _COLOUR.sub(lambda match: f": {theme[_VARIABLES[match[1]]]}", text)
