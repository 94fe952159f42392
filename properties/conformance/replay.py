"""Replay one failing case, from the line a property printed."""

from __future__ import annotations

from marginproof.properties.checks.cases import Case
from marginproof.properties.conformance.loading import load
from marginproof.properties.conformance.suite import BY_ID, report, run_case
from marginproof.theory.bounds.comparison import Comparison
from marginproof.theory.errors import MarginproofError


def replay(check_id: str, target: str, case_json: str) -> tuple[Comparison, str]:
    """The comparison on the case, and its text.

    Raises:
      MarginproofError: an unknown check, an optimizer that cannot be imported, a malformed case.
    """
    if check_id not in BY_ID:
        raise MarginproofError(f"check={check_id}: no such check; pytest --marginproof-list prints them")
    check = BY_ID[check_id]
    subject = load(target, check.families[0])
    if subject.family not in check.families:
        raise MarginproofError(
            f"check={check_id} is for {', '.join(check.families)}; optimizer={target} is of family={subject.family}"
        )
    case = Case.from_json(case_json)
    comparison = run_case(check, subject, case)
    if comparison.holds:
        return comparison, f"{check.id} holds on this case: {comparison.text}"
    return comparison, report(check, subject, case, comparison)
