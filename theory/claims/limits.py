"""What the limit claims L1–L8 state, and the two tests that need no simulator.

A limit claim names an optimizer's direction field and what its flow tends to.  That real runs follow
is evidence registered from ``properties`` (OBSERVED at most).  What can be tested here:

* *the field is the frozen epoch*: with gradients held fixed, the optimizer's own recursion, run to
  its steady state, moves w over an epoch along the stated field, in 50 digits (:func:`frozen_epoch`);
* *the flow ends there*: on data whose limit is known exactly, the float64 flow from w_0 = 0 ends at
  the stated target (:func:`ends_at`).  Tolerance 10^-6: the solver stops at residual 10^-12 and the
  data are well conditioned (support matrices with condition number below 10^3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Any, cast

import numpy as np

from marginproof.theory.claims.cases import exact_rows
from marginproof.theory.claims.claim import Effort, Evidence, all_of, failed
from marginproof.theory.claims.descent import known_margins
from marginproof.theory.claims.digits import agrees, random_rows, random_weights
from marginproof.theory.fields import Field
from marginproof.theory.limit.problem import LimitProblem, Outcome
from marginproof.theory.number_systems import Array, NumberSystem, multiprecision

SR4 = ((1, 1, 1, 1), (2, 2, 2, -2), (3, 3, -3, -3), (4, -4, 4, -4))
SR4_L2 = (19, 13, 11, 5)
"""The exact ℓ₂ direction of SR4 (R5); γ_∞ = 3."""
TWO = ((5, 1), (1, 4))
TOLERANCE = 1e-6


@dataclass(frozen=True)
class LimitStatement:
    """The formula of a limit claim.

    Attributes:
      field: the direction field, from the batch size b and N.
      target: how far a direction u is from the stated limit on X, zero where it is reached, given
        what is known exactly of X: its ℓ₂ direction and γ_∞ (:class:`KnownMargins`).
    """

    field: Callable[[int, int], Field]
    target: Callable[[KnownMargins, Array], float]


@dataclass(frozen=True)
class KnownMargins:
    """Data with exactly known margins: rows, a vector along the ℓ₂ max-margin direction, γ_∞."""

    X: Array
    l2: Array
    linf: Fraction

    @property
    def floats(self) -> Array:
        """X in float64."""
        return np.asarray(self.X, dtype=np.float64)


def l2_gap(known: KnownMargins, u: Array) -> float:
    """‖u/‖u‖_2 - w_2/‖w_2‖_2‖_2."""
    w = np.asarray(known.l2, dtype=np.float64)
    return float(np.linalg.norm(u / np.linalg.norm(u) - w / np.linalg.norm(w)))


def linf_gap(known: KnownMargins, u: Array) -> float:
    """1 - (min_i x_i·u/‖u‖_∞)/γ_∞: margins are compared, since the maximiser need not be unique."""
    return float(abs(1 - (known.floats @ u).min() / np.abs(u).max() / float(known.linf)))


def known_data(seed: int, instances: int) -> list[KnownMargins]:
    """SR4, X = [[5, 1], [1, 4]], and :func:`~marginproof.theory.claims.descent.known_margins` with a known ℓ₂ direction."""
    found = [
        KnownMargins(exact_rows(SR4), exact_rows([SR4_L2])[0], Fraction(3)),
        KnownMargins(exact_rows(TWO), exact_rows([[3, 4]])[0], Fraction(5)),
    ]
    for X, linf, _ in known_margins(Random(str(seed)), instances):
        opposed = X.shape == (2, 2) and X[0, 1] < 0
        found.append(KnownMargins(X, exact_rows([[1, 1]])[0] if opposed else X[0], linf))
    return found


def ends_at(
    formula: LimitStatement, data: list[KnownMargins], batch_size: Callable[[int], int] = lambda n: 1
) -> Evidence:
    """The flow of the stated field from w_0 = 0 ends within 10^-6 of the stated target, on every data set."""
    from marginproof.theory.limit.solve import solve

    cases = []
    for known in data:
        n = len(known.X)
        limit = solve(LimitProblem(known.X, formula.field(batch_size(n), n)))
        gap = formula.target(known, limit.direction)
        where = f"X={known.floats.tolist()}"
        cases.append((f"{limit.outcome.value} on {where}", limit.outcome is Outcome.FIXED_POINT))
        cases.append((f"off by {gap:.3g} on {where}", gap <= TOLERANCE))
    return all_of(cases)


Recursion = Callable[[NumberSystem, Array, Any, int], Array]
"""(numbers, batch gradients G (K, d), epochs to settle, K) to the motion of one settled epoch."""


def frozen_epoch(
    formula: LimitStatement, recursion: Recursion, effort: Effort, seed: int, settle: int
) -> Evidence:
    """The settled epoch of the optimizer's own recursion is parallel to the stated field, in 50 digits.

    Arguments:
      settle: steps run before the epoch that is measured; β^settle < 10^-50 for the betas in use.
    """
    random, numbers, count = Random(str(seed)), multiprecision(50), 0
    for n, b in 3 * ((2, 1), (3, 1), (4, 1), (4, 2), (6, 2), (6, 3)):
        X, c = numbers.array(random_rows(random, n, 2)), numbers.array(random_weights(random, n))
        G = (c[:, None] * X).reshape(n // b, b, 2).sum(axis=1)
        moved = recursion(numbers, G, settle * b // n + 1, n // b)
        u = formula.field(b, n)(X, c, numbers)
        if not agrees(_scaled(moved), _scaled(u), 50):
            seen = [float(value) for value in (*_scaled(moved), *_scaled(u))]
            return failed(f"the epoch moves along another direction at N={n}, b={b}: {seen}", count)
        count += 1
    return Evidence(count > 0, count, f"{count} settled epochs in 50 digits")


def _scaled(u: Array) -> Array:
    """u/‖u‖_1, or u where it is zero."""
    return u / (sum(abs(value) for value in u) or 1)


def adam_epoch(beta1: Fraction, beta2: Fraction) -> Recursion:
    """Adam with frozen gradients: Σ m/√v over the settled epoch."""

    def run(numbers: NumberSystem, G: Array, settle: int, k: int) -> Array:
        b1, b2 = numbers.convert(beta1), numbers.convert(beta2)
        m = v = 0 * G[0]
        moved: Array = 0 * G[0]
        for step in range(k * (settle + 1)):
            g = G[step % k]
            m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
            if step >= k * settle:
                moved = moved + m / numbers.sqrt(v)
        return moved

    return run


def signum_epoch(beta: Fraction) -> Recursion:
    """Signum with frozen gradients: Σ sign(m) over the settled epoch."""

    def run(numbers: NumberSystem, G: Array, settle: int, k: int) -> Array:
        b, m = numbers.convert(beta), 0 * G[0]
        moved: Array = 0 * G[0]
        for step in range(k * (settle + 1)):
            m = b * m + (1 - b) * G[step % k]
            if step >= k * settle:
                moved = moved + numbers.sign(m)
        return moved

    return run


def sgd_epoch(numbers: NumberSystem, G: Array, settle: int, k: int) -> Array:
    """SGD with frozen gradients: Σ_j G_j."""
    return cast(Array, G.sum(axis=0))


def batch_mean_epoch(batch_size: int) -> Callable[[Array], Array]:
    """Σ G/√v, v being the mean of G², over all batches of size b: Adam as β2 → 1 with uniformly random batches (floats)."""

    def run(g: Array) -> Array:
        sums = np.array([g[list(batch)].sum(axis=0) for batch in combinations(range(len(g)), batch_size)])
        return np.asarray(sums.sum(axis=0) / np.sqrt((sums**2).mean(axis=0)))

    return run
