"""B7: margins grow by at most ½ log(1/β2) a step on average, whatever the steps.

Proof.  S_t = Σ_i s_i, s_i = -ℓ'(x_i·w_t); λ = ½ log(1/β2), ϱ = β1/√β2 < 1, D_k = max_i |x_i[k]|, h_t = -log S_t - λt.
The gradient of step s (a sum over the batch, no row twice) is at most D_k S_s in column k, so
|m_t[k]| <= (1-β1) Σ_s β1^{t-s} D_k S_s; and v_t[k] >= (1-β2) β2^t a_k², a_k = |g_0[k]|.  With S_s = e^{-h_s-λs},

    |m_t[k]|/√v_t[k] <= (1-β1)/√(1-β2) · (D_k/a_k) Σ_{s<=t} ϱ^{t-s} e^{-h_s},

since β1^{t-s} e^{-λs} = ϱ^{t-s} e^{-λt} and √(β2^t) = e^{-λt}.  A step changes -log S by at most max_i |x_i·Δw|
<= Σ_k D_k |Δw_k|, because 0 <= -(log s)' <= 1 for both losses.  So

    (1)   h_{t+1} - h_t <= -λ + η_t Q Σ_{s<=t} ϱ^{t-s} e^{-h_s},    Q = (1-β1)/√(1-β2) Σ_k D_k²/a_k.

(1) alone leaves room for a leap after a very low h_s.  But v_t[k] >= (1-β2) β2^{t-s} g_s[k]² for each s, so gradients older
than n steps add at most (1-β1)/√(1-β2) ϱ^{n+1}/(1-ϱ) to |m|/√v, and every step raises h by at most J = η A ΣD - λ
(I11).  For steps at most η choose n with η(1-β1)/√(1-β2) ΣD ϱ^{n+1}/(1-ϱ) <= λ/2, and H = log(2ηQ/((1-ϱ)λ)): where h >= H
at the last n + 1 steps (or since the start), h does not rise.  Hence for every t

    (2)   -log S_t <= λt + max(-log S_0, H) + (n+1) max(J, 0),

and min_i x_i·w_t exceeds that by at most log N.  Near the constant's end nothing better holds: at large η runs grow by
more than 98% of λ a step (I12).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import sympy

from marginproof.theory.claims.cases import POSITIVE_STEPS, SUMMABLE, uses
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes, failed
from marginproof.theory.claims.digits import random_rows
from marginproof.theory.number_systems import Array, NumberSystem, multiprecision
from marginproof.theory.statements.i01_steady_state import BETA1, BETA2
from marginproof.theory.verdicts import SUPPORTS, Verdict


@dataclass(frozen=True)
class SpeedLimit:
    """The formula: λ, ϱ, what Q and the tail of old gradients are multiples of, and h's ceiling (2).

    ``exp``, ``log`` and ``root`` are those of the numbers in use.
    """

    rate: Callable[[Any, Any], Any] = lambda b2, log: -log(b2) / 2
    decay: Callable[[Any, Any, Any], Any] = lambda b1, b2, root: b1 / root(b2)
    gain: Callable[[Any, Any, Any], Any] = lambda b1, b2, root: (1 - b1) / root(1 - b2)
    spread: Callable[[Array, Array], Any] = lambda D, a: sum(D * D / a)
    steps: Callable[[int], int] = lambda n: n + 1
    step_squared: Callable[[Any, Any], Any] = lambda b1, b2: (1 - b1) ** 2 / ((1 - b2) * (1 - b1**2 / b2))

    def ceiling(
        self, numbers: NumberSystem, eta: Any, b1: Any, b2: Any, D: Array, a: Array, start: Any
    ) -> Any:
        """max(-log S_0, H) + (n+1) max(J, 0)."""
        log, root = type(eta).context.log, numbers.sqrt_one
        rate, decay = self.rate(b2, log), self.decay(b1, b2, root)
        gain, n = eta * self.gain(b1, b2, root), 0
        while gain * sum(D) * decay ** (n + 1) / (1 - decay) > rate / 2:
            n += 1
        level = log(2 * gain * self.spread(D, a) / ((1 - decay) * rate))
        leap = eta * sum(D) * root(self.step_squared(b1, b2)) - rate
        return max(start, level) + self.steps(n) * max(leap, 0)


def one_step(formula: SpeedLimit, effort: Effort) -> Evidence:
    """The chain of (1) with equalities where it may have them: one row, first gradient alone in v; symbolic β1, β2, h_s."""
    x, h0, h1, h2 = sympy.symbols("x h0 h1 h2", positive=True)
    rate, decay = formula.rate(BETA2, sympy.log), formula.decay(BETA1, BETA2, sympy.sqrt)
    t, heights = 2, (h0, h1, h2)
    sums = [sympy.exp(-h - rate * s) for s, h in enumerate(heights)]
    m = (1 - BETA1) * sum(BETA1 ** (t - s) * x * sums[s] for s in range(t + 1))
    v = (1 - BETA2) * BETA2**t * x**2
    Q = formula.gain(BETA1, BETA2, sympy.sqrt) * formula.spread(np.array([x]), np.array([x]))
    bound = Q * sum(decay ** (t - s) * sympy.exp(-heights[s]) for s in range(t + 1))
    gap = sympy.simplify(sympy.expand(sympy.simplify(x * m / sympy.sqrt(v) - bound)))
    n = sympy.Symbol("n", integer=True, nonnegative=True)
    old = BETA1 ** (n + 1) / sympy.sqrt(BETA2) ** (n + 1) - decay ** (n + 1)
    height, pairs = sympy.Symbol("z", real=True), []
    for slope in (sympy.exp(-height), 1 / (1 + sympy.exp(height))):
        steep = sympy.simplify(-sympy.diff(sympy.log(slope), height))
        pairs.append(
            (f"-(log s)' = {steep} leaves [0, 1]", all(0 <= steep.subs(height, k) <= 1 for k in (-9, 0, 9)))
        )
    return all_of([("a step's bound differs", gap == 0), ("old gradients", sympy.simplify(old) == 0), *pairs])


def runs(formula: SpeedLimit, effort: Effort) -> Evidence:
    """(1) and (2) at each of 60 steps in 50 digits: random data, betas, steps up to 100, any order of visits."""
    random, numbers, count = Random("207"), multiprecision(50), 0
    for _ in range(3 * effort.instances):
        n, d = random.randint(1, 4), random.randint(1, 3)
        X = numbers.array(random_rows(random, n, d) / 4)
        b2 = numbers.convert(Fraction(random.randint(5, 19), 20))
        b1 = numbers.convert(Fraction(random.randint(0, 19), 20)) * b2
        eta = numbers.convert(Fraction(2) ** random.randint(-7, 6))
        trouble, steps = _run(formula, numbers, X, eta, b1, b2, random)
        count += steps
        if trouble:
            return failed(
                f"{trouble}, β=({float(b1):.3g}, {float(b2):.3g}), η={float(eta):.3g}, seed=207", count
            )
    return Evidence(True, count, f"{count} steps in 50 digits")


def _run(
    formula: SpeedLimit, numbers: NumberSystem, X: Array, eta: Any, b1: Any, b2: Any, random: Random
) -> tuple[str, int]:
    exp, log, root = type(eta).context.exp, type(eta).context.log, numbers.sqrt_one
    slack = numbers.convert(Fraction(1, 10**35))
    w, m, v = 0 * X[0], 0 * X[0], 0 * X[0]
    D, a = np.array([max(abs(column)) for column in X.T]), None
    rate, decay = formula.rate(b2, log), formula.decay(b1, b2, root)
    past, top, h = 0 * eta, None, -log(numbers.convert(len(X)))
    for t in range(60):
        row = X[random.randrange(len(X))]
        g = exp(-(row @ w)) * row
        a = abs(g) if a is None else a
        top = formula.ceiling(numbers, eta, b1, b2, D, a, h) if top is None else top
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        w = w + eta * m / numbers.sqrt(v)
        past = decay * past + exp(-h)
        after = -log(sum(exp(-z) for z in X @ w)) - rate * (t + 1)
        if after - h > -rate + eta * formula.gain(b1, b2, root) * formula.spread(D, a) * past + slack:
            return f"(1) fails at step {t}", t
        if after > top + slack:
            return f"(2) fails at step {t}", t
        h = after
    return "", 60


def reached(formula: SpeedLimit, effort: Effort) -> Evidence:
    """Runs at η = 4 grow by 98% to 100% of λ a step in the end: the rate is the best possible, N = 1, 2, 3."""
    cases = []
    for rows in (
        ((2.0,),),
        ((4.0, 1.0, 2.0), (1.0, 5.0, -1.0)),
        ((4, 1, 2, -1, 1), (1, 5, -1, 2, 3), (-1, 2, 6, 1, -2)),
    ):
        X = np.array(rows, dtype=np.float64)
        rate = float(formula.rate(0.8, np.log))
        growth = _mean_growth(X, 4.0, 0.5, 0.8, 3000)
        cases.append((f"growth {growth:.5f} against λ = {rate:.5f}, N={len(X)}", 0.98 * rate < growth < rate))
    return all_of(cases)


def _mean_growth(X: Array, eta: float, b1: float, b2: float, steps: int) -> float:
    """The growth of the least margin a step over the second half of a run, in float64, relative to the last gradient."""
    z, m, v, scale, half = np.zeros(len(X)), 0 * X[0], 0 * X[0], 0.0, 0.0
    for t in range(2 * steps):
        new = z[t % len(X)]
        m, v, scale = m * np.exp(new - scale), v * np.exp(2 * (new - scale)), new
        g = X[t % len(X)]
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        z = z + eta * (X @ (m / np.sqrt(v)))
        half = z.min() if t == steps - 1 else half
    return float((z.min() - half) / steps)


F = SpeedLimit()
CLAIM = Claim(
    id="B7",
    title="Adam's speed limit",
    plain="Adam with β1² < β2, any batches, any positive steps: with S = Σ -ℓ'(x_i·w), λ = ½ log(1/β2) and h_t = -log S_t - λt, "
    "h rises by at most -λ + η_t Q Σ_{s<=t} ϱ^{t-s} e^{-h_s} a step; so for bounded steps -log S_t <= λt + const: margins "
    "grow by at most ½ log(1/β2) a step on average. Here ϱ = β1/√β2, Q = (1-β1)/√(1-β2) Σ_k D_k²/a_k, D_k = max_i |x_i[k]|, "
    "a_k = |g_0[k]|; for steps at most η, J = η A ΣD - λ with A as in I11, H = log(2ηQ/((1-ϱ)λ)), and n is so large that "
    "η(1-β1)/√(1-β2) ΣD ϱ^{n+1}/(1-ϱ) <= λ/2.",
    tex=r"-\log\sum_i\bigl(-\ell'(x_i\cdot w_t)\bigr)\le\tfrac12\log\tfrac1{\beta_2}\,t+\max(-\log S_0,H)+(n+1)\max(J,0)",
    quantifiers="for every X, batching without repetition in a batch, loss, w_0, bounded positive schedule and t, ε = 0, every "
    "β1² < β2 < 1, where the first gradient has no zero entry (else from each column's first gradient on)",
    source="derived here",
    proof=__doc__ or "",
    expected=Verdict.HELD,
    hypotheses=(uses("adam"), SUMMABLE, POSITIVE_STEPS),
    formula=F,
    checks=(
        EvidenceSource("a step's bound", SUPPORTS, "symbolic β1, β2, h_s, x; both losses", one_step),
        EvidenceSource("runs in 50 digits", Verdict.OBSERVED, "random data and order, 60 steps", runs),
        EvidenceSource("the rate is reached", SUPPORTS, "float64, N <= 3, η = 4", reached),
    ),
    mutants=changes(
        F,
        missing_half={"rate": lambda b2, log: -log(b2)},
        quarter={"rate": lambda b2, log: -log(b2) / 4},
        missing_root={"decay": lambda b1, b2, root: b1 / b2},
        own_decay={"decay": lambda b1, b2, root: b1},
        dropped_root={"gain": lambda b1, b2, root: (1 - b1) / (1 - b2)},
        missing_factor={"gain": lambda b1, b2, root: 1 / root(1 - b2)},
        dropped_square={"spread": lambda D, a: sum(D / a)},
        sign={
            "step_squared": lambda b1, b2: (1 - b1) ** 2 / ((1 - b2) * (1 + b1**2 / b2)),
            "steps": lambda n: -1,
        },
    ),
    missing_evidence="runs of real optimizers at zero tolerance (marginproof.properties.checks.finite_time)",
)
