"""The ``.v`` files: which theorem states which claim, what it covers, and its text.

Example:
  >>> theorem("B4").file
  'b4'
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
LIBRARY = "MarginProof"
"""The files' logical name in Coq: ``From MarginProof Require Import b6.``"""


@dataclass(frozen=True)
class Formal:
    """A claim of the registry in Coq.

    Attributes:
      claim: the registry's id.
      file: the file's stem.
      theorems: the theorems that state it.
      scope: what they cover, in words.
      whole: whether that is the whole claim; a part of a claim does not decide its verdict.
    """

    claim: str
    file: str
    theorems: tuple[str, ...]
    scope: str
    whole: bool = True

    @property
    def path(self) -> str:
        """Where the file is, from the top of the repository."""
        return f"theory/formal/{self.file}.v"


FORMAL = (
    Formal("I11", "i11", ("I11", "I11_at_least_1", "I11_sharp"), "every t, every gradient sequence, A >= 1, sharp"),
    Formal("I12", "i12", ("I12",), "every N, d, K, batches and step, where all rows are on the support and γ̂ is below the speed limit; "
           "not the converse", whole=False),
    Formal("B1", "b1", ("B1",), "every d, t, gradient sequence and schedule"),
    Formal("B2", "b2", ("B2",), "every N, d, K, schedule and finite time, not the limit", whole=False),
    Formal("B3", "b3", ("B3",), "every N, d, T and schedule"),
    Formal("B4", "b4", ("B4",), "every N, d, T and schedule"),
    Formal("B5", "b5", ("B5",), "every N, d, T and schedule"),
    Formal("B6", "b6", ("B6_linf", "B6_l2"), "every N, d, X, w and c, both norms"),
    Formal("B7", "b7", ("B7_step", "B7"), "every N, d, t, bounded schedule and batches under the exponential loss, not the logistic",
           whole=False),
)  # fmt: skip


LIBRARIES = ("sums", "setting")
"""Files whose definitions several statements use."""


@dataclass(frozen=True)
class Theorem:
    """A theorem as its file states it.

    Attributes:
      name: its name.  file: the file's stem.
      statement: the text from ``Theorem`` to the full stop before ``Proof.``
    """

    name: str
    file: str
    statement: str


_THEOREM = re.compile(r"^(?:Theorem|Corollary) (\w+).*?\.(?=\s*\nProof\.)", re.DOTALL | re.MULTILINE)
_REQUIRE = re.compile(rf"^From {LIBRARY} Require (?:Import|Export) ([^.]*)\.", re.MULTILINE)
_DEFINITION = re.compile(
    r"^(?:\(\*(?:(?!\*\)).)*\*\)\n)?(?:Definition|Fixpoint|Let|Variables?)\b.*?\.$", re.DOTALL | re.MULTILINE
)
_COMMENT = re.compile(r"\(\*(?:(?!\(\*|\*\)).)*\*\)", re.DOTALL)


def source(stem: str) -> str:
    """The text of a file."""
    return (FOLDER / f"{stem}.v").read_text(encoding="utf-8")


def without_comments(text: str) -> str:
    """The text without its comments, nested ones included."""
    while (shorter := _COMMENT.sub(" ", text)) != text:
        text = shorter
    return text


@cache
def theorems() -> dict[str, Theorem]:
    """Every theorem of the files by name."""
    found = [
        Theorem(match[1], path.stem, match[0])
        for path in sorted(FOLDER.glob("*.v"))
        for match in _THEOREM.finditer(path.read_text(encoding="utf-8"))
    ]
    return {entry.name: entry for entry in found}


def definitions(stem: str) -> list[str]:
    """What a file defines, each with the comment above it."""
    return [match[0] for match in _DEFINITION.finditer(source(stem))]


def theorem(name: str) -> Theorem:
    """The theorem of this name."""
    return theorems()[name]


def formal(claim: str) -> Formal | None:
    """The claim's formal statement, if it has one."""
    return next((entry for entry in FORMAL if entry.claim == claim), None)


def required(stem: str) -> list[str]:
    """The files that a file needs, in an order in which they compile, itself last."""
    out: list[str] = []
    for names in _REQUIRE.findall(without_comments(source(stem))):
        for name in names.split():
            out += [need for need in required(name) if need not in out]
    return [*out, stem]
