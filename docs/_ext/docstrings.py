"""Our docstrings as reStructuredText: sections become definition lists, formulas are set (:mod:`formulas`).

A section is a line such as ``Arguments:`` with its entries two spaces further in.  Between literals,
roles and examples, characters that reStructuredText would read as markup (``|w|``, ``2 * x``, ``w_``)
are escaped where they are part of no formula that was recognised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from class_entries import signature as class_signature
from entries import apart, names_of
from formulas import in_rst

SECTIONS = (
    "Arguments",
    "Attributes",
    "Class attributes",
    "Returns",
    "Yields",
    "Raises",
    "Example",
    "Reference",
)
HEADING = re.compile(rf"^({'|'.join(SECTIONS)}):$")
ENTRY = re.compile(r"^(\*{0,2}[A-Za-z_][\w.]*(?:(?:, | or )[A-Za-z_][\w.]*)*): (.*)$")
HEAD = re.compile(r"\s*" + ENTRY.pattern[1:].removesuffix("(.*)$") + r"(?=\S)")
KEPT = re.compile(
    r"(``.+?``|\*\*[A-Z][\w ]*\.?\*\*|(?<!\w)\*[A-Za-z][\w -]*\.?\*(?!\w)|:[a-z:]+:`[^`]+`|`[^`]+`_{0,2})"
)
FUNCTION = re.compile(r"<function [\w.]*(?:<\w+>)?[\w.]*(?: at 0x\w+)?>|<factory>")
NAMED = re.compile(r"<(?:class '(?:\w+\.)*|built-in function |ufunc ')(\w+)'?>")
NUMBERED = re.compile(r"\s*\(\d+\)\s")
"""A formula's number at the head of a line, which would begin a list."""
QUAD = "\N{EM SPACE}\N{EM SPACE}"
"""Between the formulas of a display."""
RULE = re.compile(r"^\s*=+(\s+=+)+\s*$")


def convert(lines: list[str]) -> list[str]:
    """The docstring's lines as reStructuredText."""
    return list(_sections(list(_escaped(lines))))


def _escaped(lines: list[str]) -> Iterator[str]:
    """Lines with markup characters escaped outside examples and literals; tables set anew."""
    table: list[str] = []
    rules, example = 0, False
    for line, kind in zip(lines, _kinds(lines), strict=True):
        rules += bool(RULE.match(line))
        example = bool(line.strip()) and (example or line.lstrip().startswith(">>>"))
        if rules:
            table.append(line)
            if rules == 3:
                yield from _table(table)
                table, rules = [], 0
        elif example or kind == "literal" or line.lstrip().startswith(".. "):
            yield line
        else:
            yield f"   | {re.sub(' {3,}', QUAD, _plain(line.strip()))}" if kind else _plain(line)


def _kinds(lines: list[str]) -> Iterator[str]:
    """For each line ``"display"``, a formula set four spaces in below a paragraph, ``"literal"``, code below ``::``, or ``""``."""
    before, blank, kind = "", False, ""
    for line in lines:
        if line.strip():
            deep = line.startswith("    ") and not line.lstrip().startswith((">>>", "..."))
            if deep and blank and not kind and before[:1].strip() and before[:2] not in ("* ", ".."):
                kind = "literal" if before.endswith("::") else "display"
            kind = kind if deep else ""
            before, blank = line, False
        else:
            blank = True
        yield kind if line.strip() else ""


def _plain(line: str) -> str:
    """The line without markup characters in its prose; the name that an entry begins with is no formula."""
    head = re.match(r"\s*", line)[0] if not (entry := HEAD.match(line)) else entry[0]
    out = "\\" if NUMBERED.match(line) else ""
    for i, part in enumerate(KEPT.split(line[len(head) :])):
        part = part if i % 2 else in_rst(part, _escape)
        between = "\\ " if out.endswith("`") and part.startswith((":math:", "`")) else ""
        out += between + part
    return (_escape(head) if entry else head) + out


def _table(lines: list[str]) -> Iterator[str]:
    """A simple table with its columns as wide as they need to be, once cells are escaped."""
    starts = [match.start() for match in re.finditer(r"=+", lines[0])]
    rows: list[list[str]] = []
    for line in (line for line in lines if line.strip() and not RULE.match(line)):
        cells = re.split(r"\s{2,}", line.strip())
        if line.startswith(" ") or len(cells) != len(
            starts
        ):  # a row continued: cells stand under their heads
            ends = [*starts[1:], None]
            cells = [line[a:b].strip() for a, b in zip(starts, ends, strict=True)]
        if line.startswith(" ") and rows:
            rows[-1] = [f"{old} {new}".strip() for old, new in zip(rows[-1], map(_plain, cells), strict=True)]
        else:
            rows.append([_plain(cell) or "\\ " for cell in cells])
    widths = [max(len(row[k]) for row in rows) for k in range(len(starts))]
    rule = "  ".join("=" * width for width in widths)
    body = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    yield from ("", rule, body[0], rule, *body[1:], rule, "")


def _escape(text: str) -> str:
    bullet = text[:2] if text[:2] == "* " else ""
    text = re.sub(r"[*|]", r"\\\g<0>", text[len(bullet) :])
    return bullet + re.sub(r"(?<=\w)_(?!\w)", r"\\_", text).replace('""', '``""``')


def _sections(lines: list[str]) -> Iterator[str]:
    i = 0
    while i < len(lines):
        heading = HEADING.match(lines[i])
        if not heading:
            yield lines[i]
            i += 1
            continue
        end = i + 1
        while end < len(lines) and (not lines[end].strip() or lines[end].startswith(" ")):
            end += 1
        body = [line[2:] for line in lines[i + 1 : end]]
        yield from ("", f".. rubric:: {heading[1]}", "")
        yield from _example(body) if heading[1] == "Example" else _entries(body)
        yield ""
        i = end


def _example(body: list[str]) -> Iterator[str]:
    """A session as it is; any other code as a literal block."""
    code = not any(line.lstrip().startswith(">>>") for line in body)
    if code:
        yield from ("::", "")
    yield from (f"  {line}" if code else line for line in body)


def _entries(body: list[str]) -> Iterator[str]:
    """``name: text`` as a definition; what is no entry as a paragraph."""
    open_entry = False
    for line in body:
        entry = ENTRY.match(line.replace("\\_", "_").replace("\\*", "*")) if line[:1].strip() else None
        if entry:
            name = entry[1].replace("*", "\\*")
            yield from (
                "",
                f"``{name}``" if "\\" not in name else name,
                f"    {line[len(_head(line)) :].strip()}",
            )
        elif line[:1].strip() and not open_entry:
            yield line
        elif line.strip():
            yield ("    " if open_entry else "") + line.strip()
        else:
            yield ""
        open_entry = bool(entry) or (open_entry and (not line.strip() or line[:1] == " "))


def _head(line: str) -> str:
    return line[: line.index(": ") + 1]


def readable(signature: str) -> str:
    """A signature without the defaults that Sphinx cannot read; it would then spell every name out.

    Example:
      >>> readable("(rule: ~a.Field = <factory>, act=<function Law.<lambda>>, kind=<class 'a.Full'>, size=<built-in function abs>)")
      '(rule: ~a.Field = ..., act=..., kind=Full, size=abs)'
    """
    return NAMED.sub(r"\1", FUNCTION.sub("...", signature))


def setup(app: Any) -> dict[str, bool]:
    """Connect to autodoc."""

    def process(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
        lines[:] = convert(apart(lines, names_of(obj)))

    def signature(
        app: Any, what: str, name: str, obj: Any, options: Any, found: str | None, result: str | None
    ) -> Any:
        return (class_signature(what, obj, readable(found)), result) if found else None

    app.connect("autodoc-process-docstring", process)
    app.connect("autodoc-process-signature", signature)
    return {"parallel_read_safe": True}
