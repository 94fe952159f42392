"""marginproof: proofs, certificates and property tests for the implicit bias of Adam-like optimizers.

The public names, gathered from ``theory``, ``constructions`` and ``properties`` and loaded on first
use, so that importing this module is light.  ``python -m marginproof`` is the command line.

Example:
  >>> import marginproof as mp
  >>> data = mp.read("two-limits")
  >>> mp.predict(data, mp.AdamProxy()).limit.direction.round(6)
  array([0.707107, 0.707107])
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

__version__ = "0.1.0"

_STUB = Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8")
HOMES = {name: home for home, name in re.findall(r"^from (\S+) import (\w+) as \2$", _STUB, re.MULTILINE)}
"""Public name to the module that defines it, as the stub beside this file lists them."""

REPLACED = {
    "CyclicSignum": "SignumField",
    "IncAdam": "IncAdamField",
    "Replaced": "ReplacementField",
    "Sign": "SignField",
    "ThetaFamily": "ThetaField",
}
"""Public names of 0.1.0 that are gone, and what stands in their place."""

__all__ = sorted(HOMES)


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        instead = f"; it is marginproof.{REPLACED[name]} now" if name in REPLACED else ""
        raise AttributeError(f"module 'marginproof' has no attribute {name!r}{instead}")
    return getattr(import_module(HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *HOMES])
