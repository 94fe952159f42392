"""Evidence for B6: brackets of computed margins, written as certificates and judged by the independent
checker.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

from marginproof.theory import checker
from marginproof.theory.claims.cases import exact_rows
from marginproof.theory.claims.claim import Effort, Evidence, EvidenceSource, failed
from marginproof.theory.claims.limits import SR4, TWO
from marginproof.theory.margins.max_margin import l2_margin, linf_margin
from marginproof.theory.margins.separability import separator
from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.certificates.document import unjudged_text
from marginproof.theory.proofs.certificates.rational import bracket_of
from marginproof.theory.verdicts import Verdict

WIDEST = 1e-12
"""Relative width that a bracket may have: what the margins promise."""


def data_sets(instances: int) -> Iterator[Array]:
    """SR4, X = [[5, 1], [1, 4]] and random rational separable data, N <= 5, d <= 4."""
    yield exact_rows(SR4)
    yield exact_rows(TWO)
    random = Random("B6")
    while instances:
        n, d = random.randint(1, 5), random.randint(1, 4)
        X = exact_rows(
            [[Fraction(random.randint(-9, 9), random.randint(1, 4)) for _ in range(d)] for _ in range(n)]
        )
        if separator(X) is not None:
            instances -= 1
            yield X


def brackets_certified(formula: Any, effort: Effort) -> Evidence:
    """Both margins of every data set, as certificates the checker must accept; relative width <= 10^-12."""
    count = 0
    for X in data_sets(4 * effort.instances):
        for norm, margin in (("2", l2_margin(X)), ("inf", linf_margin(X))):
            bracket, certificate = margin.bracket, bracket_of(X, margin)
            verdict, reason = checker.check(unjudged_text(certificate).encode())
            if verdict != "VALID" or bracket.relative_width > WIDEST:
                return failed(f"norm {norm}: {verdict}, {reason}, width {bracket.relative_width:.3g}", count)
            count += 1
    return Evidence(True, count, f"{count} certificates VALID, relative width <= {WIDEST}")


SOURCES: tuple[tuple[str, EvidenceSource], ...] = (
    (
        "B6",
        EvidenceSource(
            "brackets certified",
            Verdict.CERTIFIED,
            "both margins, N <= 5, d <= 4, by marginproof.theory.checker",
            brackets_certified,
        ),
    ),
)
"""The source of evidence here, behind the id of its claim."""
