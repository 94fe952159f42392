"""How a certificate is refused, and the clock that every loop asks."""

from __future__ import annotations

import time


class Unsupported(Exception):
    """This checker cannot tell: an unknown format or kind, numbers too long, or too little time."""


def need(condition: object, reason: str) -> None:
    """Refuse as INVALID unless the condition is true."""
    if not condition:
        raise ValueError(reason)


def can(condition: object, reason: str) -> None:
    """Refuse as UNSUPPORTED unless the condition is true."""
    if not condition:
        raise Unsupported(reason)


class Clock:
    """A time limit in seconds, counted from now."""

    def __init__(self, seconds: float) -> None:
        self.deadline = time.monotonic() + seconds

    def tick(self) -> None:
        """Refuse as UNSUPPORTED once the time is up."""
        if time.monotonic() > self.deadline:
            raise Unsupported("the time limit was reached; allow more seconds")
