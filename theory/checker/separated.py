"""Complete separation, quasi-complete separation or overlap, by Tucker's pair (w, c), in fractions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .problem import Problem
from .rational import exact_dot, transposed_dot
from .reading import take, vector
from .refusals import need


def separation(problem: Problem, witness: Any) -> dict[str, Any]:
    """Xw >= 0, c >= 0, Xᵀc = 0, and in every row exactly one of x·w and c is positive.

    Where c > 0, no v with Xv >= 0 has x·v > 0, since 0 = c·Xv; so these rows are the whole boundary.
    """
    given, weights = take(witness, "w c")
    w = vector(given, problem.d, problem.clock)
    c = vector(weights, problem.n, problem.clock)
    scores = [exact_dot(x, w, problem.clock) for x in problem.X]
    need(min(scores) >= 0, "a row has x·w < 0")
    need(min(c) >= 0 and not any(transposed_dot(problem, c)), "c must be nonnegative with Xᵀc = 0")
    need(
        all(one_positive(s, v) for s, v in zip(scores, c, strict=True)),
        "in a row not exactly one of x·w and c is positive",
    )
    boundary = [i for i, v in enumerate(c) if v]
    kind = "complete" if not boundary else "overlap" if len(boundary) == problem.n else "quasi-complete"
    return {"separation": kind, "boundary": boundary}


def one_positive(a: Fraction, b: Fraction) -> bool:
    """Whether exactly one of two numbers is positive."""
    return (a > 0) != (b > 0)
