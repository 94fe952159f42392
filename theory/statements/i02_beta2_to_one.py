"""I2: as β2 → 1, Inc-Adam's epoch map becomes AdamProxy's direction, for every β1.

Proof.  At β2 = 1 each of the K denominators is √(Σ_j G_j²) = √q, whatever the position i, so the
epoch map is (Σ_i Σ_j β1^((i-j) mod K) G_j)/√q.  For fixed j, i ↦ (i-j) mod K is a bijection of
0 … K-1, so the inner sum over i is Σ_r β1^r = (1-β1^K)/(1-β1) and the map is that constant times
m/√q.  With C (I1), C² → ((1-β1)/(1-β1^K))² K, so an epoch moves w by η√K m/√q.  The map is analytic
in β2 at 1 (q > 0), so the error is O(1-β2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, cast

import numpy as np
import sympy

from marginproof.theory.claims.cases import BETAS, CYCLIC, PER_SAMPLE, POSITIVE_COLUMNS
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes, failed
from marginproof.theory.claims.digits import random_beta, random_rows, random_weights, tends_at_rate
from marginproof.theory.claims.symbolic import ROOTS, all_vanish, symbolic_data
from marginproof.theory.fields import AdamProxyField, IncAdamField, mean_gradient, per_sample_square
from marginproof.theory.number_systems import Array, NumberSystem
from marginproof.theory.statements.i01_steady_state import BETA1, BETA2, K
from marginproof.theory.statements.i01_steady_state import CLAIM as STEADY
from marginproof.theory.verdicts import Verdict

PROXY = AdamProxyField()


@dataclass(frozen=True)
class ProxyLimit:
    """The formula: factor(β1, K) and the direction that IncAdam's field tends to."""

    factor: Callable[[Any, Any], Any] = lambda b1, k: (1 - b1**k) / (1 - b1)
    direction: Callable[[Array, Array, NumberSystem], Array] = PROXY
    epoch_squared: Callable[[Any], Any] = lambda k: k


def geometric_sum(formula: ProxyLimit, effort: Effort) -> Evidence:
    """Σ_{r<K} β1^r is ``formula.factor``, f, by telescoping in K; and C²f² → K as β2 → 1, symbolic K."""
    partial: Callable[[Any], Any] = lambda k: formula.factor(BETA1, k)  # noqa: E731
    step = sympy.simplify(partial(K + 1) - partial(K) - BETA1**K)
    head = sympy.limit((1 - BETA2**K) / (1 - BETA2), BETA2, 1)
    C2 = STEADY.formula.constant_squared(BETA1, BETA2, K) * (1 - BETA2) / (1 - BETA2**K) * head
    return all_of(
        [
            ("the empty sum is not zero", sympy.simplify(partial(0)) == 0),
            ("Σ_{r<K+1} - Σ_{r<K} is not β1^K", step == 0),
            (
                "an epoch's length is not √K",
                sympy.simplify(C2 * partial(K) ** 2 - formula.epoch_squared(K)) == 0,
            ),
        ]
    )


def bijection(formula: ProxyLimit, effort: Effort) -> Evidence:
    """IncAdam's field at β2 = 1 is factor · direction: symbolic β1, X, c, every (N, d) up to the bound."""
    cases = []
    for n, d in effort.sizes():
        X, c = symbolic_data(n, d)
        u = IncAdamField(beta1=BETA1, beta2=Fraction(1))(X, c, ROOTS)
        wanted = formula.factor(BETA1, sympy.Integer(n)) * formula.direction(X, c, ROOTS)
        cases.append((f"fails at N={n}, d={d}", all_vanish(u - wanted)))
    return all_of(cases)


def extrapolated(formula: ProxyLimit, effort: Effort) -> Evidence:
    """u at β2 = 1 - h tends to factor · direction at rate h."""
    random, count = Random("102"), 0
    for _ in range(min(effort.instances, 6)):
        X, c, b1 = random_rows(random, 3, 2), random_weights(random, 3), random_beta(random)
        for precision in effort.digits:
            run = lambda nums, h, a=(X, c, b1): _at(nums, h, *a)  # noqa: E731
            goal = lambda nums, a=(X, c, b1): (  # noqa: E731
                formula.factor(nums.convert(a[2]), 3)
                * formula.direction(nums.array(a[0]), nums.array(a[1]), nums)
            )
            trouble = tends_at_rate(run, goal, precision)
            if trouble:
                return failed(trouble, count)
            count += 1
    return Evidence(True, count, f"{count} sequences, rate 1-β2 met")


def _at(numbers: NumberSystem, h: Any, X: Array, c: Array, beta1: Fraction) -> Array:
    """IncAdam's field at β2 = 1 - h; h = 2^-k is turned back into the exact fraction it is."""
    k = int(-type(h).context.log(h, 2) + Fraction(1, 2))
    field = IncAdamField(beta1=beta1, beta2=1 - Fraction(1, 2**k))
    return field(numbers.array(X), numbers.array(c), numbers)


def _over(power: sympy.Rational | int, X: Array, c: Array, numbers: NumberSystem) -> Array:
    q = per_sample_square(X, c)
    return cast(Array, mean_gradient(X, c) / (q if power == 1 else numbers.sqrt(q) * q))


F = ProxyLimit()
CLAIM = Claim(
    id="I2",
    title="β2 → 1 gives AdamProxy",
    plain="As β2 → 1 the epoch map of I1 (b = 1) tends to √K · m/√q for every β1, at rate 1-β2; u(c) = m/√q with g_i = c_i x_i, "
    "m = Σ_i g_i, q = Σ_i g_i² is AdamProxy's field.",
    tex=r"\lim_{\beta_2\to1}\sum_i\frac{\sum_j\beta_1^{(i-j)\bmod "
    r"K}g_j}{\sqrt{\sum_j\beta_2^{(i-j)\bmod K}g_j^2}}"
    r"=\frac{1-\beta_1^K}{1-\beta_1}\,\frac{m}{\sqrt q}",
    quantifiers="for every β1 in [0, 1), every N, d, X, c in the simplex, with q > 0 (checked for nonzero entries; the rest by continuity)",
    source="paper, Prop. 4.1",
    proof=__doc__ or "",
    expected=Verdict.PROVED,
    hypotheses=(BETAS, CYCLIC, PER_SAMPLE, POSITIVE_COLUMNS),
    formula=F,
    checks=(
        EvidenceSource("geometric sum", Verdict.PROVED, "symbolic β1, β2, K", geometric_sum),
        EvidenceSource(
            "field at β2 = 1",
            Verdict.PROVED,
            "every (N, d) up to the bound; any N by the bijection of lags",
            bijection,
        ),
        EvidenceSource(
            "β2 → 1", Verdict.OBSERVED, "Richardson, N = 3, d = 2, 50 and 200 digits", extrapolated
        ),
    ),
    mutants=changes(
        F,
        exponent={"factor": lambda b1, k: (1 - b1 ** (k + 1)) / (1 - b1)},
        sign={"factor": lambda b1, k: (1 + b1**k) / (1 - b1)},
        missing_factor={"factor": lambda b1, k: 1 / (1 - b1)},
        missing_root={"direction": lambda X, c, numbers: _over(1, X, c, numbers)},
        wrong_power={"direction": lambda X, c, numbers: _over(sympy.Rational(3, 2), X, c, numbers)},
        dropped_square={"direction": lambda X, c, numbers: mean_gradient(X, c) / numbers.sqrt((X * X).T @ c)},
        wrong_norm={
            "direction": lambda X, c, numbers: np.array([numbers.convert(1)] * X.shape[1], dtype=object)
        },
        wrong_epoch_length={"epoch_squared": lambda k: k**2},
    ),
)
