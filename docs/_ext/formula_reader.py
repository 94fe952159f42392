"""The grammar of formulas in plain text (:mod:`formulas` finds them): what it reads it gives in TeX.

Operands are letters with their scripts, numbers, groups, roots, norms and named functions, joined by operators.
"""

from __future__ import annotations

import re
from collections.abc import Callable

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
    OPERATORS,
    RAISED,
    RELATIONS,
    SCRIPT,
    SIGNS,
    STAR,
    WHOLE,
    number,
)


class NoFormula(Exception):
    """What stands here is no operand, or no formula at all."""


class Reader:
    """Reads the longest formula from a place on.

    Attributes:
      text, at: what is read, and how far.
      sure: whether something was met that only a formula has.
    """

    def __init__(self, text: str, at: int) -> None:
        self.text, self.at, self.sure, self.begin = text, at, False, at

    def whole(self) -> str | None:
        """TeX of the longest formula from here, if there is one."""
        return self._tried(self._formula)

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        return pattern.match(self.text, self.at)

    def _blank(self) -> bool:
        """Skip blanks; whether there were any."""
        start = self.at
        while self.at < len(self.text) and self.text[self.at] in " \u00a0":
            self.at += 1
        return self.at > start

    def _tried(self, read: Callable[[], str]) -> str | None:
        """What ``read`` reads, or ``None`` with everything as before."""
        before = self.at, self.sure
        try:
            return read()
        except NoFormula:
            self.at, self.sure = before
            return None

    def _formula(self, inside: str = "") -> str:
        """Operands and operators; within a group also commas."""
        out = self._tried(self._signed) or self._operand()
        while True:
            more = self._tried(lambda: self._continued(inside))
            if more is None:
                return out
            out += more

    def _signed(self) -> str:
        if self.text[self.at : self.at + 1] not in ("-", "−", "±", "+"):
            raise NoFormula
        sign = OPERATORS[self.text[self.at]]
        self.at += 1
        if self._blank():
            raise NoFormula
        return sign + self._operand()

    def _continued(self, inside: str) -> str:
        """An operator with its operand, or an operand beside the last one."""
        spaced = self._blank()
        if inside and self.text[self.at : self.at + 1] in (",", ";"):
            sign = self.text[self.at]
            self.at += 1
            self._blank()
            if self.text[self.at : self.at + 1] == CLOSING[inside]:
                return sign
            return f"{sign}\\, " + (self._tried(self._signed) or self._operand())
        if inside != "|" and spaced and self.text.startswith("| ", self.at):
            self.at += 2
            divided = self._operand()
            self.sure = self.sure or divided.isalpha()
            return r"\mid " + divided
        if spaced and self.text.startswith("mod ", self.at):
            self.at += 4
            return r"\bmod " + self._operand()
        if spaced and inside == "{" and self.text.startswith("in ", self.at):
            self.at += 3
            return r"\in " + self._operand()
        if spaced and self.text[self.at : self.at + 1] == "<":
            product = self._tried(self._operand)
            if product is not None:
                return r"\," + product
        sign = next((sign for sign in OPERATORS if self.text.startswith(sign, self.at)), "")
        if sign:
            return self._operation(sign, spaced)
        before = self.at
        operand = self._operand(glued=not spaced)
        beside, so_far = self.text[before : self.at], self.text[self.begin : before]
        if spaced and (_aside(beside) or (_aside(so_far.strip()) and not inside)):
            raise NoFormula  # every b (K = 1); as η → ∞ (b = 1) γ̂ tends to
        unit = beside == "s" and so_far.rstrip()[-1:].isdigit()
        if spaced and (beside in ("a", "I") or unit or NUMBER.match(beside)):
            raise NoFormula  # an article, a unit, a number of its own
        self.sure = self.sure or (not spaced and beside[0] == "(" and so_far[-1:].isalpha())
        return (r"\," if spaced else "") + operand

    def _operation(self, sign: str, spaced: bool) -> str:
        self.at += len(sign)
        if self.text[self.at : self.at + 1] in ("=", ">") or (
            sign == "-" and self.text.startswith("-", self.at)
        ):
            raise NoFormula
        after = self._blank()
        if sign == "…":
            more = self._tried(self._operand)
            if more is None and self.text[self.at : self.at + 1] not in (",", ")"):
                raise NoFormula
            return OPERATORS[sign] + (more or "")
        if sign in ("-", "+") and spaced and not after and self.text[: self.at - 1].rstrip()[-1:] != "Σ":
            raise NoFormula
        operand = self._tried(self._signed) or self._operand()
        if operand == "a" and re.match(r" [a-z]{2}", self.text[self.at :]):
            raise NoFormula  # an article
        self.sure = self.sure or (
            sign in RELATIONS and bool(re.search(r"[A-Za-z]", self.text[self.begin : self.at]))
        )
        return OPERATORS[sign] + operand

    def _operand(self, glued: bool = False) -> str:
        """A symbol, number, group, root or function, with its scripts."""
        return self._scripts(self._bare(glued))

    def _bare(self, glued: bool) -> str:
        if found := self._match(DERIVATIVE):
            self.at, self.sure = found.end(), True
            return f"d{found[1]}{'_' + found[2] if found[2] else ''}/d{self._greek(found[3])}"
        if found := self._match(FUNCTION):
            return self._function(found[1])
        char = self.text[self.at : self.at + 1]
        if char == "√":
            self.at, self.sure = self.at + 1, True
            return rf"\sqrt{{{self._under_root()}}}"
        if char in CLOSING:
            return self._group(char)
        if char == "…" and re.match(r"… ?[<>=≤≥+,)]", self.text[self.at :]):
            self.at += 1
            return r"\ldots "
        if char in WHOLE or char in SIGNS:
            self.at, self.sure = self.at + 1, True
            return WHOLE.get(char) or SIGNS[char]
        if (
            char == "Σ"
            and self.text[self.at + 1 : self.at + 2] == "("
            and self.text[self.at + 2 : self.at + 4][1:] == ")"
        ):
            self.at, self.sure = self.at + 1, True
            return r"\Sigma "  # a matrix as a function, Σ(c)
        if char in GREEK:
            self.at, self.sure = self.at + 1, True
            digits = re.match(r"[\d∞]", self.text[self.at :]) if char in "βγℓδηρ" else None
            self.at += bool(digits)
            return self._accented(self._greek(char)) + (f"_{{{self._greek(digits[0])}}}" if digits else "")
        if found := re.compile(r"l(?:_inf|[12]|_[12])(?!\w)").match(self.text, self.at):
            self.at, self.sure = found.end(), True
            return rf"\ell_{{{'∞' if 'inf' in found[0] else found[0][-1]}}}".replace("∞", r"\infty")
        if found := self._match(NUMBER):
            self.at = found.end()
            if re.match(r"[a-z]{2}|[A-Z][a-z]|D\b", self.text[self.at :]):
                raise NoFormula
            return number(found[0])
        return self._letter(glued)

    def _letter(self, glued: bool) -> str:
        found = self._match(LETTER)
        if found is None and glued:
            found = re.compile(r"[A-Z](?=[A-Z](?![A-Za-z])|[a-z]_)").match(self.text, self.at)
        if found is None and not glued:
            found = re.compile(r"X(?=w(?![a-z]))").match(self.text, self.at)
        if found is None:
            raise NoFormula
        self.at = found.end()
        return self._accented(found[0])

    def _accented(self, letter: str) -> str:
        accent = ACCENTS.get(self.text[self.at : self.at + 1])
        if accent is None:
            return letter
        self.at, self.sure = self.at + 1, True
        return rf"\{accent}{{{letter}}}"

    @staticmethod
    def _greek(char: str) -> str:
        return rf"\{GREEK[char]} " if char in GREEK else char

    def _function(self, name: str) -> str:
        self.at += len(name)
        head = self._scripts(NAMED.get(name, rf"\operatorname{{{name}}}"))
        scripted = "_" in head
        spaced = self._blank()
        if spaced and self.text[self.at : self.at + 1] in ("(", "") and not scripted:
            raise NoFormula
        argument = self._operand()
        self.sure = True
        return f"{head} {argument}" if argument[:1] not in "(" else head + argument

    def _group(self, opening: str) -> str:
        """A bracket, an absolute value or a norm with a formula inside."""
        self.at += 1
        self.sure = self.sure or opening in "‖|<"
        if self._blank() and opening in "|‖<":
            raise NoFormula
        inner = self._formula(opening)
        if opening == "<" and "," not in inner:
            raise NoFormula
        if self._blank() and opening == "|":
            raise NoFormula
        closing = CLOSING[opening]
        if self.text[self.at : self.at + 1] != closing and not (
            opening in "([" and self.text[self.at : self.at + 1] in (")", "]") and "," in inner
        ):
            raise NoFormula
        closing = self.text[self.at]
        self.at += 1
        left, right = FENCES.get(opening, opening), FENCES.get(closing, closing)
        return f"{left}{inner}{{{right}}}" if opening in "‖|" else left + inner + right

    def _under_root(self) -> str:
        """As far as a bar goes: also over a plain argument, as in √q_k(s)."""
        out = self._unwrapped()
        argument = (
            self._match(re.compile(r"\([a-z]\)|\[[a-z]\]")) if self.text[self.at - 1] not in ")}" else None
        )
        self.at = argument.end() if argument else self.at
        return out + (argument[0] if argument else "")

    def _unwrapped(self) -> str:
        """An operand of which brackets go, since a bar or a raised place takes their part."""
        if self.text[self.at : self.at + 1] not in ("(", "{"):
            return self._operand()
        inner = self._group(self.text[self.at])
        return inner.removeprefix("\\")[1:-1].removesuffix("\\") if inner[0] == "\\" else inner[1:-1]

    def _scripts(self, base: str) -> str:
        """The base with what is lowered, raised, primed."""
        low, high, primes = "", "", ""
        while True:
            char = self.text[self.at : self.at + 1]
            if char == "_" and not low and (more := self._tried(self._lowered)) is not None:
                low = more
            elif char in LOWERED and not low:
                while self.text[self.at : self.at + 1] in LOWERED:
                    low += LOWERED[self.text[self.at]]
                    self.at += 1
                self.sure = True
            elif char == "^" and not high and (more := self._tried(self._raised)) is not None:
                high = more
            elif (sign := next((s for s in RAISED if self.text.startswith(s, self.at)), "")) and not high:
                self.at, self.sure, high = self.at + len(sign), True, RAISED[sign]
            elif (
                char == "*"
                and not high
                and re.search(r"(?<!\*)\w$", self.text[: self.at])
                and STAR.match(self.text, self.at)
            ):
                self.at, self.sure, high = self.at + 1, True, "*"
            elif char == "!" and self.text[self.at + 1 : self.at + 2] != "=" and base[-1:].isalnum():
                self.at, self.sure, base = self.at + 1, True, base + "!"
            elif char in ("'", "′") and not high and not self.text[self.at + 1 : self.at + 2].isalpha():
                self.at, self.sure, primes = self.at + 1, True, primes + r"\prime "
            else:
                break
        if low:
            base = f"{{{base}}}_{{{low}}}" if base[-1:] == "}" and "_{" in base else f"{base}_{{{low}}}"
        raised = primes + high
        if not raised:
            return base
        return f"{base}^{{{raised}}}"

    def _lowered(self) -> str:
        self.at, self.sure = self.at + 1, True
        if self.text[self.at : self.at + 1] == "{":
            return self._unwrapped()
        found = self._match(SCRIPT)
        if found is None:
            raise NoFormula
        self.at = found.end()
        if found[0] in ("max", "min"):
            return rf"\{found[0]}"
        return r"\infty" if found[0] == "inf" else self._greek(found[0])

    def _raised(self) -> str:
        self.at, self.sure = self.at + 1, True
        if self.text[self.at : self.at + 1] in ("{", "("):
            return self._unwrapped()
        sign = re.compile(r"[-−±]?").match(self.text, self.at)
        assert sign is not None
        self.at = sign.end()
        if found := self._match(re.compile(r"[a-z]{2,}(?!\w)")):
            self.at = found.end()
            return rf"\mathrm{{{found[0]}}}"
        return sign[0] + self._bare(glued=False)


def _aside(text: str) -> bool:
    """Whether this is a bracket with a relation or a list inside, and not a factor."""
    depth = [0]
    for char in text:
        depth.append(depth[-1] + (char in "([{") - (char in ")]}"))
    return depth[-1] == 0 and len(text) > 1 and all(depth[1:-1]) and bool(re.search(r"[=<>≤≥,;]", text))
