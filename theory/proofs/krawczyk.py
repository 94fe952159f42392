"""Proof that a fixed point exists: Krawczyk's test in rigorous balls, and exact rationals for GD.

In the chart r = c / c_p, p the row of largest weight of the support S, put H(r) = (F_i - F_p for the other
rows i of S).  For a box B with centre r_0 and any matrix A, if

    K(B) = r_0 - A H(r_0) + (I - A H'(B)) (B - r_0)

lies in the interior of B, then H has exactly one zero in B, and it lies in K(B).  On K(B) the
strict signs are then checked: r_S > 0, γ > 0, F_j > γ off the support.  A degenerate point
(F_j = γ off the support, a singular H', q_k = 0) ends UNDECIDED with the reason, unless the tie
F_j = γ holds by exact arithmetic (:mod:`marginproof.theory.proofs.ties`).

Where the field is linear up to scale (GD always; AdamProxy when every |x_i[k]| is the same for
all k, claim I6) the limit equation is the ℓ₂ max-margin problem: where the test fails it is solved over
the rationals, so that F_j = γ and weights that are not unique do no harm; the direction is unique by convexity.

Reference: R. Krawczyk, Newton-Algorithmen zur Bestimmung von Nullstellen mit Fehlerschranken,
Computing 4 (1969); S. M. Rump, Verification methods, Acta Numerica 19 (2010), section 13.

Example:
  >>> import numpy as np
  >>> from marginproof.theory.fields import AdamProxyField
  >>> from marginproof.theory.limit.problem import LimitProblem
  >>> problem = LimitProblem(np.array([[5, 1], [1, 4]]), AdamProxyField())
  >>> found = certify(problem, np.array([0.87, 0.13]), (0, 1), digits=15)
  >>> found.status, found.stability
  (<Certainty.CERTIFIED: 'certified'>, <Stability.ATTRACTING: 'attracting'>)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import flint
import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array, UndecidedSignError, balls, decide_sign, dyadic
from marginproof.theory.proofs.balls import (
    ChartSystem,
    all_finite,
    bounds,
    rounded,
    to_array,
    to_floats,
    to_matrix,
)
from marginproof.theory.proofs.precision import PolishError, Settled, settle, working_balls
from marginproof.theory.proofs.rational import certify_linear
from marginproof.theory.proofs.stability import prove_stability
from marginproof.theory.proofs.ties import exact_ties
from marginproof.theory.proofs.witness import Box, Certainty, Witness
from marginproof.theory.threads import one_thread_if_small

FEW = 16
"""Ratios up to which the widest box is looked for; for more, one test takes long and a narrow box serves as well."""
WIDENING_BITS = 120
"""Working precision in which a box is widened: its ends have at most 60 bits."""


@one_thread_if_small
def certify(problem: LimitProblem, y: Array, support: Sequence[int], digits: int = 15) -> Witness:
    """Enclose the fixed point near y with the given support, to ``digits`` decimal digits, and prove its stability.

    Arguments:
      problem: data (float64 values count as the exact dyadic rationals they are) and a field.
      y: approximate weights of the distinct rows, shape (G,).
      support: S, indices of distinct rows with positive weight.
      digits: the box around the polished point has half-width 10^-digits.

    Returns:
      a :class:`Witness`.  A second attempt at twice the digits is made before giving up,
      so that weights below 10^-digits do not end undecided.
    """
    support = tuple(int(i) for i in sorted(support))
    if not support:
        raise MarginproofError("support=() is empty; a solution has at least one positive weight")
    if not problem.field.smooth:
        reason = f"{type(problem.field).__name__} is a sign field: its limit is a margin, see marginproof.theory.margins.max_margin"
        return Witness(Certainty.UNDECIDED, reason, support, digits=digits)
    result = Witness(Certainty.UNDECIDED)
    for attempt in (digits, 2 * digits + 10):
        result = _attempt(problem, y, support, attempt)
        if result.status is not Certainty.UNDECIDED:
            return result
    return certify_linear(problem, y, support, digits) if problem.gradient_like else result


def _attempt(problem: LimitProblem, y: Array, support: tuple[int, ...], digits: int) -> Witness:
    with working_balls(digits + 5) as numbers:
        try:
            found = settle(problem, y, support, digits + 5, numbers)
            radius = flint.arb((1, -math.ceil(digits * math.log2(10))))
            image = krawczyk(found.system, found.ratios, [radius] * len(found.ratios), found.inverse)
            if isinstance(image, str):
                return Witness(Certainty.UNDECIDED, image, support, digits=digits)
            witness = _with_signs(found, radius, image, digits)
            witness = _with_exact_ties(problem, witness)
            return replace(witness, proof=prove_stability(problem, found.system, image, witness))
        except (PolishError, UndecidedSignError) as error:
            return Witness(Certainty.UNDECIDED, str(error), support, digits=digits)


def krawczyk(
    system: ChartSystem, centre: Array, radii: Sequence[flint.arb], inverse: Array, share: float = 1.0
) -> Array | str:
    """K(B) as balls if it lies inside B, else the reason why not.

    Arguments:
      system: the support's system over balls.
      centre: r_0, exact balls, shape (|S|-1,).
      radii: B = r_0 ± radii, exact balls.
      inverse: A, float64.
      share: K(B) must even lie within this share of the radii.
    """
    offset = np.array([flint.arb(0, radius) for radius in radii], dtype=object)
    slope, value = system.jacobian(centre + offset), system.residual(centre)
    if not (all_finite(slope) and all_finite(value)):
        return "the field is not finite on the box: q_k = 0 for some k (a feature unused by the support)"
    if not len(centre):
        return centre
    step, identity = to_matrix(inverse), to_matrix(np.eye(len(centre)))
    image = to_matrix(centre[:, None]) - step * to_matrix(value[:, None])
    image += (identity - step * to_matrix(slope)) * to_matrix(offset[:, None])
    enclosed = to_array(image)[:, 0]
    inside = (
        decide_sign(share * radius - (entry - middle)) == 1
        and decide_sign(share * radius + (entry - middle)) == 1
        for entry, middle, radius in zip(enclosed, centre, radii, strict=True)
    )
    if not all(inside):
        return "Krawczyk's test fails: the active-set Jacobian is (nearly) singular, as at a double root"
    return enclosed


def widened(problem: LimitProblem, witness: Witness, share: float) -> Witness:
    """The witness in the widest box r (1 ± 2^-k) that passes the test, and with a preconditioner of few bits.

    A checker of short numbers wants it: what lies in the box needs no second look in an enumeration.
    The zero is the same, since the old box lies inside the new one.

    Arguments:
      problem: the problem of the witness, which must be certified.
      share: of the box that Krawczyk's image may fill; less than 1 leaves room for a checker whose
        enclosures are wider than balls.
    """
    middle = np.array([float(v) for v in to_floats(witness.totals)[list(witness.free)]])
    counts = np.bincount(problem.groups)
    r = middle / counts[list(witness.free)] * counts[witness.chart] / float(witness.totals[witness.chart])
    numbers = balls(WIDENING_BITS)
    with numbers.working():
        system = ChartSystem(problem.over(numbers), witness.support, witness.chart, numbers)
        few = len(r) <= FEW
        tried = range(1, 40) if few else range(30, 40, 3)
        found, wide, narrow = witness, 0, len(tried)  # a box that fails has no wider one that passes
        while wide < narrow:
            at = (
                (wide + narrow) // 2 if few else wide
            )  # with many rows a test takes seconds, and the first passes
            k = tried[at]
            short = rounded(witness.preconditioner, 24 if k < 12 else 53)
            box = tuple((dyadic(v * (1 - 0.5**k), 20 + k), dyadic(v * (1 + 0.5**k), 20 + k)) for v in r)
            if _holds(witness.box, box) and _passes(system, box, short, share):
                found, narrow = replace(witness, box=box, preconditioner=short), at
            else:
                wide = at + 1
    return found


def _holds(inner: Box, outer: Box) -> bool:
    return all(a <= c and d <= b for (c, d), (a, b) in zip(inner, outer, strict=True))


def _passes(system: ChartSystem, box: Box, inverse: Array, share: float) -> bool:
    convert = system.numbers.convert
    centre = np.array([convert((lo + hi) / 2) for lo, hi in box], dtype=object)
    try:
        found = krawczyk(system, centre, [convert((hi - lo) / 2) for lo, hi in box], inverse, share)
    except UndecidedSignError:
        return False
    return not isinstance(found, str)


def _with_signs(found: Settled, radius: flint.arb, image: Array, digits: int) -> Witness:
    system = found.system
    y, u = system.totals(image), system.direction(image)
    gamma = system.chart_level(u)
    status, reason, open_slacks = _strict_signs(system, image, gamma)
    half_width = max(bounds(entry.rad())[1] for entry in (*y, gamma))
    ends = [bounds(entry) for entry in found.ratios]
    return Witness(
        status=status,
        reason=reason,
        support=system.support,
        chart=system.chart,
        box=tuple((low - bounds(radius)[1], high + bounds(radius)[1]) for low, high in ends),
        preconditioner=found.inverse,
        totals=y,
        weights=system.problem.expand(y, system.numbers),
        gamma=gamma,
        direction=u / (u * u).sum().sqrt(),
        radius=float(half_width) * (1 + 2**-50) + 5e-324,
        digits=digits,
        bits=flint.ctx.prec,
        open_slacks=open_slacks,
    )


def _with_exact_ties(problem: LimitProblem, enclosed: Witness) -> Witness:
    """An undecided point is certified where each undecided slack F_j - γ is zero by exact arithmetic."""
    if enclosed.status is not Certainty.UNDECIDED or not enclosed.open_slacks:
        return enclosed
    if not exact_ties(problem, enclosed.support, enclosed.open_slacks):
        return enclosed
    tied = ", ".join(str(j) for j in enclosed.open_slacks)
    reason = f"F_j = γ exactly off the support, j = {tied} (distinct rows)"
    return replace(enclosed, status=Certainty.CERTIFIED, reason=reason, strict=False)


def _strict_signs(system: ChartSystem, r: Array, gamma: flint.arb) -> tuple[Certainty, str, tuple[int, ...]]:
    """Whether r > 0, γ > 0 and F_j > γ off S hold surely on the enclosure, or fail surely.

    Third comes the tuple of rows j whose slack F_j - γ is undecided while all else holds.
    """
    off = system.problem.rivals(system.support)
    positive = [(f"weight y[{i}]", value) for i, value in zip(system.free, r, strict=True)]
    positive.append(("γ", gamma))
    slack = system.above_chart(r, off)
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
