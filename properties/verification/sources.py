"""Every source of evidence, in one place."""

from __future__ import annotations

from marginproof.properties.verification import bracket_evidence, optimizer_evidence, run_evidence, two_runs
from marginproof.properties.verification.certificate_evidence import certificate_sources
from marginproof.properties.verification.formal_evidence import formal_sources
from marginproof.theory.claims.claim import Claim, EvidenceSource

SOURCES: tuple[tuple[str, EvidenceSource], ...] = (
    *optimizer_evidence.SOURCES,
    *bracket_evidence.SOURCES,
    *run_evidence.SOURCES,
    *two_runs.SOURCES,
)
"""Each source of evidence that runs optimizers, or the checker, behind the id of its claim.  To add one is to add a line."""


def sources_for(claim: Claim) -> tuple[EvidenceSource, ...]:
    """All that can be asked about a claim: its own checks, :data:`SOURCES`, Coq's kernel, certificates of the corpus."""
    added = (source for claim_id, source in SOURCES if claim_id == claim.id)
    return (*claim.checks, *added, *formal_sources(claim), *certificate_sources(claim))
