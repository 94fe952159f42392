"""From a file to a :class:`~marginproof.constructions.dataset.Dataset`: labels found and folded, cells read exactly.

Labels: the column asked for, else one named ``label``, ``y``, ``class`` or ``target`` in any case, else the last; two
distinct values, of which the larger is +1 (as numbers, or as texts when one of them is no number).  The notices always say
which column was taken, which value is +1, and what was left out.  Every bad input is
a :class:`~marginproof.theory.errors.MarginproofError` of one sentence; the rows and columns it names are counted from
1, a header not counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from marginproof.constructions.columns import (
    LABEL_NAMES,
    LAST,
    Chosen,
    choose,
    encoded,
    index_like,
    label_column,
    named,
)
from marginproof.constructions.dataset import Dataset
from marginproof.constructions.entries import (
    EXACT_CELLS,
    LARGEST,
    SMALLEST,
    is_number,
    is_plain,
    number,
)
from marginproof.constructions.labels import Labels, labels_of
from marginproof.constructions.sparse import SparseDataset
from marginproof.constructions.tables import Reading, Table, check_names, check_size, read_table
from marginproof.theory.errors import MarginproofError


def read_file(path: str | Path, reading: Reading | None = None) -> Dataset | SparseDataset:
    """The data set in a file, sparse where the file holds a large sparse matrix.

    Arguments:
      path: a file of a kind that :mod:`marginproof.constructions.tables` reads.
      reading: how to read it.

    Raises:
      MarginproofError: anything that keeps the file from being N rows with two classes.
    """
    reading = reading or Reading()
    return from_table(read_table(Path(path), reading), reading)


def from_table(table: Table, reading: Reading | None = None) -> Dataset | SparseDataset:
    """The data set in a table's rows, labels folded in."""
    reading = reading or Reading()
    if table.is_sparse and reading.one_hot:
        check_size(Path(table.source), 8 * table.n_rows * table.width)
        table = replace(table, rows=table.rows.toarray())
    if not table.is_sparse:
        _same_width(table)
    check_names(table.source, table.columns or ())
    k, labels, notices = _labels(table, reading)
    chosen = choose(table, reading, k)
    notices += _on_columns(table, chosen)
    names = table.row_names
    if chosen.index is not None:
        names = tuple(map(str, table.cells(chosen.index)))
    guessed = k is not None and label_column(table, reading)[1] == LAST
    if table.is_sparse:
        return _sparse(table, chosen.features, labels, names, notices)
    features, columns, more = encoded(table, chosen.features, reading.one_hot, guessed)
    dataset = Dataset.of(
        _numbers(features, columns),
        name=Path(table.source).name,
        labels=None if labels is None else labels.signs,
        row_names=names,
        column_names=tuple(features.columns[j] for j in columns) if features.columns else None,
        provenance=f"file {Path(table.source).name}",
    )
    return replace(dataset, notices=(*table.notices, *notices, *more, *dataset.notices))


def _sparse(
    table: Table,
    features: list[int],
    labels: Labels | None,
    names: tuple[str, ...] | None,
    notices: list[str],
) -> SparseDataset:
    """Rows that stay sparse; an entry out of range is refused as a dense one is."""
    X = table.rows if len(features) == table.width else table.rows[:, features]
    size = np.abs(X.data)
    bad = np.flatnonzero(~((size >= float(SMALLEST)) & (size <= float(LARGEST))) & (size != 0))
    if len(bad):
        row = int(np.searchsorted(X.indptr, bad[0], side="right"))
        where = f"row {row}, column {table.column_name(features[X.indices[bad[0]]])}"
        number(float(X.data[bad[0]]), where, table.source)
    source = Path(table.source).name
    dataset = SparseDataset.of(
        X,
        None if labels is None else labels.signs,
        source,
        column_names=[table.columns[k] for k in features] if table.columns else None,
        row_names=names or (),
        provenance=f"file {source}",
    )
    return replace(dataset, notices=(*table.notices, *notices, *dataset.notices))


def _same_width(table: Table) -> None:
    if len(table.rows) == 0 or table.width == 0:
        raise MarginproofError(f"file={table.source} has no rows of data; at least two rows are needed")
    expected = len(table.columns) if table.columns else table.width
    against = "the header" if table.columns else "row 1"
    if isinstance(table.rows, np.ndarray):
        return
    usual = Counter(map(len, table.rows)).most_common(1)[0][0]
    above = abs(usual - expected) > 1 or len(table.rows[0]) != usual != expected
    prose = "; if the first lines are not part of the table, begin them with #" if above else ""
    for i, row in enumerate(table.rows):
        if len(row) != expected:
            raise MarginproofError(
                f"file={table.source}: row {i + 1} has {len(row)} cells where {against} has {expected}; "
                f"give every row the same number of cells{prose}"
            )


def _labels(table: Table, reading: Reading) -> tuple[int | None, Labels | None, list[str]]:
    """The label column (``None`` where there is none), the labels, and the notice on them."""
    source = f"file={table.source}"
    if reading.folded:
        if reading.label is not None or table.labels is not None:
            shown = reading.label if reading.label is not None else "given in the file"
            raise MarginproofError(f"label={shown} contradicts folded rows; drop one of the two")
        return None, None, []
    if table.labels is not None and reading.label in (None, table.labels_name):
        what = f"array {table.labels_name}" if table.labels_name else "those kept apart in the file"
        labels = labels_of(table.labels, table.n_rows, what if table.labels_name else "labels", source)
        return None, labels, [f"labels: {what}; {labels.said}"]
    k, why = label_column(table, reading)
    values = table.cells(k)
    name = table.column_name(k)
    labels = labels_of(values, len(values), f"label column {name}", source, _if_a_header(values, table))
    others = f"; labels kept apart in {source} are left out" if table.labels is not None else ""
    return k, labels, [f"label: column {name}, {why}; {labels.said}{others}"]


def _if_a_header(values: list[Any], table: Table) -> str:
    """A way out more where row 1 may be a header: its label is its own, and without it there are two classes."""
    if table.columns or table.is_sparse or isinstance(table.rows, np.ndarray):
        return ""
    if len(set(map(str, values[1:]))) != 2 or values[0] in values[1:]:
        return ""
    numeral = next((str(cell) for cell in table.rows[0] if is_number(str(cell))), "")
    return (
        f"if row 1 is a header, rename its cell {numeral[:40]}, which is a number; else " if numeral else ""
    )


def _on_columns(table: Table, chosen: Chosen) -> list[str]:
    """What was left out, and features that look like an index."""
    notices = [f"left out: column(s) {named(table, chosen.left_out)}"] if chosen.left_out else []
    for k, why in index_like(table, chosen.features):
        name = table.columns[k] if table.columns else str(k + 1)
        notices.append(
            f"column {table.column_name(k)} looks like an index ({why}) but is taken for a feature; --drop '{name}' leaves it "
            f"out, --index '{name}' names the rows by it"
        )
    return notices + called_labels(table, chosen.features)


def called_labels(table: Table, features: list[int]) -> list[str]:
    """Notices on features that have a label's name."""
    names = [table.columns[k] for k in features] if table.columns else []
    return [
        f"column {name!r} has a label's name but is taken for a feature; --drop '{name}' leaves it out, --label '{name}' "
        "takes it for the label"
        for name in names
        if name.strip().lower() in LABEL_NAMES
    ]


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
        texts = [str(row[k]) for k in features]
        try:
            out[i] = list(map(float, texts))
            if is_plain("".join(texts)) and np.isfinite(out[i]).all():
                continue
        except ValueError:
            pass  # p/q, or no number: one of them is named below
        out[i] = [
            number(row[k], f"row {i + 1}, column {table.column_name(k)}", table.source) for k in features
        ]
    return out
