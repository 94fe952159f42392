"""How every figure looks, and how it reaches a file; its colours are those of :mod:`marginproof.properties.presentation.colours`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from marginproof.properties.presentation.colours import FAINT, GRID, INK, PAPER
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


@contextmanager
def style() -> Iterator[None]:
    """Our settings while a figure is built or saved; matplotlib's own are put back."""
    with mpl.rc_context(_STYLE):
        yield


def figure(width: float = 7.2, height: float = 4.4) -> Figure:
    """An empty figure, inches; call inside :func:`style`."""
    drawn = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(drawn)
    return drawn


def check_target(path: Path) -> None:
    """Refuse a file that could not be written, before anything is computed.

    Raises:
      MarginproofError: an unknown suffix, or a folder that does not exist.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise MarginproofError(f"out={path} has no known figure suffix; end it in .svg, .png or .pdf")
    if not path.parent.is_dir():
        raise MarginproofError(f"out={path}: folder {path.parent} does not exist; make it or choose another")
    if path.is_dir():
        raise MarginproofError(f"out={path} is a folder; give a file name ending in .svg, .png or .pdf")


def rendered(drawn: Figure, suffix: str) -> bytes:
    """The figure as the content of an ``.svg``, ``.png`` or ``.pdf`` file; the same figure gives the same bytes."""
    kind = suffix.lower().lstrip(".")
    metadata: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    buffer = BytesIO()
    with style():
        drawn.savefig(buffer, format=kind, dpi=160, metadata=metadata)
    return buffer.getvalue()


def save(drawn: Figure, path: Path) -> None:
    """Write the figure atomically; the suffix says how."""
    check_target(path)
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
