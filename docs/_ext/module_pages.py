"""The reference of the Python interface: one page a module, and the tables that lead to them, in reStructuredText."""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil

from docstrings import convert
from homes import also_here, docstring_of, home_of, qualified

PACKAGES = ("marginproof.theory", "marginproof.constructions", "marginproof.properties")
LEFT_OUT = (
    "marginproof.properties.cli",
    "marginproof.properties.sklearn",
    "marginproof.constructions.corpus.make",
)
"""Documented elsewhere (the command line has a page of its own), or a script."""


@functools.cache
def modules() -> list[str]:
    """Every documented module, in order, ``marginproof`` first."""
    names = ["marginproof"]
    for package in PACKAGES:
        names.append(package)
        walked = pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")
        names += [
            info.name for info in walked if not info.name.startswith(LEFT_OUT) and "._" not in info.name
        ]
    return sorted(
        names,
        key=lambda name: (
            name != "marginproof",
            [*PACKAGES, "marginproof"].index(".".join(name.split(".")[:2])),
            name,
        ),
    )


def public_names(module: str) -> list[str]:
    """Full names of the public classes and functions that a module defines."""
    found = importlib.import_module(module)
    return [
        f"{module}.{name}"
        for name, value in vars(found).items()
        if not name.startswith("_")
        and (inspect.isclass(value) or inspect.isroutine(value))
        and getattr(value, "__module__", None) == module
        and getattr(value, "__name__", None) == name
    ]


def module_page(name: str) -> str:
    """The page of one module, outside the tree of pages: hundreds of entries in it took half of the build."""
    options = (
        "   :members:\n   :ignore-module-all:\n   :special-members: __call__\n"
        if name != "marginproof"
        else "   :no-members:\n"
    )
    parent = name.rpartition(".")[0]
    above = ":doc:`Modules <modules>`" + (f" › :doc:`{parent} <{parent}>`" if parent else "")
    return f":orphan:\n\n{name}\n{'=' * len(name)}\n\n{above}\n\n.. automodule:: {name}\n{options}" + (
        _homes() if name == "marginproof" else _elsewhere(name) + _children(name)
    )


def _elsewhere(name: str) -> str:
    """What a module offers and others define, with a line each."""
    rows = [(full.rpartition(".")[2], full) for full in also_here(name)]
    return "\n".join(["", "Its names that other modules define:", "", *_names(rows)]) if rows else ""


def _children(name: str) -> str:
    """A package's own modules, with a line each."""
    below = [child for child in modules() if child.rpartition(".")[0] == name]
    return "\n".join(["", *_table(below)]) if below else ""


def _table(names: list[str]) -> list[str]:
    out = [".. list-table::", "   :widths: 35 65", ""]
    for name in names:
        out += [f"   * - :doc:`{name} <{name}>`", f"     - {first_sentence(name)}"]
    return [*out, ""]


def _names(rows: list[tuple[str, str]]) -> list[str]:
    """A table of names as they are shown, and their full names, with a line each."""
    out = [".. list-table::", "   :widths: 30 70", ""]
    for shown, full in rows:
        module, _, name = full.rpartition(".")
        text = qualified(docstring_of(full), module, name)
        out += [f"   * - :obj:`{shown} <{full}>`", f"     - {sentence_of(text)}"]
    return [*out, ""]


TASKS = {
    "Read or make data": ("marginproof.constructions",),
    "Choose an optimizer, its batches and its steps": ("marginproof.theory.optimizers", "marginproof.theory.batching", "marginproof.theory.schedules"),
    "Predict the limit, and simulate runs": ("marginproof.properties.api", "marginproof.theory.prediction", "marginproof.theory.limit"),
    "Margins and separation": ("marginproof.theory.margins",),
    "Direction fields, and numbers to evaluate them with": ("marginproof.theory.fields", "marginproof.theory.number_systems"),
    "Prove a limit": ("marginproof.theory.proofs",),
    "Test an optimizer, hunt counterexamples": ("marginproof.properties.conformance", "marginproof.properties.hunt"),
    "Verdicts and errors": ("marginproof.theory.verdicts", "marginproof.theory.errors"),
}  # fmt: skip
"""What a name is for, by the beginning of its module."""


def _homes() -> str:
    """The public names of ``marginproof`` by task, with a line each."""
    from marginproof import HOMES

    out, told = [], set()
    for task, starts in TASKS.items():
        names = [name for name, home in HOMES.items() if home.startswith(starts)]
        told.update(names)
        rows = [(f"mp.{name}", home_of(HOMES[name], name)) for name in names]
        out += ["", task, "~" * len(task), "", *_names(rows)]
    assert told == set(HOMES), f"no task for {set(HOMES) - told}"
    return "\n".join(out) + "\n"


def first_sentence(module: str) -> str:
    """Of a module's docstring, escaped."""
    return sentence_of(qualified(inspect.getdoc(importlib.import_module(module)) or "", module))


def sentence_of(docstring: str) -> str:
    """The first paragraph, escaped; one that leads to a formula below it ends before its last clause.

    Example:
      >>> sentence_of("The limit equation: find c with\\n\\n    F(c) = γ.")
      'The limit equation.'
      >>> sentence_of("Whether data separate:\\n\\n* by a proof.")
      'Whether data separate.'
    """
    text = " ".join(docstring.split("\n\n")[0].split())
    if text.endswith((":", ",")) or (text and text[-1].isalnum() and ": " in text):
        text = text.rpartition(":")[0] + "." if ":" in text else text.rstrip(",") + "."
    return " ".join(convert([text])).strip()


def api_index(names: list[str]) -> str:
    """The table of modules, one section a package."""
    out = ["Modules", "=======", ""]
    for package in ("marginproof", *PACKAGES):
        inner = f"{package}." if package in PACKAGES else None
        own = [name for name in names if name == package or (inner and name.startswith(inner))]
        out += [package, "-" * len(package), "", *_table(own)]
    return "\n".join(out)
