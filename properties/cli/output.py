"""What a command prints: JSON for programs, short tables and a sentence for people."""

from __future__ import annotations

import json
import math
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import click
import numpy as np

from marginproof.properties.presentation.notation import in_ascii, in_unicode
from marginproof.properties.progress import silenced
from marginproof.properties.writing import write_atomically
from marginproof.theory.errors import MarginproofError

JSON_TARGET = "marginproof.json"
"""Where ``--json`` leaves its target in a context's ``meta``: a path, ``-``, or ``None``."""

DATA_NAME = "marginproof.data"
"""Where a command leaves what the user called the data, for messages of the mathematics below."""

SEPARATION = "marginproof.separation"
"""Where a command leaves DATA and its reading options as typed, for a hint that names another command."""

DATASET = "marginproof.dataset"
"""Where a command leaves the data themselves, for what is said of those that are not separable."""

ANSWER_IS_NO = 1
DATA_SUFFIXES = {".csv", ".npy", ".npz"}


def emit(
    result: Mapping[str, Any] | Callable[[], Mapping[str, Any]],
    json_target: str | None,
    human: Callable[[], None],
    *,
    answer: bool = True,
) -> None:
    """Print a command's result and, where the answer is "no", end with exit code 1.

    Arguments:
      result: what ``--json`` writes; arrays, Fractions, enums and dataclass-free values (:func:`jsonable`); or a function that
        computes it where JSON is asked for.
      json_target: ``None`` (no JSON), ``-`` (JSON alone on standard output) or a file (``human`` prints too).
      human: prints the tables and the sentence.
      answer: False where the answer is "no" or a certificate was asked for and not reached.
    """
    if json_target is not None:
        write_json(result() if callable(result) else result, json_target)
    if json_target != "-":
        human()
    if not answer:
        click.get_current_context().exit(ANSWER_IS_NO)


def write_json(result: Mapping[str, Any], target: str) -> None:
    """Write JSON to standard output (``-``) or, atomically, to a file."""
    text = json.dumps(jsonable(result), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    if target == "-":
        click.echo(text, nl=False)
    else:
        write_atomically(Path(target), text)


def check_json_target(target: str | None) -> None:
    """Refuse to write JSON over what looks like somebody's data."""
    if target is not None and Path(target).suffix.lower() in DATA_SUFFIXES:
        raise MarginproofError(f"json={target} has the name of a data file; choose a name ending in .json")


def jsonable(value: Any) -> Any:
    """Plain JSON: arrays and tuples to lists, Fractions to ``"p/q"``, enums to values, nan, inf to null."""
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return jsonable(value.tolist())
    if isinstance(value, (list, tuple, set, frozenset)):
        return [jsonable(item) for item in value]
    if isinstance(value, Enum):
        return jsonable(value.value)
    if isinstance(value, np.generic):
        return jsonable(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value)  # Fractions as "p/q", mpmath numbers and paths as text


def table(title: str, columns: list[str], rows: list[list[object]]) -> None:
    """Print a short table on standard output, numbers to 6 digits."""
    from rich.console import Console
    from rich.table import Table

    out = Table(title=encodable(title, sys.stdout), title_justify="left", show_header=any(columns))
    for column in columns:
        out.add_column(encodable(column, sys.stdout), overflow="fold")
    for row in rows:
        out.add_row(*(encodable(brief(cell), sys.stdout) for cell in row))
    Console(file=sys.stdout, highlight=False, markup=False).print(out)


def brief(cell: Any, digits: int = 6, most: int = 8) -> str:
    """A cell: floats to a few digits, vectors to their first few entries."""
    if isinstance(cell, (float, np.floating)):
        return f"{cell:.{digits}g}"
    if isinstance(cell, (np.ndarray, list, tuple)):
        shown = ", ".join(brief(item, digits) for item in list(cell)[:most])
        return f"({shown}, … {len(cell)} in all)" if len(cell) > most else f"({shown})"
    return str(cell)


def weights_shown(weights: Any, most: int = 8) -> object:
    """All weights where they are few; else those that are not 0, by row, and how many are."""
    if len(weights) <= most:
        return weights
    rows = [i for i, c in enumerate(weights) if float(c) != 0]
    shown = ", ".join(f"{brief(weights[i])} on row {i + 1}" for i in rows[:most])
    zeros = len(weights) - len(rows)
    return (
        shown
        + (f", … {len(rows)} rows in all" if len(rows) > most else "")
        + (f"; 0 on the other {zeros}" if zeros else "")
    )


def say(sentence: str, err: bool = False) -> None:
    """The sentence that tells what a result means: set for the stream, wrapped at words on a terminal, whole in a pipe."""
    stream = sys.stderr if err else sys.stdout
    text = fitting(sentence, stream)
    if stream.isatty():
        width = shutil.get_terminal_size().columns
        text = "\n".join(wrapped(line, width) for line in text.split("\n"))
    click.echo(text, err=err)


def fitting(text: str, stream: Any) -> str:
    """The text in Unicode where the stream can carry it, else in ASCII."""
    return encodable(in_unicode(text), stream)


def encodable(text: str, stream: Any) -> str:
    """The text, in ASCII where the stream carries no Unicode."""
    try:
        text.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return in_ascii(text)
    return text


def wrapped(line: str, width: int) -> str:
    """A line wrapped at words, an indented one under its own indent.

    Example:
      >>> print(wrapped("  one two three", 10))
        one two
        three
    """
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def notices(lines: Iterable[str]) -> None:
    """What a reader should know about the data or the settings, on standard error so that JSON stays clean; ``-q`` drops it."""
    if not silenced():
        for line in lines:
            say(f"notice: {line}", err=True)
