"""A data set too large for memory: rows with labels folded in, read from its file a block at a time.

Labels, columns and notices follow the rules of :mod:`marginproof.constructions.reading`; every value is float64, so what
is decided about the rows is about these dyadic numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from marginproof.constructions import tables
from marginproof.constructions.columns import choose, index_like, label_column, named
from marginproof.constructions.dataset import on_zeros
from marginproof.constructions.entries import LARGEST, SIZES, SMALLEST
from marginproof.constructions.labels import (
    bias_name,
    comparable,
    constant_notice,
    label_in,
    labels_of,
    no_bias,
)
from marginproof.constructions.not_read import check_named
from marginproof.constructions.readers.sources import SOURCES, Source
from marginproof.constructions.reading import called_labels
from marginproof.constructions.tables import Reading, Table
from marginproof.theory.errors import MarginproofError

BLOCK_BYTES = 2**24
"""How large a block in float64 may be, in bytes."""
FEW = 2_000
"""Rows of the first block, by which columns are recognised."""


@dataclass(frozen=True)
class BlockedDataset:
    """Rows y_i x_i of a file; :func:`open_blocks` makes one.

    Attributes:
      name: for messages.
      n_samples, n_features: N and d, all-zero columns left out and a bias column counted.
      column_names: of length d.
      notices: what was taken for the label, and what was left out.
    """

    name: str
    n_samples: int
    n_features: int
    column_names: tuple[str, ...]
    notices: tuple[str, ...]
    _source: Source = field(repr=False)
    _columns: list[int] = field(repr=False)
    _label: int | None = field(repr=False)
    _plus: Any = field(repr=False)
    _bias: bool = field(repr=False)
    _block_bytes: int = field(repr=False)

    @property
    def labelled(self) -> bool:
        """Whether labels are known, so that a bias column can be added."""
        return self._plus is not None

    def blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        """(number of the block's first row, rows in float64, shape (B, d)), all rows in order."""
        first = 0
        for rows, labels in self._source.read(self._columns, self._label, self._rows):
            if self._bias:
                rows = np.column_stack([rows, np.ones(len(rows))])
            if labels is not None and self.labelled:
                plus = np.logical_or.reduce([labels == value for value in self._plus])
                rows = rows * np.where(plus, 1.0, -1.0)[:, None] + 0.0
            yield first, np.ascontiguousarray(rows)
            first += len(rows)

    @property
    def _rows(self) -> int:
        return _rows_of(self._source.width, self._block_bytes)


def _rows_of(width: int, block_bytes: int) -> int:
    return max(1, block_bytes // (8 * (width + 1)))


def must_stream(path: Path) -> bool:
    """Whether a file of this kind and size is read in blocks rather than loaded."""
    suffix = tables.suffix_of(path)
    if suffix not in SOURCES or not path.is_file():
        return False
    if suffix == ".parquet":
        source = SOURCES[suffix](path)
        return (
            path.stat().st_size > tables.MOST_BYTES or 8 * _count(source) * source.width > tables.MOST_BYTES
        )
    return path.stat().st_size > tables.MOST_BYTES


def _count(source: Source) -> int:
    import pyarrow.parquet as parquet

    return int(parquet.read_metadata(source.path).num_rows)


def open_blocks(
    path: str | Path, reading: Reading | None = None, *, bias: bool = False, block_bytes: int = BLOCK_BYTES
) -> BlockedDataset:
    """A file as rows that stream; one pass checks every value and finds the labels.

    Arguments:
      path: a file with a suffix in :data:`marginproof.constructions.readers.sources.SOURCES`.
      reading: how to read it; categories cannot be encoded.
      bias: add a column of ones before the labels are folded in.
      block_bytes: of the rows that are in memory at once.

    Raises:
      MarginproofError: another kind of file, a missing or infinite value, labels not of two kinds.
    """
    check_named(path, "path")
    path, reading = Path(path), reading or Reading()
    if tables.suffix_of(path) not in SOURCES or not path.is_file():
        raise MarginproofError(f"file={path} cannot be read in blocks; give one of {', '.join(SOURCES)}")
    if reading.one_hot:
        raise MarginproofError(
            f"one_hot={','.join(reading.one_hot)} does not apply to file={path}, which is read in blocks; drop it"
        )
    source = SOURCES[tables.suffix_of(path)](path)
    label, columns, notices = _recognised(source, reading)
    if bias and label is None and not source.labelled:
        raise no_bias(path.name)
    what = "labels" if label is None else f"label column {_name(source, label)}"
    seen = _inspect(source, columns, label, _rows_of(source.width, block_bytes), what)
    plus = None
    if seen.labels:
        found = labels_of(seen.labels, len(seen.labels), what, f"file={path}")
        plus = tuple(value for value, sign in zip(seen.labels, found.signs, strict=True) if sign == 1)
        where = "those at the lines' beginnings" if label is None else f"column {_name(source, label)}"
        notices = [f"label: {where}; {found.said}", *notices]
    features = [source.names[k] if source.names else f"feature{k + 1}" for k in columns]
    used = np.flatnonzero(seen.nonzero)
    dropped, kept = np.delete(features, used).tolist(), [columns[k] for k in used]
    notices += on_zeros(dropped, seen.n_rows * len(kept), int(seen.nonzero.sum()), path.name)
    names = tuple(features[k] for k in used)
    if bias:
        notices += constant_notice(features, np.flatnonzero(seen.constant & (seen.nonzero > 0)).tolist())
        names = (*names, bias_name(names))
    notices.append(f"{seen.n_rows} rows are read in blocks, in float64; what is said is about these numbers")
    return BlockedDataset(
        path.name,
        seen.n_rows,
        len(names),
        names,
        tuple(notices),
        source,
        kept,
        label,
        plus,
        bias,
        block_bytes,
    )


def _name(source: Source, k: int) -> str:
    return repr(source.names[k]) if source.names else str(k + 1)


def _recognised(source: Source, reading: Reading) -> tuple[int | None, list[int], list[str]]:
    """The label column, the features and the notices on them, from the names and the first rows."""
    numbers = list(range(source.width))
    head = Table(str(source.path), np.zeros((1, source.width)), source.names)
    label = None
    if source.labelled and (reading.label is not None or reading.folded):
        raise MarginproofError(
            f"label={reading.label or 'folded'} does not apply to file={source.path}, whose lines begin with labels; drop it"
        )
    if not (reading.folded or source.labelled):
        label, _ = label_column(head, reading)
    chosen = choose(head, reading, label)
    notices = [f"left out: column(s) {named(head, chosen.left_out)}"] if chosen.left_out else []
    rows, _ = next(source.read([k for k in numbers if k in chosen.features], None, FEW), (None, None))
    if rows is not None and source.width <= FEW:
        names = tuple(source.names[k] if source.names else str(k + 1) for k in sorted(chosen.features))
        for k, why in index_like(Table(str(source.path), rows, names), list(range(len(names)))):
            notices.append(
                f"column {names[k]} looks like an index ({why} in the first rows) but is taken for a feature; --drop '{names[k]}' leaves it out"
            )
    return label, chosen.features, notices + called_labels(head, chosen.features)


@dataclass
class _Seen:
    n_rows: int
    labels: list[Any]
    nonzero: np.ndarray
    constant: np.ndarray


def _inspect(source: Source, columns: list[int], label: int | None, rows: int, what: str) -> _Seen:
    """One pass: the number of rows, the labels of the first two kinds and one more, each column's nonzero entries, and whether they are all equal."""
    seen = _Seen(0, [], np.zeros(len(columns), dtype=np.int64), np.ones(len(columns), dtype=bool))
    first = None
    for block, labels in source.read(columns, label, rows):
        _check(block, seen.n_rows, source, columns)
        first = block[:1].copy() if first is None else first
        seen.nonzero += np.count_nonzero(block, axis=0)
        seen.constant &= (block == first).all(axis=0)
        if labels is not None:
            _collect(seen, labels.tolist(), what, f"file={source.path}")
        seen.n_rows += len(block)
    if not seen.n_rows:
        raise MarginproofError(f"file={source.path} has no rows of data; at least two rows are needed")
    return seen


def _collect(seen: _Seen, labels: list[Any], what: str, source: str) -> None:
    """The labels that were not seen before, in every spelling, until there are three kinds."""
    for value in sorted(set(labels) - set(seen.labels), key=str):
        if len(set(comparable(seen.labels))) > 2:
            return
        label_in(value, seen.n_rows + labels.index(value), what, source)
        seen.labels.append(value)


def _check(block: np.ndarray, first: int, source: Source, columns: list[int]) -> None:
    size = np.abs(block)
    good = (size <= float(LARGEST)) & ((size >= float(SMALLEST)) | (size == 0))
    if not good.all():
        i, k = np.argwhere(~good)[0]
        raise MarginproofError(
            f"file={source.path}: {block[i, k]} in row {first + i + 1}, column {_name(source, columns[k])} is missing, not finite "
            f"or outside {SIZES}; correct it, or leave the column out (--drop)"
        )
