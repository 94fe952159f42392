"""What an optimizer's step must be, given its gradients: the moving averages unrolled, with error bounds.

m_t = (1-β1) Σ_s β1^{t-s} g_s and v_t alike are I1's law at finite time.  Beside each runs the sum of
absolute values, which bounds what rounding can do to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.theory.bounds.margin_bounds import gamma_n


@dataclass(frozen=True)
class Law:
    """Directions u_t, shape (T, d), so that w_{t+1} = w_t - η_t u_t, and how far off a correct program may be.

    Attributes:
      direction: u_t.
      allowance: error of u_t that rounding explains, same shape (times η_t).
      free: where the sign of m is undecided at working precision, so that any of -1, 0, 1 is right.
    """

    direction: np.ndarray
    allowance: np.ndarray
    free: np.ndarray


def law(
    subject: OptimizerUnderTest,
    hyper: Mapping[str, Fraction],
    gradients: np.ndarray,
    errors: np.ndarray | float = 0.0,
) -> Law:
    """The law for a sequence of gradients g_t.

    Arguments:
      gradients: shape (T, d).
      errors: bounds of their absolute errors, same shape, or 0 where they are exact.
    """
    beta = {key: float(value) for key, value in hyper.items()}
    g, unit = gradients, subject.unit
    fresh = np.broadcast_to(np.asarray(errors, dtype=np.float64), g.shape)
    if subject.family == "gd":
        return Law(g, fresh + 4 * unit * np.abs(g), np.zeros(g.shape, dtype=bool))
    if subject.family == "signum":
        m, slack = _average(g, fresh, beta["beta"], subject)
        return Law(np.sign(m), np.full(g.shape, 2 * unit), (np.abs(m) <= slack) & (slack > 0))
    return _adam_law(subject, beta, g, fresh)


def _adam_law(
    subject: OptimizerUnderTest, beta: Mapping[str, float], g: np.ndarray, fresh: np.ndarray
) -> Law:
    unit, b1, b2 = subject.unit, beta["beta1"], beta["beta2"]
    m, m_slack = _average(g, fresh, b1, subject)
    v, v_slack = _average(g * g, fresh * (2 * np.abs(g) + fresh) + 2 * unit * g * g, b2, subject)
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(v)
        u = np.where(v > 0, m / root, 0.0)
        slack = np.where(v > 0, m_slack / root + np.abs(u) * (v_slack / v + 8 * unit), 0.0)
    if subject.corrected:
        t = np.arange(1, len(g) + 1.0)[:, None]
        factor = np.sqrt(1 - b2**t) / (1 - b1**t)
        lost = 8 * unit * (1 + 1 / (1 - b1**t) + 1 / (1 - b2**t))  # 1 - β^t cancels when β^t is near 1
        u, slack = factor * u, factor * (slack + np.abs(u) * lost)
    return Law(u, slack, v == 0)


def _average(
    g: np.ndarray, fresh: np.ndarray, beta: float, subject: OptimizerUnderTest
) -> tuple[np.ndarray, np.ndarray]:
    """(m_t, its error bound), both shape (T, d): an averaging step rounds three times."""
    unit = subject.unit
    lost = 4 * unit if subject.cancels else 0.0
    m, size, error = np.zeros(g.shape[1]), np.zeros(g.shape[1]), np.zeros(g.shape[1])
    out, slack = np.empty(g.shape), np.empty(g.shape)
    for t, (value, new) in enumerate(zip(g, fresh, strict=True)):
        m = beta * m + (1 - beta) * value
        size = beta * size + (1 - beta) * np.abs(value)
        error = beta * error + (1 - beta) * new + float(gamma_n(8, unit)) * size + lost * np.abs(value)
        out[t], slack[t] = m, error
    return out, slack


def step_allowance(W: np.ndarray, etas: np.ndarray, slack: np.ndarray, unit: float) -> np.ndarray:
    """What rounding may add to w_{t+1} - w_t + η_t u_t: the law's slack, and one rounding of w and of ηu each."""
    size = np.abs(W)
    return np.asarray(etas[:, None] * slack * (1 + 4 * unit) + 2 * unit * (size[1:] + size[:-1]))
