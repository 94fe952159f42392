"""Certificates of runs of the algorithm: Inc-Adam from one start, its momenta included."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import floor
from typing import Any

from marginproof.theory.proofs.certificates.document import Certificate
from marginproof.theory.proofs.certificates.errors import CertificateError
from marginproof.theory.proofs.runs.constant_step import ConstantStepProof
from marginproof.theory.proofs.runs.inc_adam import IncAdamRun
from marginproof.theory.proofs.runs.saved import Saved
from marginproof.theory.proofs.runs.vanishing import PowerSteps, Region, candidates
from marginproof.theory.proofs.runs.vertex import VertexWitness, vertex_rows, vertex_witness

CHECKER_BITS = 160
"""The precision that the checker's runs have beyond the ``bits`` of a certificate."""


def constant_step(proof: ConstantStepProof, claim: str | None = None, note: str = "") -> Certificate:
    """The certificate of a run at a constant step (:doc:`/certificates`, ``constant_step``)."""
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


def vanishing_steps(
    run: IncAdamRun,
    steps: PowerSteps,
    digits: int = 9,
    most_steps: int = 300_000,
    seconds: float = 120.0,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
    saved: Saved | None = None,
) -> Certificate:
    """The certificate of a run with vanishing steps (:doc:`/certificates`, ``vanishing_steps``).

    Regions are found in floating point; the first that the checker calls VALID is taken.

    Arguments:
      run, steps: the algorithm, one sample a step, and the step sizes; η_t = η_0 (t + s)^-p with η_0 ``eta0``, s ``offset`` and p ``power``.
      digits: decimals of the limit direction's box, at most 9.
      most_steps: give up beyond so many steps.
      seconds: the checker's time limit for one region.
      saved: where the search goes on, and leaves what the checker refused.

    Raises:
      CertificateError: no region was found that the run enters and the checker accepts.
    """
    reason = "the run's weights are not near a limit of the field that attracts"
    saved = saved or Saved()
    known = saved.parts.get("refused", [])
    for number, region in enumerate(candidates(run, steps, most_steps)):
        if number < len(known):
            reason = known[number]
            continue
        progress(f"asking the checker about step {region.count}", region.count, most_steps)
        for bits in (32, 128, 512):
            certificate = vanishing_certificate(run, steps, region, bits, digits)
            verdict, reason = certificate.verdict(seconds)
            if verdict == "VALID":
                return certificate
            if "after the stated steps" not in reason and "out of its bounds" not in reason:
                break
        known = [*known, reason]
        saved.put("refused", known)
    raise CertificateError(
        f"no region that the run never leaves was reached in {most_steps} steps (last reason: {reason}); a smaller "
        "eta0, a larger offset or more steps may help"
    )


def vanishing_certificate(
    run: IncAdamRun, steps: PowerSteps, region: Region, bits: int, digits: int
) -> Certificate:
    """The certificate of one region, not yet judged."""
    scale = 10**digits
    stated: dict[str, Any] = {
        "start": list(run.start),
        "steps": {"eta0": steps.eta0, "offset": steps.offset, "power": steps.power},
        "support": list(region.support),
        "direction": [
            [Fraction(floor(v * scale) - 1, scale), Fraction(floor(v * scale) + 2, scale)]
            for v in region.direction
        ],
    }
    witness = stated | {
        "count": region.count,
        "bits": bits,
        "centre": list(region.centre),
        "basis": [list(row) for row in region.basis],
        "mu": region.mu,
        "most": region.most,
        "growth": [list(ends) for ends in region.growth],
        "drift": [list(ends) for ends in region.drift],
        "others": list(region.others),
    }
    rows = tuple(tuple(row) for row in run.X)
    return Certificate("vanishing_steps", rows, witness, {"limit": "w_t/|w_t| converges"} | stated, run.field)


ROOMS = (0.02, 0.06, 0.15, 0.4)
"""Widths of a vertex's stated bounds that are tried, relative to the field."""


def vertex(run: IncAdamRun, largest: Fraction, seconds: float = 60.0) -> Certificate:
    """The certificate that every run with steps at most ``largest`` tends to one vertex (:doc:`/certificates`, ``vertex``).

    Raises:
      CertificateError: no row strictly dominates the others, or the checker accepts no bounds for such steps.
    """
    rows = vertex_rows(run)
    if not rows:
        raise CertificateError(
            "no row x_p has x_j·sign(x_p) > |x_p|_1 for all other rows, so no vertex attracts every small step"
        )
    reason = ""
    for row in rows:
        for room in ROOMS:
            certificate = vertex_certificate(run, vertex_witness(run, row, largest, room))
            verdict, reason = certificate.verdict(seconds)
            if verdict == "VALID":
                return certificate
    raise CertificateError(
        f"steps up to {float(largest):g} are not surely small enough for every run to tend to a vertex (last reason: "
        f"{reason}); a smaller step may help"
    )


def vertex_certificate(run: IncAdamRun, found: VertexWitness) -> Certificate:
    """The certificate of one vertex, not yet judged."""
    stated: dict[str, Any] = {"start": list(run.start), "largest": found.largest, "row": found.row}
    witness = stated | {
        "epochs": found.epochs,
        "most": found.most,
        "growth": [list(ends) for ends in found.growth],
        "fall": list(found.fall),
        "others": list(found.others),
    }
    rows = tuple(tuple(row) for row in run.X)
    direction = [1 if v > 0 else -1 for v in run.X[found.row]]
    conclusion = {"limit": "w_t/|w_t| converges", "direction": direction} | stated
    return Certificate("vertex", rows, witness, conclusion, run.field)
