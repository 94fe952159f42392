"""The directive ``{explorer}``: the page that ``marginproof explore`` writes, as a part of a page of the site."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive


class Explorer(Directive):
    """The explorer, once a page."""

    def run(self) -> list[nodes.Node]:
        """Raw HTML with its style and script inside."""
        from marginproof.properties.explorer.build import fragment

        return [nodes.raw("", fragment(), format="html")]


def setup(app: Any) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("explorer", Explorer)
    return {"parallel_read_safe": True}
