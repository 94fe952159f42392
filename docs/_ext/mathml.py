"""Formulas as MathML, so that pages need no script and no network."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from mathml_lines import breakable, phrases
from sphinx.util import logging

logger = logging.getLogger(__name__)
BAR = re.compile(r'<mo stretchy="false">(&#x0007C;)</mo>|<mo>(&#x0221E;)</mo>')
"""The bar of an absolute value and infinity, which as operators would have room on both sides."""
SIGN = re.compile(
    r"(<mo[^>]*>(?:&#x0(?:003[CDE]|226[45]|2248|2208|221D|2192|2211|0028|007B|002C);|[=<>(\[{,≤≥≈∈∝→∑])</mo>(?:<mspace[^>]*>)?|<msub><mo>&#x02211;</mo>(?:(?!</?msub>).)*</msub>)"
    r"<mo>(&#x0(?:2212|00B1);)</mo>"
)
"""A minus or ± behind a relation, a parenthesis, a comma or a sum: a sign, no difference."""
FUNCTION = re.compile(r"<mi>([a-z]{3,})</mi>(?=<m(?:i|sub|sup|frac)>)")
LIMITED = re.compile(r"<mo>(min|max|lim)</mo>")
"""Operators that take limits; a browser would give them wide room on both sides, at the head of a line too."""
ARROW = re.compile(r"<mi>(&#x0(?:219|21[A-F]|27F|29[0-7])[0-9A-F];)</mi>")
"""An arrow, which as an identifier would have no room around it."""
PRIMED = re.compile(
    r"<msup><(m(?:sub)?sup)>((?:(?!</?msu[bp]).)*)<mo>(&#x0203[23];)</mo></\1>"
    r"(<m[in]>[^<]*</m[in]>|<mrow>(?:(?!</?m(?:row|su)).)*</mrow>)</msup>"
)
"""A power of what is primed: both stand in one place above."""


@cache
def formula(tex: str, display: str) -> str:
    """MathML with primes and arrows as operators, names of functions as identifiers, and a thin space after them.

    A root's content is a row, which the style sheet keeps clear of the bar.  Accents are set as what stands above a letter: a
    browser would set them at the height of a small letter's top.
    """
    text = re.sub(r"<mi>(&#x0203[23];)</mi>", r"<mo>\1</mo>", convert(tex, display=display))
    text = PRIMED.sub(r"<\1>\2<mrow><mo>\3</mo>\4</mrow></\1>", text)
    text = ARROW.sub(r"<mo>\1</mo>", text)
    text = text.replace('<mover accent="true">', "<mover>").replace(
        '<mo stretchy="true">&#x000AF;</mo>', "<mo>&#x02015;</mo>"
    )
    text = BAR.sub(r"<mi>\1\2</mi>", text)
    text = text.replace("<mi>&#x000B1;</mi>", "<mo>&#x000B1;</mo>")
    text = SIGN.sub(r'\1<mo form="prefix">\2</mo>', text)
    text = re.sub(r"<msqrt>(<mi>.*?</mi>)</msqrt>", r"<msqrt><mrow>\1</mrow></msqrt>", text)
    text = re.sub(r"<mo>((?!mod|min|max|lim)[a-z]{3,})</mo>", r"<mi>\1</mi>", text)
    text = LIMITED.sub(r'<mo lspace="0" rspace="0.17em">\1</mo>', text)
    text = FUNCTION.sub(r'\g<0><mspace width="0.17em"/>', text)
    return breakable(text) if display == "inline" else phrases(text)


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
