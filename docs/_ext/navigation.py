"""What a keyboard, a screen reader and a phone need and Sphinx leaves out: levels of captions, focus for what scrolls, and
places where long names may break."""

from __future__ import annotations

import re
from typing import Any

REPLACED = {
    'role="heading">': 'role="heading" aria-level="2">',
    '<div class="highlight"><pre>': '<div class="highlight"><pre tabindex="0">',
    '<table class="docutils': '<table tabindex="0" class="docutils',
}
DRAWN = re.compile(r'<span class="go">(?=[┏┃┡├│└╭╰┌])')
BREAK = re.compile(r"(?<=\w[._/])(?=\w)|(?<=[a-z])(?=[A-Z])")
NAME = re.compile(r'(<h1>|<h[1-6]><code[^>]*>|<span class="pre">)([^<]+)')


def breakable(html: str) -> str:
    """Code and titles with a break allowed after each dot, underscore and slash within a name, and before capitals.

    Example:
      >>> breakable('<span class="pre">margin_bracket</span>')
      '<span class="pre">margin_<wbr>bracket</span>'
      >>> breakable("<h1>theory.SignField</h1>")
      '<h1>theory.<wbr>Sign<wbr>Field</h1>'
    """
    return NAME.sub(lambda found: found[1] + BREAK.sub("<wbr>", found[2]), html)


def setup(app: Any) -> dict[str, bool]:
    """Run after the theme has made its navigation."""

    def page(app: Any, name: str, template: str, context: dict[str, Any], tree: Any) -> None:
        for key in ("furo_navigation_tree", "body"):
            if isinstance(context.get(key), str):
                for plain, whole in REPLACED.items():
                    context[key] = context[key].replace(plain, whole)
                context[key] = DRAWN.sub('<span class="go drawn">', breakable(context[key]))

    app.connect("html-page-context", page, priority=900)
    return {"parallel_read_safe": True}
