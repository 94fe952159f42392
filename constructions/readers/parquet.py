"""Parquet through pyarrow (the extra ``parquet``): integers and decimals exact, dictionaries as their texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from marginproof.constructions.entries import Date, is_date
from marginproof.constructions.tables import Reading, Table, check_size
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
        table = parquet.read_table(path)
    except pyarrow.ArrowException as cause:
        raise MarginproofError(f"file={path} is not a readable parquet file; save it anew") from cause
    columns = [[_cell(value) for value in column.to_pylist()] for column in table.columns]
    names = [str(name) for name in table.column_names]
    index = next((k for k, name in enumerate(names) if name.startswith("__index_level_")), None)
    row_names = None if index is None else tuple(str(value) for value in columns.pop(index))
    if index is not None:
        names.pop(index)
    rows = [list(row) for row in zip(*columns, strict=True)]
    notices = () if index is None else ("the frame's index is taken for the names of the rows",)
    return Table(str(path), rows, tuple(names), row_names, notices=notices)


def _cell(value: Any) -> Any:
    """Decimals as text, which is read exactly; dates, and what is no number, as theirs."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return Date(value) if is_date(value) else str(value)
