"""I5: the paper's dual fixed point T(c) = c is the limit equation, and one exists.

Proof.  P(c) asks for the w of least ½ w·(M w) with Xw >= 1; M = diag √q(c) is positive definite, so its KKT conditions
are necessary and sufficient: M w = Xᵀd, d >= 0, Xw >= 1, d_j (x_j·w - 1) = 0.  T(c) = c says d = κ c,
κ > 0.  Then w = κ M^{-1} Xᵀc = κ u(c), Xw = κ F(c), and with γ = 1/κ feasibility reads F >= γ and
complementarity c_j (F_j - γ) = 0.  Conversely a solution (c, γ) gives the KKT pair w = u/γ, d = c/γ,
and Σ d = 1/γ, so d/‖d‖_1 = c.

Existence.  With all entries nonzero, q > 0 and F is continuous on the compact convex simplex Δ, so the
variational inequality (c' - c)·F(c) >= 0 for all c' in Δ has a solution (Brouwer; Hartman–Stampacchia).
Taking c' = e_j gives F_j >= c·F =: γ for all j, with equality where c_j > 0 since c·F averages F over
the support; γ > 0 by I4.  (The paper: Thm 4.8, by Kakutani.)  For N = 2 this is the intermediate value
theorem for D = F_1 - F_2 on [0, 1], which the last check counts exactly on integer data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any, cast

import numpy as np
import sympy

from marginproof.theory.claims.cases import NONZERO, SEPARABLE, exact_rows
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes, failed
from marginproof.theory.claims.digits import in_many_digits, random_rows, random_weights
from marginproof.theory.claims.symbolic import CovarianceFixedPoint, all_vanish, covariance_fixed_point
from marginproof.theory.number_systems import Array, NumberSystem
from marginproof.theory.verdicts import Verdict


@dataclass(frozen=True)
class Kkt:
    """The formula: the KKT pair (w, d) built from (c, γ), M's diagonal from √q, and the constraint level."""

    scale_w: Callable[[Any], Any] = lambda gamma: 1 / gamma
    scale_d: Callable[[Any], Any] = lambda gamma: 1 / gamma
    metric: Callable[[Any], Any] = lambda root_q: root_q
    level: Callable[[Any], Any] = lambda gamma: sympy.Integer(1)

    def stationarity(self, s: CovarianceFixedPoint) -> Array:
        """The gradient in w of ½ w·(M w) - d·(X w - 1), shape (d,)."""
        metric = np.array([self.metric(sympy.sqrt(q)) for q in s.q], dtype=object)
        return cast(
            Array, metric * s.direction * self.scale_w(s.gamma) - s.X.T @ (s.c * self.scale_d(s.gamma))
        )

    def slack(self, s: CovarianceFixedPoint) -> Array:
        """Xw - 1, shape (N,)."""
        return cast(Array, s.F * self.scale_w(s.gamma) - self.level(s.gamma))


def both_ways(formula: Kkt, effort: Effort) -> Evidence:
    """Stationarity vanishes; γ (Xw - 1) = F - γ; γ Σ d = 1: over symbols, so each side implies the other."""
    cases = []
    for n, d in effort.sizes():
        s = covariance_fixed_point(n, d)
        multiplier = s.c * formula.scale_d(s.gamma)
        cases += [
            (f"w is not stationary at N={n}, d={d}", all_vanish(formula.stationarity(s))),
            (
                f"slack and F - γ differ at N={n}, d={d}",
                all_vanish(s.gamma * formula.slack(s) - (s.F - s.gamma)),
            ),
            (f"d/‖d‖_1 is not c at N={n}, d={d}", all_vanish(multiplier * s.gamma - s.c)),
        ]
    return all_of(cases)


def convexity(formula: Kkt, effort: Effort) -> Evidence:
    """M's diagonal is positive for q > 0, so KKT is sufficient and the minimiser of P(c) unique."""
    root = sympy.Symbol("s", positive=True)
    return all_of([("M is not positive", bool(sympy.sympify(formula.metric(root)).is_positive))])


def existence_for_two(formula: Kkt, effort: Effort) -> Evidence:
    """Every separable 2 × 2 integer data set with nonzero entries up to 3 (quick) has an exact fixed
    point.
    """
    from marginproof.theory.proofs.two_samples.elimination import fixed_points

    top = 2 if effort.name == "quick" else 3
    entries = [value for value in range(-top, top + 1) if value]
    count = 0
    for values in product(entries, repeat=4):
        if values[0] < 0 or values[1] < 0 or min(values[2] + values[3], values[0] + values[1]) <= 0:
            continue
        X = exact_rows(np.reshape(values, (2, 2)))
        if not fixed_points(X).points and not fixed_points(X).continuum:
            return failed(f"no fixed point for X={np.reshape(values, (2, 2)).tolist()}", count)
        count += 1
    return Evidence(count > 0, count, f"{count} data sets, |entry| <= {top}, separated by (1, 1)")


def digits(formula: Kkt, effort: Effort) -> Evidence:
    """With λ_j = F_j - γ read as given, the KKT pair's Lagrangian gradient and slack on random data."""

    def sides(numbers: NumberSystem, random: Random) -> tuple[Any, Any]:
        X, c = numbers.array(random_rows(random, 4, 3)), numbers.array(random_weights(random, 4))
        gamma = numbers.convert(Fraction(random.randint(1, 9), 7))
        roots = numbers.sqrt((X * X).T @ (c * c))
        u = (X.T @ c) / roots
        left = np.array([formula.metric(root) for root in roots], dtype=object) * u * formula.scale_w(gamma)
        slack = X @ u * formula.scale_w(gamma) - numbers.convert(formula.level(sympy.Integer(1)))
        return np.r_[left, gamma * slack], np.r_[X.T @ (c * formula.scale_d(gamma)), X @ u - gamma]

    return in_many_digits(sides, effort, seed=105)


F = Kkt()
CLAIM = Claim(
    id="I5",
    title="dual fixed point = limit equation",
    plain="With F(c) = X u(c) of AdamProxy, (w, d) is a KKT pair of P(c) with d ∝ c exactly when F_j(c) >= γ with equality where c_j > 0 "
    "(w = u/γ, d = c/γ). P(c) asks for the w of least ½ Σ_k √q_k(c) w_k² with X w >= 1; d are its multipliers, and T(c) = d/‖d‖_1. "
    "Such a c exists (Brouwer: an argument in prose; checked for N = 2 only).",
    tex=r"T(c)=c\iff F_j(c)\ge\gamma,\ c_j(F_j(c)-\gamma)=0",
    quantifiers="for every N, d, separable X with nonzero entries; there exists c",
    source="paper, Thm 4.8 (existence, by Kakutani); the complementarity form is derived here",
    proof=__doc__ or "",
    expected=Verdict.PROVED,
    hypotheses=(SEPARABLE, NONZERO),
    formula=F,
    checks=(
        EvidenceSource(
            "KKT both ways",
            Verdict.PROVED,
            "every (N, d) up to the bound; any size coordinatewise",
            both_ways,
        ),
        EvidenceSource(
            "strict convexity of P(c)", Verdict.PROVED, "one coordinate of M, symbolic", convexity
        ),
        EvidenceSource(
            "existence for N = 2",
            Verdict.OBSERVED,
            "exact, small integers; for general N existence is the argument in prose, by Brouwer",
            existence_for_two,
        ),
        EvidenceSource("50 and 200 digits", Verdict.OBSERVED, "N = 4, d = 3", digits),
    ),
    mutants=changes(
        F,
        missing_factor={"scale_w": lambda gamma: sympy.Integer(1)},
        sign={"scale_d": lambda gamma: -1 / gamma},
        exponent={"scale_d": lambda gamma: 1 / gamma**2},
        missing_root={"metric": lambda root: root**2},
        inverted_metric={"metric": lambda root: 1 / root},
        wrong_level={"level": lambda gamma: gamma},
    ),
)
