"""The epoch map of Inc-Adam at a constant step, in coordinates that never underflow, and its derivative.

In log-loss coordinates a step has no discretisation error: z = Xw moves by exactly η X m/√v.  Against the
weight e^{-z_p} of one row p,

    m = e^{-z_p} Σ_n S_n x_n,        v = e^{-2z_p} Σ_{n,n'} R_{n n'} x_n∘x_{n'}     (n, n' in one batch),

where S_n and R_{n n'} are what the two moving averages remember of the rows' weights, relative to e^{-z_p} and
its square now.  With log-weights b_n = z_p - z_n, and χ_n = 1 for the rows of batch j and 0 for others, a step at
batch j is

    S_n ← (β1 S_n + (1-β1) χ_n e^{b_n}) g,   R_{n n'} ← (β2 R_{n n'} + (1-β2) χ_n χ_{n'} e^{b_n+b_{n'}}) g²,   b_n ← b_n + δ_p - δ_n,

δ = η X m/√v and g = e^{δ_p}.  So the state (b, S, R) has 3N - 1 numbers at batch size 1, whatever d is, and the map
is autonomous (S_n e^{-b_n} and R_{n n'} e^{-b_n-b_{n'}} count against the rows' own weights instead).  A relatively
periodic run is a fixed point.  Its *contraction* is the spectral radius of the derivative there, of what w
can see: where d is small, some changes of S and R change neither m nor v.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigs

from marginproof.theory.fields import IncAdamField
from marginproof.theory.limit.steps.effective import effective_field
from marginproof.theory.number_systems import FLOAT64, Array, NumberSystem

DENSE = 160
"""States of up to this many numbers have their whole derivative computed; beyond, Arnoldi's method finds the radius."""


@dataclass(frozen=True)
class EpochState:
    """Where a run is at the start of an epoch, up to the common scale of its gradients.

    Attributes:
      b: log-weights z_p - z_n, shape (n,), 0 at p, the last row.
      S, R: what m and v remember, shapes (n,) and (pairs,).
    """

    b: Array
    S: Array
    R: Array

    def flat(self) -> Array:
        """(b without row p, S, R) in one vector."""
        return np.concatenate([self.b[:-1], self.S, self.R])


@dataclass(frozen=True)
class EpochMap:
    """The map of one epoch, on the rows that keep weight.

    Arguments:
      X: those rows, p last, shape (n, d), numbers of one system.
      member: j(n), the batch of each row, shape (n,).
      K: batches in an epoch (one may have lost all its rows).
      eta, beta1, beta2: the step and Inc-Adam's own betas, numbers of that system.
      numbers, exp: the system, and its exponential on arrays.
    """

    X: Array
    member: Array
    K: int
    eta: Any
    beta1: Any
    beta2: Any
    numbers: NumberSystem = FLOAT64
    exp: Callable[[Any], Any] = np.exp

    @cached_property
    def pairs(self) -> tuple[Array, Array]:
        """(n, n') with n <= n' in one batch."""
        left, right = np.triu_indices(len(self.X))
        same = self.member[left] == self.member[right]
        return left[same], right[same]

    @cached_property
    def products(self) -> Array:
        """x_n∘x_{n'} of the pairs, twice where n != n', shape (pairs, d)."""
        left, right = self.pairs
        return np.asarray(self.X[left] * self.X[right] * np.where(left == right, 1, 2)[:, None])

    def __call__(self, state: EpochState) -> tuple[EpochState, Array]:
        """The state an epoch later, and how far each margin grew, shape (n,)."""
        left, right = self.pairs
        one = self.numbers.convert(1)
        b, S, R, grown = state.b, state.S, state.R, self.numbers.convert(0) * state.b
        for j in range(self.K):
            e = self.exp(b)
            S = self.beta1 * S + (one - self.beta1) * e * (self.member == j)
            R = self.beta2 * R + (one - self.beta2) * (e[left] * e[right]) * (self.member[left] == j)
            move = self.X @ (self.eta * (self.X.T @ S) / self.numbers.sqrt(self.products.T @ R))
            g = self.exp(move[-1:])[0]
            b, S, R, grown = b + (move[-1] - move), S * g, R * (g * g), grown + move
        return EpochState(b, S, R), grown

    def tangent(self, state: EpochState, change: Array) -> Array:
        """The derivative of an epoch from ``state`` (float64), applied to columns of changes of :meth:`EpochState.flat`."""
        left, right = self.pairs
        n = len(self.X)
        b, S, R = state.b, state.S, state.R
        db = np.concatenate([change[: n - 1], np.zeros((1, change.shape[1]))])
        dS, dR = change[n - 1 : 2 * n - 1], change[2 * n - 1 :]
        for j in range(self.K):
            e = np.exp(b)
            new = (1 - self.beta1) * e * (self.member == j)
            both = (1 - self.beta2) * (e[left] * e[right]) * (self.member[left] == j)
            S, R = self.beta1 * S + new, self.beta2 * R + both
            dS = self.beta1 * dS + new[:, None] * db
            dR = self.beta2 * dR + both[:, None] * (db[left] + db[right])
            m, v = self.X.T @ S, self.products.T @ R
            scale = self.eta / np.sqrt(v)
            move = self.X @ (scale * m)
            bent = (scale * 0.5 * m / v)[:, None] * (self.products.T @ dR)
            dmove = self.X @ (scale[:, None] * (self.X.T @ dS) - bent)
            g = np.exp(move[-1])
            dS, dR = g * (dS + S[:, None] * dmove[-1]), g * g * (dR + 2 * R[:, None] * dmove[-1])
            b, S, R, db = b + (move[-1] - move), S * g, R * (g * g), db + (dmove[-1] - dmove)
        return np.concatenate([db[:-1], dS, dR])

    def leading_multiplier(self, state: EpochState) -> complex:
        """The eigenvalue of largest modulus of the derivative at a fixed point, of changes that w can see; nan if not found."""
        seen = self._seen()
        size = seen.shape[1]
        if size <= DENSE:
            found = np.linalg.eigvals(seen.T @ self.tangent(state, seen))
            return complex(found[np.argmax(np.abs(found))])
        operator = LinearOperator(
            (size, size), lambda x: seen.T @ self.tangent(state, seen @ x.reshape(-1, 1)), dtype=np.float64
        )
        try:
            found = eigs(operator, k=4, ncv=40, tol=1e-8, v0=np.ones(size), return_eigenvectors=False)
        except ArpackNoConvergence as partial:
            found = partial.eigenvalues
        return complex(found[np.argmax(np.abs(found))]) if len(found) else complex("nan")

    def _seen(self) -> Any:
        """An orthonormal basis (dense or sparse) of changes, modulo those of S and R that change neither m nor v.

        What cannot be seen at one step cannot be seen later, so the derivative acts on the quotient.
        """
        from scipy.sparse import block_diag, identity

        blocks = [identity(len(self.X) - 1), _row_space(self.X), _row_space(self.products)]
        basis = block_diag(blocks, format="csr")
        return basis.toarray() if basis.shape[1] <= DENSE else basis


def _row_space(rows: Array) -> Array:
    """An orthonormal basis of the combinations of rows (columns of the answer) modulo those that give zero."""
    if len(rows) > DENSE and len(rows) <= rows.shape[1]:
        return np.eye(len(rows))  # generic rows are independent; to decompose them costs more than all else
    left, values, _ = np.linalg.svd(rows, full_matrices=False)
    return np.asarray(left[:, values > 1e-12 * values[0]])


def periodic_state(
    field: IncAdamField, X: Array, c: Array, eta: float, growth: float, factor: float
) -> tuple[EpochMap, EpochState]:
    """The epoch map on the rows with weight, and its fixed point, in float64.

    Arguments:
      field: Inc-Adam at its own betas.
      X, c: all rows, shape (N, d), and the solution ĉ of the limit equation at the effective betas, shape (N,).
      eta, growth, factor: η, γ̂ and κ.

    A row's margin when it is visited is -log ĉ_n + γ̂ j/K, up to a constant; at the epoch's start it is lower by
    what the steps before that visit add.
    """
    member = field.membership(len(X))
    K = int(member.max()) + 1
    beta1, beta2 = float(field.beta1), float(field.beta2)
    _, m, v = effective_field(field, np.exp(growth / K)).moments(X, c)
    before = np.concatenate([np.zeros((1, X.shape[1])), np.cumsum(factor * m / np.sqrt(v), axis=0)])
    rows = np.flatnonzero(c > 0)
    at_visit = np.log(c[rows]) - growth * member[rows] / K
    at_start = at_visit + (X[rows] * before[member[rows]]).sum(axis=1)
    last = int(np.argmax(at_start))
    turn = np.append(np.delete(np.arange(len(rows)), last), last)
    rows, at_visit, at_start = rows[turn], at_visit[turn] - at_start[last], at_start[turn] - at_start[last]
    epoch = EpochMap(X[rows], member[rows], K, eta, beta1, beta2)
    age = K - 1 - member[rows]
    kept1 = (1 - beta1) * beta1**age * np.exp(growth) / (1 - beta1**K * np.exp(growth))
    kept2 = (1 - beta2) * beta2**age * np.exp(2 * growth) / -np.expm1(2 * growth + K * np.log(beta2))
    left, right = epoch.pairs
    R = kept2[left] * np.exp(at_visit[left] + at_visit[right])
    return epoch, EpochState(at_start, kept1 * np.exp(at_visit), R)
