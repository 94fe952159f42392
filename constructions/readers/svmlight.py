"""The format of SVMlight and LIBSVM, ``label index:value …  # comment``; a small file's values are kept as their texts."""

from __future__ import annotations

import io
import re
from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from marginproof.constructions.entries import EXACT_CELLS, as_float, number
from marginproof.constructions.readers.text import text_of
from marginproof.constructions.tables import Reading, Table, sparse_or_dense
from marginproof.theory.errors import MarginproofError

_PAIR = re.compile(r"([0-9]{1,9}):(\S+)")
_QUERY = "qid:"


@dataclass
class _Rows:
    """Rows of ``index:value``, compressed: texts while they are few, then numbers."""

    path: Path
    texts: list[str] | None = field(default_factory=list)
    values: array[float] = field(default_factory=lambda: array("d"))
    indices: array[int] = field(default_factory=lambda: array("q"))
    ends: array[int] = field(default_factory=lambda: array("q", [0]))
    largest: int = 0

    def add(self, pairs: dict[int, str]) -> None:
        """One row more."""
        self.indices.extend(pairs)
        self.ends.append(len(self.indices))
        self.largest = max(self.largest, *pairs) if pairs else self.largest
        if self.texts is None:
            self.values.extend(self._number(text, len(self.ends) - 1, k) for k, text in pairs.items())
            return
        self.texts.extend(pairs.values())
        if (len(self.ends) - 1) * self.largest > EXACT_CELLS:
            rows = np.repeat(np.arange(1, len(self.ends)), np.diff(self.ends)).tolist()
            self.values.extend(map(self._number, self.texts, rows, self.indices))
            self.texts = None

    def _number(self, text: str, row: int, k: int) -> float:
        try:
            return as_float(text)
        except (ValueError, ZeroDivisionError, OverflowError):
            return float(number(text, f"row {row}, column 'feature{k}'", str(self.path)))  # which refuses it

    def cells(self, first: int, width: int) -> Any:
        """Nested lists of texts, an array, or a sparse array, shape (N, width)."""
        from scipy.sparse import csr_array

        n, places = len(self.ends) - 1, np.asarray(self.indices) - first
        if self.texts is None:
            found = csr_array((np.asarray(self.values), places, np.asarray(self.ends)), shape=(n, width))
            return sparse_or_dense(self.path, found)
        dense: list[list[Any]] = [[0] * width for _ in range(n)]
        rows = np.repeat(np.arange(n), np.diff(self.ends)).tolist()
        for i, k, text in zip(rows, places.tolist(), self.texts, strict=True):
            dense[i][k] = text
        return dense


def read_svmlight(path: Path, reading: Reading) -> Table:
    """The lines of a file, as :func:`table_of` takes them."""
    return table_of(path, text_of(path))


def table_of(path: Path, text: str, notices: tuple[str, ...] = ()) -> Table:
    """Rows of ``index:value`` after a label.

    Indices count from 1, or from 0 where a 0 occurs; ``qid`` is left out with a notice.

    Raises:
      MarginproofError: a line of another form, an index twice, or too many columns.
    """
    labels: list[str] = []
    rows = _Rows(path)
    queries = 0
    for at, line in enumerate(io.StringIO(text, newline=None), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if "," in words[0]:
            raise MarginproofError(
                f"file={path}: label {words[0][:40]!r} in line {at} names several classes; keep one"
            )
        labels.append(words[0])
        pairs = [word for word in words[1:] if not word.startswith(_QUERY)]
        queries += len(pairs) < len(words) - 1
        rows.add(_pairs(path, pairs, at))
    if not labels:
        raise MarginproofError(f"file={path} has no rows of data; at least two rows are needed")
    first = 0 if 0 in rows.indices else 1
    width = rows.largest + 1 - first if rows.indices else 0
    cells = rows.cells(first, width)
    said = [*notices, *(["indices count from 0"] if first == 0 else [])]
    said += [f"left out qid on {queries} row(s)"] if queries else []
    columns = tuple(f"feature{k + first}" for k in range(width))
    return Table(str(path), cells, columns, labels=labels, notices=tuple(said))


def _pairs(path: Path, words: list[str], at: int) -> dict[int, str]:
    found: dict[int, str] = {}
    for word in words:
        match = _PAIR.fullmatch(word)
        if match is None:
            raise MarginproofError(
                f"file={path}: {word[:40]!r} in line {at} is not an index:value; correct it, or drop the line"
            )
        k = int(match[1])
        if k in found:
            raise MarginproofError(f"file={path}: index {k} stands twice in line {at}; keep one of the two")
        found[k] = match[2]
    return found


def is_svmlight(text: str) -> bool:
    """Whether the first line that is no comment has the form ``label index:value …``."""
    for line in io.StringIO(text, newline=None):
        words = line.partition("#")[0].split()
        if words:
            pairs = [word for word in words[1:] if not word.startswith(_QUERY)]
            return bool(pairs) and all(map(_PAIR.fullmatch, pairs))
    return False
