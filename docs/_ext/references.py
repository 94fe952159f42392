"""References to names by another module that has them: to where the name is defined, and documented."""

from __future__ import annotations

import importlib
from typing import Any


def home(target: str, module: str) -> str:
    """The full name under which an object is defined, or ``""``; the target may be a name in the module or a full one.

    Example:
      >>> home("Fraction", "marginproof.theory.number_systems"), home("nothing", "marginproof")
      ('fractions.Fraction', '')
    """
    path = target.split(".")
    places = [(module, path)] if module else []
    places += [(".".join(path[:cut]), path[cut:]) for cut in range(len(path) - 1, 0, -1)]
    for place, names in places:
        try:
            found: Any = importlib.import_module(place)
            for name in names:
                found = getattr(found, name)
        except (ImportError, AttributeError):
            continue
        if hasattr(found, "__qualname__"):
            return f"{found.__module__}.{found.__qualname__}"
    return ""


def setup(app: Any) -> dict[str, bool]:
    """Called for each reference that Sphinx could not resolve."""

    def resolve(app: Any, env: Any, node: Any, shown: Any) -> Any:
        if node.get("refdomain") != "py":
            return None
        domain, target = env.get_domain("py"), node["reftarget"]
        name = home(target, node.get("py:module") or "")
        if name not in domain.objects:  # a constant has no home: the only one of that name
            same = [known for known in domain.objects if known.endswith(f".{target}")]
            name = same[0] if len(same) == 1 else ""
        if not name:
            return None
        return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", name, node, shown)

    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True}
