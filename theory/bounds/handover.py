"""B8 along a run: where Adam's steps hand over from √v to ε, as two bounds of every step.

With D_k = max_i |x_i[k]|, μ_t = min_i x_i·w_t and margins that move by at most c a step, q = β2 e^{2c} < 1 and
κ = √((1-β2)/(1-q)), a batch's mean gradient g has |g_s[k]| <= D_k e^{-μ_s} (both losses), so that

    (1-β2) g_t[k]²  <=  v_t[k]  <=  (κ D_k e^{-μ_t})².

A step is η_t |m̂_t|/(√v̂_t + ε); with the correction f = 1-β2^{t+1} of v, v̂ = v/f, and f = 1 without one,

    η_t |m̂|/(κ D_k e^{-μ_t}/√f + ε')  <=  |Δw_k|  <=  η_t |m̂|/(√((1-β2)/f) |g_t[k]| + ε'),

ε' = ε, or ε/√f for the placement ``uncorrected``; ``inside``, the sums a + ε' become √(a² + ε).  From the margin
log(κ D_k/(δ ε)) on the left side is gradient descent's step η|m̂|/ε to within a relative δ.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from marginproof.theory.bounds.comparison import Comparison, Vector, inequality
from marginproof.theory.bounds.margin_bounds import Trajectory, gamma_n, step_constants
from marginproof.theory.laws.settings import Settings


@dataclass(frozen=True)
class Averages:
    """What a law makes of the gradients along a run: m_t before its correction, and errors; each of shape (T, d)."""

    g: Vector
    g_error: Vector
    m: Vector
    m_error: Vector


def averages(g: Vector, g_error: Vector, beta1: float, unit: float) -> Averages:
    """m_t = β1 m_{t-1} + (1-β1) g_t; an average of three roundings a step."""
    m, error = np.empty_like(g), np.empty_like(g)
    last, lost = np.zeros(g.shape[1]), np.zeros(g.shape[1])
    for t in range(len(g)):
        size = beta1 * np.abs(last) + (1 - beta1) * np.abs(g[t])
        last = beta1 * last + (1 - beta1) * g[t]
        lost = beta1 * lost + (1 - beta1) * g_error[t] + 8 * unit * size
        m[t], error[t] = last, lost
    return Averages(g, g_error, m, error)


def handover_sides(run: Trajectory, seen: Averages, beta1: float, beta2: float, h: Settings) -> Comparison:
    """Both bounds, the worse coordinate of each step; vacuous where q >= 1.

    Arguments:
      h: ε, its placement, whether moments are corrected; m and v start at 0.

    The example's strength is the least share of gradient descent's step that the last lower bound leaves.
    """
    steps = np.arange(1.0, len(run.etas) + 1)
    A = step_constants(len(steps), beta1, beta2, h.corrected)
    c = float((run.etas * A).max()) * run.radius
    q = beta2 * np.exp(min(2 * c, 700.0))
    if not q < 1:
        return Comparison(True, f"q = {q:.3g} >= 1", vacuous=True, strength=0.0)
    column = np.abs(run.X).max(axis=0)
    ceiling = np.sqrt((1 - beta2) / (1 - q)) * column * np.exp(-run.margins[:-1])[:, None]
    f1, f2 = (
        _corrections(beta, steps) if h.corrected else np.ones((len(steps), 1)) for beta in (beta1, beta2)
    )
    high = _divisor(ceiling / np.sqrt(f2), f2, h)
    floor = np.sqrt((1 - beta2) / f2) * np.maximum(np.abs(seen.g) - seen.g_error, 0.0)
    low = _divisor(floor, f2, h)
    rate, moved = run.etas[:, None] / f1, np.abs(np.diff(run.W, axis=0))
    relative = np.asarray(
        gamma_n(64.0 + 8 * run.X.shape[1], run.unit) + 4 * run.radius * run.unit * run.sizes[:-1, None]
    )
    relative = relative + gamma_n(16 + 4 * steps[:, None], run.unit) * ((1 - f1) / f1 + (1 - f2) / f2)
    rounded = 2 * run.unit * (np.abs(run.W[1:]) + np.abs(run.W[:-1]))
    least = rate * np.maximum(np.abs(seen.m) - seen.m_error, 0.0) / high
    most = rate * (np.abs(seen.m) + seen.m_error) / low
    alone = _divisor(np.zeros_like(f2[-1]), f2[-1], h)  # ε as placed
    share = float((alone / high[-1]).min())
    below = _worst("B8", least, moved, relative * least + rounded, "η|m|/(κ D e^{-μ} + ε) <= |Δw|")
    above = _worst("B8", moved, most, relative * most + rounded, "|Δw| <= η|m|/(√(1-β2) |g| + ε)")
    return replace(below if not below.holds else above, strength=share, holds=below.holds and above.holds)


def _corrections(beta: float, steps: Vector) -> Vector:
    """1 - β^t, shape (T, 1)."""
    return np.asarray(1 - beta**steps)[:, None]


def _divisor(root: Vector, f2: Vector, h: Settings) -> Vector:
    """√v̂ + ε as placed."""
    if h.eps_placement == "inside":
        return np.asarray(np.sqrt(root * root + h.eps))
    return np.asarray(root + (h.eps / np.sqrt(f2) if h.eps_placement == "uncorrected" else h.eps))


def _worst(claim: str, lower: Vector, upper: Vector, allowance: Vector, note: str) -> Comparison:
    """An inequality at each step's worst coordinate."""
    excess = lower - upper - allowance
    place = np.argmax(np.where(np.isnan(excess), np.inf, excess), axis=1)[:, None]
    lower, upper, allowance = (np.take_along_axis(x, place, axis=1)[:, 0] for x in (lower, upper, allowance))
    return inequality(claim, lower, upper, allowance, None, note)
