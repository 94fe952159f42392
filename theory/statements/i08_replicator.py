"""I8: under dw/dτ = u(c), the loss weights follow the replicator dynamic.

Proof.  c_i = e^{-z_i}/S with z = Xw, S = Σ_j e^{-z_j}; dz/dτ = X u = F.  Hence
d log c_i/dτ = -F_i - S'/S = -F_i + Σ_j c_j F_j with S' the derivative in τ, for every N: the derivative passes through a
finite sum, which sympy does with a symbolic N.  Rest points with F_j >= γ off the support are the
symmetric Nash equilibria of the game whose payoffs are -F; they are the solutions of the limit equation.
For discrete steps, (softmax(-X(w + ηu)) - c)/η → the same at rate η.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, cast

import numpy as np
import sympy

from marginproof.theory.claims.cases import EXPONENTIAL
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes, failed
from marginproof.theory.claims.digits import random_rows, random_weights, tends_at_rate
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.number_systems import Array, NumberSystem
from marginproof.theory.verdicts import Verdict


@dataclass(frozen=True)
class Replicator:
    """The formula: dc_i/dτ from (c_i, F_i, c·F)."""

    rate: Callable[[Any, Any, Any], Any] = lambda c, F, mean: c * (mean - F)


def every_number_of_samples(formula: Replicator, effort: Effort) -> Evidence:
    """Symbolic N: z(j, τ) an arbitrary function, S a sympy Sum over j = 1 … N."""
    tau = sympy.Symbol("tau", real=True)
    i, j, N = sympy.symbols("i j N", integer=True, positive=True)
    z = sympy.Function("z", real=True)
    total = sympy.Sum(sympy.exp(-z(j, tau)), (j, 1, N))
    slope = sympy.diff(total, tau)
    expected_slope = sympy.Sum(-sympy.exp(-z(j, tau)) * sympy.diff(z(j, tau), tau), (j, 1, N))
    S, mean = sympy.symbols("S mean", real=True)
    c = sympy.exp(-z(i, tau)) / S
    # d/dτ (e^{-z_i}/S) by the quotient rule with dS/dτ = -S·mean, mean = Σ_j c_j F_j.
    through_S = -sympy.exp(-z(i, tau)) / S**2 * (-S * mean)
    derivative = sympy.diff(c, tau) + through_S
    wanted = formula.rate(c, sympy.diff(z(i, tau), tau), mean)
    return all_of(
        [
            ("dS/dτ is not -Σ e^{-z} dz/dτ", sympy.simplify((slope - expected_slope).doit()) == 0),
            ("dc_i/dτ differs", sympy.simplify(derivative - wanted) == 0),
        ]
    )


def each_number_of_samples(formula: Replicator, effort: Effort) -> Evidence:
    """The softmax differentiated outright, N up to the bound + 2; and Σ_i dc_i/dτ = 0."""
    tau, cases = sympy.Symbol("tau", real=True), []
    for n in range(1, effort.max_samples + 3):
        z = [sympy.Function(f"z{k}", real=True)(tau) for k in range(n)]
        S = sum(sympy.exp(-value) for value in z)
        c = [sympy.exp(-value) / S for value in z]
        F = [sympy.diff(value, tau) for value in z]
        mean = sum(a * b for a, b in zip(c, F, strict=True))
        rates = [formula.rate(a, b, mean) for a, b in zip(c, F, strict=True)]
        same = all(_zero(sympy.diff(a, tau) - rate) for a, rate in zip(c, rates, strict=True))
        cases += [(f"fails at N={n}", same), (f"leaves the simplex at N={n}", _zero(sum(rates)))]
    return all_of(cases)


def _zero(expr: Any) -> bool:
    return bool(sympy.expand(sympy.numer(sympy.together(expr))) == 0)


def discrete_steps(formula: Replicator, effort: Effort) -> Evidence:
    """(softmax(-X(w + ηu)) - c)/η → dc/dτ at rate η, in 50 and 200 digits."""
    random, count = Random("108"), 0
    for _ in range(min(effort.instances, 6)):
        X, c = random_rows(random, 3, 2), random_weights(random, 3)
        for precision in effort.digits:
            run = lambda numbers, h, a=(X, c): _step(numbers, h, *a)  # noqa: E731
            goal = lambda numbers, a=(X, c): _rates(formula, numbers, *a)  # noqa: E731
            trouble = tends_at_rate(run, goal, precision)
            if trouble:
                return failed(trouble, count)
            count += 1
    return Evidence(True, count, f"{count} sequences, rate η met")


def _step(numbers: NumberSystem, h: Any, X: Array, c: Array) -> Array:
    rows, weights = numbers.array(X), numbers.array(c)
    moved = rows @ AdamProxyField()(rows, weights, numbers) * h
    grown = weights * np.array([type(h).context.exp(-value) for value in moved], dtype=object)
    return cast(Array, (grown / grown.sum() - weights) / h)


def _rates(formula: Replicator, numbers: NumberSystem, X: Array, c: Array) -> Array:
    rows, weights = numbers.array(X), numbers.array(c)
    F = rows @ AdamProxyField()(rows, weights, numbers)
    return np.array([formula.rate(a, b, weights @ F) for a, b in zip(weights, F, strict=True)], dtype=object)


F = Replicator()
CLAIM = Claim(
    id="I8",
    title="replicator identity",
    plain="For the exponential loss c = softmax(-Xw), and dw/dτ = u(c) gives "
    "dc_i/dτ = c_i (Σ_j c_j F_j(c) - F_i(c)).",
    tex=r"\frac{dw}{d\tau}=u(c)\ \Rightarrow\ \frac{dc_i}{d\tau}=c_i\bigl(\textstyle\sum_jc_jF_j(c)-F_i(c)\bigr)",
    quantifiers="for every N, d, X, w and every direction field u",
    source="derived here",
    proof=__doc__ or "",
    expected=Verdict.PROVED,
    hypotheses=(EXPONENTIAL,),
    formula=F,
    checks=(
        EvidenceSource(
            "symbolic N", Verdict.PROVED, "symbolic N, arbitrary z(j, τ)", every_number_of_samples
        ),
        EvidenceSource("each N", Verdict.PROVED, "N <= max N + 2, outright", each_number_of_samples),
        EvidenceSource("η → 0", Verdict.OBSERVED, "Richardson, N = 3, d = 2, rate η", discrete_steps),
    ),
    mutants=changes(
        F,
        sign={"rate": lambda c, F, mean: c * (F - mean)},
        missing_factor={"rate": lambda c, F, mean: mean - F},
        missing_mean={"rate": lambda c, F, mean: -c * F},
        exponent={"rate": lambda c, F, mean: c**2 * (mean - F)},
        wrong_constant={"rate": lambda c, F, mean: c * (mean - 2 * F)},
        index_shift={"rate": lambda c, F, mean: c * (mean - F) + c * c * F},
    ),
)
