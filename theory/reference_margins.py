"""What a limit direction is compared with: the ℓ₂ and ℓ∞ max-margins, in floating point as long as nobody needs more."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from marginproof.theory.answers import Lazily
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.margins.floats import FloatMargin, l2_floats, linf_floats
from marginproof.theory.margins.margin import Margin
from marginproof.theory.number_systems import Array

Reference = Margin | FloatMargin


def references(problem: LimitProblem) -> Mapping[str, Reference]:
    """The ℓ₂ and ℓ∞ margins to compare with, ``l2`` and ``linf``, computed at once.

    They are in floating point where that is accurate, whether or not a proof is asked for: where an ℓ∞ maximiser is not unique,
    another method would find another one, and the cosine to it would differ.

    Raises:
      NotSeparableError: with the Farkas certificate.
    """
    return dict(lazily(problem))


def lazily(problem: LimitProblem) -> Lazily[Reference]:
    """As :func:`references`, each when it is asked for."""

    def margin(norm: str) -> Reference:
        if problem.compressed:
            return exact_margin(norm, problem.X)
        rows = problem.dense()
        found = (l2_floats if norm == "l2" else linf_floats)(rows.floats)
        return found if found.closed else exact_margin(norm, rows.X)

    # sparse rows: what needs most memory first
    norms = ("linf", "l2") if problem.compressed else ("l2", "linf")
    return Lazily({norm: partial(margin, norm) for norm in norms})


def exact_margin(norm: str, X: Array) -> Margin:
    """γ_2 (``l2``) or γ_∞ (``linf``) with its exact bracket."""
    from marginproof.theory.margins.max_margin import l2_margin, linf_margin  # exact arithmetic, HiGHS

    return l2_margin(X) if norm == "l2" else linf_margin(X)


def cosine(a: Any, b: Any) -> float:
    """Cosine of the angle between two vectors."""
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    return float(np.clip(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)), -1.0, 1.0))
