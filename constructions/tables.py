"""A file into a :class:`Table`: one reader a format; labels and numbers are taken later (:mod:`marginproof.constructions.reading`).

============================  ====================================================================================
suffix                        what it holds
============================  ====================================================================================
.csv .tsv .txt .data .dat     decimals or ``p/q``, read exactly; delimiter and decimal comma are recognised; a first row
                              without a single number is the header; lines that begin with ``#`` are skipped with
                              a notice; under an empty first header cell stand row names
.libsvm .svmlight .svm        ``label index:value …``, read exactly
.arff                         WEKA's format, dense or sparse, read exactly
.json                         a list of rows or of objects, or ``{"rows": …, "labels": …, "columns": …}``
.jsonl .ndjson                one row or object a line
.npy                          a numeric array, shape (N, d+1), or (N, d) when folded; fields of a record are columns
.npz                          arrays ``X`` and ``y``, or ``X`` alone when folded; or a ``scipy.sparse`` matrix
.mat                          MATLAB's variables ``X`` and ``y``, or the only matrix and the only vector that fits
.parquet                      columns (needs pyarrow: the extra ``parquet``)
============================  ====================================================================================

Text may be compressed (``.csv.gz``).  Files above :data:`MOST_BYTES` are refused before they are loaded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from marginproof.constructions.entries import EXACT_CELLS
from marginproof.constructions.not_read import not_read
from marginproof.theory.errors import MarginproofError

MOST_BYTES = 2**28
"""Of a file's text, or of its numbers: 256 MiB; every cell of a text costs some 60 bytes more while it is read."""
SPARSE_SHARE = 4
"""A table of which fewer than one cell in so many is nonzero stays sparse, from :data:`marginproof.constructions.entries.EXACT_CELLS` cells on."""
MOST_COLUMNS = 2**20
"""Of a sparse table: every column's name takes some 100 bytes."""


@dataclass(frozen=True)
class Reading:
    """How a file is to be read; the default takes everything as it is recognised.

    Attributes:
      label: the label column, by name, or by number counted from 1 in a file without a header.
      folded: rows are y_i x_i already, and every column is a feature.
      columns: the only features to take, in this order; empty for all.
      drop: columns to leave out.
      index: the column that holds the rows' names.
      delimiter, decimal: of delimited text; recognised where ``None``.
      one_hot: columns of categories, each to become one column of 0 and 1 for every value.
    """

    label: str | None = None
    folded: bool = False
    columns: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    index: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    one_hot: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.decimal not in (None, ".", ","):
            raise MarginproofError(f"decimal={self.decimal} is not a decimal mark; give . or ,")
        mark = {"tab": "\t", "\\t": "\t", "space": " "}.get(self.delimiter or "", self.delimiter)
        if mark is not None and (len(mark) != 1 or mark in "\"'\r\n"):
            raise MarginproofError(
                f"delimiter={self.delimiter!r} is not a single mark; give one such as , ; | or tab"
            )
        object.__setattr__(self, "delimiter", mark)


@dataclass(frozen=True)
class Table:
    """A file's content before labels are taken: rows of cells (texts or numbers), and names if it has them.

    Attributes:
      source: the file, for messages.
      rows: N rows of cells; or an array of numbers, or a sparse array by rows.
      columns: names of the columns, or ``None``.
      row_names: names of the rows, or ``None``.
      labels: N labels where the file keeps them apart, or ``None``; labels_name: what it calls them, if anything.
      notices: on what was recognised or left out.
    """

    source: str
    rows: Any
    columns: tuple[str, ...] | None = None
    row_names: tuple[str, ...] | None = None
    labels: Sequence[Any] | None = None
    labels_name: str = ""
    notices: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """The number of columns."""
        return int(self.rows.shape[1]) if self.is_sparse else len(self.rows[0])

    @property
    def n_rows(self) -> int:
        """N."""
        return int(self.rows.shape[0]) if self.is_sparse else len(self.rows)

    @property
    def is_sparse(self) -> bool:
        """Whether the rows are a sparse array."""
        return hasattr(self.rows, "nnz")

    def cells(self, k: int) -> list[Any]:
        """The cells of column k."""
        if self.is_sparse:
            return list(self.rows[:, [k]].toarray().ravel().tolist())
        return [row[k] for row in self.rows]

    def column_name(self, k: int) -> str:
        """How a message calls column k."""
        return repr(self.columns[k]) if self.columns else str(k + 1)


_HOME = "marginproof.constructions.readers"
READERS = {
    ".csv": "delimited.read_delimited",
    ".tsv": "delimited.read_delimited",
    ".txt": "delimited.read_delimited",
    ".data": "delimited.read_delimited",
    ".dat": "delimited.read_delimited",
    ".libsvm": "svmlight.read_svmlight",
    ".svmlight": "svmlight.read_svmlight",
    ".svm": "svmlight.read_svmlight",
    ".arff": "arff.read_arff",
    ".json": "json_text.read_json",
    ".jsonl": "json_text.read_json_lines",
    ".ndjson": "json_text.read_json_lines",
    ".npy": "arrays.read_npy",
    ".npz": "arrays.read_npz",
    ".mat": "matlab.read_mat",
    ".parquet": "parquet.read_parquet",
}
"""The file suffixes and their readers, imported when called."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
BINARY = (".npy", ".npz", ".mat", ".parquet")


def suffix_of(path: Path) -> str:
    """A file's suffix in lower case, without a last ``.gz``."""
    name = path.name.lower()
    return Path(name.removesuffix(".gz")).suffix


def read_table(path: Path, reading: Reading | None = None) -> Table:
    """The content of a file whose suffix is in :data:`READERS`; one-sentence errors."""
    if not path.exists():
        raise MarginproofError(
            f"file={path} does not exist; check the path, or list built-in sets with `data`"
        )
    kinds = ", ".join(READERS)
    if not path.is_file():
        raise MarginproofError(f"file={path} is not a regular file; give one of {kinds}")
    suffix = suffix_of(path)
    home = READERS.get(suffix)
    if home is None or (suffix in BINARY and path.name.lower().endswith(".gz")):
        raise not_read(path, suffix, kinds)
    module, name = home.split(".")
    reader: Callable[[Path, Reading], Table] = getattr(import_module(f"{_HOME}.{module}"), name)
    try:
        size = path.stat().st_size
        if size == 0:
            raise MarginproofError(f"file={path} is empty; at least two rows are needed")
        if suffix not in BINARY:  # those say themselves how large they are
            check_size(path, size)
        return reader(path, reading or Reading())
    except OSError as cause:
        raise MarginproofError(
            f"file={path} cannot be read: {cause.strerror or cause}; check the file and its permissions"
        ) from cause


def check_names(source: str, columns: Sequence[str]) -> None:
    """Refuse a name that stands twice, or that a terminal would take for a command."""
    name, count = Counter(columns or ("",)).most_common(1)[0]
    if count > 1:
        raise MarginproofError(
            f"file={source} has {count} columns named {name!r}; give every column a name of its own"
        )
    bad = next((name for name in columns if _CONTROL.search(name)), None)
    if bad is not None:
        raise MarginproofError(f"file={source} has the column {bad!r} with a control character; rename it")


def check_size(path: Path, size: int) -> None:
    """Refuse what is too large to be loaded."""
    if size > MOST_BYTES:
        raise MarginproofError(
            f"file={path} holds {size / 2**20:,.0f} MiB where at most {MOST_BYTES / 2**20:,.0f} are loaded; "
            "take a part of its rows or columns"
        )


def sparse_or_dense(path: Path, matrix: Any) -> Any:
    """A sparse array of numbers as it is where it is large and most cells are zero, else as an array.

    Raises:
      MarginproofError: too many columns, or too large an array.
    """
    n, width = matrix.shape
    if n * width <= EXACT_CELLS or SPARSE_SHARE * matrix.nnz > n * width:
        check_size(path, 8 * n * width)
        return matrix.toarray()
    if width > MOST_COLUMNS:
        raise MarginproofError(
            f"file={path} has {width:,} columns where at most {MOST_COLUMNS:,} are taken; take a part of its columns"
        )
    return matrix
