"""The reference of the Python interface: one page a module, and the tables that lead to them, in reStructuredText."""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from typing import Any

from docstrings import convert

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
        _homes() if name == "marginproof" else _children(name)
    )


def _children(name: str) -> str:
    """A package's own modules, with a line each."""
    below = [child for child in modules() if child.rpartition(".")[0] == name]
    return "\n".join(["", *_table(below)]) if below else ""


def _table(names: list[str]) -> list[str]:
    out = [".. list-table::", "   :widths: 35 65", ""]
    for name in names:
        out += [f"   * - :doc:`{name} <{name}>`", f"     - {first_sentence(importlib.import_module(name))}"]
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
        out += ["", task, "~" * len(task), "", ".. list-table::", "   :widths: 30 70", ""]
        for name in names:
            meaning = first_sentence(getattr(importlib.import_module(HOMES[name]), name))
            out += [f"   * - :obj:`mp.{name} <{HOMES[name]}.{name}>`", f"     - {meaning}"]
    assert told == set(HOMES), f"no task for {set(HOMES) - told}"
    return "\n".join(out) + "\n"


def first_sentence(thing: Any) -> str:
    """Of a module's or object's docstring, escaped; constants have the number system's."""
    text = (inspect.getdoc(thing) or "").split("\n\n")[0]
    return " ".join(convert(text.splitlines())).strip()


def api_index(names: list[str]) -> str:
    """The table of modules, one section a package."""
    out = ["Modules", "=======", ""]
    for package in ("marginproof", *PACKAGES):
        own = [name for name in names if name == package or name.startswith(f"{package}.")]
        out += [package, "-" * len(package), "", *_table(own)]
    return "\n".join(out)
