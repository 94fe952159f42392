"""Search guided by a number: Hypothesis mutates the data sets that bring a conjecture closest to failing.

A random screen learns nothing from its misses.  Where a conjecture answers with a number (how far
it is from failing), :func:`hypothesis.target` climbs: it keeps the best data sets and changes
their entries.  With a plain yes or no there is nothing to climb, and the search is a random one.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from math import isfinite
from typing import Protocol, runtime_checkable

import numpy as np
from hypothesis import Phase, given, seed, settings, target
from hypothesis import strategies as st

from properties.conformance.profiles import register_profiles

Array = np.ndarray


@runtime_checkable
class Graded(Protocol):
    """A quarry that says how far a data set is from being a violation."""

    def value(self, X: Array) -> float:
        """Negative on a violation, infinite where nothing can be said."""
        ...

    def confirm(self, X: Array) -> bool:
        """Whether X, shape (N, d), violates the claim as far as float64 can tell."""
        ...


class _Violation(Exception):
    """Ends a search; carries nothing, the data set is kept beside."""


def integer_data(n: int, d: int, max_entry: int) -> st.SearchStrategy[list[list[int]]]:
    """n rows of d integers without zeros, |entry| at most ``max_entry``."""
    sizes = st.integers(1, max_entry)
    entries = st.builds(lambda size, negative: -size if negative else size, sizes, st.booleans())
    return st.lists(st.lists(entries, min_size=d, max_size=d), min_size=n, max_size=n)


def climb(
    quarry: Graded,
    shape: tuple[int, int],
    max_entry: int,
    examples: int,
    number: int,
    guided: bool = True,
    after_each: Callable[[], None] | None = None,
) -> tuple[int, Array | None]:
    """(data sets looked at, the first confirmed violation or ``None``), from one seed.

    Arguments:
      quarry: what is looked for.
      shape: (N, d); max_entry: the largest |entry|.
      examples: how many data sets to look at, at most; number: the seed.
      guided: ``False`` leaves :func:`hypothesis.target` out, to measure what it gives.
      after_each: called after every data set that is no violation; what it raises ends the search.
    """
    register_profiles()
    found: list[Array] = []
    looked = 0
    hunting = settings.get_profile("mp-hunt")
    phases = [phase for phase in hunting.phases if phase not in (Phase.shrink, Phase.reuse, Phase.explicit)]

    @seed(number)
    @settings(hunting, max_examples=examples, database=None, phases=phases, print_blob=False)
    @given(integer_data(*shape, max_entry))
    def look(rows: list[list[int]]) -> None:
        nonlocal looked
        X = np.array(rows, dtype=float)
        looked += 1
        value = quarry.value(X)
        if guided and isfinite(value):
            target(-value, label="how wrong the conjecture is")
        if value < 0 and quarry.confirm(X):
            found.append(X)
            raise _Violation
        if after_each:
            after_each()

    with suppress(_Violation):
        look()
    return looked, found[0] if found else None
