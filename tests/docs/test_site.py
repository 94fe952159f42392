"""The site builds without a warning, its links resolve, and every public name is in the reference."""

from __future__ import annotations

import doctest
import importlib
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytest.importorskip("sphinx", reason="install the extra docs")
pytest.importorskip("furo", reason="install the extra docs")
SKIPPED_BY_SPHINX = {"genindex.html", "search.html", "py-modindex.html"}


@pytest.fixture(scope="session")
def module_pages() -> Any:
    sys.path.insert(0, str(ROOT / "docs" / "_ext"))
    try:
        return importlib.import_module("module_pages")
    finally:
        sys.path.pop(0)


def inventory(site: Path) -> set[str]:
    """Names that the site's index of Python objects holds."""
    from sphinx.util.inventory import InventoryFile

    with (site / "objects.inv").open("rb") as file:
        found = InventoryFile.loads(file.read(), uri="")
    return {name for kind, items in found.data.items() if kind.startswith("py:") for name in items}


def test_every_public_name_is_in_the_reference(site: Path, module_pages: Any) -> None:
    known = inventory(site)
    names = {name for module in module_pages.modules() for name in module_pages.public_names(module)}
    assert len(names) > 300
    assert not names - known


def test_every_command_and_claim_is_in_the_reference(site: Path) -> None:
    from marginproof.properties.cli import main
    from marginproof.theory.registry import claims

    commands = (site / "reference" / "generated" / "cli.html").read_text()
    for name in main.list_commands(None):
        assert f'id="marginproof-{name}"' in commands
        assert f"Usage: marginproof {name}" in commands
    page = (site / "reference" / "generated" / "claims.html").read_text()
    for identifier in claims():
        assert f'id="{identifier.lower()}"' in page


class Anchors(HTMLParser):
    """A page's ids and the places it links to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for key, value in attrs:
            if key == "id" and value:
                self.ids.add(value)
            if (key == "href" and tag == "a") or (key == "src" and tag in ("img", "script")):
                self.links.append(value or "")


def test_internal_links_resolve(site: Path) -> None:
    pages = {path: Anchors(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    broken, count = [], 0
    for path, page in pages.items():
        for link in page.links if path.name not in SKIPPED_BY_SPHINX else ():
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            count += 1
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            fragment = unquote(parts.fragment)
            if not target.exists() or (fragment and target in pages and fragment not in pages[target].ids):
                broken.append(f"{path.relative_to(site)} -> {link}")
    assert count > 1000
    assert not broken


def test_modules_without_source_of_ours_are_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sphinx would link to ``builtins.html``, which it does not write, and list numpy's source."""
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "_ext"))
    used = {"x": "reference/generated/ours", "y": "reference/generated/other"}
    app = SimpleNamespace(
        env=SimpleNamespace(_viewcode_modules={"builtins": False, "ours": ("x = 1", {}, used, "other")})
    )
    navigation = importlib.import_module("navigation")
    app.env._viewcode_modules["numpy"] = (*navigation.our_source(app, "numpy"), {}, "numpy")
    assert navigation.our_source(app, "marginproof.theory.fields") is None
    assert navigation.only_sources(app) == []
    only_x = {"x": "reference/generated/ours"}
    assert app.env._viewcode_modules == {"ours": ("x = 1", {}, only_x, "ours")}, (
        "links back lead to its own page"
    )


EXTENSIONS = [
    "class_entries",
    "constants",
    "docstrings",
    "entries",
    "homes",
    "mathml",
    "module_pages",
    "navigation",
]


def test_examples_of_the_extensions_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "_ext"))
    for name in ("navigation", "mathml_lines", "docstrings", "homes", "module_pages"):
        assert doctest.testmod(importlib.import_module(name)).attempted > 0
        assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_signatures_name_types_without_their_modules(site: Path) -> None:
    """Where a default cannot be read Sphinx spells every name out, on one line."""
    signature = re.compile(r'<dt class="sig .*?</dt>', re.S)
    found = {}
    for path in (site / "reference").rglob("*.html"):
        texts = (re.sub(r"<[^>]+>", "", one) for one in signature.findall(path.read_text(encoding="utf-8")))
        if bad := [
            text
            for text in texts
            if re.search(
                r"~\w|&lt;(?:factory|class|built-in)|\((?:.*\W)?(?:numpy\.nd|fractions\.|typing\.)", text
            )
        ]:
            found[path.name] = bad[0][:200]
    assert not found


def test_no_page_loads_anything_from_the_network(site: Path) -> None:
    for path in site.rglob("*.html"):
        loaded = re.findall(
            r'<(?:script|img|link)[^>]+(?:src|href)="(https?:[^"]+)"', path.read_text(encoding="utf-8")
        )
        assert not loaded, f"{path.name} loads {loaded}"


def test_links_between_the_sources_resolve() -> None:
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
            made = "generated" in target
            if not urlsplit(target).scheme and not made and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    assert not broken


def test_captions_of_the_navigation_have_a_level(site: Path) -> None:
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert 'role="heading">' not in text, path.name
    assert 'role="heading" aria-level="2">' in (site / "index.html").read_text(encoding="utf-8")


TEX = re.compile(
    r"\\(?:frac|sum|le|ge|beta|eta|theta|gamma|top|max|min|cdot|operatorname|mathbb|text|Bigl|tag)\b|\\[(\[]"
)


def raw_tex(page: str) -> list[str]:
    """TeX that a reader would see as such: outside code, scripts and tags."""
    text = re.sub(r"<(pre|code|script|style)\b.*?</\1>", "", page, flags=re.S)
    return TEX.findall(re.sub(r"<[^>]+>", "", text))


def test_formulas_are_set(site: Path) -> None:
    pages = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    assert sum(text.count("<math") for text in pages.values()) > 300
    assert not {
        str(path.relative_to(site)): raw_tex(text)[:3] for path, text in pages.items() if raw_tex(text)
    }


def test_a_formula_that_is_not_set_is_noticed() -> None:
    assert raw_tex(r"<p>so (x\le y)</p>") == [r"\le"]
    assert not raw_tex(r"<p>so <code>\le</code></p>")


RAW = re.compile(
    r"\w\^[({]|\w_\{|(?<![\w.:/])[^\W\d_]_(?:[a-z](?![\w.])|[A-Z]{2})|(?<![\w)])\*\*\w|[|‖]_\w|_∞|“”"
)


def unset(page: str) -> list[str]:
    """Scripts of formulas and empty quotes that a reader would see as they were typed."""
    text = re.sub(r"<(pre|code|script|style|math|svg|textarea|dt)\b.*?</\1>", "0", page, flags=re.S)
    return RAW.findall(re.sub(r"<[^>]+>", "", text[text.find("<article") : text.rfind("</article")]))


def test_no_script_of_a_formula_is_shown_as_typed(site: Path) -> None:
    known = {"conformance.html": ["η_t", "A_{"]}  # what an optimizer's failure printed
    found = {}
    for path in site.rglob("*.html"):
        name = str(path.relative_to(site))
        raw = unset(path.read_text(encoding="utf-8"))
        if not path.name.startswith(("_", *SKIPPED_BY_SPHINX)) and set(raw) - set(known.get(name, ())):
            found[name] = raw[:3]
    assert not found


def test_a_script_shown_as_typed_is_noticed() -> None:
    assert unset("<article>e^{-x} in K_t, û_k, X_RF, **so** or “”</article>") == [
        "e^{",
        "K_t",
        "û_k",
        "X_RF",
        "**s",
        "“”",
    ]
    assert not unset("<article><code>e^{-x}</code> and <math>K_t</math> of eta_t</article>")


def unlinked(page: str) -> list[str]:
    """Full names of ours that lead nowhere, and names between single backquotes."""
    text = re.sub(r"<a\b[^>]*>\s*<code.*?</a>", "", page, flags=re.S)
    names = re.findall(r'<code class="xref[^>]*>(.*?)</code>|<cite>(.*?)</cite>', text, flags=re.S)
    plain = [(re.sub(r"<[^>]+>", "", name), quoted) for name, quoted in names]
    return [name or quoted for name, quoted in plain if quoted or name.startswith("marginproof.")]


def test_every_full_name_leads_somewhere(site: Path) -> None:
    pages = {str(p.relative_to(site)): unlinked(p.read_text(encoding="utf-8")) for p in site.rglob("*.html")}
    assert not {name: found for name, found in pages.items() if found}


def test_a_name_that_leads_nowhere_is_noticed() -> None:
    there, gone = ('<code class="xref py py-mod"><span>marginproof.hunt</span></code>', "<cite>dot</cite>")
    assert unlinked(there + gone) == ["marginproof.hunt", "dot"]
    assert not unlinked(f'<a href="x">{there}</a>')


def false_emphasis(page: str) -> list[str]:
    """Emphasised text that is part of a formula: two underscores that Markdown took for emphasis."""
    text = re.sub(r"<(pre|code|script|style|math)\b.*?</\1>", "", page, flags=re.S)
    return [em for em in re.findall(r"<em>(.*?)</em>", text, flags=re.S) if re.search(r"^\d|[‖∞^=≥≤Σ·]", em)]


def test_no_part_of_a_formula_is_emphasised(site: Path) -> None:
    pages = {str(p.relative_to(site)): p.read_text(encoding="utf-8") for p in site.rglob("*.html")}
    assert not {name: false_emphasis(text)[:3] for name, text in pages.items() if false_emphasis(text)}


def test_a_formula_taken_for_emphasis_is_noticed() -> None:
    assert false_emphasis("<p>max ‖x‖<em>1, γ</em>∞</p>") == ["1, γ"]
    assert not false_emphasis("<p><em>The margin.</em> <code><em>1</em></code></p>")


OTHERS = re.compile(
    r"Any|Callable|Fraction|Mapping|None|Random|dict|float|hypothesis\.target\(\)|int|list|ndarray|str|tuple"
)
"""Names of Python and of other packages."""


def test_every_reference_to_a_name_of_ours_is_a_link(site: Path) -> None:
    dead = {}
    for path in site.rglob("*.html"):
        if "_modules" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"<a\b.*?</a>", "", text, flags=re.S)
        names = re.findall(r'<code class="xref[^"]*">(.*?)</code>', text, flags=re.S)
        found = {name for html in names if not OTHERS.fullmatch(name := re.sub("<[^>]+>", "", html))}
        if found:
            dead[path.name] = found
    assert not dead
