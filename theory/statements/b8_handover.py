"""B8: as margins grow, Adam with ε > 0 hands over from √v to ε, at a margin that is known beforehand.

Proof.  Without bias correction w_{t+1} - w_t = -η_t m_t/(√v_t + ε).  Put ρ_k = √v_t[k]/ε.  Then, exactly,

    (1)   ε |Δw_k| / (η_t |m_t[k]|) = 1/(1 + ρ_k)   and   √v_t[k] |Δw_k| / (η_t |m_t[k]|) = ρ_k/(1 + ρ_k),

so the step is gradient descent's of rate η/ε on the averaged gradient to within a relative ρ_k, and that of ε = 0 to
within 1/ρ_k.  Let μ_s = min_i x_i·w_s, D_k = max_i |x_i[k]|, R = max_i ‖x_i‖_1, steps at most η.  A batch's mean gradient is
at most D_k e^{-μ_s} in column k (both losses: s_i <= e^{-x_i·w}), and a step moves no margin by more than c = ηRA (I11:
ε > 0 only shortens it), so μ_s >= μ_t - c (t-s).  Where q = β2 e^{2c} < 1,

    (2)   v_t[k] <= (1-β2) Σ_s β2^{t-s} D_k² e^{-2μ_s} <= D_k² e^{-2μ_t} (1-β2)/(1-q).

So with κ = √((1-β2)/(1-q)), ρ_k <= (κ D_k/ε) e^{-μ_t}: from the margin log(κ D_k/(δε)) on, every step is within
a relative δ of gradient descent with rate η/ε.  The other way v_t[k] >= (1-β2) g_t[k]², so ρ_k >= √(1-β2) |g_t[k]|/ε.  For one
sample x = 1, full batch, β = 0, both meet: the step is η/2 at the margin log(1/ε), 18.42 for ε = 1e-8.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import sympy

from marginproof.theory.claims.cases import POSITIVE_STEPS, uses
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes, failed
from marginproof.theory.claims.digits import random_rows
from marginproof.theory.number_systems import multiprecision
from marginproof.theory.statements.i01_steady_state import BETA2
from marginproof.theory.verdicts import SUPPORTS, Verdict


@dataclass(frozen=True)
class HandOver:
    """The formula: κ², its q, the share of gradient descent's step, and the step's constant A².

    Attributes:
      fade: q from (β2, c, exp).
      squared: κ² from (β2, q).
      share: ε|Δw|/(η|m|) from ρ.
      step_squared: A² from (β1, β2).
    """

    fade: Callable[[Any, Any, Any], Any] = lambda b2, c, exp: b2 * exp(2 * c)
    squared: Callable[[Any, Any], Any] = lambda b2, q: (1 - b2) / (1 - q)
    share: Callable[[Any], Any] = lambda rho: 1 / (1 + rho)
    step_squared: Callable[[Any, Any], Any] = lambda b1, b2: (1 - b1) ** 2 / ((1 - b2) * (1 - b1**2 / b2))


def exact(formula: HandOver, effort: Effort) -> Evidence:
    """(1) for symbolic m, v, ε; (2)'s geometric sum, attained by gradients that fall by e^{-c} a step for ever."""
    v, eps, c = sympy.symbols("v epsilon c", positive=True)
    one = sympy.simplify(eps / (sympy.sqrt(v) + eps) - formula.share(sympy.sqrt(v) / eps))
    q = sympy.Symbol("q", positive=True)
    ratio = formula.fade(BETA2, c, sympy.exp)
    term = sympy.simplify(ratio - BETA2 * sympy.exp(2 * c))  # β2^{age} e^{2c age} is q^{age}
    total = sympy.simplify((1 - BETA2) / (1 - q) - formula.squared(BETA2, q))
    half = formula.share(sympy.Integer(1)) - sympy.Rational(1, 2)
    return all_of([("the share of ε", one == 0), ("the ratio of old squares", term == 0),
                   ("their sum", total == 0), ("half a step at √v = ε", half == 0)])  # fmt: skip


def runs(formula: HandOver, effort: Effort) -> Evidence:
    """Every step of runs in 50 digits through the hand-over: ε|Δw|/(η|m|) >= share(κ D e^{-μ}/ε)."""
    random, numbers, count = Random("208"), multiprecision(50), 0
    for _ in range(2 * effort.instances):
        X = numbers.array(random_rows(random, random.randint(1, 3), 2) / 4)
        b2 = numbers.convert(Fraction(random.randint(5, 19), 20))
        b1 = b2 * numbers.convert(Fraction(random.randint(0, 19), 20))
        exp, root = type(b2).context.exp, numbers.sqrt_one
        eps, R = numbers.convert(Fraction(1, 2 ** random.randint(0, 6))), max(sum(abs(row)) for row in X)
        eta = -type(b2).context.log(b2) / (4 * R * root(HandOver().step_squared(b1, b2)))
        q = formula.fade(b2, eta * R * root(formula.step_squared(b1, b2)), exp)
        if not 0 < q < 1:
            return failed(f"q = {float(q):.3g} is no ratio, β2={float(b2):.3g}, seed=208", count)
        kappa = root(formula.squared(b2, q))
        D, w, m, v = [max(abs(column)) for column in X.T], 0 * X[0], 0 * X[0], 0 * X[0]
        for t in range(40):
            row, low = X[random.randrange(len(X))], min(X @ w)
            g = -exp(-(row @ w)) * row
            m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
            for k in range(2):
                share = eps / (root(v[k]) + eps)
                if share < formula.share(kappa * D[k] * exp(-low) / eps) - numbers.convert(
                    Fraction(1, 10**40)
                ):
                    return failed(f"the hand-over is later than said at t={t}, seed=208", count)
            w = w - eta * m / (numbers.sqrt(v) + eps)
            count += 1
    return Evidence(True, count, f"{count} steps in 50 digits")


def sharp(formula: HandOver, effort: Effort) -> Evidence:
    """Gradients e^{-c t}, 2001 of them: √v reaches κ times the last to 10^-6."""
    cases = []
    for b2, c in ((0.9, 0.01), (0.5, 0.1), (0.95, 0.02)):
        q = formula.fade(b2, c, lambda x: math.exp(x))
        v = 0.0
        for age in range(2000, -1, -1):
            v = b2 * v + (1 - b2) * math.exp(2 * c * age)
        cases.append(
            (
                f"κ² = {float(formula.squared(b2, q)):.6g} against {v:.6g}",
                abs(v / float(formula.squared(b2, q)) - 1) < 1e-6,
            )
        )
    return all_of(cases)


F = HandOver()
CLAIM = Claim(
    id="B8",
    title="From √v to ε",
    plain="Adam with ε > 0, no bias correction, steps at most η, q = β2 e^{2ηRA} < 1, κ = √((1-β2)/(1-q)), D_k = max_i |x_i[k]|, "
    "R = max_i ‖x_i‖_1, A as in I11: where min_i x_i·w_t >= log(κ D_k/(δε)), coordinate k's step is η m/ε, gradient descent's with momentum and rate η/ε, to within a relative δ; before, √v decides.",
    tex=r"\frac{1}{1+\rho_k}\le\frac{\varepsilon|\Delta w_k|}{\eta_t|m_k|}\le 1,\quad \rho_k=\frac{\kappa D_k}{\varepsilon}e^{-\min_i x_i\cdot w_t}",
    quantifiers="for every data set, batching without repeats, both losses, every step t >= 0, β1² < β2 < 1",
    source="derived here; for the full batch the formula is known from public posts",
    proof=__doc__ or "",
    expected=Verdict.HELD,
    hypotheses=(uses("adam"), POSITIVE_STEPS),
    formula=F,
    checks=(
        EvidenceSource("the two shares and the sum", SUPPORTS, "symbolic m, v, ε, β2, c", exact),
        EvidenceSource(
            "runs in 50 digits", Verdict.OBSERVED, "random data, 40 steps through the hand-over", runs
        ),
        EvidenceSource("attained", SUPPORTS, "geometric gradients", sharp),
    ),
    mutants=changes(
        F,
        sign={"share": lambda rho: 1 / (1 - rho)},
        dropped_square={"fade": lambda b2, c, exp: b2 * exp(c)},
        missing_factor={"squared": lambda b2, q: 1 - b2},
        exponent={"share": lambda rho: 1 / (1 + rho**2)},
        opposite_growth={"fade": lambda b2, c, exp: b2 * exp(-2 * c)},
        swapped_terms={"squared": lambda b2, q: (1 - q) / (1 - b2)},
    ),
)
