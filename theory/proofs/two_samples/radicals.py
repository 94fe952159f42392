"""D(s) for two samples as a sum of rational functions over square roots, and its norm: a polynomial.

Features with the same |x_2k/x_1k| have proportional q_k and are merged; the remaining radicands are
distinct irreducible quadratics.  The product of D over all sign choices of its r roots is then a
polynomial P in s, of degree r·2^(r-1), that vanishes wherever D does.

Example:
  >>> eliminate(radical_sum([[5, 1], [1, 4]]))
  2246*x^4 + (-238)*x^3 + (-3985)*x^2 + 2040*x + 112
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb, lcm
from typing import Any

import flint

from marginproof.theory.errors import MarginproofError
from marginproof.theory.number_systems import RATIONALS, Array

Poly = flint.fmpz_poly
MOST_RADICALS = 6
"""P has degree r·2^(r-1): 192 at r = 6, where a second is still enough."""


@dataclass(frozen=True)
class RadicalSum:
    """D up to a positive factor: Σ_k A_k/√p_k with distinct irreducible p_k; integer polynomials in s."""

    numerators: tuple[Any, ...]
    radicands: tuple[Any, ...]

    def values(self, lower: Fraction, upper: Fraction, bits: int) -> list[Any]:
        """Balls containing A_k/√p_k for every s in [lower, upper], one per radical."""
        with flint.ctx.workprec(bits):
            s = _ball(lower).union(_ball(upper)) if lower != upper else _ball(lower)
            return [A(s) / p(s).sqrt() for A, p in zip(self.numerators, self.radicands, strict=True)]

    def sign(self, at: Fraction) -> int:
        """Sign of D at a rational point where D is known not to vanish."""
        bits = 64
        while True:
            total = sum(self.values(at, at, bits), flint.arb(0))
            if total > 0:
                return 1
            if total < 0:
                return -1
            bits *= 2

    def squares(self) -> list[Any]:
        """T_k = A_k² Π_{l≠k} p_l, the squares of t_k = A_k Π_{l≠k} √p_l."""
        out = []
        for k, A in enumerate(self.numerators):
            T = A * A
            for l, p in enumerate(self.radicands):
                T = T * p if l != k else T
            out.append(T)
        return out


def _ball(value: Fraction) -> flint.arb:
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


def integer_rows(X: Any) -> Array:
    """Two rows of nonzero integers: exact data times the common denominator."""
    rows = RATIONALS.array(X)
    if rows.shape[:1] != (2,) or rows.ndim != 2:
        raise MarginproofError(
            f"X.shape={rows.shape}: elimination is for two samples; use enumeration for more"
        )
    if (rows == 0).any():
        raise MarginproofError(
            "X has a zero entry, where the field jumps at a vertex; drop or perturb that feature"
        )
    scale = lcm(*(value.denominator for value in rows.ravel()))
    return rows * scale


def radical_sum(X: Any) -> RadicalSum:
    """D for 2 × d data (exact or float entries, none zero), features of equal |x_2k/x_1k| merged."""
    rows = integer_rows(X)
    groups: dict[Fraction, Any] = {}
    common = lcm(*(abs(int(value)) for value in rows[0]))
    for a, b in rows.T:
        ratio = Fraction(abs(b), abs(a))
        A = Poly([int(b), int(a - b)]) * int(a - b)
        weight = ratio.denominator * common // abs(int(a))
        groups[ratio] = groups.get(ratio, Poly()) + A * weight
    kept = {ratio: A for ratio, A in groups.items() if A != 0}
    radicands = tuple(_quadratic(ratio.denominator, ratio.numerator) for ratio in kept)
    return RadicalSum(tuple(kept.values()), radicands)


def _quadratic(a: int, b: int) -> Any:
    """a²s² + b²(1-s)²."""
    return Poly([b * b, -2 * b * b, a * a + b * b])


def norm_in_y(squares: list[Any]) -> list[Any]:
    """Coefficients (lowest first) of Π over signs of (y + Σ ± t_k), given T_k = t_k²."""
    M = [Poly(), Poly([1])]
    for T in squares:
        even, odd = [Poly()] * len(M), [Poly()] * len(M)
        for degree, coefficient in enumerate(M):
            for j in range(degree + 1):
                part = coefficient * comb(degree, j) * T ** (j // 2)
                target = odd if j % 2 else even
                target[degree - j] = target[degree - j] + part
        M = _subtract(_multiply(even, even), [T * value for value in _multiply(odd, odd)])
    return M


def _multiply(a: list[Any], b: list[Any]) -> list[Any]:
    out = [Poly()] * (len(a) + len(b) - 1)
    for i, u in enumerate(a):
        if u != 0:
            for j, v in enumerate(b):
                out[i + j] = out[i + j] + u * v
    return out


def _subtract(a: list[Any], b: list[Any]) -> list[Any]:
    return [u - v for u, v in zip(a, b, strict=True)]


def eliminate(D: RadicalSum) -> Any:
    """P: the product of D over sign choices, up to a constant and factors s, 1-s; an ``fmpz_poly``."""
    if len(D.numerators) > MOST_RADICALS:
        raise MarginproofError(
            f"radicals={len(D.numerators)}: elimination handles {MOST_RADICALS} distinct |x_2k/x_1k|; "
            "use the interval enumeration"
        )
    *others, last = D.squares()
    if not others:
        return _stripped(D.numerators[0])
    M = norm_in_y(others)
    P = Poly()
    for degree, coefficient in enumerate(M):
        P = P + coefficient * last ** (degree // 2) if coefficient != 0 else P
    return _stripped(P)


def _stripped(P: Any) -> Any:
    """P without its content and without the factors s and 1-s, leading coefficient positive."""
    for factor in (Poly([0, 1]), Poly([-1, 1])):
        while P.degree() > 0 and P % factor == 0:
            P = P // factor
    P = P // P.content()
    return -P if P.leading_coefficient() < 0 else P
