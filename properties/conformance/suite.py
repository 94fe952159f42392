"""The claims as a conformance suite for anybody's optimizer.

Example:
  >>> from properties.conformance.suite import check_optimizer
  >>> from properties.conformance.reference import Signum
  >>> results = check_optimizer(Signum, claims="I3", max_examples=5)
  >>> [str(result.status.value) for result in results]
  ['held', 'held', 'held']
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

import numpy as np
from hypothesis import HealthCheck, given, seed, settings, target

from properties.checks import finite_time, invariances, predictions
from properties.checks.cases import Case
from properties.checks.judging import Check, Judgement
from properties.checks.subjects import FAMILIES, Subject
from properties.conformance.loading import subject_of
from properties.conformance.profiles import DEFAULT
from theory.errors import MarginproofError

CHECKS: tuple[Check, ...] = (*invariances.CHECKS, *finite_time.CHECKS, *predictions.CHECKS)
BY_ID: Mapping[str, Check] = {check.id: check for check in CHECKS}


class Status(Enum):
    """How a check ended."""

    HELD = "held"
    FAILED = "failed"
    SKIPPED = "skipped"
    EXPECTED_FAILURE = "expected failure"
    UNEXPECTED_PASS = "unexpected pass"

    @property
    def advice(self) -> str:
        """One sentence for the reader."""
        return {
            Status.HELD: "Held on every example; the count says how many, and how many were vacuous.",
            Status.FAILED: "An example broke it; replay it with the command printed.",
            Status.SKIPPED: "Does not apply; the reason stands beside it.",
            Status.EXPECTED_FAILURE: "Failed, as you said it would.",
            Status.UNEXPECTED_PASS: "Was expected to fail and held: take it off the list.",
        }[self]


@dataclass(frozen=True)
class Result:
    """The outcome of one check on one optimizer.

    Attributes:
      check: the check.
      status: how it ended.
      examples, vacuous: how many examples ran before the first failure, how many could not have failed.
      strong: how many had a bound of at least half the best possible, or reached a limit; ``None`` for other checks.
      reason: why it was skipped, or what was expected.
      report: for a failure, claim, data, optimizer, both sides and the replay command.
      case: the shrunk failing case.
    """

    check: Check
    status: Status
    examples: int = 0
    vacuous: int = 0
    strong: int | None = None
    reason: str = ""
    report: str = ""
    case: Case | None = None

    def to_dict(self) -> dict[str, Any]:
        """For the JSON report."""
        return {
            "check": self.check.id,
            "claim": self.check.claim,
            "status": self.status.value,
            "examples": self.examples,
            "vacuous": self.vacuous,
            "strong": self.strong,
            "reason": self.reason,
            "case": self.case.to_json() if self.case else None,
        }


class NonconformingError(AssertionError):
    """A check failed; the message is the report."""


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
        found = [c for c in CHECKS if name in (c.id, c.claim) or name in c.families]
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


def run_check(
    check: Check, subject: Subject, max_examples: int | None = None, fixed_seed: int | None = None
) -> Result:
    """Run one check under the active Hypothesis profile."""
    reason = check.reason_to_skip(subject)
    if reason:
        return Result(check, Status.SKIPPED, reason=reason)
    tally = _Tally(check, subject)
    parent = settings()
    budget = max_examples or parent.max_examples
    configured = settings(
        parent,
        max_examples=max(1, round(budget * check.share)),
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    test = configured(given(check.cases(subject))(tally.judge))
    if fixed_seed is not None:
        test = seed(fixed_seed)(test)
    try:
        test()
    except NonconformingError:
        assert tally.failing is not None
        return tally.result(Status.FAILED)
    return tally.result(Status.HELD)


class _Tally:
    """Judges cases and counts them up to the first failure."""

    def __init__(self, check: Check, subject: Subject) -> None:
        self.check, self.subject = check, subject
        self.examples = self.vacuous = 0
        self.strong: int | None = None
        self.failing: tuple[Case, Judgement] | None = None

    def judge(self, case: Case) -> None:
        judgement = judge(self.check, self.subject, case)
        if not judgement.holds:
            self.failing = (case, judgement)
            raise NonconformingError(report(self.check, self.subject, case, judgement))
        if judgement.pressure is not None and np.isfinite(judgement.pressure):
            target(judgement.pressure, label=self.check.id)
        if self.failing is None:
            self.examples += 1
            self.vacuous += judgement.vacuous
            if judgement.strength is not None:
                self.strong = (self.strong or 0) + (judgement.strength >= 0.5)

    def result(self, status: Status) -> Result:
        case, text = None, ""
        if self.failing is not None:
            case = self.failing[0]
            text = report(self.check, self.subject, *self.failing)
        return Result(self.check, status, self.examples, self.vacuous, self.strong, report=text, case=case)


def judge(check: Check, subject: Subject, case: Case) -> Judgement:
    """The check's judgement; an optimizer that raises has failed (its own bad-input errors pass through)."""
    try:
        with np.errstate(all="ignore"):
            return check.judge(subject, case)
    except MarginproofError:
        raise
    except (ArithmeticError, ValueError, IndexError) as error:
        return Judgement(False, f"the optimizer raised {type(error).__name__}: {error}")


def report(check: Check, subject: Subject, case: Case, judgement: Judgement) -> str:
    """What a failing property prints."""
    rows = "\n".join("    [" + ", ".join(str(x) for x in row) + "]" for row in case.rows)
    setting = ", ".join(f"{key}={value}" for key, value in case.hyper.items())
    used = f"batch_size={case.b}, sampling={case.sampling}, seed={case.seed}, loss={case.loss}"
    return (
        f"{check.id} (claim {check.claim}) does not hold: {check.sentence}\n"
        f"  optimizer: {subject.name}({setting}), family {subject.family}\n"
        f"  rows (exact):\n{rows}\n"
        f"  eta0={case.eta0}, power={case.power}, steps={case.steps}, {used}\n"
        f"  {judgement.text}\n"
        f"  replay: {replay_command(check, subject, case)}"
    )


def replay_command(check: Check, subject: Subject, case: Case) -> str:
    """One line for a shell."""
    return f"marginproof replay {check.id} {subject.origin or subject.name} '{case.to_json()}'"


def check_optimizer(
    factory: Any,
    claims: str | Iterable[str] | None = None,
    expected_failed_claims: Mapping[str, str] | None = None,
    on_fail: str | None = "raise",
    max_examples: int | None = None,
    fixed_seed: int | None = None,
    callback: Callable[[Result], None] | None = None,
) -> list[Result]:
    """Run the checks that apply to an optimizer.

    Arguments:
      factory: a plain class (see :mod:`properties.checks.subjects`), a torch optimizer class or a
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
        result = judge_expectation(run_check(check, subject, max_examples, fixed_seed), expected)
        results.append(result)
        if callback:
            callback(result)
        complain(result, on_fail)
    if all(result.status is Status.SKIPPED for result in results):
        raise MarginproofError(
            f"claims={claims}: none applies to optimizer={subject.name} of family={subject.family}"
        )
    return results


def refuse_unknown(expected: Iterable[str]) -> None:
    """Raise for an expected failure that names no check and no claim."""
    known = {*BY_ID, *(check.claim for check in CHECKS)}
    for name in expected:
        if name not in known:
            raise MarginproofError(
                f"expected_failed_claims={name}: no such claim or check; see --marginproof-list"
            )


def judge_expectation(result: Result, expected: Mapping[str, str]) -> Result:
    """The result in the light of what was expected to fail."""
    from dataclasses import replace

    name = next((n for n in (result.check.id, result.check.claim) if n in expected), None)
    if name is None or result.status is Status.SKIPPED:
        return result
    if result.status is Status.FAILED:
        return replace(result, status=Status.EXPECTED_FAILURE, reason=expected[name])
    if name == result.check.id:
        return replace(result, status=Status.UNEXPECTED_PASS, reason=expected[name])
    return result  # a whole claim expected to fail need not fail in every check


def complain(result: Result, on_fail: str | None) -> None:
    """Raise or warn where a result is bad."""
    import warnings

    if result.status not in (Status.FAILED, Status.UNEXPECTED_PASS) or on_fail is None:
        return
    text = result.report or f"{result.check.id} was expected to fail ({result.reason}) and held"
    if on_fail == "raise":
        raise NonconformingError(text)
    warnings.warn(text, stacklevel=3)


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
    subject: Subject

    def __call__(self, max_examples: int | None = None) -> Result:
        result = run_check(self.check, self.subject, max_examples)
        complain(result, "raise")
        return result


def load_default_profile() -> None:
    """``mp-default``, for runs outside pytest."""
    settings.load_profile(DEFAULT)
