"""No page is wider than the window, at the width of a phone or of a desk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
