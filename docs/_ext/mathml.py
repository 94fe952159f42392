"""Formulas as MathML, so that pages need no script and no network."""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.util import logging

ElementTree.register_namespace("", "http://www.w3.org/1998/Math/MathML")
logger = logging.getLogger(__name__)
SPACE = "{http://www.w3.org/1998/Math/MathML}"
LONG = 16
"""Symbols from which a formula in a line may break, before its relations; and a piece as long before its sums and products."""
RELATIONS = set("=<>≤≥≠≈→∈⟹⟺")
OPERATIONS = set("+−-·")
BAR = re.compile(r'<mo stretchy="false">(&#x0007C;)</mo>|<mo>(&#x0221E;)</mo>')
"""The bar of an absolute value and infinity, which as operators would have room on both sides."""
SIGN = re.compile(
    r"(<mo[^>]*>(?:&#x0(?:003[CDE]|226[45]|2248|2208|2192|2211|0028|002C);|[=<>(\[,≤≥≈∈→∑])</mo>|<msub><mo>&#x02211;</mo>(?:(?!</?msub>).)*</msub>)"
    r"<mo>&#x02212;</mo>"
)
"""A minus behind a relation, a parenthesis, a comma or a sum: a sign, no difference."""
FUNCTION = re.compile(r"<mi>([a-z]{3,})</mi>(?=<m(?:i|sub|sup|frac)>)")


@cache
def formula(tex: str, display: str) -> str:
    """MathML with primes as operators (they are raised already), names of functions as identifiers, and a thin space after them.

    A root's content is a row, which the style sheet keeps clear of the bar.
    """
    text = re.sub(r"<mi>(&#x0203[23];)</mi>", r"<mo>\1</mo>", convert(tex, display=display))
    text = BAR.sub(r"<mi>\1\2</mi>", text)
    text = SIGN.sub(r'\1<mo form="prefix">&#x02212;</mo>', text)
    text = re.sub(r"<msqrt>(<mi>.*?</mi>)</msqrt>", r"<msqrt><mrow>\1</mrow></msqrt>", text)
    text = re.sub(r"<mo>((?!mod|min|max|lim)[a-z]{3,})</mo>", r"<mi>\1</mi>", text)
    text = FUNCTION.sub(r'\g<0><mspace width="0.17em"/>', text)
    return breakable(text) if display == "inline" else text


def breakable(text: str) -> str:
    """A long formula as several, between which a line may break: a browser breaks none by itself.

    Example:
      >>> row = "".join(f"<mi>{letter}</mi><mo>=</mo>" for letter in "abcdefghi")
      >>> whole = f'<math xmlns="http://www.w3.org/1998/Math/MathML"><mrow>{row}</mrow></math>'
      >>> breakable(whole).count("<wbr")
      9
      >>> squared = "<mo>(</mo><mi>a</mi><msup><mo>)</mo><mn>2</mn></msup>"
      >>> breakable(whole.replace("<mi>a</mi>", squared)).count("<wbr")
      9
      >>> short = whole.replace(row, row[:60])
      >>> breakable(short) == short
      True
    """
    root = ElementTree.fromstring(text)
    (row,) = root if len(root) == 1 else (root,)
    pieces = [list(row)]
    for marks in (RELATIONS, OPERATIONS):
        pieces = [
            part for piece in pieces for part in (_split(piece, marks) if _length(piece) > LONG else [piece])
        ]
    if len(pieces) == 1:
        return text
    return "<wbr />".join(_formula(root, piece) for piece in pieces)


def _length(piece: list[Element]) -> int:
    return sum(len("".join(child.itertext()).strip()) for child in piece)


def _split(piece: list[Element], marks: set[str]) -> list[list[Element]]:
    """A row's children parted before every such operator outside parentheses."""
    parts: list[list[Element]] = [[]]
    depth = 0
    for child in piece:
        signs = [child, *child[:1]]  # a parenthesis may carry the script of what it closes
        word = next(((one.text or "").strip() for one in signs if one.tag == SPACE + "mo"), "")
        depth += (word in set("([{⟨")) - (word in set(")]}⟩"))
        sign = child.get("form") == "prefix"
        if child.tag == SPACE + "mo" and word in marks and not sign and depth == 0 and parts[-1]:
            child.set("form", "infix")  # it would be set as a sign at the head of a formula
            parts.append([])
        parts[-1].append(child)
    return parts


def _formula(root: Element, piece: list[Element]) -> str:
    """A formula of some of another's children."""
    whole = Element(root.tag, root.attrib)
    SubElement(whole, SPACE + "mrow").extend(piece)
    return ElementTree.tostring(whole, encoding="unicode")


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
