"""Certificates of fixed points: one, several with different directions, or the complete list.

What :func:`~marginproof.theory.proofs.krawczyk.certify` and :func:`~marginproof.theory.proofs.enumeration.enumerate_all`
proved is written out as it is; only the box is widened first, and the numbers shortened.

Example:
  >>> import numpy as np
  >>> from marginproof.theory.fields import AdamProxyField
  >>> made = all_fixed_points(LimitProblem(np.array([[5, 1], [1, 4]]), AdamProxyField()))
  >>> made.conclusion["unstable_directions"]
  [0, 1, 0]
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np

from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.margins.max_margin import l2_margin, linf_margin
from marginproof.theory.proofs.balls import to_floats
from marginproof.theory.proofs.certificates.document import Certificate, rows_of
from marginproof.theory.proofs.certificates.errors import CertificateError
from marginproof.theory.proofs.certificates.rational import bracket_of
from marginproof.theory.proofs.enumeration import enumerate_all
from marginproof.theory.proofs.fixed_points import Enumeration
from marginproof.theory.proofs.krawczyk import certify, widened
from marginproof.theory.proofs.witness import Witness

SHARE_OF_A_LIST, SHARE_OF_A_POINT = 0.5, 1 / 16
"""Of a box that Krawczyk's image may fill in balls.  The checker's intervals can be wider: on supports of 12
and 30 rows it needed boxes 2 and 8 times narrower than the widest that pass.  A list has few rows, and wide
boxes spare its checker work; a single point's box may as well be narrow."""


def fixed_point(
    problem: LimitProblem, witness: Witness, claim: str | None = None, **more: Any
) -> Certificate:
    """One solution: it exists, is alone in its box, and has the stated unstable directions.

    Arguments:
      more: ``margins`` and ``cosines`` (see :doc:`/certificates`), and ``note``.

    Raises:
      CertificateError: the witness proves less.
    """
    return _certificate("fixed_point", problem, [witness], claim, **more)


def several_attractors(problem: LimitProblem, witnesses: Sequence[Witness], **more: Any) -> Certificate:
    """At least two attracting solutions with different directions.

    Raises:
      CertificateError: fewer attract, or their directions agree.
    """
    if not _different_limits(witnesses):
        raise CertificateError(f"points={len(witnesses)}: no two attract with different directions")
    return _certificate("several_attractors", problem, witnesses, **more)


def all_fixed_points(
    problem: LimitProblem, found: Enumeration | None = None, claim: str | None = None, **more: Any
) -> Certificate:
    """Every solution of the limit equation, in the order of the list; the checker proves it complete again.

    Arguments:
      problem: data and field.
      found: the list, if it is known; else :func:`enumerate_all` makes it.
      claim: the refuted claim.
      more: ``traps`` and ``margins`` (see :doc:`/certificates`) and ``note``.

    Raises:
      CertificateError: the list is not proved complete, or a point is not certified.
    """
    found = enumerate_all(problem, complete=True) if found is None else found
    if not found.complete:
        raise CertificateError(f"complete=False: {found.reason}; only a complete list has a certificate")
    return _certificate("all_fixed_points", problem, witnesses_of(problem, found), claim, **more)


def certificate_of_list(problem: LimitProblem, found: Enumeration) -> Certificate:
    """What there is to certify of a list: the margin that GD or a sign field reaches, else every point and that these are all.

    Raises:
      CertificateError: nothing is proved, or no certificate can say it.
    """
    margin = {"l2": l2_margin, "linf": linf_margin}.get(problem.field.solved_by)
    if margin is not None:
        return bracket_of(problem.X, margin(problem.X))
    return all_fixed_points(problem, found)


def witnesses_of(problem: LimitProblem, found: Enumeration) -> list[Witness]:
    """The proofs of a list's points, each with a box (an exact rational proof is tried again in balls)."""
    witnesses = [point.witness for point in found.points if point.witness is not None]
    if len(witnesses) < len(found.points):
        raise CertificateError("a point of the list has no enclosure, so there is no certificate")
    return [_with_box(problem, witness) for witness in witnesses]


def _with_box(problem: LimitProblem, witness: Witness) -> Witness:
    if not (witness.certified and witness.exact):
        return witness
    return certify(problem, to_floats(witness.totals), witness.support, witness.digits)


def point_entry(problem: LimitProblem, witness: Witness, share: float) -> dict[str, Any]:
    """A witness as it is written: its rows by the lowest row number of each group of equal ones."""
    if not witness.certified:
        raise CertificateError(f"the point is not proved: {witness.reason}")
    if not witness.isolated:
        raise CertificateError(
            "the weights are not isolated, or some F_j = gamma off the support; a certificate needs strict signs"
        )
    size = len(witness.free)
    if witness.proof.lyapunov.shape != (size, size):
        raise CertificateError(f"the stability is undecided: {witness.proof.reason}")
    wide = widened(problem, witness, share)
    first = problem.representatives
    return {
        "support": [int(first[i]) for i in (wide.chart, *wide.free)],
        "box": wide.box,
        "preconditioner": _fractions(wide.preconditioner),
        "lyapunov": _fractions(wide.proof.lyapunov),
    }


def _fractions(matrix: Any) -> list[list[Fraction]]:
    return [[Fraction(float(value)) for value in row] for row in matrix]


def _different_limits(witnesses: Sequence[Witness]) -> bool:
    """Whether two attracting points have different directions (by more than 1e-9; the checker decides)."""
    unit = [to_floats(w.direction) for w in witnesses if w.unstable_directions == 0]
    return any(np.linalg.norm(a - b) > 1e-9 for a, b in combinations(unit, 2))


def equal_rows(problem: LimitProblem, witnesses: Sequence[Witness]) -> list[list[int]]:
    """The groups of two or more equal rows that have weight in some point, sorted."""
    used = {group for witness in witnesses for group in witness.support}
    members = ([int(i) for i in np.flatnonzero(problem.groups == group)] for group in used)
    return sorted(rows for rows in members if len(rows) > 1)


def points_conclusion(problem: LimitProblem, witnesses: Sequence[Witness], complete: bool) -> dict[str, Any]:
    """What every kind with points concludes."""
    conclusion: dict[str, Any] = {
        "complete": complete,
        "unstable_directions": [witness.unstable_directions for witness in witnesses],
        "different_limits": _different_limits(witnesses),
    }
    together = equal_rows(problem, witnesses)
    return conclusion | ({"equal_rows": together} if together else {})


def _certificate(
    kind: str,
    problem: LimitProblem,
    witnesses: Sequence[Witness],
    claim: str | None = None,
    note: str = "",
    traps: Sequence[dict[str, Any]] = (),
    margins: Sequence[dict[str, Any]] = (),
    cosines: Sequence[dict[str, Any]] = (),
) -> Certificate:
    share = SHARE_OF_A_LIST if kind == "all_fixed_points" else SHARE_OF_A_POINT
    witness: dict[str, Any] = {"points": [point_entry(problem, point, share) for point in witnesses]}
    conclusion = points_conclusion(problem, witnesses, kind == "all_fixed_points")
    if traps:
        witness["traps"], conclusion["traps"] = list(traps), [trap["point"] for trap in traps]
    if margins:
        witness["margins"] = list(margins)
        conclusion["margins"] = [[margin["norm"], margin["ratio"]] for margin in margins]
    if cosines:
        witness["cosines"], conclusion["cosines"] = list(cosines), [entry["bound"] for entry in cosines]
    return Certificate(kind, rows_of(problem.X), witness, conclusion, problem.field, claim, note)
