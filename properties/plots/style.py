"""How every figure looks, and how it reaches a file; its colours are those of :mod:`marginproof.properties.presentation.colours`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from marginproof.properties.presentation.colours import FAINT, GRID, INK, PAPER
from marginproof.properties.presentation.names import DRAWN_BY
from marginproof.theory.errors import MarginproofError

SUFFIXES = {".svg", ".png", ".pdf"}

_STYLE: Any = {
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.labelsize": 10,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "lines.linewidth": 1.8,
    "mathtext.fontset": "dejavusans",
    "svg.hashsalt": "marginproof",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
}


PAPER_SIZE = {
    "axes.labelsize": 7.5,
    "axes.titlesize": 7.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "font.size": 7,
    "lines.linewidth": 1.3,
    "legend.fontsize": 7,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
}
"""What differs in a paper."""
WIDTHS = {"screen": None, "paper": 5.5}
"""The styles, and the width in inches that each sets; 2.75 is a column of a paper."""
SMALLEST_TEXT = 7.0
"""Points, in a paper."""
NARROW = 4.0
"""Inches below which names stand in a legend below the axes instead of beside the ends of lines."""


@dataclass(frozen=True)
class Look:
    """How figures are made at present.

    Attributes:
      name: a key of :data:`WIDTHS`; ``paper`` has small text, no title and no note.
      width: inches; ``None`` leaves each figure its own.
    """

    name: str = "screen"
    width: float | None = None

    @property
    def paper(self) -> bool:
        """Whether for a paper, whose caption says what title and note say on a screen."""
        return self.name == "paper"


_look: ContextVar[Look] = ContextVar("look", default=Look())  # noqa: B039 (frozen)


@contextmanager
def look(name: str = "screen", width: float | None = None) -> Iterator[Look]:
    """Make the figures inside in this style and width (inches).

    Raises:
      MarginproofError: an unknown style, or a width outside 2 to 20 inches.
    """
    if name not in WIDTHS:
        raise MarginproofError(f"style={name} is unknown; choose one of {', '.join(WIDTHS)}")
    if width is not None and not 2 <= width <= 20:
        raise MarginproofError(f"width={width:g} is outside 2 to 20 inches; choose a width in between")
    token = _look.set(Look(name, width or WIDTHS[name]))
    try:
        yield _look.get()
    finally:
        _look.reset(token)


def paper() -> bool:
    """Whether figures are made for a paper at present."""
    return _look.get().paper


def size(points: float) -> float:
    """A text's or a mark's size in the present style."""
    return max(SMALLEST_TEXT, 0.8 * points) if paper() else points


def mark(points: float) -> float:
    """A mark's size in the present style."""
    return 0.62 * points if paper() else points


@contextmanager
def style() -> Iterator[None]:
    """Our settings while a figure is built or saved; matplotlib's own are put back."""
    with mpl.rc_context(_STYLE | (PAPER_SIZE if paper() else {})):
        yield


def figure(width: float = 7.2, height: float = 4.4) -> Figure:
    """An empty figure, inches, scaled to the present width; call inside :func:`style`."""
    wanted = _look.get().width or width
    scale = wanted / width
    drawn = Figure(figsize=(wanted, height * max(scale, min(1.0, 0.75 * scale + 0.15))), layout="constrained")
    FigureCanvasAgg(drawn)
    return drawn


def narrow(drawn: Any) -> bool:
    """Whether a figure is as narrow as a column of a paper."""
    return bool(drawn.get_figwidth() < NARROW)


def check_target(path: Path) -> None:
    """Refuse a file that could not be written, before anything is computed.

    Raises:
      MarginproofError: an unknown suffix, or a folder that does not exist.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise MarginproofError(f"out={path} has no known figure suffix; end it in .svg, .png or .pdf")
    nearest = next(folder for folder in path.absolute().parents if folder.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise MarginproofError(
            f"out={path}: {nearest} is not a folder that can be written to; choose another place"
        )
    if path.is_dir():
        raise MarginproofError(f"out={path} is a folder; give a file name ending in .svg, .png or .pdf")


def rendered(drawn: Figure, suffix: str) -> bytes:
    """The figure as the content of an ``.svg``, ``.png`` or ``.pdf`` file; the same figure gives the same bytes."""
    kind = suffix.lower().lstrip(".")
    metadata: Any = {
        "svg": {"Creator": DRAWN_BY, "Date": None},
        "pdf": {"Creator": DRAWN_BY, "CreationDate": None},
        "png": {"Software": DRAWN_BY},
    }[kind]
    buffer = BytesIO()
    with style():
        drawn.savefig(buffer, format=kind, dpi=300 if paper() else 160, metadata=metadata)
    return buffer.getvalue()


def save(drawn: Figure, path: Path) -> None:
    """Write the figure atomically; the suffix says how."""
    check_target(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, rendered(drawn, path.suffix))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a neighbour first and rename it, so that a reader never meets half a file."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as cause:
        raise MarginproofError(
            f"out={path} cannot be written ({cause.strerror}); choose another place"
        ) from cause
    scratch = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        scratch.chmod(0o666 & ~mask)
        scratch.replace(path)
    except OSError as cause:
        scratch.unlink(missing_ok=True)
        raise MarginproofError(
            f"out={path} cannot be written ({cause.strerror}); choose another place"
        ) from cause
