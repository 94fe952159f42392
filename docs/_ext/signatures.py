"""Signatures over several lines only where one is too short for what is shown; Sphinx counts the full names of types."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx import addnodes

LONGEST = 88
"""Signs of a signature on one line."""


def shown(signature: nodes.Element) -> str:
    """A signature as it is read, without the link to its source."""
    parts = (child for child in signature if not isinstance(child, addnodes.only | nodes.reference))
    return "".join(child.astext() for child in parts).strip().replace(" -> ", " → ")


def fold(app: Any, doctree: nodes.document, name: str) -> None:
    """Set anew which signatures have a line for each parameter, once names of types have their short form."""
    for signature in doctree.findall(addnodes.desc_signature):
        long = len(shown(signature)) > LONGEST
        for parameters in signature.findall(addnodes.desc_parameterlist):
            parameters["multi_line_parameter_list"] = long


def setup(app: Any) -> dict[str, bool]:
    """Run when all names are resolved."""
    app.connect("doctree-resolved", fold)
    return {"parallel_read_safe": True}
