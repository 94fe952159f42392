"""One check on one optimizer: drawn examples, counted up to the first failure, which is made small."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings, target

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import Check
from marginproof.properties.checks.running import OptimizerRaisedError
from marginproof.properties.checks.subjects import OptimizerUnderTest, RefusedSettingError
from marginproof.properties.conformance.interruption import raise_if_interrupted
from marginproof.properties.conformance.reduction import reduced
from marginproof.properties.conformance.results import CheckResult, CheckStatus, NonconformingError, report
from marginproof.theory.bounds.comparison import Comparison
from marginproof.theory.errors import MarginproofError


def run_check(
    check: Check,
    subject: OptimizerUnderTest,
    max_examples: int | None = None,
    fixed_seed: int | None = None,
    examples: int | None = None,
    say: Callable[[str], None] = lambda line: None,
    shrink: bool = True,
) -> CheckResult:
    """Run one check under the active Hypothesis profile.

    Arguments:
      max_examples: instead of the profile's; long-running checks take their share of it.
      examples: exactly so many.
      say: told of the first failing example, before it is shrunk.
      shrink: whether Hypothesis makes a failing example simpler; if not, only rows and columns are dropped.
    """
    reason = check.reason_to_skip(subject)
    if reason:
        return CheckResult(check, CheckStatus.SKIPPED, reason=reason)
    tally = _Tally(check, subject, say)
    parent = settings()
    configured = settings(
        parent,
        max_examples=examples or examples_of(check, max_examples, subject),
        deadline=None,
        report_multiple_bugs=False,
        phases=[phase for phase in parent.phases if shrink or phase is not Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    test = configured(given(check.cases(subject))(tally.run))
    if fixed_seed is not None:
        test = seed(fixed_seed)(test)
    try:
        test()
    except NonconformingError:
        assert tally.failing is not None
        tally.failing = reduced(check, *tally.failing, lambda case: run_case(check, subject, case))
        return tally.result(CheckStatus.FAILED)
    except AssertionError as error:  # Hypothesis 6.170 asserts so when interrupted while it starts
        if isinstance(error.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from error
        raise
    return tally.result(CheckStatus.HELD if tally.examples else CheckStatus.SKIPPED)


def examples_of(
    check: Check, max_examples: int | None = None, subject: OptimizerUnderTest | None = None
) -> int:
    """How many examples a check runs: its share of the profile's number, or of the one given.

    Of the long checks a library's optimizer, whose steps cost a hundred times more, gets half.

    Raises:
      MarginproofError: ``max_examples`` below 1.
    """
    if max_examples is not None and max_examples < 1:
        raise MarginproofError(
            f"max_examples={max_examples} is no number of examples; choose 1 or more, or leave it out"
        )
    share = check.share / 2 if check.share < 0.5 and subject is not None and subject.library else check.share
    return max(1, round((max_examples or settings().max_examples) * share))


class _Tally:
    """Runs the check on cases and counts them up to the first failure."""

    def __init__(self, check: Check, subject: OptimizerUnderTest, say: Callable[[str], None]) -> None:
        self.check, self.subject, self.say = check, subject, say
        self.refused: list[str] = []
        self.examples = self.vacuous = 0
        self.strong: int | None = None
        self.failing: tuple[Case, Comparison] | None = None

    def run(self, case: Case) -> None:
        raise_if_interrupted()
        try:
            comparison = run_case(self.check, self.subject, case)
        except RefusedSettingError as refusal:
            self.refused.append(str(refusal))
            return
        if not comparison.holds:
            if self.failing is None:
                self.say(
                    f"{self.check.id} fails on example {self.examples + 1}, shrinking it: {comparison.text}"
                )
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
            "; ".join(filter(None, (self.check.note(self.subject), self.skipped()))),
            text,
            case,
        )

    def skipped(self) -> str:
        """The first setting that was refused, and how many examples were left out."""
        if not self.refused:
            return ""
        return f"{self.refused[0]} ({len(self.refused)} examples with settings refused were left out)"


def run_case(check: Check, subject: OptimizerUnderTest, case: Case) -> Comparison:
    """The check's comparison on one case; an optimizer that raises has failed (its own bad-input errors pass through)."""
    try:
        with np.errstate(all="ignore"):
            return check.compare(subject, case)
    except MarginproofError:
        raise
    except OptimizerRaisedError as error:
        return Comparison(False, str(error), raised=True)
    except (ArithmeticError, ValueError, IndexError) as error:
        return Comparison(False, f"the optimizer raised {type(error).__name__}: {error}", raised=True)
