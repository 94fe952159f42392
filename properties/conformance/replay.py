"""Replay one failing case, from the line a property printed."""

from __future__ import annotations

from marginproof.properties.checks.cases import WHOLE, Case
from marginproof.properties.checks.check import Check
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.properties.conformance.loading import load
from marginproof.properties.conformance.suite import BY_ID, report, run_case
from marginproof.theory.bounds.comparison import Comparison
from marginproof.theory.errors import MarginproofError

PER_COLUMN = {"I3.signs": "signs", "I3.permutation": "order", "I3.scale": "powers"}
"""Which field of a case, one entry a column, these checks need."""


def replay(check_id: str, target: str, case_json: str) -> tuple[Comparison, str]:
    """The comparison on the case, and its text.

    Raises:
      MarginproofError: an unknown check, an optimizer that cannot be imported, a malformed case.
    """
    if check_id not in BY_ID:
        raise MarginproofError(f"check={check_id}: no such check; pytest --marginproof-list prints them")
    check = BY_ID[check_id]
    subject = load(target, check.families[0])
    if not check.applies_to(subject):
        raise MarginproofError(
            f"check={check_id} is for {', '.join(check.families)}; optimizer={target} is of family={subject.family}"
        )
    case = Case.from_json(case_json)
    refuse_what_lacks(check, subject, case)
    comparison = run_case(check, subject, case)
    if comparison.holds:
        return comparison, f"{check.id} holds on this case: {comparison.text}"
    return comparison, report(check, subject, case, comparison)


def refuse_what_lacks(check: Check, subject: OptimizerUnderTest, case: Case) -> None:
    """Refuse a case without the hyper-parameters of the optimizer, or without what the check needs a column.

    Raises:
      MarginproofError: it lacks one of them.
    """
    lacking = sorted(_needed(subject) - set(case.hyper))
    if lacking:
        raise MarginproofError(
            f"case={case.to_json()[:60]} has no {' and no '.join(lacking)} in its hyper, which optimizer={subject.name} needs; {WHOLE}"
        )
    name = PER_COLUMN.get(check.id)
    entries = getattr(case, name) if name else range(case.d)
    if len(entries) != case.d or (name == "order" and sorted(entries) != list(range(case.d))):
        raise MarginproofError(
            f"case={case.to_json()[:60]} has {name}={list(entries)}, and check={check.id} needs one for each column; {WHOLE}"
        )


def _needed(subject: OptimizerUnderTest) -> set[str]:
    """The averaging constants that every case of the subject has."""
    keys = [set(entry) for entry in subject.grid] or [set(subject.names)]
    averages = {"beta1"} if subject.family == "adam" else set()
    return set.intersection(*keys) | averages
