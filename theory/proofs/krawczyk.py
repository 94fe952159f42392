"""Proof that a fixed point exists: Krawczyk's test in rigorous balls, and exact rationals for GD.

Put z = (y_S, γ) and G(z) = (F_i - γ for i in S; Σ y_S - 1).  For a box B with centre z_0 and any
matrix A, if

    K(B) = z_0 - A G(z_0) + (I - A G'(B)) (B - z_0)

lies in the interior of B, then G has exactly one zero in B, and it lies in K(B).  On K(B) the
strict signs are then checked: y_S > 0, γ > 0, F_j > γ off the support.  A degenerate point
(F_j = γ off the support, a singular G', q_k = 0) ends UNDECIDED with the reason, unless the tie
F_j = γ holds by exact arithmetic (:mod:`marginproof.theory.proofs.ties`).

Where the field is linear up to scale (GD always; AdamProxy when every |x_i[k]| is the same for
all k, claim I6) the limit equation is the l2 max-margin problem: it is solved over the rationals,
so that F_j = γ and weights that are not unique do no harm; the direction is unique by convexity.

Reference: R. Krawczyk, Newton-Algorithmen zur Bestimmung von Nullstellen mit Fehlerschranken,
Computing 4 (1969); S. M. Rump, Verification methods, Acta Numerica 19 (2010), section 13.

Example:
  >>> import numpy as np
  >>> from marginproof.theory.fields import AdamProxy
  >>> from marginproof.theory.limit.problem import LimitProblem
  >>> problem = LimitProblem(np.array([[5, 1], [1, 4]]), AdamProxy())
  >>> certify(problem, np.array([0.87, 0.13]), (0, 1), digits=15).status
  <Certainty.CERTIFIED: 'certified'>
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import flint
import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array, UndecidedSignError, balls, decide_sign, exact
from marginproof.theory.proofs.balls import (
    ActiveSystem,
    all_finite,
    bounds,
    midpoints,
    to_array,
    to_matrix,
)
from marginproof.theory.proofs.enclosed import Certainty, Enclosure
from marginproof.theory.proofs.precision import PolishError, float_inverse, polish
from marginproof.theory.proofs.rational import certify_linear, is_linear
from marginproof.theory.proofs.ties import exact_ties


def certify(problem: LimitProblem, y: Array, support: Sequence[int], digits: int = 15) -> Enclosure:
    """Enclose the fixed point near y with the given support, to ``digits`` decimal digits.

    Arguments:
      problem: data (float64 values count as the exact dyadic rationals they are) and a field.
      y: approximate weights of the distinct rows, shape (G,).
      support: S, indices of distinct rows with positive weight.
      digits: the box around the polished point has half-width 10^-digits.

    Returns: an :class:`Enclosure`.  A second attempt at twice the digits is made before giving up,
    so that weights below 10^-digits do not end undecided.
    """
    support = tuple(int(i) for i in sorted(support))
    if not support:
        raise MarginproofError("support=() is empty; a solution has at least one positive weight")
    if not problem.field.smooth:
        reason = f"{type(problem.field).__name__} is a sign field: its limit is a margin, see marginproof.theory.margins.max_margin"
        return Enclosure(Certainty.UNDECIDED, reason, support=support, digits=digits)
    result = Enclosure(Certainty.UNDECIDED)
    for attempt in (digits, 2 * digits + 10):
        result = _attempt(problem, y, support, attempt)
        if result.status is not Certainty.UNDECIDED:
            return result
    return certify_linear(problem, y, support, digits) if is_linear(problem) else result


def _attempt(problem: LimitProblem, y: Array, support: tuple[int, ...], digits: int) -> Enclosure:
    def undecided(reason: str) -> Enclosure:
        return Enclosure(Certainty.UNDECIDED, reason, support=support, digits=digits)

    try:
        point = polish(problem, y, support, digits + 5)
    except PolishError as error:
        return undecided(str(error))
    numbers = balls(math.ceil((digits + 20) * math.log2(10)) + 20)
    with numbers.working():
        system = ActiveSystem(problem.over(numbers), np.array(support, dtype=np.intp), numbers)
        unknowns = [point.totals[i] for i in support] + [point.gamma]
        centre = midpoints(numbers.array([_fraction(value) for value in unknowns]))
        radius = flint.arb((1, -math.ceil(digits * math.log2(10))))
        try:
            found = krawczyk(system, centre, radius)
        except UndecidedSignError as error:
            return undecided(str(error))
        if isinstance(found, str):
            return undecided(found)
        enclosed = _with_signs(system, centre, radius, *found, digits)
    return _with_exact_ties(problem, enclosed)


def krawczyk(system: ActiveSystem, centre: Array, radius: flint.arb) -> tuple[Array, Array] | str:
    """(K(B) as balls, the preconditioner A) if K(B) lies inside B, else the reason why not.

    Arguments:
      system: the active-set system over balls.
      centre: z_0, exact balls, shape (|S|+1,).
      radius: B = z_0 ± radius in every coordinate.
    """
    offset = np.array([flint.arb(0, radius)] * len(centre), dtype=object)
    slope = system.jacobian(centre + offset)
    value = system.residual(centre)
    if not (all_finite(to_array(slope)) and all_finite(value)):
        return "the field is not finite on the box: q_k = 0 for some k (a feature unused by the support)"
    floats = np.array([float(entry) for entry in centre])
    A = float_inverse(system.problem, floats, system.support)
    step = to_matrix(A)
    identity = to_matrix(np.eye(len(centre)))
    image = to_matrix((centre)[:, None]) - step * to_matrix(value[:, None])
    image += (identity - step * slope) * to_matrix(offset[:, None])
    enclosed = to_array(image)[:, 0]
    inside = [
        decide_sign(radius - (entry - middle)) == 1 and decide_sign(radius + (entry - middle)) == 1
        for entry, middle in zip(enclosed, centre, strict=True)
    ]
    if not all(inside):
        return "Krawczyk's test fails: the active-set Jacobian is (nearly) singular, as at a double root"
    return enclosed, A


def _with_signs(
    system: ActiveSystem, centre: Array, radius: flint.arb, z: Array, A: Array, digits: int
) -> Enclosure:
    support = tuple(int(i) for i in system.support)
    status, reason, open_slacks = _strict_signs(system, z)
    u = system.direction(z)
    y = system.totals(z)
    half_width = max(bounds(entry.rad())[1] for entry in z)
    return Enclosure(
        status=status,
        reason=reason,
        totals=y,
        weights=system.problem.expand(y, system.numbers),
        gamma=z[-1],
        direction=u / (u * u).sum().sqrt(),
        support=support,
        radius=float(half_width) * (1 + 2**-50) + 5e-324,
        digits=digits,
        bits=flint.ctx.prec,
        unique_radius=bounds(radius)[1],
        centre=centre,
        preconditioner=A,
        open_slacks=open_slacks,
    )


def _with_exact_ties(problem: LimitProblem, enclosed: Enclosure) -> Enclosure:
    """An undecided point is certified where each undecided slack F_j - γ is zero by exact arithmetic."""
    if enclosed.status is not Certainty.UNDECIDED or not enclosed.open_slacks:
        return enclosed
    if not exact_ties(problem, enclosed.support, enclosed.open_slacks):
        return enclosed
    tied = ", ".join(str(j) for j in enclosed.open_slacks)
    reason = f"F_j = γ exactly off the support, j = {tied} (distinct rows)"
    return replace(enclosed, status=Certainty.CERTIFIED, reason=reason, strict=False)


def _strict_signs(system: ActiveSystem, z: Array) -> tuple[Certainty, str, tuple[int, ...]]:
    """Whether y_S > 0, γ > 0 and F_j > γ off S hold surely on the enclosure, or fail surely.

    Third comes the tuple of rows j whose slack F_j - γ is undecided while all else holds.
    """
    off = np.setdiff1d(np.arange(system.problem.n_unknowns), system.support)
    positive = [(f"weight y[{i}]", value) for i, value in zip(system.support, z[:-1], strict=True)]
    positive.append(("γ", z[-1]))
    slack = system.F(z, off) - z[-1] if off.size else []
    strict = [(f"slack F[{j}] - γ", value) for j, value in zip(off, slack, strict=True)]
    signs = [(name, decide_sign(value)) for name, value in [*positive, *strict]]
    for position, (name, sign) in enumerate(signs):
        if sign == -1 or (sign == 0 and position < len(positive)):
            return Certainty.EXCLUDED, f"{name} is surely not positive on this support", ()
    unsure = [name for name, sign in signs if sign != 1]
    if not unsure:
        return Certainty.CERTIFIED, "", ()
    reason = f"{unsure[0]} is zero or too close to it to decide (complementarity not strict)"
    if any(sign != 1 for _, sign in signs[: len(positive)]):
        return Certainty.UNDECIDED, reason, ()
    open_slacks = (int(j) for j, value in zip(off, slack, strict=True) if decide_sign(value) != 1)
    return Certainty.UNDECIDED, reason, tuple(open_slacks)


def _fraction(value: object) -> Fraction:
    """An mpmath number as the exact dyadic it is."""
    sign, mantissa, exponent, _ = value._mpf_  # type: ignore[attr-defined]
    magnitude = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return exact(-magnitude if sign else magnitude)
