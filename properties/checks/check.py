"""A check: one executable property tied to a claim, and the comparison it passes on a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.subjects import ANY, OptimizerUnderTest
from marginproof.theory.bounds.comparison import Comparison


@dataclass(frozen=True)
class Check:
    """An executable property.

    Attributes:
      id: ``<claim>.<name>``.
      claim: the claim it tests.
      families: the families it applies to.
      sentence: what it asserts.
      cases: gives a subject's cases, as a strategy.
      compare: gives the numbers compared, from a subject and a case.
      share: of the profile's examples, for checks with long runs.
      skip: says why it does not apply to a subject; empty where it does.
      note: what the coverage table says of a subject beside the counts, as where runs are cut.
    """

    id: str
    claim: str
    families: tuple[str, ...]
    sentence: str
    cases: Callable[[OptimizerUnderTest], st.SearchStrategy[Case]]
    compare: Callable[[OptimizerUnderTest, Case], Comparison]
    share: float = 1.0
    skip: Callable[[OptimizerUnderTest], str] = lambda subject: ""
    note: Callable[[OptimizerUnderTest], str] = lambda subject: ""

    def is_for(self, family: str) -> bool:
        """Whether it is for this family."""
        return family in self.families or (ANY in self.families and family != "adamproxy")

    def applies_to(self, subject: OptimizerUnderTest) -> bool:
        """Whether it is for the subject's family, or for every law and the subject follows one."""
        return self.is_for(subject.family) or (ANY in self.families and subject.declared is not None)

    def reason_to_skip(self, subject: OptimizerUnderTest) -> str:
        """Why the check does not apply; empty where it does."""
        if not self.applies_to(subject):
            return f"for {', '.join(self.families)}"
        return self.skip(subject)


def needs_steps(subject: OptimizerUnderTest) -> str:
    """Step-level checks need ``step``."""
    return "the optimizer owns its loop" if subject.owns_loop else ""


def any_of(*reasons: Callable[[OptimizerUnderTest], str]) -> Callable[[OptimizerUnderTest], str]:
    """The first reason that applies."""

    def first(subject: OptimizerUnderTest) -> str:
        return next((reason(subject) for reason in reasons if reason(subject)), "")

    return first


def hyper(subject: OptimizerUnderTest, most: int = 10) -> st.SearchStrategy[dict[str, Any]]:
    """Hyper-parameters: from the subject's grid, or dyadic ones in the family's range up to 1 - 2^-most."""
    from marginproof.constructions.strategies import beta_pairs, betas

    if subject.grid:
        return st.sampled_from([dict(entry) for entry in subject.grid])
    if subject.names == ("beta1", "beta2"):
        return beta_pairs(most).map(lambda pair: {"beta1": pair[0], "beta2": pair[1]})
    if subject.names == ("beta2",):  # Adam's claims read a β1
        return betas(most).map(lambda beta: {"beta1": Fraction(0), "beta2": beta or Fraction(1, 2)})
    if subject.names:
        return betas(most).map(lambda beta: {subject.names[0]: beta})
    return st.just({"beta": Fraction(0)} if subject.family == "signum" else {})
