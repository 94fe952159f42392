"""Hypothesis strategies that draw separable data and everything a run needs, in small exact numbers.

Every family is built from a drawn separator, so nothing is filtered away and shrinking keeps
working.  The families of :mod:`~marginproof.constructions.strategies.families` and
:mod:`~marginproof.constructions.strategies.degenerate` draw, by their names here (``strategies.separable`` and so on), a plain
:class:`~marginproof.constructions.dataset.Dataset`; by the same names in :mod:`marginproof.constructions.strategies.witnessed`
they draw it together with the exact separator.

With marginproof installed, ``st.from_type(Dataset)`` draws from :func:`datasets`: the entry point
``hypothesis`` registers it.

Example:
  >>> from hypothesis import given, strategies as st
  >>> from marginproof.constructions.dataset import Dataset
  >>> @given(st.from_type(Dataset))
  ... def the_rows_are_exact(data):
  ...     assert data.exact.shape == data.X.shape
  >>> the_rows_are_exact()
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from hypothesis import strategies as st

from marginproof.constructions.dataset import Dataset
from marginproof.constructions.strategies import witnessed
from marginproof.constructions.strategies.draws import Separated, dyadics, nonzero, separators, small_integers
from marginproof.constructions.strategies.settings import (
    SAMPLINGS,
    batchings,
    beta_pairs,
    betas,
    optimizers,
    schedules,
    simplex_weights,
)


def _plain(family: Callable[..., st.SearchStrategy[Separated]]) -> Callable[..., st.SearchStrategy[Dataset]]:
    @wraps(family)
    def draws_data(*args: Any, **kwargs: Any) -> st.SearchStrategy[Dataset]:
        return family(*args, **kwargs).map(lambda drawn: drawn.dataset)

    return draws_data


separable = _plain(witnessed.separable)
scaled_rademacher = _plain(witnessed.scaled_rademacher)
shifted_diagonal = _plain(witnessed.shifted_diagonal)
gaussian_like = _plain(witnessed.gaussian_like)
aligned = _plain(witnessed.aligned)
duplicated = _plain(witnessed.duplicated)
nearly_parallel = _plain(witnessed.nearly_parallel)
wide_scales = _plain(witnessed.wide_scales)
dominated = _plain(witnessed.dominated)
single_sample = _plain(witnessed.single_sample)
one_feature = _plain(witnessed.one_feature)
tall = _plain(witnessed.tall)
wide = _plain(witnessed.wide)
degenerate = _plain(witnessed.degenerate)


def separated_datasets() -> st.SearchStrategy[Separated]:
    """Any family, the plain one first, each draw with its witness."""
    return st.one_of(
        witnessed.separable(),
        witnessed.scaled_rademacher(),
        witnessed.shifted_diagonal(),
        witnessed.gaussian_like(),
        witnessed.aligned(),
        witnessed.degenerate(),
    )


def datasets() -> st.SearchStrategy[Dataset]:
    """Any family of separable data; what ``st.from_type(Dataset)`` draws."""
    return separated_datasets().map(lambda drawn: drawn.dataset)


def register() -> None:
    """Make ``st.from_type(Dataset)`` and ``st.from_type(Separated)`` draw from every family."""
    st.register_type_strategy(Dataset, lambda _: datasets())
    st.register_type_strategy(Separated, lambda _: separated_datasets())


register()  # importing this module first leaves Hypothesis's entry point with nothing to call yet

__all__ = [
    "SAMPLINGS",
    "Separated",
    "aligned",
    "batchings",
    "beta_pairs",
    "betas",
    "datasets",
    "degenerate",
    "dominated",
    "duplicated",
    "dyadics",
    "gaussian_like",
    "nearly_parallel",
    "nonzero",
    "one_feature",
    "optimizers",
    "register",
    "scaled_rademacher",
    "schedules",
    "separable",
    "separated_datasets",
    "separators",
    "shifted_diagonal",
    "simplex_weights",
    "single_sample",
    "small_integers",
    "tall",
    "wide",
    "wide_scales",
    "witnessed",
]
