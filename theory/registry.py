"""Every claim by id.  Adding a claim is adding one file to :mod:`marginproof.theory.statements`.

Example:
  >>> from marginproof.theory.registry import claim
  >>> claim("I4").title
  'rate of decrease c·F(c)'
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from marginproof.theory import statements
from marginproof.theory.claims.claim import Claim
from marginproof.theory.errors import MarginproofError


def _order(identifier: str) -> tuple[int, int]:
    letter, number = re.fullmatch(r"([A-Z])(\d+)", identifier).groups()  # type: ignore[union-attr]
    return "IBLR".find(letter) % 99, int(number)


@cache
def claims() -> dict[str, Claim]:
    """All claims, ``I`` before ``B`` before ``L`` before ``R``, by number."""
    names = sorted(module.name for module in iter_modules(statements.__path__))
    found = [import_module(f"{statements.__name__}.{name}").CLAIM for name in names]
    table = {entry.id: entry for entry in sorted(found, key=lambda entry: _order(entry.id))}
    if len(table) != len(found):
        raise AssertionError("two statement files carry one id")
    return table


def claim(identifier: str) -> Claim:
    """The claim with this id, in any case; an unknown one is an error that lists the ids."""
    try:
        return claims()[identifier.upper()]
    except KeyError:
        known = ", ".join(claims())
        raise MarginproofError(f"claim={identifier!r} is not in the registry; known ids: {known}") from None
