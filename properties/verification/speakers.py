"""Evidence from runs: every check that applies to a correct optimizer speaks for its claim in ``marginproof verify``.

Zero-tolerance checks may say HELD, limits OBSERVED.  Both the plain reference classes and the compiled
engine are examined.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import settings

from marginproof.properties.checks.judging import Check
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.properties.conformance.engine_subjects import ENGINE, NormalisedGD
from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.profiles import DEFAULT
from marginproof.properties.conformance.reference import CORRECT
from marginproof.properties.conformance.suite import CHECKS, Status, run_check
from marginproof.properties.verification.evidence import speaks_for
from marginproof.theory.claims.claim import Effort, Finding
from marginproof.theory.verdicts import Verdict

SEED = 20260
"""Of the examples; another seed is another sample of the same claim."""


def subjects_for(check: Check) -> list[OptimizerUnderTest]:
    """The correct optimizers a check applies to."""
    candidates = [subject_of(cls) for cls in CORRECT] + list(ENGINE)
    if check.claim in ("B4", "B6"):
        candidates.append(NormalisedGD)
    return [subject for subject in candidates if not check.reason_to_skip(subject)]


def speaker(check: Check) -> Callable[[Effort], Finding]:
    """The check on every correct optimizer it applies to, as evidence."""

    def speak(effort: Effort) -> Finding:
        settings.load_profile(DEFAULT)
        examples = vacuous = 0
        for subject in subjects_for(check):
            result = run_check(check, subject, effort.examples, SEED)
            if result.status is Status.FAILED:
                return Finding(False, examples, result.report)
            examples += result.examples
            vacuous += result.vacuous
        return Finding(True, examples - vacuous, f"{examples} examples, {vacuous} of them vacuous")

    return speak


def register() -> None:
    """Let every check speak for its claim."""
    for check in CHECKS:
        strongest = Verdict.OBSERVED if check.claim.startswith("L") else Verdict.HELD
        speaks_for(check.claim, at_most=strongest, name=check.id, scope=check.sentence)(speaker(check))


register()
