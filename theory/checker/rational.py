"""Facts decided in fractions: margins, separability, a run of SignSGD, the growth of Adam's step."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Any

from .problem import Problem
from .reading import indices, rational, take, vector, whole
from .refusals import Clock, can, need

LONGEST = 60_000
"""Bits of a fraction above which sums are given up: one operation stays below some milliseconds."""


def short(value: Fraction, clock: Clock) -> Fraction:
    """The number itself; or refuse as UNSUPPORTED, if it is too long or the time is up."""
    clock.tick()
    length = value.numerator.bit_length() + value.denominator.bit_length()
    can(length <= LONGEST, "the numbers have too long a common denominator for this checker")
    return value


def exact_dot(a: Iterable[Fraction], b: Iterable[Fraction], clock: Clock) -> Fraction:
    """The inner product of exact numbers."""
    total = Fraction(0)
    for x, y in zip(a, b, strict=True):
        if x and y:
            total = short(total + x * y, clock)
    return total


def exact_sum(values: Iterable[Fraction], clock: Clock) -> Fraction:
    """The sum of exact numbers."""
    total = Fraction(0)
    for v in values:
        total = short(total + v, clock)
    return total


def norm_squared(values: list[Fraction], norm: Any, clock: Clock) -> Fraction:
    """The square of the l1, l2 or l_inf norm."""
    need(norm in ("1", "2", "inf"), "norm must be 1, 2 or inf")
    if norm == "inf":
        return max(abs(v) for v in values) ** 2
    if norm == "1":
        return exact_sum((abs(v) for v in values), clock) ** 2
    return exact_dot(values, values, clock)


def parallel(a: list[Fraction], b: list[Fraction]) -> bool:
    """Whether two vectors, the first not zero, lie on one line."""
    k = next(i for i, v in enumerate(a) if v)
    return all(a[k] * y == x * b[k] for x, y in zip(a, b, strict=True))


def transposed_dot(problem: Problem, c: list[Fraction]) -> list[Fraction]:
    """Xᵀc."""
    return [exact_dot(column, c, problem.clock) for column in zip(*problem.X, strict=True)]


def margin_bracket(problem: Problem, witness: Any) -> dict[str, Any]:
    """min Xw / |w| >= lower and |Xᵀc|_dual <= upper; ``other``, a second maximiser, where they are equal."""
    clock = problem.clock
    norm, given, weights, lower, upper, other = take(witness, "norm w c lower upper", "other")
    low, high = rational(lower), rational(upper)
    need(low >= 0 and high >= 0, "the bounds must not be negative")
    maximisers = [vector(given, problem.d, clock)]
    if other is not None:
        maximisers.append(vector(other, problem.d, clock))
    for w in maximisers:
        worst = min(exact_dot(x, w, clock) for x in problem.X)
        reached = any(w) and worst >= 0 and worst**2 >= low**2 * norm_squared(w, norm, clock)
        need(reached, "the lower bound fails")
    c = vector(weights, problem.n, clock)
    need(min(c) >= 0 and any(c), "the upper bound fails: c must be nonnegative, not zero")
    dual = norm_squared(transposed_dot(problem, c), {"1": "inf", "inf": "1", "2": "2"}[norm], clock)
    need(dual <= high**2 * exact_sum(c, clock) ** 2, "the upper bound fails")
    facts = {"norm": norm, "lower": lower, "upper": upper}
    if other is None:
        return facts
    two = 0 < low == high and not parallel(*maximisers)
    need(two, "two maximisers: equal bounds, two directions")
    return facts | {"unique": False}


def farkas(problem: Problem, witness: Any) -> dict[str, Any]:
    """c >= 0, not zero, Xᵀc = 0: no w has Xw > 0."""
    (given,) = take(witness, "c")
    c = vector(given, problem.n, problem.clock)
    zero = not any(transposed_dot(problem, c))
    need(min(c) >= 0 and any(c) and zero, "c must be nonnegative, not zero, with Xᵀc = 0")
    return {"separable": False}


def sign(v: Fraction) -> int:
    """-1, 0 or 1."""
    return (v > 0) - (v < 0)


def finite_run(problem: Problem, witness: Any) -> dict[str, Any]:
    """SignSGD, one sample a step: on separable data the run and its drift misclassify a row."""
    clock = problem.clock
    start, sizes, visits, end, number, given = take(witness, "w0 eta order w row separator")
    w = vector(start, problem.d, clock)
    eta = vector(sizes, None, clock)
    order = indices(visits, problem.n)
    row = problem.X[whole(number, problem.n)]
    separator = vector(given, problem.d, clock)
    need(all(exact_dot(x, separator, clock) > 0 for x in problem.X), "the data are not separated")
    falling = eta and eta[-1] > 0 and all(a >= b for a, b in pairwise(eta))
    need(len(order) == problem.n and falling, "every row is due in the order, and steps that do not increase")
    signs = [[sign(v) for v in x] for x in problem.X]
    for t, step in enumerate(eta):
        moves = signs[order[t % problem.n]]
        w = [short(v + step * s, clock) for v, s in zip(w, moves, strict=True)]
    drift = [Fraction(sum(column)) for column in zip(*signs, strict=True)]
    wrong = exact_dot(row, w, clock) < 0 and exact_dot(row, drift, clock) < 0
    need(w == vector(end, problem.d, clock) and wrong, "the row is not misclassified")
    return {"separable": True, "steps": len(eta), "misclassified": number}


def step_growth(problem: Problem, witness: Any) -> dict[str, Any]:
    """Gradients, the rows of the data: Adam's |m|/√v ends above the bound, which with β1 <= β2 it never does."""
    clock = problem.clock
    stated = take(witness, "beta1 beta2 bound")
    b1, b2, bound = vector(stated, 3, clock)
    need(0 < b1 < 1 and 0 < b2 < b1 * b1, "these betas bound the step: beta2 < beta1**2 < 1 is due")
    need(problem.d == 1, "gradients: one number a row")
    m = v = Fraction(0)
    for (g,) in problem.X:
        m = short(b1 * m + (1 - b1) * g, clock)
        v = short(b2 * v + (1 - b2) * g * g, clock)
    fair = bound > 0 and bound**2 * (1 - b2) >= 1  # what no beta1 <= beta2 passes
    passed = m * m > bound**2 * v > 0
    need(fair and passed, "the step is not above the bound, or beta1 <= beta2 allows the bound")
    return {"bound": stated[2], "steps": problem.n, "betas": stated[:2]}
