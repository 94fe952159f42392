"""The primal-dual bracket (B6), in integers: for every w ≠ 0 and every c on the simplex,

    min_i x_i·w / ‖w‖_p  <=  γ_p  <=  ‖Xᵀc‖_q,      p, q dual.

Both sides are evaluated exactly, so a bracket proves its bounds whatever produced w and c.  Rows
become integers over one common denominator, and sums are exact.  For the ℓ₂ norm (and the
Mahalanobis norm ‖w‖_M = √(Σ M_k w_k²), whose dual has M^{-1}) the squares of the bounds are rational.

Example:
  >>> bracket = exact_bracket([[5, 1], [1, 4]], [1, 1], [0, 1], "linf")
  >>> bracket.lower, bracket.upper, bracket.closed
  (5.0, 5.0, True)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.margins.integer_rows import IntegerRows
from marginproof.theory.margins.integers import common_integers
from marginproof.theory.number_systems import Array, exact

NORMS = ("l2", "linf", "mahalanobis")


@dataclass(frozen=True)
class Bracket:
    """γ lies in [lower, upper].

    Attributes:
      lower, upper: float64, rounded outward from the exact bounds (or plain float64 where not ``exact``).
      primal: w, shape (d,), exact.
      dual: c, shape (N,), exact, on the simplex.
      norm: ``l2``, ``linf`` or ``mahalanobis``.
      exact: whether the bounds were computed in exact arithmetic; then they are proved.
      exact_lower, exact_upper: the bounds as rationals; squared for ``l2`` and ``mahalanobis``
        (a negative bound becomes minus its square).
    """

    lower: float
    upper: float
    primal: tuple[Fraction, ...] = field(repr=False)
    dual: tuple[Fraction, ...] = field(repr=False)
    norm: str
    exact: bool
    exact_lower: Fraction | None = field(default=None, repr=False)
    exact_upper: Fraction | None = field(default=None, repr=False)

    @property
    def relative_width(self) -> float:
        """1 less ``lower / upper``; 0 where the exact bounds agree, infinite where upper is 0.

        Taken from the exact bounds, so that a width below the spacing of float64 shows as such.
        """
        if self.exact_lower is None or self.exact_upper is None:
            return (self.upper - self.lower) / self.upper if self.upper else math.inf
        if self.closed:
            return 0.0
        if not self.exact_upper:
            return math.inf
        gap = float(1 - self.exact_lower / self.exact_upper)
        if self.norm == "linf" or gap >= 1:
            return gap
        return gap / (1 + math.sqrt(1 - gap))  # 1 - √(1 - gap), without cancellation

    @property
    def closed(self) -> bool:
        """Whether both exact bounds are equal: γ (or γ²) is known exactly."""
        return self.exact_lower is not None and self.exact_lower == self.exact_upper


def exact_bracket(X: Any, w: Any, c: Any, norm: str, metric: Any = None) -> Bracket:
    """The bracket that w and c prove, in exact arithmetic.

    Arguments:
      X: rows x_i, float64 or exact, shape (N, d); or :class:`IntegerRows`.
      w: any nonzero vector, shape (d,); floats are taken as the dyadics they are.
      c: weights on the simplex, shape (N,); float weights may miss the sum 1 by their rounding
        (N · 2^-52) and are put on the simplex exactly.
      norm: ``l2``, ``linf`` or ``mahalanobis``.
      metric: diagonal of M, positive, shape (d,), for ``mahalanobis``.

    A poor w or c gives a wide bracket, never a wrong one.

    Raises:
      MarginproofError: c off the simplex, w = 0, a wrong shape or norm, an entry that is not finite.
    """
    rows = IntegerRows.of(X)
    if norm not in NORMS:
        raise MarginproofError(f"norm={norm} is unknown; choose one of {', '.join(NORMS)}")
    n, d = rows.shape
    primal = _vector(w, d, "w")
    dual = _vector(c, n, "c")
    if not any(primal.tolist()):
        raise MarginproofError("w=0 has no direction; give a nonzero w")
    _require_simplex(dual, isinstance(c, np.ndarray) and c.dtype != object)
    return integer_bracket(
        rows,
        common_integers(primal)[0].tolist(),
        common_integers(dual)[0].tolist(),
        norm,
        Metric.of(metric, d),
    )


def _vector(values: Any, length: int, name: str) -> Array:
    given = np.asarray(values)
    if given.shape != (length,):
        raise MarginproofError(f"{name}.shape={given.shape} does not fit the data; give {length} entries")
    if given.dtype != object and not np.isfinite(given.astype(np.float64)).all():
        raise MarginproofError(f"{name} has an entry that is not finite; give finite numbers")
    out = np.empty(length, dtype=object)
    out[:] = [exact(value) for value in given.tolist()]
    return out


def _require_simplex(c: Array, rounded: bool) -> None:
    if min(c) < 0:
        raise MarginproofError(
            f"c={float(min(c)):g} in entry {int(np.argmin(c))} is negative; give weights on the simplex"
        )
    slack = Fraction(len(c), 2**52) if rounded else Fraction(0)
    if abs(sum(c) - 1) > slack or not any(c):
        raise MarginproofError(f"sum(c)={float(sum(c)):.17g} is not 1; give weights on the simplex")


@dataclass(frozen=True)
class Metric:
    """The diagonal of M (ones for ℓ₂) and of M^{-1}, as integers over one denominator each, shape (d,)."""

    weights: list[int]
    weights_denominator: int
    inverse: list[int]
    inverse_denominator: int

    @classmethod
    def of(cls, diagonal: Any, d: int) -> Metric:
        """From positive numbers, shape (d,), or ``None`` for the identity.

        Raises:
          MarginproofError: a wrong length, or an entry that is not positive and finite.
        """
        if diagonal is None:
            return cls([1] * d, 1, [1] * d, 1)
        M = _vector(diagonal, d, "metric")
        if min(M) <= 0:
            raise MarginproofError(f"metric={float(min(M)):g} is not positive; the diagonal of M must be > 0")
        weights, inverse = common_integers(M), common_integers(np.array([1 / m for m in M], dtype=object))
        return cls(weights[0].tolist(), weights[1], inverse[0].tolist(), inverse[1])


def integer_bracket(
    rows: IntegerRows, w: Sequence[int], c: Sequence[int], norm: str, metric: Metric | None = None
) -> Bracket:
    """The bracket of integer vectors w ≠ 0 and c >= 0, c ≠ 0, each up to a positive factor."""
    metric = metric or Metric.of(None, rows.shape[1])
    total, D = sum(c), rows.denominator
    smallest, dual = min(rows.products(w)), rows.moments(c)
    if norm == "linf":
        lower = Fraction(smallest, D * max(abs(x) for x in w))
        upper = Fraction(sum(abs(v) for v in dual), D * total)
        low, high = _round_down(lower), -_round_down(-upper)
    else:
        length = sum(m * x * x for m, x in zip(metric.weights, w, strict=True))
        lower = Fraction(smallest * abs(smallest) * metric.weights_denominator, D * D * length)
        reach = sum(r * v * v for r, v in zip(metric.inverse, dual, strict=True))
        upper = Fraction(reach, metric.inverse_denominator * (D * total) ** 2)
        low, high = _root_down(lower), -_root_down(-upper)
    del dual  # as large as the fractions below
    scale = 1 << max(x.bit_length() for x in w)
    return Bracket(
        lower=low,
        upper=high,
        primal=tuple(Fraction(int(x), scale) for x in w),
        dual=tuple(Fraction(int(x), total) for x in c),
        norm=norm,
        exact=True,
        exact_lower=lower,
        exact_upper=upper,
    )


def _round_down(value: Fraction) -> float:
    """The largest float64 not above the value."""
    near = float(value)
    return near if Fraction(near) <= value else math.nextafter(near, -math.inf)


def _root_down(value: Fraction) -> float:
    """A float64 not above sign(value) √|value|, within one spacing of it."""
    p, q = abs(value.numerator), value.denominator
    bits = max(0, 70 - (p * q).bit_length() // 2)
    root = math.isqrt((p * q) << (2 * bits))
    if value < 0 and root * root != (p * q) << (2 * bits):
        root += 1
    return _round_down(Fraction(root if value >= 0 else -root, q << bits))
