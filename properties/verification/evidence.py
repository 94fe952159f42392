"""Who speaks for which claim, and how strongly: checks, certificates and properties weighed into a verdict.

Three kinds of speakers are heard for a claim id:

* the claim's own checks (:mod:`marginproof.theory.statements`): proofs, and numbers in many digits;
* functions registered here with :func:`speaks_for`, from modules that may run optimizers
  (:data:`SPEAKERS`; a module that is absent is passed over);
* certificates in ``constructions/corpus`` that name the claim, judged by :mod:`marginproof.theory.checker`.

Every speaker states the strongest verdict it can give.  One that fails, or raises, makes the claim
UNDECIDED with that reason; otherwise the verdict is the strongest stated.  ``UNDECIDED`` as the
strongest marks a step that supports a claim without settling it.

Example:
  >>> from marginproof.theory.claims.claim import QUICK
  >>> judge("I4", QUICK).verdict.value
  'PROVED'
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from marginproof.constructions.corpus import FOLDER
from marginproof.theory.claims.claim import DEFAULT, Check, Claim, Effort, Finding, failed
from marginproof.theory.registry import claim as claim_of
from marginproof.theory.verdicts import Verdict

SPEAKERS = (
    "marginproof.properties.verification.speakers",
    "marginproof.properties.verification.bracket_evidence",
    "marginproof.properties.verification.run_evidence",
)
"""Modules whose import registers evidence."""

STRENGTH = {
    Verdict.UNDECIDED: 0,
    Verdict.OBSERVED: 1,
    Verdict.HELD: 2,
    Verdict.CERTIFIED: 3,
    Verdict.PROVED: 4,
}
"""UNDECIDED < OBSERVED < HELD < CERTIFIED < PROVED; REFUTED stands apart (:func:`reaches`)."""

Speaker = Callable[[Effort], Finding]
_registered: dict[str, list[Check]] = {}


def speaks_for(
    claim_id: str, *, at_most: Verdict, name: str = "", scope: str = ""
) -> Callable[[Speaker], Speaker]:
    """Register a function ``(effort) -> Finding`` as evidence for a claim.

    Arguments:
      claim_id: e.g. ``"B2"``; an unknown id is an error.
      at_most: the strongest verdict this evidence can give.
      name: a few words [default: the function's name].
      scope: what it covers.

    Example:
      >>> from marginproof.theory.claims.claim import Finding
      >>> @speaks_for("B4", at_most=Verdict.HELD)
      ... def margin_of_normalised_gd(effort):
      ...     return Finding(True, effort.examples, "generated runs")
    """

    identifier = claim_of(claim_id).id

    def register(function: Speaker) -> Speaker:
        label = name or function.__name__.replace("_", " ")
        entries = _registered.setdefault(identifier, [])
        check = Check(label, at_most, scope, lambda formula, effort: function(effort))
        entries[:] = [entry for entry in entries if entry.name != label] + [check]
        return function

    return register


def reaches(verdict: Verdict, expected: Verdict) -> bool:
    """Whether a verdict is at least the expected one.

    On the scale of :data:`STRENGTH` "at least" is the order; REFUTED is reached by REFUTED alone,
    and no other expectation is met by it.
    """
    if Verdict.REFUTED in (verdict, expected):
        return verdict is expected
    return STRENGTH[verdict] >= STRENGTH[expected]


@dataclass(frozen=True)
class Opinion:
    """What one speaker said: its name, the most it could say, whether it passed, and how long it took."""

    name: str
    at_most: Verdict
    passed: bool
    count: int
    detail: str
    seconds: float
    paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """A claim's verdict with everything that was heard.

    Attributes:
      claim: the id.  verdict: the outcome.  reason: why it is not stronger, or empty.
      opinions: one per speaker.  seconds: wall time.
    """

    claim: str
    verdict: Verdict
    reason: str
    opinions: tuple[Opinion, ...]
    seconds: float

    @property
    def count(self) -> int:
        """Instances behind the verdict: those of the speakers that could give it."""
        return sum(opinion.count for opinion in self.opinions if opinion.at_most is self.verdict)

    @property
    def paths(self) -> tuple[str, ...]:
        """Certificates behind it."""
        return tuple(path for opinion in self.opinions for path in opinion.paths)

    @property
    def ok(self) -> bool:
        """Whether the expected verdict is reached."""
        return reaches(self.verdict, claim_of(self.claim).expected)


def weigh(claim: Claim, opinions: Iterable[Opinion]) -> tuple[Verdict, str]:
    """The verdict and the reason for its not being stronger."""
    opinions = list(opinions)
    for opinion in opinions:
        if not opinion.passed:
            return Verdict.UNDECIDED, f"{opinion.name}: {opinion.detail}"
    stated = [opinion.at_most for opinion in opinions]
    if Verdict.REFUTED in stated:
        return Verdict.REFUTED, ""
    best = max(stated, key=STRENGTH.__getitem__, default=Verdict.UNDECIDED)
    return best, "" if reaches(best, claim.expected) else claim.missing_evidence


def load_speakers() -> None:
    """Import every module of :data:`SPEAKERS` that exists."""
    for name in SPEAKERS:
        if find_spec(name):
            import_module(name)


def speakers(claim: Claim) -> list[Check]:
    """All that speak for a claim: its own checks, registered evidence, certificates."""
    load_speakers()
    found = [*claim.checks, *_registered.get(claim.id, [])]
    files = certificates(claim.id)
    if files:
        at_most = Verdict.REFUTED if claim.expected is Verdict.REFUTED else Verdict.CERTIFIED
        found.append(
            Check(
                "certificates",
                at_most,
                "exact, by marginproof.theory.checker",
                lambda formula, effort: checked(files, effort),
            )
        )
    return found


def certificates(claim_id: str, corpus: Path = FOLDER) -> list[Path]:
    """Files of the corpus that name the claim, shortest first."""
    files = sorted(corpus.glob("*.json"), key=lambda path: (path.stat().st_size, path.name))
    return [path for path in files if _claim_in(path) == claim_id]


def _claim_in(path: Path) -> str | None:
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        return None
    return body.get("claim") if isinstance(body, dict) else None


QUICK_CERTIFICATES = 2
"""How many of a claim's certificates the quick profile checks, the shortest; one VALID one refutes."""


def checked(files: list[Path], effort: Effort = DEFAULT) -> Finding:
    """Files judged by the independent checker; all that are judged must be VALID."""
    from marginproof.theory import checker

    whole = len(files)
    files = files[:QUICK_CERTIFICATES] if effort.name == "quick" else files
    for path in files:
        verdict, reason = checker.check(path.read_bytes())
        if verdict != "VALID":
            return failed(f"{path.name} is {verdict}: {reason}")
    shown = tuple(f"constructions/corpus/{path.name}" for path in files)
    return Finding(
        True, len(files), f"{len(files)} of {whole} certificates checked: {', '.join(shown)}", shown
    )


def hear(check: Check, claim: Claim, effort: Effort) -> Opinion:
    """One speaker's opinion.  An exception is a failed check, not a crash of the table."""
    start = time.perf_counter()
    try:
        finding = check.run(claim.formula, effort)
    except Exception as error:
        finding = failed(f"raised {type(error).__name__}: {error}")
    seconds = time.perf_counter() - start
    return Opinion(
        check.name, check.at_most, finding.passed, finding.count, finding.detail, seconds, finding.paths
    )


def judge(claim_id: str, effort: Effort) -> Judgement:
    """Hear everyone who speaks for a claim and weigh what they say."""
    claim, start = claim_of(claim_id), time.perf_counter()
    opinions = tuple(hear(check, claim, effort) for check in speakers(claim))
    verdict, reason = weigh(claim, opinions)
    return Judgement(claim.id, verdict, reason, opinions, time.perf_counter() - start)
