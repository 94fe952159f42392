"""What a verdict proves, weakest first; no floating-point result is stronger than OBSERVED."""

from __future__ import annotations

from enum import Enum


class Verdict(Enum):
    """How surely a statement is known.  The value is the word that is printed."""

    UNDECIDED = "UNDECIDED"
    OBSERVED = "OBSERVED"
    HELD = "HELD"
    CERTIFIED = "CERTIFIED"
    PROVED = "PROVED"
    REFUTED = "REFUTED"

    @property
    def meaning(self) -> str:
        """One sentence for the reader of a table."""
        return _MEANING[self]


_MEANING = {
    Verdict.UNDECIDED: "No evidence either way; see the reason beside it.",
    Verdict.OBSERVED: "A finite run agrees within the stated tolerance; a finite run cannot settle a limit.",
    Verdict.HELD: "A zero-tolerance property held on the counted number of generated examples.",
    Verdict.CERTIFIED: "An independent checker accepted an exact certificate.",
    Verdict.PROVED: "Derived symbolically, for the sizes stated, or accepted by Coq's kernel.",
    Verdict.REFUTED: "A certified counterexample exists; `marginproof verify` names its file.",
}

SUPPORTS: Verdict | None = None
"""The strongest verdict of a step that supports a claim and cannot decide it alone: there is none."""


def strength_label(at_most: Verdict | None) -> str:
    """The strongest verdict that a source of evidence can give, as a word; ``supports`` where it decides nothing."""
    return "supports" if at_most is None else at_most.value


STRENGTH = {
    Verdict.UNDECIDED: 0,
    Verdict.OBSERVED: 1,
    Verdict.HELD: 2,
    Verdict.CERTIFIED: 3,
    Verdict.PROVED: 4,
}
"""UNDECIDED < OBSERVED < HELD < CERTIFIED < PROVED; REFUTED stands apart (:func:`reaches`)."""


def reaches(verdict: Verdict, expected: Verdict) -> bool:
    """Whether a verdict is at least the expected one.

    On the scale of :data:`STRENGTH` "at least" is the order; REFUTED is reached by REFUTED alone,
    and no other expectation is met by it.
    """
    if Verdict.REFUTED in (verdict, expected):
        return verdict is expected
    return STRENGTH[verdict] >= STRENGTH[expected]
