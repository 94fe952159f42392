"""The format of SVMlight and LIBSVM, ``label index:value …  # comment``, each value kept as its text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from marginproof.constructions.tables import MOST_BYTES, Reading, Table, check_size, text_of
from marginproof.theory.errors import MarginproofError

_PAIR = re.compile(r"([0-9]{1,9}):(\S+)")


def read_svmlight(path: Path, reading: Reading) -> Table:
    """Rows of ``index:value`` after a label.

    Indices count from 1, or from 0 where a 0 occurs; ``qid`` is left out with a notice.

    Raises:
      MarginproofError: a line of another form, an index twice, or so many columns that the dense rows do not fit.
    """
    labels: list[str] = []
    rows: list[dict[int, str]] = []
    queries = 0
    for number, line in enumerate(text_of(path).splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if "," in words[0]:
            raise MarginproofError(
                f"file={path}: label {words[0][:40]!r} in line {number} names several classes; keep one"
            )
        labels.append(words[0])
        pairs = [word for word in words[1:] if not word.startswith("qid:")]
        queries += len(pairs) < len(words) - 1
        rows.append(_pairs(path, pairs, number))
    if not rows:
        raise MarginproofError(f"file={path} has no rows of data; at least two rows are needed")
    used = {k for row in rows for k in row}
    first = 0 if 0 in used else 1
    width = max(used, default=0) + 1 - first
    check_size(path, 8 * len(rows) * width if 8 * len(rows) * width > MOST_BYTES else 0)
    dense: list[list[Any]] = [[row.get(k + first, 0) for k in range(width)] for row in rows]
    notices = [f"indices count from {first}"] if first == 0 else []
    notices += [f"left out qid on {queries} row(s)"] if queries else []
    columns = tuple(f"feature{k + first}" for k in range(width))
    return Table(str(path), dense, columns, labels=labels, notices=tuple(notices))


def _pairs(path: Path, words: list[str], number: int) -> dict[int, str]:
    found: dict[int, str] = {}
    for word in words:
        match = _PAIR.fullmatch(word)
        if match is None:
            raise MarginproofError(
                f"file={path}: {word[:40]!r} in line {number} is not an index:value; correct it, or drop the line"
            )
        k = int(match[1])
        if k in found:
            raise MarginproofError(
                f"file={path}: index {k} stands twice in line {number}; keep one of the two"
            )
        found[k] = match[2]
    return found
