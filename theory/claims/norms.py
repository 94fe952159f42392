"""Norms with their duals and steepest directions: what B2, B4 and B5 need to know of a norm.

The bounds use only <p, s(p)> = ‖p‖_*, ‖s(p)‖ <= 1 and <G - p, s> >= -‖G - p‖_*, so they hold in every norm with
R = max ‖x_i‖_* and γ = max_{‖w‖<=1} min x_i·w: ℓ∞ gives sign descent and Signum, ℓ₂ normalised gradient descent,
the spectral norm on matrices descent along the polar factor (exact orthogonalisation, as in Muon), ℓ₁ coordinate
descent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from marginproof.theory.claims.digits import random_rows
from marginproof.theory.number_systems import Array, NumberSystem


@dataclass(frozen=True)
class Norm:
    """A norm on R^d, d = rows × columns where it is one of matrices.

    Attributes:
      name: for messages.
      size, dual: ‖w‖ and ‖g‖_* from (vector, numbers).
      steepest: s with <g, s> = ‖g‖_* and ‖s‖ <= 1, from (g, numbers), g nonzero.
    """

    name: str
    size: Callable[[Array, NumberSystem], Any]
    dual: Callable[[Array, NumberSystem], Any]
    steepest: Callable[[Array, NumberSystem], Array]


def _l1(v: Array, numbers: NumberSystem) -> Any:
    return sum(abs(x) for x in v)


def _l2(v: Array, numbers: NumberSystem) -> Any:
    return numbers.sqrt_one(v @ v)


def _linf(v: Array, numbers: NumberSystem) -> Any:
    return max(abs(x) for x in v)


def _unit(v: Array, numbers: NumberSystem) -> Array:
    return np.asarray(v / numbers.sqrt_one(v @ v))


def _sign(v: Array, numbers: NumberSystem) -> Array:
    return numbers.sign(v)


def _coordinate(v: Array, numbers: NumberSystem) -> Array:
    k = max(range(len(v)), key=lambda i: abs(v[i]))
    out = numbers.array(np.zeros(len(v), dtype=int))
    out[k] = numbers.sign(v[[k]])[0]
    return out


def _singular(v: Array) -> tuple[Any, Any, Any]:
    """U, S, V of a 2 × columns matrix of mpmath numbers."""
    context = v[0].context
    return context.svd_r(context.matrix(v.reshape(2, -1).tolist()))  # type: ignore[no-any-return]


def _spectral(v: Array, numbers: NumberSystem) -> Any:
    return max(_singular(v)[1])


def _nuclear(v: Array, numbers: NumberSystem) -> Any:
    return sum(_singular(v)[1])


def _polar(v: Array, numbers: NumberSystem) -> Array:
    U, _, V = _singular(v)
    return np.array((U * V).tolist(), dtype=object).reshape(-1)


LINF = Norm("l_inf", _linf, _l1, _sign)
L2 = Norm("l2", _l2, _l2, _unit)
L1 = Norm("l1", _l1, _linf, _coordinate)
SPECTRAL = Norm("spectral, 2 × 2 matrices", _spectral, _nuclear, _polar)
NORMS = (LINF, L2, L1, SPECTRAL)


def separated(
    random: Random, norm: Norm, numbers: NumberSystem, samples: int, features: int = 4
) -> tuple[Array, Any]:
    """Data (numbers), shape (samples, features), with a lower bound of their max-margin in the norm, from a planted w."""
    w = random_rows(random, 1, features)[0] + Fraction(1, 97)
    rows = random_rows(random, samples, features) / 40
    for row in rows:
        short = Fraction(random.randint(8, 12), 8) - row @ w
        row += w * (short / (w @ w))
    X, v = numbers.array(rows), numbers.array(w)
    return X, min(X @ v) / norm.size(v, numbers)
