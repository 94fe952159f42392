"""Strategies for everything beside the data: loss weights, step sizes, momenta, batches, optimizers.

They draw plain records of exact numbers; ``properties`` turns them into runs.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from hypothesis import strategies as st

SAMPLINGS = ("cyclic", "reshuffle", "replacement")
FAMILIES = ("gd", "signum", "adam")


class ScheduleDraw(NamedTuple):
    """η_t = eta0 (t + 2)^(-power), exact dyadics."""

    eta0: Fraction
    power: Fraction


class BatchingDraw(NamedTuple):
    """Batches of ``batch_size`` rows, sampled as one of :data:`SAMPLINGS`."""

    batch_size: int
    sampling: str


class OptimizerDraw(NamedTuple):
    """An optimizer family with its hyper-parameters (``beta``, or ``beta1`` and ``beta2``)."""

    family: str
    hyper: dict[str, Fraction]


@st.composite
def simplex_weights(draw: st.DrawFn, n: int, interior: bool = False) -> tuple[Fraction, ...]:
    """Rational loss weights c on the simplex, shape (n,); with ``interior`` none is zero."""
    parts = draw(st.lists(st.integers(1 if interior else 0, 16), min_size=n, max_size=n))
    if not any(parts):
        parts[0] = 1
    return tuple(Fraction(p, sum(parts)) for p in parts)


@st.composite
def schedules(draw: st.DrawFn) -> ScheduleDraw:
    """η_0 = 2^-k with k in 0 … 7 and power in {0, 1/4, 1/2, 3/4, 1}; constant schedules included."""
    return ScheduleDraw(Fraction(1, 1 << draw(st.integers(0, 7))), Fraction(draw(st.integers(0, 4)), 4))


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
def batchings(draw: st.DrawFn, n: int, samplings: tuple[str, ...] = SAMPLINGS) -> BatchingDraw:
    """Every b dividing n, the full batch first, with each way of sampling."""
    divisors = [b for b in range(n, 0, -1) if n % b == 0]
    return BatchingDraw(draw(st.sampled_from(divisors)), draw(st.sampled_from(samplings)))


@st.composite
def optimizers(draw: st.DrawFn, families: tuple[str, ...] = FAMILIES) -> OptimizerDraw:
    """A family with momenta in its range."""
    family = draw(st.sampled_from(families))
    if family == "gd":
        return OptimizerDraw(family, {})
    if family == "signum":
        return OptimizerDraw(family, {"beta": draw(betas())})
    first, second = draw(beta_pairs())
    return OptimizerDraw(family, {"beta1": first, "beta2": second})
