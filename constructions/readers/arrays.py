"""numpy's ``.npy`` and ``.npz``, and scipy's sparse matrices in ``.npz``; nothing is unpickled, shapes are read before data."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from marginproof.constructions.tables import Reading, Table, check_size
from marginproof.theory.errors import MarginproofError

ROWS = ("X", "x", "data", "features")
LABELS = ("y", "Y", "label", "labels", "target")
_SPARSE = {"format", "shape", "data"}


def load_array(path: Path) -> Any:
    """``np.load`` that never unpickles: an array, or the arrays of a ``.npz`` by name.

    Raises:
      MarginproofError: a file in another format, or one with pickled objects (loading them can run code), or too large.
    """
    if not path.is_file():
        raise MarginproofError(f"file={path} does not exist; check the path")
    try:
        _check_size(path)
        content = np.load(path, allow_pickle=False)
        if isinstance(content, np.ndarray):
            return content
        with content:
            return {name: content[name] for name in content.files}
    except (ValueError, EOFError, OSError, zipfile.BadZipFile) as cause:
        if isinstance(cause, MarginproofError):
            raise
        if "allow_pickle" in str(cause):
            raise MarginproofError(
                f"file={path} holds pickled objects, refused because loading them can run code; "
                "save plain numeric arrays"
            ) from cause
        raise MarginproofError(
            f"file={path} is not a readable {path.suffix} file; save it anew with numpy"
        ) from cause


def _check_size(path: Path) -> None:
    """The size of the content, unpacked, before any of it is read."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            check_size(path, sum(part.file_size for part in archive.infolist()))
    else:
        check_size(path, path.stat().st_size)


def read_npy(path: Path, reading: Reading) -> Table:
    """An array of rows; a record array's fields are columns."""
    array = load_array(path)
    if isinstance(array, np.ndarray) and array.dtype.names:
        return Table(str(path), [list(row) for row in array.ravel().tolist()], tuple(array.dtype.names))
    return Table(str(path), _numeric(array, "array", path))


def read_npz(path: Path, reading: Reading) -> Table:
    """Arrays X and y by any of their usual names, or a sparse matrix with the labels in its last column."""
    arrays = load_array(path)
    if isinstance(arrays, dict) and arrays.keys() >= _SPARSE:
        return Table(str(path), _numeric(_dense(path), "the matrix", path))
    rows = next((name for name in ROWS if isinstance(arrays, dict) and name in arrays), None)
    if rows is None:
        names = ", ".join(arrays) if isinstance(arrays, dict) else "one unnamed array"
        raise MarginproofError(f"file={path} has no array X (it has: {names}); save it with X=… and y=…")
    labels = next((name for name in LABELS if name in arrays), None)
    unused = ", ".join(name for name in arrays if name not in (rows, labels))
    return Table(
        str(path),
        _numeric(arrays[rows], rows, path),
        labels=None if labels is None else np.asarray(arrays[labels]).ravel().tolist(),
        notices=(f"left out the array(s) {unused}",) if unused else (),
    )


def _dense(path: Path) -> np.ndarray:
    from scipy.sparse import load_npz

    try:
        matrix = load_npz(path)
    except (ValueError, KeyError, OSError) as cause:
        raise MarginproofError(
            f"file={path} is not a readable sparse matrix; save it anew with scipy"
        ) from cause
    check_size(path, 8 * int(np.prod(matrix.shape, dtype=object)))
    dense: np.ndarray = matrix.toarray()
    return dense


def _numeric(array: np.ndarray, what: str, path: Path) -> np.ndarray:
    if array.dtype.kind == "b":
        array = array.astype(np.int64)
    if array.dtype.kind not in "fiu":
        raise MarginproofError(f"file={path}: {what} has dtype {array.dtype}; save integers or floats")
    if array.ndim != 2:
        raise MarginproofError(
            f"file={path}: {what} has shape {array.shape}; rows and columns are needed, (N, d)"
        )
    return array
