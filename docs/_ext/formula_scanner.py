"""A text and a place in it: what the readers of formulas (:mod:`formula_operands`) go along."""

from __future__ import annotations

import re
from collections.abc import Callable


class NoFormula(Exception):
    """What stands here is no operand, or no formula at all."""


class Scanner:
    """A text and a place in it.

    Attributes:
      text, at: what is read, and how far; begin: where from.
      sure: whether something was met that only a formula has; script: whether this is a lowered or raised group.
    """

    def __init__(self, text: str, at: int) -> None:
        self.text, self.at, self.sure, self.begin = text, at, False, at
        self.script = False

    @property
    def next(self) -> str:
        """The character here; empty at the end."""
        return self.text[self.at : self.at + 1]

    def match(self, pattern: str | re.Pattern[str]) -> re.Match[str] | None:
        """What matches here."""
        return re.compile(pattern).match(self.text, self.at)

    def take(self, length: int = 1, *, sure: bool = False) -> None:
        """Go on; ``sure``: this is what only a formula has."""
        self.at, self.sure = self.at + length, self.sure or sure

    def skips(self, word: str) -> bool:
        """Whether this word stands here, which is then behind."""
        found = self.text.startswith(word, self.at)
        self.take(len(word) if found else 0)
        return found

    def blank(self) -> bool:
        """Skip blanks; whether there were any."""
        start = self.at
        while self.next in (" ", "\u00a0"):
            self.take()
        return self.at > start

    def tried(self, read: Callable[[], str]) -> str | None:
        """What ``read`` reads, or ``None`` with everything as before."""
        before = self.at, self.sure
        try:
            return read()
        except NoFormula:
            self.at, self.sure = before
            return None
