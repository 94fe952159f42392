"""The page: a template filled with claims and data sections; every value is escaped."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from marginproof.properties.plots.measure import ROUNDING
from marginproof.properties.presentation.colours import DARK, LIGHT
from marginproof.properties.presentation.notation import in_html
from marginproof.properties.report.claims import ClaimRow
from marginproof.properties.report.data import Section
from marginproof.properties.report.inline import inline
from marginproof.theory.verdicts import STRENGTH, Verdict, strength_label


@dataclass(frozen=True)
class Drawn:
    """A figure on the page.

    Attributes:
      stem: file name below ``figures/``, without suffix.
      svg: the inlined element.
      caption: below it.
    """

    stem: str
    svg: Markup
    caption: str


def figure_stem(section: Section, number: int, name: str) -> str:
    """File name of a data section's figure; the number keeps two data sets of one name apart."""
    return f"{number + 1}-{slug(section.dataset.name)}-{name}"


def slug(name: str) -> str:
    """A name as part of a file name or an id."""
    return "".join(letter if letter.isalnum() else "-" for letter in name).strip("-") or "data"


def render(rows: list[ClaimRow], sections: list[Section], settings: str) -> str:
    """The page as HTML."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        num=number,
        gap=small,
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
        style=Markup((folder / "page.css").read_text(encoding="utf-8")),
        script=Markup((folder / "page.js").read_text(encoding="utf-8")),
        light=LIGHT,
        dark=DARK,
        rows=rows,
        counts=counts(rows),
        short=[row.claim.id for row in rows if row.verdict is not None and not row.ok],
        judged=any(row.verdict is not None for row in rows),
        meanings=[(verdict.value, verdict.meaning) for verdict in Verdict],
        strength={verdict.value: place for verdict, place in STRENGTH.items()}
        | {"REFUTED": 5, "not judged": -1},
        sections=[(f"data-{k + 1}-{slug(s.dataset.name)}", s, _drawn(s, k)) for k, s in enumerate(sections)],
        settings=settings,
        version=version("marginproof"),
        names={
            "l2": Markup("cos to ℓ<sub>2</sub>"),
            "linf": Markup("cos to ℓ<sub>∞</sub>"),
            "adamproxy": "cos to Mahalanobis",
        },
    )


def _drawn(section: Section, number: int) -> list[Drawn]:
    out = []
    for name, figure in section.figures.items():
        stem = figure_stem(section, number, name)
        caption = section.captions[name]
        out.append(Drawn(stem, Markup(inline(figure, stem, section.alts[name])), caption))
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


def small(value: float | None) -> str:
    """A 1 - cosine; what double precision cannot tell from 0 is not written as digits."""
    if value is None:
        return "–"
    return f"< {ROUNDING:.0e}" if value <= ROUNDING else f"{value:.1e}"


def width(value: float) -> str:
    """The relative width of a bracket, exact where both ends are one number."""
    return "exact" if value == 0 else f"{value:.1e}"


def start(text: str) -> str:
    """A sentence's first letter as a capital, names apart."""
    return text if text.startswith("arXiv") else text[:1].upper() + text[1:]
