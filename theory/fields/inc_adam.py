"""Per-sample Adam at finite β: the paper's formula over an epoch in steady state."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import numpy as np

from marginproof.theory.fields.cyclic import Cyclic
from marginproof.theory.fields.field import Field
from marginproof.theory.fields.signs import SignumField
from marginproof.theory.moving_averages import steady_state, steady_state_adjoint
from marginproof.theory.number_systems import FLOAT64, Array, NumberSystem
from marginproof.theory.scratch import scratch


@dataclass(frozen=True)
class IncAdamField(Cyclic):
    """Adam at finite β1 ≤ β2, cyclic batches: u = Σ_i (W₁G)_i / √(W₂(G∘G))_i (paper, Prop. 2.5 for b = 1).

    Arguments:
      batch_size, order: the batches.
      beta1, beta2: exact rationals in [0, 1).

    Deviation from the paper: any b | N and any order (as a predictor: derived); the constant C of
    Prop. 2.5 is dropped, since only the direction matters.
    """

    beta1: Fraction = Fraction(9, 10)
    beta2: Fraction = Fraction(19, 20)
    smooth = True
    sign_at_vertex = True

    def settled(self, n_samples: int) -> Field:
        """SignSGD at β1 = β2 = 0."""
        sign = self.beta1 == self.beta2 == 0
        return SignumField(self.batch_size, self.order, Fraction(0)) if sign else self

    def certificate_entry(self, n_samples: int) -> dict[str, Any]:
        """The betas, and the batches as lists of rows."""
        order = list(range(n_samples) if self.order is None else self.order)
        cuts = [order[k : k + self.batch_size] for k in range(0, n_samples, self.batch_size)]
        return {"name": "inc_adam", "beta1": str(self.beta1), "beta2": str(self.beta2), "batches": cuts}

    def finite_betas(self, n_samples: int) -> IncAdamField | None:
        """Itself, on batches of fewer than N rows."""
        return self if self.batch_size < n_samples else None

    def moments(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> tuple[Array, Array, Array]:
        """(G, m, v) at the K steps of an epoch in steady state, each of shape (K, d)."""
        G = self.batch_gradients(X, c)
        return G, steady_state(self.beta1, G, numbers), steady_state(self.beta2, G * G, numbers)

    def __call__(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """u = Σ_i m_i / √v_i over the K steps of an epoch in steady state."""
        if numbers is FLOAT64:
            _, m, inverse = self.evaluated(X, c)
            return cast(Array, np.einsum("ij,ij->j", m, inverse))
        _, m, v = self.moments(X, c, numbers)
        return cast(Array, (m / numbers.sqrt(v)).sum(axis=0))

    def jacobian(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """∂u_k/∂c_n = x_nk P_jk with P = W₁ᵀ v^{-1/2} - G∘(W₂ᵀ m v^{-3/2}) and j = j(n)."""
        return self.value_and_jacobian(X, c, numbers)[1]

    def value_and_jacobian(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> tuple[Array, Array]:
        """(u, ∂u/∂c) from one evaluation of m and v."""
        G, m, v = self.moments(X, c, numbers)
        root = numbers.sqrt(v)
        ratio = m / root
        rising = steady_state_adjoint(self.beta1, numbers.convert(1) / root, numbers)
        P = rising - G * steady_state_adjoint(self.beta2, ratio / v, numbers)
        return cast(Array, ratio.sum(axis=0)), (X * P[self.membership(X.shape[0])]).T

    def on_rows(self, X: Array, c: Array, rows: Array) -> tuple[Array, Array]:
        """(u, the chosen rows' columns of ∂u/∂c) in float64; every row keeps its place in the epoch."""
        u, du = self.value_and_jacobian(X, c)
        return u, du if len(rows) == len(X) else du[:, rows]

    def linearised(self, X: Array, c: Array, rows: Array) -> tuple[Array, Array]:
        """(X u, ∂(X u)/∂c on the chosen rows) in float64, shapes (N,) and (R, R), without a copy of what is as large as X."""
        G, m, inverse = self.evaluated(X, c)
        m *= inverse
        u = m.sum(axis=0)
        m *= inverse
        m *= inverse
        P = steady_state_adjoint(self.beta2, m, out=m)
        P *= G
        rising = steady_state_adjoint(self.beta1, inverse, out=inverse)
        P = np.subtract(rising, P, out=P)
        if self.batch_size > 1 or self.order is not None:
            P = P[self.membership(len(X))]
        if 2 * len(rows) < len(X):
            return X @ u, X[rows] @ (X[rows] * P[rows]).T
        P *= X
        J = X @ P.T
        return X @ u, J if len(rows) == len(X) else J[np.ix_(rows, rows)]

    def evaluated(self, X: Array, c: Array) -> tuple[Array, Array, Array]:
        """(G, m, 1/√v) in float64, shapes (K, d), in scratch memory: until the next evaluation."""
        shape = (len(X) // self.batch_size, X.shape[1])
        if self.batch_size == 1 and self.order is None:
            G = np.multiply(c[:, None], X, out=scratch("G", shape))
        else:
            G = self.batch_gradients(X, c)
        inverse = np.multiply(G, G, out=scratch("v", shape))
        inverse = steady_state(self.beta2, inverse, out=inverse)
        np.sqrt(inverse, out=inverse)
        np.divide(1.0, inverse, out=inverse)
        return G, steady_state(self.beta1, G, out=scratch("m", shape)), inverse
