"""From an optimizer and its batches to what a constant step leads to, where a theory of that exists."""

from __future__ import annotations

import numpy as np

from marginproof.theory.batching import Batching
from marginproof.theory.errors import MarginproofError
from marginproof.theory.laws import Scale
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.steps.constant import solve_constant
from marginproof.theory.limit.steps.memoryless import solve_memoryless
from marginproof.theory.limit.steps.outcome import ConstantStep
from marginproof.theory.limit.steps.refusals import check_eta
from marginproof.theory.number_systems import Array
from marginproof.theory.optimizers import Optimizer


def constant_step(
    X: Array,
    optimizer: Optimizer,
    batching: Batching,
    eta: float,
    start: Array | None = None,
    *,
    contraction: bool = True,
) -> ConstantStep:
    """The relatively periodic run of an optimizer at constant step η from w_0.

    Arguments:
      X: rows with labels folded in, shape (N, d).
      eta, start: η > 0, and w_0, shape (d,), zero by default.
      contraction: as for :func:`~marginproof.theory.limit.steps.constant.solve_constant`.

    Raises:
      MarginproofError: η not positive, or so large that β2' rounds to 1; an optimizer without such a theory.

    Example:
      >>> from marginproof.theory.optimizers import Adam
      >>> X = np.array([[4.0, 1, 2], [1, 5, -1]])
      >>> found = constant_step(X, Adam(), Adam().batching(2), 0.01)
      >>> round(float(found.beta2), 6)
      0.993024
    """
    check_eta(eta)
    field = optimizer.field(len(X), batching)
    problem = LimitProblem(np.asarray(X), field)
    if problem.field.memoryless and optimizer.scale is not Scale.ABSOLUTE:
        return solve_memoryless(problem, eta, start)
    if problem.field.finite_betas(len(X)) is not None:
        return solve_constant(problem, eta, start, contraction=contraction)
    raise MarginproofError(
        f"lr={eta:g}: constant steps have a theory for Adam and RMSProp with cyclic batches smaller than N, adamproxy and "
        f"normalised_gd, not for {optimizer.label(batching)}; leave lr out for the limit of vanishing steps"
    )


def in_words(found: ConstantStep) -> str:
    """One sentence: the effective betas, the growth, and what runs do.

    Example:
      >>> from marginproof.theory.optimizers import Adam
      >>> X = np.array([[4.0, 1, 2], [1, 5, -1]])
      >>> print(in_words(constant_step(X, Adam(), Adam().batching(2), 0.01)))
      constant step 0.01: as vanishing steps at betas 0.9202, 0.993; margins grow by 0.04429 an epoch, and increments settle by a factor 0.9978 an epoch
    """
    head = f"constant step {found.eta:g}"
    if found.growth != found.growth:
        return f"{head}: {found.reason}"
    unit = "a step" if found.beta2 is None else "an epoch"
    where = (
        "in the direction of vanishing steps"
        if found.beta2 is None
        else f"as vanishing steps at betas {found.beta1:.4g}, {found.beta2:.4g}"
    )
    text = f"{head}: {where}; margins grow by {found.growth:.4g} {unit}"
    if found.reason:
        return f"{text}; {found.outcome.value}: {found.reason}"
    return f"{text}, and increments settle by a factor {_below_one(found.contraction)} {unit}"


def _below_one(radius: float) -> str:
    """ρ in four digits, or as 1 less a difference that these would hide."""
    return f"{radius:.4g}" if radius < 0.9995 else f"1 - {1 - radius:.2g}"
