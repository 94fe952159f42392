"""The text of a file, compressed or not, and what a download gives in its place."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from marginproof.constructions import tables
from marginproof.theory.errors import MarginproofError

DOS_END = b"\x1a"
"""What DOS put at the end of a text."""


def text_of(path: Path) -> str:
    """The text of a file, ``.gz`` or not: UTF-8, or UTF-16 where it begins with its mark.

    Raises:
      MarginproofError: no text, another encoding, or too much of it.
    """
    try:
        if path.name.lower().endswith(".gz"):
            with gzip.open(path) as packed:
                content = packed.read(tables.MOST_BYTES + 1)  # a small archive may hold any amount
            tables.check_size(path, len(content))
        else:
            content = path.read_bytes()
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16")
        if content.startswith(b"\x1f\x8b"):
            raise MarginproofError(f"file={path} is compressed by gzip; add .gz to its name")
        if b"\0" in content[:4096]:
            raise ValueError("it has zero bytes")
        return _data(path, content.rstrip(DOS_END).decode("utf-8-sig"))
    except MarginproofError:
        raise
    except (EOFError, zlib.error, gzip.BadGzipFile) as cause:
        raise MarginproofError(f"file={path} is not a readable .gz file; compress it anew") from cause
    except ValueError as cause:  # UnicodeDecodeError is one
        kind = {".csv": "comma-separated text", ".json": "JSON"}.get(tables.suffix_of(path), "text")
        byte = (
            f" (byte {cause.object[cause.start]:#x} at {cause.start})"
            if isinstance(cause, UnicodeDecodeError)
            else ""
        )
        raise MarginproofError(
            f"file={path} is not {kind} in UTF-8{byte}; save it as such"
            + (f", such as by: iconv -f latin1 -t utf-8 {path}" if byte else "")
        ) from cause


def _data(path: Path, text: str) -> str:
    """The text, unless it is what a download gives in place of data."""
    begin = text[:200].lstrip().lower()
    if begin.startswith(("<!doctype", "<html")):
        raise MarginproofError(
            f"file={path} is a web page, perhaps of an error; download the data themselves"
        )
    if begin.startswith("version https://git-lfs"):
        raise MarginproofError(f"file={path} is a pointer of Git LFS; fetch the data with git lfs pull")
    return text
