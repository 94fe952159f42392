"""Arguments of the library's functions, refused in one sentence before anything is computed."""

from __future__ import annotations

import reprlib
from typing import Any

import numpy as np

from marginproof.theory.errors import MarginproofError

MOST_DIGITS = 100_000


def check_digits(digits: Any) -> None:
    """Refuse what is no number of decimal digits; ``None`` may pass."""
    if digits is None:
        return
    check_whole("digits", digits, 1, MOST_DIGITS)


def check_whole(name: str, value: Any, least: int, most: int | None = None) -> None:
    """Refuse what is no whole number from ``least`` on, up to ``most`` where there is one."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if whole and least <= value and (most is None or value <= most):
        return
    ends = f"{least} or more" if most is None else f"{least} to {most}"
    where = f"from {least} on" if most is None else f"in {least}..{most}"
    raise MarginproofError(f"{name}={reprlib.repr(value)} is no whole number {where}; choose {ends}")


def check_switch(name: str, value: Any) -> None:
    """Refuse what is neither True nor False."""
    if not isinstance(value, bool | np.bool_):
        raise MarginproofError(f"{name}={reprlib.repr(value)} is neither True nor False; give one of them")


def start_of(start: Any, n_features: int) -> np.ndarray | None:
    """w_0 in float64, shape (d,); ``None`` stays.

    Raises:
      MarginproofError: not one finite number for each feature.
    """
    if start is None:
        return None
    shown = f"start={reprlib.repr(start)}"
    try:
        w0 = np.asarray(start, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise MarginproofError(f"{shown} is no list of numbers; give one number a feature") from None
    if w0.shape != (n_features,):
        raise MarginproofError(
            f"{shown} has shape {w0.shape}; the data have n_features={n_features}, so give as many numbers"
        )
    if not np.isfinite(w0).all():
        raise MarginproofError(f"{shown} has an entry that is not finite; give finite numbers")
    return w0
