"""Certificates of a limit cycle, N = 3: the only solution repels, and an annulus traps the flow.

From the complete list (one solution, interior, repelling) it follows that no other start
converges, and neither does u(c); from the two polygons, that a closed orbit lies between them.
"""

from __future__ import annotations

from typing import Any

from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.proofs.annulus import SHARES, Annulus, find_annulus
from marginproof.theory.proofs.certificates.document import Certificate, rows_of
from marginproof.theory.proofs.certificates.errors import CertificateError
from marginproof.theory.proofs.certificates.points import SHARE_OF_A_LIST, point_entry, points_conclusion
from marginproof.theory.proofs.enumeration import enumerate_all


def limit_cycle(
    problem: LimitProblem,
    claim: str | None = "R3",
    note: str = "",
    bits: int = 24,
    shares: tuple[float, ...] = SHARES,
) -> tuple[Certificate, Annulus]:
    """The certificate of a limit cycle and the annulus it rests on.

    Arguments:
      problem: exact data, three distinct rows, and a smooth field.
      bits: significant bits of the polygons' vertices; shares: how close the inner polygon is to the
        cycle (see :func:`marginproof.theory.proofs.annulus.find_annulus`).

    Raises:
      CertificateError: the solutions are not one repelling interior point, or rows are equal.
      marginproof.theory.proofs.annulus.NoAnnulusError: no polygons were found.
    """
    if problem.merged:
        raise CertificateError("two rows are equal; a limit cycle's certificate needs three distinct rows")
    points = enumerate_all(problem, complete=True).points
    witness = points[0].witness if len(points) == 1 else None
    if witness is None or len(witness.support) != 3:
        raise CertificateError(
            f"solutions={len(points)}: a limit cycle certificate needs exactly one, interior"
        )
    annulus = find_annulus(problem, points[0].weights, bits, shares)
    shown: dict[str, Any] = {
        "points": [point_entry(problem, witness, SHARE_OF_A_LIST)],
        "outer": annulus.outer,
        "inner": annulus.inner,
    }
    conclusion = points_conclusion(problem, [witness], True) | {"annulus": True}
    data = rows_of(problem.X)
    return Certificate("limit_cycle", data, shown, conclusion, problem.field, claim, note), annulus
