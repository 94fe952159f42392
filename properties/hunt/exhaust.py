"""Exact counts over all 2 × 2 integer data without zeros: has AdamProxy's limit equation two directions?

With c = (s, 1-s) put H = F_1 - F_2 = A/√q_1 + B/√q_2, A = (x_11 - x_21) m_1, B = (x_12 - x_22) m_2.
Interior solutions are the zeros of H in (0, 1): the roots of A² q_2 - B² q_1 where A and B have
opposite signs, counted by Sturm's theorem between the zeros of A and B.  c = (1, 0) solves if
H(1) <= 0, c = (0, 1) if H(0) >= 0.  An interior solution has F_1 = F_2, X u = (γ, γ), so its direction is
X⁻¹(1, 1) whatever c is; a vertex has sign(x_i).  Everything is rational; nothing is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, product

import sympy

S = sympy.Symbol("s")
CONTINUUM = 1_000_000
"""Stands for infinitely many interior solutions (all with the direction X⁻¹(1, 1))."""


@dataclass(frozen=True)
class Count:
    """What an exhaustion found.

    Attributes:
      max_entry: every |entry| is at most this.
      data_sets: how many separable 2 × 2 data sets without zeros that covers (all signs and orders).
      classes: how many were looked at, one for each class under row and column exchange and sign
        flips of a feature, which leave the number of solutions as it is (I3).
      violations: class representatives with solutions of at least two directions.
      several_weights: class representatives with more than one solution c, of whatever directions
        (equal rows, where every c solves, are left out).
    """

    max_entry: int
    data_sets: int
    classes: int
    violations: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    several_weights: tuple[tuple[tuple[int, int], tuple[int, int]], ...]

    def smallest(self) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """A violation of least max |entry|, then least sum of |entries|; ``None`` if there is none."""
        by_size = sorted(self.violations, key=lambda rows: (max(_sizes(rows)), sum(_sizes(rows))))
        return by_size[0] if by_size else None


def _sizes(rows: tuple[tuple[int, int], tuple[int, int]]) -> list[int]:
    return [abs(value) for row in rows for value in row]


def solutions(rows: tuple[tuple[int, int], tuple[int, int]]) -> tuple[int, int]:
    """(number of solutions, number of their directions) for two different rows; exact."""
    (a, b), (p, q) = rows
    m = (sympy.Poly(a * S + p * (1 - S), S), sympy.Poly(b * S + q * (1 - S), S))
    square = (
        sympy.Poly(a**2 * S**2 + p**2 * (1 - S) ** 2, S),
        sympy.Poly(b**2 * S**2 + q**2 * (1 - S) ** 2, S),
    )
    A, B = (a - p) * m[0], (b - q) * m[1]
    interior = _interior(A, B, A**2 * square[1] - B**2 * square[0])
    vertices = [
        (x, y) for (x, y), sign in (((a, b), -1), ((p, q), 1)) if sign * _at_vertex(a - p, b - q, x, y) >= 0
    ]
    directions = {(1 if x > 0 else -1, 1 if y > 0 else -1) for x, y in vertices}
    inverse = (q - b, a - p)  # X⁻¹(1, 1) up to the factor 1/det
    if interior and a * q != b * p:
        scale = max(abs(v) for v in inverse) * (1 if a * q > b * p else -1)
        directions.add((sympy.Rational(inverse[0], scale), sympy.Rational(inverse[1], scale)))
    return len(vertices) + interior, len(directions)


def _at_vertex(da: int, db: int, x: int, y: int) -> int:
    return da * (1 if x > 0 else -1) + db * (1 if y > 0 else -1)


def _interior(A: sympy.Poly, B: sympy.Poly, P: sympy.Poly) -> int:
    cuts = {sympy.Integer(0), sympy.Integer(1)}
    for linear in (A, B):
        if linear.degree() == 1:
            root = -linear.nth(0) / linear.nth(1)
            cuts |= {root} if 0 < root < 1 else set()
    ends = sorted(cuts)
    count = 0
    for lo, hi in pairwise(ends):
        middle = (lo + hi) / 2
        if A.eval(middle) * B.eval(middle) < 0:
            if P.is_zero:
                return CONTINUUM
            count += P.count_roots(lo, hi) - int(P.eval(lo) == 0) - int(P.eval(hi) == 0)
    return count


def exhaust(max_entry: int) -> Count:
    """Every separable 2 × 2 data set with nonzero integer entries up to ``max_entry``."""
    values = [v for v in range(-max_entry, max_entry + 1) if v]
    seen: set[object] = set()
    total, found = 0, {}
    for a, b, p, q in product(values, repeat=4):
        if a * q - b * p == 0 and a * p < 0:
            continue  # opposite rows: not separable
        total += 1
        rows = _canonical(((a, b), (p, q)))
        if rows in seen:
            continue
        seen.add(rows)
        if rows[0] != rows[1]:
            found[rows] = solutions(rows)
    violations = tuple(sorted(rows for rows, (_, directions) in found.items() if directions > 1))
    several = tuple(sorted(rows for rows, (count, _) in found.items() if count > 1))
    return Count(max_entry, total, len(seen), violations, several)


def _canonical(
    rows: tuple[tuple[int, int], tuple[int, int]],
) -> tuple[tuple[int, int], tuple[int, int]]:
    images = []
    for (a, b), (p, q) in (rows, rows[::-1]):
        sa, sb = (1 if a > 0 else -1), (1 if b > 0 else -1)
        flipped = ((sa * a, sb * b), (sa * p, sb * q))
        images += [flipped, (flipped[0][::-1], flipped[1][::-1])]
    return max(images)
