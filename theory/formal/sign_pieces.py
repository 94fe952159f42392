"""The polynomials p and e of :mod:`.export_points`, and pieces of [0, 1] on which one has a sign.

A sign is shown by Bernstein coefficients of one sign.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb
from typing import Any

from marginproof.theory.errors import MarginproofError
from marginproof.theory.formal.coq_terms import Rows

Poly = list[Fraction]
Interval = tuple[Fraction, Fraction]
Piece = tuple[str, int, Fraction, Fraction]
"""Which polynomial (``pol`` is p, ``sgn`` is e) has which sign between which ends."""
DEEPEST = 40
"""Halvings of an interval before its sign is given up."""


def times(f: Poly, g: Poly) -> Poly:
    """The product of two polynomials, lowest coefficient first."""
    out = [Fraction(0)] * (len(f) + len(g) - 1)
    for i, a in enumerate(f):
        for j, b in enumerate(g):
            out[i + j] += a * b
    return out


def polynomials(X: Rows) -> tuple[Poly, Poly]:
    """p and e."""
    (a, b), m, q = X, [], []
    for x, y in zip(a, b, strict=True):
        m.append([(x - y) * y, (x - y) * (x - y)])
        q.append([y * y, -2 * y * y, x * x + y * y])
    left, right = times(times(m[0], m[0]), q[1]), times(times(m[1], m[1]), q[0])
    return [v - w for v, w in zip(left, right, strict=True)], times(m[0], m[1])


def places(points: list[dict[str, Any]]) -> tuple[list[int], list[Interval]]:
    """The listed ends, and the boxes as intervals of s: r = c_i/c_p is (1-s)/s in row 0's chart, s/(1-s) in row 1's."""
    ends, boxes = [], []
    for point in points:
        if len(point["support"]) == 1:
            ends.append(1 - point["support"][0])
            continue
        low, high = (Fraction(v) for v in point["box"][0])
        first = point["support"][0] == 0
        boxes.append((1 / (1 + high), 1 / (1 + low)) if first else (low / (1 + low), high / (1 + high)))
    return sorted(ends), sorted(boxes)


def bernstein(f: Poly, low: Fraction, high: Fraction) -> Poly:
    """The coefficients c_i with f(s) = Σ c_i x^i y^(4-i), where x = s - l, y = h - s, l is ``low`` and h is ``high``."""
    width, n = high - low, 4
    shifted = [Fraction(0)] * (n + 1)  # in t = (s - low)/width
    for k, value in enumerate(f):
        for j in range(k + 1):
            shifted[j] += value * comb(k, j) * low ** (k - j) * width**j
    out = []
    for i in range(n + 1):
        out.append(sum((shifted[j] * comb(n - j, i - j) for j in range(i + 1)), Fraction(0)) / width**n)
    return out


def gaps_between(boxes: list[Interval]) -> list[Interval]:
    """What the boxes leave of [0, 1]."""
    edges = [Fraction(0), *(edge for box in boxes for edge in box), Fraction(1)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _split(p: Poly, e: Poly, low: Fraction, high: Fraction, depth: int = 0) -> list[Piece]:
    """Pieces of a gap on which p has a sign, or e is positive."""
    for target, f, signs in (("pol", p, (1, -1)), ("sgn", e, (1,))):
        for sign in signs:
            if min(bernstein([sign * v for v in f], low, high)) > 0:
                return [(target, sign, low, high)]
    if depth == DEEPEST:
        raise MarginproofError(
            f"the polynomial has no clear sign near s = {float(low):.6g}; no Coq form was found"
        )
    middle = (low + high) / 2
    return _split(p, e, low, middle, depth + 1) + _split(p, e, middle, high, depth + 1)


def pieces(p: Poly, e: Poly, boxes: list[Interval]) -> list[Piece]:
    """The pieces of all gaps, from left to right."""
    return [piece for low, high in gaps_between(boxes) for piece in _split(p, e, low, high)]


def in_order(p: Poly, e: Poly, boxes: list[Interval]) -> list[tuple[str, int, Fraction]]:
    """The pieces of the gaps and the boxes from left to right, each with its number and its right end."""
    parts = [("gap", k, low, high) for k, (_, _, low, high) in enumerate(pieces(p, e, boxes))]
    both = parts + [("box", k, low, high) for k, (low, high) in enumerate(boxes)]
    return [(kind, k, high) for kind, k, low, high in sorted(both, key=lambda entry: entry[2])]
