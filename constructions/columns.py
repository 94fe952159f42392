"""Which columns of a table are the label, names of rows, features or left out; categories to columns of 0 and 1."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from marginproof.constructions.entries import AS_NUMBERS, is_date, is_missing, is_number
from marginproof.constructions.tables import Reading, Table
from marginproof.theory.errors import MarginproofError

LABEL_NAMES = ("label", "y", "class", "target")
"""Names of a label column, in any case, the earlier one first."""
LAST = "the last one"
"""Why a column is the label where nothing says so."""
INDEX_NAMES = ("id", "index", "idx", "row", "rowid", "row_id", "rownames")
ENOUGH = 5
"""Rows from which numbers that count up are taken for an index."""
MANY = 20
"""Rows from which distinct integers in any order are taken for one."""
SHOWN = 5


def label_column(table: Table, reading: Reading) -> tuple[int, str]:
    """The label column, and why it was taken; never one that was asked for as something else."""
    if reading.label is not None:
        label = column(table, reading.label, "label")
        for option, others in (("drop", reading.drop), ("index", (reading.index,) if reading.index else ())):
            if label in {column(table, name, option) for name in others}:
                raise MarginproofError(
                    f"label={reading.label} is named by {option} too; leave one of them out"
                )
        return label, "as asked"
    taken = {column(table, name, "columns") for name in reading.columns}
    taken |= {column(table, name, "drop") for name in reading.drop}
    taken |= {column(table, name, "index") for name in [reading.index] if name is not None}
    free = [k for k in range(table.width) if k not in taken]
    if not free:
        raise MarginproofError(f"file={table.source} has no column left for the label; name it with label")
    names = {k: table.columns[k].strip().lower() for k in free} if table.columns else {}
    for wanted in LABEL_NAMES:
        found = [k for k, name in names.items() if name == wanted]
        if found:
            return found[0], "by its name"
    return free[-1], LAST


def column(table: Table, name: str, option: str) -> int:
    """The column of that name (in any case if only one fits), or of that number in a table without names.

    Raises:
      MarginproofError: no such column.
    """
    if table.columns and name in table.columns:
        return table.columns.index(name)
    folded = [k for k, other in enumerate(table.columns or ()) if other.lower() == name.lower()]
    if len(folded) == 1:
        return folded[0]
    if not table.columns and name.isdecimal() and 1 <= int(name) <= table.width:
        return int(name) - 1
    known = ", ".join(table.columns) if table.columns else f"1..{table.width} (no header)"
    known = known if len(known) < 200 else f"{known[:200]}…"
    raise MarginproofError(f"{option}={name} is not a column of file={table.source}; choose one of {known}")


@dataclass(frozen=True)
class Chosen:
    """Columns by their use.

    Attributes:
      features: column numbers, in order.
      index: the column of the rows' names, or ``None``.
      left_out: columns that are neither.
    """

    features: list[int]
    index: int | None
    left_out: list[int]


def choose(table: Table, reading: Reading, label: int | None) -> Chosen:
    """The features of a table: all but the label, the index and what is dropped, or those asked for.

    Raises:
      MarginproofError: a name that is no column, the label among the features, or no feature left.
    """
    index = None if reading.index is None else column(table, reading.index, "index")
    dropped = {column(table, name, "drop") for name in reading.drop}
    wanted = [column(table, name, "columns") for name in reading.columns] or list(range(table.width))
    if reading.columns and label in wanted:
        raise MarginproofError(
            f"columns={','.join(reading.columns)} holds the label column {table.column_name(label or 0)}; "
            "leave it out, or name another with label"
        )
    features = [k for k in wanted if k not in dropped and k not in (label, index)]
    if not features:
        raise MarginproofError(
            f"file={table.source} has no column beside the label; at least one feature is needed"
            + (_one_column(reading) if table.width == 1 else "")
        )
    used = {*features, label, index}
    return Chosen(features, index, [k for k in range(table.width) if k not in used])


def _one_column(reading: Reading) -> str:
    """The way out of a file whose cells nothing parts."""
    if reading.delimiter is None:
        return "; if its cells are parted by a mark of their own, name it (--delimiter)"
    return f"; delimiter={reading.delimiter!r} parts no cells, so name another, or leave --delimiter out"


def named(table: Table, columns: list[int]) -> str:
    """The columns' names, the first few."""
    shown = ", ".join(table.column_name(k) for k in columns[:SHOWN])
    return shown if len(columns) <= SHOWN else f"{shown}, … {len(columns)} in all"


def index_like(table: Table, features: list[int]) -> list[tuple[int, str]]:
    """Features that look like names of the rows, and why; a column with two zeros counts no rows."""
    if table.is_sparse:
        given = np.bincount(table.rows.indices, minlength=table.width)
        features = [k for k in features if given[k] >= table.n_rows - 1]
    found = []
    for k in features:
        name = table.columns[k].strip().lower() if table.columns else ""
        values = table.cells(k)
        named_so = name in INDEX_NAMES or name.startswith("unnamed:")
        reason = _counts_up(values, 2 if name.startswith("id") and not named_so else MANY)
        if named_so:
            reason = reason or "its name says so"
        if reason:
            found.append((k, reason))
    return found


def _counts_up(values: list[Any], many: int) -> str:
    """Whether the values count up, or from ``many`` rows on are distinct integers in any order."""
    if len(values) < min(ENOUGH, many):
        return ""
    try:
        numbers = [float(value) for value in values]
    except (ValueError, TypeError):
        return ""
    if any(value != int(value) if abs(value) < 2**53 else True for value in numbers):
        return ""
    if len(numbers) >= ENOUGH and all(after - before == 1 for before, after in pairwise(numbers)):
        return f"{numbers[0]:.0f}…{numbers[-1]:.0f}"
    return "distinct integers" if len(values) >= many and len(set(numbers)) == len(numbers) else ""


def encoded(
    table: Table, chosen: list[int], one_hot: tuple[str, ...], guessed: bool = False
) -> tuple[Table, list[int], list[str]]:
    """The table with the categories asked for as columns of 0 and 1, the features in it, and notices.

    Arguments:
      guessed: whether the label is only the last column, so that a column of two categories may be meant.

    Raises:
      MarginproofError: a column of categories that was not asked for, with the option that would encode it.
    """
    wanted = [column(table, name, "one_hot") for name in one_hot]
    stray = next((k for k in wanted if k not in chosen), None)
    if stray is not None:
        raise MarginproofError(
            f"one_hot={table.column_name(stray)} is the label, an index or left out, and no feature to encode; take it out of one_hot"
        )
    texts = [k for k in chosen if k not in wanted and _categories(table, k)]
    if texts:
        raise _not_encoded(table, texts, guessed)
    if not wanted:
        return table, chosen, []
    columns: list[tuple[str, list[Any]]] = []
    notices = []
    for k in chosen:
        cells = [row[k] for row in table.rows]
        name = table.columns[k] if table.columns else f"feature{k + 1}"
        if k not in wanted:
            columns.append((name, cells))
            continue
        _none_missing(table, k, cells)
        values = sorted({_text(cell) for cell in cells})
        columns += [(f"{name}={value}", [int(_text(cell) == value) for cell in cells]) for value in values]
        notices.append(f"column {table.column_name(k)} became {len(values)} columns of 0 and 1")
    rows = [list(row) for row in zip(*(cells for _, cells in columns), strict=True)]
    new = replace(table, rows=rows, columns=tuple(name for name, _ in columns))
    return new, list(range(len(columns))), notices


def _text(cell: Any) -> str:
    return str(cell.item() if isinstance(cell, np.generic) else cell).strip()


def _categories(table: Table, k: int) -> bool:
    """Whether most of a column's values are texts or truth values."""
    if isinstance(table.rows, np.ndarray):
        return False
    given = [row[k] for row in table.rows if not is_missing(row[k])]
    return 2 * sum(
        isinstance(cell, bool) or (isinstance(cell, str) and not _numeral(cell)) for cell in given
    ) > len(given)


def _numeral(cell: str) -> bool:
    """Whether a text is a number, or was meant to be one."""
    return not is_date(cell) and (is_number(cell) or re.fullmatch(r"[-+\d.,/_eE ]*", cell) is not None)


def _not_encoded(table: Table, texts: list[int], guessed: bool) -> MarginproofError:
    first = texts[0]
    cells = [row[first] for row in table.rows]
    given = [cell for cell in cells if not is_missing(cell)]
    values = sorted({_text(cell) for cell in given})
    shown = ", ".join(value[:20] for value in values[:4]) + (", …" if len(values) > 4 else "")
    names = ",".join(table.columns[k] if table.columns else str(k + 1) for k in texts)
    also = f" (and {len(texts) - 1} more)" if len(texts) > 1 else ""
    name = table.columns[first] if table.columns else str(first + 1)
    where = f"file={table.source}: column {table.column_name(first)}"
    rest = f", or name the rows by it with --index '{name}'" if len(values) == len(table.rows) else ""
    if all(map(is_date, given)):
        return MarginproofError(
            f"{where} holds dates or times ({shown}); {AS_NUMBERS} with --drop '{name}'{rest}"
        )
    kind = "truth values" if all(isinstance(cell, bool) for cell in given) else "categories"
    if len(given) < len(cells):
        row = next(i for i, cell in enumerate(cells) if is_missing(cell))
        return MarginproofError(
            f"{where} holds {kind} ({shown}) and a missing value in row {row + 1}; fill it in, or leave out the row, or the column "
            f"with --drop '{name}'"
        )
    if all(value.endswith("%") and is_number(value[:-1].strip()) for value in values):
        return MarginproofError(
            f"{where}{also} holds percentages ({shown}), which are not read "
            f"as numbers; take the % signs out of the file, or leave out with --drop '{names}'"
        )
    label = f"; if it is the label, say --label '{name}'" if guessed and len(values) == 2 else ""
    return MarginproofError(
        f"{where}{also} holds {kind} ({shown}), not numbers; encode with "
        f"--one-hot '{names}', leave out with --drop '{names}'{rest}{label}"
    )


def _none_missing(table: Table, k: int, cells: list[Any]) -> None:
    row = next((i for i, cell in enumerate(cells) if is_missing(cell)), None)
    if row is not None:
        raise MarginproofError(
            f"file={table.source}: {cells[row]!r} in row {row + 1}, column {table.column_name(k)} is a missing value; "
            "fill it in, or leave the row or the column out"
        )
