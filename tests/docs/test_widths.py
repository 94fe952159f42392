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


@needs_chromium
def test_a_page_that_overflows_is_seen(tmp_path: Path) -> None:
    for name, width in (("narrow", 300), ("wide", 900)):
        head = '<!doctype html><meta name="viewport" content="width=device-width"><body style="margin: 0">'
        (tmp_path / f"{name}.html").write_text(f'{head}<div style="width: {width}px">x</div>')
    assert too_wide(sorted(tmp_path.glob("*.html")), tmp_path) == {"wide.html at 400": 900}
