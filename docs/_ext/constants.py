"""Constants on the pages of the reference: values that can be read, and one entry for those with one docstring.

A value is shown where it is a plain literal of one line; a long number by the arithmetic of its source, as ``2**28``.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import re
from typing import Any

LONGEST = 96
"""Letters of a constant's value that a page shows."""
DIGITS = 8
"""A number with so many digits is shown as its source has it."""
FRACTION = re.compile(r"\bFraction\((-?\d{1,6}), (\d{1,6})\)")
ARITHMETIC = (
    ast.Constant,
    ast.BinOp,
    ast.UnaryOp,
    ast.Name,
    ast.Attribute,
    ast.Call,
    ast.operator,
    ast.unaryop,
    ast.Load,
)
NAMES = re.compile(
    r"\b(?:[A-Z][A-Z0-9_]*|Fraction|float|int|np|math|finfo|eps|pi|log|sqrt|radians|cos|exp)\b"
)


def plain(value: str) -> bool:
    """Whether a value reads as a short literal: numbers, texts, fractions, and tuples and tables of them.

    Example:
      >>> plain("(1, 'a', Fraction(1, 8))"), plain("{'a': float}"), plain("(Check(id='I1.run', cl …")
      (True, False, False)
    """
    if len(value) > LONGEST or re.search(rf"\d{{{DIGITS}}}", value):
        return False
    try:
        ast.literal_eval(FRACTION.sub("(1, 2)", value))
    except (ValueError, SyntaxError):
        return bool(re.fullmatch(r"[\w.]+(?: \| [\w.]+)+", value))  # a type
    return True


@functools.cache
def _assigned(module: str) -> dict[str, ast.expr]:
    """What each constant of a module is assigned, names in a tuple apart."""
    found = {}
    for node in ast.parse(inspect.getsource(importlib.import_module(module))).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            found |= {
                t.id: v for t, v in zip(target.elts, value.elts, strict=True) if isinstance(t, ast.Name)
            }
        elif isinstance(target, ast.Name) and isinstance(value, ast.expr):
            found[target.id] = value
    return found


def source_of(module: str, name: str) -> str:
    """The arithmetic by which a constant is computed; empty where it is something else.

    Example:
      >>> source_of("marginproof.constructions.entries", "LARGEST"), source_of("marginproof.theory.registry", "REFUTED")
      ('Fraction(10 ** 75)', '')
    """
    value = _assigned(module).get(name)
    if value is None or not all(isinstance(node, ARITHMETIC) for node in ast.walk(value)):
        return ""
    text = ast.unparse(value)
    left = NAMES.sub("", re.sub(r"\d[\w.]*", "", text))
    return text if len(text) <= LONGEST and not re.search(r"[A-Za-z_'\"]", left) else ""


def shown(module: str, name: str, value: str) -> str:
    """A constant's value as a page shows it; empty where it cannot be read."""
    return value if plain(value) else source_of(module, name)


def readable_values(app: Any, doctree: Any) -> None:
    """Values of constants that can be read; others, which Sphinx prints whole, are left out."""
    from docutils import nodes
    from sphinx.addnodes import desc_annotation, desc_signature

    for signature in list(doctree.findall(desc_signature)):
        for node in list(signature.findall(desc_annotation)):
            if not (value := node.astext()).startswith(" = "):
                continue
            text = shown(signature["module"], signature["fullname"], value[3:])
            if text:
                node.children = [nodes.Text(f" = {text}")]
            else:
                node.parent.remove(node)


def _one_text(first: Any, second: Any) -> bool:
    """Whether two entries are constants with the same words below them."""
    kinds = {first.get("objtype"), second.get("objtype")}
    same = first[-1].astext() == second[-1].astext() != ""
    return kinds == {"data"} and same


def join(app: Any, doctree: Any) -> None:
    """Constants that follow each other with one docstring, as ``SIZE, CLIMBING = 100, 40`` has it, as one entry."""
    from sphinx.addnodes import desc, index

    for entry in list(doctree.findall(desc)):
        siblings = [node for node in entry.parent if not isinstance(node, index)]
        if entry not in siblings:  # joined before
            continue
        place = siblings.index(entry)
        while (
            place + 1 < len(siblings)
            and isinstance(after := siblings[place + 1], desc)
            and _one_text(entry, after)
        ):
            for signature in after[:-1]:
                entry.insert(len(entry) - 1, signature)
            after.parent.remove(after)
            siblings.remove(after)


def setup(app: Any) -> dict[str, bool]:
    """Connect to each page as it has been read."""
    app.connect("doctree-read", readable_values)
    app.connect("doctree-read", join)
    return {"parallel_read_safe": True}
