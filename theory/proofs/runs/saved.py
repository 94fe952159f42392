"""What a search for a certified run has found so far, as plain JSON values, so that it can stop and go on without loss.

A search puts its latest state under a name, and takes it up again where there is one; who keeps it where is the
caller's business.  Every state is exact, so a search that was stopped finds what it would have found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Saved:
    """States of a search by name.

    Attributes:
      parts: plain JSON values: numbers, text, lists, dictionaries.
      keep: called after each change.

    Example:
      >>> saved = Saved()
      >>> saved.put("search", {"epochs": 200})
      >>> saved.parts
      {'search': {'epochs': 200}}
    """

    parts: dict[str, Any] = field(default_factory=dict)
    keep: Callable[[], None] = lambda: None

    def put(self, name: str, part: Any) -> None:
        """Replace a state."""
        self.parts[name] = part
        self.keep()
