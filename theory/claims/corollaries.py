"""Limits that follow from finite-time bounds: L6 from B2, L7's full-batch half from B4, and L2 on scaled Rademacher data.

What is checked here are the steps in symbols; the passage to the limit (averages with weights η_t, Σ η = ∞, follow
their terms) is prose, in :doc:`/proofs`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import sympy

from marginproof.theory.claims.claim import Effort, Evidence, all_of
from marginproof.theory.claims.symbolic import ROOTS, symbol_array, symbolic_data, vanishes
from marginproof.theory.fields import Field
from marginproof.theory.number_systems import SYMBOLS

E_INVERSE = sympy.exp(-1)
H, Y, GAMMA, C, R, N = sympy.symbols("h y gamma C R N", positive=True)


Fields = Callable[[int, int], Field]
"""The direction field from the batch size b and N."""


@dataclass(frozen=True)
class FromMargin:
    """How near a direction is to w* where its margin is near γ_2.

    Attributes:
      distance: a bound of ‖w/‖w‖ - w*‖² from (margin/‖w‖, γ_2).
    """

    distance: Callable[[Any, Any], Any] = lambda ratio, gamma: 2 * (1 - ratio / gamma)


def normalised_gd_limit(field: Fields, near: FromMargin, effort: Effort) -> Evidence:
    """GD is B4's algorithm with steps η‖G‖, and ‖û - w*‖² <= 2(1 - r/γ), r the margin of û: symbolic data, N and d up to the bound."""
    cases = []
    for n, d in effort.sizes():
        X, c = symbolic_data(n, d)
        m = X.T @ c
        u = field(n, n)(X, c, ROOTS)
        size = ROOTS.sqrt_one(m @ m)
        cases.append(
            (
                f"a step is not ‖G‖ times B4's, N={n}, d={d}",
                all(vanishes(a - size * (b / size)) for a, b in zip(u, m, strict=True)),
            )
        )
        v = symbol_array("v", (d,), real=True)
        cases.append((f"û·Xᵀc is not Σ c_i x_i·û, N={n}, d={d}", sympy.expand(v @ m - c @ (X @ v)) == 0))
    ratio = sympy.Symbol("ratio", positive=True)
    loss = near.distance(ratio, GAMMA) - 2 * (1 - ratio / GAMMA)
    cases.append(("‖û - w*‖² is not 2 - 2û·w* at û·w* = margin/γ", sympy.simplify(loss) == 0))
    cases.append(("a margin of γ does not give distance 0", sympy.simplify(near.distance(GAMMA, GAMMA)) == 0))
    return all_of(cases)


@dataclass(frozen=True)
class ScaledRademacher:
    """The growth of ‖w‖ on scaled Rademacher data, where a step is η Xᵀd, d >= 0, h = η|d|_1.

    Attributes:
      growth: a bound of ‖w_{t+1}‖ from (‖w_t‖, h, γ, C, R).
      excess: a bound of y e^{-y}, y >= 0.
      spread: C from (σ_max/σ_min, N): the weighted mean of the margins is at most the least plus C.
    """

    growth: Callable[[Any, Any, Any, Any, Any], Any] = lambda y, h, gamma, c, r: (
        y + h * gamma + h * (c + h * r**2 / 2) / y
    )
    excess: Any = E_INVERSE
    spread: Callable[[Any, Any], Any] = lambda ratio, n: ratio * n * E_INVERSE


def scaled_rademacher_limit(field: Fields, proof: ScaledRademacher, effort: Effort) -> Evidence:
    """The steps of L2's theorem: one denominator for all features, the mean of the margins, ‖w‖'s growth."""
    cases = []
    for n, d in [(n, d) for n, d in effort.sizes() if d <= 3 and n <= 3]:
        a, c = symbol_array("a", (n,), positive=True), symbol_array("c", (n,), positive=True)
        for signs in product((1, -1), repeat=n * (d - 1)):
            pattern = np.hstack([np.ones((n, 1), dtype=int), np.array(signs, dtype=int).reshape(n, d - 1)])
            X = a[:, None] * pattern.astype(object)
            squares = (X * X).T @ (c * c)
            cases.append(
                (
                    f"v depends on the feature, N={n}, d={d}",
                    all(sympy.expand(v - squares[0]) == 0 for v in squares),
                )
            )
        X = a[:, None] * np.ones((n, d), dtype=int).astype(object)
        u = field(1, n)(X, c, SYMBOLS)
        cases.append(
            (f"equal features move apart, N={n}, d={d}", all(sympy.simplify(v - u[0]) == 0 for v in u))
        )
    y = sympy.Symbol("y", positive=True)
    slope = sympy.diff(y * sympy.exp(-y), y)
    ratio = sympy.Symbol("sigma", positive=True)
    step = Y**2 + 2 * H * (GAMMA * Y + C) + H**2 * R**2
    room = sympy.expand(proof.growth(Y, H, GAMMA, C, R) ** 2 - step)
    extra = sympy.expand((proof.growth(Y, H, GAMMA, C, R) - Y) ** 2)
    return all_of(
        [
            *cases,
            ("y e^{-y} has another slope", sympy.simplify(slope - (1 - y) * sympy.exp(-y)) == 0),
            (
                "y e^{-y} has another maximum",
                sympy.simplify((y * sympy.exp(-y)).subs(y, 1) - proof.excess) == 0,
            ),
            (
                "C is not (σ_max/σ_min) N times it",
                sympy.simplify(proof.spread(ratio, N) - ratio * N * proof.excess) == 0,
            ),
            ("‖w + ηXᵀd‖² is above the square of the bound", sympy.simplify(room - extra) == 0),
        ]
    )
