"""Mutation: every mutant of a claim's formula must be rejected by one of the claim's own checks.

A kill is a check that ran to its end and said no.  A check that raises on a mutant has judged
nothing, so an exception is not a kill; it is passed on, to be fixed in the check.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from marginproof.theory.claims.claim import QUICK, Claim, Effort, Mutant


@dataclass(frozen=True)
class Kill:
    """The fate of one mutant.

    Attributes:
      claim: the claim's id.  kind: the change.
      killer: name of the first check that rejected it, or ``None`` for a survivor.
      why: what that check said.
    """

    claim: str
    kind: str
    killer: str | None
    why: str = ""


def attack(claim: Claim, mutant: Mutant, effort: Effort = QUICK) -> Kill:
    """Run the claim's checks on the mutant, in their order, until one rejects it."""
    for check in claim.checks:
        evidence = check.run(mutant.formula, effort)
        if not evidence.passed:
            return Kill(claim.id, mutant.kind, check.name, evidence.detail)
    return Kill(claim.id, mutant.kind, None)


def kill_table(claims: Iterable[Claim], effort: Effort = QUICK) -> list[Kill]:
    """One row per mutant of every claim."""
    return [attack(claim, mutant, effort) for claim in claims for mutant in claim.mutants]
