"""JSON and JSON lines: rows as lists or as objects, decimals kept as text so that they are read exactly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from marginproof.constructions.readers.text import text_of
from marginproof.constructions.tables import Reading, Table
from marginproof.theory.errors import MarginproofError

KEYS = ("rows", "labels", "columns")


def read_json(path: Path, reading: Reading) -> Table:
    """A list of rows or of objects, or an object with ``rows`` and perhaps ``labels`` and ``columns``."""
    content = _parsed(path, text_of(path))
    if isinstance(content, list):
        content = {"rows": content}
    rows = content.get("rows") if isinstance(content, dict) else None
    if isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows) and len(content) == 1:
        return from_records(path, rows)
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise MarginproofError(
            f'file={path} holds no rows; give a list of rows, or an object with "rows" (and "labels"); '
            'pandas writes a list with to_json(…, orient="records")'
        )
    unknown = sorted(set(content) - set(KEYS))
    if unknown:
        raise MarginproofError(
            f"file={path} has the key {unknown[0]!r}, which means nothing here; use {', '.join(KEYS)}"
        )
    columns, labels = (_list(content, key, path) for key in ("columns", "labels"))
    return Table(str(path), rows, tuple(map(str, columns)) if columns else None, labels=labels)


def read_json_lines(path: Path, reading: Reading) -> Table:
    """One list or object a line."""
    lines = [line for line in text_of(path).split("\n") if line.strip()]
    rows = [_parsed(path, line, f", line {number}") for number, line in enumerate(lines, 1)]
    if rows and all(isinstance(row, dict) for row in rows):
        return from_records(path, rows)
    if not rows or not all(isinstance(row, list) for row in rows):
        raise MarginproofError(
            f"file={path} has a line that is not a row; give one list, or one object, a line"
        )
    return Table(str(path), rows)


def from_records(path: Path, rows: list[dict[str, Any]]) -> Table:
    """Objects with the columns' names as keys; a key that a row lacks is a missing value."""
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    return Table(str(path), [[row.get(name) for name in columns] for row in rows], columns)


def _parsed(path: Path, text: str, where: str = "") -> Any:
    try:
        # Decimals stay text, so that they are read exactly; so do NaN and Infinity, refused with their place.
        return json.loads(text, parse_float=str, parse_constant=str, object_pairs_hook=_no_key_twice)
    except (json.JSONDecodeError, RecursionError) as cause:
        raise MarginproofError(
            f"file={path}{where} is not JSON ({cause}); check it with a JSON validator"
        ) from cause
    except KeyError as cause:
        raise MarginproofError(
            f"file={path}{where} has the key {cause.args[0]!r} twice in one object; keep one of the two"
        ) from cause
    except ValueError as cause:  # an integer of more than 4300 digits
        raise MarginproofError(f"file={path} has a number that is too long; rescale it") from cause


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise KeyError(next(key for key in keys if keys.count(key) > 1))
    return found


def _list(content: dict[str, Any], key: str, path: Path) -> list[Any] | None:
    value = content.get(key)
    if value is None or isinstance(value, list):
        return value
    raise MarginproofError(f'file={path}: "{key}" is a {type(value).__name__}; give a list')
