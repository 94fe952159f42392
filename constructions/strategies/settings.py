"""Strategies for everything beside the data: loss weights, step sizes, momenta, batches, optimizers.

They draw :mod:`marginproof.theory`'s own schedules, batchings and optimizers, with exact numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from hypothesis import strategies as st

from marginproof.theory.batching import SAMPLINGS as SAMPLINGS
from marginproof.theory.batching import Batching
from marginproof.theory.optimizers import GD, Adam, Optimizer, Signum
from marginproof.theory.schedules import Power

OPTIMIZERS = (GD, Signum, Adam)


@st.composite
def simplex_weights(draw: st.DrawFn, n: int, interior: bool = False) -> tuple[Fraction, ...]:
    """Rational loss weights c on the simplex, shape (n,); with ``interior`` none is zero."""
    parts = draw(st.lists(st.integers(1 if interior else 0, 16), min_size=n, max_size=n))
    if not any(parts):
        parts[0] = 1
    return tuple(Fraction(p, sum(parts)) for p in parts)


@st.composite
def schedules(draw: st.DrawFn) -> Power:
    """η_0 = 2^-k with k in 0 … 7 and power in {0, 1/4, 1/2, 3/4, 1}; constant schedules included."""
    return Power(2.0 ** -draw(st.integers(0, 7)), draw(st.integers(0, 4)) / 4)


def betas(most: int = 14) -> st.SearchStrategy[Fraction]:
    """β from 0 to 1 - 2^-most, dyadic: 1 - 2^-k, and sixteenths; shrinks to 0."""
    near_one = st.integers(0, most).map(lambda k: 1 - Fraction(1, 1 << k))
    return st.one_of(near_one, st.integers(0, 15).map(lambda j: Fraction(j, 16)))


@st.composite
def beta_pairs(draw: st.DrawFn, most: int = 10) -> tuple[Fraction, Fraction]:
    """(β1, β2) with 0 <= β1 <= β2 < 1 and β2 > 0, as the paper assumes; so β1² < β2 (I11)."""
    pair = sorted((draw(betas(most)), draw(betas(most))))
    return pair[0], pair[1] or Fraction(1, 2)


@st.composite
def batchings(draw: st.DrawFn, n: int, samplings: Iterable[str] = tuple(SAMPLINGS)) -> Batching:
    """Every b dividing n, the full batch first, with each way of sampling."""
    divisors = [b for b in range(n, 0, -1) if n % b == 0]
    b, sampling = draw(st.sampled_from(divisors)), draw(st.sampled_from(list(samplings)))
    return SAMPLINGS[sampling](b)


@st.composite
def optimizers(draw: st.DrawFn, kinds: tuple[type[Optimizer], ...] = OPTIMIZERS) -> Optimizer:
    """One of the kinds with momenta in its range."""
    kind = draw(st.sampled_from(kinds))
    if kind is Signum:
        return Signum(draw(betas()))
    return Adam(*draw(beta_pairs())) if kind is Adam else kind()
