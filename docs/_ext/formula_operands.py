"""The operands of formulas in plain text: letters with their scripts, numbers, groups, roots, norms and named functions."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from formula_scanner import NoFormula, Scanner
from formula_symbols import (
    ACCENTS,
    CLOSING,
    DERIVATIVE,
    FENCES,
    FUNCTION,
    GREEK,
    LETTER,
    LOWERED,
    NAMED,
    NUMBER,
    PRODUCT,
    RAISED,
    SCRIPT,
    SIGNS,
    STAR,
    UPRIGHT,
    WHOLE,
    number,
)


class Operands(Scanner, ABC):
    """Reads an operand."""

    @abstractmethod
    def formula(self, inside: str = "") -> str:
        """What stands in a group that this sign opens."""

    def operand(self, glued: bool = False) -> str:
        """A symbol, number, group, root or function, with its scripts."""
        return self._scripts(self._bare(glued))

    def _bare(self, glued: bool) -> str:
        if found := self.match(DERIVATIVE):
            self.take(len(found[0]), sure=True)
            return f"d{found[1]}{'_' + found[2] if found[2] else ''}/d{_greek(found[3])}"
        if found := self.match(FUNCTION):
            return self._function(found[1])
        char = self.next
        if char == "√":
            self.take(sure=True)
            return rf"\sqrt{{{self._under_root()}}}"
        if char in CLOSING:
            return self._group(char)
        if self.match("… ?[<>=≤≥+,)]"):
            self.take()
            return r"\ldots "
        if char in WHOLE or char in SIGNS:
            self.take(sure=True)
            return WHOLE.get(char) or SIGNS[char]
        if self.match(r"Σ\(.\)"):
            self.take(sure=True)
            return r"\Sigma "  # a matrix as a function, Σ(c)
        if char in GREEK:
            self.take(sure=True)
            return self._accented(_greek(char)) + (self._order() if char in "βγℓδερη" else "")
        if found := self.match(r"l(?:_inf|[12]|_[12])(?!\w)"):
            self.take(len(found[0]), sure=True)
            return r"\ell_{\infty}" if "inf" in found[0] else rf"\ell_{{{found[0][-1]}}}"
        if found := self.match(NUMBER):
            self.take(len(found[0]))
            if self.match(r"[a-z]{2}|[A-Z][a-z]|D\b"):
                raise NoFormula
            return number(found[0])
        return self._letter(glued)

    def _order(self) -> str:
        """A digit right behind a Greek letter, lowered: β2."""
        digit = self.match(r"[\d∞]")
        self.take(bool(digit))
        return f"_{{{_greek(digit[0])}}}" if digit else ""

    def _letter(self, glued: bool) -> str:
        if self.script and (word := self.match(r"[a-z]{3,}(?=_|[)}]| ?[+−-])")):
            self.take(len(word[0]))
            return rf"\mathrm{{{word[0]}}}"
        found = self.match(LETTER)
        found = found or self.match(r"[A-Z](?=[A-Z](?![A-Za-z])|[a-z]_)" if glued else PRODUCT)
        if found is None:
            raise NoFormula
        self.take(len(found[0]))
        return self._accented(found[0])

    def _accented(self, letter: str) -> str:
        accent = ACCENTS.get(self.next)
        if accent is None:
            return letter
        self.take(sure=True)
        return rf"\{accent}{{{letter}}}"

    def _function(self, name: str) -> str:
        self.take(len(name))
        head = self._scripts(NAMED.get(name, rf"\operatorname{{{name}}}"))
        if self.blank() and self.next in ("(", "") and "_" not in head:
            raise NoFormula
        argument = self.operand()
        self.sure = True
        return f"{head} {argument}" if argument[:1] not in "(" else head + argument

    def _group(self, opening: str) -> str:
        """A bracket, an absolute value or a norm with a formula inside."""
        self.take(sure=opening in "‖|<")
        if self.blank() and opening in "|‖<":
            raise NoFormula
        inner = self.formula(opening)
        if opening == "<" and "," not in inner:
            raise NoFormula
        if self.blank() and opening == "|":
            raise NoFormula
        closing = self.next
        half_open = opening in "([" and closing in (")", "]") and "," in inner
        if closing != CLOSING[opening] and not half_open:
            raise NoFormula
        self.take()
        left, right = FENCES.get(opening, opening), FENCES.get(closing, closing)
        return f"{left}{inner}{{{right}}}" if opening in "‖|" else left + inner + right

    def _under_root(self) -> str:
        """As far as a bar goes: also over a plain argument, as in √q_k(s)."""
        out = self._unwrapped()
        argument = self.match(r"\([a-z]\)|\[[a-z]\]") if self.text[self.at - 1] not in ")}" else None
        self.take(len(argument[0]) if argument else 0)
        return out + (argument[0] if argument else "")

    def _unwrapped(self) -> str:
        """An operand of which brackets go, since a bar or a raised place takes their part."""
        if self.next not in ("(", "{"):
            return self.operand()
        inner = self._group(self.next)
        return inner.removeprefix("\\")[1:-1].removesuffix("\\") if inner[0] == "\\" else inner[1:-1]

    def _script_group(self) -> str:
        """A group that is lowered or raised, where words may stand for numbers: e^{-scale}."""
        outer, self.script = self.script, True
        try:
            return self._unwrapped()
        finally:
            self.script = outer

    def _scripts(self, base: str) -> str:
        """The base with what is lowered, raised, primed."""
        low, high, primes = "", "", ""
        while True:
            char = self.next
            if char == "_" and not low and (more := self.tried(self._lowered)) is not None:
                low = more
            elif char in LOWERED and not low:
                while self.next in LOWERED:
                    low += LOWERED[self.next]
                    self.take(sure=True)
            elif char == "^" and not high and (more := self.tried(self._raised)) is not None:
                high = more
            elif (sign := next((s for s in RAISED if self.text.startswith(s, self.at)), "")) and not high:
                self.take(len(sign), sure=True)
                high = RAISED[sign]
            elif not high and re.search(r"(?<!\*)\w$", self.text[: self.at]) and self.match(STAR):
                self.take(sure=True)
                high = "*"
            elif base[-1:].isalnum() and self.match("!(?!=)"):
                self.take(sure=True)
                base += "!"
            elif char in ("'", "′") and not high and not self.text[self.at + 1 : self.at + 2].isalpha():
                self.take(sure=True)
                primes += r"\prime "
            else:
                break
        if low:
            base = f"{{{base}}}_{{{low}}}" if base[-1:] == "}" and "_{" in base else f"{base}_{{{low}}}"
        raised = primes + high
        return f"{base}^{{{raised}}}" if raised else base

    def _script(self) -> str:
        """What brackets around a script hold; in braces it may have words."""
        inner = self.tried(self._script_group)
        return self._mixed() if inner is None else inner

    def _mixed(self) -> str:
        """A script in braces that is no formula as a whole: its words are set upright."""
        if self.next != "{":
            raise NoFormula
        self.take()
        out = ""
        while not self.skips("}"):
            word = self.match(UPRIGHT)
            part = None if word else self.tried(lambda: self.formula("{"))
            if part is None:
                word = word or self.match(r"\s*[-−+·,()\[\]…]?\s*")
                assert word is not None
                if not word[0]:
                    raise NoFormula
                self.take(len(word[0]))
                part = rf"\text{{{word[0]}}}" if word[0].strip().islower() else _sign(word[0].strip())
            out += part
        return out

    def _lowered(self) -> str:
        self.take(sure=True)
        if self.next == "{":
            return self._script()
        found = self.match(SCRIPT)
        if found is None:
            raise NoFormula
        self.take(len(found[0]))
        if found[0] in ("max", "min"):
            return rf"\{found[0]}"
        if found[0] == "dual":
            return r"\text{dual}"
        return r"\infty" if found[0] == "inf" else _greek(found[0])

    def _raised(self) -> str:
        self.take(sure=True)
        if self.next in ("{", "("):
            return self._script()
        sign = self.next if self.next in ("-", "−", "±") else ""
        self.take(len(sign))
        if found := self.match(r"[a-z]{2,}(?!\w)"):
            self.take(len(found[0]))
            return rf"{_sign(sign) if sign else ''}\mathrm{{{found[0]}}}"
        return sign + self._bare(glued=False)


def _sign(char: str) -> str:
    return {"": r"\ ", "−": "-", "·": r"\cdot ", "…": r"\ldots "}.get(char, char)


def _greek(char: str) -> str:
    return rf"\{GREEK[char]} " if char in GREEK else char
