"""Where the names that a module imports are defined, which is where their pages are; links by short names lead there."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import re
from types import ModuleType
from typing import Any

from sphinx.pycode import ModuleAnalyzer

ROLE = re.compile(r"(:\w+:)`(\w[\w.]*)`")


@functools.cache
def _imported(module: str) -> dict[str, tuple[str, str]]:
    """Of each name that a module imports: from where, and what it is called there."""
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
        for alias in node.names
    }


def home_of(module: str, name: str) -> str:
    """The full name of what a module calls ``name``, by the module that defines it.

    Example:
      >>> home_of("marginproof.theory.optimizers", "GD")
      'marginproof.theory.optimizers.gradient.GD'
      >>> home_of("marginproof.theory.margins.max_margin", "np")
      'marginproof.theory.margins.max_margin.np'
    """
    source, there = _imported(module).get(name, ("", name))
    if source.startswith("marginproof"):
        return home_of(source, there)
    value = getattr(importlib.import_module(module), name, None)
    if inspect.isclass(value) or inspect.isroutine(value):
        inner = "<locals>" in value.__qualname__  # a strategy, or a function that a decorator has made
        return f"{value.__module__}.{value.__name__ if inner else value.__qualname__}"
    return f"{source or module}.{there}"


def docstring_of(full: str) -> str:
    """The docstring of a class, function or constant by its full name; empty where it has none."""
    module, _, name = full.rpartition(".")
    value = getattr(importlib.import_module(module), name)
    if inspect.isclass(value) or inspect.isroutine(value):
        return inspect.getdoc(value) or ""
    lines = ModuleAnalyzer.for_module(module).find_attr_docs().get(("", name), [])
    return "\n".join(lines).strip()


def qualified(text: str, module: str, owner: str = "") -> str:
    """A text of a module, or of a class of it, for another page: names that it has are given in full where they are links.

    Example:
      >>> qualified("As :func:`sign_of` has it.", "marginproof.theory.number_systems")
      'As :func:`sign_of` has it.'
      >>> qualified("A :class:`GD` run.", "marginproof.theory.optimizers")
      'A :class:`GD <marginproof.theory.optimizers.gradient.GD>` run.'
    """
    found = importlib.import_module(module)

    def link(role: re.Match[str]) -> str:
        name, dot, rest = role[2].partition(".")
        if hasattr(getattr(found, owner, None), name):
            return f"{role[1]}`{role[2]} <{module}.{owner}.{role[2]}>`"
        known = hasattr(found, name) and name != "marginproof"
        return f"{role[1]}`{role[2]} <{home_of(module, name)}{dot}{rest}>`" if known else role[0]

    return ROLE.sub(link, text)


def also_here(module: str) -> list[str]:
    """Full names that a module offers and other modules define: those of its ``__all__`` with a docstring."""
    found = importlib.import_module(module)
    names = [
        name for name in getattr(found, "__all__", ()) if not isinstance(getattr(found, name), ModuleType)
    ]
    homes = [home_of(module, name) for name in names]
    return [home for home in homes if home.rpartition(".")[0] != module and docstring_of(home)]


def _asked(module: str, target: str) -> str:
    """The full name of what a page of ``module`` refers to: a name that the module imports or ``marginproof`` has, or a full name
    by a module that has it from another; empty where it is neither.

    Example:
      >>> _asked("", "marginproof.theory.fields.SignField")
      'marginproof.theory.fields.gradient.SignField'
      >>> _asked("marginproof.theory.limit.problem", "SignField"), _asked("", "nothing.at.all")
      ('marginproof.theory.fields.gradient.SignField', '')
      >>> _asked("", "marginproof.theory.optimizers.Optimizer.batching")
      'marginproof.theory.optimizers.base.Optimizer.batching'
    """
    from marginproof import HOMES

    name, dot, rest = target.partition(".")
    if module and (source := module if name in _imported(module) else HOMES.get(name)):
        return home_of(source, name) + dot + rest
    path = target.split(".") if target.startswith("marginproof.") else []
    for cut in range(len(path) - 1, 0, -1):
        try:
            return ".".join([home_of(".".join(path[:cut]), path[cut]), *path[cut + 1 :]])
        except ImportError:
            pass  # a class, not a module
    return ""


def resolve(app: Any, env: Any, node: Any, shown: Any) -> Any:
    """A link to what is defined elsewhere."""
    if node.get("refdomain") != "py":
        return None
    full = _asked(node.get("py:module") or "", node.get("reftarget", ""))
    domain = env.get_domain("py")
    return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", full, node, shown) if full else None


def setup(app: Any) -> dict[str, bool]:
    """Connect to what Sphinx asks when it finds no target."""
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True}
