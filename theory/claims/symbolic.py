"""AdamProxy's covariance fixed point as a sympy system, and an exact zero test for expressions with roots.

The system has unknowns c (loss weights) and γ (margin); everything else is written from them with
the same lines that run on numbers (:mod:`marginproof.theory.fields` over symbols):

    m = Xᵀc,  q = (X∘X)ᵀ(c∘c),  Σ(c) = diag(1/√q),  u = Σ(c) m,  F = X u,
    F_j - γ = 0 on the support, F_j >= γ off it, Σ c = 1.

Example:
  >>> system = covariance_fixed_point(2, 2)
  >>> len(system.equations), system.jacobian.shape
  (3, (2, 2))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, cast

import numpy as np
import sympy

from marginproof.theory.fields import mean_gradient, per_sample_square
from marginproof.theory.number_systems import SYMBOLS, Array, NumberSystem


def symbol_array(name: str, shape: tuple[int, ...], **assumptions: bool) -> Array:
    """An object array of sympy symbols, each called ``name`` and its indices from 1, with the given assumptions."""
    out = np.empty(shape, dtype=object)
    for index in np.ndindex(*shape):
        out[index] = sympy.Symbol(name + "".join(str(i + 1) for i in index), **assumptions)
    return out


def symbolic_data(n_samples: int, n_features: int) -> tuple[Array, Array]:
    """(X, c): nonzero real entries, shape (N, d), and positive weights, shape (N,)."""
    X = symbol_array("x", (n_samples, n_features), real=True, nonzero=True)
    return X, symbol_array("c", (n_samples,), positive=True)


def _factored_root(radicand: sympy.Expr) -> sympy.Expr:
    return sympy.sqrt(sympy.factor(radicand))


ROOTS = NumberSystem("sympy with factored roots", SYMBOLS.convert, _factored_root, SYMBOLS.sign_one, True)
"""Like :data:`marginproof.theory.number_systems.SYMBOLS`, but a root's radicand is factored first, so that √(t²q) = t√q
for t > 0.
"""


def _is_half_power(expr: sympy.Expr) -> bool:
    return isinstance(expr, sympy.Pow) and expr.exp.is_Rational and expr.exp.q == 2


def vanishes(expr: Any) -> bool:
    """Whether an expression with square roots is identically zero: exact when it says yes.

    Every root √b becomes a symbol s_b; the numerator over a common denominator is reduced by
    s_b² = b and expanded.  Zero there proves the identity.  Non-zero disproves it wherever the
    radicands are independent modulo squares, as distinct irreducible polynomials are.
    """
    expr = sympy.sympify(expr)
    bases = list(dict.fromkeys(power.base for power in expr.atoms(sympy.Pow) if _is_half_power(power)))
    roots = {base: sympy.Symbol(f"root_{index}", positive=True) for index, base in enumerate(bases)}
    flat = expr.replace(_is_half_power, lambda power: roots[power.base] ** (2 * power.exp))
    numerator = sympy.numer(sympy.together(flat))
    for base, root in roots.items():
        numerator = _reduce(numerator, root, base)
        numerator = sympy.numer(sympy.together(numerator))
    return bool(sympy.expand(numerator) == 0)


def _reduce(expr: sympy.Expr, root: sympy.Symbol, square: sympy.Expr) -> sympy.Expr:
    """``expr``, a polynomial in ``root``, with root² replaced by ``square``."""
    powers = sympy.collect(sympy.expand(expr), root, evaluate=False)
    total = sympy.Integer(0)
    for power, coefficient in powers.items():
        degree = int(sympy.degree(power, root)) if power.has(root) else 0
        total += coefficient * square ** (degree // 2) * root ** (degree % 2)
    return total


def all_vanish(values: Any) -> bool:
    """Whether every entry of an array :func:`vanishes`."""
    return all(vanishes(value) for value in np.asarray(values, dtype=object).ravel())


@dataclass(frozen=True)
class CovarianceFixedPoint:
    """The limit equation of AdamProxy for symbolic X of shape (N, d), unknowns c and γ.

    Attributes:
      X: symbols, shape (N, d).  c: positive symbols, shape (N,).  gamma: positive symbol γ.
    """

    X: Array
    c: Array
    gamma: sympy.Symbol

    @cached_property
    def m(self) -> Array:
        """Xᵀc, shape (d,)."""
        return mean_gradient(self.X, self.c)

    @cached_property
    def q(self) -> Array:
        """(X∘X)ᵀ(c∘c), shape (d,)."""
        return per_sample_square(self.X, self.c)

    @cached_property
    def covariance(self) -> sympy.Matrix:
        """Σ(c) = M(c)^{-1} = diag(1/√q)."""
        return sympy.diag(*[1 / sympy.sqrt(value) for value in self.q])

    @cached_property
    def direction(self) -> Array:
        """u = Σ(c) Xᵀc, shape (d,)."""
        return np.array(self.covariance * sympy.Matrix(self.m), dtype=object).ravel()

    @cached_property
    def F(self) -> Array:
        """X u, shape (N,)."""
        return cast(Array, self.X @ self.direction)

    @cached_property
    def equations(self) -> tuple[sympy.Expr, ...]:
        """F_j - γ for every j, and Σ c - 1: zero at a fixed point with full support."""
        return (*(value - self.gamma for value in self.F), sum(self.c) - 1)

    @cached_property
    def complementarity(self) -> tuple[sympy.Expr, ...]:
        """c_j (F_j - γ): zero at every fixed point (with F_j >= γ, c_j >= 0)."""
        return tuple(weight * (value - self.gamma) for weight, value in zip(self.c, self.F, strict=True))

    @cached_property
    def jacobian(self) -> sympy.Matrix:
        """∂F/∂c, shape (N, N), by differentiation (not the formula in :mod:`marginproof.theory.fields`)."""
        return sympy.Matrix(list(self.F)).jacobian(list(self.c))

    def function(self, expression: Any) -> Callable[[Array, Array], Array]:
        """``expression`` lambdified to a function of float64 (X, c)."""
        arguments = [*self.X.ravel(), *self.c]
        compiled = sympy.lambdify(arguments, expression, modules="numpy", cse=True)
        return lambda X, c: np.asarray(compiled(*np.ravel(X), *np.ravel(c)), dtype=np.float64)


@lru_cache(maxsize=32)
def covariance_fixed_point(n_samples: int, n_features: int) -> CovarianceFixedPoint:
    """The system for N × d data."""
    X, c = symbolic_data(n_samples, n_features)
    return CovarianceFixedPoint(X, c, sympy.Symbol("gamma", positive=True))
