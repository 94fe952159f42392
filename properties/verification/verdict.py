"""Evidence collected from every source of a claim, and combined into its verdict.

Every source states the strongest verdict it can give.  One that fails, or raises, makes the claim
UNDECIDED with that reason; otherwise the verdict is the strongest stated.  A source that only supports the
claim, as a step of a proof does, states none.  One that is about a part of the claim (some data sets, say)
does not raise the verdict; its own stands beside it: "OBSERVED in general; CERTIFIED for 6 data sets".

Example:
  >>> from marginproof.theory.claims.claim import QUICK
  >>> judge("I4", QUICK).verdict.value
  'PROVED'
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from marginproof.properties.verification.sources import sources_for
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, failed
from marginproof.theory.registry import claim as claim_of
from marginproof.theory.verdicts import STRENGTH, Verdict, reaches


@dataclass(frozen=True)
class ClaimVerdict:
    """A claim's verdict with the evidence behind it.

    Attributes:
      claim: the id.
      verdict: the outcome for the whole claim.
      reason: why it is not stronger, or empty.
      evidence: one entry a source.
      seconds: wall time.
    """

    claim: str
    verdict: Verdict
    reason: str
    evidence: tuple[Evidence, ...]
    seconds: float

    @property
    def count(self) -> int:
        """Instances behind the verdict: those of the sources that could give it."""
        return sum(one.count for one in self.evidence if one.at_most is self.verdict and not one.part)

    @property
    def paths(self) -> tuple[str, ...]:
        """Certificates behind it."""
        return tuple(path for one in self.evidence for path in one.paths)

    @property
    def parts(self) -> tuple[Evidence, ...]:
        """Evidence about parts of the claim that says more of them than the verdict does; none if undecided."""
        if self.verdict in (Verdict.UNDECIDED, Verdict.REFUTED):
            return ()
        return tuple(one for one in self.evidence if one.part and one.count and self._says_more(one))

    def _says_more(self, one: Evidence) -> bool:
        return one.at_most is None or not reaches(self.verdict, one.at_most)

    @property
    def by_kernel(self) -> bool:
        """Whether Coq's kernel is behind it, whose success is shown only where it has just run."""
        return any(one.by for one in self.evidence)

    @property
    def label(self) -> str:
        """The verdict in words, its parts included: ``OBSERVED in general; CERTIFIED for 6 data sets``."""
        word = self.verdict.value
        if self.verdict is Verdict.HELD:
            word = f"{word} {self.count}"
        if by := {one.by for one in self.evidence if one.by and one.at_most is self.verdict and not one.part}:
            word = f"{word} ({', '.join(sorted(by))})"
        if any(one.at_most for one in self.parts):
            word = f"{word} in general"
        return "; ".join([word, *(part_label(one) for one in self.parts)])

    @property
    def ok(self) -> bool:
        """Whether the expected verdict is reached."""
        return reaches(self.verdict, claim_of(self.claim).expected)


def part_label(one: Evidence) -> str:
    """Evidence about a part of a claim in words: ``CERTIFIED for 6 data sets``, or the part alone if it only supports."""
    return one.part if one.at_most is None else f"{one.at_most.value} {one.part}"


def collect(source: EvidenceSource, claim: Claim, effort: Effort) -> Evidence:
    """One source's evidence.  An exception is a failed check, not a crash of the table."""
    start = time.perf_counter()
    try:
        found = source.run(claim.formula, effort)
    except Exception as error:
        found = failed(f"raised {type(error).__name__}: {error}")
    return replace(
        found,
        source=source.name,
        at_most=source.at_most,
        scope=source.scope,
        part=source.part.format(count=found.count, data_sets="data set" if found.count == 1 else "data sets"),
        by=source.by,
        seconds=time.perf_counter() - start,
    )


def combine(claim: Claim, evidence: Iterable[Evidence]) -> tuple[Verdict, str]:
    """The verdict and the reason for its not being stronger."""
    evidence = list(evidence)
    for one in evidence:
        if not one.passed:
            return Verdict.UNDECIDED, f"{one.source}: {one.detail}"
    stated = [one.at_most for one in evidence if one.at_most and not one.part]
    if Verdict.REFUTED in stated:
        return Verdict.REFUTED, ""
    best = max(stated, key=STRENGTH.__getitem__, default=Verdict.UNDECIDED)
    return best, "" if reaches(best, claim.expected) else claim.missing_evidence


def judge(claim_id: str, effort: Effort) -> ClaimVerdict:
    """The verdict on a claim: all its evidence collected and combined."""
    claim, start = claim_of(claim_id), time.perf_counter()
    evidence = tuple(collect(source, claim, effort) for source in sources_for(claim))
    verdict, reason = combine(claim, evidence)
    return ClaimVerdict(claim.id, verdict, reason, evidence, time.perf_counter() - start)
