"""Labels of any two values as ±1: the larger is +1, as numbers where both are, else as texts; a word for no is -1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, count
from typing import Any

import numpy as np

from marginproof.constructions.entries import is_missing, is_number, is_sequence
from marginproof.theory.errors import MarginproofError

NO = ("-", "−", "no", "nein", "nej", "nei", "nee", "ne", "nie", "net", "non", "não", "нет")
"""Words for no, in lower case, and minus: these labels are -1 even where the other one sorts before them, as 'nein' beside 'ja', '-' beside '+'."""


@dataclass(frozen=True)
class Labels:
    """±1 for every row, and the values that they stand for.

    Attributes:
      signs: N numbers from {-1, +1}.
      plus, minus: the values, as they were given.
    """

    signs: tuple[int, ...]
    plus: str
    minus: str

    @property
    def said(self) -> str:
        """Which value is which, unless they are 1 and -1 themselves."""
        return f"{self.plus} is +1 and {self.minus} is -1"


def labels_of(values: Any, n: int, what: str, source: str, way_out: str = "") -> Labels:
    """The labels of N rows.

    Arguments:
      values: N values of two kinds, in any sequence, an array of shape (N, 1) included.
      n: N.
      what: what a message calls them, such as ``label column 'y'``.
      source: what a message calls the data, such as ``file=d.csv``.
      way_out: more to say where there are not two kinds.

    Raises:
      MarginproofError: another number of values, a missing one, or not two distinct ones.
    """
    given = _flat(values, what, source)
    if len(given) != n:
        raise MarginproofError(f"{source}: {len(given)} labels for {n} rows; give one label a row")
    keys = comparable([label_in(value, i, what, source) for i, value in enumerate(given)])
    distinct = sorted(set(keys))
    if len(distinct) != 2:
        shown = ", ".join(_shown(given[keys.index(key)]).strip("'") for key in distinct[:4]) + (
            ", …" if len(distinct) > 4 else ""
        )
        advice = (
            "add rows of the other class"
            if len(distinct) == 1
            else f"{way_out}keep two classes{_another(source)}"
        )
        raise MarginproofError(
            f"{source}: {what} has {len(distinct)} distinct value(s) ({shown}) where two classes are needed; {advice}"
        )
    minus = next((key for key in distinct if str(key).lower() in NO), distinct[0])
    signs = tuple(-1 if key == minus else 1 for key in keys)
    return Labels(signs, _shown(given[signs.index(1)]), _shown(given[signs.index(-1)]))


def bias_name(names: Sequence[str]) -> str:
    """The bias column's name: ``bias``, or another where a column is called so already."""
    return next(
        name for name in chain(("bias", "intercept"), map("bias{}".format, count(2))) if name not in names
    )


def constant_notice(names: Sequence[str], constant: Sequence[int]) -> tuple[str, ...]:
    """That the data with a bias column have two intercepts, where columns (by number) are constant already."""
    if not len(constant):
        return ()
    shown = ", ".join(names[k] for k in constant)
    return (
        f"bias: column {shown} is constant already, so the bias column is its multiple and there are two intercepts; "
        "leave one of them out",
    )


def _another(source: str) -> str:
    """Of a file another column may be named."""
    return ", or choose another column (--label)" if source.startswith("file=") else ""


def no_bias(name: str, way_out: str = "give the labels") -> MarginproofError:
    """The error where a bias column is asked for and the labels are not known; ``way_out`` says what to do about it."""
    return MarginproofError(
        f"data={name} has rows with labels already folded in, so a bias column cannot be added; {way_out}"
    )


def _shown(value: Any) -> str:
    value = value.item() if isinstance(value, np.generic) else value
    return repr(value.strip()) if isinstance(value, str) and not is_number(value) else str(value)


def _flat(values: Any, what: str, source: str) -> list[Any]:
    """One value a row: a sequence, or an array (perhaps of shape (N, 1)) or series of them."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise MarginproofError(f"{source}: {what} has masked entries; drop those rows, or fill them in")
    if hasattr(values, "to_numpy"):  # a pandas series, index or frame of one column
        values = values.to_numpy()
    if isinstance(values, np.ndarray):
        values = np.asarray(values)  # a matrix is one too, and stays two-dimensional
        if values.ndim == 2 and 1 in values.shape:
            values = values.ravel()
        if values.ndim != 1:
            raise MarginproofError(
                f"{source}: {what} has shape {values.shape}; give one label a row, shape (N,)"
            )
        return list(values)
    if not is_sequence(values):
        raise MarginproofError(
            f"{source}: {what} given as {type(values).__name__}; give a list, one label a row"
        )
    given = list(values)
    single = all(isinstance(value, (list, tuple)) and len(value) == 1 for value in given)
    return [value[0] for value in given] if single else given


def label_in(value: Any, i: int, what: str, source: str) -> Any:
    """The label of row i, counted from 0; a missing one (empty, null, nan, NA) is no third class but a mistake.

    Raises:
      MarginproofError: a missing value, or one that is neither a text nor a number.
    """
    label = value.item() if isinstance(value, np.generic) else value
    label = label.strip() if isinstance(label, str) else label
    if not isinstance(label, (str, int, float, Fraction)) or is_missing(label):
        way_out = "correct it, or drop the row"
        if source.startswith("file="):
            way_out = "correct it, drop the row, or name another column (--label)"
        raise MarginproofError(
            f"{source}: {what} has {label!r} in row {i + 1}, which is not a label; {way_out}"
        )
    return label


def comparable(values: Sequence[Any]) -> list[Any]:
    """As fractions when every value is a finite number, else as texts."""
    if any(isinstance(value, str) and not is_number(value) for value in values):
        return [str(value) for value in values]
    try:
        return [Fraction(value) for value in values]
    except (ValueError, TypeError, ZeroDivisionError, OverflowError):
        return [str(value) for value in values]
