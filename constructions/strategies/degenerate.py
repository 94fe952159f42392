"""Near-degenerate separable data: where solvers, runs and bounds are most likely to slip.

Every strategy draws :class:`Separated`.
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from marginproof.constructions.strategies.draws import (
    Row,
    Separated,
    Size,
    fold,
    separated,
    separators,
    size,
    small_integers,
)
from marginproof.constructions.strategies.families import separable


@st.composite
def duplicated(draw: st.DrawFn, n: Size = None, d: Size = None) -> Separated:
    """A separable set in which at least one row occurs twice (their loss weights are equal for ever)."""
    base = draw(separable(n, d))
    rows = base.dataset.exact.tolist()
    copies = draw(st.lists(st.integers(0, len(rows) - 1), min_size=1, max_size=3))
    return separated(rows + [list(rows[i]) for i in copies], base.separator, "duplicated")


@st.composite
def nearly_parallel(draw: st.DrawFn, n: Size = None, d: Size = None) -> Separated:
    """Rows r + 2^-k e with k in 8 … 24 and e in {-1, 0, 1}^d: equal to within 1/256.

    r has integer entries, so r·s >= 1, while |2^-k e·s| <= 4 d / 256 < 1 for d <= 8: nothing to fold.
    """
    rows, columns = draw(size(n, 2, 4)), draw(size(d, 2, 4))
    separator = draw(separators(columns))
    base = fold(draw(st.lists(small_integers(), min_size=columns, max_size=columns)), separator, 0)

    table: list[Row] = []
    for _ in range(rows):
        scale = Fraction(1, 1 << draw(st.integers(8, 24)))
        table.append([x + scale * draw(st.integers(-1, 1)) for x in base])
    for k in range(columns):
        if not any(row[k] for row in table):
            table[0][k] = Fraction(1, 256)
    return separated(table, separator, "nearly-parallel")


@st.composite
def wide_scales(draw: st.DrawFn, n: Size = None, d: Size = None) -> Separated:
    """Columns scaled by powers of two from 2^-20 to 2^20; the separator is scaled back, margins stay."""
    base = draw(separable(n, d))
    powers = [Fraction(2) ** draw(st.integers(-20, 20)) for _ in base.separator]
    rows = [[x * p for x, p in zip(row, powers, strict=True)] for row in base.dataset.exact]
    return separated(rows, [s / p for s, p in zip(base.separator, powers, strict=True)], "wide-scales")


@st.composite
def dominated(draw: st.DrawFn, n: Size = None, d: Size = None) -> Separated:
    """One row 2^4 … 2^12 times larger than drawn: one sample dominates gradients and R."""
    base = draw(separable(size(n, 2, 4), d))
    rows = base.dataset.exact.tolist()
    which, factor = draw(st.integers(0, len(rows) - 1)), 1 << draw(st.integers(4, 12))
    rows[which] = [x * factor for x in rows[which]]
    return separated(rows, base.separator, "dominated")


def single_sample(d: Size = None) -> st.SearchStrategy[Separated]:
    """N = 1."""
    return separable(1, d, name="single-sample")


def one_feature(n: Size = None) -> st.SearchStrategy[Separated]:
    """d = 1."""
    return separable(n, 1, name="one-feature")


def tall() -> st.SearchStrategy[Separated]:
    """N > d."""
    return st.integers(1, 3).flatmap(lambda d: separable(st.integers(d + 1, d + 4), d, name="tall"))


def wide() -> st.SearchStrategy[Separated]:
    """d > N."""
    return st.integers(1, 3).flatmap(lambda n: separable(n, st.integers(n + 1, n + 4), name="wide"))


def degenerate() -> st.SearchStrategy[Separated]:
    """Any of the above, the simplest first."""
    return st.one_of(
        single_sample(),
        one_feature(),
        tall(),
        wide(),
        duplicated(),
        nearly_parallel(),
        dominated(),
        wide_scales(),
    )
