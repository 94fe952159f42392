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

from marginproof.properties.checks.check import Check
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.properties.conformance.identify import with_diagnosis
from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.one_check import run_case, run_check
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
from marginproof.properties.conformance.trial import tried
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
      expected_failed_claims: why a check or a claim is known to fail, by its id.
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
    tried(subject)
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
                    yield pytest.param(_Bound(check, subject, factory), id=f"{subject.name}-{check.id}")

    return pytest.mark.parametrize("check", list(pairs()))


@dataclass(frozen=True)
class _Bound:
    """One check on one optimizer; call it to run."""

    check: Check
    subject: OptimizerUnderTest
    factory: Any

    def __call__(self, max_examples: int | None = None) -> CheckResult:
        result = with_diagnosis(run_check(self.check, self.subject, max_examples), self.factory)
        complain(result, "raise")
        return result
