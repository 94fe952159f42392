"""Sturm's theorem in integers: how many real roots a polynomial has in an interval, and where.

Everything is exact: the chain is a sequence of primitive integer polynomials, and its signs at a
rational p/q are those of Σ a_i p^i q^(n-i).

Example:
  >>> chain = SturmChain.of(flint.fmpz_poly([-2, 0, 1]))
  >>> chain.count(Fraction(0), Fraction(2))
  1
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint


@dataclass(frozen=True)
class SturmChain:
    """The Sturm chain of a squarefree integer polynomial.

    Attributes:
      polynomial: the squarefree part, an ``fmpz_poly``.
      chain: p, p', and the negated primitive remainders.
    """

    polynomial: Any
    chain: tuple[Any, ...]

    @classmethod
    def of(cls, polynomial: Any) -> SturmChain:
        """The chain of the squarefree part of ``polynomial`` (non-zero)."""
        shared = polynomial.gcd(polynomial.derivative())
        p = polynomial // shared if shared.degree() > 0 else polynomial
        chain = [p, p.derivative()]
        while chain[-1].degree() > 0:
            chain.append(_negated_remainder(chain[-2], chain[-1]))
        return cls(p, tuple(link for link in chain if not link.is_zero()))

    def variations(self, at: Fraction) -> int:
        """Sign changes of the chain at a rational point, zeros left out."""
        signs = [sign for link in self.chain if (sign := sign_at(link, at))]
        return sum(a != b for a, b in itertools.pairwise(signs))

    def count(self, lower: Fraction, upper: Fraction) -> int:
        """Distinct roots in (lower, upper], exactly."""
        return self.variations(lower) - self.variations(upper)

    def isolate(self, lower: Fraction, upper: Fraction) -> list[tuple[Fraction, Fraction]]:
        """Disjoint intervals of one root each inside (lower, upper), no end of which is a root."""
        low, high = self.beside(lower, 1), self.beside(upper, -1)
        stack, found = [(low, high)], []
        while stack:
            a, b = stack.pop()
            roots = self.count(a, b)
            if roots == 1:
                found.append((a, b))
            elif roots:
                middle = self._split(a, b)
                stack += [(a, middle), (middle, b)]
        return sorted(found)

    def refine(self, lower: Fraction, upper: Fraction, width: Fraction) -> tuple[Fraction, Fraction]:
        """The interval around its one root, bisected to ``width``; no end is a root."""
        left = sign_at(self.polynomial, lower)
        while upper - lower > width:
            middle = self._split(lower, upper)
            if sign_at(self.polynomial, middle) == left:
                lower = middle
            else:
                upper = middle
        return lower, upper

    def beside(self, end: Fraction, side: int) -> Fraction:
        """A point on that side (±1) of ``end``, not a root, with no root strictly between."""
        step = Fraction(1, 4)
        while True:
            point = end + side * step
            a, b = min(end, point), max(end, point)
            inside = self.count(a, b) - (sign_at(self.polynomial, b) == 0 and b == end)
            if inside == 0 and sign_at(self.polynomial, point):
                return point
            step /= 2

    def _split(self, lower: Fraction, upper: Fraction) -> Fraction:
        """A point near the middle that is not a root, with a short denominator."""
        middle = (lower + upper) / 2
        while not sign_at(self.polynomial, middle):
            middle = (middle + upper) / 2
        return middle


def sign_at(polynomial: Any, at: Fraction) -> int:
    """Sign of an ``fmpz_poly`` at a rational, in integers."""
    p, q = at.numerator, at.denominator
    total, power = 0, 1
    for coefficient in reversed(polynomial.coeffs()):
        total = total * p + int(coefficient) * power
        power *= q
    return (total > 0) - (total < 0)


def _negated_remainder(a: Any, b: Any) -> Any:
    """-(a mod b) times a positive constant, primitive."""
    quotient_free = flint.fmpq_poly(a) % flint.fmpq_poly(b)
    remainder = flint.fmpz_poly([int(v) for v in (quotient_free * quotient_free.denom()).coeffs()])
    if remainder.is_zero():
        return remainder
    return -(remainder // abs(remainder.content()))
