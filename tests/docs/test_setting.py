"""How a browser sets formulas: nothing touches or strays, arrows have room, and displays break rather than overflow."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytest.importorskip("latex2mathml", reason="install the extra docs")
pytest.importorskip("sphinx", reason="install the extra docs")
sys.path.insert(0, str(ROOT / "docs" / "_ext"))

from mathml import formula  # noqa: E402

from tests.reference.browser import needs_chromium  # noqa: E402
from tests.reference.devtools import Browser  # noqa: E402

CSS = (ROOT / "docs" / "_static" / "quiet.css").as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as found:
        yield found


def shown(browser: Browser, folder: Path, body: str, script: str, width: int = 400) -> Any:
    """What a script says of a page with our style sheet, once the font is there."""
    page = folder / "page.html"
    page.write_text(
        f'<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="{CSS}"><article>{body}</article>'
    )
    browser.show(page, width)
    browser.run("document.fonts.ready.then(() => 0)")
    return browser.run(script)


@needs_chromium
@pytest.mark.parametrize("content", ["v", "b/N", r"W_2(G\circ G)"])
def test_a_root_ends_where_its_bar_ends(browser: Browser, tmp_path: Path, content: str) -> None:
    ends = "['msqrt', 'msqrt > mrow'].map(e => document.querySelector(e).getBoundingClientRect().right)"
    root, inside = shown(browser, tmp_path, formula(rf"\sqrt{{{content}}}", "inline"), ends)
    assert root - inside < 1


@needs_chromium
def test_a_prime_hangs_beside_its_letter(browser: Browser, tmp_path: Path) -> None:
    """Drawn as high as other small signs: a superscript raises it."""
    ink = """(() => { const c = document.createElement('canvas').getContext('2d'); c.font = '100px "Noto Sans Math"';
      const m = c.measureText('′'); return [m.actualBoundingBoxAscent, -m.actualBoundingBoxDescent]; })()"""
    top, bottom = shown(browser, tmp_path, formula("x'", "inline"), ink)
    assert 40 < top < 55
    assert 0 < bottom < 15


@needs_chromium
@pytest.mark.parametrize("letter", [r"\gamma", "c", "H"])
@pytest.mark.parametrize("accent", [r"\hat", r"\bar"])
def test_an_accent_is_clear_of_its_letter(browser: Browser, tmp_path: Path, letter: str, accent: str) -> None:
    """Set as a script above; as an accent it stood at the height of a small letter, in the arms of a γ."""
    text = formula(f"{accent}{{{letter}}}", "inline")
    assert "accent" not in text
    sizes = "[...document.querySelector('mover').children].map(e => parseFloat(getComputedStyle(e).fontSize))"
    base, above = shown(browser, tmp_path, text, sizes)
    assert above < base
    if accent == r"\bar":  # as wide as the letter, no dot
        assert "&#x02015;" in text


ARROWS = (r"\iff", r"\implies", r"\Rightarrow", r"\to", r"\mapsto", r"\Longleftrightarrow")


@needs_chromium
@pytest.mark.parametrize("arrow", ARROWS)
@pytest.mark.parametrize("display", ["inline", "block"])
def test_arrows_have_room(browser: Browser, tmp_path: Path, arrow: str, display: str) -> None:
    row = "(row => [row.children[1].tagName, row.getBoundingClientRect().width])(document.querySelector('mrow'))"
    close = f'<mrow><mi>a</mi><mo lspace="0" rspace="0">{_sign(arrow)}</mo><mi>b</mi></mrow>'
    tag, wide = shown(browser, tmp_path, formula(f"a {arrow} b", display), row)
    assert tag == "mo"
    assert wide - shown(browser, tmp_path, f"<math>{close}</math>", row)[1] > 6


def _sign(arrow: str) -> str:
    text = formula(arrow, "inline")
    return text[text.index("<mo>") + 4 : text.index("</mo>")]


def test_a_power_of_what_is_primed_is_one_script() -> None:
    assert formula(r"\beta_2'^K", "inline").count("<msup>") == 0
    assert formula(r"\beta'^{2K}", "inline").count("<msup>") == 1


LONG = r"f(x)=a+b+c+d+e,\quad g(x)\le\frac{a+b+c+d}{e+f+g+h},\quad a_1+a_2+a_3+a_4+a_5+a_6+a_7+a_8+a_9+a_{10}+a_{11}+a_{12}=0"
LINES = "[...document.querySelectorAll('math')].map(e => Math.round(e.getBoundingClientRect().bottom / 12))"


@needs_chromium
def test_a_display_breaks_where_it_is_too_long(browser: Browser, tmp_path: Path) -> None:
    body = f'<div class="math">{formula(LONG, "block")}</div>'
    fits = "(e => e.scrollWidth <= e.clientWidth)(document.querySelector('div.math'))"
    assert shown(browser, tmp_path, body, fits)
    narrow, wide = (len(set(shown(browser, tmp_path, body, LINES, width))) for width in (400, 1400))
    assert narrow > wide


def test_a_display_is_parted_at_its_wide_spaces() -> None:
    assert formula(LONG, "block").count('class="phrase"') == 3
    assert formula(r"a=b,\ c=d", "block").count('class="phrase"') == 2
    assert formula(r"\forall a\ \Rightarrow\ b", "block").count('class="phrase"') == 1


@pytest.mark.parametrize("tex", [r"(a,\, -b)", r"c\propto -\ell", r"\{-1\}", r"=\pm 1"])
def test_a_sign_behind_a_comma_or_a_brace_is_no_difference(tex: str) -> None:
    assert '<mo form="prefix">' in formula(tex, "inline")


def test_plus_or_minus_between_two_terms_is_an_operator() -> None:
    assert "<mo>&#x000B1;</mo>" in formula(r"\theta\pm 1", "inline")
