"""Data as other libraries hold them, frames, arrays of any kind, sparse matrices, as plain rows with names.

Libraries are told by what their objects can do, so that none is imported here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np

from marginproof.constructions.entries import AS_NUMBERS, is_date, is_missing
from marginproof.constructions.labels import labels_of
from marginproof.theory.errors import MarginproofError

P = ParamSpec("P")
R = TypeVar("R")
DENSE_BYTES = 2**28
"""Size up to which a sparse matrix is made dense."""


@dataclass(frozen=True)
class Adopted:
    """Rows ready to become entries, labels apart.

    Attributes:
      rows: an array, shape (N, d), or nested sequences.
      labels: as they were given or taken from a column; ``None`` where there are none.
      columns, names: of columns and rows, or ``None``.
    """

    rows: Any
    labels: Any = None
    columns: tuple[str, ...] | None = None
    names: tuple[str, ...] | None = None


def adopt(rows: Any, labels: Any, name: str) -> Adopted:
    """Rows and labels from a frame, an array, a sparse matrix, a tensor or nested sequences.

    Arguments:
      rows: the data.
      labels: N values, or the name of a frame's column, or ``None``.
      name: what messages call the data.

    Raises:
      MarginproofError: masked or missing entries, columns that hold no numbers, labels of other rows.
    """
    if _is_frame(rows):
        return _frame(rows, labels, name)
    if isinstance(labels, str):
        raise MarginproofError(
            f"labels={labels} names a column, but data={name} is not a frame; give the labels themselves"
        )
    if hasattr(rows, "toarray") and hasattr(rows, "nnz"):
        size = 8 * int(rows.shape[0]) * int(rows.shape[1])
        if size > DENSE_BYTES:
            raise MarginproofError(
                f"data={name} of shape {rows.shape} would take {size / 2**20:,.0f} MiB as dense rows where at most "
                f"{DENSE_BYTES / 2**20:,.0f} are made; select features first"
            )
        return Adopted(rows.toarray(), labels)
    if hasattr(rows, "detach"):  # a tensor with or without a gradient
        rows = rows.detach().cpu().numpy()
    if isinstance(rows, np.ndarray) or hasattr(rows, "__array__"):
        return Adopted(_array(rows, name), labels)
    return Adopted(rows, labels)


def former_order(of: Callable[P, R]) -> Callable[P, R]:
    """Also take ``of(rows, name, labels)`` of a class method: a text in second place is a name, unless it is a frame's column."""

    @functools.wraps(of)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        rows, given = args[1:2], args[2:]
        if given and isinstance(given[0], str) and not _names_labels(rows[0], given, kwargs):
            former: Any = dict(zip(("name", "labels"), given, strict=False)) | kwargs
            return cast(Callable[..., R], of)(args[0], *rows, *given[2:], **former)
        return of(*args, **kwargs)

    return called


def _names_labels(rows: Any, given: Sequence[Any], named: Mapping[str, Any]) -> bool:
    """Whether a text in second place names a frame's column of labels."""
    if not _is_frame(rows) or "labels" in named:
        return False
    return len(given) == 1 or given[0] in list(map(str, rows.columns))


def signs_of(labels: Any, n: int, name: str) -> tuple[int, ...]:
    """Labels of two kinds as ±1; those that are ±1 already are taken as they are, which is fast."""
    flat = labels.tolist() if isinstance(labels, np.ndarray) and labels.ndim == 1 else labels
    plain = isinstance(flat, (list, tuple)) and len(flat) == n
    if plain and all(type(y) in (int, float) and y in (-1, 1) for y in flat) and len(set(flat)) == 2:
        return tuple(int(y) for y in flat)
    return labels_of(labels, n, "labels", f"data={name}").signs


def _is_frame(data: Any) -> bool:
    return hasattr(data, "columns") and hasattr(data, "to_numpy")


def _array(rows: Any, name: str) -> Any:
    """Any real array as float64 or exact entries; a matrix is taken as an array."""
    if isinstance(rows, np.ma.MaskedArray):
        if np.ma.is_masked(rows):
            i, k = (int(v) + 1 for v in np.argwhere(np.ma.getmaskarray(np.atleast_2d(rows)))[0][:2])
            raise MarginproofError(
                f"data={name} has a masked entry in row {i}, column {k}, a missing value; fill it in, or leave out the row or the column"
            )
        rows = rows.data
    array = np.asarray(rows)
    if array.dtype.kind == "b":
        return array.astype(np.int64)
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:  # extended precision holds more than float64
        exact = np.empty(array.shape, dtype=object)
        for place, value in np.ndenumerate(array):
            exact[place] = Fraction(*value.as_integer_ratio()) if np.isfinite(value) else float(value)
        return exact
    if array.dtype.kind not in "fiuUO":
        raise MarginproofError(f"data={name} has dtype {array.dtype}; give real numbers")
    return array


def _frame(frame: Any, labels: Any, name: str) -> Adopted:
    columns = [str(column) for column in frame.columns]
    twice = next((column for column in columns if columns.count(column) > 1), None)
    if twice is not None:
        raise MarginproofError(
            f"data={name} has several columns named {twice!r}; give every column a name of its own"
        )
    data = dict(zip(columns, (frame[column] for column in frame.columns), strict=True))
    if isinstance(labels, str):
        if labels not in data:
            known = ", ".join(columns[:20])
            raise MarginproofError(f"labels={labels} is not a column of data={name}; choose one of {known}")
        labels = data.pop(labels)
    elif hasattr(labels, "iloc") and hasattr(frame, "iloc") and not labels.index.equals(frame.index):
        raise MarginproofError(
            f"labels for data={name} have another index than its rows, so which label belongs to which row is open; "
            "align them, as with labels.loc[frame.index]"
        )
    cells = {column: _cells(series, column, name) for column, series in data.items()}
    rows = [list(row) for row in zip(*cells.values(), strict=True)] if cells else []
    if cells and all(isinstance(column, np.ndarray) for column in cells.values()):
        rows = np.column_stack(list(cells.values()))  # type: ignore[assignment]
    return Adopted(rows, labels, tuple(cells), _row_names(frame))


def _row_names(frame: Any) -> tuple[str, ...] | None:
    """The index, unless it only counts the rows."""
    index = getattr(frame, "index", None)
    if index is None or type(index).__name__ == "RangeIndex":
        return None
    return tuple(str(value) for value in index)


def _cells(series: Any, column: str, name: str) -> Any:
    """A column's numbers: a float64 array where that is what it holds, else exact values."""
    values = series.to_numpy()
    if values.dtype.kind == "f" and values.dtype.itemsize <= 8 and not np.isnan(values).any():
        return values.astype(np.float64)
    cells = [int(v) if isinstance(v, (bool, np.bool_)) else v for v in series.to_list()]
    for i, cell in enumerate(cells):
        if is_missing(cell) or type(cell).__name__ in ("NAType", "NaTType"):
            raise MarginproofError(
                f"data={name}: row {i + 1} of column {column!r} is a missing value; fill it in, or leave out the row or the column"
            )
        if is_date(cell):
            raise MarginproofError(
                f"data={name}: column {column!r} holds dates or times ({cell}); {AS_NUMBERS} the column"
            )
        if not _is_real(cell):
            raise MarginproofError(
                f"data={name}: column {column!r} holds {cell!r}, which is not a number; encode categories first, as with "
                f"pandas.get_dummies(frame, columns=[{column!r}]), or leave the column out"
            )
    return cells


def _is_real(cell: Any) -> bool:
    try:
        Fraction(cell.item() if isinstance(cell, np.generic) else cell)
    except OverflowError:
        return True  # infinite: refused with its place
    except (TypeError, ValueError, ZeroDivisionError):
        return False
    return True
