"""I1: the steady state of a moving average over periodic gradients, and Inc-Adam's epoch map.

Proof.  With frozen gradients g_0 … g_{K-1} visited cyclically, m_i = β m_{i-1} + (1-β) g_i has one
K-periodic solution, since m ↦ βm + … is a contraction.  Write a(r) = (1-β)/(1-β^K) β^r for the
weight of the gradient of lag r = (i-j) mod K.  Passing from i-1 to i raises the lag of every j ≠ i by
one, and a(r) = β a(r-1); for j = i the lag falls from K-1 to 0, and a(0) - β a(K-1) = 1-β.  Hence
Σ_j a((i-j) mod K) g_j solves the recurrence, for every K.  The same with g² and β2 gives v, and
m/√v = C (Σ β1^lag g)/√(Σ β2^lag g²) with C² = a_1(0)²/a_2(0).  For K = 1, C = 1 and m/√v = sign g.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any, cast

import numpy as np
import sympy

from marginproof.theory.claims.cases import BETAS, CYCLIC, MOVING
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes, failed
from marginproof.theory.claims.digits import (
    in_many_digits,
    random_beta,
    random_rows,
    random_weights,
    tends_at_rate,
)
from marginproof.theory.claims.symbolic import symbol_array
from marginproof.theory.fields import IncAdamField
from marginproof.theory.moving_averages import cyclic_weights
from marginproof.theory.number_systems import SYMBOLS, Array, NumberSystem
from marginproof.theory.verdicts import Verdict

BETA = sympy.Symbol("beta", positive=True)
BETA1, BETA2 = sympy.symbols("beta1 beta2", positive=True)
K = sympy.Symbol("K", integer=True, positive=True)
R, P = sympy.symbols("r P", integer=True, nonnegative=True)


@dataclass(frozen=True)
class SteadyState:
    """The formula: a(r), the lag of j seen from i, and C²."""

    weight: Callable[[Any, Any, Any], Any] = lambda beta, k, lag: (1 - beta) / (1 - beta**k) * beta**lag
    lag: Callable[[int, int, int], int] = lambda i, j, k: (i - j) % k
    constant_squared: Callable[[Any, Any, Any], Any] = lambda b1, b2, k: (
        ((1 - b1) / (1 - b1**k)) ** 2 * (1 - b2**k) / (1 - b2)
    )

    def average(self, beta: Any, gradients: Array, i: int) -> Any:
        """The steady state at step i: Σ_j ω_j g_j with the lags' weights ω_j, shape (d,)."""
        k = len(gradients)
        return sum(self.weight(beta, k, self.lag(i, j, k)) * gradients[j] for j in range(k))


def _zero(expr: Any) -> bool:
    return bool(sympy.simplify(expr) == 0)


def recurrence(formula: SteadyState, effort: Effort) -> Evidence:
    """a(r) = β a(r-1), a(0) - βa(K-1) = 1-β, for symbolic r and K, and the weights sum to one."""
    a: Callable[[Any], Any] = lambda lag: formula.weight(BETA, K, lag)  # noqa: E731
    total = sympy.summation(BETA**R, (R, 0, K - 1)).args[-1][0] * a(0)
    return all_of(
        [
            ("a(r) = β a(r-1) fails", _zero(a(R + 1) - BETA * a(R))),
            ("a(0) - β a(K-1) = 1 - β fails", _zero(a(0) - BETA * a(K - 1) - (1 - BETA))),
            ("the weights do not sum to one", _zero(sympy.powsimp(sympy.expand(total - 1)))),
        ]
    )


def unrolled(formula: SteadyState, effort: Effort) -> Evidence:
    """Σ_{p<P} (1-β) β^{r + K p} = a(r) (1-β^{K P}): the infinite average grouped by lag, symbolic r, K, P."""
    grouped: Callable[[Any], Any] = lambda p: formula.weight(BETA, K, R) * (1 - BETA ** (K * p))  # noqa: E731
    term = (1 - BETA) * BETA ** (R + K * P)
    return all_of(
        [
            ("the sum over no epoch is not empty", _zero(grouped(0))),
            ("adding one epoch adds the wrong term", _zero(sympy.expand(grouped(P + 1) - grouped(P) - term))),
        ]
    )


def epoch_constant(formula: SteadyState, effort: Effort) -> Evidence:
    """C² = a_1(0)²/a_2(0) for symbolic β1, β2, K; one at K = 1."""
    ratio = formula.weight(BETA1, K, 0) ** 2 / formula.weight(BETA2, K, 0)
    return all_of(
        [
            ("C² differs from a_1(0)²/a_2(0)", _zero(formula.constant_squared(BETA1, BETA2, K) - ratio)),
            ("C is not 1 at K = 1", _zero(formula.constant_squared(BETA1, BETA2, 1) - 1)),
        ]
    )


def each_length(formula: SteadyState, effort: Effort) -> Evidence:
    """The recurrence itself with symbolic gradients, and the weights of :mod:`marginproof.theory.fields`, per K."""
    cases = []
    for k in range(1, effort.max_samples + 3):
        g = symbol_array("g", (k,), real=True)
        m = [formula.average(BETA, g, i) for i in range(k)]
        steps = [m[i] - BETA * m[i - 1] - (1 - BETA) * g[i] for i in range(k)]
        cases.append((f"the recurrence fails at K={k}", all(sympy.cancel(s) == 0 for s in steps)))
        table = cyclic_weights(BETA, k, SYMBOLS)
        scaled = [
            formula.weight(BETA, k, formula.lag(i, j, k)) - formula.weight(BETA, k, 0) * table[i, j]
            for i in range(k) for j in range(k)
        ]  # fmt: skip
        cases.append((f"the field's weights differ at K={k}", all(sympy.cancel(s) == 0 for s in scaled)))
    return all_of(cases)


def _converged(formula: SteadyState, numbers: NumberSystem, random: Random) -> tuple[Any, Any]:
    """A moving average run to convergence, against the formula, at every position of the epoch."""
    k = random.randint(1, 5)
    beta = numbers.convert(random_beta(random, low=random_beta(random) / 10) * 3 / 4)
    g = numbers.array(random_rows(random, k, 2))
    m = 0 * g[0]
    context = type(beta).context
    for i in range(k * (int(context.prec / float(-context.log(beta, 2))) // k + 2)):
        m = beta * m + (1 - beta) * g[i % k]
    found = []
    for i in range(k):
        m = beta * m + (1 - beta) * g[i]
        found.append(m)
    return np.array(found), np.array([formula.average(beta, g, i) for i in range(k)])


def digits(formula: SteadyState, effort: Effort) -> Evidence:
    """The recursion, run until only rounding remains, against the closed form of its steady state, in many digits."""
    return in_many_digits(lambda numbers, random: _converged(formula, numbers, random), effort, seed=101)


def one_epoch(
    formula: SteadyState, numbers: NumberSystem, step: Any, X: Array, c: Array, betas: Any
) -> Array:
    """(w_K - w_0)/η for one epoch of Inc-Adam at step η, begun in the steady state of loss weights c."""
    b1, b2 = (numbers.convert(beta) for beta in betas)
    rows, weights = numbers.array(X), numbers.array(c)
    g = weights[:, None] * rows
    k = len(g)
    m, v, w = formula.average(b1, g, k - 1), formula.average(b2, g * g, k - 1), 0 * g[0]
    for i in range(k):
        z = rows[i] @ w
        now = g[i] * type(z).context.exp(-z)
        m, v = b1 * m + (1 - b1) * now, b2 * v + (1 - b2) * now * now
        w = w + step * m / numbers.sqrt(v)
    return cast(Array, w / step)


def _frozen_epoch(formula: SteadyState, numbers: NumberSystem, X: Array, c: Array, betas: Any) -> Array:
    """C u(c): what I1 says of an epoch without motion."""
    b1, b2 = (numbers.convert(beta) for beta in betas)
    C2 = formula.constant_squared(b1, b2, len(X))
    field = IncAdamField(beta1=betas[0], beta2=betas[1])
    return cast(Array, numbers.sqrt_one(C2) * field(numbers.array(X), numbers.array(c), numbers))


def vanishing_step(formula: SteadyState, effort: Effort) -> Evidence:
    """(w_K - w_0)/η → C u(c) at rate η: Richardson, h = η from 2^-8 down."""
    random = Random("101/step")
    count = 0
    for _ in range(min(effort.instances, 6)):
        X, c = random_rows(random, 3, 2), random_weights(random, 3)
        betas = random_beta(random), random_beta(random)
        for precision in effort.digits:
            run = partial(one_epoch, formula, X=X, c=c, betas=betas)
            goal = partial(_frozen_epoch, formula, X=X, c=c, betas=betas)
            trouble = tends_at_rate(run, goal, precision)
            if trouble:
                return failed(trouble, count)
            count += 1
    return Evidence(True, count, f"{count} sequences, rate η met")


F = SteadyState()
CLAIM = Claim(
    id="I1",
    title="steady state and epoch map",
    plain="For frozen gradients g_0…g_{K-1} visited cyclically, m at step i is "
    "(1-β)/(1-β^K) Σ_j β^((i-j) mod K) g_j, "
    "v likewise, and an epoch of Inc-Adam (Adam on batches in a fixed order) moves w by "
    "η C Σ_i (Σ_j β1^lag g_j)/√(Σ_j β2^lag g_j²); K = 1 gives sign(g). "
    "The quotients need v > 0: in each coordinate some batch's gradient is nonzero.",
    tex=r"m_i=\tfrac{1-\beta}{1-\beta^K}\sum_j\beta^{(i-j)\bmod K}g_j,\quad "
    r"C=\tfrac{1-\beta_1}{1-\beta_1^K}\sqrt{\tfrac{1-\beta_2^K}{1-\beta_2}},\quad v>0",
    quantifiers="for every K >= 1, every β, β1, β2 in (0, 1), all gradients; m/√v where v > 0; β = 0 by continuity, 0^0 = 1",
    source="paper, Prop. 2.5",
    proof=__doc__ or "",
    expected=Verdict.PROVED,
    hypotheses=(BETAS, CYCLIC, MOVING),
    formula=F,
    checks=(
        EvidenceSource("recurrence", Verdict.PROVED, "symbolic β, K, lag", recurrence),
        EvidenceSource(
            "geometric unrolling", Verdict.PROVED, "symbolic β, K, lag, number of epochs", unrolled
        ),
        EvidenceSource("constant C", Verdict.PROVED, "symbolic β1, β2, K", epoch_constant),
        EvidenceSource(
            "every K up to a bound",
            Verdict.PROVED,
            "K <= max N + 2, symbolic gradients; all K by the above",
            each_length,
        ),
        EvidenceSource("50 and 200 digits", Verdict.OBSERVED, "averages run to convergence, K <= 5", digits),
        EvidenceSource("η → 0", Verdict.OBSERVED, "Richardson, N = 3, d = 2, rate η", vanishing_step),
    ),
    mutants=changes(
        F,
        missing_factor={"weight": lambda beta, k, lag: beta**lag / (1 - beta**k)},
        exponent={"weight": lambda beta, k, lag: (1 - beta) / (1 - beta ** (k + 1)) * beta**lag},
        sign={"weight": lambda beta, k, lag: (1 - beta) / (1 + beta**k) * beta**lag},
        index_shift={"weight": lambda beta, k, lag: (1 - beta) / (1 - beta**k) * beta ** (lag + 1)},
        reversed_lag={"lag": lambda i, j, k: (j - i) % k},
        dropped_square={
            "constant_squared": lambda b1, b2, k: (1 - b1) / (1 - b1**k) * (1 - b2**k) / (1 - b2)
        },
        swapped_betas={
            "constant_squared": lambda b1, b2, k: ((1 - b2) / (1 - b2**k)) ** 2 * (1 - b1**k) / (1 - b1)
        },
    ),
)
