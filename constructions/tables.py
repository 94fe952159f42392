"""A file into a :class:`Table`: one reader a suffix; labels and numbers are taken later.

=========  =====================================================================================
suffix     what it holds
=========  =====================================================================================
.csv       decimals or ``p/q``, read exactly; a first row without a single number is the header;
           lines that begin with ``#`` are skipped; under an empty first header cell stand row names
.npy       a numeric array, shape (N, d+1), or (N, d) when folded
.npz       arrays ``X`` and ``y``, or ``X`` alone when folded
.json      a list of rows, or ``{"rows": …, "labels": …, "columns": …}`` (the last two optional);
           numbers, or ``"p/q"`` strings, read exactly
=========  =====================================================================================
"""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from marginproof.constructions.cells import is_number
from marginproof.theory.errors import MarginproofError


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


def read_table(path: Path) -> Table:
    """The content of a file whose suffix is in :data:`READERS`; one-sentence errors."""
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
    _no_other_delimiter(path, lines)
    if any(map(is_number, rows[0])):
        _no_number_in_header(path, rows)
        return Table(str(path), rows)
    header, body = tuple(rows[0]), rows[1:]
    if header[0] or len(header) == 1:
        return Table(str(path), body, header)
    names = tuple(row[0] for row in body)
    return Table(str(path), [row[1:] for row in body], header[1:], names)


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
    text, numeral = first[over_numbers[0]], next(cell for cell in first if is_number(cell))
    raise MarginproofError(
        f"file={path}: row 1 has the word {text[:40]!r} over a column of numbers, as a header has, and the number "
        f"{numeral[:40]}, as no header may; if it is the header, rename that column, such as x{numeral[:20]}, else correct {text[:40]!r}"
    )


def _no_other_delimiter(path: Path, lines: list[str]) -> None:
    """Refuse lines cut by semicolons or tabs: they would be read as one column of texts, or as decimal commas."""
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if all(mark in line for line in lines):
            raise MarginproofError(
                f"file={path} separates cells by {name}; save it with commas between cells and points in decimals"
            )


JSON_KEYS = ("rows", "labels", "columns")


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
    unknown = sorted(set(content) - set(JSON_KEYS))
    if unknown:
        raise MarginproofError(
            f"file={path} has the key {unknown[0]!r}, which means nothing here; use {', '.join(JSON_KEYS)}"
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
