"""The compiled loop: rule × batches × data, with the gradient carried relative to a running log-scale.

Nothing here underflows and nothing loses digits as margins grow:

* w is kept as ``base + low + delta``: ``base + low`` is a pair of doubles that holds w as it was at
  the last *fold*, ``delta`` what was added since.  Margins less a ``reference`` r are z_i + x_i·δ, with δ ``delta``
  and z_i = x_i·y - r, y being ``base + low``; z, kept in ``zb``, was computed in twice the working precision (Ogita,
  Rump and Oishi, 2005).  So the error of a margin does not grow with the margin.
* gradients, m and √v are expressed in units of e^{-scale}; the scale moves when what is in them
  leaves e^{±50}.  A rule that is indifferent to scale then never notices.
* coordinates whose columns have zeros in different rows may drift apart in size for ever, so each
  set of columns with the same zeros has a scale of its own.  Data without zeros have one.

The kernel is one function; :mod:`marginproof.properties.simulation.kernels` binds a rule into it and compiles.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from marginproof.properties.simulation.compensated import two_sum
from marginproof.properties.simulation.quotients import FAST
from marginproof.properties.simulation.sampling import below, fill, shuffle
from marginproof.properties.simulation.state import (
    KernelData,
    Plan,
    State,
    change_units,
    fold,
    with_eps,
    with_norm,
    with_unbias,
)
from marginproof.theory import losses, schedules
from marginproof.theory.laws import CoordinateLaw, Hyper, gradient

WINDOW = 50.0
"""The log of moments may wander this far from the running scale: v then stays within e^{±100}."""
INVISIBLE = -300.0
"""A gradient e^{-300} below the scale changes no bit of moments that are above e^{-50}."""
log_slope = njit(cache=True)(losses.log_slope)
step_size = njit(cache=True)(schedules.step_size)


@njit(cache=True, error_model="numpy")
def coefficient(exponent: float, touched: bool, absolute: bool) -> float:
    """A sample's factor in the loss gradient: -e^{exponent}, or 0 where it has no entry or cannot be seen."""
    if touched and (absolute or exponent > INVISIBLE):
        return float(-np.exp(exponent))
    return 0.0


@njit(cache=True, error_model="numpy", fastmath=FAST)
def dot(x: np.ndarray, y: np.ndarray) -> float:
    """x·y."""
    total = 0.0
    for k in range(x.shape[0]):
        total += x[k] * y[k]
    return total


@njit(cache=True, error_model="numpy", fastmath=FAST)
def row_dot(X: np.ndarray, i: int, y: np.ndarray) -> float:
    """x_i·y, without a view of the row: counting references to it costs as much as ten products."""
    total = 0.0
    for k in range(y.shape[0]):
        total += X[i, k] * y[k]
    return total


rule: CoordinateLaw = gradient
"""The law of one coordinate; :func:`~marginproof.properties.simulation.kernels.kernel_of` puts an optimizer's own in its place."""
squares = shared = absolute = unbiased = False
"""Whether v adds up squared gradients of single samples; :func:`~marginproof.properties.simulation.kernels.kernel_of` sets it for an
optimizer, with three more: whether one scale serves all coordinates (``shared``), gradients are in true units (``absolute``), and the law
reads 1-β^t (``unbiased``)."""


def advance(problem: KernelData, plan: Plan, state: State, until: int, W: np.ndarray, U: np.ndarray) -> None:
    """Run to step ``until``.  W and U, each empty or with a row for each step, receive every w and u.

    A batch's loss gradient is (1/b) Σ_i ℓ'(z_i) x_i; in the running units -ℓ'(z_i) is e^(s_i + σ), s_i being the logarithm of
    the slope and σ the set's ``scale``.  Units change when the larger of memory and gradient leaves the window.
    One long function: with the units and the sets in functions of their own, which take a dozen arrays each, a step took several
    times as long, called or inlined.
    """
    X, starts, touches = problem.X, problem.starts, problem.touches
    m, v, delta, zb, scale, levels = state.m, state.v, state.delta, state.zb, state.scale, state.level
    (n, d), b, sets = X.shape, plan.batch_size, scale.shape[0]
    sampling, seed, loss, table = plan.sampling, plan.seed, plan.loss, plan.table
    epoch_length = max(n // b, 1)
    rows, order = np.zeros(b, dtype=np.int64), plan.first_order.copy()
    slopes, g, q = np.zeros(b), np.zeros(d), np.zeros(d)
    begin = t = state.step[0]
    position = t % epoch_length
    h, eta, log_decay, eps = plan.hyper, plan.lr, plan.log_decay, plan.eps
    constant = table.shape[0] == 0 and plan.decay == 0.0
    reference, clock, lost = state.reference[0], state.clock[0], state.clock[1]
    alone = (
        W.shape[0] == 0
        and b == 1
        and sets == 1
        and eps == 0.0
        and touches.all()
        and not (squares or shared or absolute)
    )
    if sampling == 1 and position != 0:
        shuffle(order, t // epoch_length, seed)
    while t < until:
        if t & (plan.fold_every - 1) == 0:
            fold(problem, state, absolute)
            reference = state.reference[0]
        if sampling == 1 and position == 0:
            shuffle(order, t // epoch_length, seed)
        if not constant:
            eta = step_size(t, plan.lr, plan.offset, plan.decay, table)
        if unbiased:
            h = with_unbias(plan.hyper, t + 1)
        if b == 1:
            rows[0] = below(n, t, seed) if sampling == 2 else order[position]
        else:
            fill(rows, order, t, position, sampling, seed)
        position = position + 1 if position + 1 < epoch_length else 0
        if alone:
            i = rows[0]
            if loss == 0:  # what is known beforehand first: all that waits for x·δ is one difference
                exponent = (scale[0] - zb[i]) - row_dot(X, i, delta)
            else:
                exponent = log_slope(zb[i] + row_dot(X, i, delta), reference, loss) + scale[0]
            level = max(levels[0] + log_decay, exponent)
            if abs(level) <= WINDOW and exponent > INVISIBLE:
                levels[0] = level
                one_row(X, i, -np.exp(exponent), eta, h, m, v, delta)
                clock, error = two_sum(clock, eta)
                lost += error
                t += 1
                continue
        for j in range(b):
            i = rows[j]
            slopes[j] = log_slope(zb[i] + dot(X[i], delta), reference, loss)
        for p in range(sets):
            lo, hi = starts[p], starts[p + 1]
            if not absolute:
                top = -np.inf
                for j in range(b):
                    if touches[rows[j], p]:
                        top = max(top, slopes[j])
                level = max(levels[p] + log_decay, top + scale[p])
                if abs(level) > WINDOW and level > -np.inf:
                    forget = levels[p] == -np.inf or log_decay == -np.inf
                    change_units(m, v, lo, hi, 0.0 if forget else np.exp(-level))
                    scale[p] -= level
                    level = 0.0
                levels[p] = level
            if eps > 0.0:
                h = with_eps(h, eps * np.exp(scale[p] + reference))
            if b == 1 and not squares and not shared:
                i = rows[0]
                c = coefficient(slopes[0] + scale[p], touches[i, p], absolute)
                if sets == 1:
                    one_sample(X[i], c, eta, h, m, v, delta, g)
                else:
                    one_sample(X[i, lo:hi], c, eta, h, m[lo:hi], v[lo:hi], delta[lo:hi], g[lo:hi])
            else:
                g[lo:hi] = 0.0
                q[lo:hi] = 0.0
                for j in range(b):
                    c = coefficient(slopes[j] + scale[p], touches[rows[j], p], absolute) / b
                    add_sample(X[rows[j], lo:hi], c, g[lo:hi], q[lo:hi])
                if shared:
                    h = with_norm(h, np.sqrt(dot(g, g)))
                many_samples(g[lo:hi], q[lo:hi], eta, h, m[lo:hi], v[lo:hi], delta[lo:hi])
        clock, error = two_sum(clock, eta)
        lost += error
        if W.shape[0] > 0:
            for k in range(d):
                W[t - begin, k] = state.base[k] + (state.low[k] + delta[k])
                U[t - begin, k] = g[k]
        t += 1
    state.step[0], state.clock[0], state.clock[1] = t, clock, lost


def one_sample(x: Any, c: float, eta: float, h: Hyper, m: Any, v: Any, delta: Any, g: Any) -> None:
    """A step from one sample, whose gradient c·x is used as it is made; u goes to g."""
    for k in range(x.shape[0]):
        m[k], v[k], u = rule(c * x[k], m[k], v[k], h)
        delta[k] -= eta * u
        g[k] = u


def one_row(X: Any, i: int, c: float, eta: float, h: Hyper, m: Any, v: Any, delta: Any) -> None:
    """The same where nobody asks for u."""
    for k in range(X.shape[1]):
        m[k], v[k], u = rule(c * X[i, k], m[k], v[k], h)
        delta[k] -= eta * u


def many_samples(g: Any, q: Any, eta: float, h: Hyper, m: Any, v: Any, delta: Any) -> None:
    """A step from a batch gradient g; u goes to g."""
    for k in range(g.shape[0]):
        m[k], v[k], u = rule(g[k], m[k], q[k] if squares else v[k], h)
        delta[k] -= eta * u
        g[k] = u


def add_sample(x: Any, c: float, g: Any, q: Any) -> None:
    """Add one sample's gradient, and its square where the rule wants it."""
    for k in range(x.shape[0]):
        g[k] += c * x[k]
        if squares:
            q[k] += (c * x[k]) * (c * x[k])
