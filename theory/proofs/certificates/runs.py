"""Certificates of runs of the algorithm: Inc-Adam from one start, its momenta included."""

from __future__ import annotations

from typing import Any

from marginproof.theory.proofs.certificates.document import Certificate
from marginproof.theory.proofs.runs.constant_step import ConstantStepProof

CHECKER_BITS = 160
"""The precision that the checker's runs have beyond the ``bits`` of a certificate."""


def constant_step(proof: ConstantStepProof, claim: str | None = None, note: str = "") -> Certificate:
    """The certificate of a run at a constant step (docs/certificates.md, ``constant_step``)."""
    trap, run = proof.contraction, proof.run
    stated: dict[str, Any] = {
        "start": list(run.start),
        "lr": proof.lr,
        "support": [trap.chart, *trap.free],
        "direction": [list(ends) for ends in proof.direction],
        "growth": list(proof.growth),
    }
    witness = stated | {
        "epochs": proof.epochs,
        "bits": proof.bits - CHECKER_BITS + 64,
        "centre": list(trap.centre),
        "basis": [list(row) for row in trap.basis],
        "factor": trap.factor,
        "others": list(trap.others),
    }
    rows = tuple(tuple(row) for row in run.X)
    conclusion = {"limit": "w_t/|w_t| converges"} | stated
    return Certificate("constant_step", rows, witness, conclusion, run.field, claim, note)
