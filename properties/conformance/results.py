"""How a check on an optimizer ended, and what a failure prints."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import Check
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.theory.bounds.comparison import Comparison


class CheckStatus(Enum):
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
            CheckStatus.HELD: "Held on every example; the count says how many, and how many were vacuous.",
            CheckStatus.FAILED: "An example broke it; replay it with the command printed.",
            CheckStatus.SKIPPED: "Does not apply; the reason stands beside it.",
            CheckStatus.EXPECTED_FAILURE: "Failed, as you said it would.",
            CheckStatus.UNEXPECTED_PASS: "Was expected to fail and held: take it off the list.",
        }[self]


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check on one optimizer.

    Attributes:
      check: the check.
      status: how it ended.
      examples, vacuous: how many examples ran before the first failure, how many could not have failed.
      strong: how many had a bound of at least half the best possible, or reached a limit; ``None`` for other checks.
      reason: why it was skipped, or what was expected.
      report: for a failure, claim, data, optimizer, both sides and the replay command.
      case: the shrunk failing case.
      resumed: how many of the examples an earlier, interrupted run had made.
    """

    check: Check
    status: CheckStatus
    examples: int = 0
    vacuous: int = 0
    strong: int | None = None
    reason: str = ""
    report: str = ""
    case: Case | None = None
    resumed: int = 0

    def to_dict(self) -> dict[str, Any]:
        """For the JSON report."""
        return {
            "check": self.check.id,
            "claim": self.check.claim,
            "status": self.status.value,
            "examples": self.examples,
            "vacuous": self.vacuous,
            "strong": self.strong,
            "resumed": self.resumed,
            "reason": self.reason,
            "case": self.case.to_json() if self.case else None,
        }


class NonconformingError(AssertionError):
    """A check failed; the message is the report."""


def report(check: Check, subject: OptimizerUnderTest, case: Case, comparison: Comparison) -> str:
    """What a failing property prints."""
    rows = "\n".join("    [" + ", ".join(str(x) for x in row) + "]" for row in case.rows)
    setting = ", ".join(f"{key}={value}" for key, value in case.hyper.items())
    used = f"batch_size={case.b}, sampling={case.batching.sampling}, seed={case.seed}, loss={case.loss}"
    named = f"{check.id} (claim {check.claim})"
    head, last = f"{named} does not hold: {check.sentence}", f"  {comparison.text}\n"
    if comparison.raised:  # the cause, before what was to be compared
        head, last = f"{named}: {comparison.text}\n  to be compared: {check.sentence}", ""
    return (
        f"{head}\n"
        f"  optimizer: {subject.name}({setting}), family {subject.family}\n"
        f"  rows (exact):\n{rows}\n"
        f"  eta0={case.eta0}, power={case.power}, steps={case.steps}, {used}\n"
        f"{last}"
        f"  replay: {replay_command(check, subject, case)}"
    )


def replay_command(check: Check, subject: OptimizerUnderTest, case: Case) -> str:
    """One line for a shell."""
    return f"marginproof replay {check.id} {subject.origin or subject.name} '{case.to_json()}'"
