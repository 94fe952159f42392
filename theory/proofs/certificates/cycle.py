"""Certificates of a limit cycle, N = 3: the only solution repels, and an annulus traps the flow.

From the complete list (one solution, interior, repelling) it follows that no other start
converges, and neither does u(c); from the two polygons, that a closed orbit lies between them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from marginproof.theory.fields import Field
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.proofs.annulus import SHARES, Annulus, find_annulus
from marginproof.theory.proofs.certificates.document import Certificate, CertificateError, rows_of
from marginproof.theory.proofs.certificates.points import point_witness
from marginproof.theory.proofs.certificates.solutions import find_solutions


def limit_cycle(
    X: Any,
    field: Field,
    claim: str | None = "R3",
    note: str = "",
    bits: int = 24,
    shares: tuple[float, ...] = SHARES,
) -> tuple[Certificate, Annulus]:
    """The certificate of a limit cycle and the annulus it rests on.

    Arguments:
      X: exact data, three rows; field: a smooth field.
      bits: significant bits of the polygons' vertices; shares: how close the inner polygon is to the
        cycle (see :func:`marginproof.theory.proofs.annulus.find_annulus`).

    Raises:
      CertificateError: the solutions are not one repelling interior point.
      marginproof.theory.proofs.annulus.NoAnnulusError: no polygons were found.
    """
    problem = LimitProblem(np.array(rows_of(X), dtype=object), field)
    found = find_solutions(problem)
    if len(found) != 1 or len(found[0][1]) != 3:
        raise CertificateError(
            f"solutions={len(found)}: a limit cycle certificate needs exactly one, interior"
        )
    point = point_witness(problem, found[0][0])
    annulus = find_annulus(problem, found[0][0], bits, shares)
    witness: dict[str, Any] = {"points": [point.entry()], "outer": annulus.outer, "inner": annulus.inner}
    conclusion = {
        "complete": True,
        "unstable_directions": [point.unstable],
        "different_limits": False,
        "annulus": True,
    }
    return Certificate("limit_cycle", rows_of(X), witness, conclusion, field, claim, note), annulus
