"""The one-line argument behind B2–B5, in parts that can be checked: exponential loss, S(w) = Σ_i e^{-x_i·w}.

With c = softmax(-Xw) and a step w ← w + η u, |x_i·u| <= ρ,

    S(w + ηu)/S(w) = Σ_i c_i e^{-η x_i·u} <= exp(-η c·F + ½ η² ρ²),        F = X u,

by Hoeffding's lemma: Y_i = η x_i·u lies in an interval of length 2ηρ.  So if c·F >= r at every step,
log S falls by η(r - ½ηρ²), and min_i x_i·w_T >= -log S(w_T) >= -log N + Σ η_t (r_t - ½ η_t ρ²) from
w_0 = 0.  The Taylor form of the step, with ½η²ρ²e^{ηρ}, is weaker by the factor e^{ηρ} and follows.

Hoeffding's lemma, for one variable Y in [-h, h] with mean y: by convexity e^{-Y} <= the chord, so
log E e^{-Y} <= L, where with p = (1 - y/h)/2 in [0, 1], L(t) = log((1-p) e^{-t} + p e^{t}) at t = h,
L(0) = 0, L'(0) = 2p - 1 = -y/h, and L'' = 1 - (L')² <= 1.  Hence L(h) <= -y + ½h².

A :class:`MarginBound` is what a claim states; the functions here test its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import sympy

from marginproof.theory.claims.cases import exact_rows
from marginproof.theory.claims.claim import Effort, Evidence, all_of, failed
from marginproof.theory.claims.digits import random_rows
from marginproof.theory.claims.norms import NORMS, Norm, separated
from marginproof.theory.number_systems import Array, NumberSystem, multiprecision

Step = Callable[[Array, Array, NumberSystem], Array]
"""u from (X, c): the direction of the claim's optimizer, in any number system."""


@dataclass(frozen=True)
class MarginBound:
    """min_i x_i·w_T >= -s + Σ_t η_t (λ - p_t), with the parts that the attributes give.

    Attributes:
      direction: u(c) from (X, c, numbers).
      rate: λ, what c·F(c) is at least, from (X, γ, numbers), γ the claim's max-margin.
      radius: ρ, what |x_i·u| is at most, from (X, numbers).
      cost: p_t, the price of a step per unit of η, from (η, ρ).
      start: s = log S(0), from N.
    """

    direction: Step
    rate: Callable[[Array, Any, NumberSystem], Any]
    radius: Callable[[Array, NumberSystem], Any]
    cost: Callable[[Any, Any], Any] = lambda eta, rho: eta * rho**2 / 2
    start: Callable[[Any], Any] = lambda n: sympy.log(n)


ETA, RHO = sympy.symbols("eta rho", positive=True)


def hoeffding(formula: MarginBound, effort: Effort) -> Evidence:
    """The steps of Hoeffding's lemma, the cost ½ηρ² they give, its sharpness, and log S(0) = log N."""
    t, h = sympy.symbols("t h", positive=True)
    p = sympy.Symbol("p", positive=True)
    L = sympy.log((1 - p) * sympy.exp(-t) + p * sympy.exp(t))
    slope = sympy.diff(L, t)
    curve = sympy.simplify(sympy.diff(slope, t) - (1 - slope**2))
    symmetric = sympy.series(sympy.log(sympy.cosh(h)), h, 0, 4).removeO()
    N, k = sympy.symbols("N k", positive=True, integer=True)
    remainder = sympy.integrate(ETA * RHO - t, (t, 0, ETA * RHO))  # Taylor's, with L'' <= 1
    cost = formula.cost(ETA, RHO) * ETA
    return all_of(
        [
            ("L(0) is not 0", sympy.simplify(L.subs(t, 0)) == 0),
            ("L'(0) is not 2p - 1", sympy.simplify(slope.subs(t, 0) - (2 * p - 1)) == 0),
            ("L'' is not 1 - L'²", curve == 0),
            ("a step costs other than ½(ηρ)²", sympy.simplify(cost - remainder) == 0),
            ("½ is not sharp", symmetric == h**2 / 2),
            (
                "log S(0) is not log N",
                sympy.simplify(formula.start(N) - sympy.log(sympy.summation(1, (k, 1, N)))) == 0,
            ),
        ]
    )


def taylor(formula: MarginBound, effort: Effort) -> Evidence:
    """e^{-y} <= 1 - y + ½y²e^{|y|} term by term: n! >= 2 (n-2)! for n >= 2, with n = 2 + k."""
    k = sympy.Symbol("k", integer=True, nonnegative=True)
    excess = sympy.expand((k + 2) * (k + 1) / 2 - 1)
    nonnegative = all(value >= 0 for value in sympy.Poly(excess, k).all_coeffs())
    return all_of([("a term of the series is larger", nonnegative)])


def one_sample(formula: MarginBound, effort: Effort) -> Evidence:
    """N = 1, where nothing is lost: c·F equals the rate and |x·u| the radius, for symbolic x of both signs.

    γ is ‖x‖_1 or ‖x‖_2, whichever the formula's own rate returns for it; equality pins both down.
    """
    from marginproof.theory.claims.symbolic import vanishes

    cases = []
    for d in range(1, effort.max_features + 1):
        sizes = sympy.symbols(f"a1:{d + 1}", positive=True)
        signs = [(-1) ** k for k in range(d)]
        X = np.array([[s * a for s, a in zip(signs, sizes, strict=True)]], dtype=object)
        F = (X @ formula.direction(X, np.array([sympy.Integer(1)], dtype=object), NUMBERS))[0]
        gammas = [sum(sizes), sympy.sqrt(sum(a**2 for a in sizes))]
        pairs = [formula.rate(X, gamma, NUMBERS) - F for gamma in gammas]
        cases.append((f"the rate is not attained at d={d}", any(vanishes(gap) for gap in pairs)))
        cases.append((f"the radius is not attained at d={d}", vanishes(formula.radius(X, NUMBERS) - F)))
    return all_of(cases)


def equal_samples(formula: MarginBound, effort: Effort) -> Evidence:
    """N equal positive samples at c = 1/N, N <= 4, d <= 2: |x·u| equals the radius (no room for a
    smaller one).
    """
    from marginproof.theory.claims.symbolic import vanishes

    cases = []
    for n in range(1, 5):
        for d in (1, 2):
            sizes = sympy.symbols(f"a1:{d + 1}", positive=True)
            X = np.array([list(sizes)] * n, dtype=object)
            c = np.array([sympy.Rational(1, n)] * n, dtype=object)
            F = (X @ formula.direction(X, c, NUMBERS))[0]
            cases.append(
                (f"the radius is not attained at N={n}, d={d}", vanishes(formula.radius(X, NUMBERS) - F))
            )
    return all_of(cases)


def _symbolic_sign(value: sympy.Expr) -> int:
    return 1 if value.is_positive else -1


NUMBERS = NumberSystem(
    "symbols of known sign", sympy.sympify, lambda q: sympy.sqrt(sympy.factor(q)), _symbolic_sign
)


def known_margins(random: Random, instances: int) -> list[tuple[Array, Fraction, Fraction]]:
    """(X, γ_∞, γ_2²), exact: dominated data (row 1 smallest in every entry), and {(a, -b), (-b, a)}.

    The first have γ_∞ = ‖x_1‖_1 (I7) and γ_2 = ‖x_1‖_2; the second γ_∞ = a - b, γ_2² = (a - b)²/2.
    """
    out = []
    for _ in range(instances):
        n, d = random.randint(1, 4), random.randint(1, 3)
        first = random_rows(random, 1, d, positive=True)
        more = first + random_rows(random, n, d, positive=True)
        X = np.concatenate([first, more])
        out.append((X / 10, first.sum() / 10, (first * first).sum() / 100))
        b, gap = Fraction(random.randint(1, 9), 7), Fraction(random.randint(1, 9), 5)
        a = b + gap
        out.append((exact_rows([[a, -b], [-b, a]]), gap, gap * gap / 2))
    return out


def bound_along_runs(formula: MarginBound, effort: Effort, seed: int, squared: bool = False) -> Evidence:
    """The bound at every step of runs in 50 digits, on data of known γ; zero tolerance beyond 10^-40.

    The iteration costs under 10^3 operations of 10^-50 each on numbers below 10^4.  Counts steps;
    at least a quarter of the runs must end with a bound of half of what γ Σ η allows.
    """
    random, numbers, count, strong, runs = Random(str(seed)), multiprecision(50), 0, 0, 0
    for X, linf, l2_squared in known_margins(random, effort.instances):
        gamma = numbers.sqrt_one(numbers.convert(l2_squared)) if squared else numbers.convert(linf)
        trouble, steps, strength = _run(formula, numbers, numbers.array(X), gamma)
        count, runs, strong = count + steps, runs + 1, strong + (strength >= 0.5)
        if trouble:
            return failed(f"{trouble}, X={[[str(v) for v in row] for row in X]}, seed={seed}", count)
    if 4 * strong < runs:
        return failed(f"the bound is strong on {strong} of {runs} runs only", count)
    return Evidence(True, count, f"{count} steps of {runs} runs, strong on {strong}")


def in_norms(formula: MarginBound, effort: Effort, seed: int, own: Norm) -> Evidence:
    """The bound for steepest descent in ℓ∞, ℓ₂, ℓ₁ and the spectral norm, with rate γ, the formula's cost and start.

    In the claim's own norm the direction and the radius are the formula's.
    """
    random, numbers, count = Random(f"{seed}/norms"), multiprecision(50), 0
    for norm in NORMS:
        bound = formula if norm is own else _in_norm(formula, norm)
        for _ in range(effort.instances):
            X, gamma = separated(random, norm, numbers, random.randint(2, 4))
            trouble, steps, _ = _run(bound, numbers, X, gamma)
            count += steps
            if trouble:
                return failed(f"{norm.name}: {trouble}, seed={seed}/norms", count)
    return Evidence(True, count, f"{count} steps in {len(NORMS)} norms")


def _in_norm(formula: MarginBound, norm: Norm) -> MarginBound:
    """The bound with another norm's direction and radius."""

    def direction(X: Array, c: Array, numbers: NumberSystem) -> Array:
        return norm.steepest(X.T @ c, numbers)

    def radius(X: Array, numbers: NumberSystem) -> Any:
        return max(norm.dual(x, numbers) for x in X)

    return replace(formula, direction=direction, radius=radius)


def _run(formula: MarginBound, numbers: NumberSystem, X: Array, gamma: Any) -> tuple[str, int, float]:
    n, d = X.shape
    exp = type(gamma).context.exp
    rho, rate = formula.radius(X, numbers), formula.rate(X, gamma, numbers)
    eta = gamma / (rho * rho) / 4
    w = numbers.array(np.zeros(d, dtype=int))
    bound = -_log(numbers, n, formula)
    steps = 120
    for t in range(steps):
        z = X @ w
        c = np.array([exp(min(z) - value) for value in z], dtype=object)
        w = w + eta * formula.direction(X, c / c.sum(), numbers)
        bound += eta * (rate - formula.cost(eta, rho))
        if bound > min(X @ w) + numbers.convert(Fraction(1, 10**40)):
            return f"bound {float(bound):.6g} > margin {float(min(X @ w)):.6g} at step {t}", t, 0.0
    return "", steps, float(bound / (steps * eta * rate))


def _log(numbers: NumberSystem, n: int, formula: MarginBound) -> Any:
    return numbers.convert(str(sympy.N(formula.start(sympy.Integer(n)), 60)))


def nonnegative_coefficients(expr: sympy.Expr, symbols: Sequence[sympy.Symbol]) -> bool:
    """Whether a polynomial's expanded coefficients are all >= 0, hence the polynomial where the
    symbols are.
    """
    return all(value >= 0 for value in sympy.Poly(sympy.expand(expr), *symbols).coeffs())
