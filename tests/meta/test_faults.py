"""Every planted fault is caught under ``mp-default``, mostly by a tiny example; correct optimizers never are."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from broken_optimizers import FAULTS, AdamLoop, SignumLoop

from marginproof.properties.conformance.engine_subjects import ENGINE
from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.reference import CORRECT
from marginproof.properties.conformance.suite import CHECKS, CheckResult, CheckStatus, run_check

QUICK_TO_TELL = ("I1.unrolled", "I1.run", "I3.scale", "I2.proxy", "I1.steady")
"""These find nearly every fault; the rest are asked where they do not."""
ORDER = sorted(
    CHECKS, key=lambda c: QUICK_TO_TELL.index(c.id) if c.id in QUICK_TO_TELL else len(QUICK_TO_TELL)
)


@cache
def first_failure(cls: type) -> CheckResult | None:
    """The first failing check, a small example preferred among the quick ones.

    Kept, since two tests ask; a worker that was given only one of them finds out for itself.
    """
    subject, found = subject_of(cls), None
    for check in ORDER:
        if found is not None and check.id not in QUICK_TO_TELL:
            break
        if check.reason_to_skip(subject):
            continue
        result = run_check(check, subject, fixed_seed=7, shrink=False)
        if result.status is CheckStatus.FAILED:
            found = result
            if is_small(result):
                break
    return found


def is_small(result: CheckResult) -> bool:
    assert result.case is not None
    return result.case.n <= 3 and result.case.d <= 3


def test_there_are_enough_faults() -> None:
    assert len(FAULTS) >= 40
    assert len({cls.__name__ for cls in FAULTS}) == len(FAULTS)


def test_every_planted_fault_is_caught_most_by_a_tiny_example() -> None:
    """One test, so that no worker searches again for what another has found."""
    found = []
    for cls in FAULTS:
        result = first_failure(cls)
        assert result is not None, f"{cls.__name__} was not caught"
        for part in (
            result.check.id,
            f"optimizer: {cls.__name__}",
            "rows (exact)",
            "replay: marginproof replay",
        ):
            assert part in result.report
        found.append(result)
    small = sum(map(is_small, found))
    print(f"{small} of {len(FAULTS)} by an example of at most 3 × 3")
    assert small >= 0.8 * len(FAULTS)


@pytest.mark.parametrize("cls", [SignumLoop, AdamLoop], ids=lambda cls: cls.__name__)
def test_the_loops_that_the_faults_are_planted_in_are_correct(cls: type) -> None:
    subject = subject_of(cls)
    for check in CHECKS:
        result = run_check(check, subject, max_examples=20)
        assert result.status in (CheckStatus.HELD, CheckStatus.SKIPPED), result.report


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1020))
def test_no_false_alarm(seed: int) -> None:
    """Twenty seeded full runs of every check on every correct optimizer, the engine's included."""
    for subject in [subject_of(cls) for cls in CORRECT] + list(ENGINE):
        for check in CHECKS:
            result = run_check(check, subject, fixed_seed=seed)
            assert result.status in (CheckStatus.HELD, CheckStatus.SKIPPED), result.report
