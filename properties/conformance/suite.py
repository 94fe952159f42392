"""The claims as a conformance suite for anybody's optimizer.

Example:
  >>> from marginproof.properties.conformance.suite import check_optimizer
  >>> from marginproof.properties.conformance.reference import PlainSignum
  >>> results = check_optimizer(PlainSignum, claims="I3", max_examples=5)
  >>> [str(result.status.value) for result in results]
  ['held', 'held', 'held']
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from hypothesis import HealthCheck, given, seed, settings, target

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import Check
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.properties.conformance.identify import with_diagnosis
from marginproof.properties.conformance.interruption import raise_if_interrupted
from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.profiles import DEFAULT
from marginproof.properties.conformance.results import CheckResult, CheckStatus, NonconformingError, report
from marginproof.properties.conformance.selection import (
    BY_ID,
    CHECKS,
    against_expectation,
    complain,
    family_in,
    refuse_unknown,
    select,
)
from marginproof.theory.bounds.comparison import Comparison
from marginproof.theory.errors import MarginproofError

__all__ = [
    "BY_ID",
    "CHECKS",
    "CheckResult",
    "CheckStatus",
    "NonconformingError",
    "check_optimizer",
    "parametrize_with_claims",
    "report",
    "run_case",
    "run_check",
    "select",
]


def run_check(
    check: Check,
    subject: OptimizerUnderTest,
    max_examples: int | None = None,
    fixed_seed: int | None = None,
    examples: int | None = None,
) -> CheckResult:
    """Run one check under the active Hypothesis profile.

    Arguments:
      max_examples: instead of the profile's; long-running checks take their share of it.
      examples: exactly so many.
    """
    reason = check.reason_to_skip(subject)
    if reason:
        return CheckResult(check, CheckStatus.SKIPPED, reason=reason)
    tally = _Tally(check, subject)
    parent = settings()
    configured = settings(
        parent,
        max_examples=examples or examples_of(check, max_examples),
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    test = configured(given(check.cases(subject))(tally.run))
    if fixed_seed is not None:
        test = seed(fixed_seed)(test)
    try:
        test()
    except NonconformingError:
        assert tally.failing is not None
        return tally.result(CheckStatus.FAILED)
    except AssertionError as error:  # Hypothesis 6.170 asserts so when interrupted while it starts
        if isinstance(error.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from error
        raise
    return tally.result(CheckStatus.HELD)


def examples_of(check: Check, max_examples: int | None = None) -> int:
    """How many examples a check runs: its share of the profile's number, or of the one given."""
    return max(1, round((max_examples or settings().max_examples) * check.share))


class _Tally:
    """Runs the check on cases and counts them up to the first failure."""

    def __init__(self, check: Check, subject: OptimizerUnderTest) -> None:
        self.check, self.subject = check, subject
        self.examples = self.vacuous = 0
        self.strong: int | None = None
        self.failing: tuple[Case, Comparison] | None = None

    def run(self, case: Case) -> None:
        raise_if_interrupted()
        comparison = run_case(self.check, self.subject, case)
        if not comparison.holds:
            self.failing = (case, comparison)
            raise NonconformingError(report(self.check, self.subject, case, comparison))
        if comparison.pressure is not None and np.isfinite(comparison.pressure):
            target(comparison.pressure, label=self.check.id)
        if self.failing is None:
            self.examples += 1
            self.vacuous += comparison.vacuous
            if comparison.strength is not None:
                self.strong = (self.strong or 0) + (comparison.strength >= 0.5)

    def result(self, status: CheckStatus) -> CheckResult:
        case, text = None, ""
        if self.failing is not None:
            case = self.failing[0]
            text = report(self.check, self.subject, *self.failing)
        return CheckResult(
            self.check,
            status,
            self.examples,
            self.vacuous,
            self.strong,
            self.check.note(self.subject),
            text,
            case,
        )


def run_case(check: Check, subject: OptimizerUnderTest, case: Case) -> Comparison:
    """The check's comparison on one case; an optimizer that raises has failed (its own bad-input errors pass through)."""
    try:
        with np.errstate(all="ignore"):
            return check.compare(subject, case)
    except MarginproofError:
        raise
    except (ArithmeticError, ValueError, IndexError) as error:
        return Comparison(False, f"the optimizer raised {type(error).__name__}: {error}")


def check_optimizer(
    factory: Any,
    claims: str | Iterable[str] | None = None,
    expected_failed_claims: Mapping[str, str] | None = None,
    on_fail: str | None = "raise",
    max_examples: int | None = None,
    fixed_seed: int | None = None,
    callback: Callable[[CheckResult], None] | None = None,
) -> list[CheckResult]:
    """Run the checks that apply to an optimizer.

    Arguments:
      factory: a plain class (see :mod:`marginproof.properties.checks.subjects`), a torch optimizer class or a
        ``functools.partial`` of one, an optax transformation or a function returning one.
      claims: ids or a family; all that apply by default.
      expected_failed_claims: check or claim id to the reason it is known to fail.
      on_fail: ``"raise"``, ``"warn"`` or ``None``.
      max_examples: over the active profile's.
      fixed_seed: of Hypothesis.
      callback: called with every result as it comes.

    Returns:
      One result a check, skipped ones included.

    Raises:
      NonconformingError: a check failed, or one expected to fail held (``on_fail="raise"``).
      MarginproofError: an unknown id; no check that applies.
    """
    subject = subject_of(factory, family_in(claims))
    expected = dict(expected_failed_claims or {})
    refuse_unknown(expected)
    results = []
    for check in select(claims):
        made = with_diagnosis(run_check(check, subject, max_examples, fixed_seed), factory)
        result = against_expectation(made, expected)
        results.append(result)
        if callback:
            callback(result)
        complain(result, on_fail)
    if all(result.status is CheckStatus.SKIPPED for result in results):
        raise MarginproofError(
            f"claims={claims}: none applies to optimizer={subject.name} of family={subject.family}"
        )
    return results


Test = TypeVar("Test", bound=Callable[..., Any])


def parametrize_with_claims(
    factories: Iterable[Any], claims: str | Iterable[str] | None = None
) -> Callable[[Test], Test]:
    """``pytest.mark.parametrize`` over (optimizer, check): the test gets a callable ``check`` to call.

    Example:
      @parametrize_with_claims([MySignum, MyAdam])
      def test_claims(check):
          check()
    """
    import pytest

    def pairs() -> Iterator[Any]:
        for factory in factories:
            subject = subject_of(factory, family_in(claims))
            for check in select(claims):
                if not check.reason_to_skip(subject):
                    yield pytest.param(_Bound(check, subject), id=f"{subject.name}-{check.id}")

    return pytest.mark.parametrize("check", list(pairs()))


@dataclass(frozen=True)
class _Bound:
    """One check on one optimizer; call it to run."""

    check: Check
    subject: OptimizerUnderTest

    def __call__(self, max_examples: int | None = None) -> CheckResult:
        result = run_check(self.check, self.subject, max_examples)
        complain(result, "raise")
        return result


def load_default_profile() -> None:
    """``mp-default``, for runs outside pytest."""
    settings.load_profile(DEFAULT)
