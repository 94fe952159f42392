"""Where ``--marginproof-report`` may write; looked at before a check runs."""

from __future__ import annotations

from pathlib import Path

from marginproof.properties.file_kinds import REPORT, check_place, refuse_other_kind
from marginproof.theory.errors import MarginproofError

OPTION = "--marginproof-report"


def refuse_report(path: Path, resume: str | None = None) -> None:
    """Refuse a report that could not be written, or only over a file of another kind.

    Arguments:
      path: the report's file.
      resume: the file of ``--marginproof-resume``, which must be another.

    Raises:
      MarginproofError: the file is none that a report may replace.
    """
    check_place(OPTION, path)
    refuse_other_kind(OPTION, path, REPORT)
    if resume and Path(resume).resolve() == path.resolve():
        raise MarginproofError(f"{OPTION}={path} is where --marginproof-resume goes too; choose two names")
