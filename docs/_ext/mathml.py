"""Formulas as MathML, so that pages need no script and no network."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.util import logging

logger = logging.getLogger(__name__)
FUNCTION = re.compile(r"<mi>([a-z]{3,})</mi>(?=<m(?:i|sub|sup|frac)>)")


@cache
def formula(tex: str, display: str) -> str:
    """MathML with primes as operators (they are raised already), names of functions as identifiers, and a thin space after them."""
    text = re.sub(r"<mi>(&#x0203[23];)</mi>", r"<mo>\1</mo>", convert(tex, display=display))
    text = re.sub(r"<mo>((?!mod|min|max|lim)[a-z]{3,})</mo>", r"<mi>\1</mi>", text)
    return FUNCTION.sub(r'\g<0><mspace width="0.17em"/>', text)


def _mathml(self: Any, node: nodes.Element, display: str) -> None:
    tex = node.astext()
    try:
        self.body.append(formula(tex, display))
    except Exception as error:
        logger.warning("formula %r cannot be converted: %s", tex, error, location=node)
    raise nodes.SkipNode


def inline(self: Any, node: nodes.Element) -> None:
    """A formula in a line."""
    _mathml(self, node, "inline")


def block(self: Any, node: nodes.Element) -> None:
    """A formula of its own."""
    self.body.append(self.starttag(node, "div", CLASS="math", tabindex="0"))
    try:
        _mathml(self, node, "block")
    finally:
        self.body.append("</div>\n")


def setup(app: Any) -> dict[str, bool]:
    """Register the renderer."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True}
