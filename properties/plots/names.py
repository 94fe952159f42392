"""Vectors as figures print them."""

from __future__ import annotations

import numpy as np


def vector(values: np.ndarray, digits: int = 4, *, brackets: bool = False, most: int = 4) -> str:
    """A short vector, a long one cut off.

    Example:
      >>> vector(np.array([0.6, 0.8]), brackets=True)
      '(0.6, 0.8)'
    """
    shown = ", ".join(f"{value:.{digits}g}" for value in np.asarray(values, dtype=float)[:most] + 0.0)
    shown += ", …" if len(values) > most else ""
    return f"({shown})" if brackets else shown
