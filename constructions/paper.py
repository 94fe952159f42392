"""The paper's families of data, and the named sets on which its statements hold or fail.

Rows have their labels folded in.  Everything here is exact: integers, rationals, or Gaussian entries
rounded to dyadics, so that the float64 view and the exact entries are the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from marginproof.constructions.dataset import Dataset
from marginproof.theory.errors import MarginproofError

PAPER = "arXiv 2510.26303"
DYADIC_BITS = 20
"""Gaussian entries are multiples of 2^-20: far below the entries' scale, exact in float64."""


def scaled_rademacher(
    amplitudes: Sequence[int | Fraction | str],
    signs: Sequence[Sequence[int]] | None = None,
    *,
    d: int | None = None,
    seed: int = 0,
) -> Dataset:
    """Scaled Rademacher data (paper, §3): |x_i[k]| = a_i for every k.

    q_k = Σ c_i² a_i² does not depend on k, so AdamProxy's u is a multiple of Xᵀc and its limit is
    the ℓ₂ max-margin direction (I6).

    Arguments:
      amplitudes: a_1 … a_N, positive.
      signs: N rows of d signs; or ``None`` to draw them.
      d: the number of features when signs are drawn.  They are drawn again, up to 1000 times, until
        Xᵀ has full column rank N, which makes the data separable (needs d >= N).
      seed: of the draw.
    """
    a = [Fraction(value) for value in amplitudes]
    if min(a) <= 0:
        raise MarginproofError(f"amplitude={min(a)} is not positive; choose amplitudes > 0")
    drawn = np.array(signs, dtype=int) if signs is not None else _independent_signs(len(a), d or len(a), seed)
    rows = [[scale * int(sign) for sign in row] for scale, row in zip(a, drawn, strict=True)]
    return Dataset.of(rows, name="scaled-rademacher", provenance=f"{PAPER}, scaled Rademacher, seed {seed}")


def _independent_signs(n: int, d: int, seed: int) -> np.ndarray:
    if d < n:
        raise MarginproofError(
            f"d={d} is below n_samples={n}; random signs are sure to be separable for d >= N only"
        )
    rng = np.random.default_rng(seed)
    for _ in range(1000):
        signs = rng.integers(0, 2, size=(n, d)) * 2 - 1
        if np.linalg.matrix_rank(signs) == n:
            return signs
    raise MarginproofError(f"d={d}: no independent rows of signs found for n_samples={n}; choose a larger d")


def sr4() -> Dataset:
    """SR4: four scaled Rademacher rows in R^4, amplitudes 1 … 4.

    γ_∞ = 3 on the whole segment (1, 1, s, 1-s), s in [7/8, 1]: the ℓ∞ direction is not unique (R6),
    and per-sample Adam goes to the ℓ₂ direction instead (R5).
    """
    signs = [[1, 1, 1, 1], [1, 1, 1, -1], [1, 1, -1, -1], [1, -1, 1, -1]]
    return _named(scaled_rademacher([1, 2, 3, 4], signs), "sr4", "scaled Rademacher data SR4")


def shifted_diagonal(
    amplitudes: Sequence[int | Fraction | str] = (1, 2, 4, 8), delta: int | Fraction | str = Fraction(1, 10)
) -> Dataset:
    """Shifted-diagonal data (paper): x_i = a_i e_i + δ Σ_{k≠i} e_k, N = d, 0 < a_1 < … < a_N, δ > 0.

    c = e_1 solves AdamProxy's limit equation with direction (1, …, 1), the ℓ∞ one (I7); it is
    reached from w = 0, but not from every start (R1, R2).
    """
    a, shift = [Fraction(value) for value in amplitudes], Fraction(delta)
    if min(a) <= 0 or sorted(set(a)) != a:
        raise MarginproofError(
            f"amplitudes={', '.join(map(str, a))} are not increasing and positive; sort them"
        )
    if shift <= 0:
        raise MarginproofError(f"delta={shift} is not positive; choose delta > 0")
    rows = [[a[i] if i == k else shift for k in range(len(a))] for i in range(len(a))]
    return Dataset.of(rows, name="shifted-diagonal", provenance=f"{PAPER}, shifted-diagonal data")


def gaussian(n: int, d: int, seed: int = 0) -> Dataset:
    """Gaussian data: N rows of d independent normal entries, rounded to multiples of 2^-20, no zeros.

    With d >= N the rows are independent (almost surely), hence separable.  With N > d a separator is
    planted: w* = (1, …, 1), and a row is shifted along w* until x_i·w* / ‖w*‖ >= 1/4, which leaves
    half the rows as drawn (after folding by the sign of x_i·w*) and moves the rest by less than 1/4.
    """
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    if n > d:
        X *= np.where(X.sum(axis=1) < 0, -1.0, 1.0)[:, None]
        X += np.maximum(0.25 - X.sum(axis=1) / np.sqrt(d), 0.0)[:, None] / np.sqrt(d)
    unit = 2.0**DYADIC_BITS
    X = np.round(X * unit)
    X[X == 0] = 1.0
    planted = ", separator (1, …, 1) planted" if n > d else ""
    return Dataset.of(
        X / unit,
        name=f"gaussian-{n}x{d}",
        provenance=f"{PAPER}, Gaussian data, seed {seed}, dyadic entries{planted}",
    )


def _named(data: Dataset, name: str, what: str) -> Dataset:
    return Dataset.of(data.exact, name=name, provenance=f"{PAPER}, {what}")


def two_limits() -> Dataset:
    """X = [[5, 1], [1, 4]], on which AdamProxy has two attracting limits (R1, R2): :func:`shifted_diagonal` of (4, 5) and 1, both orders reversed."""
    return Dataset.of(
        [[5, 1], [1, 4]], name="two-limits", provenance="found by search; refutes a unique fixed point"
    )


def cycle_3x3() -> Dataset:
    """Three rows in R^3 with one fixed point, interior and repelling: u(c) never converges (R3)."""
    rows = [[1, 15, 2], [3, -1, 14], [11, 5, -3]]
    return Dataset.of(
        rows, name="cycle-3x3", provenance="found by search; refutes convergence of the update direction"
    )


def cycle_3x5() -> Dataset:
    """Three rows in R^5 that circle, with d > N: the limit of w/‖w‖ belongs to no fixed point (R3)."""
    rows = [
        ["-0.64", "0.43", "-4.25", "0.32", "-0.46"],
        ["-2.78", "-2.89", "-0.48", "-0.13", "-0.004"],
        ["0.116", "-0.2", "-3.95", "1.127", "-0.322"],
    ]
    return Dataset.of(
        rows, name="cycle-3x5", provenance="found by search; refutes convergence of the update direction"
    )


def signsgd_fails() -> Dataset:
    """Separable rows that SignSGD with single samples does not even separate (R4)."""
    rows = [["1", "-0.1"], ["1", "-0.2"], ["-0.1", "1"]]
    return Dataset.of(
        rows, name="signsgd-fails", provenance="found by search; refutes SignSGD's l_inf bias at b = 1"
    )
