"""What a keyboard and a screen reader need and Sphinx leaves out: levels of captions, focus for what scrolls.

The tree beside each page ends above the API's modules: the theme writes it whole into every page, and with hundreds of
modules that took most of the build.  The reference's own page lists them.
"""

from __future__ import annotations

from typing import Any

REPLACED = {
    'role="heading">': 'role="heading" aria-level="2">',
    '<div class="highlight"><pre>': '<div class="highlight"><pre tabindex="0">',
    '<table class="docutils': '<table tabindex="0" class="docutils',
}


DEPTH = 2
"""Levels of the tree beside each page."""


def setup(app: Any) -> dict[str, bool]:
    """Run after the theme has made its navigation."""

    def page(app: Any, name: str, template: str, context: dict[str, Any], tree: Any) -> None:
        for key in ("furo_navigation_tree", "body"):
            if isinstance(context.get(key), str):
                for plain, whole in REPLACED.items():
                    context[key] = context[key].replace(plain, whole)

    def shallow(app: Any, name: str, template: str, context: dict[str, Any], tree: Any) -> None:
        if whole := context.get("toctree"):
            context["toctree"] = lambda **settings: whole(**{**settings, "maxdepth": DEPTH})

    app.connect("html-page-context", shallow, priority=100)
    app.connect("html-page-context", page, priority=900)
    return {"parallel_read_safe": True}
