"""Evidence from Coq's kernel: the claim's theorems, compiled afresh in this run, or a note where Coq is not there.

A proof counts only where the kernel has just checked it.  Without Coq the verdict stands as the other
evidence gives it, and the row says where the proof is.
"""

from __future__ import annotations

from typing import Any

from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, failed
from marginproof.theory.formal.files import Formal, formal
from marginproof.theory.formal.kernel import Refused, prove, usable
from marginproof.theory.verdicts import SUPPORTS, Verdict


def proved(entry: Formal) -> Evidence:
    """The claim's theorems by the kernel, with the axioms they assume."""
    try:
        proofs = prove(entry.theorems)
    except Refused as error:
        return failed(str(error))
    axioms = sorted({axiom for proof in proofs for axiom in proof.axioms})
    return Evidence(True, len(proofs), f"{entry.path} compiled; assumes {', '.join(axioms) or 'nothing'}")


def formal_sources(claim: Claim) -> tuple[EvidenceSource, ...]:
    """The claim's formal statement as one source; none where it has none."""
    entry = formal(claim.id)
    if entry is None:
        return ()
    if not usable():
        note = f"kernel proof in {entry.path}, not re-run here"
        return (EvidenceSource("Coq", SUPPORTS, entry.scope, _absent, part=note),)

    def run(formula: Any, effort: Effort) -> Evidence:
        return proved(entry)

    part = "" if entry.whole else f"for {entry.scope} (kernel)"
    return (EvidenceSource("Coq", Verdict.PROVED, entry.scope, run, part=part, by="kernel"),)


def _absent(formula: Any, effort: Effort) -> Evidence:
    return Evidence(True, 1, "no Coq that compiles its own real numbers is on the path")
