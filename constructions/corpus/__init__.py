"""Certified counterexamples, one JSON file each; ``README.md`` lists them, ``make.py`` regenerates them.

Example:
  >>> sorted(entry.claim for entry in corpus() if entry.claim)[:2]
  ['R1', 'R1']
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent

CERTIFIED_FOR = {
    "L2": ("run-sr4-vanishing",),
    "L4": (
        "run-two-starts-zero",
        "run-two-starts-other",
        "run-shifted-diagonal-vanishing",
        "run-3x5-vanishing",
        "run-sr4-vanishing",
    ),
    "L8": ("run-two-starts-every-schedule", "run-shifted-diagonal-every-schedule"),
    "L9": (
        "run-two-starts-zero-constant",
        "run-two-starts-other-constant",
        "run-shifted-diagonal-constant",
        "run-3x5-constant",
        "run-sr4-constant",
        "run-sr4-pairs-constant",
    ),
}
"""True claims about runs, and the certificates that prove them for one data set each."""


@dataclass(frozen=True)
class Entry:
    """One certificate of the corpus.

    Attributes:
      path: the file.
      claim: the refuted claim's id, or ``None`` for a fact that refutes none.
      statement: the refuted statement, or ``None``.
      kind: the certificate's kind.
      rows: exact data, shape (N, d).
      note: one sentence.
    """

    path: Path
    claim: str | None
    statement: str | None
    kind: str
    rows: tuple[tuple[Fraction, ...], ...]
    note: str

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.path.stem


@lru_cache(maxsize=1)
def corpus() -> tuple[Entry, ...]:
    """Every certificate, by name.  Reading proves nothing: :mod:`marginproof.theory.checker` judges."""
    return tuple(_entry(path) for path in sorted(FOLDER.glob("*.json")))


def refutations(claim: str) -> tuple[Entry, ...]:
    """The certificates that refute one claim, by id."""
    return tuple(entry for entry in corpus() if entry.claim == claim)


def _entry(path: Path) -> Entry:
    body = json.loads(path.read_text(encoding="ascii"))
    rows = tuple(tuple(Fraction(value) for value in row) for row in body["data"])
    return Entry(path, body["claim"], body["statement"], body["kind"], rows, body.get("note", ""))
