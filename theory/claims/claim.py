"""What a claim is: a statement, its hypotheses, its checks, and the mutants they must reject.

A claim's *formula* is the part of the statement that can be evaluated: a callable, or a frozen
record of callables.  Every check is a function of the formula, so the same check that passes on
the formula is run on each mutant (the formula with one change) and must fail there.  A check that
cannot fail is worth nothing; :mod:`marginproof.theory.claims.mutation` prints which check rejected which mutant.

Example:
  >>> from marginproof.theory.registry import claim
  >>> claim("I4").expected.value
  'PROVED'
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from marginproof.theory.claims.cases import Hypothesis
from marginproof.theory.verdicts import SUPPORTS, Verdict


@dataclass(frozen=True)
class Effort:
    """How far the checks go.  Sizes are part of what a verdict says, so they are printed with it.

    Attributes:
      name: the profile's name.
      max_samples, max_features: every (N, d) up to these is done where sizes must be fixed.
      instances: random rational data sets per numerical check.
      digits: working precisions of the mpmath checks.
      examples: generated examples per zero-tolerance property.
      run_steps: length of a simulated run, in steps.
    """

    name: str
    max_samples: int
    max_features: int
    instances: int
    digits: tuple[int, ...]
    examples: int
    run_steps: int

    def sizes(self, smallest: int = 1) -> list[tuple[int, int]]:
        """Every (N, d) with N from ``smallest`` to ``max_samples`` and d from 1 to ``max_features``."""
        return [
            (n, d)
            for n in range(smallest, self.max_samples + 1)
            for d in range(1, self.max_features + 1)
        ]  # fmt: skip


QUICK = Effort("quick", 3, 2, 2, (50, 200), 25, 200_000)
"""Under two minutes on two cores for the whole registry."""
DEFAULT = Effort("default", 4, 3, 6, (50, 200), 200, 2_000_000)
"""Under ten minutes."""
THOROUGH = Effort("thorough", 5, 4, 40, (50, 200, 1000), 5_000, 100_000_000)
"""As long as it takes; resumable."""
PROFILES = {effort.name: effort for effort in (QUICK, DEFAULT, THOROUGH)}


@dataclass(frozen=True)
class Evidence:
    """What one source says of a claim.

    Attributes:
      passed: whether the formula survived.
      count: instances covered (sizes, data sets, examples, sequences: the source's name says which).
      detail: for a pass, what was covered; for a failure, the first thing that failed.
      paths: certificates that stand behind it.
      source, at_most, scope, part, by: those of the :class:`EvidenceSource` that gave it.
      seconds: wall time.
    """

    passed: bool
    count: int
    detail: str = ""
    paths: tuple[str, ...] = ()
    source: str = ""
    at_most: Verdict | None = SUPPORTS
    scope: str = ""
    part: str = ""
    by: str = ""
    seconds: float = 0.0


def failed(detail: str, count: int = 0) -> Evidence:
    """Evidence that says no."""
    return Evidence(False, count, detail)


@dataclass(frozen=True)
class EvidenceSource:
    """Something that can be asked about a claim: one of its own checks, runs of optimizers, certificates.

    Attributes:
      name: a few words.
      at_most: the strongest verdict it can give; :data:`~marginproof.theory.verdicts.SUPPORTS` marks a step
        of a proof that supports the claim without deciding it.
      scope: the sizes it covers, and the argument that carries it beyond them.
      run: ``run(formula, effort)``; a claim's own check must say no to every mutant it is meant for.
      part: where it is about a part of the claim only, that part as it follows the verdict's word, such as
        ``for {count} data sets``; ``{count}`` is the evidence's.  Empty: the whole claim.
      by: what gives the verdict, where that is printed behind its word: ``PROVED (kernel)``.
    """

    name: str
    at_most: Verdict | None
    scope: str
    run: Callable[[Any, Effort], Evidence]
    part: str = ""
    by: str = ""


@dataclass(frozen=True)
class Mutant:
    """The formula with one change, as ``kind`` says (sign, exponent, index shift, missing factor, …)."""

    kind: str
    formula: Any


@dataclass(frozen=True)
class Claim:
    """One entry of the registry.

    Attributes:
      id: as in the documentation: ``I`` identities, ``B`` bounds, ``L`` limits, ``R`` refuted statements.
      title: a few words, for tables.
      plain, tex: the statement, in text and in LaTeX.
      quantifiers: who ranges over what.
      source: the paper with its theorem number, or derived here, or found here.
      proof: a sketch; the full argument is in :doc:`/proofs` where it is longer.
      expected: the verdict the claim should reach (REFUTED: the statement is false, and certified so).
      hypotheses: executable predicates on a :class:`~marginproof.theory.claims.cases.ClaimCase`.
      formula: the evaluable part.
      checks, mutants: see :class:`EvidenceSource`, :class:`Mutant`.
      missing_evidence: what evidence would lift the claim to ``expected`` where its own checks do not.
    """

    id: str
    title: str
    plain: str
    tex: str
    quantifiers: str
    source: str
    proof: str
    expected: Verdict
    hypotheses: tuple[Hypothesis, ...]
    formula: Any
    checks: tuple[EvidenceSource, ...]
    mutants: tuple[Mutant, ...] = field(repr=False)
    missing_evidence: str = ""

    def unmet(self, case: Any) -> tuple[str, ...]:
        """Names of the hypotheses that a :class:`~marginproof.theory.claims.cases.ClaimCase` does not meet."""
        return tuple(h.name for h in self.hypotheses if not h.holds(case))


def changes(formula: Any, **kinds: dict[str, Any]) -> tuple[Mutant, ...]:
    """Mutants of a frozen record: ``changes(f, sign=dict(weight=…), index_shift=dict(lag=…))``."""
    return tuple(Mutant(kind.replace("_", " "), replace(formula, **parts)) for kind, parts in kinds.items())


def all_of(cases: list[tuple[str, bool]]) -> Evidence:
    """Evidence from labelled outcomes: passed when all are true, else naming the first that is not."""
    for label, holds in cases:
        if not holds:
            return failed(label, len(cases))
    return Evidence(bool(cases), len(cases), f"{len(cases)} cases" if cases else "no case was generated")
