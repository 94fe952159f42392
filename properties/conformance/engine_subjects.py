"""The compiled engine as a subject: the same checks test its runs, batches of its own drawing included.

The engine keeps gradients, m and v relative to running scales, and rescales them as it goes: up to four
times the roundings of a plain step, which the subjects' ``unit`` says.  Compiled with reassociation, it may
form (1-β)g as g - βg: ``cancels``.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.properties.simulation.trajectories import trace
from marginproof.theory import optimizers
from marginproof.theory.batching import Full
from marginproof.theory.bounds.margin_bounds import UNIT, Trajectory


def driver(make: Callable[..., optimizers.Optimizer]) -> Callable[[Case], Trajectory]:
    """A function that runs a case in the engine."""

    def drives(case: Case) -> Trajectory:
        optimizer = make(**case.hyper)
        batching = Full() if optimizer.full_batch_only else case.batching
        made = trace(
            case.X,
            optimizer,
            batching=batching,
            schedule=case.etas,
            steps=case.steps,
            loss=case.loss,
            seed=case.seed,
        )
        return Trajectory(made.X, made.W, made.etas, made.visits, made.loss)

    return drives


def _unbiased(beta1: Fraction, beta2: Fraction) -> optimizers.Adam:
    return optimizers.Adam(beta1, beta2, bias_correction=True)


def _subject(
    name: str, family: str, make: Callable[..., optimizers.Optimizer], corrected: bool = False
) -> OptimizerUnderTest:
    return OptimizerUnderTest(name, family, lambda dim, hyper: None, corrected=corrected, owns_loop=True, unit=4 * UNIT, cancels=True,
                   drives=driver(make), origin=f"marginproof.properties.conformance.engine_subjects:{name}")  # fmt: skip


Signum = _subject("Signum", "signum", optimizers.Signum)
Adam = _subject("Adam", "adam", optimizers.Adam)
UnbiasedAdam = _subject("UnbiasedAdam", "adam", _unbiased, corrected=True)
AdamProxy = _subject("AdamProxy", "adamproxy", optimizers.AdamProxy)
NormalisedGD = _subject("NormalisedGD", "gd", optimizers.NormalisedGD)
ENGINE = (Signum, Adam, UnbiasedAdam, AdamProxy)
"""Subjects for every check of their family; :data:`NormalisedGD` is for B4 and B6 alone."""
