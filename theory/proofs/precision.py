"""Any number of digits of a fixed point: chord Newton on the active set.

The unknowns are the weights on a support S and γ; G = (F_i - γ for i in S; Σ y - 1).  One float64
inverse A of G' at the start serves every step z ← z - A G(z), each of which gains about
-log10(cond · 1e-16) digits, so only F is evaluated at full precision.  Where that contraction is
poor, a true Newton step takes over.  python-flint does the arithmetic (an order of magnitude faster
than mpmath); the result is handed back as mpmath numbers.  Digits are evidence; proof is
:mod:`marginproof.theory.proofs.krawczyk`.

Example:
  >>> import numpy as np
  >>> from marginproof.theory.fields import AdamProxy
  >>> from marginproof.theory.limit.problem import LimitProblem
  >>> problem = LimitProblem(np.array([[5, 1], [1, 4]]), AdamProxy())
  >>> point = polish(problem, np.array([0.87, 0.13]), (0, 1), digits=30)
  >>> print(point.digits, mpmath.nstr(point.totals[0], 30))
  30 0.868825911090941260702079397044
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import flint
import mpmath
import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array, UndecidedSignError, balls
from marginproof.theory.proofs.balls import ActiveSystem, all_finite, midpoints, to_array, to_matrix

GUARD_DIGITS = 15
"""Working digits beyond those asked for: they cover the rounding of sums of up to 1e6 terms and a
condition number of up to 1e8."""


class PolishError(MarginproofError):
    """Newton's iteration found no nearby zero on this support."""


@dataclass(frozen=True)
class Polished:
    """A fixed point to many digits.

    Attributes:
      totals: y, the weights of the distinct rows, mpmath numbers, shape (G,), exactly zero off S.
      weights: c, mpmath numbers, shape (N,): each total split evenly over its equal rows.
      gamma: γ, the value of F on the support.
      direction: u(c) of unit l2 norm, shape (d,).
      digits: Newton's last correction was below 10^-digits, relative to the unit sum of the weights.
      steps: Newton steps taken.
    """

    totals: Array
    weights: Array
    gamma: Any
    direction: Array
    digits: int
    steps: int


def polish(problem: LimitProblem, y: Array, support: Sequence[int], digits: int = 50) -> Polished:
    """Polish the fixed point near y with the given support to ``digits`` decimal digits.

    Arguments:
      problem: data (float64 or exact) and a smooth field.
      y: approximate weights of the distinct rows, shape (G,); the sum is normalised here.
      support: S, indices of distinct rows with positive weight.
      digits: decimal digits wanted.

    Raises: :class:`PolishError` where the field is not smooth, some q_k is zero, or Newton's
    iteration does not settle.
    """
    if not problem.field.smooth:
        raise PolishError(
            f"field={problem.field} is a sign field; its limits are margins, not zeros to polish"
        )
    bits = math.ceil((digits + GUARD_DIGITS) * math.log2(10))
    numbers = balls(bits)
    with numbers.working():
        system = ActiveSystem(problem.over(numbers), np.asarray(support, dtype=np.intp), numbers)
        z, last, steps = _iterate(system, start(problem, y, system.support), digits)
        return _hand_back(system, z, digits, min(digits, _digits_of(last)), steps)


def start(problem: LimitProblem, y: Array, support: Array) -> Array:
    """(y_S, γ) in float64, normalised to unit sum, shape (|S|+1,)."""
    on_support = np.zeros(problem.n_unknowns)
    on_support[support] = np.asarray(y, dtype=float)[support]
    on_support /= on_support.sum()
    with np.errstate(all="ignore"):
        F = problem.F(on_support)
    if not np.isfinite(F).all():
        raise PolishError(f"support={support.tolist()}: the field is not finite there (q_k = 0 for some k)")
    return np.append(on_support[support], on_support @ F)


def float_inverse(problem: LimitProblem, z: Array, support: Array) -> Array:
    """A pseudo-inverse of G'(z) in float64, shape (|S|+1, |S|+1).

    Equations are scaled by their largest entry first; singular values below 1e-13 of the largest
    (rounding noise of the Jacobian) count as zero, so that a continuum of weights with one
    direction still polishes.
    """
    size = len(support)
    y = np.zeros(problem.n_unknowns)
    y[support] = z[:-1]
    matrix = np.ones((size + 1, size + 1))
    with np.errstate(all="ignore"):
        matrix[:-1, :-1] = problem.jacobian(y, support=support)
    matrix[:-1, -1], matrix[-1, -1] = -1, 0
    if not np.isfinite(matrix).all():
        raise PolishError(f"support={support.tolist()}: the Jacobian is not finite (q_k = 0 for some k)")
    scale = np.abs(matrix).max(axis=1)
    columns = np.abs(matrix / scale[:, None]).max(axis=0)
    inverse = np.linalg.pinv(matrix / scale[:, None] / columns, rcond=1e-13)
    return cast(Array, inverse / columns[:, None] / scale)


def _iterate(system: ActiveSystem, z_float: Array, digits: int) -> tuple[Array, Any, int]:
    problem, support = system.problem, system.support
    z = np.array([flint.arb(value) for value in z_float], dtype=object)
    inverse = float_inverse(problem, z_float, support)
    target = flint.arb(10) ** -(digits + 2)
    previous: Any = flint.arb(1)
    chord = True
    for step in range(1, 30 + digits):
        value = midpoints(_finite(system.residual(z)))
        correction = _times(inverse, value) if chord else _newton(system, z, value)
        z = midpoints(z - correction)
        size = max((abs(entry).mid() for entry in correction), key=float_log)
        if size < target:
            return z, size, step
        chord = chord and bool(size < previous / 100)
        previous = size
    raise PolishError(
        f"support={support.tolist()}: Newton did not settle in {30 + digits} steps (last correction "
        f"{float(previous):.1e}); the point is degenerate or the support is wrong"
    )


def float_log(value: flint.arb) -> float:
    """log2 |midpoint|, -inf at zero: orders numbers far below float64's range."""
    mantissa, exponent = value.man_exp()
    return -math.inf if mantissa == 0 else abs(int(mantissa)).bit_length() + float(exponent)


def _times(inverse: Array, value: Array) -> Array:
    """inverse @ value with a common scale taken out, so that 1e-1000 does not underflow."""
    peak = max(value, key=float_log)
    if peak == 0:
        return value * 0
    scaled = np.array([float((entry / peak).mid()) for entry in value])
    return cast(Array, np.array([flint.arb(entry) for entry in inverse @ scaled], dtype=object) * peak)


def _newton(system: ActiveSystem, z: Array, value: Array) -> Array:
    matrix = to_matrix(midpoints(_finite(to_array(system.jacobian(z)))))
    try:
        solution = matrix.solve(to_matrix(value[:, None]))
    except ZeroDivisionError as error:
        raise PolishError(
            f"support={system.support.tolist()}: the active-set Jacobian is singular"
        ) from error
    return midpoints(_finite(to_array(solution)[:, 0]))


def _finite(values: Array) -> Array:
    if not all_finite(values):
        raise PolishError("the field is not finite on the way (q_k = 0 for some k); use another support")
    return values


def _digits_of(size: flint.arb) -> int:
    log = float_log(size)
    return 10**9 if log == -math.inf else math.floor(-log * math.log10(2))


def _hand_back(system: ActiveSystem, z: Array, digits: int, reached: int, steps: int) -> Polished:
    context = mpmath.MPContext()
    context.dps = digits + GUARD_DIGITS
    try:
        u = system.direction(z)
    except UndecidedSignError as error:
        raise PolishError(str(error)) from error
    unit = u / (u * u).sum().sqrt()
    y = system.totals(z)
    convert = np.vectorize(lambda ball: to_mpf(context, ball), otypes=[object])
    c = system.problem.expand(y, system.numbers)
    return Polished(convert(y), convert(c), to_mpf(context, z[-1]), convert(unit), reached, steps)


def to_mpf(context: Any, ball: flint.arb) -> Any:
    """A ball's midpoint as an mpmath number of the context."""
    mantissa, exponent = (int(part) for part in ball.mid().man_exp())
    return context.ldexp(context.mpf(mantissa), exponent)
