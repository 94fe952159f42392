"""The kinds of files that are written here, so that none of another kind is written over."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marginproof.properties.presentation.names import DRAWN_BY
from marginproof.theory.errors import MarginproofError

_RESULTS = (
    "datasets", "name n_samples n_features classes", "data n_samples n_features", "data settings ending",
    "data dataset complete", "dataset complete reason", "id title statement tex", "claims killed mutants", "claims profile ok",
    "claim about found shrunk", "study title question finding", "table rows", "certificates", "error certificate",
    "law settings agrees_to", "agrees_to steps first_departure",
)  # fmt: skip
"""With which keys the JSON of each command begins; one of fewer than three keys has no others."""


@dataclass(frozen=True)
class Kind:
    """A kind of file: its noun, and whether an existing file, which is not empty, is one."""

    noun: str
    is_one: Callable[[Path], bool]


def _json(path: Path) -> Mapping[str, Any]:
    found = json.loads(path.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}


def _is_result(path: Path) -> bool:
    keys = list(_json(path))
    return any(keys[: max(len(first), 3)] == first for first in map(str.split, _RESULTS))


def _is_page(path: Path) -> bool:
    from marginproof.properties.presentation.pages import opening

    return path.read_text(encoding="utf-8").startswith(str(opening("marginproof")).partition("</title>")[0])


def _is_run(path: Path) -> bool:
    with zipfile.ZipFile(path) as file:
        return {"about.npy", "state_step.npy"} <= set(file.namelist())


def _is_table(path: Path) -> bool:
    from marginproof.properties.sweep.sweep import columns

    with path.open(encoding="utf-8") as file:
        return file.readline().strip() == ",".join(columns())


def _holds(mark: bytes, within: int | None = None) -> Callable[[Path], bool]:
    def is_one(path: Path) -> bool:
        with path.open("rb") as file:
            return mark in file.read(-1 if within is None else within)

    return is_one


CERTIFICATE = Kind(
    "certificate", lambda path: str(_json(path).get("format", "")).startswith("marginproof-certificate/")
)
RESULT = Kind("JSON of this program", _is_result)
RUN = Kind("saved run", _is_run)
VERDICTS = Kind("file of verdicts", lambda path: {"fingerprint", "done"} <= set(_json(path)))
REPORT = Kind("report of the claims", lambda path: {"marginproof", "versions", "checks"} <= set(_json(path)))
HUNT = Kind("state of a hunt", lambda path: {"hunt", "chunks"} <= set(_json(path)))
TABLE = Kind("table of a sweep", _is_table)
COQ = Kind("Coq file of this program", _holds(b"(* A certificate of kind", 100))
WEB_PAGE = Kind("page of this program", _is_page)
FIGURE = Kind("figure of this program", _holds(DRAWN_BY.encode()))


def refuse_other_kind(option: str, path: Path, kind: Kind) -> None:
    """Refuse to write over a file of another kind."""
    if path.exists() and not _replaceable(path, kind):
        raise MarginproofError(f"{option}={path} is there already and is no {kind.noun}; choose another name")


def check_place(option: str, path: Path) -> None:
    """Refuse, before a long job, a file that could not be written at its end."""
    if path.is_dir():
        raise MarginproofError(f"{option}={path} is a folder; give the name of a file")
    folder = path.absolute().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        why = "cannot be written to" if folder.exists() else "does not exist"
        raise MarginproofError(f"{option}={path}: folder {folder} {why}; choose another folder")


def _replaceable(path: Path, kind: Kind) -> bool:
    """Whether a file may be written over: one of the kind, or an empty one."""
    try:
        return path.is_file() and (path.stat().st_size == 0 or kind.is_one(path))
    except (OSError, ValueError, RecursionError, zipfile.BadZipFile):  # what cannot be read is not ours
        return False
