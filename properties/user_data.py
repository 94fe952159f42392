"""Data as users hold them, made into data sets: frames, arrays, sparse matrices, tensors, lists, names and files."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from marginproof.constructions.builtin import read_sparse
from marginproof.constructions.dataset import Dataset
from marginproof.constructions.sparse import SparseDataset, is_sparse, sparse_dataset
from marginproof.properties.separating import refusal
from marginproof.theory.arguments import check_switch
from marginproof.theory.errors import MarginproofError, NotSeparableError


def dataset_of(data: Any, labels: Any = None, bias: bool = False, name: str = "data") -> Dataset:
    """Data of any kind as a data set.

    Arguments:
      data: a data set; a frame, array, sparse matrix, tensor or nested lists, shape (N, d); a built-in name or a file.
      labels: N values of two kinds, of which the larger is +1, or the name of a frame's column; ``None`` where the labels
        are folded in.
      bias: add a column of ones before folding.
      name: what messages call the data.

    Raises:
      MarginproofError: what :meth:`~marginproof.constructions.dataset.Dataset.of` and
        :func:`~marginproof.constructions.builtin.read` refuse.
    """
    check_switch("bias", bias)
    if isinstance(data, (str, Path)):
        found = _read(data, labels, bias)
        return found if isinstance(found, Dataset) else found.dense()
    dataset = Dataset.of(data, labels=labels, name=name)
    if dataset is not data:
        for notice in dataset.notices:
            if notice.startswith("dropped"):  # the direction has fewer entries than the data columns
                warnings.warn(f"data={name}: {notice}", stacklevel=3)
    return dataset.with_bias() if bias else dataset


def _read(path: str | Path, labels: Any, bias: bool) -> Dataset | SparseDataset:
    if labels is not None and not isinstance(labels, str):
        raise MarginproofError(
            f"labels for data={path} stand in the file; give the name of their column, or none"
        )
    return read_sparse(path, bias, label=labels)


def sparse_or_not(data: Any, labels: Any, bias: bool) -> Dataset | SparseDataset:
    """A sparse matrix, or a file that holds a large one, as sparse rows; other data as a data set."""
    check_switch("bias", bias)
    if isinstance(data, (str, Path)):
        return _read(data, labels, bias)
    return sparse_dataset(data, labels, bias) if is_sparse(data) else dataset_of(data, labels, bias)


def entries_of(data: Any, labels: Any, bias: bool) -> np.ndarray:
    """Rows with labels folded in; an array that holds them already is taken as it is."""
    if is_plain(data) and labels is None and not bias:
        array: np.ndarray = data
        return array
    return dataset_of(data, labels, bias).entries


def is_plain(data: Any) -> bool:
    """Whether this is an array that is taken as it is."""
    return type(data) is np.ndarray and data.dtype in (np.float64, object)


@contextmanager
def explained(data: Any, labels: Any, bias: bool) -> Iterator[None]:
    """Say of data that are not separable which of the three cases it is, and what would change it."""
    try:
        yield
    except NotSeparableError as error:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # said already
            dataset = sparse_or_not(data, labels, bias)
        why = refusal(dataset, dataset.name, "marginproof.separation(…)")
        raise NotSeparableError(why.replace("(--bias)", "(bias=True)"), error.weights) from None
