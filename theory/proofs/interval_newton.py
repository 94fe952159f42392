"""Krawczyk's operator for a whole batch of boxes, in outward-rounded interval arrays."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.boxes import Boxes
from marginproof.theory.proofs.intervals import Interval, exact_number


def krawczyk_image(free: Array, box: Boxes, middle: Array, value: Array, slope: Array) -> tuple[Array, Array]:
    """Ends of K(B') = m - A g(m) + (I - A g'(B'))(B' - m) on the free coordinates, shapes (B, G).

    Coordinates that are not free are constants: their equations become r_n = m_n.
    """
    size = free.shape[1]
    lower, upper = (_stack(slope, end) for end in ("lo", "hi"))
    both = free[:, :, None] & free[:, None, :]
    identity = np.broadcast_to(np.eye(size), lower.shape)
    lower, upper = np.where(both, lower, identity), np.where(both, upper, identity)
    A = _inverses(0.5 * (lower + upper))
    J = [Interval(lower[:, n, None, :], upper[:, n, None, :]) for n in range(size)]
    M = exact_number(np.ascontiguousarray(identity))
    image = exact_number(middle)
    for n in range(size):
        M = M - J[n] * exact_number(A[:, :, n, None])
        g = Interval(
            np.where(free[:, n], value[n].lo, 0.0)[:, None], np.where(free[:, n], value[n].hi, 0.0)[:, None]
        )
        image = image - g * exact_number(A[:, :, n])
    for n in range(size):
        offset = Interval(box.lower[:, n, None], box.upper[:, n, None]) - exact_number(middle[:, n, None])
        image = image + Interval(M.lo[:, :, n], M.hi[:, :, n]) * offset  # type: ignore[index]
    return np.asarray(image.lo), np.asarray(image.hi)


def _inverses(matrices: Array) -> Array:
    """Float inverses, the identity where there is none (any matrix is sound in Krawczyk's operator)."""
    usable = np.isfinite(matrices).all(axis=(1, 2))
    safe = np.where(usable[:, None, None], matrices, np.eye(matrices.shape[1]))
    singular = np.linalg.det(safe) == 0
    safe = np.where(singular[:, None, None], np.eye(matrices.shape[1]), safe)
    try:
        return np.linalg.inv(safe)
    except np.linalg.LinAlgError:
        return np.linalg.pinv(safe)


def _stack(slope: Array, end: str) -> Array:
    """One end of an object matrix of batch intervals, shape (B, G, G)."""
    size = slope.shape[0]
    first = np.broadcast(*(np.asarray(getattr(entry, end)) for entry in slope.flat)).shape
    out = np.empty((*first, size, slope.shape[1]))
    for j, n in np.ndindex(slope.shape):
        out[:, j, n] = getattr(slope[j, n], end)
    return out


def pick(values: Array, rows: Array) -> Array:
    """The intervals of an object array restricted to some boxes of the batch."""
    out = np.empty(values.shape, dtype=object)
    for index, entry in np.ndenumerate(values):
        lo, hi = np.asarray(entry.lo), np.asarray(entry.hi)
        out[index] = Interval(lo[rows] if lo.ndim else lo, hi[rows] if hi.ndim else hi)
    return out


def surely_no_zero_minor(slope: Array, rows: Array) -> bool:
    """Whether every principal minor of the interval matrix on these rows is surely not zero.

    Arguments:
      slope: object array (G, G) of intervals over a batch of one box.
      rows: indices; the 2^n minors are expanded, so few.
    """
    return len(rows) <= 4 and all(
        bool(np.all(minor.surely_positive() | minor.surely_negative()))
        for size in range(1, len(rows) + 1)
        for minor in (_determinant(slope[np.ix_(part, part)]) for part in combinations(rows, size))
    )


def _determinant(matrix: Array) -> Interval:
    if len(matrix) == 1:
        first: Interval = matrix[0, 0]
        return first
    total = exact_number(0.0)
    for n in range(len(matrix)):
        minor = matrix[0, n] * _determinant(np.delete(matrix[1:], n, axis=1))
        total = total + minor if n % 2 == 0 else total - minor
    return total
