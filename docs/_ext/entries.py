"""Entries of a docstring that hold several names, taken apart: one a name, or a group of names that share a text."""

from __future__ import annotations

import contextlib
import functools
import inspect
import re
from collections.abc import Iterator
from typing import Any

SECTION = re.compile(r"^(?:Arguments|Attributes|Class attributes):$")
ENTRY = re.compile(r"^  [*A-Za-z_][\w.*]*(?:(?:, | or )[*A-Za-z_][\w.*]*)*: ")
FURTHER = re.compile(r"(?<=[.;)])\s+([A-Za-z_]\w*(?:, [A-Za-z_]\w*)*):\s+(?=\S)")
"""A name after a full stop or semicolon, and a colon: the begin of another entry, if the name is a parameter."""


SET = re.compile(r"\bself\.(\w+)(?:: [^=\n]+)?(?:, self\.\w+)* =")


@functools.cache
def _set_in(cls: type) -> set[str]:
    """Names that the methods of a class give its instances."""
    with contextlib.suppress(TypeError, OSError):
        return {
            name
            for found in SET.finditer(inspect.getsource(cls))
            for name in re.findall(r"self\.(\w+)", found[0])
        }
    return set()


def names_of(obj: Any) -> frozenset[str]:
    """Parameters of a function or class, and the fields and properties of a class."""
    found: set[str] = set()
    with contextlib.suppress(TypeError, ValueError):
        found |= inspect.signature(obj).parameters.keys()
    if inspect.isclass(obj):
        for base in obj.__mro__[:-1]:
            found |= vars(base).keys() | vars(base).get("__annotations__", {}).keys() | _set_in(base)
    return frozenset(found)


def _pieces(text: str, names: frozenset[str]) -> Iterator[str]:
    """An entry's text, cut where another one begins."""
    start = 0
    for further in FURTHER.finditer(text):
        if names.issuperset(further[1].split(", ")) and text[: further.start()].count("``") % 2 == 0:
            piece = text[start : further.start()]
            yield piece.removesuffix(";") + ("." if piece.endswith(";") else "")
            start = further.start(1)
    yield text[start:]


def apart(lines: list[str], names: frozenset[str]) -> list[str]:
    """A docstring's lines with one entry a name.

    Example:
      >>> apart(["Arguments:", "  path: the file.  kind: which,", "    by name; done: so far."], frozenset(("path", "kind", "done")))
      ['Arguments:', '  path: the file.', '  kind: which, by name.', '  done: so far.']
      >>> apart(["Arguments:", "  path: the file.  Note: none."], frozenset(("path",)))
      ['Arguments:', '  path: the file.  Note: none.']
    """
    out: list[str] = []
    inside, i = False, 0
    while i < len(lines):
        inside = bool(SECTION.match(lines[i])) or (inside and (not lines[i].strip() or lines[i][:1] == " "))
        end = i + 1
        if inside and ENTRY.match(lines[i]):
            while end < len(lines) and lines[end].startswith("   ") and lines[end].strip():
                end += 1
            whole = " ".join(line.strip() for line in lines[i:end])
            whole = lines[i].strip() if end == i + 1 else whole
            pieces = list(_pieces(whole, names))
            out += [f"  {piece}" for piece in pieces] if len(pieces) > 1 else lines[i:end]
        else:
            out.append(lines[i])
        i = end
    return out
