"""Parquet through pyarrow (the extra ``parquet``): integers and decimals exact, dictionaries as their texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from marginproof.constructions.entries import Date, is_date
from marginproof.constructions.tables import Reading, Table, check_names, check_size
from marginproof.theory.errors import MarginproofError


def read_parquet(path: Path, reading: Reading) -> Table:
    """A file's columns.

    Raises:
      MarginproofError: pyarrow is not installed, no parquet file, or too large.
    """
    try:
        import pyarrow
        import pyarrow.parquet as parquet
    except ImportError as cause:
        raise MarginproofError(
            f"file={path} needs pyarrow; install it with pip install 'marginproof[parquet]', or save the table as .csv"
        ) from cause
    try:
        size = parquet.read_metadata(path)
        check_size(path, 8 * size.num_rows * size.num_columns)
        check_names(str(path), parquet.read_schema(path).names)
        table = parquet.read_table(path)
    except pyarrow.ArrowException as cause:
        raise MarginproofError(f"file={path} is not a readable parquet file; save it anew") from cause
    columns = [[_cell(value) for value in column.to_pylist()] for column in table.columns]
    names = [str(name) for name in table.column_names]
    index = index_of(table.schema)
    kept = [k for k, name in enumerate(names) if name not in index]
    rows = [[row[k] for k in kept] for row in zip(*columns, strict=True)]
    levels = zip(*(columns[names.index(name)] for name in index), strict=True)
    row_names = tuple(" ".join(map(str, level)) for level in levels) if index else None
    notices = ("the frame's index is taken for the names of the rows",) if index else ()
    return Table(str(path), rows, tuple(names[k] for k in kept), row_names, notices=notices)


def index_of(schema: Any) -> list[str]:
    """The columns that were a frame's index when pandas wrote them."""
    said = json.loads((schema.metadata or {}).get(b"pandas", b"{}"))
    return [name for name in said.get("index_columns", []) if isinstance(name, str) and name in schema.names]


def _cell(value: Any) -> Any:
    """Decimals as text, which is read exactly; dates, and what is no number, as theirs."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return Date(value) if is_date(value) else str(value)
