"""WEKA's ARFF: ``@attribute`` lines name the columns, the data lines are comma-separated, or sparse in braces."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from marginproof.constructions.entries import Date, is_missing
from marginproof.constructions.readers.text import text_of
from marginproof.constructions.tables import Reading, Table
from marginproof.theory.errors import MarginproofError

_QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_ATTRIBUTE = re.compile(rf"@attribute\s+({_QUOTED}|\S+)\s+(.*)", re.IGNORECASE)
_VALUE = re.compile(rf"{_QUOTED}|[^\s,][^,]*")
_CELL = re.compile(rf"\s*(?:({_QUOTED})\s*|([^,]*)),")
_PAIR = re.compile(rf"""\s*([0-9]{{1,9}})\s+({_QUOTED}|[^\s,'"{{}}]+)\s*(?:,|(?=\}}))""")


def read_arff(path: Path, reading: Reading) -> Table:
    """The columns' names from the header, the rows' cells as text.

    Raises:
      MarginproofError: no ``@data``, an attribute or a row of another form.
    """
    lines = text_of(path).splitlines(keepends=True)
    start = next((i for i, line in enumerate(lines) if line.strip().lower() == "@data"), None)
    names, kinds = _attributes(path, lines[:start])
    if start is None or not names:
        raise MarginproofError(
            f"file={path} is not an ARFF file: it has no @attribute or no @data; correct it"
        )
    bare = [line.strip() for line in lines[start + 1 :]]
    body = [line for line in bare if line and not line.startswith("%")]
    sparse = bool(body) and all(line.startswith("{") for line in body)
    rows = [
        _dense(path, line, kinds, i) if sparse else _cells(path, line, i) for i, line in enumerate(body, 1)
    ]
    return Table(str(path), [_typed(path, row, kinds, i) for i, row in enumerate(rows, 1)], tuple(names))


def _typed(path: Path, row: list[Any], kinds: list[str], number: int) -> list[Any]:
    """A row whose categories are declared; dates are marked as such, since one like 2001 would pass for a number."""
    for k, (cell, kind) in enumerate(zip(row, kinds, strict=False)):
        if is_missing(cell):
            continue
        if kind.startswith("{") and _bare(cell) not in map(_bare, _declared(kind)):
            raise MarginproofError(
                f"file={path}: {cell[:40]!r} in row {number}, column {k + 1} is none of its attribute's values {kind[:60]}; "
                "correct it"
            )
        if kind.lower().startswith("date"):
            row[k] = Date(cell)
    return row


@cache
def _declared(kind: str) -> list[str]:
    """The values of a nominal attribute, ``{a, 'b, c'}``."""
    return _VALUE.findall(kind.strip("{} "))


def _bare(text: str) -> str:
    return text.strip(" '\"").replace("\\", "")


def _attributes(path: Path, lines: list[str]) -> tuple[list[str], list[str]]:
    names, kinds = [], []
    for line in lines:
        if not line.strip().lower().startswith("@attribute"):
            continue
        match = _ATTRIBUTE.fullmatch(line.strip())
        if match is None:
            raise MarginproofError(
                f"file={path}: {line.strip()[:60]!r} names no attribute with its type; correct it"
            )
        if match[2].lower().startswith("relational"):
            raise MarginproofError(
                f"file={path}: attribute {match[1]} is relational, a table in every row; make plain columns of it"
            )
        name = match[1]
        names.append(name[1:-1].replace("\\", "") if name[0] in "'\"" else name)
        kinds.append(match[2].strip())
    return names, kinds


def _cells(path: Path, line: str, number: int) -> list[Any]:
    """A row's cells; either quote serves, and a backslash before a quote keeps it."""
    if "'" not in line and '"' not in line:
        return [cell.strip() for cell in line.split(",")]
    cells = []
    for quoted, bare in _CELL.findall(f"{line},"):
        if bare[:1] in ("'", '"'):
            raise MarginproofError(
                f"file={path}: {bare[:40]!r} in row {number} has a quote that does not close, or text after it; correct it"
            )
        cells.append(re.sub(r"\\(.)", r"\1", quoted[1:-1]) if quoted else bare.strip())
    return cells


def _dense(path: Path, line: str, kinds: list[str], number: int) -> list[Any]:
    """A sparse row: ``{index value, …}``, indices from 0; what is not named is 0, or a category's first value."""
    cells: list[Any] = [_bare(_declared(kind)[0]) if kind.startswith("{") else "0" for kind in kinds]
    end, seen = 1, set()
    while (pair := _PAIR.match(line, end)) is not None:
        end, k = pair.end(), int(pair[1])
        if k >= len(cells) or k in seen:
            raise MarginproofError(
                f"file={path}: index {k} in row {number} stands twice or is beyond the last attribute; correct it"
            )
        seen.add(k)
        cells[k] = _bare(pair[2])
    if line[end:].strip() != "}":
        raise MarginproofError(
            f"file={path}: {line[end : end + 40]!r} in row {number} is not an index and value; correct it"
        )
    return cells
