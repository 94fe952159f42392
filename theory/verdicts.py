"""What a verdict proves, weakest first; a float result never wears a stronger word than OBSERVED."""

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
    Verdict.PROVED: "Derived symbolically, for the sizes stated.",
    Verdict.REFUTED: "A certified counterexample exists; its path stands beside it.",
}
