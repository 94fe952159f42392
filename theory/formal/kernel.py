"""Compiling the files with ``coqc`` and reading what their theorems assume.

Every process compiles afresh, in a temporary folder: a proof is reported only where the kernel has just
checked it.  ``python -m marginproof.theory.formal.kernel`` does it for all files (``make formal``).
"""

from __future__ import annotations

import atexit
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from marginproof.theory.errors import MarginproofError
from marginproof.theory.formal.files import FOLDER, FORMAL, LIBRARY, required, theorem, without_comments

AXIOMS = {
    "ClassicalDedekindReals.sig_forall_dec": "a decidable property of the naturals holds always or fails somewhere",
    "ClassicalDedekindReals.sig_not_dec": "a negated proposition is decidable",
    "FunctionalExtensionality.functional_extensionality_dep": "functions equal at every argument are equal",
    "Classical_Prop.classic": "excluded middle",
}
"""What Coq's standard real numbers rest on, and all that a theorem here may assume."""

FORBIDDEN = ("Admitted", "admit", "give_up", "Axiom", "Axioms", "Parameter", "Parameters", "Conjecture",
             "Unset", "bypass_check", "type_in_type")  # fmt: skip
"""Words that no file may hold: each lets a theorem pass without a proof."""

LONGEST = 300
"""Seconds that one file may take."""

INSTALL = "apt-get install --no-install-recommends coq   (or: opam install coq)"


class Refused(MarginproofError):
    """Coq, or the list of forbidden words, refused a file; the message says which and why."""


@dataclass(frozen=True)
class AcceptedTheorem:
    """A theorem the kernel has just accepted.

    Attributes:
      theorem: its name.  file: the file's stem.
      axioms: what it assumes, all in :data:`AXIOMS`.
    """

    theorem: str
    file: str
    axioms: tuple[str, ...]


def coqc() -> str | None:
    """The compiler's path, or ``None``."""
    return shutil.which("coqc")


@cache
def usable() -> bool:
    """Whether a Coq is there that can compile a file about its own real numbers."""
    if coqc() is None:
        return False
    try:
        compile_text("From Coq Require Import Reals Lra Lia.\n", "probe", workshop())
    except Refused:
        return False
    return True


def forbidden(text: str) -> list[str]:
    """The forbidden words of a file, comments left out."""
    words = set(re.findall(r"\w+", without_comments(text)))
    return [word for word in FORBIDDEN if word in words]


def compile_text(text: str, stem: str, folder: Path) -> str:
    """What ``coqc`` prints for a text, compiled as ``folder/stem.v`` beside what it needs; else :class:`Refused`."""
    path = folder / f"{stem}.v"
    path.write_text(text, encoding="utf-8")
    command = [coqc() or "coqc", "-q", "-w", "-all", "-Q", ".", LIBRARY, path.name]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        raise Refused(f"{stem}.v was stopped after {LONGEST} s") from None
    if done.returncode:
        raise Refused(f"{stem}.v: {' '.join(done.stderr.split())}")
    return done.stdout


@cache
def workshop() -> Path:
    """This process's folder of compiled files, empty at first and removed when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="marginproof-formal-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def compile_files(stems: Iterable[str], folder: Path, sources: Path = FOLDER) -> None:
    """Compile these files, and all they need, in ``folder``, where not done yet; else :class:`Refused`."""
    for stem in dict.fromkeys(need for wanted in stems for need in required(wanted)):
        if (folder / f"{stem}.vo").exists():
            continue
        text = (sources / f"{stem}.v").read_text(encoding="utf-8")
        if found := forbidden(text):
            raise Refused(f"{stem}.v holds {', '.join(found)}, which would let a theorem pass unproved")
        compile_text(text, stem, folder)


def assumptions(names: Iterable[str], folder: Path) -> dict[str, tuple[str, ...]]:
    """What ``Print Assumptions`` lists for theorems compiled in ``folder``; an unknown line is :class:`Refused`."""
    names = list(names)
    lines = [f"From {LIBRARY} Require {theorem(name).file}." for name in names]
    for name in names:
        lines += [f'Goal True. idtac "@ {name}". Abort.', f"Print Assumptions {theorem(name).file}.{name}."]
    printed = compile_text("Set Printing Width 1000.\n" + "\n".join(lines) + "\n", "assumptions", folder)
    blocks = [block.split("\n", 1) for block in printed.split("@ ")[1:]]
    return {name.strip(): tuple(_axioms(name.strip(), text)) for name, text in blocks}


def _axioms(name: str, text: str) -> Iterator[str]:
    """The axioms in one answer.  Entries start a line, their types are indented or follow a colon."""
    for line in text.splitlines():
        if not line.strip() or line[0].isspace() or line in ("Axioms:", "Closed under the global context"):
            continue
        entry = line.split(" ")[0].rstrip(":")
        if entry not in AXIOMS:
            raise Refused(f"{name} assumes {line!r}, which is not among the standard reals' axioms")
        yield entry


def prove(names: Iterable[str]) -> list[AcceptedTheorem]:
    """The theorems of these names, compiled afresh; :class:`Refused` where one fails or assumes too much."""
    names = list(names)
    compile_files((theorem(name).file for name in names), workshop())
    found = assumptions(names, workshop())
    missing = [name for name in names if name not in found]
    if missing:
        raise Refused(f"Print Assumptions said nothing of {', '.join(missing)}")
    return [AcceptedTheorem(name, theorem(name).file, found[name]) for name in names]


def main() -> int:
    """Compile everything and print each theorem with its axioms; 0 if all are proved, 1 if not, 2 without Coq."""
    if coqc() is None:
        print(f"coqc is not on the path; install it with\n  {INSTALL}", file=sys.stderr)
        return 2
    start = time.perf_counter()
    names = [name for entry in FORMAL for name in entry.theorems]
    try:
        proofs = prove(names)
    except Refused as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for proof in proofs:
        print(
            f"{proof.file + '.v':6} {theorem(proof.theorem).statement}\n       assumes {', '.join(proof.axioms)}\n"
        )
    print("Axioms of Coq's standard reals, and no others:")
    for axiom in sorted({axiom for proof in proofs for axiom in proof.axioms}):
        print(f"  {axiom}: {AXIOMS[axiom]}")
    print(f"{len(proofs)} theorems accepted by the kernel in {time.perf_counter() - start:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
