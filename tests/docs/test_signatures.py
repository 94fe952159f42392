"""Signatures stand on one line where they fit, whatever the full names of their types."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.reference.browser import needs_chromium
from tests.reference.devtools import Browser

pytest.importorskip("sphinx", reason="install the extra docs")
SIGNATURE = re.compile(r'<dt class="sig sig-object py".*?</dt>', re.S)
LONGEST = 88


def shown(signature: str) -> str:
    """What a reader sees of it on one line, without the link to its source."""
    text = re.sub(r"<[^>]+>", "", signature.split('<a class="reference internal" href="../../_modules')[0])
    text = re.sub(r"\s+", " ", re.sub(r"<a .*|¶", "", text)).replace("( ", "(").replace(", )", ")")
    return text.replace("&#x2192;", "→").replace("&lt;", "<").replace("&#39;", "'").strip()


def test_only_long_signatures_have_a_line_for_each_argument(site: Path) -> None:
    folded = {True: 0, False: 0}
    for page in (site / "reference" / "generated").glob("marginproof*.html"):
        for signature in SIGNATURE.findall(page.read_text(encoding="utf-8")):
            lines = "<dl>" in signature
            text = shown(signature)
            folded[lines] += 1
            if "sig-paren" in signature:
                assert lines == (len(text) > LONGEST), (page.name, text)
    assert min(folded.values()) > 50


@needs_chromium
def test_the_last_bracket_stands_below_the_name(site: Path) -> None:
    left = """(() => { const d = [...document.querySelectorAll('dl.function > dt.sig')].find(e => e.querySelector('dl'));
      return ['.sig-name', 'dl + .sig-paren'].map(e => d.querySelector(e).getBoundingClientRect().left); })()"""
    page = site / "reference" / "generated" / "marginproof.theory.proofs.krawczyk.html"
    with Browser() as browser:
        for width in (1280, 400):
            browser.show(page, width)
            name, bracket = browser.run(left)
            assert abs(name - bracket) < 2
