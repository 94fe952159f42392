"""Linear algebra on one thread where the matrices are small: there the threads of a BLAS only wait for one another.

On a busy machine the wait is long: a solve at 200 × 1000 took 0.72 s with OpenBLAS's own number of threads and
0.021 s with one.  Large problems keep the threads that the environment allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

import numpy as np
import scipy.linalg  # noqa: F401 - loads its own BLAS, which the controller must find
from threadpoolctl import ThreadpoolController

P = ParamSpec("P")
T = TypeVar("T")

SMALL, NARROW = 10**6, 200
"""Entries of X, and its smaller side.  Forming X Xᵀ at 1000 × 1000 takes a tenth of a second on one thread: more is worth sharing
out, but not where the products are of size d × d all the same, as for many rows of few features."""

_lock = Lock()
_inside: list[list[int]] = []
"""The numbers of threads from before, once for each call inside the limit."""


@cache
def _libraries() -> list[Any]:
    """Each BLAS in this process."""
    found: list[Any] = ThreadpoolController().select(user_api="blas").lib_controllers
    return found


def _set(threads: list[int]) -> None:
    for library, count in zip(_libraries(), threads, strict=True):
        library.set_num_threads(count)


@contextmanager
def single() -> Iterator[None]:
    """One BLAS thread in this process until the outermost of such blocks ends; the number before is then restored."""
    with _lock:
        before = _inside[0] if _inside else [library.get_num_threads() for library in _libraries()]
        if (
            not _inside
        ):  # the libraries' own calls: threadpoolctl's checks around them are a tenth of a solve at 10 × 50
            _set([1] * len(before))
        _inside.append(before)
    try:
        yield
    finally:
        with _lock:
            before = _inside.pop()
            if not _inside:
                _set(before)


def one_thread_if_small(solve: Callable[P, T]) -> Callable[P, T]:
    """A solver that runs on one BLAS thread if its first argument, rows or a problem with rows ``X``, is small."""

    @wraps(solve)
    def limited(*args: P.args, **kwargs: P.kwargs) -> T:
        first: Any = args[0] if args else next(iter(kwargs.values()))
        X = getattr(first, "X", getattr(first, "floats", first))
        if np.size(X) > SMALL and min(np.shape(X)) > NARROW:
            return solve(*args, **kwargs)
        with single():
            return solve(*args, **kwargs)

    return limited
