"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from marginproof.theory.errors import MarginproofError


def write_atomically(path: Path, text: str) -> None:
    """Write a neighbour first and rename it, so that a reader never meets half a file."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as cause:
        raise MarginproofError(
            f"file={path} cannot be written: {cause.strerror}; choose another place"
        ) from cause
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except OSError as cause:
        Path(name).unlink(missing_ok=True)
        raise MarginproofError(
            f"file={path} cannot be written: {cause.strerror}; choose another place"
        ) from cause


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
