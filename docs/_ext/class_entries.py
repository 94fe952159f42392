"""Classes on the pages of the reference: members of enumerations with what they mean, fields once, signatures that help.

Fields of named tuples and dataclasses are described under "Attributes"; autodoc would list those with a default or a
descriptor again, bare or with the docstring of the default.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import re
from enum import Enum
from typing import Any

from sphinx.pycode import ModuleAnalyzer

ANYTHING = re.compile(r"\(\*\w+(?:: \w+)?, \*\*\w+(?:: \w+)?\)")
"""A signature that says nothing."""


def members_too(app: Any, what: str, name: str, obj: Any, skip: bool, options: Any) -> bool | None:
    """For autodoc: every member of an enumeration is listed, with its meaning where it has no docstring below it."""
    if what != "class" or not isinstance(obj, Enum):
        return None
    analyzer = ModuleAnalyzer.for_module(type(obj).__module__)
    key = (type(obj).__qualname__, obj.name)
    if key not in analyzer.find_attr_docs() and (text := meaning(obj)):
        analyzer.attr_docs[key] = [text.replace("`", "``"), ""]
    return False


def meaning(member: Enum) -> str:
    """What a member says of itself: its ``meaning`` or ``advice``; empty where it has neither.

    Example:
      >>> from marginproof.theory.limit.limit import Outcome
      >>> meaning(Outcome.UNDECIDED)
      'No conclusion; the reason says what stood in the way.'
    """
    return next((str(getattr(member, key)) for key in ("meaning", "advice") if hasattr(member, key)), "")


@functools.cache
def documented(owner: type) -> dict[str, str]:
    """The attributes of a class with a docstring of their own, below them."""
    found = ModuleAnalyzer.for_module(owner.__module__).find_attr_docs()
    own = {key: text for (cls, key), text in found.items() if cls == owner.__qualname__}
    return {key: "\n".join(text).strip() for key, text in own.items()}


def repeated(owner: type, name: str) -> bool:
    """Whether an attribute without a docstring of its own is a field, or a default that comes from elsewhere."""
    if name in documented(owner) or issubclass(owner, Enum):
        return False
    value = inspect.getattr_static(owner, name, None)
    source = next((base for base in owner.__mro__ if name in vars(base)), owner)
    if not source.__module__.startswith("marginproof"):
        return True
    foreign = inspect.isclass(value) and value.__qualname__ != f"{owner.__qualname__}.{name}"
    constant = value is None or isinstance(value, bool | int | float | str)
    fields = {*getattr(owner, "_fields", ()), *getattr(owner, "__dataclass_fields__", ())}
    return name in fields or foreign or constant or not hasattr(owner, name)


def fields_once(app: Any, doctree: Any) -> None:
    """Take the second entries of fields off the page; links to them lead to the class."""
    from docutils.nodes import target
    from sphinx.addnodes import desc, index

    for entry in list(doctree.findall(desc)):
        if entry.get("domain") != "py" or entry.get("objtype") not in ("class", "exception"):
            continue
        owner = getattr(importlib.import_module(entry[0]["module"]), entry[0]["fullname"], None)
        for inner in [node for node in entry[-1] if isinstance(node, desc) and inspect.isclass(owner)]:
            if repeated(owner, inner[0]["fullname"].rpartition(".")[2]):
                entry[-1] += target("", "", ids=inner[0]["ids"])
                before = inner.parent[inner.parent.index(inner) - 1]
                for node in (inner, *([before] if isinstance(before, index) else [])):
                    node.parent.remove(node)


def parts(inside: str) -> list[str]:
    """Parameters of a signature, apart at the commas that no bracket holds.

    Example:
      >>> parts("a: dict[str, int], _b: tuple[int, int] = (1, 2)")
      ['a: dict[str, int]', '_b: tuple[int, int] = (1, 2)']
    """
    out, depth = [""], 0
    for letter in inside:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and not depth:
            out.append("")
        else:
            out[-1] += letter
    return [part.strip() for part in out if part.strip()]


def public(signature: str) -> str:
    """A signature without private parameters, which other functions of the module fill in.

    Example:
      >>> public("(name: str, _label: int | None)"), public("(_source)")
      ('(name: str)', '')
    """
    kept = [part for part in parts(signature[1:-1]) if not part.startswith("_")]
    dropped = len(kept) < len(parts(signature[1:-1]))
    return signature if not dropped else f"({', '.join(kept)})" if kept else ""


def ours(cls: type) -> bool:
    """Whether a class is made as its own code says: protocols and those made as Python's or others' are not."""
    if getattr(cls, "_is_protocol", False) or issubclass(cls, Enum):
        return False
    if hasattr(cls, "_fields"):
        return True
    maker = next((base for base in cls.__mro__ if {"__init__", "__new__"} & vars(base).keys()), object)
    return maker.__module__.startswith("marginproof") or maker is object


def signature(what: str, obj: Any, found: str) -> str:
    """The signature as a page shows it; empty for classes that nobody makes by it."""
    if what not in ("class", "exception") or not inspect.isclass(obj):
        return found
    return public(found) if ours(obj) and not ANYTHING.fullmatch(found) else ""


def setup(app: Any) -> dict[str, bool]:
    """Connect to autodoc and to each page as it has been read."""
    app.connect("autodoc-skip-member", members_too)
    app.connect("doctree-read", fields_once, priority=400)
    return {"parallel_read_safe": True}
