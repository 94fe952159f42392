"""No page is wider than the window, at the width of a phone or of a desk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.reference.browser import needs_chromium
from tests.reference.devtools import Browser

WIDTHS = (1280, 400)
NEEDED = "document.documentElement.scrollWidth"
"""Tables and formulas scroll within themselves, so that a page's own width says whether it overflows."""


def too_wide(pages: list[Path], root: Path) -> dict[str, Any]:
    """Pages that need more than the window has, with the width needed."""
    found = {}
    with Browser() as browser:
        for page in pages:
            browser.show(page, WIDTHS[0])
            for width in WIDTHS:
                browser.resize(width)
                if (needed := browser.run(NEEDED)) > width:
                    found[f"{page.relative_to(root)} at {width}"] = needed
    return found


@needs_chromium
def test_no_page_overflows(site: Path) -> None:
    """Source listings, which the reader may scroll, are left out."""
    pages = [p for p in sorted(site.rglob("*.html")) if not {"_modules", "_static"} & {*p.parts}]
    assert len(pages) > 300
    assert not too_wide(pages, site)


CUT = """[...document.querySelectorAll('article :is(math, code, a, img, p, h1, h2)')].filter(e => {
  if (e.getBoundingClientRect().right <= innerWidth + 2) return false;
  for (let up = e; up.tagName !== 'ARTICLE'; up = up.parentElement)
    if (getComputedStyle(up).overflowX !== 'visible') return false;
  return true;
}).map(e => e.textContent.slice(0, 60))"""
"""What lies beyond the window, by more than a rounding, and nothing scrolls to it."""


def cut(pages: list[Path], root: Path) -> dict[str, Any]:
    """Pages with text that a phone cannot show."""
    found = {}
    with Browser() as browser:
        for page in pages:
            browser.show(page, WIDTHS[1])
            if words := browser.run(CUT):
                found[str(page.relative_to(root))] = words[:3]
    return found


@needs_chromium
def test_no_text_is_cut_on_a_phone(site: Path) -> None:
    """Formulas in lines break, names in the indexes too, and the drawings have their phone's size."""
    pages = [p for p in sorted(site.rglob("*.html")) if not {"_modules", "_static"} & {*p.parts}]
    assert not cut(pages, site)
    with Browser() as browser:
        browser.show(site / "signum.html", WIDTHS[1])
        shown = "[...document.querySelectorAll('article img')].filter(e => e.offsetWidth).map(e => e.src)"
        assert [source.rpartition("/")[2] for source in browser.run(shown)] == ["signum-phone.png"]
        browser.resize(WIDTHS[0])
        assert [source.rpartition("/")[2] for source in browser.run(shown)] == ["signum.png"]


@needs_chromium
def test_text_that_is_cut_is_seen(tmp_path: Path) -> None:
    for name, style in (("scrolls", "overflow-x: auto"), ("cut", "")):
        text = f'<div style="{style}"><p style="width: 900px">long</p></div>'
        (tmp_path / f"{name}.html").write_text(
            f'<!doctype html><body style="overflow: hidden"><article>{text}</article>'
        )
    assert cut(sorted(tmp_path.glob("*.html")), tmp_path) == {"cut.html": ["long"]}


@needs_chromium
def test_a_page_that_overflows_is_seen(tmp_path: Path) -> None:
    for name, width in (("narrow", 300), ("wide", 900)):
        head = '<!doctype html><meta name="viewport" content="width=device-width"><body style="margin: 0">'
        (tmp_path / f"{name}.html").write_text(f'{head}<div style="width: {width}px">x</div>')
    assert too_wide(sorted(tmp_path.glob("*.html")), tmp_path) == {"wide.html at 400": 900}


SCROLLED = """[...document.querySelectorAll('article :is(div, table, pre, figure)')].filter(
  e => e.scrollWidth > e.clientWidth && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX))"""
SHADE = "getComputedStyle(e).backgroundImage.includes('gradient') && getComputedStyle(e).getPropertyValue('--beyond')"
UNMARKED = f"{SCROLLED}.filter(e => ({SHADE}) !== '1').map(e => e.textContent.trim().slice(0, 60))"
MARKED = f"""[...document.querySelectorAll('article :is(div.math, .table-wrapper, pre)')].filter(
  e => e.scrollWidth <= e.clientWidth && ({SHADE}) !== '0').map(e => e.textContent.trim().slice(0, 60))"""


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_scrolls_shows_that_it_does(site: Path, scheme: str) -> None:
    """A shadow at the edge, on whatever it is that scrolls, and on nothing else: tables do within the theme's wrapper."""
    pages = [site / name for name in ("reference/generated/marginproof.theory.bounds.margin_bounds.html", "conformance.html", "gallery.html", "tutorial.html")]  # fmt: skip
    seen = 0
    with Browser() as browser:
        for page in pages:
            browser.show(page, WIDTHS[1], scheme)
            assert not browser.run(UNMARKED), page
            assert not browser.run(MARKED), page
            seen += browser.run(f"{SCROLLED}.length")
    assert seen > 3


@needs_chromium
def test_displayed_claims_break_rather_than_scroll(site: Path) -> None:
    with Browser() as browser:
        browser.show(site / "reference" / "generated" / "claims.html", WIDTHS[1])
        assert browser.run("document.querySelectorAll('div.math').length") > 20
        wide = "[...document.querySelectorAll('div.math')].filter(e => e.scrollWidth > e.clientWidth).map(e => e.textContent)"
        assert not browser.run(wide)


@needs_chromium
def test_code_in_tables_and_titles_suit_a_phone(site: Path) -> None:
    """At least 11.5 px, and the longest title in three lines."""
    folder = site / "reference" / "generated"
    sizes = "[...document.querySelectorAll('table.docutils code')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    lines = "(h => h.getBoundingClientRect().height / parseFloat(getComputedStyle(h).lineHeight))(document.querySelector('h1'))"
    longest = max(folder.glob("marginproof*.html"), key=lambda page: len(page.stem))
    with Browser() as browser:
        browser.show(site / "conformance.html", WIDTHS[1])
        assert min(browser.run(sizes)) >= 11.5
        browser.show(longest, WIDTHS[1])
        assert browser.run(lines) < 3.5


@needs_chromium
def test_the_theorems_tables_fit_a_phone(site: Path) -> None:
    """Two columns, each with a head; arrows of the code stay whole."""
    heads = "[...document.querySelectorAll('table.docutils th')].map(e => e.textContent.trim())"
    split = "[...document.querySelectorAll('.kept')].filter(e => e.getClientRects().length > 1).length"
    with Browser() as browser:
        browser.show(site / "reference" / "generated" / "formal.html", WIDTHS[1])
        assert len(browser.run(heads)) > 20
        assert all(browser.run(heads))
        assert not browser.run(f"{SCROLLED}.filter(e => e.matches('.table-wrapper')).length")
        assert browser.run("document.querySelectorAll('pre .kept').length") > 20
        assert not browser.run(split)
