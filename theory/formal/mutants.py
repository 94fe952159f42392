"""Each statement with one change that makes it false: its proof must no longer compile.

A changed statement is first compiled with its proofs left out, so that a refusal means that the proof
fails, not that the text is ill formed.  ``python -m marginproof.theory.formal.mutants`` prints the table.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from marginproof.theory.formal.files import source
from marginproof.theory.formal.kernel import INSTALL, Refused, compile_files, compile_text, coqc, workshop


@dataclass(frozen=True)
class Change:
    """A change of a file.

    Attributes:
      file: the file's stem.
      theorem: whose statement it changes (or that of a definition it uses).
      kind: what is wrong with it.
      old, new: the text replaced, which the file holds exactly once after ``theorem``'s keyword or
        as a definition.
    """

    file: str
    theorem: str
    kind: str
    old: str
    new: str


@dataclass(frozen=True)
class Fate:
    """What became of a change: whether it is well formed, whether its proof still compiles, and where it broke."""

    change: Change
    well_formed: bool
    compiles: bool
    where: str

    @property
    def killed(self) -> bool:
        """Whether the statement can be read and its proof fails."""
        return self.well_formed and not self.compiles


POSITIVE = "(forall t, 0 < η t) ->"
ANY = "(forall t : nat, 0 < 1) ->"
HALF, QUARTER = "* (R * R) / 2)", "* (R * R) / 4)"
CHANGES = (
    Change("i11", "I11", "missing factor", "A : R := (1 - β1) / sqrt ((1 - β2) *", "A : R := (1 - β1) / sqrt (1 *"),
    Change("i11", "I11", "½ for 1", "A : R := (1 - β1) /", "A : R := (1 / 2 - β1) /"),
    Change("i11", "I11", "shifted index", "A_at β1 β2 t <= A β1 β2.", "A_at β1 β2 (t - 1) <= A β1 β2."),
    Change("i11", "I11", "β2 < 1 dropped", "β1 * β1 < β2 < 1 ->\n  Rabs", "β1 * β1 < β2 < 2 ->\n  Rabs"),
    Change("i11", "I11_at_least_1", "strict", "-> 1 <= A", "-> 1 < A"),
    Change("i11", "I11_sharp", "inverted ratio", "(β2 / β1) ^ s", "(β1 / β2) ^ s"),
    Change("b1", "B1", "shifted index", "<= η t * A_at β1 β2 (S t)", "<= η t * A_at β1 β2 t"),
    Change("b1", "B1", "wrong norm", "norminf d (fun k", "norm1 d (fun k"),
    Change("b1", "B1", "positivity dropped", "0 < η t ->", "0 < 1 ->"),
    Change("b2", "B2", "half the cost", HALF, QUARTER),
    Change("b2", "B2", "β < 1 dropped", "0 <= β < 1 ->", "0 <= β < 2 ->"),
    Change("b2", "B2", "positivity dropped", POSITIVE, ANY),
    Change("b2", "B2", "wrong norm", "let R := radius1", "let R := radius2"),
    Change("b2", "B2", "reversed drift", "U := drift 1.", "U := drift (- (1))."),
    Change("b2", "B2", "sign of f", "γ * ρ - radius * Rabs", "γ * ρ + radius * Rabs"),
    Change("b2", "B2", "½ for 1", "γ * ρ - radius * Rabs (1 - ρ).",
           "γ * ρ - radius * Rabs (1 / 2 - ρ)."),
    Change("b3", "B3", "dropped square", "λ := γ * γ /", "λ := γ /"),
    Change("b3", "B3", "missing √N", "sqrt (INR N) * radius1", "1 * radius1"),
    Change("b3", "B3", "half the cost", "(ρ * ρ) / 2", "(ρ * ρ) / 4"),
    Change("b3", "B3", "positivity dropped", POSITIVE, ANY),
    Change("b4", "B4", "half the cost", HALF, QUARTER),
    Change("b4", "B4", "wrong margin", "max_margin N d x (norm2 d)", "max_margin N d x (norminf d)"),
    Change("b4", "B4", "wrong norm", "/\\ norm2 d (w T)", "/\\ norm1 d (w T)"),
    Change("b4", "B4", "positivity dropped", POSITIVE, ANY),
    Change("b5", "B5", "half the cost", HALF, QUARTER),
    Change("b5", "B5", "wrong radius", "let R := radius1", "let R := radius2"),
    Change("b5", "B5", "wrong norm", "/\\ norminf d (w T)", "/\\ norm1 d (w T)"),
    Change("b5", "B5", "positivity dropped", POSITIVE, ANY),
    Change("b6", "B6_linf", "wrong norm", "γ <= norm1 d (combine N x c)", "γ <= norminf d (combine N x c)"),
    Change("b6", "B6_linf", "simplex dropped", "0 < norminf d w ->\n  simplex N c ->", "0 < norminf d w ->\n  simplex N c \\/ True ->"),
    Change("b6", "B6_linf", "½ for 1", "γ <= norm1 d (combine N x c)", "γ <= 1 / 2 * norm1 d (combine N x c)"),
    Change("b6", "B6_l2", "wrong margin", "max_margin N d x (norm2 d) γ ->\n  0 < norm2", "max_margin N d x (norminf d) γ ->\n  0 < norm2"),
    Change("b6", "B6_l2", "½ for 1", "γ <= norm2 d (combine N x c)", "γ <= 1 / 2 * norm2 d (combine N x c)"),
    Change("b7", "B7_step", "missing half", "λ : R := ln (/ β2) / 2.", "λ : R := ln (/ β2)."),
    Change("b7", "B7_step", "missing root", "ϱ : R := β1 / sqrt β2.", "ϱ : R := β1 / β2."),
    Change("b7", "B7_step", "dropped square", "column_max N x k * column_max N x k / Rabs", "column_max N x k / Rabs"),
    Change("b7", "B7_step", "first gradient may vanish", "k O <> 0) ->\n  adam_batches N d x β1 β2 η batch w ->\n  let H := h",
           "k O <> 1) ->\n  adam_batches N d x β1 β2 η batch w ->\n  let H := h"),
    Change("b7", "B7", "positivity dropped", f"{POSITIVE}\n  (forall t, η t <= η0)", f"{ANY}\n  (forall t, η t <= η0)"),
    Change("b7", "B7", "bound dropped", "(forall t, η t <= η0) ->", "(forall t : nat, 0 <= η0) ->"),
    Change("b7", "B7", "½ for 1", "^ S n / (1 - ϱ β1 β2) <= λ β2 / 2 ->", "^ S n / (1 - ϱ β1 β2) <= λ β2 ->"),
    Change("b7", "B7", "missing 2", "H := ln (2 * η0 *", "H := ln (1 * η0 *"),
    Change("b7", "B7", "fewer leaps", "+ INR (S n) * Rmax J 0.", "+ INR n * Rmax J 0."),
    Change("b7", "B7", "first gradient may vanish", "k O <> 0) ->\n  adam_batches N d x β1 β2 η batch w ->\n  η0",
           "k O <> 1) ->\n  adam_batches N d x β1 β2 η batch w ->\n  η0"),
    Change("i12", "I12", "dropped square", "β2 * (growth * growth).", "β2 * growth."),
    Change("i12", "I12", "own beta1", "Definition β1' : R := β1 * growth.", "Definition β1' : R := β1 * (growth / growth)."),
    Change("i12", "I12", "wrong period", "growth : R := exp (γ / INR K).", "growth : R := exp (γ / INR (S K))."),
    Change("i12", "I12", "missing root", "(sqrt (1 - β2' ^ K) / (1", "((1 - β2' ^ K) / (1"),
    Change("i12", "I12", "sign of the tilt", "* growth ^ batch i.", "* (/ growth) ^ batch i."),
    Change("i12", "I12", "above the limit", "γ < INR K / 2 * ln (/ β2) ->", "γ < INR K * ln (/ β2) ->"),
    Change("hoeffding", "one_step", "half the cost", "η * η * (ρ * ρ) / 2", "η * η * (ρ * ρ) / 4"),
    Change("hoeffding", "one_step", "sign", "exp (- (η * dot d (combine", "exp (- (2 * η * dot d (combine"),
)  # fmt: skip


def changed(change: Change) -> str:
    """The file's text with the change; the text replaced must occur exactly once there."""
    text = source(change.file)
    if text.count(change.old) != 1:
        raise AssertionError(f"{change.file}.v holds {change.old!r} {text.count(change.old)} times")
    return text.replace(change.old, change.new)


def statements_only(text: str) -> str:
    """The text with every proof left out."""
    return re.sub(r"^Proof\..*?\bQed\.", "Proof. Admitted.", text, flags=re.DOTALL | re.MULTILINE)


def fate(change: Change, folder: Path) -> Fate:
    """Compile a change in ``folder``, where the files it needs are compiled."""
    text = changed(change)
    try:
        compile_text(statements_only(text), "statements", folder)
    except Refused as error:
        return Fate(change, False, False, str(error))
    try:
        compile_text(text, "changed", folder)
    except Refused as error:
        return Fate(change, True, False, _place(text, str(error)))
    return Fate(change, True, True, "")


def fates(changes: Iterable[Change] = CHANGES) -> Iterator[Fate]:
    """The fates, in order; originals are compiled once."""
    changes = list(changes)
    compile_files((change.file for change in changes), workshop())
    for change in changes:
        yield fate(change, workshop())


def _place(text: str, error: str) -> str:
    """The lemma or theorem in whose proof the error lies."""
    line = re.search(r"line (\d+)", error)
    above = "\n".join(text.splitlines()[: int(line[1])]) if line else text
    names = re.findall(r"^(?:Lemma|Theorem|Corollary) (\w+)", above, re.MULTILINE)
    return f"in the proof of {names[-1]}" if names else error[:80]


def main() -> int:
    """Print the table; 0 if every change is killed, 1 if not, 2 without Coq."""
    if coqc() is None:
        print(f"coqc is not on the path; install it with\n  {INSTALL}", file=sys.stderr)
        return 2
    found = []
    for entry in fates():
        found.append(entry)
        verdict = "killed" if entry.killed else "SURVIVED" if entry.compiles else "ILL FORMED"
        print(f"{entry.change.theorem:15} {entry.change.kind:20} {verdict:10} {entry.where}", flush=True)
    killed = sum(entry.killed for entry in found)
    print(f"{killed} of {len(found)} changed statements no longer compile.")
    return 0 if killed == len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
