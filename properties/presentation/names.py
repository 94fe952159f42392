"""The reference directions by name, a count with its noun, vectors.

A direction has one key everywhere, ``l2``, ``linf``, ``adamproxy``: JSON's.  AdamProxy's limit is the Mahalanobis
max-margin direction for M = diag √q, so the two are one object with one colour and one name.
"""

from __future__ import annotations

import math

import numpy as np

DIRECTIONS = {"l2": "ℓ₂", "linf": "ℓ∞", "adamproxy": "Mahalanobis"}
"""By key, for running text and tables."""
DIRECTIONS_MATH = {
    "l2": r"$\ell_2$ max-margin",
    "linf": r"$\ell_\infty$ max-margin",
    "adamproxy": "Mahalanobis\n(AdamProxy)",
}
"""By key, for the ends of lines in figures."""
RESOLVED = 2e-6
"""Degrees that a cosine in double precision tells from 0: it is then 6·10^-16 below 1."""
IRREGULAR = {"evidence": "evidence", "data": "data", "match": "matches", "vertex": "vertices"}

DRAWN_BY = "Drawn by marginproof"
"""What a figure's file says of itself in its metadata."""


def plural(number: int, noun: str) -> str:
    """A count with its noun.

    Example:
      >>> plural(1, "data set"), plural(1200, "fixed point"), plural(2, "batch")
      ('1 data set', '1,200 fixed points', '2 batches')
    """
    return f"{number:,} {noun if number == 1 else several(noun)}"


def several(noun: str) -> str:
    """A noun's plural."""
    if noun in IRREGULAR:
        return IRREGULAR[noun]
    return noun + ("es" if noun.endswith(("ch", "sh", "s", "x")) else "s")


def have_settled(number: int) -> str:
    """``has settled,`` for one run, ``have settled, each`` for several: what they are within follows.

    Example:
      >>> have_settled(1), have_settled(2)
      ('has settled,', 'have settled, each')
    """
    return "has settled," if number == 1 else "have settled, each"


def degrees(gap: float) -> float:
    """The angle, in degrees, whose cosine is 1 less ``gap``."""
    return math.degrees(2 * math.asin(min(math.sqrt(max(gap, 0.0) / 2), 1.0)))


def angle(gap: float | None, digits: int = 3) -> str:
    """The angle whose cosine is 1 less ``gap``, as a table shows it; a dash without one.

    Example:
      >>> angle(0.5), angle(1e-9), angle(0.0), angle(None)
      ('60°', '0.00256°', '< 2e-06°', '–')
    """
    if gap is None:
        return "–"
    value = degrees(gap)
    return f"{value:.{digits}g}°" if value > RESOLVED else f"< {RESOLVED:.0e}°"


def listed(names: list[str]) -> str:
    """Names as English lists them.

    Example:
      >>> listed(["GD"]), listed(["GD", "Adam"]), listed(["GD", "Adam", "Signum"])
      ('GD', 'GD and Adam', 'GD, Adam and Signum')
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def vector(values: np.ndarray, digits: int = 4, *, brackets: bool = False, most: int = 4) -> str:
    """A short vector, a long one cut off.

    Example:
      >>> vector(np.array([0.6, 0.8]), brackets=True)
      '(0.6, 0.8)'
    """
    shown = ", ".join(f"{value:.{digits}g}" for value in np.asarray(values, dtype=float)[:most] + 0.0)
    shown += ", …" if len(values) > most else ""
    return f"({shown})" if brackets else shown
