"""The optimizers of torch and optax, with the checks each was measured to break, and why.

Every check that applies and is not named in ``breaks`` must hold on the examples of :data:`EXAMPLES` and
:data:`SEED`, and every one named must fail: ``make real`` asks both, and the table of ``docs/conformance.md``
is compared with these values.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

EXAMPLES = 16
"""A check; long runs take their share."""
SEED = 1


@dataclass(frozen=True)
class Measured:
    """One optimizer in one setting.

    Attributes:
      name: as the documentation's table has it.
      module, attribute: where it is.
      options: keyword arguments that are fixed.
      breaks: check id to the reason it fails.
    """

    name: str
    module: str
    attribute: str
    options: Mapping[str, Any] = field(default_factory=dict)
    breaks: Mapping[str, str] = field(default_factory=dict)

    @property
    def library(self) -> str:
        """``torch`` or ``optax``: the extra that installs it."""
        return self.module.partition(".")[0]

    def factory(self) -> Any:
        """What :func:`properties.conformance.suite.check_optimizer` takes.  Imports the library."""
        found = getattr(importlib.import_module(self.module), self.attribute)
        return functools.partial(found, **self.options) if self.options else found


TABLE: tuple[Measured, ...] = ()


def ids(checks: list[str]) -> str:
    """Check ids for a reader, a claim's id alone where all its checks are named."""
    from properties.conformance.selection import CHECKS

    whole: dict[str, set[str]] = {}
    for check in CHECKS:
        whole.setdefault(check.claim, set()).add(check.id)
    said: dict[str, None] = {}
    for name in checks:
        claim = name.split(".")[0]
        said[claim if whole[claim] <= set(checks) else name] = None
    return ", ".join(said)


def row(known: Measured) -> str:
    """The row of the documentation's table: what is broken, grouped by its reason."""
    reasons: dict[str, list[str]] = {}
    for check, reason in known.breaks.items():
        reasons.setdefault(reason, []).append(check)
    why = "; ".join(f"{ids(checks)}: {reason}" if len(reasons) > 1 else reason for reason, checks in reasons.items())
    kept = "all" if not known.breaks else "the others"
    return f"| {known.name} | {kept} | {ids(list(known.breaks)) or '–'} | {why or '–'} |"


def table() -> list[str]:
    """The rows, one an optimizer."""
    return [row(known) for known in TABLE]
