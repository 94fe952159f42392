"""MATLAB's ``.mat`` through scipy: a matrix of rows and a vector of labels, found by their names or their shapes."""

from __future__ import annotations

import warnings
import zlib
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import scipy.io
from scipy.io.matlab import MatReadError
from scipy.sparse import csr_array

from marginproof.constructions.readers.arrays import from_arrays
from marginproof.constructions.tables import Reading, Table, check_size, sparse_or_dense
from marginproof.theory.errors import MarginproofError

_TAKEN = {"logical", "single", "double", "sparse", "char", "cell"} | {
    f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)
}
_UNREADABLE = (
    MatReadError, OSError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError, MemoryError, zlib.error,
)  # fmt: skip
"""What scipy raises on damaged files."""


def read_mat(path: Path, reading: Reading) -> Table:
    """Two of a file's variables; large sparse matrices stay sparse, cells of texts are labels.

    Raises:
      MarginproofError: version 7.3 (HDF5), no such file of MATLAB, no variables that can be rows, or too large.
    """
    found = {name: (shape, kind) for name, shape, kind in _scipy(path, "whosmat")}

    def load(name: str) -> Any:
        shape, kind = found[name]
        if kind not in _TAKEN:
            raise MarginproofError(f"file={path}: {name} is of class {kind}; save a matrix or a vector")
        kept = kind == "sparse" and min(shape) > 1
        check_size(path, 8 * (shape[0] if kept else prod(shape)))
        value = _scipy(path, "loadmat", variable_names=[name])[name]
        if kind == "cell":
            return _of_cells(value)
        if kept:
            return sparse_or_dense(path, csr_array(value))
        return np.asarray(value.toarray() if kind == "sparse" else value)

    return from_arrays(path, {name: shape for name, (shape, _) in found.items()}, load, reading)


def _of_cells(cells: np.ndarray) -> np.ndarray:
    """A cell array of texts or numbers as their array: each cell is an array itself."""
    return np.array(
        [cell.item() if getattr(cell, "size", 0) == 1 else None for cell in cells.ravel()], dtype=object
    )


def _scipy(path: Path, function: str, **settings: Any) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of variables that are left out
            return getattr(scipy.io, function)(path, appendmat=False, **settings)
    except NotImplementedError as cause:
        raise MarginproofError(
            f"file={path} is of MATLAB's version 7.3, which is HDF5; save it with save('{path.name}', 'X', 'y', '-v7')"
        ) from cause
    except _UNREADABLE as cause:
        if isinstance(cause, OSError) and cause.errno is not None:
            raise
        raise MarginproofError(f"file={path} is not a readable .mat file; save it anew") from cause
