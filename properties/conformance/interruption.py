"""Ctrl-C between examples: noted where it arrives, raised where nothing is half done.

A ``KeyboardInterrupt`` raised wherever Python happens to be may be lost (an exception in a callback of the
garbage collector or of a C library is only printed), turned into another error (Hypothesis asserts while it
starts) or come between a slice's being written and its being reported.  So the first SIGINT is noted and raised
before the next example; a second one is raised at once, for an example that does not end.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class _Noted:
    """How many SIGINTs have come since the outermost :func:`between_examples` began."""

    count = 0


@contextmanager
def between_examples() -> Iterator[None]:
    """Hold the first SIGINT back until :func:`raise_if_interrupted`, or until the block ends.

    Outside the main thread, where Python allows no handlers, and where SIGINT is handled by somebody else's
    function or ignored, it changes nothing.
    """
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    _Noted.count = 0
    signal.signal(signal.SIGINT, _note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        noted, _Noted.count = _Noted.count, 0
    if noted:
        raise KeyboardInterrupt


def _note(number: int, frame: FrameType | None) -> None:
    _Noted.count += 1
    if _Noted.count > 1:
        signal.default_int_handler(number, frame)


def raise_if_interrupted() -> None:
    """Raise ``KeyboardInterrupt`` if a SIGINT was noted."""
    if _Noted.count:
        raise KeyboardInterrupt
