"""Families of separable data sets.  Every strategy here draws :class:`Separated`.

Example:
  >>> from hypothesis import given
  >>> from marginproof.constructions.strategies import witnessed
  >>> @given(witnessed.separable(n=3, d=2))
  ... def every_draw_is_separable(drawn):
  ...     assert drawn.is_separated
  >>> every_draw_is_separable()
"""

from __future__ import annotations

from fractions import Fraction
from statistics import NormalDist

from hypothesis import strategies as st

from marginproof.constructions.strategies.draws import (
    Row,
    Separated,
    Size,
    dot,
    dyadics,
    fill_empty_columns,
    fold,
    nonzero,
    separated,
    separators,
    size,
)

_QUANTILES = sorted(
    (Fraction(round(64 * NormalDist().inv_cdf((2 * j + 1) / 512)), 64) for j in range(256)),
    key=lambda x: (abs(x), x < 0),
)


@st.composite
def separable(
    draw: st.DrawFn,
    n: Size = None,
    d: Size = None,
    entries: st.SearchStrategy[Fraction] | None = None,
    keep_nonzero: bool = False,
    name: str = "separable",
) -> Separated:
    """Rows on the right side of a drawn separator, with drawn margins.

    Arguments:
      n, d: sizes, or strategies for them (default 1 … 4 each).
      entries: strategy for one entry; default :func:`dyadics`.
      keep_nonzero: no entry is zero, as the paper assumes.
    """
    rows, columns = draw(size(n, 1, 4)), draw(size(d, 1, 4))
    entry = dyadics() if entries is None else entries
    entry = nonzero(entry) if keep_nonzero else entry
    separator = draw(separators(columns))
    table: list[Row] = []
    for _ in range(rows):
        row = draw(st.lists(entry, min_size=columns, max_size=columns))
        table.append(fold(row, separator, draw(st.integers(0, 3)), keep_nonzero))
    return separated(fill_empty_columns(table, separator), separator, name)


@st.composite
def scaled_rademacher(draw: st.DrawFn, n: Size = None, d: Size = None) -> Separated:
    """Scaled Rademacher data (I6): |x_i[k]| = a_i for every k, a_i a small positive dyadic.

    A row on the hyperplane has one of its disagreeing signs flipped, which keeps it in the family.
    """
    rows, columns = draw(size(n, 1, 4)), draw(size(d, 1, 4))
    separator = draw(separators(columns))
    table = []
    for _ in range(rows):
        negative = draw(st.lists(st.booleans(), min_size=columns, max_size=columns))
        row = fold_signs([Fraction(-1 if flip else 1) for flip in negative], separator)
        scale = draw(st.integers(1, 8)) * Fraction(1, 1 << draw(st.integers(0, 2)))
        table.append([scale * x for x in row])
    return separated(table, separator, "scaled-rademacher")


def fold_signs(row: Row, separator: tuple[Fraction, ...]) -> Row:
    """A sign vector on the side x·s > 0, by negation or by flipping one disagreeing sign."""
    value = dot(row, separator)
    if value < 0:
        return [-x for x in row]
    if value == 0:
        k = next(k for k, (x, s) in enumerate(zip(row, separator, strict=True)) if x * s < 0)
        row[k] = -row[k]
    return row


@st.composite
def shifted_diagonal(draw: st.DrawFn, n: Size = None) -> Separated:
    """Shifted-diagonal data (I7, L8): x_i = a_i e_i + δ Σ_{k≠i} e_k, 0 < a_1 < … < a_N, δ > 0, N = d."""
    count = draw(size(n, 1, 4))
    delta = Fraction(draw(st.integers(1, 8)), 1 << draw(st.integers(0, 3)))
    a, table = Fraction(0), []
    for i in range(count):
        a += Fraction(draw(st.integers(1, 8)), 1 << draw(st.integers(0, 2)))
        table.append([a if k == i else delta for k in range(count)])
    return separated(table, [Fraction(1)] * count, "shifted-diagonal")


def gaussian_like(n: Size = None, d: Size = None) -> st.SearchStrategy[Separated]:
    """Rows with independent entries from 256 equally likely normal quantiles, rounded to 64ths."""
    return separable(n, d, st.sampled_from(_QUANTILES), name="gaussian-like")


@st.composite
def aligned(draw: st.DrawFn, n: Size = None, d: Size = None) -> Separated:
    """Rows that agree with one sign vector but for small disagreements, of comparable size.

    Here R/γ_∞ is near 1, so the finite-time bounds B2–B5 are far from vacuous: entries have size
    4 … 6 on the agreeing side, and a row may disagree by 1 in one coordinate.
    """
    rows, columns = draw(size(n, 1, 4)), draw(size(d, 1, 3))
    signs = [Fraction(-1 if draw(st.booleans()) else 1) for _ in range(columns)]
    table = []
    for _ in range(rows):
        row = [s * draw(st.integers(4, 6)) for s in signs]
        against = draw(st.integers(0, columns - 1)) if draw(st.booleans()) and columns > 1 else None
        if against is not None:
            row[against] = -signs[against]
        table.append(row)
    return separated(table, signs, "aligned")
