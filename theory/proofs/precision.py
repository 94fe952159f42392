"""Any number of digits of a fixed point: chord Newton on the active set.

The unknowns are the ratios r_i = c_i / c_p on a support S, p its row of largest weight; H = (F_i - F_p for
i in S).  One float64 inverse A of ∂H/∂r at the start serves every step r ← r - A H(r), each of which gains about
16 digits less those of the condition number, so only F is evaluated at full precision.  Where that contraction is
poor, a true Newton step takes over.  python-flint does the arithmetic (an order of magnitude faster
than mpmath); the result is handed back as mpmath numbers.  Digits are evidence; proof is
:mod:`marginproof.theory.proofs.krawczyk`.

Example:
  >>> import numpy as np
  >>> from marginproof.theory.fields import AdamProxyField
  >>> from marginproof.theory.limit.problem import LimitProblem
  >>> problem = LimitProblem(np.array([[5, 1], [1, 4]]), AdamProxyField())
  >>> point = polish(problem, np.array([0.87, 0.13]), (0, 1), digits=30)
  >>> print(point.digits, mpmath.nstr(point.totals[0], 30))
  30 0.868825911090941260702079397044
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import flint
import mpmath
import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array, NumberSystem, UndecidedSignError, balls
from marginproof.theory.proofs.balls import ChartSystem, all_finite, midpoints, to_array, to_matrix
from marginproof.theory.threads import one_thread_if_small

GUARD_DIGITS = 15
"""Working digits beyond those asked for: they cover the rounding of sums of up to 10^6 terms and a
condition number of up to 10^8."""


class PolishError(MarginproofError):
    """Newton's iteration found no nearby zero on this support."""


@dataclass(frozen=True)
class Polished:
    """A fixed point to many digits.

    Attributes:
      totals: y, the weights of the distinct rows, mpmath numbers, shape (G,), exactly zero off S.
      weights: c, mpmath numbers, shape (N,): each total split evenly over its equal rows.
      gamma: γ, the value of F on the support.
      direction: u(c) of unit ℓ₂ norm, shape (d,).
      digits: Newton's last correction was below 10^-digits, relative to the largest weight.
      steps: Newton steps taken.
    """

    totals: Array
    weights: Array
    gamma: Any
    direction: Array
    digits: int
    steps: int


@dataclass(frozen=True)
class Settled:
    """Where Newton's iteration ended, in the precision it ran in.

    Attributes:
      system: the support's system in the chart of its largest weight.
      ratios: r, exact balls, shape (|S|-1,).
      inverse: approximate inverse of ∂H/∂r at the start, float64.
      digits: the last correction was below 10^-digits.
      steps: Newton steps taken.
    """

    system: ChartSystem
    ratios: Array
    inverse: Array
    digits: int
    steps: int


@one_thread_if_small
def polish(problem: LimitProblem, y: Array, support: Sequence[int], digits: int = 50) -> Polished:
    """Polish the fixed point near y with the given support to ``digits`` decimal digits.

    Arguments:
      problem: data (float64 or exact) and a smooth field.
      y: approximate weights of the distinct rows, shape (G,); the sum is normalised here.
      support: S, indices of distinct rows with positive weight.
      digits: decimal digits wanted.

    Raises:
      PolishError: the field is not smooth, some q_k is zero, or Newton's iteration does not settle.
    """
    with working_balls(digits) as numbers:
        return _hand_back(settle(problem, y, support, digits, numbers), digits)


@contextmanager
def working_balls(digits: int) -> Iterator[NumberSystem]:
    """Balls precise enough for ``digits`` decimal digits, :data:`GUARD_DIGITS` more and 20 bits."""
    numbers = balls(math.ceil((digits + GUARD_DIGITS) * math.log2(10)) + 20)
    with numbers.working():
        yield numbers


def settle(
    problem: LimitProblem, y: Array, support: Sequence[int], digits: int, numbers: NumberSystem
) -> Settled:
    """Newton's iteration behind :func:`polish`, which has its arguments and errors; within ``numbers``."""
    if not problem.field.smooth:
        raise PolishError(
            f"field={problem.field} is a sign field; its limits are margins, not zeros to polish"
        )
    rows = sorted(int(i) for i in support)
    each = np.asarray(y, dtype=float)[rows] / np.bincount(problem.groups)[rows]
    system = ChartSystem(problem.over(numbers), tuple(rows), rows[int(np.argmax(each))], numbers)
    r = np.delete(each / each.max(), np.argmax(each))
    inverse = _float_inverse(problem, system, r)
    ratios, last, steps = iterate(system, r, inverse, digits)
    return Settled(system, ratios, inverse, min(digits, _digits_of(last)), steps)


def _float_inverse(problem: LimitProblem, system: ChartSystem, r: Array) -> Array:
    """A pseudo-inverse of ∂H/∂r in float64, shape (|S|-1, |S|-1).

    Equations are scaled by their largest entry first; singular values below 1e-13 of the largest
    (rounding noise of the Jacobian) count as zero, so that a continuum of weights with one
    direction still polishes.
    """
    counts = np.bincount(problem.groups)
    y = np.zeros(problem.n_unknowns)
    y[system.chart], y[system.free] = 1.0, r
    with np.errstate(all="ignore"):
        F, J = problem.linearised(y * counts, np.array(system.support))
    if not (np.isfinite(F).all() and np.isfinite(J).all()):
        raise PolishError(_not_finite(problem, system))
    if not len(r):
        return np.empty((0, 0))
    free = np.array(system.support) != system.chart
    slope = (J - J[~free])[np.ix_(free, free)] * counts[system.free]
    scale = np.maximum(np.abs(slope).max(axis=1), np.finfo(float).tiny)
    columns = np.maximum(np.abs(slope / scale[:, None]).max(axis=0), np.finfo(float).tiny)
    inverse = np.linalg.pinv(slope / scale[:, None] / columns, rcond=1e-13)
    return np.asarray(inverse / columns[:, None] / scale)


def _not_finite(problem: LimitProblem, system: ChartSystem) -> str:
    """Which features the support lacks, and why no certificate can then hold the limit."""
    rows = problem.floats[problem.representatives][list(system.support)]
    lacking = [str(k + 1) for k in np.flatnonzero(~(rows != 0).any(axis=0))]
    where = f"feature(s) {', '.join(lacking)} (counted from 1)" if lacking else "some feature"
    return (
        f"{where} is zero on every row of the support, so q_k = 0 there: weights that vanish decide those coordinates of u, in a further tier; "
        "proved is such a limit as predict finds it, tier by tier (docs/explanation/zero-entries.md)"
    )


def iterate(system: ChartSystem, start: Array, inverse: Array, digits: int) -> tuple[Array, Any, int]:
    """(zero of ``system.residual`` to 10^-digits, the last correction, steps): chord steps, Newton's where they stall."""
    r = np.array([flint.arb(value) for value in start], dtype=object)
    target = flint.arb(10) ** -(digits + 2)
    previous: Any = flint.arb(1)
    chord = True
    for step in range(1, 30 + digits):
        value = midpoints(_finite(system.residual(r)))
        correction = _times(inverse, value) if chord else _newton(system, r, value)
        r = midpoints(r - correction)
        size = max((abs(entry).mid() for entry in correction), key=float_log, default=flint.arb(0))
        if size < target:
            return r, size, step
        chord = chord and bool(size < previous / 100)
        previous = size
    raise PolishError(
        f"support={list(system.support)}: no isolated solution was found on these rows (counted from 0) in {30 + digits} Newton steps: "
        "a weight or a slack F_j - γ may tend to zero there, or the support is wrong"
    )


def float_log(value: flint.arb) -> float:
    """The midpoint's logarithm to base 2, -∞ at zero: orders numbers far below float64's range."""
    mantissa, exponent = value.man_exp()
    return -math.inf if mantissa == 0 else abs(int(mantissa)).bit_length() + float(exponent)


def _times(inverse: Array, value: Array) -> Array:
    """inverse @ value with a common scale taken out, so that 1e-1000 does not underflow."""
    peak = max(value, key=float_log, default=flint.arb(0))
    if peak == 0:
        return value * 0
    scaled = np.array([float((entry / peak).mid()) for entry in value])
    return np.asarray(np.array([flint.arb(entry) for entry in inverse @ scaled], dtype=object) * peak)


def _newton(system: ChartSystem, r: Array, value: Array) -> Array:
    matrix = to_matrix(midpoints(_finite(system.jacobian(r))))
    try:
        solution = matrix.solve(to_matrix(value[:, None]))
    except ZeroDivisionError as error:
        raise PolishError(f"support={list(system.support)}: the active-set Jacobian is singular") from error
    return midpoints(_finite(to_array(solution)[:, 0]))


def _finite(values: Array) -> Array:
    if not all_finite(values):
        raise PolishError("the field is not finite on the way (q_k = 0 for some k); use another support")
    return values


def _digits_of(size: flint.arb) -> int:
    log = float_log(size)
    return 10**9 if log == -math.inf else math.floor(-log * math.log10(2))


def _hand_back(settled: Settled, digits: int) -> Polished:
    context = mpmath.MPContext()
    context.dps = digits + GUARD_DIGITS
    system = settled.system
    try:
        u = system.direction(settled.ratios)
    except UndecidedSignError as error:
        raise PolishError(str(error)) from error
    y = system.totals(settled.ratios)
    convert = np.vectorize(lambda ball: to_mpf(context, ball), otypes=[object])
    return Polished(
        totals=convert(y),
        weights=convert(system.problem.expand(y, system.numbers)),
        gamma=to_mpf(context, system.chart_level(u)),
        direction=convert(u / (u * u).sum().sqrt()),
        digits=settled.digits,
        steps=settled.steps,
    )


def to_mpf(context: Any, ball: flint.arb) -> Any:
    """A ball's midpoint as an mpmath number of the context."""
    mantissa, exponent = (int(part) for part in ball.mid().man_exp())
    return context.ldexp(context.mpf(mantissa), exponent)
