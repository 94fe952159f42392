"""What DATA may be: a built-in name or a file.

A name is one of :data:`marginproof.constructions.builtin.BUILTINS`, with ``+bias`` for a bias column; a file is of a
kind that :mod:`marginproof.constructions.tables` reads.
"""

from __future__ import annotations

from pathlib import Path

from marginproof.constructions.builtin import load
from marginproof.constructions.dataset import Dataset
from marginproof.constructions.reading import read_file
from marginproof.constructions.tables import READERS
from marginproof.theory.errors import MarginproofError


def read(source: str | Path, label: str | None = None, folded: bool = False, bias: bool = False) -> Dataset:
    """The data set that ``source`` names.

    Arguments:
      source: a built-in name or a file of a kind listed in :mod:`marginproof.constructions.tables`.
      label: the label column, by name, or by number counted from 1 in a file without a header.
      folded: rows are y_i x_i already, and every column is a feature.
      bias: add a column of ones before folding.

    Raises:
      MarginproofError: anything that keeps the source from being N rows with two classes.

    Example:
      >>> read("sr4")
      Dataset('sr4', n_samples=4, n_features=4)
    """
    path = Path(source)
    if path.suffix.lower() in READERS or path.exists():
        dataset = read_file(path, label, folded)
    else:
        _no_label_for_builtin(str(source), label)
        dataset = load(str(source))
    return dataset.with_bias() if bias else dataset


def _no_label_for_builtin(source: str, label: str | None) -> None:
    if label is not None:
        raise MarginproofError(
            f"label={label} has no use with built-in data={source}, which is labelled; drop it"
        )
