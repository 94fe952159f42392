"""What a keyboard and a screen reader need and Sphinx leaves out: levels of captions, focus for what scrolls."""

from __future__ import annotations

from typing import Any

REPLACED = {
    'role="heading">': 'role="heading" aria-level="2">',
    '<div class="highlight"><pre>': '<div class="highlight"><pre tabindex="0">',
    '<table class="docutils': '<table tabindex="0" class="docutils',
}


def setup(app: Any) -> dict[str, bool]:
    """Run after the theme has made its navigation."""

    def page(app: Any, name: str, template: str, context: dict[str, Any], tree: Any) -> None:
        for key in ("furo_navigation_tree", "body"):
            if isinstance(context.get(key), str):
                for plain, whole in REPLACED.items():
                    context[key] = context[key].replace(plain, whole)

    app.connect("html-page-context", page, priority=900)
    return {"parallel_read_safe": True}
