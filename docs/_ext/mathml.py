"""Formulas as MathML, so that pages need no script and no network."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.util import logging

logger = logging.getLogger(__name__)


def _mathml(self: Any, node: nodes.Element, display: str) -> None:
    tex = node.astext()
    try:
        self.body.append(convert(tex, display=display))
    except Exception as error:
        logger.warning("formula %r cannot be converted: %s", tex, error, location=node)
    raise nodes.SkipNode


def inline(self: Any, node: nodes.Element) -> None:
    """A formula in a line."""
    _mathml(self, node, "inline")


def block(self: Any, node: nodes.Element) -> None:
    """A formula of its own."""
    self.body.append(self.starttag(node, "div", CLASS="math"))
    try:
        _mathml(self, node, "block")
    finally:
        self.body.append("</div>\n")


def setup(app: Any) -> dict[str, bool]:
    """Register the renderer."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True}
