"""The page: a template filled with claims and data sections; every value is escaped."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from marginproof.properties.plots.labels import note_of
from marginproof.properties.plots.settling import MOVED
from marginproof.properties.presentation.colours import DARK, LIGHT
from marginproof.properties.presentation.names import DIRECTIONS, RESOLVED, angle
from marginproof.properties.presentation.notation import in_html
from marginproof.properties.presentation.pages import opening
from marginproof.properties.report.claims import ClaimRow, origin
from marginproof.properties.report.data import Section
from marginproof.properties.report.findings import findings
from marginproof.properties.report.inline import Glyphs, inline
from marginproof.theory.verdicts import STRENGTH, Verdict, strength_label


@dataclass(frozen=True)
class Drawn:
    """A figure on the page.

    Attributes:
      stem: file name below ``figures/``, without suffix.
      svg: the inlined element; small: the same for a phone.
      caption: below it; note: what the small figure does not say itself, as the large one does.
    """

    stem: str
    svg: Markup
    small: Markup
    caption: str
    note: str


def figure_stem(section: Section, number: int, name: str) -> str:
    """File name of a data section's figure; the number keeps two data sets of one name apart."""
    return f"{number + 1}-{slug(section.dataset.name)}-{name}"


def slug(name: str) -> str:
    """A name as part of a file name or an id."""
    return "".join(letter if letter.isalnum() else "-" for letter in name).strip("-") or "data"


def render(rows: list[ClaimRow], sections: list[Section], settings: str, data_first: bool = False) -> str:
    """The page as HTML.

    Arguments:
      rows: the claims; those that were not judged are left out.
      sections: the data.
      settings: of the runs, in words.
      data_first: whether the data stand before the claims.
    """
    rows = [row for row in rows if row.verdict is not None]
    glyphs = Glyphs()
    drawn = [
        (f"data-{k + 1}-{slug(s.dataset.name)}", s, _drawn(s, k, glyphs)) for k, s in enumerate(sections)
    ]
    hero = next(
        (figure for _, _, figures in drawn for figure in figures if figure.stem.endswith("-portrait")), None
    )
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        num=number,
        gap=angle,
        degrees=degrees,
        rate=slope,
        brief=brief,
        symbols=in_html,
        start=start,
        width=width,
        strength=strength_label,
    )
    folder = files("marginproof.properties.report")
    template = environment.from_string((folder / "page.html").read_text(encoding="utf-8"))
    return template.render(
        opening=opening("marginproof report"),
        style=Markup((folder / "page.css").read_text(encoding="utf-8")),
        script=Markup((folder / "page.js").read_text(encoding="utf-8")),
        light=LIGHT,
        dark=DARK,
        rows=rows,
        counts=counts(rows),
        origin=origin(row.known for row in rows),
        short=[row.claim.id for row in rows if row.verdict is not None and not row.ok],
        findings=findings(sections),
        hero=hero,
        glyphs=Markup(glyphs.element()),
        data_first=data_first,
        meanings=[(verdict.value, verdict.meaning) for verdict in Verdict],
        strength={verdict.value: place for verdict, place in STRENGTH.items()}
        | {"REFUTED": 5, "not judged": -1},
        sections=[
            (key, one, [figure for figure in figures if figure is not hero]) for key, one, figures in drawn
        ],
        settings=settings,
        moved=f"{MOVED:g}",
        version=version("marginproof"),
        names={key: in_html(name) for key, name in DIRECTIONS.items()},
    )


def _drawn(section: Section, number: int, glyphs: Glyphs) -> list[Drawn]:
    out = []
    for place, (name, figure) in enumerate(section.figures.items()):
        stem, alt = figure_stem(section, number, name), section.alts[name]
        key = f"f{number}-{place}"
        large = Markup(inline(figure, f"{key}a", alt, glyphs))
        small = Markup(inline(section.small[name], f"{key}b", alt, glyphs))
        out.append(Drawn(stem, large, small, section.captions[name], note_of(section.small[name])))
    return out


def counts(rows: list[ClaimRow]) -> list[tuple[str, int]]:
    """How many claims have each verdict, strongest words first."""
    found = Counter(row.word for row in rows)
    order = ["PROVED", "CERTIFIED", "HELD", "OBSERVED", "REFUTED", "UNDECIDED", "not judged"]
    return [(word, found[word]) for word in order if found[word]]


def number(value: Any, digits: int = 5) -> str:
    """A number in a table cell; a dash for none."""
    return "–" if value is None else f"{value:.{digits}g}"


def slope(value: float | None) -> str:
    """A rate to two decimals, with a minus sign."""
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def brief(source: str) -> str:
    """What stands before the first semicolon or bracket of a source."""
    return source.split(";")[0].split(" (")[0]


def degrees(value: float | None) -> str:
    """An angle in degrees; a dash for none."""
    if value is None:
        return "–"
    return f"{value:.3g}°" if value > RESOLVED else "0°"


def width(value: float) -> str:
    """The relative width of a bracket, exact where both ends are one number."""
    return "exact" if value == 0 else f"{value:.1e}"


def start(text: str) -> str:
    """A sentence's first letter as a capital, names apart."""
    return text if text.startswith("arXiv") else text[:1].upper() + text[1:]
