"""AdamProxy's limit equation for two samples, solved exactly by elimination.

With c = (s, 1-s) the equation is about one function of s,

    D(s) = F_1 - F_2 = Σ_k A_k(s)/√q_k(s),   A_k = (x_1k - x_2k)(s x_1k + (1-s) x_2k),

with q_k = s²x_1k² + (1-s)²x_2k².  Interior solutions are the zeros of D in (0, 1); s = 0 solves iff
D(0) >= 0, s = 1 iff D(1) <= 0; and ds/dτ = -s(1-s) D, so a zero attracts iff D changes from negative to positive.

The square roots are eliminated (:mod:`marginproof.theory.proofs.two_samples.radicals`), which leaves a polynomial P that
vanishes wherever D does.  Its roots are isolated by Sturm's theorem in integers.  A root is *genuine*
when D itself vanishes there, decided exactly: D is non-zero at the ends of the interval, so opposite signs prove a zero; for equal signs the number
of vanishing sign choices is read off the norm's coefficients (by gcds) and balls are refined until
exactly that many contain zero.

Example:
  >>> found = fixed_points([[5, 1], [1, 4]])
  >>> found.polynomial
  (2246, -238, -3985, 2040, 112)
  >>> [(point.stability.value, round(float(point.middle), 4)) for point in found.points]
  [('attracting', 0.0), ('unstable', 0.7724), ('attracting', 0.8688)]
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Any

import flint
import numpy as np

from marginproof.theory.limit.problem import Stability
from marginproof.theory.number_systems import RATIONALS, Array
from marginproof.theory.proofs.two_samples.radicals import (
    RadicalSum,
    eliminate,
    integer_rows,
    norm_in_y,
    radical_sum,
)
from marginproof.theory.proofs.two_samples.sturm import SturmChain


@dataclass(frozen=True)
class ExactRoot:
    """One solution c = (s, 1-s) of the limit equation.

    Attributes:
      lower, upper: rational bounds of s; equal at s = 0 and s = 1, else lower < s < upper with no
        other root of the polynomial between.
      stability: attracting or unstable; a zero that D only touches attracts from one side and is unstable.
    """

    lower: Fraction
    upper: Fraction
    stability: Stability

    @property
    def middle(self) -> Fraction:
        """The interval's midpoint."""
        return (self.lower + self.upper) / 2

    @property
    def interior(self) -> bool:
        """Whether both samples have weight."""
        return self.lower < self.upper


@dataclass(frozen=True)
class TwoSampleLimits:
    """Every solution of the limit equation for N = 2.

    Attributes:
      polynomial: P's coefficients, leading first, content removed, factors s and 1-s removed.
      candidates: distinct roots of P in (0, 1), genuine or not.
      points: the solutions, by s.
      continuum: D vanishes identically (then every s solves, and ``points`` is empty).
    """

    polynomial: tuple[int, ...]
    candidates: int
    points: tuple[ExactRoot, ...]
    continuum: bool = False

    @property
    def attracting(self) -> tuple[ExactRoot, ...]:
        """The attracting solutions."""
        return tuple(point for point in self.points if point.stability is Stability.ATTRACTING)


def vanishing_choices(D: RadicalSum, squarefree: Any, lower: Fraction, upper: Fraction) -> int:
    """How many of the 2^r sign choices of Σ ± t_k vanish at the one root in (lower, upper)."""
    for order, coefficient in enumerate(norm_in_y(D.squares())):
        shared = squarefree if coefficient == 0 else squarefree.gcd(coefficient)
        if shared.degree() < 1 or SturmChain.of(shared).count(lower, upper) == 0:
            return order
    raise AssertionError("the norm is monic in y")


def _touches(D: RadicalSum, chain: SturmChain, lower: Fraction, upper: Fraction) -> bool:
    """Whether D vanishes at the root in (lower, upper), D having equal signs at the ends."""
    wanted = None
    bits = 64
    while True:
        values = D.values(lower, upper, bits)
        if not _contains_zero(sum(values, flint.arb(0))):
            return False
        if wanted is None and bits >= 256:
            wanted = vanishing_choices(D, chain.polynomial, lower, upper)
        if wanted is not None:
            choices = product((1, -1), repeat=len(values))
            left = sum(_contains_zero(sum((e * v for e, v in zip(signs, values, strict=True)), flint.arb(0)))
                       for signs in choices)  # fmt: skip
            if left == wanted:
                return True
        lower, upper = chain.refine(lower, upper, Fraction(1, 2 ** (bits // 2)))
        bits *= 2


def _contains_zero(value: flint.arb) -> bool:
    return bool(value.contains(0))


def _interior(D: RadicalSum, chain: SturmChain) -> tuple[list[ExactRoot], int]:
    found: list[ExactRoot] = []
    intervals = chain.isolate(Fraction(0), Fraction(1))
    for lower, upper in intervals:
        narrow = chain.refine(lower, upper, Fraction(1, 2**60))
        before, after = D.sign(lower), D.sign(upper)
        if before < after:
            found.append(ExactRoot(*narrow, Stability.ATTRACTING))
        elif before > after or _touches(D, chain, lower, upper):
            found.append(ExactRoot(*narrow, Stability.UNSTABLE))
    return found, len(intervals)


def _vertices(rows: Array, D: RadicalSum, first: Fraction, last: Fraction) -> list[ExactRoot]:
    """s = 0 and s = 1 where they solve; ``first``, ``last``: points with no root of P beyond them."""
    gap = rows[0] - rows[1]
    out = []
    for end, sign, beside in ((Fraction(0), 1, first), (Fraction(1), -1, last)):
        value = sign * int(gap @ np.sign(rows[1] if end == 0 else rows[0]))
        if value >= 0:
            inward = value or sign * D.sign(beside)
            stability = Stability.ATTRACTING if inward > 0 else Stability.UNSTABLE
            out.append(ExactRoot(end, end, stability))
    return out


def fixed_points(X: Any) -> TwoSampleLimits:
    """Every solution of AdamProxy's limit equation for 2 × d data, with stability, exactly.

    Arguments:
      X: two rows of d nonzero entries, exact or float (taken at its exact value).

    Raises:
      MarginproofError: not two rows, a zero entry, or more than six distinct |x_2k/x_1k|.
    """
    return _fixed_points(tuple(map(tuple, integer_rows(X))))


@lru_cache(maxsize=4096)
def _fixed_points(rows: tuple[tuple[Fraction, ...], ...]) -> TwoSampleLimits:
    D = radical_sum(rows)
    if not D.numerators:
        return TwoSampleLimits((), 0, (), continuum=True)
    P = eliminate(D)
    chain = SturmChain.of(P)
    inside, candidates = _interior(D, chain)
    edges = chain.isolate(Fraction(0), Fraction(1))
    first = edges[0][0] if edges and edges[0][0] > 0 else chain.beside(Fraction(0), 1)
    last = edges[-1][1] if edges and edges[-1][1] < 1 else chain.beside(Fraction(1), -1)
    ends = _vertices(RATIONALS.array(rows), D, first, last)
    points = tuple(sorted([*inside, *ends], key=lambda point: point.middle))
    return TwoSampleLimits(tuple(int(v) for v in reversed(P.coeffs())), candidates, points)
