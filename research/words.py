"""How a find is shown: its rows, and the checker's word on it."""

from __future__ import annotations

from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.certificates import Certificate


def shown(X: Array) -> list[list[int]]:
    """The rows as plain integers."""
    return [[int(v) for v in row] for row in X]


def verdict(certificate: Certificate) -> str:
    """The checker's word and conclusion."""
    return " ".join(certificate.verdict())
