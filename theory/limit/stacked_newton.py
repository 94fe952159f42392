"""Newton's method on many small data sets at once, and whether the flows end at what it finds."""

from __future__ import annotations

from typing import cast

import numpy as np

from marginproof.theory.limit.approach import CLOSE, NEAR
from marginproof.theory.limit.stacked_problem import Stack
from marginproof.theory.number_systems import Array

ZERO = 1e-9
"""Slacks F_j - γ and eigenvalues this small beside max |F| are undecided, as for :func:`~marginproof.theory.limit.stability.classify`."""


def candidates(data: Stack, y: Array) -> tuple[Array, Array, Array]:
    """(Newton's solutions from y, shape (N, B); whether the flow at y tends there, and whether they attract, shape (B,)).

    The support is first guessed from y; rows that Newton gives no weight are left out and it is tried once more.
    """
    support = y > 1e-3
    found = _newton(data, y, support, damped=False)
    support &= ~(found <= 0)
    found = _newton(data, np.where(support, np.maximum(found, 1e-3), 0.0), support)
    F, J = data.F(found), data.jacobian(found)
    scale, gamma = np.abs(F).max(axis=0), (found * F).sum(axis=0)
    solved = (np.where(support, np.abs(F - gamma), 0.0).max(axis=0) <= 1e-11 * scale) & (gamma > 0)
    solved &= (np.where(support, found, 1.0) > 0).all(axis=0) & support.any(axis=0)
    slack = np.where(support, np.inf, F - gamma).min(axis=0) / scale
    distance = np.abs(found - y).sum(axis=0)
    falling = ((found - y) * data.F(y)).sum(axis=0) < 0
    P = _tangent(support, data.same)
    near = (distance < NEAR) & falling & _positive(J, P) & _positive(data.jacobian(y), P)
    surely = near | (distance < CLOSE) & _attracting(J, P, found)
    attracting = solved & surely & (slack > ZERO)
    return found, attracting | solved & (slack >= -ZERO) & (distance < 1e-9), attracting


def _newton(data: Stack, y: Array, support: Array, damped: bool = True) -> Array:
    """y with F_i = γ on the support, equal on equal rows, Σ y = 1 and y = 0 elsewhere; nonsense where that fails."""
    n = len(y)
    y = np.where(support, y, 0.0)
    y = y / y.sum(axis=0)
    own = support & data.first  # rows with an equation F_i = γ of their own
    inside = own.T[:, :, None]
    other = np.eye(n) - np.where(
        (support & ~data.first).T[:, :, None], np.eye(n)[data.same.argmax(axis=2)], 0.0
    )
    system = np.zeros((y.shape[1], n + 1, n + 1))
    right = np.zeros((y.shape[1], n + 1, 1))
    for _ in range(8 if damped else 4):
        F = data.F(y)
        gamma = (y * F).sum(axis=0)
        system[:, :n, :n] = np.where(inside, data.jacobian(y), other)
        system[:, :n, n] = -1.0 * own.T
        system[:, n, :n] = 1.0
        right[:, :n, 0] = np.where(own, gamma - F, 0.0).T
        step = _solved(system, right)[:, :n, 0].T
        reach = np.where(step < 0, -0.9 * y / step, np.inf).min(axis=0, where=support, initial=1.0)
        y = y + (np.maximum(reach, 0.1) if damped else 1.0) * step
    return y


def _solved(system: Array, right: Array) -> Array:
    system, right = np.nan_to_num(system), np.nan_to_num(right)
    try:
        return np.linalg.solve(system, right)
    except np.linalg.LinAlgError:  # one of them is singular: that one's answer does not matter
        size = np.abs(system).max(axis=(1, 2), keepdims=True)
        return np.linalg.solve(system + 1e-10 * size * np.eye(system.shape[1]), right)


def _tangent(support: Array, same: Array) -> Array:
    """The projection onto vectors on the support that sum to zero and agree on equal rows, shape (B, N, N)."""
    s = support.T.astype(np.float64)
    count = np.maximum(s.sum(axis=1), 1.0)[:, None, None]
    averages = same / same.sum(axis=2, keepdims=True)
    return np.asarray(s[:, :, None] * (averages - 1 / count) * s[:, None, :])


def _off(P: Array, matrix: Array) -> Array:
    size = np.abs(matrix).max(axis=(1, 2), keepdims=True)
    return np.asarray(np.where(size > 0, size, 1.0) * (np.eye(P.shape[1]) - P))


def _positive(J: Array, P: Array) -> Array:
    """Whether J + Jᵀ is positive definite on the tangent space."""
    inside = np.nan_to_num(P @ (J + np.swapaxes(J, 1, 2)) @ P)
    return cast(Array, np.linalg.eigvalsh(inside + _off(P, inside))[:, 0] > 0)


def _attracting(J: Array, P: Array, y: Array) -> Array:
    """Whether the replicator's eigenvalues along the face have negative real part, with 1e-9 to spare."""
    weights = y.T[:, :, None]
    mean = (weights * J).sum(axis=1, keepdims=True)
    L = np.nan_to_num(-(weights * (J - mean)) @ P)
    size = np.abs(J).max(axis=(1, 2))
    largest = np.linalg.eigvals(L - _off(P, L)).real.max(axis=1)
    return cast(Array, largest < -ZERO * size)
