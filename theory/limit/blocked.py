"""AdamProxy's limit for rows that are too many for memory: the flow over all rows until few keep weight, then those alone.

The flow is followed in w by backward Euler's rule (dw/dτ = u), whose field and Jacobian are sums over the rows, one pass each.  Once
all but a few rows are below e^-60 of the largest weight, :func:`~marginproof.theory.limit.solve.solve` goes on from that w with the few;
at the end every row is looked at again, and rows with F_j < γ join the few, which are solved again from the same w.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.limit.problem import Limit, LimitProblem, Outcome
from marginproof.theory.limit.solve import solve
from marginproof.theory.margins.working_set import BlockedRows
from marginproof.theory.number_systems import Array

GONE = 60.0
"""Rows with a log-weight this far below the largest are left to the last look, as in :mod:`marginproof.theory.limit.implicit`."""
TOLERANCE = 0.05
"""Of the local error of a log-weight, weighted by √y, as there."""
CELLS = 2**21
"""Entries of the rows that go on in memory."""
STEPS, ROUNDS, ITERATIONS = 500, 50, 5


@dataclass(frozen=True)
class BlockedLimit:
    """The limit over all rows.

    Attributes:
      limit: of the rows kept; ``weights`` and ``support`` are theirs, its residual is over all rows.
      index: the rows kept.
      slack: min F_j - γ over the rows that were not kept, relative to γ; infinite where all were.
    """

    limit: Limit
    index: Array = field(repr=False)
    slack: float


def blocked_limit(data: BlockedRows, start: Array | None = None, *, cells: int = CELLS) -> BlockedLimit:
    """Where AdamProxy's flow leads from w_0.

    Arguments:
      data: all rows; start: w_0, shape (d,), zero by default.
      cells: entries of the rows that are kept in memory.

    Raises:
      MarginproofError: a feature whose rows have all lost their weight while others keep theirs, or too many rows keep weight.
    """
    w = np.zeros(data.n_features) if start is None else np.asarray(start, dtype=np.float64)
    most = max(2, cells // data.n_features)
    w = _until_few(data, w, most)
    index, rows = _alive(data, w)
    for _ in range(ROUNDS):
        limit = solve(LimitProblem(rows, AdamProxyField()), w)
        u = _field(rows, limit.weights)
        F = rows @ u
        gamma = float(limit.weights @ F)
        low, at, back = _lower_rows(data, u, gamma, index, most)
        if limit.outcome is not Outcome.FIXED_POINT or not len(at):
            slack = (low - gamma) / gamma
            worse = max(limit.residual, max(0.0, -slack) * gamma / float(np.abs(F).max()))
            return BlockedLimit(replace(limit, residual=worse), index, slack)
        order = np.argsort(np.r_[index, at], kind="stable")
        index, rows = np.r_[index, at][order], np.vstack([rows, back])[order]
    raise MarginproofError(f"rounds={ROUNDS} over all rows did not end; take a part of the rows")


def _field(rows: Array, c: Array) -> Array:
    return np.asarray(AdamProxyField()(rows, c))


@dataclass
class _Sums:
    """Sums over all rows at w, weights relative to the largest: m, q, Σ y x xᵀ, Σ y² (x∘x) xᵀ; and how many rows have weight."""

    lowest: float
    total: float
    m: Array
    q: Array
    A: Array
    B: Array
    alive: int

    @property
    def u(self) -> Array:
        """The field, m / √q."""
        return np.asarray(self.m / np.sqrt(self.q))

    @property
    def slope(self) -> Array:
        """∂u/∂w."""
        root = np.sqrt(self.q)[:, None]
        return np.asarray(-self.A / root + (self.m / self.q)[:, None] * self.B / root)


def _sums(data: BlockedRows, w: Array) -> _Sums:
    d = data.n_features
    sums = _Sums(np.inf, 0.0, np.zeros(d), np.zeros(d), np.zeros((d, d)), np.zeros((d, d)), 0)
    for _, block in data.blocks():
        z = block @ w
        lowest = float(z.min())
        if lowest < sums.lowest:
            shrink = float(np.exp(lowest - sums.lowest))
            sums.total, sums.m, sums.A = sums.total * shrink, sums.m * shrink, sums.A * shrink
            sums.q, sums.B, sums.lowest = sums.q * shrink**2, sums.B * shrink**2, lowest
        near = z < sums.lowest + GONE
        if not near.all():
            z, block = z[near], block[near]
        y = np.exp(sums.lowest - z)
        squares, weighted = block**2, y[:, None] * block
        sums.alive += len(y)
        sums.total += float(y.sum())
        sums.m += weighted.sum(axis=0)
        sums.q += (y**2) @ squares
        sums.A += weighted.T @ block
        sums.B += (y[:, None] ** 2 * squares).T @ block
    if not (sums.q > 0).all():
        k = int(np.argmin(sums.q))
        raise MarginproofError(
            f"feature={k + 1} (counted from 1) is zero on every row that keeps weight, which is not followed in blocks; take a part of "
            "the rows that fits into memory"
        )
    return sums


def _until_few(data: BlockedRows, w: Array, most: int) -> Array:
    """Backward Euler from w until at most so many rows have weight."""
    now = _sums(data, w)
    h = 0.1 / max(_spread(data, now.u), 1e-300)
    for _ in range(STEPS):
        if now.alive <= most:
            return w
        found = _implicit(data, w, now, h)
        if found is None:
            h *= 0.25
            continue
        ahead, then = found
        error = 0.5 * h * _change(data, w, now, ahead, then)
        if error <= TOLERANCE:
            w, now = ahead, then
        h *= min(6.0, max(0.2, 0.9 * float(np.sqrt(TOLERANCE / max(error, 1e-12)))))
    raise MarginproofError(
        f"rows={now.alive} of {data.n_samples} still have weight after {STEPS} steps, more than the {most} that are kept in memory; "
        "take a part of the rows"
    )


def _implicit(data: BlockedRows, w: Array, now: _Sums, h: float) -> tuple[Array, _Sums] | None:
    """(w', sums there) with w' = w + h u(w') by Newton's method; ``None`` where it fails."""
    ahead, then, last = w, now, np.inf
    for iteration in range(ITERATIONS):
        step = np.linalg.solve(np.eye(len(w)) - h * then.slope, w + h * then.u - ahead)
        ahead = ahead + step
        size = float(np.abs(step).max()) / max(h * float(np.abs(then.u).max()), 1e-300)
        then = _sums(data, ahead)
        if not np.isfinite(then.u).all() or size > 2 * last:
            return None
        if iteration and size <= 1e-3:
            return ahead, then
        last = size
    return None


def _spread(data: BlockedRows, u: Array) -> float:
    """The range of F over all rows."""
    ends = [(float(F.min()), float(F.max())) for F in (block @ u for _, block in data.blocks())]
    return max(high for _, high in ends) - min(low for low, _ in ends)


def _change(data: BlockedRows, w: Array, now: _Sums, ahead: Array, then: _Sums) -> float:
    """The largest change of F - y·F between the two points, weighted by √y."""
    worst = 0.0
    shift = float(then.m @ then.u) / then.total - float(now.m @ now.u) / now.total
    for _, block in data.blocks():
        z = block @ np.column_stack([w, ahead, then.u - now.u])
        y = np.maximum(np.exp(now.lowest - z[:, 0]) / now.total, np.exp(then.lowest - z[:, 1]) / then.total)
        worst = max(worst, float((np.sqrt(y) * np.abs(z[:, 2] - shift)).max()))
    return worst


def _alive(data: BlockedRows, w: Array) -> tuple[Array, Array]:
    """The rows that have weight at w."""
    lowest = min(float((block @ w).min()) for _, block in data.blocks())
    parts = [
        (first + np.flatnonzero(near), block[near])
        for first, block in data.blocks()
        for near in [block @ w < lowest + GONE]
    ]
    return np.concatenate([index for index, _ in parts]), np.vstack([rows for _, rows in parts])


def _lower_rows(
    data: BlockedRows, u: Array, gamma: float, index: Array, most: int
) -> tuple[float, Array, Array]:
    """The least F among the rows that were not kept, and those of them below γ, the lowest ones."""
    low, numbers, rows = np.inf, np.zeros(0, dtype=np.intp), np.zeros((0, len(u)))
    for first, block in data.blocks():
        F = block @ u
        F[index[(index >= first) & (index < first + len(block))] - first] = np.inf
        low = min(low, float(F.min()))
        below = np.flatnonzero(gamma > F)
        if len(numbers) + len(below) > most:
            below = below[np.argsort(F[below], kind="stable")][: max(0, most - len(numbers))]
        numbers, rows = np.r_[numbers, first + below], np.vstack([rows, block[below]])
    return low, numbers, rows
