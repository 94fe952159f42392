"""From a built-in name or a file to a :class:`~constructions.dataset.Dataset`.

=========  =====================================================================================
source     what it holds
=========  =====================================================================================
name       a built-in set (:mod:`constructions.builtin`), with ``+bias`` for a bias column
.csv       decimals or ``p/q``, read exactly; a first row without a single number is the header;
           lines that begin with ``#`` are skipped; under an empty first header cell stand row names
.npy       a numeric array, shape (N, d+1), or (N, d) when folded
.npz       arrays ``X`` and ``y``, or ``X`` alone when folded
.json      a list of rows, or ``{"rows": …, "labels": …, "columns": …}`` (the last two optional);
           numbers, or ``"p/q"`` strings, read exactly
=========  =====================================================================================

Labels: the column asked for, else one named ``label`` or ``y``, else the last; two distinct values,
of which the larger is +1 (as numbers, or as texts when one of them is no number).  Every bad input is
a :class:`~theory.errors.MarginproofError` of one sentence; the rows and columns it names are counted from
1, a header not counted.
"""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from constructions.dataset import EXACT_CELLS, Dataset
from theory.errors import MarginproofError

LABEL_NAMES = ("label", "y")
SMALLEST, LARGEST = Fraction(1, 10**300), Fraction(10**300)
"""Sizes of a nonzero entry: inside double precision's normal range."""


@dataclass(frozen=True)
class Table:
    """A file's content before labels are taken: rows of cells (texts or numbers), and names if it has them.

    Attributes:
      source: the file, for messages.
      rows: N rows of cells; or a float64 array.
      columns: names of the columns, or ``None``.
      row_names: or ``None``.
      labels: N labels where the file keeps them apart, or ``None``.
    """

    source: str
    rows: Any
    columns: tuple[str, ...] | None = None
    row_names: tuple[str, ...] | None = None
    labels: Sequence[Any] | None = None

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.rows[0])

    def column_name(self, k: int) -> str:
        """How a message calls column k."""
        return repr(self.columns[k]) if self.columns else str(k + 1)


def read(source: str | Path, label: str | None = None, folded: bool = False, bias: bool = False) -> Dataset:
    """The data set that ``source`` names.

    Arguments:
      source: a built-in name or a file (see the module's table).
      label: the label column, by name, or by number counted from 1 in a file without a header.
      folded: rows are y_i x_i already, and every column is a feature.
      bias: add a column of ones before folding.

    Raises:
      MarginproofError: anything that keeps the source from being N rows with two classes.

    Example:
      >>> read("sr4")
      Dataset('sr4', n_samples=4, n_features=4)
    """
    path = Path(source)
    if path.suffix.lower() in READERS or path.exists():
        dataset = _from_table(_table(path), label, folded)
    else:
        from constructions.builtin import load

        _no_label_for_builtin(str(source), label)
        dataset = load(str(source))
    return dataset.with_bias() if bias else dataset


def _no_label_for_builtin(source: str, label: str | None) -> None:
    if label is not None:
        raise MarginproofError(
            f"label={label} has no use with built-in data={source}, which is labelled; drop it"
        )


def _table(path: Path) -> Table:
    if not path.exists():
        raise MarginproofError(
            f"file={path} does not exist; check the path, or list built-in sets with `data`"
        )
    if not path.is_file():
        raise MarginproofError(f"file={path} is not a regular file; give one of {', '.join(READERS)}")
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise MarginproofError(f"file={path} has suffix {path.suffix!r}; give one of {', '.join(READERS)}")
    try:
        if path.stat().st_size == 0:
            raise MarginproofError(f"file={path} is empty; at least two rows are needed")
        return reader(path)
    except OSError as cause:
        raise MarginproofError(
            f"file={path} cannot be read: {cause.strerror}; check its permissions"
        ) from cause


def _from_table(table: Table, label: str | None, folded: bool) -> Dataset:
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
            else "keep two classes, or choose another column"
        )
        raise MarginproofError(
            f"file={table.source}: {what} has {len(distinct)} distinct value(s) ({shown}) "
            f"where two classes are needed; {way_out}"
        )
    return tuple(1 if key == distinct[1] else -1 for key in keys)


def _label(value: Any, i: int, what: str, source: str) -> Any:
    """A label cell; a missing one (empty, null, nan) is no third class but a mistake."""
    label = value.item() if isinstance(value, np.generic) else value
    label = label.strip() if isinstance(label, str) else label
    if not isinstance(label, (str, int, float)) or label == "" or str(label).lower() == "nan":
        raise MarginproofError(
            f"file={source}: {what} has {label!r} in row {i + 1}, which is no label; mend it, or drop the row"
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
        [_number(row[k], f"row {i + 1}, column {table.column_name(k)}", table.source) for k in features]
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
            _number(row[k], f"row {i + 1}, column {table.column_name(k)}", table.source) for k in features
        ]
    return out


def _number(cell: Any, where: str, source: str) -> Fraction:
    """A cell's exact value; sizes outside double precision's range are refused."""
    if isinstance(cell, bool) or not isinstance(cell, (str, int, float)):
        raise MarginproofError(f"file={source}: cell {json.dumps(cell)} in {where} is not a number; mend it")
    text = str(cell).strip()
    if not text:
        raise MarginproofError(f"file={source}: the cell in {where} is empty; give a number, or drop the row")
    try:
        size = abs(_quick(text))
    except (ValueError, ZeroDivisionError, OverflowError) as cause:
        raise MarginproofError(
            f"file={source}: text {text[:40]!r} in {where} is not a number; mend it, "
            "or name the label column with label"
        ) from cause
    if size != size or size == float("inf"):
        raise MarginproofError(
            f"file={source}: {text[:40]} in {where} is not finite; mend it, or drop the row"
        )
    exact = _exact(text)
    if exact is None or (exact and not SMALLEST <= abs(exact) <= LARGEST):
        raise MarginproofError(
            f"file={source}: {text[:40]} in {where} is outside 1e-300..1e300; rescale the column"
        )
    return exact


def _quick(text: str) -> float:
    return float(Fraction(text)) if "/" in text else float(text)


def _exact(text: str) -> Fraction | None:
    """The exact value, or ``None`` for an exponent so large that the fraction would not fit in memory."""
    exponent = text.lower().partition("e")[2]
    if exponent and abs(int(exponent)) > 10_000:
        return None
    return Fraction(text)


def _read_csv(path: Path) -> Table:
    try:
        text = path.read_text(encoding="utf-8-sig")
        lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, strict=True)]
    except (UnicodeDecodeError, csv.Error) as cause:
        raise MarginproofError(
            f"file={path} is not comma-separated text in UTF-8; save it as such"
        ) from cause
    if not rows:
        raise MarginproofError(f"file={path} is empty; at least two rows are needed")
    if any(map(_is_number, rows[0])):
        return Table(str(path), rows)
    header, body = tuple(rows[0]), rows[1:]
    if header[0] or len(header) == 1:
        return Table(str(path), body, header)
    names = tuple(row[0] for row in body)
    return Table(str(path), [row[1:] for row in body], header[1:], names)


def _is_number(text: str) -> bool:
    try:
        _quick(text)
    except (ValueError, ZeroDivisionError, OverflowError):
        return False
    return True


def _read_json(path: Path) -> Table:
    try:
        # Decimals stay text, so that they are read exactly; so do NaN and Infinity, refused with their place.
        content = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=str, parse_constant=str)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as cause:
        raise MarginproofError(
            f"file={path} is not JSON ({cause}); check it with a JSON validator"
        ) from cause
    except ValueError as cause:  # an integer of more than 4300 digits
        raise MarginproofError(f"file={path} has a number that is too long; rescale it") from cause
    if isinstance(content, list):
        content = {"rows": content}
    rows = content.get("rows") if isinstance(content, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise MarginproofError(
            f'file={path} holds no rows; give a list of rows, or an object with "rows" (and "labels")'
        )
    columns, labels = (_json_list(content, key, path) for key in ("columns", "labels"))
    return Table(str(path), rows, tuple(map(str, columns)) if columns else None, labels=labels)


def _json_list(content: dict[str, Any], key: str, path: Path) -> list[Any] | None:
    value = content.get(key)
    if value is None or isinstance(value, list):
        return value
    raise MarginproofError(f'file={path}: "{key}" is a {type(value).__name__}; give a list')


def load_array(path: Path) -> Any:
    """``np.load`` that never unpickles: an array, or the arrays of a ``.npz`` by name.

    Raises:
      MarginproofError: a file in another format, or one with pickled objects (loading them can run code).
    """
    if not path.is_file():
        raise MarginproofError(f"file={path} does not exist; check the path")
    try:
        content = np.load(path, allow_pickle=False)
        if isinstance(content, np.ndarray):
            return content
        with content:
            return {name: content[name] for name in content.files}
    except (ValueError, EOFError, OSError, zipfile.BadZipFile) as cause:
        if "allow_pickle" in str(cause):
            raise MarginproofError(
                f"file={path} holds pickled objects, refused because loading them can run code; "
                "save plain numeric arrays"
            ) from cause
        raise MarginproofError(
            f"file={path} is no readable {path.suffix} file; save it anew with numpy"
        ) from cause


def _read_npy(path: Path) -> Table:
    return Table(str(path), _numeric(load_array(path), "array", path))


def _read_npz(path: Path) -> Table:
    arrays = load_array(path)
    if not isinstance(arrays, dict) or "X" not in arrays:
        names = ", ".join(arrays) if isinstance(arrays, dict) else "one unnamed array"
        raise MarginproofError(f"file={path} has no array X (it has: {names}); save it with X=… and y=…")
    labels = arrays.get("y")
    return Table(
        str(path),
        _numeric(arrays["X"], "X", path),
        labels=None if labels is None else np.asarray(labels).ravel().tolist(),
    )


def _numeric(array: np.ndarray, what: str, path: Path) -> np.ndarray:
    if array.dtype.kind not in "fiu":
        raise MarginproofError(f"file={path}: {what} has dtype {array.dtype}; save integers or floats")
    if array.ndim != 2:
        raise MarginproofError(
            f"file={path}: {what} has shape {array.shape}; rows and columns are needed, (N, d)"
        )
    return array


READERS: dict[str, Callable[[Path], Table]] = {
    ".csv": _read_csv,
    ".npy": _read_npy,
    ".npz": _read_npz,
    ".json": _read_json,
}
"""The file suffixes and their readers."""
