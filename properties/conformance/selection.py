"""All checks, chosen by claim id, check id or family, and what is expected to fail."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import replace

from marginproof.properties.checks import (
    along_runs,
    brackets,
    constant_steps,
    finite_time,
    invariances,
    predictions,
    reshuffled,
    several_tensors,
    step_law,
)
from marginproof.properties.checks.check import Check
from marginproof.properties.checks.subjects import FAMILIES
from marginproof.properties.conformance.results import CheckResult, CheckStatus, NonconformingError
from marginproof.theory.errors import MarginproofError
from marginproof.theory.laws.catalogue import LAWS

CHECKS: tuple[Check, ...] = (
    *invariances.CHECKS,
    *step_law.CHECKS,
    *along_runs.CHECKS,
    *finite_time.CHECKS,
    *several_tensors.CHECKS,
    *brackets.CHECKS,
    *predictions.CHECKS,
    *reshuffled.CHECKS,
    *constant_steps.CHECKS,
)
BY_ID: Mapping[str, Check] = {check.id: check for check in CHECKS}


def select(claims: str | Iterable[str] | None) -> tuple[Check, ...]:
    """The checks named by claim id (``B2``), check id (``B2.margin``) or family (``signum``); all for ``None``.

    Raises:
      MarginproofError: an id that names nothing.
    """
    if claims is None:
        return CHECKS
    wanted = [part.strip() for part in claims.split(",")] if isinstance(claims, str) else list(claims)
    chosen: list[Check] = []
    for name in filter(None, wanted):
        found = [
            c
            for c in CHECKS
            if name.lower() in (c.id.lower(), c.claim.lower())
            or (name in LAWS and c.is_for(name))
            or name in c.families
        ]
        if not found:
            known = ", ".join(sorted({c.claim for c in CHECKS}))
            raise MarginproofError(
                f"claims={name}: no such claim, check or family; claims with checks are {known}"
            )
        chosen += [check for check in found if check not in chosen]
    return tuple(chosen)


def family_in(claims: str | Iterable[str] | None) -> str | None:
    """The family that a selection names, if it names one: it decides for optimizers that do not say."""
    parts = [] if claims is None else claims.split(",") if isinstance(claims, str) else list(claims)
    return next((part.strip() for part in parts if part.strip() in FAMILIES), None)


def refuse_unknown(expected: Iterable[str]) -> None:
    """Raise for an expected failure that names no check and no claim."""
    known = {*BY_ID, *(check.claim for check in CHECKS)}
    for name in expected:
        if name not in known:
            raise MarginproofError(
                f"expected_failed_claims={name}: no such claim or check; see --marginproof-list"
            )


def against_expectation(result: CheckResult, expected: Mapping[str, str]) -> CheckResult:
    """The result in the light of what was expected to fail."""
    name = next((n for n in (result.check.id, result.check.claim) if n in expected), None)
    if name is None or result.status is CheckStatus.SKIPPED:
        return result
    if result.status is CheckStatus.FAILED:
        return replace(result, status=CheckStatus.EXPECTED_FAILURE, reason=expected[name])
    if name == result.check.id:
        return replace(result, status=CheckStatus.UNEXPECTED_PASS, reason=expected[name])
    return result  # a whole claim expected to fail need not fail in every check


def complain(result: CheckResult, on_fail: str | None) -> None:
    """Raise or warn where a result is bad."""
    if result.status not in (CheckStatus.FAILED, CheckStatus.UNEXPECTED_PASS) or on_fail is None:
        return
    text = result.report or f"{result.check.id} was expected to fail ({result.reason}) and held"
    if on_fail == "raise":
        raise NonconformingError(text)
    warnings.warn(text, stacklevel=3)
