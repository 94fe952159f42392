"""What the compiled loop reads and changes: the data, the plan of a run, and its state between two steps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from marginproof.properties.simulation.compensated import accurate_margins, two_sum
from marginproof.theory.laws import Hyper

# numba keeps compiled functions in files named by function and line, and unpickles these classes from them before it
# compares the sources: where one of these is renamed, the functions below must change their lines too, as now.


class KernelData(NamedTuple):
    """Data as the kernel wants them.

    Attributes:
      X: rows, columns sorted by their sets of zeros, shape (N, d).
      XT: its transpose, shape (d, N).
      starts: where each set of columns begins, and d, shape (P+1,).
      touches: whether sample n is nonzero in set p, shape (N, P).
    """

    X: np.ndarray
    XT: np.ndarray
    starts: np.ndarray
    touches: np.ndarray


class Plan(NamedTuple):
    """What does not change during a run: sampling, loss, hyper-parameters and step sizes as numbers.

    Attributes:
      sampling: a number of :data:`~marginproof.properties.simulation.sampling.CODES`.
      batch_size: b.
      first_order: the rows in the order of the first epoch, int64, shape (N,).
      seed: of the order of batches.
      loss: a number, :attr:`marginproof.theory.losses.Loss.code`.
      hyper: the optimizer's settings, with a relative ε (:data:`~marginproof.theory.laws.TINY` for 0).
      eps: the true ε.
      log_decay: log of the factor by which the slowest memory fades in a step; −∞ without memory.
      lr: η_0 of η_t = η_0 (t + t_0)^{-a}.
      offset: t_0 there.
      decay: the exponent's size there.
      table: the step sizes where they are given one by one, shape (T,); else empty.
      fold_every: steps from one :func:`fold` to the next, a power of two.
    """

    sampling: int
    batch_size: int
    first_order: np.ndarray
    seed: int
    loss: int
    hyper: Hyper
    eps: float
    log_decay: float
    lr: float
    offset: float
    decay: float
    table: np.ndarray
    fold_every: int


class State(NamedTuple):
    """Everything a run is, between two steps; arrays that the kernel changes in place.

    Attributes:
      step: t, int64, shape (1,).
      clock: Σ η and what rounding took from it, shape (2,).
      base, low, delta: w = base + low + delta, shape (d,), in the sorted order of columns.
      m, v: moments in units of e^{-scale} and its square, shape (d,).
      scale: shape (P,), relative to ``reference``.
      level: log of a coefficient-level bound of the moments in those units, shape (P,).
      zb: x_i·y - r, where y is ``base + low`` and r the ``reference``, shape (N,).
      reference: shape (1,).
    """

    step: np.ndarray
    clock: np.ndarray
    base: np.ndarray
    low: np.ndarray
    delta: np.ndarray
    m: np.ndarray
    v: np.ndarray
    scale: np.ndarray
    level: np.ndarray
    zb: np.ndarray
    reference: np.ndarray


@njit(cache=True, error_model="numpy")
def fold(problem: KernelData, state: State, absolute: bool) -> None:
    """Move ``delta`` into ``base + low`` and compute the margins afresh."""
    for k in range(state.base.shape[0]):
        high, error = two_sum(state.base[k], state.delta[k])
        state.base[k], state.low[k] = two_sum(high, error + state.low[k])
        state.delta[k] = 0.0
    high_z, low_z = accurate_margins(problem.XT, state.base, state.low)
    reference = 0.0 if absolute else high_z.min()
    for p in range(state.scale.shape[0]):
        state.scale[p] -= reference - state.reference[0]
    state.reference[0] = reference
    for i in range(high_z.shape[0]):
        state.zb[i] = (high_z[i] - reference) + low_z[i]


@njit(cache=True, error_model="numpy")
def change_units(m: np.ndarray, v: np.ndarray, lo: int, hi: int, factor: float) -> None:
    """Multiply the gradient's units in the moments of one set."""
    for k in range(lo, hi):
        m[k] *= factor
        v[k] *= factor * factor


@njit(cache=True)
def with_eps(h: Hyper, eps: float) -> Hyper:
    """The settings with another ε, which stays above the one that stands for zero."""
    return Hyper(h.beta1, h.beta2, max(eps, 1e-290), h.unbias1, h.unbias2, h.norm)


@njit(cache=True)
def with_norm(h: Hyper, norm: float) -> Hyper:
    """The settings with the gradient's norm."""
    return Hyper(h.beta1, h.beta2, h.eps, h.unbias1, h.unbias2, norm)


@njit(cache=True)
def with_unbias(h: Hyper, step: int) -> Hyper:
    """The settings with 1-β^t, accurate for β near 1."""
    one = -np.expm1(step * np.log(h.beta1)) if h.beta1 > 0.0 else 1.0
    two = -np.expm1(step * np.log(h.beta2)) if h.beta2 > 0.0 else 1.0
    return Hyper(h.beta1, h.beta2, h.eps, one, two, h.norm)
