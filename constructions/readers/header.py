"""Whether the first row of delimited text is a header, and what stands in its column of row names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from marginproof.constructions.entries import is_number
from marginproof.constructions.tables import Table
from marginproof.theory.errors import MarginproofError


def with_header(path: Path, rows: list[list[str]], notices: tuple[str, ...]) -> Table:
    """Rows of texts as a table: a first row without a number is the header, under whose empty (or lacking) first cell stand row names."""
    if any(map(_numeral, rows[0])):
        _no_number_in_header(path, rows)
        return Table(str(path), rows, notices=notices)
    header, body = tuple(rows[0]), rows[1:]
    _no_data_in_header(path, header, body)
    if all(len(row) == len(header) + 1 for row in body) and _row_names([row[0] for row in body]):
        header = ("", *header)  # as R's write.table writes it
    if header[0] or len(header) == 1:
        return Table(str(path), body, header, notices=notices)
    names = tuple(row[0] if row else "" for row in body)
    notices = (*notices, "the first column has no name and is taken for the names of the rows")
    return Table(str(path), [row[1:] for row in body], header[1:], names, notices=notices)


def _numeral(cell: str) -> bool:
    """Whether a cell is a number, or one for Python alone (refused later, but no name of a column)."""
    with suppress(ValueError):
        float(cell)
        return True
    return is_number(cell)


def _row_names(cells: list[str]) -> bool:
    """Whether cells are R's names of rows: distinct, and words or 1…N."""
    words = not any(map(is_number, cells))
    return (
        len(cells) > 1
        and len(set(cells)) == len(cells)
        and (words or cells == [str(i + 1) for i in range(len(cells))])
    )


def _no_number_in_header(path: Path, rows: list[list[str]]) -> None:
    """Refuse a first row that is neither: a number in it, and a word over a column of numbers.

    Words alone decide nothing: the labels of a file without a header may be words.
    """
    first, body = rows[0], [row for row in rows[1:] if len(row) == len(rows[0])]
    over_numbers = [
        k
        for k, cell in enumerate(first)
        if cell[:1].isalpha() and not is_number(cell) and body and all(is_number(row[k]) for row in body)
    ]
    if not over_numbers:
        return
    text, numeral = first[over_numbers[0]], next(filter(_numeral, first))
    raise MarginproofError(
        f"file={path}: row 1 has the word {text[:40]!r} over a column of numbers, as a header has, and the number "
        f"{numeral[:40]}, as no header may; if it is the header, rename that column, such as x{numeral[:20]}, else fix {text[:40]!r}"
    )


def _no_data_in_header(path: Path, header: tuple[str, ...], body: list[list[str]]) -> None:
    """Refuse a header whose every name stands below it again, as in a file of words without one."""
    if all(any(cell == name for cell in _column(body, k)) for k, name in enumerate(header)):
        raise MarginproofError(
            f"file={path}: row 1 has no number, as a header has, but {header[0][:40]!r} and all others stand below it again; if it "
            "is data, put a line with the columns' names above it, else rename a column"
        )


def _column(rows: list[list[str]], k: int) -> Iterator[str]:
    return (row[k] for row in rows if k < len(row))
