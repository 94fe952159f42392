"""Where long formulas may break: a browser breaks none by itself."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

ElementTree.register_namespace("", "http://www.w3.org/1998/Math/MathML")
SPACE = "{http://www.w3.org/1998/Math/MathML}"
LONG = 16
"""Symbols from which a formula may break, before its relations; and a piece as long before its sums and products."""
RELATIONS = set("=<>≤≥≠≈→↦∈⇒⟹⟺")
OPERATIONS = set("+−-·")


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
      >>> matrix = "<mo>[</mo>" + "<mo>[</mo><mn>12345678</mn><mo>]</mo><mo>,</mo>" * 4 + "<mo>]</mo>"
      >>> breakable(whole.replace(row, matrix)).count("<wbr")
      3
      >>> power = "<mn>5</mn><mo>·</mo><msup><mn>10</mn><mn>3</mn></msup>"
      >>> breakable(whole.replace(row, "<mo>…</mo>".join([power] * 6))).count("<wbr")
      0
    """
    root, row = _row(text)
    pieces = _pieces(row)
    return text if len(pieces) == 1 else "<wbr />".join(_formula(root, piece) for piece in pieces)


def phrases(text: str) -> str:
    """A displayed formula by what its wide spaces part, each of which breaks only where a line is too short for it.

    Example:
      >>> row = "<mi>a</mi><mo>=</mo><mi>b</mi><mo>,</mo><mspace width='1em'/><mi>c</mi>"
      >>> phrases(f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mrow>{row}</mrow></math>').count("phrase")
      2
    """
    root, row = _row(text)
    root.attrib.update(display="inline", displaystyle="true")
    shown = ("<wbr />".join(_formula(root, piece) for piece in _pieces(part)) for part in _apart(row))
    return " ".join(f'<span class="phrase">{part}</span>' for part in shown)


def _row(text: str) -> tuple[Element, list[Element]]:
    """A formula and the row that it holds."""
    root = ElementTree.fromstring(text)
    return root, list(root[0] if len(root) == 1 and root[0].tag == SPACE + "mrow" else root)


def _apart(row: list[Element]) -> list[list[Element]]:
    """A row parted at its wide spaces, and at blanks behind a comma."""
    parts: list[list[Element]] = [[]]
    for child in row:
        wide = child.tag == SPACE + "mspace" and child.get("width", "") in ("1em", "2em")
        comma = bool(parts[-1]) and (parts[-1][-1].text or "") == ","
        if wide or (comma and child.tag == SPACE + "mtext" and not (child.text or "").strip()):
            parts.append([])
        else:
            parts[-1].append(child)
    return [part for part in parts if part]


def _pieces(row: list[Element]) -> list[list[Element]]:
    """A row parted before its relations, and what is long then before its sums."""
    pieces = [row]
    for marks in (RELATIONS, OPERATIONS):
        pieces = [
            part for piece in pieces for part in (_split(piece, marks) if _length(piece) > LONG else [piece])
        ]
    return [part for piece in pieces for part in (_by_rows(piece) if _length(piece) > 2 * LONG else [piece])]


def _by_rows(piece: list[Element]) -> list[list[Element]]:
    """A matrix written as a list of lists parted before its rows."""
    parts: list[list[Element]] = [[]]
    depth = 0
    for child in piece:
        word = (child.text or "").strip()
        if word == "[" and depth == 1 and len(parts[-1]) > 3:
            parts.append([])
        depth += (word == "[") - (word == "]")
        parts[-1].append(child)
    return parts


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
        number = word == "·" and bool(parts[-1]) and parts[-1][-1].tag == SPACE + "mn"
        if child.tag == SPACE + "mo" and word in marks and not (sign or number) and depth == 0 and parts[-1]:
            child.set("form", "infix")  # it would be set as a sign at the head of a formula
            parts.append([])
        parts[-1].append(child)
    return parts


def _formula(root: Element, piece: list[Element]) -> str:
    """A formula of some of another's children."""
    whole = Element(root.tag, root.attrib)
    SubElement(whole, SPACE + "mrow").extend(piece)
    return ElementTree.tostring(whole, encoding="unicode")
