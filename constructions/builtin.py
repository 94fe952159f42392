"""What DATA may be: a built-in set, one line each from its name to its builder and what it is, or a file.

A name may be followed by ``+bias`` for a bias column; a file is of a kind that
:mod:`marginproof.constructions.tables` reads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache, partial
from pathlib import Path
from typing import Any

from marginproof.constructions import paper, real
from marginproof.constructions.dataset import Dataset
from marginproof.constructions.not_read import check_named
from marginproof.constructions.reading import read_file
from marginproof.constructions.sparse import SparseDataset
from marginproof.constructions.tables import READERS, Reading, suffix_of
from marginproof.theory.errors import MarginproofError

BIAS = "+bias"


@dataclass(frozen=True)
class Builtin:
    """A built-in set: how to build it, and what it is in a few words."""

    build: Callable[[], Dataset]
    summary: str


BUILTINS: dict[str, Builtin] = {
    "sr4": Builtin(paper.sr4, "scaled Rademacher rows, amplitudes 1 … 4; Adam goes to l2"),
    "shifted-diagonal": Builtin(
        paper.shifted_diagonal, "a = 1, 2, 4, 8, δ = 1/10; Adam goes to l_inf from w = 0"
    ),
    "gaussian": Builtin(partial(paper.gaussian, 10, 50), "normal entries"),
    "gaussian-50x200": Builtin(partial(paper.gaussian, 50, 200), "normal entries"),
    "gaussian-200x1000": Builtin(partial(paper.gaussian, 200, 1000), "normal entries"),
    "gaussian-1000x100": Builtin(partial(paper.gaussian, 1000, 100), "normal entries, a separator planted"),
    "iris": Builtin(real.iris, "setosa against the other two species"),
    "digits01": Builtin(real.digits01, "handwritten ones against zeros, 8 × 8 pixels"),
    "wdbc": Builtin(real.wdbc, "breast cancer, benign against malignant"),
    "wine": Builtin(real.wine, "the first cultivar against the other two"),
    "two-limits": Builtin(paper.two_limits, "two attracting fixed points; the start decides"),
    "cycle-3x3": Builtin(paper.cycle_3x3, "one fixed point, repelling; the update direction circles"),
    "cycle-3x5": Builtin(paper.cycle_3x5, "the same with d > N"),
    "signsgd-fails": Builtin(paper.signsgd_fails, "SignSGD at b = 1 follows (1, -1)"),
}
"""Names that commands take for DATA; ``+bias`` may follow where labels are known."""


def load(name: str) -> Dataset:
    """The built-in data set of that name, ``+bias`` allowed where its labels are known.

    Raises:
      MarginproofError: an unknown name, with the nearest one as a suggestion.
    """
    check_named(name, "name")
    base = name.removesuffix(BIAS)
    if base not in BUILTINS:
        near = get_close_matches(base, BUILTINS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"choose one of {', '.join(BUILTINS)}"
        raise MarginproofError(f"data={name} is neither a file nor a built-in set; {hint}")
    return _build(base).with_bias() if name.endswith(BIAS) else _build(base)


@cache
def _build(name: str) -> Dataset:
    return replace(BUILTINS[name].build(), name=name)


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
    """The data set that ``source`` names, as an array; :func:`read_sparse` keeps a large sparse matrix as it is.

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
    lists = {"columns": columns, "drop": drop, "one_hot": one_hot}
    marks = {"delimiter": delimiter, "decimal": decimal}
    found = read_sparse(source, bias, label=label, folded=folded, index=index, **lists, **marks)
    return found if isinstance(found, Dataset) else found.dense()


def read_sparse(source: str | Path, bias: bool = False, **how: Any) -> Dataset | SparseDataset:
    """As :func:`read`, whose arguments these are; but a large sparse matrix (scipy's ``.npz``, svmlight) is not made dense."""
    check_named(source, "source")
    for name in ("columns", "drop", "one_hot"):
        value = how.get(name, ())
        if isinstance(value, str):
            raise MarginproofError(f"{name}={value!r} is one text; give a list of names, such as [{value!r}]")
        how[name] = tuple(value)
    reading = Reading(**how)
    path = Path(source)
    dataset: Dataset | SparseDataset
    if suffix_of(path) in READERS or (path.exists() and not _means_builtin(source, path)):
        dataset = read_file(path, reading)
    else:
        _no_use_for_builtin(str(source), reading)
        dataset = load(str(source))
    return dataset.with_bias() if bias else dataset


def _means_builtin(source: str | Path, path: Path) -> bool:
    """Whether a text is the name of a built-in set; a folder of that name, as ``report --out`` makes, is no data.

    Raises:
      MarginproofError: a file has that name too.
    """
    if not isinstance(source, str) or not is_builtin(source):
        return False
    if not path.is_dir():
        raise MarginproofError(
            f"data={source} is a built-in set and also a file here; give ./{source} for the file, or rename the file for the built-in set"
        )
    return True


def is_builtin(name: str) -> bool:
    """Whether a name, ``+bias`` apart, is one of :data:`BUILTINS`."""
    return name.removesuffix(BIAS) in BUILTINS


def _no_use_for_builtin(source: str, reading: Reading) -> None:
    if reading.label is not None:
        raise MarginproofError(
            f"label={reading.label} does not apply to built-in data={source}, which is labelled; drop it"
        )
    if reading.folded:
        raise MarginproofError(f"folded does not apply to built-in data={source}; drop it")
    for name in ("columns", "drop", "index", "delimiter", "decimal", "one_hot"):
        if value := getattr(reading, name):
            shown = ",".join(value) if isinstance(value, tuple) else value
            raise MarginproofError(f"{name}={shown} does not apply to built-in data={source}; drop it")
