"""The grammar of formulas in plain text (:mod:`formulas` finds them): what it reads it gives in TeX.

Operands (:mod:`formula_operands`) stand beside each other or are joined by operators.
"""

from __future__ import annotations

import re

from formula_operands import Operands
from formula_scanner import NoFormula
from formula_symbols import CLOSING, NUMBER, OPERATORS, RELATIONS


class Reader(Operands):
    """Reads the longest formula from a place on."""

    def whole(self) -> str | None:
        """TeX of the longest formula from here, if there is one."""
        return self.tried(self.formula)

    def formula(self, inside: str = "") -> str:
        """Operands and operators; within a group also commas."""
        out = self._term()
        while True:
            more = self.tried(lambda: self._continued(inside))
            if more is None:
                return out
            out += more

    def _term(self) -> str:
        return self.tried(self._signed) or self.operand()

    def _signed(self) -> str:
        sign = self.next
        if sign not in ("-", "−", "±", "+"):
            raise NoFormula
        self.take()
        if self.blank():
            raise NoFormula
        return OPERATORS[sign] + self.operand()

    def _continued(self, inside: str) -> str:
        """An operator with its operand, or an operand beside the last one."""
        spaced = self.blank()
        if inside and self.next in (",", ";"):
            return self._listed(inside)
        if spaced and (worded := self._worded(inside)) is not None:
            return worded
        if spaced and self.next == "<":
            product = self.tried(self.operand)
            if product is not None:
                return r"\," + product
        sign = next((sign for sign in OPERATORS if self.text.startswith(sign, self.at)), "")
        return self._operation(sign, spaced) if sign else self._beside(inside, spaced)

    def _listed(self, inside: str) -> str:
        """A comma or semicolon within a group, with what it separates."""
        sign = self.next
        self.take()
        self.blank()
        return sign if self.next == CLOSING[inside] else f"{sign}\\, {self._term()}"

    def _worded(self, inside: str) -> str | None:
        """``| N``, ``mod K``, and in a set ``in S``."""
        if inside != "|" and self.skips("| "):
            divided = self.operand()
            self.sure = self.sure or divided.isalpha()
            return r"\mid " + divided
        if self.skips("mod "):
            return r"\bmod " + self.operand()
        if inside == "{" and self.skips("in "):
            return r"\in " + self.operand()
        return None

    def _beside(self, inside: str, spaced: bool) -> str:
        """An operand without an operator before it, a factor."""
        before = self.at
        operand = self.operand(glued=not spaced)
        beside, so_far = self.text[before : self.at], self.text[self.begin : before]
        if spaced and (_aside(beside) or (_aside(so_far.strip()) and not inside)):
            raise NoFormula  # every b (K = 1); as η → ∞ (b = 1) γ̂ tends
        unit = beside == "s" and so_far.rstrip()[-1:].isdigit()
        article = "a" in (beside, so_far.strip()) or beside == "I"
        if spaced and ((article and not inside) or unit or NUMBER.match(beside)):
            raise NoFormula  # an article, a unit, a number of its own
        self.sure = self.sure or (not spaced and beside[0] == "(" and so_far[-1:].isalpha())
        return (r"\," if spaced else "") + operand

    def _operation(self, sign: str, spaced: bool) -> str:
        """An operator and what follows it."""
        self.take(len(sign))
        if self.next in ("=", ">") or (sign == self.next == "-"):
            raise NoFormula
        after = self.blank()
        if sign == "…":
            more = self.tried(self.operand)
            if more is None and self.next not in (",", ")"):
                raise NoFormula
            return OPERATORS[sign] + (more or "")
        if sign in ("-", "+") and spaced and not after and self.text[: self.at - 1].rstrip()[-1:] != "Σ":
            raise NoFormula
        operand = self._term()
        if operand == "a" and self.match(r" [a-z]{2}"):
            raise NoFormula  # an article
        lettered = re.search(r"[A-Za-z]", self.text[self.begin : self.at])
        self.sure = self.sure or (sign in RELATIONS and bool(lettered))
        return OPERATORS[sign] + operand


def _aside(text: str) -> bool:
    """Whether this is a bracket with a relation or a list inside, and not a factor."""
    depth = [0]
    for char in text:
        depth.append(depth[-1] + (char in "([{") - (char in ")]}"))
    return depth[-1] == 0 and len(text) > 1 and all(depth[1:-1]) and bool(re.search(r"[=<>≤≥,;×]", text))
