"""B7, the speed limit: at β1² < β2 no margin grows by more than ½ log(1/β2) a step on average, whatever the steps.

Put S_t = Σ_i s_i with s_i = -ℓ'(x_i·w_t) (for the exponential loss S is the loss itself), D_k = max_i |x_i[k]|,
λ = ½ log(1/β2), ϱ = β1/√β2 < 1, and let b samples be summed a step, none more than μ times.

*One step.*  v_t >= (1-β2) β2^{t-s} g_s² for every s <= t and |g_s[k]| <= μ D_k S_s, so with the largest of the past
gradients in v's memory, V_t[k] = max_{s<=t} β2^{(t-s)/2} |g_s[k]|,

    |m_t[k]|/√v_t[k] <= (1-β1)/√(1-β2) · μ D_k Σ_{s<=t} β1^{t-s} S_s / V_t[k],

and a step moves -log S by at most Σ_k D_k |Δw_k|, as 0 <= -(log s)' <= 1.  That is the inequality checked at every
step of a run.  With the first gradient alone, V_t[k] >= β2^{t/2} a_k, a_k = |g_0[k]| (b = 1, w_0 = 0: |x_0[k]|), it is

    h_{t+1} - h_t <= -λ + η_t Q Σ_{s<=t} ϱ^{t-s} e^{-h_s},    h_t = -log S_t - λ t,    Q = (1-β1)/√(1-β2) Σ_k μ D_k²/a_k.

*All steps.*  That alone does not bound h: one very low h_s would allow a leap.  But |g_s[k]|/√v_t[k] <= β2^{-(t-s)/2}/√(1-β2)
for every gradient, so what is older than n steps moves w_k by at most η (1-β1)/√(1-β2) ϱ^{n+1}/(1-ϱ), and every step raises
h by at most J = η A ΣD - λ (I11).  Choose n with η (1-β1)/√(1-β2) ΣD ϱ^{n+1}/(1-ϱ) <= λ/2 and H with η Q e^{-H}/(1-ϱ) = λ/2: where
h >= H for n + 1 steps it does not rise, hence for steps at most η

    -log S_t <= λ t + max(-log S_0, H) + (n+1) max(J, 0)        for every t,

and min_i x_i·w_t is at most that plus log N.  A coordinate whose first gradient comes at step t_k > 0 has
a_k = β2^{-t_k/2} |g_{t_k}[k]|.

All of this reads lower bounds of v alone, so it holds for AMSGrad too, whose maximum, before or after the correction, is
never below Adam's v.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from marginproof.theory.bounds.comparison import Comparison, Vector, inequality
from marginproof.theory.bounds.margin_bounds import Trajectory, gamma_n, gradient_error, step_constants
from marginproof.theory.errors import MarginproofError


@dataclass(frozen=True)
class Ceiling:
    """-log S_t <= λ t + constant for every t.

    Attributes:
      rate: λ = ½ log(1/β2).  constant: max(-log S_0, H) + (n+1) max(J, 0).
      level, memory, leap: H, n and J.
    """

    rate: float
    constant: float
    level: float
    memory: int
    leap: float


def ceiling(eta: float, beta1: float, beta2: float, largest: Vector, first: Vector, start: float) -> Ceiling:
    """The explicit constant of B7.

    Arguments:
      eta: the largest step.
      largest: D_k, shape (d,).
      first: a_k/μ > 0, shape (d,).
      start: -log S_0.
    """
    _check(beta1, beta2)
    rate, decay = -0.5 * math.log(beta2), beta1 / math.sqrt(beta2)
    gain = eta * (1 - beta1) / math.sqrt(1 - beta2) / (1 - decay)
    level = math.log(2 * gain * float((largest**2 / first).sum()) / rate)
    total = float(largest.sum())
    wanted = 2 * gain * total / rate
    memory = max(math.ceil(math.log(wanted) / -math.log(decay)) - 1, 0) if decay > 0 and wanted > 1 else 0
    leap = eta * total * (1 - beta1) / math.sqrt((1 - beta2) * (1 - decay**2)) - rate
    return Ceiling(rate, max(start, level) + (memory + 1) * max(leap, 0.0), level, memory, leap)


def _check(beta1: float, beta2: float) -> None:
    if not beta1 * beta1 < beta2 < 1:
        raise MarginproofError(
            f"beta1={beta1}, beta2={beta2}: the speed limit needs beta1^2 < beta2 < 1; raise beta2"
        )


def speed_sides(run: Trajectory, beta1: float, beta2: float, corrected: bool = False) -> Comparison:
    """B7 at every step: the rise of -log S against the bound by the past gradients, Adam, any batches.

    Arguments:
      corrected: the optimizer divides m by 1-β1^t and v by 1-β2^t, which is a change of η_t.
    """
    past = _past(run, beta1, beta2)
    etas = _etas(run, beta1, beta2, corrected)
    rise = np.diff(-past.log_s)
    upper = etas * (1 - beta1) / math.sqrt(1 - beta2) * past.ratio
    relative = _step_error(run, beta2)
    moved = 2 * run.unit * run.radius * (run.sizes[1:] + run.sizes[:-1])
    allowance = np.nan_to_num(upper * relative + moved + _log_error(run)[1:] + _log_error(run)[:-1])
    trivial = run.etas * step_constants(len(rise), beta1, beta2, corrected) * past.largest.sum()
    strength = float(np.mean(upper < trivial)) if len(rise) else 0.0
    return inequality(
        "B7",
        rise,
        upper,
        np.asarray(allowance),
        strength,
        "rise of -log S <= η (1-β1)/√(1-β2) Σ D |m|/√v bound",
    )


def ceiling_sides(run: Trajectory, beta1: float, beta2: float, corrected: bool = False) -> Comparison:
    """B7 for all steps: -log S_t <= λ t + constant; the constant from the run's first gradients."""
    past = _past(run, beta1, beta2)
    etas = _etas(run, beta1, beta2, corrected)
    start = float(-past.log_s[0])
    if not len(past.first) or not np.isfinite(past.ratio).all():
        none = np.full(len(run.W), np.inf)
        return inequality(
            "B7", -past.log_s, none, np.zeros(len(none)), 0.0, "no column's first gradient is known"
        )
    top = ceiling(float(etas.max()), beta1, beta2, past.largest, past.first, start)
    t = np.arange(len(run.W))
    upper = np.asarray(top.rate * t + top.constant, dtype=np.float64)
    leaps = (top.memory + 1) * max(top.leap, 0.0)
    each = _step_error(run, beta2) * top.rate + 2 * run.unit * run.radius * run.sizes[1:]
    allowance = _log_error(run) + 64 * run.unit * (np.abs(upper) + abs(top.level) + 1)
    allowance += np.concatenate([[0.0], np.cumsum(each)]) + leaps * float(_step_error(run, beta2).max())
    trivial = start + float(etas.sum()) * (top.leap + top.rate) / float(etas.max())
    strength = 1 - float(upper[-1] - start) / (trivial - start) if trivial > start else 0.0
    return inequality(
        "B7", -past.log_s, upper, np.asarray(allowance), strength, "-log S <= ½ log(1/β2) t + constant"
    )


@dataclass(frozen=True)
class _Past:
    """What the bounds need of a run.

    Attributes:
      log_s: log S_t, shape (T+1,).
      ratio: Σ_k D_k times the bound on |m_k|/√v_k, without its factor, shape (T,); ∞ where rounding hides a gradient.
      largest, first: D_k and a_k of the columns that moved, shape (d',).
    """

    log_s: Vector
    ratio: Vector
    largest: Vector
    first: Vector


def _past(run: Trajectory, beta1: float, beta2: float) -> _Past:
    _check(beta1, beta2)
    n = len(run.X)
    visits = np.ones((len(run.etas), n)) if run.visits is None else run.visits
    log_slopes = run.loss.log_slopes(run.W @ run.X.T)
    log_s = np.logaddexp.reduce(log_slopes, axis=1)
    relative = np.exp(log_slopes[:-1] - log_s[:-1, None]) * visits
    g = np.abs(relative @ run.X) - gradient_error(run)[:, None] * (relative @ np.abs(run.X))
    largest = np.abs(run.X).max(axis=0)
    reach = largest * float(visits.max())
    first, ratio = np.full(len(largest), np.nan), np.empty(len(run.etas))
    V, P, touched = np.zeros(len(largest)), 0.0, np.zeros(len(largest), dtype=bool)
    for t in range(len(run.etas)):
        back = math.exp(log_s[t - 1] - log_s[t]) if t else 1.0
        V, P = np.maximum(math.sqrt(beta2) * back * V, g[t]), beta1 * back * P + 1.0
        touched |= (run.X[visits[t] > 0] != 0).any(axis=0)
        seen = V > 0
        fresh = seen & np.isnan(first)
        first[fresh] = g[t][fresh] / visits.max() * math.exp(log_s[t] - 0.5 * t * math.log(beta2))
        ratio[t] = float((largest * reach * P)[seen] @ (1 / V[seen])) if (seen | ~touched).all() else np.inf
    known = ~np.isnan(first)
    return _Past(log_s, ratio, largest[known], first[known])


def _etas(run: Trajectory, beta1: float, beta2: float, corrected: bool) -> Vector:
    t = np.arange(1, len(run.etas) + 1)
    return run.etas * np.sqrt(1 - beta2**t) / (1 - beta1**t) if corrected else run.etas


def _step_error(run: Trajectory, beta2: float) -> Vector:
    """The relative error of a bound on m/√v, shape (T,): moving averages, root, quotient, and gradients in both."""
    t = np.arange(1, len(run.etas) + 1)
    return np.asarray(gamma_n(np.minimum(4.0 * t, 8 / (1 - beta2)) + 24, run.unit) + 4 * gradient_error(run))


def _log_error(run: Trajectory) -> Vector:
    """How far the computed log S_t may be off: a dot product in each exponent, and a sum."""
    n, d = run.X.shape
    return np.asarray(gamma_n(d + 2.0) * run.radius * run.sizes + gamma_n(n + 8.0))
