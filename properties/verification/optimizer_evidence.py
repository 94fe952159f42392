"""Evidence from checks on optimizers: each check of the conformance suite, on every correct optimizer it applies to.

Zero-tolerance checks give HELD, limits OBSERVED.  Both the plain reference classes and the compiled engine
are examined.
"""

from __future__ import annotations

from typing import Any

from hypothesis import settings

from marginproof.properties.checks.check import Check
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.properties.conformance.engine_subjects import ENGINE, NormalisedGD
from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.profiles import DEFAULT
from marginproof.properties.conformance.reference import CORRECT, PlainEpsAdam
from marginproof.properties.conformance.suite import CHECKS, CheckStatus, run_check
from marginproof.theory.claims.claim import Effort, Evidence, EvidenceSource
from marginproof.theory.verdicts import Verdict

SEED = 20260
"""Of the examples; another seed is another sample of the same claim."""


def subjects_for(check: Check) -> list[OptimizerUnderTest]:
    """The correct optimizers a check applies to."""
    candidates = [subject_of(cls) for cls in CORRECT] + list(ENGINE)
    if check.claim == "B8":
        candidates.append(subject_of(PlainEpsAdam))
    if check.claim in ("B4", "B6"):
        candidates.append(NormalisedGD)
    return [subject for subject in candidates if not check.reason_to_skip(subject)]


def on_correct_optimizers(check: Check, effort: Effort) -> Evidence:
    """The check on every correct optimizer it applies to; vacuous examples are not counted as instances."""
    settings.load_profile(DEFAULT)
    examples = vacuous = 0
    for subject in subjects_for(check):
        result = run_check(check, subject, effort.examples, SEED)
        if result.status is CheckStatus.FAILED:
            return Evidence(False, examples, result.report)
        examples += result.examples
        vacuous += result.vacuous
    return Evidence(True, examples - vacuous, f"{examples} examples, {vacuous} of them vacuous")


def source_of(check: Check) -> EvidenceSource:
    """The check as a source of evidence for its claim."""

    def run(formula: Any, effort: Effort) -> Evidence:
        return on_correct_optimizers(check, effort)

    strongest = Verdict.OBSERVED if check.claim.startswith("L") else Verdict.HELD
    return EvidenceSource(check.id, strongest, check.sentence, run)


SOURCES: tuple[tuple[str, EvidenceSource], ...] = tuple((check.claim, source_of(check)) for check in CHECKS)
"""One source of evidence a check, behind the id of its claim."""
