"""From a file to a :class:`~marginproof.constructions.dataset.Dataset`: labels found and folded, cells read exactly.

Labels: the column asked for, else one named ``label`` or ``y``, else the last; two distinct values,
of which the larger is +1 (as numbers, or as texts when one of them is no number).  Every bad input is
a :class:`~marginproof.theory.errors.MarginproofError` of one sentence; the rows and columns it names are counted from
1, a header not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from marginproof.constructions.cells import is_number, number
from marginproof.constructions.dataset import Dataset
from marginproof.constructions.entries import EXACT_CELLS
from marginproof.constructions.tables import Table, read_table
from marginproof.theory.errors import MarginproofError

LABEL_NAMES = ("label", "y")


def read_file(path: str | Path, label: str | None = None, folded: bool = False) -> Dataset:
    """The data set in a file.

    Arguments:
      path: a file of a kind that :mod:`marginproof.constructions.tables` reads.
      label: the label column, by name, or by number counted from 1 in a file without a header.
      folded: rows are y_i x_i already, and every column is a feature.

    Raises:
      MarginproofError: anything that keeps the file from being N rows with two classes.
    """
    return from_table(read_table(Path(path)), label, folded)


def from_table(table: Table, label: str | None, folded: bool) -> Dataset:
    """The data set in a table's rows, labels folded in."""
    _same_width(table)
    if folded:
        if label is not None or table.labels is not None:
            shown = label if label is not None else "given in the file"
            raise MarginproofError(f"label={shown} contradicts folded rows; drop one of the two")
        features, signs = list(range(table.width)), None
    elif table.labels is not None and label is None:
        features, signs = list(range(table.width)), _signs(table.labels, "labels", table)
    else:
        k = _label_column(table, label)
        features = [j for j in range(table.width) if j != k]
        signs = _signs([row[k] for row in table.rows], f"label column {table.column_name(k)}", table)
    if not features:
        raise MarginproofError(
            f"file={table.source} has no column beside the label; at least one feature is needed"
        )
    return Dataset.of(
        _numbers(table, features),
        name=Path(table.source).name,
        labels=signs,
        row_names=table.row_names,
        column_names=tuple(table.columns[j] for j in features) if table.columns else None,
        provenance=f"file {Path(table.source).name}",
    )


def _same_width(table: Table) -> None:
    if len(table.rows) == 0 or table.width == 0:
        raise MarginproofError(f"file={table.source} has no rows of data; at least two rows are needed")
    expected = len(table.columns) if table.columns else table.width
    against = "the header" if table.columns else "row 1"
    for i, row in enumerate(table.rows):
        if len(row) != expected:
            raise MarginproofError(
                f"file={table.source}: row {i + 1} has {len(row)} cells where {against} has {expected}; "
                "give every row the same number of cells"
            )


def _label_column(table: Table, label: str | None) -> int:
    if label is None:
        named = [k for k, name in enumerate(table.columns or ()) if name in LABEL_NAMES]
        return named[0] if named else table.width - 1
    if table.columns and label in table.columns:
        return table.columns.index(label)
    if not table.columns and label.isdecimal() and 1 <= int(label) <= table.width:
        return int(label) - 1
    known = ", ".join(table.columns) if table.columns else f"1..{table.width} (no header)"
    raise MarginproofError(f"label={label} is no column of file={table.source}; choose one of {known}")


def _signs(values: Sequence[Any], what: str, table: Table) -> tuple[int, ...]:
    """±1: two distinct values, the larger is +1."""
    if len(values) != len(table.rows):
        raise MarginproofError(
            f"file={table.source}: {len(values)} labels for {len(table.rows)} rows; give one label a row"
        )
    keys = _comparable([_label(value, i, what, table.source) for i, value in enumerate(values)])
    distinct = sorted(set(keys))
    if len(distinct) != 2:
        shown = ", ".join(str(key) for key in distinct[:4]) + (", …" if len(distinct) > 4 else "")
        way_out = (
            "add rows of the other class"
            if len(distinct) == 1
            else _if_a_header(keys, table) + "keep two classes, or choose another column"
        )
        raise MarginproofError(
            f"file={table.source}: {what} has {len(distinct)} distinct value(s) ({shown}) "
            f"where two classes are needed; {way_out}"
        )
    return tuple(1 if key == distinct[1] else -1 for key in keys)


def _if_a_header(keys: list[Any], table: Table) -> str:
    """A way out more where row 1 may be a header: its label is its own, and without it there are two classes."""
    if table.columns or isinstance(table.rows, np.ndarray) or len(set(keys[1:])) != 2 or keys[0] in keys[1:]:
        return ""
    numeral = next((str(cell) for cell in table.rows[0] if is_number(str(cell))), "")
    return (
        f"if row 1 is a header, rename its cell {numeral[:40]}, which is a number; else " if numeral else ""
    )


def _label(value: Any, i: int, what: str, source: str) -> Any:
    """A label cell; a missing one (empty, null, nan) is no third class but a mistake."""
    label = value.item() if isinstance(value, np.generic) else value
    label = label.strip() if isinstance(label, str) else label
    if not isinstance(label, (str, int, float)) or label == "" or str(label).lower() == "nan":
        raise MarginproofError(
            f"file={source}: {what} has {label!r} in row {i + 1}, which is no label; correct it, or drop the row"
        )
    return label


def _comparable(values: Sequence[Any]) -> list[Any]:
    """As fractions when every value is a finite number, else as texts."""
    try:
        return [Fraction(value) for value in values]
    except (ValueError, TypeError, ZeroDivisionError, OverflowError):
        return [str(value) for value in values]


def _numbers(table: Table, features: list[int]) -> Any:
    if isinstance(table.rows, np.ndarray):
        return table.rows[:, features]
    if len(table.rows) * len(features) > EXACT_CELLS:
        return _floats(table, features)
    return [
        [number(row[k], f"row {i + 1}, column {table.column_name(k)}", table.source) for k in features]
        for i, row in enumerate(table.rows)
    ]


def _floats(table: Table, features: list[int]) -> np.ndarray:
    """A large table in float64: exact entries would cost too much; refusals are those of :func:`_number`."""
    out = np.empty((len(table.rows), len(features)))
    for i, row in enumerate(table.rows):
        try:
            out[i] = [float(row[k]) for k in features]
            if np.isfinite(out[i]).all():
                continue
        except (ValueError, TypeError, OverflowError):
            pass  # p/q, or no number: one of them is named below
        out[i] = [
            number(row[k], f"row {i + 1}, column {table.column_name(k)}", table.source) for k in features
        ]
    return out
