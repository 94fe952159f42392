"""What the strategies are made of: exact entries, and rows folded onto the right side of a separator.

Separable data are built, never filtered: a separator s is drawn, every drawn row is flipped to the
side where x·s >= 0, and a row on the hyperplane is pushed off it.  The separator travels along as
the exact witness of separability.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from marginproof.constructions.dataset import Dataset

Row = list[Fraction]
Size = int | st.SearchStrategy[int] | None


@dataclass(frozen=True)
class Separated:
    """A data set with the exact witness of its separability.

    Attributes:
      dataset: rows x_i with labels folded in, shape (N, d).
      separator: s, shape (d,), exact, with x_i·s > 0 for every i.
    """

    dataset: Dataset
    separator: tuple[Fraction, ...]

    @property
    def margins(self) -> tuple[Fraction, ...]:
        """x_i·s for every row, exact; all positive."""
        return tuple(dot(row, self.separator) for row in self.dataset.exact)

    @property
    def is_separated(self) -> bool:
        """The certificate, checked in exact arithmetic."""
        return min(self.margins) > 0


def dot(row: Sequence[Fraction], separator: Sequence[Fraction]) -> Fraction:
    """x·s, exact."""
    return sum((Fraction(x) * s for x, s in zip(row, separator, strict=True)), Fraction(0))


def size(n: Size, least: int, most: int) -> st.SearchStrategy[int]:
    """A dimension: fixed, drawn from the caller's strategy, or from [least, most]."""
    if n is None:
        return st.integers(least, most)
    return st.just(n) if isinstance(n, int) else n


def small_integers(bound: int = 4) -> st.SearchStrategy[Fraction]:
    """Integers of size at most ``bound`` as fractions; shrinks to 0."""
    return st.integers(-bound, bound).map(Fraction)


@st.composite
def dyadics(draw: st.DrawFn, bound: int = 4, bits: int = 3) -> Fraction:
    """Dyadic rationals p/2^k of size at most ``bound``, k at most ``bits``; shrinks to 0, then to small integers."""
    k = draw(st.integers(0, bits))
    return Fraction(draw(st.integers(-bound << k, bound << k)), 1 << k)


def nonzero(entries: st.SearchStrategy[Fraction]) -> st.SearchStrategy[Fraction]:
    """The same entries with 0 sent to 1, since the paper assumes every entry nonzero."""
    return entries.map(lambda x: x if x else Fraction(1))


@st.composite
def separators(draw: st.DrawFn, d: int) -> tuple[Fraction, ...]:
    """A nonzero vector of small integers, shape (d,); shrinks to (1, 0, …, 0)."""
    s = draw(st.lists(small_integers(), min_size=d, max_size=d))
    if not any(s):
        s[0] = Fraction(1)
    return tuple(s)


def sign(x: Fraction) -> int:
    """-1, 0 or 1."""
    return (x > 0) - (x < 0)


def fold(row: Row, separator: Sequence[Fraction], push: int = 0, keep_nonzero: bool = False) -> Row:
    """The row or its negative, on the side x·s > 0.

    Arguments:
      push: how many units to add along the first coordinate the separator sees; a row on the
        hyperplane is pushed by one at least.
      keep_nonzero: push once more if that lands an entry on zero.
    """
    value = dot(row, separator)
    row = [-x for x in row] if value < 0 else list(row)
    pivot = next(k for k, s in enumerate(separator) if s)
    unit = sign(separator[pivot])
    row[pivot] += unit * max(push, 1 if value == 0 else 0)
    if keep_nonzero and row[pivot] == 0:
        row[pivot] += unit
    return row


def fill_empty_columns(rows: list[Row], separator: Sequence[Fraction]) -> list[Row]:
    """Give the first row an entry in every all-zero column, on the side that keeps x·s > 0.

    A column of zeros would be dropped by :class:`Dataset`, and the drawn d with it.
    """
    for k, s in enumerate(separator):
        if not any(row[k] for row in rows):
            rows[0][k] = Fraction(sign(s) or 1)
    return rows


def separated(rows: Sequence[Sequence[Fraction]], separator: Sequence[Fraction], name: str) -> Separated:
    """The data set and its witness, from exact rows."""
    table = np.array([[Fraction(x) for x in row] for row in rows], dtype=object)
    return Separated(Dataset.of(table, name=name), tuple(Fraction(s) for s in separator))
