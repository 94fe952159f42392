"""What an optimizer's step must be, given its gradients: its own law, with bounds of what rounding can do.

The law (:mod:`marginproof.theory.laws.catalogue`) runs on values with radii
(:mod:`marginproof.theory.laws.arithmetic`) at the unit roundoff of the optimizer under test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.theory.laws.catalogue import rounded_directions


@dataclass(frozen=True)
class ExpectedDirections:
    """Directions u_t, shape (T, d), so that w_{t+1} = w_t - η_t u_t, and how far off a correct program may be.

    Attributes:
      direction: u_t.
      allowance: error of u_t that rounding explains, same shape (times η_t); ∞ where 0/0 leaves u open.
    """

    direction: np.ndarray
    allowance: np.ndarray


def law(
    subject: OptimizerUnderTest,
    hyper: Mapping[str, Fraction],
    gradients: np.ndarray,
    W: np.ndarray,
    rates: np.ndarray,
    errors: np.ndarray | float = 0.0,
    times: Sequence[int] | None = None,
) -> ExpectedDirections:
    """The law of a subject for a sequence of gradients g_t.

    Arguments:
      gradients: shape (T, d).
      W: the subject's iterates, shape (T+1, d).
      rates: η_t, shape (T,).
      errors: bounds of the gradients' absolute errors, same shape, or 0 where they are exact.
      times: what the law's counter says at each step [default: 1, 2, …].
    """
    assert subject.declared is not None
    unit = subject.unit
    fresh = np.broadcast_to(np.asarray(errors, dtype=np.float64), gradients.shape)
    fresh = fresh + (0.0 if not fresh.any() else 2 * unit * np.abs(gradients))
    if subject.cancels:  # (1-β) g formed as g - βg
        slowest = max([float(value) for value in hyper.values()], default=0.0)
        fresh = fresh + 4 * unit / (1 - slowest) * np.abs(gradients)
    u, slack = rounded_directions(subject.declared, hyper, gradients, fresh, W[:-1], rates, unit, times)
    return ExpectedDirections(u, slack + 4 * unit * np.abs(u))


def step_allowance(W: np.ndarray, etas: np.ndarray, slack: np.ndarray, unit: float) -> np.ndarray:
    """What rounding may add to w_{t+1} - w_t + η_t u_t: the law's slack, and one rounding of w and of ηu each."""
    size = np.abs(W)
    return np.asarray(etas[:, None] * slack * (1 + 4 * unit) + 2 * unit * (size[1:] + size[:-1]))
