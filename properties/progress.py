"""A progress bar and a spinner that show themselves only when work takes longer than two seconds, and say what it is at."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

PATIENCE = 2.0
"""Seconds before the bar appears."""
PIPED, AGAIN = 10.0, 30.0
"""Seconds before the first line, and between two, where standard error is no terminal."""
QUIET = "marginproof.quiet"
"""Where ``-q`` leaves its mark in a click context's ``meta``."""
_shown: list[Callable[[str], None]] = []
"""What renames the displays that are open, the innermost last."""


def doing(what: str) -> None:
    """Say what the innermost display is at, such as a claim or a run; nothing happens without a display.

    Example:
      >>> doing("claim I4")
    """
    if _shown:
        _shown[-1](what)


def silenced() -> bool:
    """Whether the command was given ``-q``."""
    import click

    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(QUIET))


class LateBar:
    """``with LateBar("steps", total) as bar: bar(done)``; draws on standard error."""

    def __init__(self, label: str, total: int) -> None:
        self.label, self.total = label, total
        self.began, self.wait = time.perf_counter(), PATIENCE
        self.bar: Any = None
        self.task: Any = None

    def __enter__(self) -> LateBar:
        return self

    def __call__(self, done: int) -> None:
        """Say how much is done."""
        if self.bar is None and time.perf_counter() - self.began > self.wait and not silenced():
            self._show(done)
        if self.bar is not None:
            self.bar.update(self.task, completed=done)

    def _show(self, done: int) -> None:
        from rich.console import Console
        from rich.progress import Progress

        console = Console(stderr=True)
        if not console.is_terminal:  # in a pipe a line now and then
            if time.perf_counter() - self.began < PIPED:
                return
            print(f"{self.label}: {done} of {self.total}", file=sys.stderr, flush=True)
            self.wait = time.perf_counter() - self.began + AGAIN
            return
        self.bar = Progress(console=console, transient=True)
        self.task = self.bar.add_task(self.label, total=self.total)
        self.bar.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar is not None:
            self.bar.stop()


@contextmanager
def late_spinner(
    label: str, patience: float | None = None, announced: str = ""
) -> Iterator[Callable[[str], None]]:
    """A spinner with the time elapsed, on standard error, for work that cannot tell how much is left.

    ``with late_spinner("hunting") as relabel: relabel("hunting: 500 data sets")``.

    Arguments:
      label: what is being done; the function that the block is given changes it.
      patience: seconds before it appears [default: :data:`PATIENCE`].  Where standard error is no terminal a line is written after :data:`PIPED`
        seconds at least, and one every :data:`AGAIN` seconds.
      announced: a line written when the spinner appears, in a pipe too.
    """
    if silenced():
        yield lambda text: None
        return
    with _display(label, PATIENCE if patience is None else patience, announced) as show:
        said = [label]

        def relabel(text: str) -> None:
            said[0] = text
            show(text)

        _shown.append(lambda what: show(f"{said[0]}: {what}"))
        try:
            yield relabel
        finally:
            _shown.pop()


@contextmanager
def counted(label: str, total: int) -> Iterator[Callable[[int, str], None]]:
    """A spinner for work in parts.

    ``with counted("claims", 41) as at: at(3, "I4")`` shows ``claims: 3 of 41, at I4``.
    """
    with late_spinner(label) as relabel:
        yield lambda done, what: relabel(f"{label}: {done} of {total}" + (f", at {what}" if what else ""))


@contextmanager
def _display(label: str, patience: float, announced: str) -> Iterator[Callable[[str], None]]:
    """The spinner or, in a pipe, the lines; gives what changes the text."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        with _after(patience, announced), _lines(label, max(patience, PIPED)) as show:
            yield show
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task(label)

    def appear() -> None:
        if announced:
            console.print(announced, highlight=False, markup=False)
        bar.start()

    timer = threading.Timer(patience, appear)
    timer.daemon = True
    timer.start()
    try:
        yield lambda text: bar.update(task, description=text)
    finally:
        timer.cancel()
        timer.join()
        if bar.live.is_started:
            bar.stop()


@contextmanager
def _after(patience: float, line: str) -> Iterator[None]:
    """A line on standard error if the block takes longer."""
    timer = threading.Timer(patience, lambda: print(line, file=sys.stderr, flush=True))
    timer.daemon = True
    if line:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def _lines(label: str, patience: float) -> Iterator[Callable[[str], None]]:
    """What is being done, on a line of its own after ``patience`` seconds and again and again."""
    said, ended, began = [label], threading.Event(), time.perf_counter()

    def speak() -> None:
        wait = patience
        while not ended.wait(wait):
            print(f"{said[0]} … {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
            wait = AGAIN

    thread = threading.Thread(target=speak, daemon=True)
    thread.start()
    try:
        yield lambda text: said.__setitem__(0, text)
    finally:
        ended.set()
        thread.join()
