"""The data of a certificate in units of their own size, equal rows taken together.

c = softmax(-Xw) gives equal rows equal weights at every w, so the unknowns are the weights r_g of one row of each
group of equal rows; D groups stand in the order of first appearance.  Column k is divided by a power of two 2^{e_k}
above its entries, which changes no field but ``gd``'s; F = X u is divided by ``unit``, a power of two, so that
nothing depends on the data's units.
"""

from __future__ import annotations

from fractions import Fraction

from .intervals import Box, Interval, enclose
from .reading import Rows
from .refusals import Clock


class Problem:
    """Data, their distinct rows, and the clock.

    Attributes:
      X: exact rows, N lists of d numbers; n, d: their count and length.
      groups: the row numbers of each distinct row, ascending; n_distinct: how many, D.
      group_of: the group of a row.
      exponents: e_k with |x_ik| < 2^{e_k}, or None for a column of zeros.
    """

    def __init__(self, X: Rows, clock: Clock) -> None:
        self.X = X
        self.n = len(X)
        self.d = len(X[0])
        self.clock = clock
        self.groups = equal_rows(X)
        self.n_distinct = len(self.groups)
        self.group_of = {row: g for g, rows in enumerate(self.groups) for row in rows}
        self.exponents = [exponent(column) for column in zip(*X, strict=True)]
        self.top = max((e for e in self.exponents if e is not None), default=0)

    def row(self, g: int) -> list[Fraction]:
        """The exact row of a group."""
        return self.X[self.groups[g][0]]

    def scaled_row(self, g: int) -> Box:
        """The row of a group over 2^top, enclosed."""
        self.clock.tick()
        return [enclose(v / power(self.top)) for v in self.row(g)]

    def scaled_entry(self, g: int, k: int, common: bool) -> Interval:
        """x_gk over its column's power of two, or over the common 2^top."""
        e = self.top if common else self.exponents[k]
        return enclose(self.row(g)[k] / power(e or 0))


def power(e: int) -> Fraction:
    """2^e, exact."""
    return Fraction(1 << e) if e >= 0 else Fraction(1, 1 << -e)


def exponent(values: tuple[Fraction, ...]) -> int | None:
    """The least e by bit lengths with every |v| < 2^e; None if all are zero."""
    lengths = [v.numerator.bit_length() - v.denominator.bit_length() + 1 for v in values if v]
    return max(lengths, default=None)


def equal_rows(X: Rows) -> list[list[int]]:
    """The groups of equal rows, by first appearance; found by sorting."""
    keys = [tuple(part for v in row for part in (v.numerator, v.denominator)) for row in X]
    order = sorted(range(len(X)), key=lambda i: (keys[i], i))
    groups: list[list[int]] = []
    for before, i in zip([None, *order], order, strict=False):
        if before is not None and keys[before] == keys[i]:
            groups[-1].append(i)
        else:
            groups.append([i])
    return sorted(groups)
