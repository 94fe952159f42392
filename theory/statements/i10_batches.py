"""I10: the mean squared batch gradient over random batches, with and without replacement.

Proof.  Write g_i = c_i x_i[k].  For B uniform among the b-subsets, P(i in B) = C(N-1, b-1)/C(N, b) = b/N and
P(i, j in B) = C(N-2, b-2)/C(N, b) = b(b-1)/(N(N-1)) for i ≠ j.  Expanding the square,
E(Σ_B g)² = (b/N) Σ g_i² + b(b-1)/(N(N-1)) Σ_{i≠j} g_i g_j, and Σ_{i≠j} g_i g_j = m² - q, so
E = (b/N) [(1-θ) q + θ m²] with θ = (b-1)/(N-1).  With replacement the b draws are independent:
E = b q/N + b(b-1) m²/N² = (b/N) [q + (b-1)/N m²].  As β2 → 1 Adam's v tends to this mean (times a
constant), which is the θ-field.  The expectation is linear, so one coordinate suffices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from random import Random
from typing import Any

import sympy

from marginproof.theory.claims.cases import POSITIVE_COLUMNS, RESHUFFLED
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.claims.digits import in_many_digits, random_rows, random_weights
from marginproof.theory.claims.symbolic import symbol_array
from marginproof.theory.fields import ReplacementField, ReshuffledField
from marginproof.theory.number_systems import SYMBOLS, NumberSystem
from marginproof.theory.verdicts import Verdict

N, B = sympy.symbols("N b", integer=True, positive=True)


@dataclass(frozen=True)
class BatchSquare:
    """The formula: θ, the reshuffled mean from (q, m², θ), the with-replacement mean from (q, m², b,
    N), each × b/N.
    """

    theta: Callable[[Any, Any], Any] = lambda b, n: (b - 1) / (n - 1)
    reshuffled: Callable[[Any, Any, Any], Any] = lambda q, m2, theta: (1 - theta) * q + theta * m2
    replaced: Callable[[Any, Any, Any, Any], Any] = lambda q, m2, b, n: q + (b - 1) / n * m2
    factor: Callable[[Any, Any], Any] = lambda b, n: b / n


def inclusion_probabilities(formula: BatchSquare, effort: Effort) -> Evidence:
    """Symbolic b and N through binomial coefficients; the square expanded in q and m²."""
    q, m2 = sympy.symbols("q m2", real=True)
    one = sympy.combsimp(sympy.binomial(N - 1, B - 1) / sympy.binomial(N, B))
    two = sympy.combsimp(sympy.binomial(N - 2, B - 2) / sympy.binomial(N, B))
    without = one * q + two * (m2 - q)
    with_replacement = B * q / N + B * (B - 1) / N**2 * m2
    theta = formula.theta(B, N)
    return all_of(
        [
            ("E without replacement differs",
             sympy.simplify(without - formula.factor(B, N) * formula.reshuffled(q, m2, theta)) == 0),
            ("E with replacement differs",
             sympy.simplify(with_replacement - formula.factor(B, N) * formula.replaced(q, m2, B, N)) == 0),
        ]
    )  # fmt: skip


def every_batch(formula: BatchSquare, effort: Effort) -> Evidence:
    """All C(N, b) subsets and all N^b draws with symbolic g, N <= 5; the fields use the same second
    moment.
    """
    cases = []
    for n in range(2, effort.max_samples + 2):
        g, ones = (
            symbol_array("g", (n, 1), real=True),
            symbol_array("c", (n,), positive=True) * 0 + sympy.Integer(1),
        )
        q, m2 = sum(g[:, 0] ** 2), sum(g[:, 0]) ** 2
        for b in range(1, n + 1):
            size, big = sympy.Integer(b), sympy.Integer(n)
            for name, batches, rule in (
                (
                    "without",
                    list(combinations(range(n), b)),
                    formula.reshuffled(q, m2, formula.theta(size, big)),
                ),
                ("with", list(product(range(n), repeat=b)), formula.replaced(q, m2, size, big)),
            ):
                mean = sum(sum(g[i, 0] for i in batch) ** 2 for batch in batches) / sympy.Integer(
                    len(batches)
                )
                wanted = formula.factor(size, big) * rule
                cases.append((f"{name} replacement, N={n}, b={b}", sympy.expand(mean - wanted) == 0))
                field = ReshuffledField(b) if name == "without" else ReplacementField(b)
                v = field.second_moment(g, ones, SYMBOLS)[0]
                cases.append((f"field {name}, N={n}, b={b}", sympy.expand(v - rule) == 0))
    return all_of(cases)


def digits(formula: BatchSquare, effort: Effort) -> Evidence:
    """Sums over all batches of random rational data, N = 6."""

    def sides(numbers: NumberSystem, random: Random) -> tuple[Any, Any]:
        b = random.randint(1, 6)
        g = numbers.array(random_weights(random, 6)) * numbers.array(random_rows(random, 6, 1)[:, 0])
        subsets = list(combinations(range(6), b))
        mean = sum(sum(g[i] for i in batch) ** 2 for batch in subsets) / len(subsets)
        theta = numbers.convert(Fraction(formula.theta(Fraction(b), Fraction(6))))
        factor = numbers.convert(Fraction(formula.factor(Fraction(b), Fraction(6))))
        return mean, factor * formula.reshuffled(sum(g * g), sum(g) ** 2, theta)

    return in_many_digits(sides, effort, seed=110)


F = BatchSquare()
CLAIM = Claim(
    id="I10",
    title="batched β2 → 1 fields",
    plain="E(Σ_{i∈B} g_i)² = (b/N)[(1-θ) Σg² + θ (Σg)²], θ = (b-1)/(N-1), "
    "over uniform batches of size b; with "
    "replacement (b/N)[Σg² + (b-1)/N (Σg)²].",
    tex=r"\mathbb E\bigl(\textstyle\sum_{i\in B}g_i\bigr)^2=\tfrac "
    r"bN\bigl[(1-\theta)\sum g_i^2+\theta(\sum g_i)^2\bigr]",
    quantifiers="for every N >= 2, 1 <= b <= N, all gradients (with replacement: every N, b >= 1)",
    source="known for reshuffling from later work; with replacement derived here",
    proof=__doc__ or "",
    expected=Verdict.PROVED,
    hypotheses=(RESHUFFLED, POSITIVE_COLUMNS),
    formula=F,
    checks=(
        EvidenceSource("inclusion probabilities", Verdict.PROVED, "symbolic N, b", inclusion_probabilities),
        EvidenceSource(
            "every batch",
            Verdict.PROVED,
            "all batches, N <= max N + 1, symbolic gradients, and the fields",
            every_batch,
        ),
        EvidenceSource("50 and 200 digits", Verdict.OBSERVED, "N = 6, all b", digits),
    ),
    mutants=changes(
        F,
        index_shift={"theta": lambda b, n: b / (n - 1)},
        wrong_denominator={"theta": lambda b, n: (b - 1) / n},
        sign={"reshuffled": lambda q, m2, theta: (1 + theta) * q + theta * m2},
        missing_factor={"replaced": lambda q, m2, b, n: q + (b - 1) * m2},
        swapped={"reshuffled": lambda q, m2, theta: theta * q + (1 - theta) * m2},
        exponent={"factor": lambda b, n: (b / n) ** 2},
        dropped_square={"replaced": lambda q, m2, b, n: q + (b - 1) / n * q},
    ),
)
