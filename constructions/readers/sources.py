"""Files read block by block, as raw columns: memory-mapped ``.npy``, parquet by its batches, svmlight by its lines.

Each source knows its columns and gives its rows again and again, a few at a time; values are float64, labels as they stand.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from marginproof.constructions.entries import AS_NUMBERS, as_float
from marginproof.constructions.readers.parquet import index_of
from marginproof.constructions.tables import check_names
from marginproof.theory.errors import MarginproofError

_INDEX = re.compile(r"-?[0-9]+")
Raw = tuple[np.ndarray, np.ndarray | None]
"""Columns in float64, shape (B, d), and B labels."""


class Source(Protocol):
    """A file's columns, and its rows a block at a time."""

    @property
    def path(self) -> Path:
        """The file."""
        ...

    @property
    def names(self) -> tuple[str, ...] | None:
        """Of all columns, or ``None``."""
        ...

    @property
    def width(self) -> int:
        """How many columns there are."""
        ...

    @property
    def labelled(self) -> bool:
        """Whether labels stand apart from the columns."""
        ...

    def read(self, columns: list[int], label: int | None, rows: int) -> Iterator[Raw]:
        """Blocks of at most ``rows`` rows with these columns, and the labels in column ``label`` or those that stand apart."""
        ...


@dataclass(frozen=True)
class NumpySource:
    """An array of shape (N, columns), mapped anew for every block so that no more than one stays in memory."""

    path: Path
    width: int
    n_rows: int
    names: tuple[str, ...] | None = None
    labelled: bool = False

    @classmethod
    def of(cls, path: Path) -> NumpySource:
        """From its header.

        Raises:
          MarginproofError: no array of numbers with two axes.
        """
        array = _mapped(path)
        if array.dtype.kind not in "fiub" or array.ndim != 2 or 0 in array.shape:
            raise MarginproofError(
                f"file={path} has shape {array.shape} and dtype {array.dtype}; to be read in blocks it must hold numbers, shape (N, d)"
            )
        return cls(path, array.shape[1], array.shape[0])

    def read(self, columns: list[int], label: int | None, rows: int) -> Iterator[Raw]:
        """See :class:`Source`."""
        for first in range(0, self.n_rows, rows):
            part = _mapped(self.path)[first : first + rows]
            labels = None if label is None else np.array(part[:, label])
            yield part[:, columns].astype(np.float64), labels


def _mapped(path: Path) -> np.ndarray:
    try:
        array: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as cause:
        raise MarginproofError(f"file={path} is not a readable .npy file; save it anew with numpy") from cause
    return array


@dataclass(frozen=True)
class ParquetSource:
    """The columns of a parquet file, through pyarrow."""

    path: Path
    names: tuple[str, ...]
    labelled: bool = False

    @classmethod
    def of(cls, path: Path) -> ParquetSource:
        """From its metadata.

        Raises:
          MarginproofError: pyarrow is not installed, no parquet file, or two columns of one name.
        """
        schema = _parquet(path).schema_arrow
        check_names(str(path), schema.names)
        index = index_of(schema)
        return cls(path, tuple(name for name in schema.names if name not in index))

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.names)

    def read(self, columns: list[int], label: int | None, rows: int) -> Iterator[Raw]:
        """See :class:`Source`."""
        wanted = [self.names[k] for k in columns]
        also = [] if label is None or label in columns else [self.names[label]]
        for batch in _parquet(self.path).iter_batches(batch_size=rows, columns=wanted + also):
            labels = None if label is None else _values(batch, self.names[label])
            yield np.column_stack([self._numbers(batch, name) for name in wanted]), labels

    def _numbers(self, batch: Any, name: str) -> np.ndarray:
        values = _values(batch, name)
        if values.dtype.kind in "mM":
            raise MarginproofError(
                f"file={self.path}: column {name!r} holds dates or times; {AS_NUMBERS} with --drop '{name}'"
            )
        try:
            if values.dtype == object:  # numpy would take 1_000 for a number
                values = np.array([as_float(value) if isinstance(value, str) else value for value in values])
            return values.astype(np.float64)
        except (TypeError, ValueError, ZeroDivisionError, OverflowError) as cause:
            raise MarginproofError(
                f"file={self.path}: column {name!r} holds {values.dtype} values that are not numbers; leave it out with --drop '{name}'"
            ) from cause


def _parquet(path: Path) -> Any:
    try:
        import pyarrow
        import pyarrow.parquet as parquet
    except ImportError as cause:
        raise MarginproofError(
            f"file={path} needs pyarrow; install it with pip install 'marginproof[parquet]', or save the table as .npy"
        ) from cause
    try:
        return parquet.ParquetFile(path)
    except pyarrow.ArrowException as cause:
        raise MarginproofError(f"file={path} is not a readable parquet file; save it anew") from cause


def _values(batch: Any, name: str) -> np.ndarray:
    values: np.ndarray = batch.column(batch.schema.get_field_index(name)).to_numpy(zero_copy_only=False)
    return values


@dataclass(frozen=True)
class SvmlightSource:
    """Lines ``label index:value …``; a first pass finds how many columns there are."""

    path: Path
    width: int
    first: int
    labelled: bool = True

    @classmethod
    def of(cls, path: Path) -> SvmlightSource:
        """From one pass over the text.

        Raises:
          MarginproofError: a line of another form.
        """
        least, most = 1, 0
        for _, indices, _ in _lines(path):
            if indices:
                least, most = min(least, *indices), max(most, *indices)
        if not most:
            raise MarginproofError(f"file={path} has no index:value; at least one feature is needed")
        return cls(path, most + 1 - least, least)

    @property
    def names(self) -> tuple[str, ...]:
        """``feature1`` …, as the indices count."""
        return tuple(f"feature{k + self.first}" for k in range(self.width))

    def read(self, columns: list[int], label: int | None, rows: int) -> Iterator[Raw]:
        """See :class:`Source`; a column is never the label."""
        labels: list[float | str] = []
        block = np.zeros((rows, self.width))
        for said, indices, values in _lines(self.path):
            block[len(labels), np.array(indices, dtype=np.intp) - self.first] = values
            labels.append(said)
            if len(labels) == rows:
                yield block[:, columns], np.array(labels, dtype=object)
                block, labels = np.zeros((rows, self.width)), []
        if labels:
            yield block[: len(labels), columns], np.array(labels, dtype=object)


def _lines(path: Path) -> Iterator[tuple[float | str, list[int], list[float]]]:
    for number, line in enumerate(_text(path), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        pairs = [word.partition(":") for word in words[1:] if not word.startswith("qid:")]
        try:
            indices = [int(k if _INDEX.fullmatch(k) else "") for k, _, _ in pairs]
            values = [as_float(value) for _, _, value in pairs]
        except (ValueError, ZeroDivisionError, OverflowError) as cause:
            raise MarginproofError(
                f"file={path}: line {number} is not of the form label index:value …; correct it, or drop the line"
            ) from cause
        if len(set(indices)) < len(indices) or min(indices, default=0) < 0:
            raise MarginproofError(
                f"file={path}: line {number} has an index twice, or below 0; keep one of each"
            )
        yield _label(words[0]), indices, values


def _label(word: str) -> float | str:
    try:
        return as_float(word)  # +1 and 1 are one label
    except (ValueError, ZeroDivisionError, OverflowError):
        return word


def _text(path: Path) -> Iterator[str]:
    opened: Any = partial(gzip.open, mode="rt") if path.name.lower().endswith(".gz") else open
    with opened(path, encoding="utf-8-sig") as file:
        yield from file


SOURCES: dict[str, Callable[[Path], Source]] = {
    ".npy": NumpySource.of,
    ".parquet": ParquetSource.of,
    ".libsvm": SvmlightSource.of,
    ".svmlight": SvmlightSource.of,
    ".svm": SvmlightSource.of,
}
"""The suffixes of files that can be read in blocks."""
