"""What DATA may be: a built-in name or a file.

A name is one of :data:`marginproof.constructions.builtin.BUILTINS`, with ``+bias`` for a bias column; a file is of a
kind that :mod:`marginproof.constructions.tables` reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from marginproof.constructions.builtin import load
from marginproof.constructions.dataset import Dataset
from marginproof.constructions.reading import read_file
from marginproof.constructions.tables import READERS, Reading, suffix_of
from marginproof.theory.errors import MarginproofError


def read(
    source: str | Path,
    label: str | None = None,
    folded: bool = False,
    bias: bool = False,
    *,
    columns: Sequence[str] = (),
    drop: Sequence[str] = (),
    index: str | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    one_hot: Sequence[str] = (),
) -> Dataset:
    """The data set that ``source`` names.

    Arguments:
      source: a built-in name or a file of a kind listed in :mod:`marginproof.constructions.tables`.
      label: the label column, by name, or by number counted from 1 in a file without a header.
      folded: rows are y_i x_i already, and every column is a feature.
      bias: add a column of ones before folding.
      columns: the only features to take, in this order.
      drop: columns to leave out.
      index: the column that names the rows.
      delimiter, decimal: of delimited text; recognised where not given.
      one_hot: columns of categories to encode as columns of 0 and 1.

    Raises:
      MarginproofError: anything that keeps the source from being N rows with two classes.

    Example:
      >>> read("sr4")
      Dataset('sr4', n_samples=4, n_features=4)
    """
    for name, value in (("columns", columns), ("drop", drop), ("one_hot", one_hot)):
        if isinstance(value, str):
            raise MarginproofError(f"{name}={value!r} is one text; give a list of names, such as [{value!r}]")
    reading = Reading(label, folded, tuple(columns), tuple(drop), index, delimiter, decimal, tuple(one_hot))
    path = Path(source)
    if suffix_of(path) in READERS or path.exists():
        dataset = read_file(path, reading)
    else:
        _no_use_for_builtin(str(source), reading)
        dataset = load(str(source))
    return dataset.with_bias() if bias else dataset


def _no_use_for_builtin(source: str, reading: Reading) -> None:
    if reading.label is not None:
        raise MarginproofError(
            f"label={reading.label} has no use with built-in data={source}, which is labelled; drop it"
        )
    for name in ("columns", "drop", "index", "delimiter", "decimal", "one_hot"):
        if value := getattr(reading, name):
            shown = ",".join(value) if isinstance(value, tuple) else value
            raise MarginproofError(f"{name}={shown} has no use with built-in data={source}; drop it")
