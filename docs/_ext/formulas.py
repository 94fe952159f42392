r"""Formulas in plain text, as the registry and docstrings write them, found and set in TeX.

``Σ_j β^((i-j) mod K) g_j`` becomes ``\sum_j \beta^{(i-j)\bmod K} g_j``.  A formula is what
:mod:`formula_reader` reads.  No word of two letters is an operand, so a formula ends where prose begins; what only might be a
formula (a number, the letters a, A and I) stays text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from formula_reader import Reader
from formula_symbols import PRODUCT

ALONE = frozenset("bcdefghijklmnopqrstuvwxyz" + "ABCDEFGHJKLMNPQRSTUVWXYZ")
"""Letters that are symbols wherever they stand by themselves but for :func:`_single`; of the others some are articles or languages."""
START = re.compile(r"(?!n/a\b|w/o\b)(?<![\w.\\$=/@#'’`^-])(?<![\w)]\s-)")
OPENING = re.compile(r"(?!\((?:\d+|[a-z])\) )(?<!\w)")
WORD = re.compile(r"[\^_](?:\{[^{}]*\}|\([^()]*\))|[A-Za-z]+(?:[.'’-]?\w*[^\W_])*|\d[\w.]*|\s+|.", re.S)


def parts(text: str) -> Iterator[tuple[bool, str]]:
    """The text in order, as (whether a formula, TeX or text)."""
    at, plain = 0, ""
    while at < len(text):
        found = _formula(text, at)
        if found is None:
            word = WORD.match(text, at)
            assert word is not None
            plain, at = plain + word[0], word.end()
            continue
        if plain:
            yield False, _signs(plain)
            plain = ""
        yield True, found[0]
        at = found[1]
    if plain:
        yield False, _signs(plain)


MINUS = re.compile(r"(?<=[\s(\[{,;=])-(?=\.?\d)")
"""A hyphen that stands for the minus of a number."""
TIMES = re.compile(r"(?<=\d) x (?=\d)")


def _signs(plain: str) -> str:
    """Text with its signs: the minus of a number, 3 × 5, and the comparisons of a formula that could not be read whole."""
    plain = MINUS.sub("−", TIMES.sub(" × ", plain))
    return re.sub(r"(?<![\w<>=])([<>])=(?![\w=>])", lambda sign: {"<": "≤", ">": "≥"}[sign[1]], plain)


def _formula(text: str, at: int) -> tuple[str, int] | None:
    """TeX of the formula that begins here and its end, if surely one does."""
    if text[at] not in "‖√Σ" and not (START.match(text, at) if text[at] != "(" else OPENING.match(text, at)):
        return None
    reader = Reader(text, at)
    tex = reader.whole()
    if tex is None or not _ends(text, reader.at):
        return None
    source = text[at : reader.at]
    sure = reader.sure or (source in ALONE and _single(text, at, reader.at))
    sure = sure or (source == "a" and not text[:at].endswith("(") and bool(NO_ARTICLE.match(text, reader.at)))
    sure = sure or (bool(PRODUCT.match(source)) and len(source) == 2) or _factors(source, text[:at])
    sure = sure or (len(source) > 2 and bool(re.search(r"[+×·∘/-]", source)) and not ALONE.isdisjoint(source))
    return (tex, reader.at) if sure else None


def _factors(source: str, before: str) -> bool:
    """Whether these are letters side by side, one of them a capital: X w, T A w; no sentence that begins with an article."""
    letters = source.split(" ")
    alone = len(letters) > 1 and all(letter in ALONE for letter in letters) and not source.islower()
    return alone and (letters[0] != "A" or bool(re.search(r"[a-z\d,]\s$", before)))


def _ends(text: str, end: int) -> bool:
    """Whether prose may go on here: no identifier, call or comparison in code goes on."""
    return not re.match(r"\w|==|\*\*|\.\w|\(\)|\[\s*:|=\w|[\^_]", text[end:])


INITIAL = re.compile(r"(^|[;,*.:(] |\band |[A-Z]\. |[A-Z]{3} )$")
"""What stands before the initial of a name; before an article a sentence begins."""
NO_ARTICLE = re.compile(r"[,;]|[.)\]](?!\w)| (?:is|may|has)\b| in [(\[]")
"""What stands behind A or a where it is no article."""
LANGUAGE = {
    "C": re.compile(r"(?:against|the|in|a) C$|C (?:loop|library|compiler|alone)|(?:against|in) C\b"),
    "R": re.compile("R['’]s"),
}
NO_SYMBOL = re.compile(r"['’](?!s\b)\w|-?\d|-[A-Z]| \d+ \(")


def _single(text: str, at: int, end: int) -> bool:
    """Whether a letter by itself is a symbol: no article, language, initial or unit after a number, no (b) of a list."""
    before, letter = text[:at], text[at:end]
    if before.endswith("(") and text[end:].startswith(") "):
        return False
    if letter == "A" and not (re.search(r"[a-z\d,]\s$", before) or NO_ARTICLE.match(text, end)):
        return False
    if letter in "CR" and LANGUAGE[letter].search(f"{before[-8:]}{letter}{text[end : end + 9]}"):
        return False
    if letter.isupper() and INITIAL.search(before) and re.match(r"\. [A-Z]", text[end:]):
        return False
    return not re.search(r"[\d/]\s?$|[\w.]-$|[=*!]= $", before) and not NO_SYMBOL.match(text[end:])


def in_markdown(text: str, escape: Callable[[str], str] = str) -> str:
    """Markdown with every formula between dollars; the rest through ``escape``."""
    return "".join(f"${part.strip()}$" if formula else escape(part) for formula, part in parts(text))


MAY_FOLLOW = re.compile(r"[\s.,:;!?\\/'\")\]}>…’-]|$")
"""What reStructuredText takes right behind a role; anything else needs an escaped blank."""


def in_rst(text: str, escape: Callable[[str], str] = str) -> str:
    """reStructuredText with every formula in the role ``math``; the rest through ``escape``."""
    out = ""
    for formula, part in parts(text):
        if not formula:
            out += ("\\ " if out.endswith("`") and not MAY_FOLLOW.match(part) else "") + escape(part)
            continue
        before = "" if not out or out[-1].isspace() or out[-1] in "([{-/:\"'" else "\\ "
        out += f"{before}:math:`{part.strip()}`"
    return out


BLOCK = re.compile(
    r"(^ *(`{3,}|~{3,}).*?^ *\2 *$|^\$\$.*?\$\$ *$|<!--.*?-->|<script.*?</script>)", re.M | re.S
)
"""Parts of a page that are not prose."""
KEPT = re.compile(
    r"(\$[^$]+\$|\{[\w-]+\}`[^`]*`|`[^`]*`|!\[[^\]]*\]|\]\([^)]*\)|<summary>.*?</summary>|<[^<>\s][^<>]*>)"
)
"""What stays as it is in a line: LaTeX, code, words about pictures, targets of links, HTML."""
ROW = re.compile(r"(?<!\\)\|")


def page(markdown: str) -> str:
    """A page of Markdown with the formulas of its prose set."""
    pieces = BLOCK.split(markdown)
    for at in range(0, len(pieces), 3):
        pieces[at] = "\n".join(_line(line) for line in pieces[at].split("\n"))
    return "".join(piece for at, piece in enumerate(pieces) if at % 3 != 2)


def _line(line: str) -> str:
    """A line of prose, or the cells of a table's row; what is written in TeX, a heading or an indented block stays."""
    if line.startswith(("#", ":", "---", "(", "    ")) or line.count("`") % 2 or line.count("$") % 2:
        return line
    if not line.startswith("|"):
        return _prose(line)
    cells = ROW.split(line)
    return "|".join(
        _prose(cell) if all(cell.count(sign) % 2 == 0 for sign in "`$") else cell for cell in cells
    )


def _prose(text: str) -> str:
    if "\\" in KEPT.sub("", text):
        return text
    return "".join(piece if at % 2 else in_markdown(piece) for at, piece in enumerate(KEPT.split(text)))


def setup(app: Any) -> dict[str, bool]:
    """Set the formulas of pages written by hand as they are read, and of what they include."""

    def read(app: Any, name: str, source: list[str]) -> None:
        if (
            str(app.env.doc2path(name)).endswith((".md", ".ipynb"))
            and "generated" not in name
            and name != "gallery"
        ):
            source[0] = page(source[0])

    def included(app: Any, path: Any, name: str, content: list[str]) -> None:
        if str(path).endswith(".md"):
            content[0] = page(content[0])

    app.connect("source-read", read, priority=900)
    app.connect("include-read", included)
    return {"parallel_read_safe": True}
