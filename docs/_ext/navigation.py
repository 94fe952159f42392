"""What a keyboard, a screen reader and a phone need and Sphinx leaves out: levels of captions, focus for what scrolls, and
places where long names and formulas may break; and no links to sources that are not shown."""

from __future__ import annotations

import re
from typing import Any

REPLACED = {
    'role="heading">': 'role="heading" aria-level="2">',
    '<div class="highlight"><pre>': '<div class="highlight"><pre tabindex="0">',
    '<div class="table-wrapper': '<div tabindex="0" class="table-wrapper',
}
DRAWN = re.compile(r'<span class="go">(?=[┏┃┡├│└╭╰┌]|[^<\n]*\S {3,}\S)')
"""A line of a table: with a border, or columns parted by spaces."""
MARKED = re.compile(r"(?:[(\[“]*<math (?:(?!</math>).)*</math>[,.;:)\]”’?!]*)+", re.S)
"""Formulas with the marks that a line must not part from them."""
BREAK = re.compile(r"(?<=\w[_/])(?=\w)|(?<=\w\.)(?=[^\W\d])|(?<=[^\W\d]\.)(?=\d)")
"""Within a name, but not at the point of a decimal."""
LONG_WORD = re.compile(r"[A-Za-z]{25,}")
CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
LONG_CELL = re.compile(r"<td>(?=<p>(?:(?!</p>).){160})", re.S)
"""A cell whose text a phone would set as a column of single words."""
NAME = re.compile(r'(<h1>|<h[1-6]><code[^>]*>|<span class="(?:pre|doc|nn)">)([^<]+)')
CODE = re.compile(r'<pre\b.*?</pre>|<span class="pre">--?[a-z][^<]*</span>', re.S)
WHOLE = re.compile(r"(?<![\w&;-])(?:--?[a-z][\w-]*|-&gt;|&lt;-|&lt;=|&gt;=|/\\|\\/)(?![^<>]*>)")
"""An option or an arrow, which a browser would break behind its hyphen."""


def breakable(html: str) -> str:
    """Code and titles with a break allowed after each dot, underscore and slash within a name; in words of 25 letters and
    more before capitals too, where a line that breaks would be read as two names.

    Example:
      >>> breakable('<span class="pre">Adam(0.99)</span>')
      '<span class="pre">Adam(0.99)</span>'
      >>> breakable('<span class="pre">margin_bracket</span>')
      '<span class="pre">margin_<wbr>bracket</span>'
      >>> breakable("<h1>theory.SignField</h1>")
      '<h1>theory.<wbr>SignField</h1>'
      >>> breakable('<span class="pre">AssumptionOfTheFirstTheorem</span>')
      '<span class="pre">Assumption<wbr>Of<wbr>The<wbr>First<wbr>Theorem</span>'
    """

    def broken(found: re.Match[str]) -> str:
        words = LONG_WORD.sub(lambda word: CAPITAL.sub("<wbr>", word[0]), found[2])
        return found[1] + BREAK.sub("<wbr>", words)

    return NAME.sub(broken, html)


def with_marks(html: str) -> str:
    """Formulas in lines kept with the brackets and full stops beside them.

    Example:
      >>> with_marks('(<math display="inline">x</math>), y')
      '<span class="kept">(<math display="inline">x</math>),</span> y'
    """

    def kept(found: re.Match[str]) -> str:
        whole = found[0]
        alone = whole.startswith("<math") and whole.find("</math>") == len(whole) - len("</math>")
        return whole if alone or 'display="block"' in whole else f'<span class="kept">{whole}</span>'

    return MARKED.sub(kept, html)


def with_options(html: str) -> str:
    """Options and arrows in code, each kept on one line.

    Example:
      >>> with_options("<pre>run --json -&gt; a-b</pre> --json")
      '<pre>run <span class="kept">--json</span> <span class="kept">-&gt;</span> a-b</pre> --json'
    """
    return CODE.sub(
        lambda code: WHOLE.sub(lambda found: f'<span class="kept">{found[0]}</span>', code[0]), html
    )


def our_source(app: Any, module: str) -> tuple[str, dict[str, Any]] | None:
    """For viewcode: no source and no tags of other people's modules, from which some of our names come."""
    return None if module.partition(".")[0] == "marginproof" else ("", {})


def only_sources(app: Any) -> list[Any]:
    """Before viewcode lists its modules: those without Python source of ours have no page, and are not listed.

    Links back lead to the module's own page; an attribute that is a function of another module is on no such page.
    """
    listed = getattr(app.env, "_viewcode_modules", {})
    for name in [name for name, source in listed.items() if not source or not source[0]]:
        del listed[name]
    for name, (code, tags, used, _) in listed.items():
        own = {full: page for full, page in used.items() if page.rpartition("/")[2] == name}
        listed[name] = code, tags, own, name
    return []


def setup(app: Any) -> dict[str, bool]:
    """Run after the theme has made its navigation."""

    def page(app: Any, name: str, template: str, context: dict[str, Any], tree: Any) -> None:
        for key in ("furo_navigation_tree", "body"):
            if isinstance(context.get(key), str):
                for plain, whole in REPLACED.items():
                    context[key] = context[key].replace(plain, whole)
                context[key] = LONG_CELL.sub('<td class="long">', context[key])
                context[key] = DRAWN.sub(
                    '<span class="go drawn">', with_options(with_marks(breakable(context[key])))
                )

    app.connect("html-page-context", page, priority=900)
    app.connect("html-collect-pages", only_sources, priority=400)
    if "sphinx.ext.viewcode" in app.extensions:
        app.connect("viewcode-find-source", our_source)
    return {"parallel_read_safe": True}
