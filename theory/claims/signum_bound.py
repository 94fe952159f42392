"""B2's formula, and runs of Signum (momentum steepest descent in any norm) on which the bound is asked at every step.

The statement, its proof and its symbolic checks stand in :mod:`marginproof.theory.statements.b2_signum_margin`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from marginproof.theory.claims.claim import Effort, Evidence, all_of
from marginproof.theory.claims.norms import LINF, Norm
from marginproof.theory.number_systems import Array, NumberSystem

LONG = 250
"""Epochs after which a bound is no longer vacuous on well separated data."""


@dataclass(frozen=True)
class SignumBound:
    """B2's bound for Signum: what each of its steps evaluates, and the limit.

    Attributes:
      piece: f(ρ) from (γ, R, ρ).
      kappa: the best fixed κ, from (γ, R, β, K).
      limit: liminf margin/‖w‖_∞, from (γ, R, e).
      applies: whether the limit is claimed, from its right side.
      spread: e from (β, K).
      decay: what U (sign +1) or V (sign -1) is multiplied by after a step, from (β, R η, sign, exp).
      cost: the price of a step per unit of η, from (η, R).
    """

    piece: Callable[[Any, Any, Any], Any] = lambda gamma, R, rho: gamma * rho - R * abs(1 - rho)
    kappa: Callable[[Any, Any, Any, Any], Any] = lambda gamma, R, beta, k: (
        2 * R * (1 - beta**k) / ((R - gamma) + (R + gamma) * beta ** (k - 1))
    )
    applies: Callable[[Any], Any] = lambda limit: limit > 0
    limit: Callable[[Any, Any, Any], Any] = lambda gamma, R, e: (gamma - R * e) / (1 - gamma * e / R)
    spread: Callable[[Any, Any], Any] = lambda beta, k: (1 - beta ** (k - 1)) / (1 + beta ** (k - 1))
    decay: Callable[[Any, Any, int, Any], Any] = lambda beta, move, sign, exp: beta * exp(sign * move)
    cost: Callable[[Any, Any], Any] = lambda eta, R: eta * R**2 / 2

    def rate(self, gamma: Any, R: Any, U: Any, V: Any) -> Any:
        """What <G, sign p>/S is at least."""
        return max(min(self.piece(gamma, R, V), self.piece(gamma, R, U)), -R)


CANCELLING = ((Fraction(1), Fraction(-9, 10)), (Fraction(-9, 10), Fraction(1)))
"""Data on which cyclic Signum at β = 1/2 stays bounded: γ_∞ = 1/10, R = 19/10."""


def ratios(beta: Fraction, steps: int) -> list[float]:
    """min_i x_i·w/‖w‖_∞ after each epoch of cyclic Signum on :data:`CANCELLING`, η_t = .01 (t+2)^-.5."""
    X = np.array(CANCELLING, dtype=float)
    w, p, found = np.zeros(2), np.zeros(2), []
    for t in range(steps):
        x = X[t % 2]
        p = float(beta) * p + np.exp(-x @ w) * x
        w = w + 0.01 * (t + 2) ** -0.5 * np.sign(p)
        if t % 2:
            found.append(float(min(X @ w) / max(abs(w))) if w.any() else np.nan)
    return found


def positive_only(formula: SignumBound, effort: Effort) -> Evidence:
    """The limit is not claimed on :data:`CANCELLING` at β = 1/2, where a run's ratio stays below it; it is at β = .99."""
    gamma, R = Fraction(1, 10), Fraction(19, 10)
    low, high = (
        formula.limit(gamma, R, formula.spread(beta, 2)) for beta in (Fraction(1, 2), Fraction(99, 100))
    )
    return all_of(
        [
            ("the run does not stay below", max(ratios(Fraction(1, 2), 2000)[500:]) < float(low) - 1),
            ("a limit that a run contradicts is claimed", not formula.applies(low)),
            ("a limit that holds is not claimed", bool(formula.applies(high))),
        ]
    )


def bounded_run(
    formula: SignumBound,
    numbers: NumberSystem,
    X: Array,
    gamma: Any,
    b: int,
    beta: Fraction,
    norm: Norm = LINF,
    epochs: int = 40,
) -> tuple[str, int, Any]:
    """(what went wrong or "", steps, the bound at the end) of momentum steepest descent, the bound asked at every step.

    Arguments:
      X, gamma: rows of ``numbers``, shape (n, d), and their max-margin in ``norm``.
      b, beta: batch size, momentum.
      epochs: how many; from :data:`LONG` on with steps twice as large.
    """
    n, d = X.shape
    k, exp = n // b, type(gamma).context.exp
    R, x = max(norm.dual(row, numbers) for row in X), numbers.convert(beta)
    eta = (1 - x) * gamma / (8 * R * R) * (1 if epochs < LONG else 2)
    kappa = formula.kappa(gamma, R, x, k)
    w = p = numbers.array(np.zeros(d, dtype=int))
    U = V = numbers.array(np.zeros(k, dtype=int))
    bound, steps = -type(gamma).context.log(n), epochs * k
    for t in range(steps):
        j = t % k
        rows = X[j * b : (j + 1) * b]
        p = x * p + np.array([exp(-z) for z in rows @ w], dtype=object) @ rows
        visit = numbers.array([int(i == j) for i in range(k)]) * kappa
        U, V = U + visit, V + visit
        w = w + eta * norm.steepest(p, numbers)
        bound += eta * (formula.rate(gamma, R, max(U), min(V)) - formula.cost(eta, R))
        U, V = (values * formula.decay(x, R * eta, sign, exp) for values, sign in ((U, 1), (V, -1)))
        if bound > min(X @ w) + numbers.convert(Fraction(1, 10**40)):
            return f"bound {float(bound):.6g} > margin {float(min(X @ w)):.6g} at step {t}", t, bound
    return "", steps, bound
