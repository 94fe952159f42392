"""Refusals of what cannot be read: data in a file's place, and files of other kinds, with the command that converts them or the suffix they need."""

from __future__ import annotations

import re
import reprlib
import shlex
from contextlib import suppress
from pathlib import Path

from marginproof.theory.errors import MarginproofError

CONVERTED = {
    ".xlsx": "excel",
    ".xls": "excel",
    ".ods": "excel",
    ".dta": "stata",
    ".sav": "spss",
    ".sas7bdat": "sas",
    ".feather": "feather",
    ".orc": "orc",
}
"""Suffixes of tables that pandas reads, and its reader."""
_SVMLIGHT = re.compile(rb"[+-]?[\w.]+( +(qid|[0-9]+):[^ :]+)+\s*(#.*)?")
"""The first line of a file of LIBSVM's collection, whose names have no suffix, or one of their own (``a9a.t``)."""


def check_named(given: object, argument: str) -> None:
    """Refuse data themselves where a name or a file is asked for."""
    if not isinstance(given, str | Path):
        raise MarginproofError(
            f"{argument}={reprlib.repr(given)} is neither a name nor a file; arrays and frames are taken by Dataset.of(X, y)"
        )


def not_read(path: Path, suffix: str, kinds: str) -> MarginproofError:
    """Why a file is not read, and a way out; kinds are the suffixes that are."""
    if suffix in CONVERTED or suffix == ".rds":
        return MarginproofError(f"file={path} is not read; convert it first: {_conversion(path, suffix)}")
    line = b""
    with suppress(OSError), path.open("rb") as file:
        line = file.readline(10_000)
    looks = (
        f"its lines look like index:value, so name it {path.name}.libsvm; else "
        if _SVMLIGHT.fullmatch(line)
        else ""
    )
    return MarginproofError(
        f"file={path} has suffix {path.suffix!r}; {looks}give one of {kinds}, text also as .gz"
    )


def _conversion(path: Path, suffix: str) -> str:
    """A command that makes the table a ``.csv`` file beside it."""
    old, new = path.as_posix(), path.with_suffix(".csv").as_posix()
    if suffix == ".rds":
        code = f'write.csv(readRDS("{old}"), "{new}", row.names=FALSE)'
        return f"Rscript -e {shlex.quote(code)}"
    code = f'import pandas; pandas.read_{CONVERTED[suffix]}("{old}").to_csv("{new}", index=False)'
    return f"python -c {shlex.quote(code)}"
