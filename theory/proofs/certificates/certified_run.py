"""From an optimizer, its batches and its schedule to the certificate of a run: which kind, and what none holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from marginproof.theory.batching import Batching
from marginproof.theory.errors import MarginproofError
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.solve import solve
from marginproof.theory.limit.steps.constant import solve_constant
from marginproof.theory.margins.max_margin import l2_margin
from marginproof.theory.number_systems import exact
from marginproof.theory.optimizers import Optimizer, field_of
from marginproof.theory.proofs.certificates.document import Certificate
from marginproof.theory.proofs.certificates.errors import CertificateError
from marginproof.theory.proofs.certificates.runs import constant_step, vanishing_steps, vertex
from marginproof.theory.proofs.runs.constant_step import ConstantStepProof, constant_step_proof
from marginproof.theory.proofs.runs.inc_adam import IncAdamRun, inc_adam_run
from marginproof.theory.proofs.runs.saved import Saved
from marginproof.theory.proofs.runs.vanishing import PowerSteps
from marginproof.theory.schedules import Power

MOST_STEPS = 300_000
"""A run is followed so far, unless told otherwise."""
MOST_DIGITS = {"constant_step": 50, "vanishing_steps": 9, "vertex": 9}
ROOTS = 64
"""The largest power of two below the line of a schedule's exponent that the checker reads."""
Progress = Callable[[str, int, int], None]


def run_of(
    X: Any, optimizer: Optimizer, start: Sequence[Any] | None = None, batching: Batching | None = None
) -> IncAdamRun:
    """The run that a certificate can be about; numbers of the start as they are written in decimals.

    Raises:
      MarginproofError: another optimizer than Adam or RMSProp in cyclic batches, ε or bias correction, and what
        :class:`~marginproof.theory.proofs.runs.inc_adam.IncAdamRun` refuses.
    """
    field = field_of(optimizer, len(X), batching).finite_betas(len(X))
    if field is None:
        raise MarginproofError(
            f"optimizer={optimizer.name}: a certified run is of Adam or RMSProp in cyclic batches of fewer than all rows"
        )
    if getattr(optimizer, "bias_correction", False):
        raise MarginproofError("bias_correction is not supported in a certified run; leave it out")
    if getattr(optimizer, "eps", 0):
        raise MarginproofError(f"eps={float(optimizer.eps):g}: a certified run needs eps = 0; leave it out")  # type: ignore[attr-defined]
    return inc_adam_run(X, field, None if start is None else [as_written(v) for v in start])


def as_written(value: Any) -> Fraction:
    """A float as the decimal number that it is written as; other numbers as they are."""
    return Fraction(str(float(value))) if isinstance(value, float) else exact(value)


def power_steps(schedule: Power) -> PowerSteps:
    """η_0 (t + t_0)^(-a) in exact numbers.

    Raises:
      MarginproofError: an exponent above 1, whose steps have a finite sum, or not p/1, p/2, p/4, … p/64.
    """
    power = as_written(schedule.decay)
    if power > 1:
        raise MarginproofError(
            f"lr_decay={schedule.decay:g}: the steps have a finite sum; choose one in (0, 1]"
        )
    below = power.denominator
    if below & (below - 1) or below > ROOTS:
        raise MarginproofError(
            f"lr_decay={schedule.decay:g} has no power of two up to {ROOTS} below the line, as a certificate needs; "
            "choose one such as 0.5, 0.75 or 1"
        )
    return PowerSteps(as_written(schedule.lr), as_written(schedule.offset), power)


def largest_step(schedule: Power) -> Fraction:
    """A bound of all steps: η_0 where t_0 >= 1 or the step is constant."""
    if schedule.decay == 0 or schedule.offset >= 1:
        return as_written(schedule.lr)
    return Fraction(schedule.largest) * Fraction(1 + 2**40, 2**40)  # above float64's rounding


def kind_of(
    run: IncAdamRun, schedule: Power, digits: int | None, most_steps: int, every_schedule: bool
) -> str:
    """The kind of certificate that these settings ask for.

    Raises:
      MarginproofError: settings that no kind holds.
    """
    kind = "vertex" if every_schedule else "vanishing_steps" if schedule.decay else "constant_step"
    if digits is not None and not 1 <= digits <= MOST_DIGITS[kind]:
        raise MarginproofError(
            f"digits={digits} is outside 1..{MOST_DIGITS[kind]}, the decimals of such a certificate's box"
        )
    if most_steps < 1:
        raise MarginproofError(f"steps={most_steps}: at least one step is needed")
    if kind != "constant_step" and (run.n_steps != len(run.X) or run.field.beta1 == 0):
        given = "beta1=0" if run.field.beta1 == 0 else f"batch_size={len(run.batches[0])}"
        raise MarginproofError(
            f"{given} with vanishing steps: that kind of certificate holds one sample a step and beta1 > 0; "
            "a constant step (lr_decay=0) has one for every batch size and beta1"
        )
    if kind == "vanishing_steps":
        power_steps(schedule)
    return kind


def certified_run(
    run: IncAdamRun,
    schedule: Power,
    digits: int | None = None,
    most_steps: int = MOST_STEPS,
    progress: Progress = lambda what, done, total: None,
    every_schedule: bool = False,
    saved: Saved | None = None,
) -> Certificate:
    """The certificate that a run of Inc-Adam converges in direction, under the exponential loss.

    Arguments:
      run: the algorithm, see :func:`run_of`.
      schedule: its steps; decay 0 is a constant step.
      digits: decimals of the limit direction's box [default: 9].
      most_steps: give up beyond so many steps.
      progress: called with what is done, how much, out of how much.
      every_schedule: about every run with positive steps of infinite sum that are at most the schedule's largest.
      saved: where the search goes on, and leaves its states.

    Raises:
      MarginproofError: settings that no kind of certificate holds; nothing was computed.
      NotSeparableError: with the Farkas certificate.
      CertificateError: no trap was found that the run reaches.
    """
    kind = kind_of(run, schedule, digits, most_steps, every_schedule)
    count = 9 if digits is None else digits
    l2_margin(run.X)  # data that are not separable are refused with their reason
    if kind == "vertex":
        return vertex(run, largest_step(schedule))
    refuse_equal_support(run, schedule)
    if kind == "vanishing_steps":
        return vanishing_steps(run, power_steps(schedule), count, most_steps, progress=progress, saved=saved)
    epochs = max(1, most_steps // run.n_steps)
    proof = constant_step_proof(run, as_written(schedule.lr), count, epochs, progress, saved)
    return accepted(proof, progress)


def accepted(proof: ConstantStepProof, progress: Progress) -> Certificate:
    """The certificate of a constant step, judged.

    Raises:
      CertificateError: the checker does not accept it.
    """
    certificate = constant_step(proof)
    progress("asking the checker, epochs", proof.epochs, proof.epochs)
    word, reason = certificate.verdict()
    if word == "VALID":
        return certificate
    raise CertificateError(
        f"lr={proof.lr}: the run is in a trap after {proof.epochs} epochs, but the checker does not accept it ({reason}); "
        "another lr, somewhat larger or smaller, may be within its reach"
    )


def refuse_equal_support(run: IncAdamRun, schedule: Power) -> None:
    """Before anything is searched: where the predicted support has equal rows, no kind holds the run.

    Raises:
      CertificateError: with the rows' numbers, from 1.
    """
    pairs = run.equal_rows
    if not pairs:
        return
    problem, start = LimitProblem(run.X, run.field), np.array([float(v) for v in run.start])
    limit = (
        solve(problem, start)
        if schedule.decay
        else solve_constant(problem, float(schedule.lr), start, contraction=False).limit
    )
    for first, other in pairs:
        if {first, other} <= set(limit.support):
            raise CertificateError(
                f"rows {first + 1} and {other + 1} are equal and keep weight, and no kind of certificate holds a run whose "
                "support has equal rows; leave one of them out, which changes the run"
            )
