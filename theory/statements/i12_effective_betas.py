"""I12: a relatively periodic run of Inc-Adam at a constant step solves the limit equation at effective betas.

Proof.  Let every margin of the support grow by γ̂ an epoch, E = e^{γ̂/K}, so that the (negative) gradient of
batch i in epoch e is e^{-eγ̂} G̃_i.  Multiply the recursions at step n = eK + i by E^n: M_n = E^n m_n and
V_n = E^{2n} v_n obey

    M_n = (β1 E) M_{n-1} + (1-β1) Ĝ_i,     V_n = (β2 E²) V_{n-1} + (1-β2) Ĝ_i²,     Ĝ_i = E^i G̃_i,

with K-periodic inputs.  These are I1's recursions with β1' = β1 E and β2' = β2 E² in place of β1, β2, but for
the factor of the input, so their one periodic solution is (1-β1)/(1-β1'^K) Σ_j β1'^{lag} Ĝ_j, and likewise V; all
others approach it at rates β1', β2' < 1.  E^n cancels in m/√v = M/√V.  Summing the K steps, an epoch moves w by
κ u(ĉ) with u Inc-Adam's own field at (β1', β2') and weights ĉ_n ∝ e^{-z_n} E^{j(n)} at the visits, and
κ = η (1-β1)/√(1-β2) √(1-β2'^K)/(1-β1'^K).  So the margins of the support grow by κ F_n(ĉ) = γ̂: the limit
equation at level γ = γ̂/κ; off the support ĉ_n = 0 needs growth of at least γ̂.

If β2' >= 1, V grows at least like n and like β2'^n, M at most like 1 + n β1'^n, and β1'² < β2': so m/√v → 0,
against γ̂ > 0.  Hence β2' < 1, that is γ̂ < (K/2) log(1/β2), and β1' < 1.

Conversely, where the K steps of an epoch and the weights' ratios converge, with margins growing by γ̂ > 0 in the
limit, M and V converge by dominated convergence and the limits satisfy the equations.  Convergence of the ratios
alone is not enough: for N = 1 they are constant, yet at β1 = 0, β2 = .0022, η = 9 the growth oscillates for ever.
Rows of the support that are affinely dependent leave ĉ open by as many parameters: Σ_n a_n z_n with Σ a_n x_n = 0,
Σ a_n = 0 is fixed by the path within an epoch, not by the equation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import sympy

from marginproof.theory.claims.cases import CONSTANT, CYCLIC, EXPONENTIAL, POSITIVE_COLUMNS, SUMMABLE, uses
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes, failed
from marginproof.theory.claims.digits import agrees, random_rows, random_weights
from marginproof.theory.fields import IncAdamField
from marginproof.theory.number_systems import Array, NumberSystem, multiprecision
from marginproof.theory.statements.i01_steady_state import BETA1, BETA2, K, P, R
from marginproof.theory.verdicts import Verdict

E = sympy.Symbol("E", positive=True)
G_, M_ = sympy.symbols("g m", real=True)


@dataclass(frozen=True)
class EffectiveBetas:
    """The formula: β1', β2', κ²/η², the factor of row n's weight when batch j is visited, and the speed limit."""

    first: Callable[[Any, Any], Any] = lambda b1, e: b1 * e
    second: Callable[[Any, Any], Any] = lambda b2, e: b2 * e**2
    factor_squared: Callable[[Any, Any, Any, Any, Any], Any] = lambda b1, b2, first, second, k: (
        (1 - b1) ** 2 / (1 - b2) * (1 - second**k) / (1 - first**k) ** 2
    )
    tilt: Callable[[Any, Any], Any] = lambda e, j: e**j
    limit: Callable[[Any, Any], Any] = lambda b2, k: sympy.Rational(1, 2) * k * sympy.log(1 / b2)

    def kappa(self, beta1: Any, beta2: Any, e: Any, k: int, numbers: NumberSystem) -> Any:
        """κ/η as a number."""
        first, second = self.first(beta1, e), self.second(beta2, e)
        return numbers.sqrt_one(self.factor_squared(beta1, beta2, first, second, k))


def _zero(expr: Any) -> bool:
    return bool(sympy.simplify(expr) == 0)


def growing_units(formula: EffectiveBetas, effort: Effort) -> Evidence:
    """A step of both recursions in units of E^n, and the steady weights of I1 at β', for symbolic β1, β2, E, K, lag."""
    i = sympy.Symbol("i", integer=True, positive=True)
    first, second = formula.first(BETA1, E), formula.second(BETA2, E)
    m_step = E**i * (BETA1 * M_ + (1 - BETA1) * G_) - first * E ** (i - 1) * M_ - (1 - BETA1) * E**i * G_
    v_step = (
        E ** (2 * i) * (BETA2 * M_**2 + (1 - BETA2) * G_**2)
        - second * E ** (2 * i - 2) * M_**2
        - (1 - BETA2) * (formula.tilt(E, i) * G_) ** 2
    )
    cases = [("m's step", _zero(m_step)), ("v's step", _zero(sympy.expand(v_step)))]
    heads = []
    for base, own in ((first, BETA1), (second, BETA2)):
        head = (1 - own) / (1 - base**K)
        cases += [
            ("a'(r) = β' a'(r-1) fails", _zero(head * base ** (R + 1) - base * head * base**R)),
            ("a'(0) - β' a'(K-1) = 1-β fails", _zero(head - base * head * base ** (K - 1) - (1 - own))),
        ]
        heads.append(head)
    squared = formula.factor_squared(BETA1, BETA2, first, second, K)
    cases.append(("κ² is not a_1'(0)²/a_2'(0)", _zero(squared - heads[0] ** 2 / heads[1])))
    return all_of(cases)


def remembered_epochs(formula: EffectiveBetas, effort: Effort) -> Evidence:
    """Σ_{p<P} (1-β) β^{r + K p} e^{p γ̂} grouped by lag, symbolic r, K, P; each memory as one power, K up to 6."""
    first, cases = formula.first(BETA1, E), []
    grouped: Callable[[Any], Any] = lambda p: (  # noqa: E731
        (1 - BETA1) * BETA1**R / (1 - first**K) * (1 - first ** (K * p))
    )
    term = (1 - BETA1) * BETA1 ** (R + K * P) * E ** (K * P)
    cases.append(("the sum over no epoch is not empty", _zero(grouped(0))))
    cases.append(("adding one epoch", _zero(sympy.expand(grouped(P + 1) - grouped(P) - term))))
    for k in range(1, 7):
        for i in range(k):
            for j in range(k):
                lag, wrapped = (i - j) % k, k * (j > i)
                for beta, power, own in ((BETA1, first, 1), (BETA2, formula.second(BETA2, E), 2)):
                    old = beta**lag * E ** (own * wrapped)
                    new = E ** (-own * i) * power**lag * formula.tilt(E, j) ** own
                    cases.append((f"the memory of batch {j} at {i}, K={k}", _zero(old - new)))
    return all_of(cases)


def speed(formula: EffectiveBetas, effort: Effort) -> Evidence:
    """β2' = 1 exactly at the speed limit, and there κ vanishes; below it β1' < 1, since β1'² < β2'."""
    growth = formula.limit(BETA2, K)
    root = sympy.exp(growth / K)
    second = sympy.simplify(formula.second(BETA2, root))
    ratio = formula.first(BETA1, E) ** 2 / formula.second(BETA2, E)
    return all_of(
        [
            ("β2' is not 1 at the limit", _zero(second - 1)),
            ("κ does not vanish there", _zero(formula.factor_squared(BETA1, BETA2, BETA1, second, K))),
            ("β1'²/β2' is not β1²/β2", _zero(ratio - BETA1**2 / BETA2)),
        ]
    )


def growing_epochs(formula: EffectiveBetas, effort: Effort) -> Evidence:
    """Adam on gradients that shrink by e^{-γ̂} an epoch: its settled epoch is (κ/η) u at the effective betas."""
    random, numbers, count = Random("112"), multiprecision(50), 0
    b1, b2 = Fraction(1, 2), Fraction(3, 5)
    for n, b in 2 * ((1, 1), (2, 1), (3, 1), (4, 2), (6, 2), (6, 3)):
        k = n // b
        X, c = numbers.array(random_rows(random, n, 2)), numbers.array(random_weights(random, n))
        e = numbers.convert(Fraction(random.randint(21, 23), 20))  # β2 E² < .8, and .8^530 < 10^-50
        G = (c[:, None] * X).reshape(k, b, 2).sum(axis=1)
        moved = _settled_epoch(numbers, G, e, b1, b2, 530 // k + 2)
        tilts = np.repeat([formula.tilt(e, j) for j in range(k)], b)
        field = IncAdamField(
            b, None, formula.first(numbers.convert(b1), e), formula.second(numbers.convert(b2), e)
        )
        kappa = formula.kappa(numbers.convert(b1), numbers.convert(b2), e, k, numbers)
        if not agrees(kappa * field(X, c * tilts, numbers), moved, 50):
            return failed(f"the settled epoch differs at N={n}, b={b}", count)
        count += 1
    return Evidence(count > 0, count, f"{count} settled epochs in 50 digits")


def _settled_epoch(
    numbers: NumberSystem, G: Array, e: Any, beta1: Fraction, beta2: Fraction, epochs: int
) -> Array:
    """Σ m/√v over the last of many epochs of gradients E^{-K p} G_j, m and v kept in units of the present ones."""
    b1, b2, k = numbers.convert(beta1), numbers.convert(beta2), len(G)
    m = v = moved = 0 * G[0]
    for epoch in range(epochs):
        for g in G:
            m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
            if epoch == epochs - 1:
                moved = moved + m / numbers.sqrt(v)
        m, v = m * e**k, v * e ** (2 * k)
    return np.asarray(moved)


def runs(formula: EffectiveBetas, effort: Effort) -> Evidence:
    """Inc-Adam itself from w_0 = 0 in 50 digits, 220 epochs: increments, growth and weights solve the equations."""
    numbers, cases = multiprecision(50), []
    for rows, b1, b2 in (
        (((-3, 5, 4), (4, -5, -4)), Fraction(1, 2), Fraction(4, 5)),
        (((1, -2, 4, -2), (-2, 2, -2, -3), (2, 4, -5, 3)), Fraction(2, 5), Fraction(3, 5)),
    ):
        X = numbers.array(rows)
        visits, moved = _run(numbers, X, numbers.convert(b1), numbers.convert(b2), Fraction(1, 20), 220)
        k, growth = len(rows), (X @ moved)[0]
        e = type(growth).context.exp(growth / k)
        first, second = formula.first(numbers.convert(b1), e), formula.second(numbers.convert(b2), e)
        c = np.array([visits[j] * formula.tilt(e, j) for j in range(k)])
        kappa = formula.kappa(numbers.convert(b1), numbers.convert(b2), e, k, numbers) / 20
        u = IncAdamField(1, None, first, second)(X, c, numbers)
        small = numbers.convert(Fraction(1, 10**35))  # both contractions are below .66, and .66^220 < 10^-39
        cases += [
            ("margins grow apart", bool(max(abs(X @ moved - growth)) < small)),
            ("the increment is not κ u", bool(max(abs(kappa * u - moved)) < small)),
            ("faster than the limit", bool(growth < float(formula.limit(b2, k)))),
        ]
    return all_of(cases)


def _run(
    numbers: NumberSystem, X: Array, b1: Any, b2: Any, eta: Fraction, epochs: int
) -> tuple[Array, Array]:
    """(loss weights at the visits of the last epoch, its increment); one row a batch, relative to the last z."""
    z, m, v, step = 0 * X[:, 0], 0 * X[0], 0 * X[0], numbers.convert(eta)
    exp = type(step).context.exp
    weights: list[Any] = []
    moved = 0 * X[0]
    for _ in range(epochs):
        weights, moved = [], 0 * X[0]
        for j, row in enumerate(X):
            weights.append(exp(-z[j]))
            m, v = b1 * m + (1 - b1) * weights[-1] * row, b2 * v + (1 - b2) * (weights[-1] * row) ** 2
            move = step * m / numbers.sqrt(v)
            moved, z = moved + move, z + X @ move
    return np.array(weights), moved


F = EffectiveBetas()
CLAIM = Claim(
    id="I12",
    title="constant steps are effective betas",
    plain="If over an epoch every margin of the support grows by γ̂, Inc-Adam at constant step η moves w by κ u(ĉ), "
    "u its own field at β1' = β1e^{γ̂/K}, β2' = β2e^{2γ̂/K}, κ = η(1-β1)/√(1-β2)·√(1-β2'^K)/(1-β1'^K); so ĉ "
    "solves the limit equation at (β1', β2') with γ̂ = κγ, and γ̂ < (K/2)log(1/β2).",
    tex=r"\beta_1'=\beta_1e^{\hat\gamma/K},\ \beta_2'=\beta_2e^{2\hat\gamma/K},\quad"
    r"\hat\gamma=\eta\,\frac{1-\beta_1}{\sqrt{1-\beta_2}}\,\frac{\sqrt{1-\beta_2'^K}}{1-\beta_1'^K}\,\gamma"
    r"<\tfrac K2\log\tfrac1{\beta_2}",
    quantifiers="for every β1² < β2 < 1, K, batches in a fixed order, η > 0 and run whose epochs repeat up to growth",
    source="derived here; for K = 1 the growth formula is known from public posts",
    proof=__doc__ or "",
    expected=Verdict.PROVED,
    hypotheses=(uses("adam"), SUMMABLE, CYCLIC, POSITIVE_COLUMNS, EXPONENTIAL, CONSTANT),
    formula=F,
    checks=(
        EvidenceSource("growing units", Verdict.PROVED, "symbolic β1, β2, E, K, lag", growing_units),
        EvidenceSource(
            "remembered epochs", Verdict.PROVED, "symbolic r, K, P; each pair of batches for K <= 6", remembered_epochs
        ),
        EvidenceSource("speed limit", Verdict.PROVED, "symbolic β1, β2, K", speed),
        EvidenceSource("growing gradients", Verdict.OBSERVED, "50 digits, N <= 6, b <= 3", growing_epochs),
        EvidenceSource("runs in 50 digits", Verdict.OBSERVED, "two data sets, 220 epochs", runs),
    ),
    mutants=changes(
        F,
        swapped_exponents={"first": lambda b1, e: b1 * e**2, "second": lambda b2, e: b2 * e},
        dropped_square={"second": lambda b2, e: b2 * e},
        sign={"tilt": lambda e, j: e**-j},
        missing_tilt={"tilt": lambda e, j: 1 + 0 * e},
        missing_factor={"factor_squared": lambda b1, b2, first, second, k: (1 - second**k) / (1 - first**k) ** 2},
        own_betas={"factor_squared": lambda b1, b2, first, second, k: (
            (1 - b1) ** 2 / (1 - b2) * (1 - b2**k) / (1 - b1**k) ** 2
        )},
        inverted={"factor_squared": lambda b1, b2, first, second, k: (
            (1 - b1) ** 2 / (1 - b2) * (1 - first**k) ** 2 / (1 - second**k)
        )},
        missing_half={"limit": lambda b2, k: k * sympy.log(1 / b2)},
        missing_epoch={"limit": lambda b2, k: sympy.log(1 / b2) / 2},
    ),
)  # fmt: skip
