"""B2: Signum's margin bound, for whatever batches were in fact drawn, and its limit constants δ(β).

At step t Signum moves along sign(p) with p = (1-β) Σ_{s<=t} β^{t-s} Σ_{i in B_s} s_i(w_s) x_i.  One
step moves x_i·w by at most R η, and log s_i is 1-Lipschitz in it (both losses), so α p = Σ ρ_i s_i(w_t) x_i,
ρ_i between α V_i and α U_i, where U_i and V_i are the moving averages of the visits to i, blown up
and down by e^{±R η}.  From <G, sign p> >= ‖G‖_1 - 2 ‖G - α p‖_1 and ‖G‖_1 >= γ_∞ Σ s_i,

    r_t = max(γ_∞ - 2 R E_t, -R) - ½ η_t R² e^{η_t R},      E_t = max_i |ρ_i - 1|.

α is ours to choose at every step, since sign(p) does not see it; the best is 2/(max U + min V), for
which E_t = (max U - min V)/(max U + min V).  A fixed κ (the claim's first form) is never better.
The proof is written out in :doc:`/signum`.

Lion's direction is sign(β1 m + (1-β1) g), m the average at β2 before g: a visit weighs 1-β1 at once and
β1 (1-β2) β2^{j-1} at age j >= 1.  The proof reads no more than bounds U, V of the weights, so it holds word for word.

As η → 0 the margin over ‖w‖_∞ is at least γ_∞ - δ in the limit, with δ/R given by

* :func:`delta_cyclic`: 2 (1-β^{K-1})/(1+β^{K-1}), every order that is repeated each epoch;
* :func:`delta_reshuffled`: the worst case over all orders, epoch by epoch;
* :func:`delta_replaced`: almost surely, for batches drawn with replacement;
* :func:`delta_lion`: Lion, every order that is repeated each epoch.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeVar

import numpy as np

from marginproof.theory.bounds.comparison import Comparison, Vector, inequality
from marginproof.theory.bounds.margin_bounds import Trajectory, curvature, gradient_error, margin_sides
from marginproof.theory.errors import MarginproofError

Real = TypeVar("Real", float, Fraction)


def signum_sides(run: Trajectory, beta: float, gamma_inf: float, beta2: float | None = None) -> Comparison:
    """B2 along a run: both sides at every T.

    Arguments:
      run: its ``visits`` say which samples each step saw.
      beta: β in [0, 1); Lion's β1.
      gamma_inf: γ_∞, or any lower bound of it.
      beta2: Lion's β2 in [0, 1).
    """
    for name, value in (("beta", beta), ("beta2", beta2 or 0.0)):
        if not 0 <= value < 1:
            raise MarginproofError(f"{name}={value}: Signum's momentum, and Lion's, lie in [0, 1)")
    R = run.radius
    spread, errors = weight_spread(run, beta) if beta2 is None else lion_spread(run, beta, beta2)
    rates = np.maximum(gamma_inf - 2 * R * spread, -R) - curvature(run.etas, R)
    return margin_sides(run, "B2", rates, 2 * R * errors, gamma_inf)


def norm_sides(run: Trajectory, decay: float = 0.0) -> Comparison:
    """B2's other half: ‖w_T - w_0‖_∞ <= Σ_{t<T} η_t, for every method whose steps are signs.

    Arguments:
      decay: λ of w ← (1 - ηλ) w - η u, from w_0 = 0; then ‖w_T‖_∞ <= B_T with B_{t+1} = |1 - η_t λ| B_t + η_t, at most
        1/λ where every η_t λ <= 1.
    """
    length = np.zeros(len(run.etas) + 1)
    for t, eta in enumerate(run.etas):
        length[t + 1] = abs(1 - eta * decay) * length[t] + eta
    size = np.abs(run.W - run.W[0]).max(axis=1)
    rounded = (2 + 4 * bool(decay)) * run.unit * (run.sizes + length)
    allowance = np.cumsum(rounded) + 2.0**-53 * np.arange(len(length)) * length
    return inequality("B2", size, length, allowance, None, "‖w_T - w_0‖_∞ <= Σ η_t")


def weight_spread(run: Trajectory, beta: float) -> tuple[Vector, Vector]:
    """E_t and its rounding error, shape (T,) each.

    The error weights e follow the recursion of U: a visit brings the gradient's relative error ε_t,
    a step of the moving average three roundings (two products and a sum).
    """
    n = run.X.shape[0]
    visits = np.ones((len(run.etas), n)) if run.visits is None else run.visits.astype(np.float64)
    drift = run.radius * (run.etas + 2 * run.unit * run.sizes[1:])
    fresh = gradient_error(run)
    up, down = beta * np.exp(np.minimum(drift, 700.0)), beta * np.exp(-drift)
    U, V, e = np.zeros(n), np.zeros(n), np.zeros(n)
    spread, errors = np.empty(len(drift)), np.empty(len(drift))
    for t, seen in enumerate(visits):
        U, V, e = U + seen, V + seen, e + fresh[t] * seen
        high, low = U.max(), V.min()
        kappa = 2 / (high + low)
        spread[t] = max(kappa * high - 1, 1 - kappa * low)
        errors[t] = kappa * e.max()
        e = up[t] * (e + 3 * run.unit * U)
        U, V = up[t] * U, down[t] * V
    return spread, errors + 8 * run.unit * (1 + spread)


def lion_spread(run: Trajectory, beta1: float, beta2: float) -> tuple[Vector, Vector]:
    """:func:`weight_spread` of Lion, whose step takes β1 of an average at β2 that does not hold its gradient yet.

    Four roundings a step of the average, and four more of the direction, 1-β included.
    """
    n, four = run.X.shape[0], 4 * run.unit
    visits = np.ones((len(run.etas), n)) if run.visits is None else run.visits.astype(np.float64)
    drift = run.radius * (run.etas + 2 * run.unit * run.sizes[1:])
    fresh = gradient_error(run)
    up, down = np.exp(np.minimum(drift, 700.0)), np.exp(-drift)
    high, low, e = np.zeros(n), np.zeros(n), np.zeros(n)  # of the average, in the present weights
    spread, errors = np.empty(len(drift)), np.empty(len(drift))
    for t, seen in enumerate(visits):
        U, V = (beta1 * kept + (1 - beta1) * seen for kept in (high, low))
        kappa = 2 / (U.max() + V.min())
        spread[t] = max(kappa * U.max() - 1, 1 - kappa * V.min())
        errors[t] = kappa * (beta1 * e + (1 - beta1) * fresh[t] * seen + four * U).max()
        high, low = (beta2 * kept + (1 - beta2) * seen for kept in (high, low))
        e = up[t] * (beta2 * e + (1 - beta2) * fresh[t] * seen + four * high)
        high, low = up[t] * high, down[t] * low
    return spread, errors + 8 * run.unit * (1 + spread)


def delta_lion(beta1: Real, beta2: Real, n_batches: int) -> Real:
    """δ/R of Lion for K batches visited in the same order every epoch; at β1 = β2 that is :func:`delta_cyclic`.

    At lag 0 the weight is (1-β1) + α β2^{K-1}, at lag j = 1 … K-1 it is α β2^{j-1}, with α = β1 (1-β2)/(1-β2^K).
    """
    share = beta1 * (1 - beta2) / (1 - beta2**n_batches)
    weights = [1 - beta1 + share * beta2 ** (n_batches - 1)]
    weights += [share * beta2 ** (lag - 1) for lag in range(1, n_batches)]
    return 2 * (max(weights) - min(weights)) / (max(weights) + min(weights))


def delta_cyclic(beta: Real, n_batches: int) -> Real:
    """δ/R for K batches visited in the same order every epoch: 2 (1-β^{K-1})/(1+β^{K-1})."""
    power = beta ** (n_batches - 1)
    return 2 * (1 - power) / (1 + power)


def reshuffled_spreads(beta: Real, n_batches: int) -> list[Real]:
    """E_i, the largest E at position i = 0 … K-1 of an epoch over all orders of all epochs, as η → 0.

    U is largest for a sample just seen that came last in every epoch before: 1 + β^{i+1}/(1-β^K).
    V is smallest for one not yet seen that came first in every epoch before: β^{K+i}/(1-β^K); at the
    last position every sample has been seen, and it is β^{K-1}/(1-β^K).
    """
    K, whole = n_batches, 1 - beta**n_batches
    out = []
    for i in range(K):
        high = whole + beta ** (i + 1)
        low = beta ** (K + i if i < K - 1 else K - 1)
        out.append((high - low) / (high + low))
    return out


def delta_reshuffled(beta: Real, n_batches: int) -> Real:
    """δ/R for batches reshuffled every epoch, whatever the orders: (2/K) Σ_i E_i, as η → 0 with
    E_i of :func:`reshuffled_spreads`; it vanishes as β → 1.
    """
    spreads = reshuffled_spreads(beta, n_batches)
    total = spreads[0]
    for spread in spreads[1:]:
        total = total + spread
    return 2 * total / n_batches


def delta_replaced(beta: float, n_samples: int, batch_size: int) -> float:
    """δ/R, almost surely, for batches drawn with replacement: 2 √(N(N-1)/b · (1-β)/(1+β)).

    No bound holds for every outcome: a sample may stay unseen for as long as you like.  The visits
    are independent, so E max_i |ρ_i - 1| <= √(Σ_i v_i), where v_i = (N-1)/b · (1-β)/(1+β) is the variance of ρ_i.
    """
    return float(2 * np.sqrt(n_samples * (n_samples - 1) / batch_size * (1 - beta) / (1 + beta)))
