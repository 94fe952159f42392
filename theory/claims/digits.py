"""Checks in many digits: identities on random rational data, and limits as extrapolated sequences.

Agreement is demanded to within 10 digits of the working precision.  Why 10: the expressions here
are sums of at most a few hundred products and square roots of rationals with numerators below
100, whose condition numbers stay below 10^5; each operation costs one unit in the last place.

Randomness is a pure function of the seed; nothing here keeps state.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random
from typing import Any

import mpmath
import numpy as np

from marginproof.theory.claims.claim import Effort, Evidence, failed
from marginproof.theory.number_systems import Array, NumberSystem, multiprecision

GUARD_DIGITS = 10
Identity = Callable[[NumberSystem, Random], tuple[Any, Any]]
"""Both sides of an identity at random rational data drawn from the generator."""


def random_rows(random: Random, n_samples: int, n_features: int, *, positive: bool = False) -> Array:
    """Nonzero rationals p/q, |p| <= 20, q <= 9, shape (N, d), as Fractions."""
    out = np.empty((n_samples, n_features), dtype=object)
    for index in np.ndindex(n_samples, n_features):
        sign = 1 if positive else random.choice((-1, 1))
        out[index] = Fraction(sign * random.randint(1, 20), random.randint(1, 9))
    return out


def random_weights(random: Random, n_samples: int) -> Array:
    """A rational point inside the simplex, shape (N,), as Fractions."""
    parts = [random.randint(1, 20) for _ in range(n_samples)]
    return np.array([Fraction(part, sum(parts)) for part in parts], dtype=object)


def random_beta(random: Random, low: Fraction = Fraction(1, 20)) -> Fraction:
    """A rational in [low, 19/20], on a grid of twentieths."""
    return Fraction(random.randint(int(low * 20), 19), 20)


def disagreement(left: Any, right: Any) -> Any:
    """The largest |x - y|/max(1, |y|) over the entries x of ``left`` and y of ``right``."""
    pairs = zip(np.ravel(np.asarray(left, object)), np.ravel(np.asarray(right, object)), strict=True)
    return max(abs(a - b) / max(1, abs(b)) for a, b in pairs)


def agrees(left: Any, right: Any, digits: int) -> bool:
    """Whether both sides agree to within 10 digits of the working precision."""
    return bool(disagreement(left, right) <= mpmath.mpf(10) ** (GUARD_DIGITS - digits))


def in_many_digits(identity: Identity, effort: Effort, seed: int) -> Evidence:
    """The identity on ``effort.instances`` random data sets at each of ``effort.digits``."""
    count = 0
    for digits in effort.digits:
        numbers = multiprecision(digits)
        for instance in range(effort.instances):
            left, right = identity(numbers, Random(f"{seed}/{instance}"))
            if not agrees(left, right, digits):
                gap = mpmath.nstr(disagreement(left, right), 3)
                return failed(f"differs by {gap} at {digits} digits, seed={seed}/{instance}", count)
            count += 1
    return Evidence(True, count, f"{count} random data sets at {effort.digits} digits, seed={seed}")


def extrapolate(terms: Sequence[Any], order: int = 1) -> Any:
    """Richardson's limit of a(h), a(h/2), … with an expansion in h^order, h^{order+1}, …"""
    row = list(terms)
    for power in range(order, order + len(row) - 1):
        row = [after + (after - before) / (2**power - 1) for before, after in itertools.pairwise(row)]
    return row[-1]


def tends_at_rate(sequence: Callable[[NumberSystem, Any], Array], limit: Callable[[NumberSystem], Array],
                  digits: int, order: int = 1) -> str | None:  # fmt: skip
    """``None`` where a(h) tends to its limit with an error of exact order h^order as h → 0; else what went wrong.

    h runs over 2^-8 … 2^-(8+n) with n chosen so that the extrapolation error, about the product of
    the h's, is below the working precision.  The rate is met when the ratio of successive errors at
    the last step is 2^order to within 2^-(n/2) (its own deviation is O(2^-n)); a coordinate
    whose sequence is constant has no rate to measure.
    """
    bits = digits * 3.33
    n = next(k for k in range(4, 200) if sum(8 + j for j in range(k + 1)) > 1.15 * bits)
    # A difference quotient loses log2(1/h) bits, so that many are carried on top.
    numbers = multiprecision(digits + (8 + n) // 3 + 1)
    steps = [numbers.convert(Fraction(1, 2 ** (8 + k))) for k in range(n + 1)]
    terms = [np.asarray(sequence(numbers, h), dtype=object) for h in steps]
    target = np.asarray(limit(numbers), dtype=object)
    found = extrapolate(terms, order)
    if not agrees(found, target, digits):
        return (
            f"the extrapolated limit is off by "
            f"{mpmath.nstr(disagreement(found, target), 3)} at {digits} digits"
        )
    for before, after in zip(
        np.ravel(abs(terms[-2] - target)), np.ravel(abs(terms[-1] - target)), strict=True
    ):
        floor = mpmath.mpf(10) ** (GUARD_DIGITS - digits)
        if after > floor and abs(before / after - 2**order) > mpmath.mpf(2) ** (-n / 2):
            return f"error ratio {mpmath.nstr(before / after, 8)} instead of {2**order} at {digits} digits"
    return None
