"""The command: files in, one line each out, plain ASCII."""

from __future__ import annotations

import sys
from os.path import isfile

from .judge import SECONDS, FileVerdict, judge
from .reading import MAX_BYTES


def judge_file(path: str, seconds: float = SECONDS) -> FileVerdict:
    """The verdict on a file; what is no regular file (a folder, a pipe) is refused, not waited for."""
    try:
        with open(path if isfile(path) else "", "rb") as file:
            text = file.read(MAX_BYTES + 1)
    except (OSError, ValueError):
        return FileVerdict("INVALID", "no file that can be read", "")
    return judge(text, seconds)


def plain(text: str) -> str:
    """The text in printable ASCII: all else escaped."""
    return "".join(c if " " <= c <= "~" else ascii(c)[1:-1] for c in text)


def exit_code(words: list[str]) -> int:
    """0 if all are VALID, 1 if any is INVALID, else 2 (also where there is none)."""
    if "INVALID" in words:
        return 1
    return 0 if words and all(word == "VALID" for word in words) else 2


def main(paths: list[str] | None = None) -> int:
    """Check files, in order; print a line each; the exit code."""
    names = sys.argv[1:] if paths is None else paths
    if not names:
        print("usage: checker CERT...")
    words = []
    for name in names:
        verdict = judge_file(name)
        print(plain(f"{name}: {verdict.word}({verdict.sentence or verdict.says})"))
        words.append(verdict.word)
    return exit_code(words)
