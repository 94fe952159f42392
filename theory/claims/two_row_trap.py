"""AdamProxy on two-row shifted-diagonal data, X = [[a, δ], [δ, b]], 0 < a < b, δ > 0: every start with c_1 >= c_2 tends to (1, 1).

With r = c_2/c_1 the field is u_1 = φ(δr/a), u_2 = φ(br/δ), φ(s) = (1+s)/√(1+s²): φ(1/s) = φ(s), and
φ' = (1-s)/(1+s²)^{3/2}.  Put D(r) = F_2 - F_1 = (δ-a) u_1 + (b-δ) u_2.

**The claim.**  D > 0 on [0, 1].  At r = 1, D = h(b) - h(a), h(x) = (x²-δ²)/√(x²+δ²), and h' = x(x²+3δ²)/(x²+δ²)^{3/2} > 0.

* a <= δ <= b: both terms are >= 0, and not both vanish.
* δ < a: δr/a < 1 always.  For br/δ <= 1, br/δ >= δr/a as ab > δ², so u_2 >= u_1 and D >= (b-a) u_1 > 0.  For
  br/δ >= 1, u_2 falls and u_1 rises in r, so D falls and D(r) >= D(1) > 0.
* b < δ: br/δ < 1 always.  For δr/a <= 1, δr/a >= br/δ as δ² > ab, so u_1 >= u_2 and D >= (b-a) u_2 > 0.  For
  δr/a >= 1, u_1 falls and u_2 rises, so D falls again and D(r) >= D(1) > 0.

**The algorithm.**  A step of size η changes log r by exactly -η D(r).  By continuity D >= μ > 0 on [0, 1], so with
r_0 <= 1 and every positive schedule with Σ η = ∞, r falls and log r <= log r_0 - μ Σ η → -∞; u → u(e_1) = (1, 1), and
w/‖w‖ → (1, 1)/√2.  No smallness of the steps is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from marginproof.theory.claims.claim import Effort, Evidence, all_of
from marginproof.theory.fields import Field
from marginproof.theory.number_systems import SYMBOLS, Array

A, GAP, DELTA, R, S = sympy.symbols("a g delta r s", positive=True)
B = A + GAP
"""The data's b, above a: ``GAP`` is g = b - a."""


@dataclass(frozen=True)
class TwoRows:
    """What the theorem is about: the field u(c), and the data from (a, b, δ)."""

    field: Field
    data: Callable[[Any, Any, Any], Array]


def shape() -> Any:
    """φ(s)."""
    return (1 + S) / sympy.sqrt(1 + S**2)


def proved(rows: TwoRows, effort: Effort) -> Evidence:
    """Every step of the theorem, symbolic a, g = b - a, δ, r."""
    X = rows.data(A, B, DELTA)
    u = rows.field(X, np.array([sympy.Integer(1), R], dtype=object), SYMBOLS)
    D = (X[1] - X[0]) @ u
    phi = shape()
    first, second = DELTA * R / A, B * R / DELTA
    x = sympy.Symbol("x", positive=True)
    h = (x**2 - DELTA**2) / sympy.sqrt(x**2 + DELTA**2)
    rise = x * (x**2 + 3 * DELTA**2) / (x**2 + DELTA**2) ** sympy.Rational(3, 2)
    at_one = D.subs(R, 1) - (h.subs(x, B) - h.subs(x, A))
    vertex = rows.field(X, np.array([sympy.Integer(1), sympy.Integer(0)], dtype=object), SYMBOLS)
    return all_of(
        [
            ("u_1 is not φ(δr/a)", _same(u[0], phi.subs(S, first))),
            ("u_2 is not φ(br/δ)", _same(u[1], phi.subs(S, second))),
            ("D is not (δ-a)u_1 + (b-δ)u_2", _same(D, (DELTA - A) * u[0] + (B - DELTA) * u[1])),
            ("φ(1/s) is not φ(s)", _same(phi.subs(S, 1 / S), phi)),
            ("φ' is not (1-s)/(1+s²)^{3/2}", _same(sympy.diff(phi, S), (1 - S) / (1 + S**2) ** sympy.Rational(3, 2))),
            ("h' is not x(x²+3δ²)/(x²+δ²)^{3/2}", _same(sympy.diff(h, x), rise)),
            ("D(1) is not h(b) - h(a)", _same(at_one, sympy.Integer(0))),
            ("br/δ - δr/a is not r(ab-δ²)/(aδ)", _same(second - first, R * (A * B - DELTA**2) / (A * DELTA))),
            ("D with u_2 = u_1 is not (b-a)u_1", sympy.expand((DELTA - A) * S + (B - DELTA) * S - GAP * S) == 0),
            ("u(e_1) is not along (1, 1)", _same(vertex[0], vertex[1]) and bool(vertex[0].is_positive)),
        ]
    )  # fmt: skip


def _same(x: Any, y: Any) -> bool:
    """Whether two expressions in positive symbols agree."""
    return bool(sympy.simplify(sympy.together(x - y)) == 0)
