"""Delimited text: the delimiter and the decimal mark recognised, quotes and comments respected, cells kept as text.

Every candidate delimiter is tried on the first lines with the parser that reads the file afterwards; the one
that gives most numbers in rows of one width wins.  A decimal comma is recognised where no cell has a point; a file in which
1,234 may mean 1.234 or 1234 is refused.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from marginproof.constructions.entries import SHEET_ERRORS, is_number
from marginproof.constructions.readers import svmlight
from marginproof.constructions.readers.header import with_header
from marginproof.constructions.readers.text import text_of
from marginproof.constructions.tables import Reading, Table, suffix_of
from marginproof.theory.errors import MarginproofError

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "spaces"}
COMMENT = "#"
"""With which a line begins that is no row."""
SAMPLE = 200
"""Rows that a delimiter is tried on."""

_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_POINT = re.compile(r"[+-]?\d*\.\d*([eE][+-]?\d+)?")
_ARFF = re.compile(r"(\s*%.*\n)*\s*@relation\b", re.IGNORECASE)
"""How ARFF begins, which KEEL calls ``.dat``."""
_SEP = re.compile(r"sep=([,;|\t])", re.IGNORECASE)
"""The first line by which spreadsheets are told the delimiter: no row."""
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")


@dataclass
class Skipped:
    """What is no row: comment lines (with the last one above the first row), and blank lines between rows."""

    comments: int = 0
    blanks: int = 0
    example: str = ""
    above: str = ""


@dataclass
class Records:
    """Rows of cells from lines; a line that begins with the comment mark is skipped where a row would begin."""

    lines: list[str]
    delimiter: str
    skipped: Skipped = field(default_factory=Skipped)

    def __iter__(self) -> Iterator[list[str]]:
        self.skipped = Skipped()
        self._fresh, self._gap, self._first = True, 0, True
        for row in csv.reader(self._feed(), delimiter=self.delimiter, skipinitialspace=True, strict=True):
            self._fresh, self._first = True, False
            yield [cell.strip() for cell in row]

    def _feed(self) -> Iterator[str]:
        for line in self.lines:
            bare = line.strip()
            if self._fresh and not bare:
                self._gap += 1
                continue
            if self._fresh and bare.startswith(COMMENT) and not bare.lower().startswith(SHEET_ERRORS):
                self.skipped.comments += 1
                self.skipped.example = self.skipped.example or bare
                self.skipped.above = bare if self._first else self.skipped.above
                continue
            if self._fresh and not self._first:
                self.skipped.blanks += self._gap
            self._fresh, self._gap = False, 0
            yield line.replace("\t", " ").strip() + "\n" if self.delimiter == " " else line


def read_delimited(path: Path, reading: Reading) -> Table:
    """A file of delimited text, or of svmlight's or ARFF's under a common suffix.

    Raises:
      MarginproofError: no text, quotes that do not close, a decimal mark that may be either.
    """
    text = text_of(path)
    if (
        suffix_of(path) in (".txt", ".data", ".dat")
        and reading.delimiter is None
        and svmlight.is_svmlight(text)
    ):
        return svmlight.table_of(path, text, ("lines are read as label index:value …",))
    if _ARFF.match(text):
        from marginproof.constructions.readers.arff import read_arff

        return read_arff(path, reading)
    return table_of(path, text.splitlines(keepends=True), reading)


def table_of(path: Path, lines: list[str], reading: Reading) -> Table:
    """Lines of delimited text as a table: delimiter, comments, decimal mark and header settled."""
    said = _SEP.fullmatch(lines[0].strip("\r\n")) if lines else None
    lines = lines[1:] if said else lines
    delimiter = reading.delimiter or (said[1] if said else _recognised(path, lines))
    records = Records(lines, delimiter)
    try:
        rows = list(records)
    except csv.Error as cause:
        raise MarginproofError(
            f"file={path} is not {_separated(delimiter)} text in UTF-8 ({cause}); check its quotes, or name the mark "
            "with --delimiter"
        ) from cause
    if not rows:
        raise MarginproofError(f"file={path} is empty; at least two rows are needed")
    rows, decimal_notice = _with_points(path, rows, reading.decimal, delimiter)
    notices = [*_about(records, delimiter, reading), *decimal_notice]
    rows = _with_comment_header(rows, records, notices)
    rows = _without_trailing(rows, notices)
    return with_header(path, rows, tuple(notices))


def _separated(delimiter: str) -> str:
    return f"{DELIMITERS.get(delimiter, repr(delimiter)).removesuffix('s')}-separated"


def _recognised(path: Path, lines: list[str]) -> str:
    """The delimiter whose rows agree best: share of rows of the usual width times share of numbers in them."""
    order = ["\t", *DELIMITERS] if ".tsv" in path.suffixes else list(DELIMITERS)
    best, best_score = order[0], (0.0, 0.0)
    for delimiter in dict.fromkeys(order):
        score = _score(lines, delimiter)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _score(lines: list[str], delimiter: str) -> tuple[float, float]:
    rows = []
    try:
        for row in islice(Records(lines, delimiter), SAMPLE):
            rows.append(row)
    except csv.Error:
        return (0.0, 0.0)
    widths = Counter(map(len, rows))
    if not widths or (width := widths.most_common(1)[0][0]) == 1:
        return (0.0, 0.0)
    usual = [row for row in rows if len(row) == width]
    cells = [cell for row in usual[1:] or usual for cell in row]
    numbers = sum(is_number(cell) or bool(_COMMA.fullmatch(cell)) for cell in cells)
    agreement = len(usual) / len(rows)
    return (agreement * numbers / len(cells), agreement)


def _about(records: Records, delimiter: str, reading: Reading) -> list[str]:
    """Notices on the marks recognised and the lines left out."""
    notices, skipped = [], records.skipped
    if delimiter != "," and reading.delimiter is None:
        notices.append(f"cells are separated by {DELIMITERS[delimiter]}")
    if skipped.comments:
        notices.append(
            f"skipped {skipped.comments} line(s) that begin with {COMMENT}, such as {skipped.example[:60]!r}"
        )
    if skipped.blanks:
        notices.append(f"skipped {skipped.blanks} blank line(s) between rows")
    return notices


def _with_points(
    path: Path, rows: list[list[str]], decimal: str | None, delimiter: str
) -> tuple[list[list[str]], list[str]]:
    """Decimal commas made points, where that is what they are."""
    if decimal == ".":
        return rows, []
    commas = [cell for row in rows for cell in row if "," in cell and _COMMA.fullmatch(cell)]
    grouped = [cell for row in rows for cell in row if cell.count(",") > 1 and _THOUSANDS.fullmatch(cell)]
    if decimal == delimiter and not commas:
        raise MarginproofError(
            f"decimal={decimal} is the mark that parts the cells of file={path}, and no cell has one; leave it out, or name the "
            "cells' mark with --delimiter"
        )
    if decimal is None:
        if not commas and not grouped:
            return rows, []
        points = next((cell for row in rows for cell in row if "." in cell and _POINT.fullmatch(cell)), None)
        if points is not None or grouped or all(_THOUSANDS.fullmatch(cell) for cell in commas):
            shown = (grouped or commas)[0]
            beside = f" beside {points!r}" if points else ""
            raise MarginproofError(
                f"file={path} has {shown!r}{beside}, where the comma may be a decimal mark or part thousands; say --decimal , "
                "or, if it parts thousands, take the commas out"
            )
    moved = [[cell.replace(",", ".") if _COMMA.fullmatch(cell) else cell for cell in row] for row in rows]
    shown = commas[0] if commas else ""
    return moved, [f"decimal commas: {shown!r} is read as {shown.replace(',', '.')}"] if commas else []


def _with_comment_header(rows: list[list[str]], records: Records, notices: list[str]) -> list[list[str]]:
    """A comment line just above the first row that names every column (as numpy.savetxt writes it) is the header."""
    above = records.skipped.above.lstrip(COMMENT).strip()
    if not above or not any(map(is_number, rows[0])):
        return rows
    names = next(iter(Records([above], records.delimiter)), [])
    if len(names) != len(rows[0]) or len(names) < 2 or any(map(is_number, names)) or not all(names):
        return rows
    notices.append("the comment line above the first row names every column and is taken for the header")
    return [names, *rows]


def _without_trailing(rows: list[list[str]], notices: list[str]) -> list[list[str]]:
    """Rows without the last columns that have neither a name nor a value: a delimiter stands at the lines' ends."""
    full = width = max(map(len, rows))
    while width > 1 and all(len(row) < width or not row[width - 1] for row in rows):
        width -= 1
    if width < full:
        notices.append(f"left out {full - width} empty column(s) without a name at the end of the lines")
    return [row[:width] for row in rows]
