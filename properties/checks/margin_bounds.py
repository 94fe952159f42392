"""Lower bounds of γ_∞ and γ_2, certified by arithmetic: any w gives one (B6), so a solver's error fails no optimizer.

The inequalities B2–B5 are monotone in γ; a lower bound leaves them true.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from marginproof.properties.checks.cases import Case
from marginproof.theory.bounds.margin_bounds import gamma_n
from marginproof.theory.margins.box_program import best_in_box
from marginproof.theory.margins.l2 import min_norm_weights


def linf_lower(case: Case) -> float:
    """A number at most γ_∞: the best of a linear program's w and the case's witness."""
    return _linf(case.rows, case.witness)


@lru_cache(maxsize=256)
def _linf(rows: tuple[Any, ...], witness: tuple[Any, ...]) -> float:
    X = np.array(rows, dtype=np.float64)
    found = best_in_box(X)
    candidates = [np.array(witness, dtype=np.float64)] if witness else []
    if found is not None:
        candidates.append(np.clip(found.w, -1, 1))
    return max((_ratio(X, w, float(np.abs(w).max())) for w in candidates if np.any(w)), default=0.0)


def l2_lower(case: Case) -> float:
    """A number at most γ_2, from the direction of the nearest point of the hull (non-negative least squares)."""
    X = case.X
    w = l2_direction(X)
    return _ratio(X, w, float(np.linalg.norm(w)) * (1 + 2.0**-40))


def l2_direction(X: np.ndarray) -> np.ndarray:
    """The ℓ₂ max-margin direction, unit norm: that of the hull's point nearest 0."""
    m = X.T @ min_norm_weights(X)
    return np.asarray(m / np.linalg.norm(m))


def _ratio(X: np.ndarray, w: np.ndarray, size: float) -> float:
    """min_i x_i·w / size less the error of the dot product."""
    error = float(gamma_n(X.shape[1] + 4)) * float((np.abs(X) @ np.abs(w)).max())
    return (float((X @ w).min()) - error) / size
