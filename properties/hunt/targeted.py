"""Search guided by a number: Hypothesis mutates the data sets that bring a conjecture closest to failing.

A random screen learns nothing from its misses.  Where a conjecture answers with a number (how far
it is from failing), :func:`hypothesis.target` climbs: it keeps the best data sets and changes
their entries.  With a plain yes or no there is nothing to climb, and the search is a random one.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from math import isfinite
from typing import NamedTuple, Protocol, runtime_checkable

import hypothesis
import numpy as np
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from marginproof.properties.conformance.profiles import register_profiles
from marginproof.theory.number_systems import Array


@runtime_checkable
class Graded(Protocol):
    """A target that says how far a data set is from being a violation."""

    def value(self, X: Array) -> float | None:
        """Negative on a violation, ``None`` where nothing can be said."""
        ...

    def confirm(self, X: Array) -> bool:
        """Whether X, shape (N, d), violates the claim as far as float64 can tell."""
        ...


class _Ended(Exception):
    """Ends a search; carries nothing, what ended it is kept beside.

    Hypothesis runs the last data set again and complains unless the same is raised at the same place.
    """


class Climbed(NamedTuple):
    """What a climb did.

    Attributes:
      tried: data sets drawn; judged: those of them of which the target could say something.
      found: the first confirmed violation, or ``None``.
    """

    tried: int
    judged: int
    found: Array | None


def integer_data(n: int, d: int, max_entry: int) -> st.SearchStrategy[list[list[int]]]:
    """n rows of d integers without zeros, |entry| at most ``max_entry``; no two rows equal where there is room.

    The simplest data of equal rows fail many conjectures, and a certificate wants such rows merged: a search
    that begins with them would end with them too.
    """
    sizes = st.integers(1, max_entry)
    entries = st.builds(lambda size, negative: -size if negative else size, sizes, st.booleans())
    rows = st.lists(entries, min_size=d, max_size=d)
    distinct = tuple if (2 * max_entry) ** d >= 2 * n else None
    return st.lists(rows, min_size=n, max_size=n, unique_by=distinct)


def climb(
    target: Graded,
    shape: tuple[int, int],
    max_entry: int,
    examples: int,
    number: int,
    guided: bool = True,
    after_each: Callable[[], None] | None = None,
) -> Climbed:
    """How many data sets were tried and judged, and the first confirmed violation, from one seed.

    Arguments:
      target: what is looked for.
      shape: (N, d); max_entry: the largest |entry|.
      examples: how many data sets to look at, at most; number: the seed.
      guided: ``False`` leaves :func:`hypothesis.target` out, to measure what it gives.
      after_each: called after every data set that is no violation; what it raises ends the search.
    """
    register_profiles()
    tried, judged, found = 0, 0, None
    end: Exception | None = None
    hunting = settings.get_profile("mp-hunt")
    phases = [phase for phase in hunting.phases if phase not in (Phase.shrink, Phase.reuse, Phase.explicit)]

    def judge(X: Array) -> None:
        nonlocal tried, judged, found
        tried += 1
        value = target.value(X)
        judged += value is not None
        if guided and value is not None and isfinite(value):
            hypothesis.target(-value, label="how wrong the conjecture is")
        if value is not None and value < 0 and target.confirm(X):
            found = X
            raise _Ended
        if after_each:
            after_each()

    @seed(number)
    @settings(hunting, max_examples=examples, database=None, phases=phases, print_blob=False)
    @given(integer_data(*shape, max_entry))
    def look(rows: list[list[int]]) -> None:
        nonlocal end
        if end is None:
            try:
                judge(np.array(rows, dtype=float))
            except Exception as error:
                end = error
        if end is not None:
            raise _Ended

    with suppress(_Ended):
        look()
    if end is not None and not isinstance(end, _Ended):
        raise end
    return Climbed(tried, judged, found)
