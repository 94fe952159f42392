"""Certificates of fixed points: one, several with different directions, or the complete list.

In the chart r = c / c_p, p the first row of the support, the solution solves H_i = F_i - F_p = 0
for the other supported rows.  The witness of one point is a box in r that passes Krawczyk's test,
as wide as it can be made (the checker's enumeration may skip what lies inside), the approximate
inverse of H's Jacobian, and a symmetric P with AᵀP + PA < 0 for the flow's Jacobian A in the
support's ratios: its negative eigenvalues count the unstable directions.

Example:
  >>> import numpy as np
  >>> from marginproof.theory.fields import AdamProxyField
  >>> made = all_fixed_points(np.array([[5, 1], [1, 4]]), AdamProxyField())
  >>> made.conclusion["unstable_directions"]
  [0, 1, 0]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

import flint
import numpy as np
from scipy.linalg import LinAlgError, solve_continuous_lyapunov

from marginproof.theory.fields import Field
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array, UndecidedSignError, balls, decide_sign, dyadic
from marginproof.theory.proofs.certificates.document import Certificate, CertificateError, rows_of
from marginproof.theory.proofs.certificates.solutions import find_solutions

BITS = 120
"""Working precision of the balls in which a box is chosen."""


@dataclass(frozen=True)
class PointWitness:
    """What the checker is shown of one solution.

    Attributes:
      support: rows with positive weight, the chart's row first.
      box: (lo, hi) of r_i for the other supported rows.
      preconditioner: approximate inverse of ∂H/∂r on them.
      lyapunov: P, on the support without the chart's row, in the order of ``support``.
      unstable: how many unstable directions P shows.
      weights: c in float64, shape (N,).
    """

    support: tuple[int, ...]
    box: tuple[tuple[Fraction, Fraction], ...]
    preconditioner: tuple[tuple[Fraction, ...], ...]
    lyapunov: tuple[tuple[Fraction, ...], ...]
    unstable: int
    weights: Array

    def entry(self) -> dict[str, Any]:
        """As it is written."""
        names = ("support", "box", "preconditioner", "lyapunov")
        return {name: [*getattr(self, name)] for name in names}


def point_witness(problem: LimitProblem, c: Array) -> PointWitness:
    """The witness of the solution near c (float64, shape (N,)).

    Raises:
      CertificateError: equal rows, or no box passes Krawczyk's test, or no P decides the stability.
    """
    if problem.merged:
        raise CertificateError("two rows are equal; merge them before a certificate is made")
    rows = [int(i) for i in np.flatnonzero(c > 0)]
    p = max(rows, key=lambda i: c[i])
    free = [i for i in rows if i != p]
    r = c / c[p]
    slope = problem.jacobian(r)
    H = slope - slope[p]
    A = np.linalg.inv(H[np.ix_(free, free)]) if free else np.empty((0, 0))
    P, unstable = _lyapunov(r, H, free)
    return PointWitness(
        support=(p, *free),
        box=_box(problem, r, p, free, A),
        preconditioner=tuple(tuple(dyadic(v, 20) for v in row) for row in A),
        lyapunov=P,
        unstable=unstable,
        weights=c,
    )


def _lyapunov(r: Array, H: Array, free: Sequence[int]) -> tuple[tuple[tuple[Fraction, ...], ...], int]:
    flow = -(r[:, None] * H)[np.ix_(free, free)]
    try:
        P = solve_continuous_lyapunov(flow.T, -np.eye(len(free)))
    except LinAlgError as cause:
        raise CertificateError("the flow is neutral at the point; its stability is undecided") from cause
    P = P / np.abs(P).max(initial=1e-300)
    P = (P + P.T) / 2
    rounded = tuple(tuple(dyadic(float(v), 24) for v in row) for row in P)
    return rounded, int((np.linalg.eigvalsh(P) < 0).sum())


def _box(
    problem: LimitProblem, r: Array, p: int, free: Sequence[int], A: Array
) -> tuple[tuple[Fraction, Fraction], ...]:
    """The widest of the boxes r (1 ± 2^-k) that passes Krawczyk's test in balls."""
    for k in range(1, 40):
        box = tuple((dyadic(r[i] * (1 - 0.5**k), 20 + k), dyadic(r[i] * (1 + 0.5**k), 20 + k)) for i in free)
        if not free or _krawczyk(problem, box, p, free, A):
            return box
    raise CertificateError(
        f"weights={np.round(r / r.sum(), 6)}: no box passes Krawczyk's test (a double root?)"
    )


def _krawczyk(
    problem: LimitProblem, box: Sequence[tuple[Fraction, Fraction]], p: int, free: Sequence[int], A: Array
) -> bool:
    numbers = balls(BITS)
    with numbers.working():
        full = numbers.array(
            np.array([Fraction(int(i == p)) for i in range(problem.n_unknowns)], dtype=object)
        )
        centre, offset = full.copy(), full * 0
        for i, (lo, hi) in zip(free, box, strict=True):
            centre[i] = numbers.convert((lo + hi) / 2)
            offset[i] = flint.arb(0, numbers.convert((hi - lo) / 2))
        try:
            slope, value = problem.jacobian(centre + offset, numbers), problem.F(centre, numbers)
        except UndecidedSignError:
            return False
        rows = list(free)
        G = numbers.array(A)
        change = G @ (slope - slope[p])[np.ix_(rows, rows)]
        eye = numbers.array(np.eye(len(rows), dtype=int))
        image = -(G @ (value - value[p])[rows]) + (eye - change) @ offset[rows]
        radius = [numbers.convert((hi - lo) / 2) for lo, hi in box]
        return all(
            decide_sign(limit - entry) == 1 and decide_sign(limit + entry) == 1
            for entry, limit in zip(image, radius, strict=True)
        )


def fixed_point(X: Any, field: Field, c: Array, claim: str | None = None, note: str = "") -> Certificate:
    """One solution near c: it exists, is alone in its box, and has the stated unstable directions."""
    point = point_witness(LimitProblem(np.array(rows_of(X), dtype=object), field), c)
    return _certificate("fixed_point", X, field, [point], claim, note)


def several_attractors(X: Any, field: Field, points: Sequence[Array], **more: Any) -> Certificate:
    """At least two attracting solutions with different directions, near the given weights."""
    problem = LimitProblem(np.array(rows_of(X), dtype=object), field)
    return _certificate("several_attractors", X, field, [point_witness(problem, c) for c in points], **more)


def all_fixed_points(
    X: Any, field: Field, points: Sequence[Array] | None = None, claim: str | None = None, **more: Any
) -> Certificate:
    """Every solution of the limit equation; the checker proves the list complete by branch and bound.

    Arguments:
      X: exact data; field: the direction field.
      points: weights of the solutions, float64; found by :func:`find_solutions` if not given.
      claim: the refuted claim.
      more: ``traps`` and ``margins`` (see docs/certificates.md) and ``note``.
    """
    problem = LimitProblem(np.array(rows_of(X), dtype=object), field)
    if points is None:
        points = sorted((c for c, _ in find_solutions(problem)), key=lambda c: tuple(c))
    return _certificate(
        "all_fixed_points", X, field, [point_witness(problem, c) for c in points], claim=claim, **more
    )


def _different_limits(problem: LimitProblem, points: Sequence[PointWitness]) -> bool:
    """Whether two attracting points have different directions (by more than 1e-9; the checker decides)."""
    u = [problem.direction(point.weights) for point in points if point.unstable == 0]
    unit = [v / np.linalg.norm(v) for v in u]
    return any(np.linalg.norm(a - b) > 1e-9 for a, b in combinations(unit, 2))


def _certificate(
    kind: str,
    X: Any,
    field: Field,
    points: Sequence[PointWitness],
    claim: str | None = None,
    note: str = "",
    traps: Sequence[dict[str, Any]] = (),
    margins: Sequence[dict[str, Any]] = (),
) -> Certificate:
    problem = LimitProblem(np.array(rows_of(X), dtype=object), field)
    witness: dict[str, Any] = {"points": [point.entry() for point in points]}
    conclusion: dict[str, Any] = {
        "complete": kind in ("all_fixed_points", "limit_cycle"),
        "unstable_directions": [point.unstable for point in points],
        "different_limits": _different_limits(problem, points),
    }
    if traps:
        witness["traps"], conclusion["traps"] = list(traps), [trap["point"] for trap in traps]
    if margins:
        witness["margins"] = list(margins)
        conclusion["margins"] = [[margin["norm"], margin["ratio"]] for margin in margins]
    return Certificate(kind, rows_of(X), witness, conclusion, field, claim, note)
