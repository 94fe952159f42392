"""numpy's ``.npy`` and ``.npz``, and scipy's sparse matrices in ``.npz``; nothing is unpickled, shapes are read before data."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from marginproof.constructions.tables import Reading, Table, check_size, sparse_or_dense
from marginproof.theory.errors import MarginproofError

ROWS = ("X", "x", "data", "features")
LABELS = ("y", "Y", "label", "labels", "target")
_BINARY = (b"\x93", b"P", b"\x80")
"""How .npy, .npz and pickles begin."""
_SPARSE = {"format", "shape", "data"}


def load_array(path: Path) -> Any:
    """``np.load`` that never unpickles: an array, or the arrays of a ``.npz`` by name.

    Raises:
      MarginproofError: a file in another format, or one with pickled objects (loading them can run code), or too large.
    """
    if not path.is_file():
        raise MarginproofError(f"file={path} does not exist; check the path")
    with _explained(path):
        content = np.load(path, allow_pickle=False)
        if isinstance(content, np.ndarray):
            return content
        with content:
            return {name: content[name] for name in content.files}


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """What keeps a file from being loaded, in one sentence; too large a one is refused first."""
    try:
        _check_size(path)
        yield
    except (ValueError, EOFError, OSError, KeyError, zipfile.BadZipFile) as cause:
        if isinstance(cause, MarginproofError):
            raise
        if "allow_pickle" in str(cause) and _first_byte(path) in _BINARY:
            raise MarginproofError(
                f"file={path} holds pickled objects, refused because loading them can run code; "
                "save plain numeric arrays"
            ) from cause
        raise MarginproofError(
            f"file={path} is not a readable {path.suffix} file; save it anew with numpy"
        ) from cause


def _first_byte(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(1)


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
    if _holds_sparse(path):
        return Table(str(path), sparse_or_dense(path, _numeric(_sparse(path), "the matrix", path)))
    arrays = load_array(path)
    if not isinstance(arrays, dict):
        raise MarginproofError(f"file={path} holds one unnamed array; give it the suffix .npy")
    return from_arrays(
        path, {name: array.shape for name, array in arrays.items()}, arrays.__getitem__, reading
    )


def from_arrays(
    path: Path, shapes: Mapping[str, tuple[int, ...]], load: Callable[[str], Any], reading: Reading
) -> Table:
    """The arrays of rows and of labels: those asked for or of usual names, else the only matrix and the only vector that fits.

    Arguments:
      shapes: of the arrays that can be rows or labels.
      load: the array of a name.

    Raises:
      MarginproofError: no array of rows, or labels for the columns rather than the rows.
    """
    rows, labels = _chosen(shapes, reading.label)
    if rows is None:
        names = ", ".join(f"{name} of shape {shape}" for name, shape in shapes.items()) or "nothing"
        raise MarginproofError(
            f"file={path} has no array X (it has: {names}); name the rows X and their labels y, or say with --label which are the labels"
        )
    n = shapes[rows][0]
    if labels is not None and n != prod(shapes[labels]) == prod(shapes[rows][1:]):
        raise MarginproofError(
            f"file={path}: {rows} has shape {shapes[rows]} and {labels} a label for every column; save {rows} transposed"
        )
    unused = ", ".join(name for name in shapes if name not in (rows, labels))
    notices = [] if rows in ROWS else [f"rows: {rows}, the only matrix"]
    return Table(
        str(path),
        _numeric(load(rows), rows, path),
        labels=None if labels is None else np.asarray(load(labels)).ravel().tolist(),
        labels_name=labels or "",
        notices=(*notices, f"left out the array(s) {unused}") if unused else tuple(notices),
    )


def _chosen(shapes: Mapping[str, tuple[int, ...]], label: str | None) -> tuple[str | None, str | None]:
    """The names of the arrays of rows and of labels, ``None`` where nothing tells them."""
    asked = label if label in shapes else None
    rows = next((name for name in ROWS if name in shapes and name != asked), None)
    labels = asked or next((name for name in LABELS if name in shapes), None)
    matrices = [name for name, shape in shapes.items() if len(shape) == 2 and min(shape) > 1]
    guess = rows or (matrices[0] if len(matrices) == 1 else None)
    if labels is None and guess is not None:
        n = shapes[guess][0]
        fitting = [name for name, shape in shapes.items() if n == prod(shape) == max(shape) and name != guess]
        labels = fitting[0] if len(fitting) == 1 else None
    return (rows or (guess if labels else None)), labels


def _holds_sparse(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return {name.removesuffix(".npy") for name in archive.namelist()} >= _SPARSE


def _sparse(path: Path) -> Any:
    """The matrix by rows, its indices checked, which scipy takes as they are."""
    from scipy.sparse import csr_array, load_npz

    with _explained(path):
        matrix = load_npz(path)
        if hasattr(matrix, "check_format"):
            matrix.check_format()
        if matrix.ndim == 2:
            check_size(path, 8 * matrix.shape[0])
            matrix = csr_array(matrix)
            matrix.sum_duplicates()
        return matrix


def _numeric(array: Any, what: str, path: Path) -> Any:
    if array.dtype.kind == "b":
        array = array.astype(np.int64)
    if array.dtype.kind not in "fiu":
        raise MarginproofError(f"file={path}: {what} has dtype {array.dtype}; save integers or floats")
    if array.ndim != 2:
        raise MarginproofError(
            f"file={path}: {what} has shape {array.shape}; rows and columns are needed, (N, d)"
        )
    return array
