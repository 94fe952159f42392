"""Signs of averages over an epoch of cyclic batches: Signum and Lion."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import cast

import numpy as np

from marginproof.theory.fields.cyclic import Cyclic
from marginproof.theory.moving_averages import steady_state
from marginproof.theory.number_systems import FLOAT64, Array, NumberSystem


@dataclass(frozen=True)
class CyclicSigns(Cyclic):
    """u = Σ_i sign(p_i), p_i the average of the batch gradients G at batch i, linear in G: piecewise constant."""

    smooth = False
    solved_by = "signs"

    def averages(self, G: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """The averages p_i of the batch gradients G up to a positive factor, shape (K, d)."""
        raise NotImplementedError

    def __call__(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """u = Σ_i sign(p_i)."""
        return cast(Array, numbers.sign(self.averages(self.batch_gradients(X, c), numbers)).sum(axis=0))

    def jacobian(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """Zero wherever no average has a vanishing coordinate."""
        return cast(Array, X.T * numbers.convert(0))


@dataclass(frozen=True)
class SignumField(CyclicSigns):
    """Signum at finite β, cyclic batches: u = Σ_i sign(Σ_j β^((i-j) mod K) G_j) (derived).

    Arguments:
      batch_size, order: the batches.
      beta: exact rational in [0, 1); β → 1 gives :class:`SignField`, β = 0 SignSGD.
    """

    beta: Fraction = Fraction(9, 10)

    def averages(self, G: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """The moving averages of G, in steady state."""
        return steady_state(self.beta, G, numbers)


@dataclass(frozen=True)
class LionField(CyclicSigns):
    """Lion, cyclic batches: u = Σ_i sign(β1 m_{i-1} + (1-β1) G_i), m_i = (1-β2)/(1-β2^K) (W₂G)_i (derived).

    Arguments:
      batch_size, order: the batches.
      beta1: what the step takes of the memory.  beta2: what the memory keeps.  Equal ones are Signum's.
    """

    beta1: Fraction = Fraction(9, 10)
    beta2: Fraction = Fraction(99, 100)

    def averages(self, G: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """β1 m_{i-1} + (1-β1) G_i, with m in the steady state of I1."""
        share = numbers.convert(_memory_share(self.beta1, self.beta2, len(G)))
        before = np.roll(steady_state(self.beta2, G, numbers), 1, axis=0)
        return cast(Array, share * before + numbers.convert(1 - self.beta1) * G)


@lru_cache(maxsize=64)
def _memory_share(beta1: Fraction, beta2: Fraction, n_batches: int) -> Fraction:
    """β1 (1-β2)/(1-β2^K)."""
    return beta1 * (1 - beta2) / (1 - beta2**n_batches)
