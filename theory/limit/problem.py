"""The limit equation, a complementarity problem: find c on the simplex and γ > 0 with

    F_j(c) >= γ for every j,  and  F_j(c) = γ where c_j > 0,        F(c) = X u(c).

The predicted limit direction of w is u(c).  For AdamProxy this is the paper's dual fixed point
T(c) = c (I5); under the replicator dynamic dc_i/dτ = c_i (c·F - F_i) its solutions are the Nash
equilibria (I8).  This module states the problem, measures how far a point is from solving it and
says whether the flow is attracted there; the ways of solving it have a module each
(:mod:`marginproof.theory.limit.flow`, :mod:`marginproof.theory.limit.newton`, :mod:`marginproof.theory.proofs.enumeration`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import ClassVar, cast

import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import Field
from marginproof.theory.number_systems import FLOAT64, Array, NumberSystem


class Outcome(Enum):
    """Where the flow goes.  ``advice`` says what to make of it."""

    FIXED_POINT = "fixed_point"
    CYCLE = "cycle"
    UNDECIDED = "undecided"

    @property
    def advice(self) -> str:
        """One sentence for the user."""
        return {
            Outcome.FIXED_POINT: "The flow settles: w/‖w‖ tends to the direction u(c).",
            Outcome.CYCLE: "The loss weights circle and u(c) never settles; no fixed point is the limit.",
            Outcome.UNDECIDED: "No conclusion; the reason says what stood in the way.",
        }[self]


class Stability(Enum):
    """Whether the replicator flow is attracted to a fixed point, transversal directions included."""

    ATTRACTING = "attracting"
    UNSTABLE = "unstable"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class LimitProblem:
    """Data and a field, with equal rows merged.

    Equal rows have equal loss weights at every w, so only their common total is an unknown; the
    unknowns are the totals y of the G distinct rows, and c = ``expand(y)`` splits each evenly.

    Arguments:
      X: rows x_i with labels folded in, shape (N, d), float64 or exact (object array of Fractions).
      field: the direction field; one that is the sign field on N samples becomes :class:`~marginproof.theory.fields.SignField`.
    """

    X: Array
    field: Field
    compressed: ClassVar[bool] = False
    """Whether ``X`` is sparse: :class:`~marginproof.theory.limit.sparse.SparseProblem`."""

    def __post_init__(self) -> None:
        X = np.asarray(self.X)
        object.__setattr__(self, "X", X)
        if X.ndim != 2 or 0 in X.shape:
            raise MarginproofError(f"X.shape={X.shape}: data need at least one row and one column")
        if not hasattr(self.field, "settled"):
            raise MarginproofError(
                f"field={self.field!r} is not a direction field; give an optimizer's field, `optimizer.field(len(X))`"
            )
        object.__setattr__(self, "field", self.field.settled(X.shape[0]))

    def dense(self) -> LimitProblem:
        """The same problem with ``X`` as an array."""
        return self

    @cached_property
    def floats(self) -> Array:
        """X in float64, shape (N, d)."""
        return np.ascontiguousarray(FLOAT64.array(self.X))

    @cached_property
    def groups(self) -> Array:
        """g(i), the distinct row that row i equals, shape (N,), values 0 … G-1, by first appearance."""
        seen: dict[object, int] = {}
        X = self.X + 0  # -0 and 0 are one number
        rows = [row.tobytes() for row in X] if X.dtype != object else [tuple(row) for row in X]
        if len(set(rows)) == len(rows):
            return np.arange(len(rows))
        return np.array([seen.setdefault(row, len(seen)) for row in rows], dtype=np.intp)

    @cached_property
    def representatives(self) -> Array:
        """The first row of every group, shape (G,)."""
        first = dict(zip(reversed(self.groups.tolist()), reversed(range(len(self.groups))), strict=True))
        return np.array([first[g] for g in range(len(first))], dtype=np.intp)

    @cached_property
    def n_unknowns(self) -> int:
        """G, the number of distinct rows."""
        return int(np.maximum.reduce(self.groups)) + 1

    @cached_property
    def merged(self) -> bool:
        """Whether some rows are equal."""
        return bool(self.n_unknowns < self.X.shape[0])

    def expand(self, y: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """c, shape (N,), from the totals y of the distinct rows, shape (G,)."""
        if not self.merged:
            return y
        counts = np.bincount(self.groups)
        share = numbers.convert(1) / numbers.array(counts)
        return cast(Array, (y * share)[self.groups])

    def over(self, numbers: NumberSystem) -> LimitProblem:
        """The same problem with its data already in ``numbers``; equal rows stay merged as here."""
        lifted = LimitProblem(numbers.array(self.X), self.field)
        lifted.__dict__["groups"] = self.groups
        return lifted

    def direction(self, y: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """u(c), shape (d,)."""
        return self.field(self._in(numbers), self.expand(y, numbers), numbers)

    def F(self, y: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """F = X u(c) on the distinct rows, shape (G,)."""
        rows = self._in(numbers)
        u = self.field(rows, self.expand(y, numbers), numbers)
        return cast(Array, (rows[self.representatives] if self.merged else rows) @ u)

    @cached_property
    def _absent(self) -> Array | None:
        """-inf where a distinct row has a zero entry, else 0, shape (G, d); ``None`` if no entry is zero."""
        zero = self.floats[self.representatives] == 0
        return np.where(zero, -np.inf, 0.0) if zero.any() else None

    def leads(self, a: Array) -> Array:
        """The largest log-weight among the rows that have feature k, shape (d,), relative to the largest of all."""
        if self._absent is None:
            return np.zeros(self.X.shape[1])
        return np.asarray((a[:, None] + self._absent).max(axis=0) - a.max())

    def direction_at(self, a: Array) -> Array:
        """u at the point with log-weights a, shape (G,): float64, exact in scale however small a weight is.

        A coordinate of u depends on the rows that have the feature, up to their common scale; features
        whose rows have all lost weight are evaluated apart, with their own rows' weights scaled up.
        """
        leads = self.leads(a)
        u = np.empty(len(leads))
        todo = np.arange(len(leads))
        while todo.size:
            top = leads[todo].max()
            now = todo[leads[todo] >= top - 100.0]
            y = np.exp(np.minimum(a - a.max() - top, 0.0))
            columns = slice(None) if len(now) == len(leads) else now
            u[now] = self.field(self.floats[:, columns], self.expand(y), FLOAT64)
            todo = todo[leads[todo] < top - 100.0]
        return u

    def jacobian(self, y: Array, numbers: NumberSystem = FLOAT64, support: Array | None = None) -> Array:
        """∂F/∂y, shape (G, G), or its rows and columns in ``support`` alone, shape (S, S)."""
        X = self._in(numbers)
        du = self.direction_jacobian(y, numbers)
        if support is not None and len(support) < self.n_unknowns:
            rows = np.asarray(support)
            return cast(Array, X[self.representatives[rows]] @ du[:, rows])
        return cast(Array, (X[self.representatives] if self.merged else X) @ du)

    def linearised(self, y: Array, support: Array) -> tuple[Array, Array]:
        """(F, ∂F/∂y on the support) in float64, shapes (G,) and (S, S); y is zero off the support."""
        whole = getattr(self.field, "linearised", None)
        if whole is not None and not self.merged:
            return cast(tuple[Array, Array], whole(self.floats, y, support))
        found = self._on_groups(y, support)
        if found is None:
            return self.F(y), self.jacobian(y, support=support)
        u, du = found
        rows = self._distinct
        return rows @ u, (rows if len(support) == len(rows) else rows[support]) @ du

    @cached_property
    def _distinct(self) -> Array:
        """The distinct rows in float64, shape (G, d)."""
        return self.floats[self.representatives] if self.merged else self.floats

    def _on_groups(self, y: Array, support: Array) -> tuple[Array, Array] | None:
        """(u, ∂u/∂y on some distinct rows), the others' weights counting as zero; ``None`` where the field has no form for that."""
        on_rows = getattr(self.field, "on_rows", None)
        if on_rows is None:
            return None
        if not self.merged:
            return cast(tuple[Array, Array], on_rows(self.floats, y, support))
        rows = self._rows_of(support)
        u, du = on_rows(self.floats, self.expand(y), rows)
        return u, self._summed(du, self.groups[rows])

    def _rows_of(self, support: Array) -> Array:
        """The rows that equal one of some distinct rows."""
        chosen = np.zeros(self.n_unknowns, dtype=bool)
        chosen[support] = True
        return np.flatnonzero(chosen[self.groups])

    @staticmethod
    def _summed(du: Array, groups: Array) -> Array:
        """Columns' means over equal rows, in the order of the groups: shape (d, number of groups)."""
        order = np.argsort(groups, kind="stable")
        _, starts, counts = np.unique(groups[order], return_index=True, return_counts=True)
        return cast(Array, np.add.reduceat(du[:, order], starts, axis=1) / counts)

    @cached_property
    def on_some_rows(self) -> Callable[[Array], LimitProblem] | None:
        """Distinct rows to the problem in which only they have weight, whose F is this one's up to a factor; ``None`` if none is such."""
        among = getattr(self.field, "among", None)
        if among is None:
            return None
        field = among(len(self.X))
        if self.merged:
            return lambda rows: LimitProblem(self.floats[self._rows_of(rows)], field)

        def some(rows: Array) -> LimitProblem:
            problem = LimitProblem(self.floats[rows], field)
            problem.__dict__["groups"] = np.arange(len(rows))  # known to be distinct
            return problem

        return some

    def slopes(self, y: Array, rows: Array) -> Array:
        """∂u/∂y on some of the distinct rows in float64, shape (d, R); the others' weights count as zero."""
        found = self._on_groups(y, rows)
        return self.direction_jacobian(y)[:, rows] if found is None else found[1]

    def in_w(self, y: Array, rows: Array) -> Array | None:
        """∂u/∂w from some of the distinct rows in float64, shape (d, d), without an array of X's size; ``None`` where the field has no such form."""
        form = getattr(self.field, "in_w", None)
        if form is None:
            return None
        every = self._rows_of(rows) if self.merged else rows
        some = self.floats if len(every) == len(self.floats) else self.floats[every]
        return cast(Array, form(some, self.expand(y)[every], len(self.floats)))

    def direction_jacobian(self, y: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """∂u/∂y, shape (d, G)."""
        du = self.field.jacobian(self._in(numbers), self.expand(y, numbers), numbers)
        if not self.merged:
            return du
        if numbers is FLOAT64:
            return self._summed(du, self.groups)
        share = numbers.convert(1) / numbers.array(np.bincount(self.groups))
        sums = [du[:, self.groups == g].sum(axis=1) * share[g] for g in range(self.n_unknowns)]
        return np.stack(sums, axis=1)

    def _in(self, numbers: NumberSystem) -> Array:
        return self.floats if numbers is FLOAT64 else numbers.array(self.X)


@dataclass(frozen=True)
class Limit:
    """A solution of the limit equation, or why there is none.

    Attributes:
      outcome: what the flow does.
      weights: c, shape (N,), on the simplex (where the search ended, if it did not settle).
      direction: u(c) of unit ℓ₂ norm, shape (d,).
      gamma: γ, the common value of F on the support.
      support: rows with positive weight.
      residual: complementarity residual, see :func:`residual`.
      stability: from the replicator Jacobian in float64; evidence, not proof.
      reason: one clause for the reader.
      unique: False where the limit direction is one of a continuum (a face of ℓ∞ maximisers), None
        where that is undecided.
    """

    outcome: Outcome
    weights: Array
    direction: Array
    gamma: float
    support: tuple[int, ...]
    residual: float
    stability: Stability
    reason: str = ""
    unique: bool | None = True


def residual(problem: LimitProblem, y: Array) -> float:
    """How far y (shape (G,)) is from solving the limit equation: :func:`complementarity_gap` of F(y) and y."""
    return complementarity_gap(problem.F(y), y)


def complementarity_gap(F: Array, y: Array) -> float:
    """How far F and weights y are from complementarity, relative to the size of F.

    max_i y_i |F_i - γ| (γ = y·F / Σy) and the shortfall max_j (γ - F_j)_+, over max |F|.  Zero at
    solutions only.  A small residual is not a small error: rows off the support may decay slowly.
    """
    y = y / np.add.reduce(y)
    gamma, lowest = float(y @ F), float(np.minimum.reduce(F))
    scale = max(float(np.maximum.reduce(F)), -lowest)
    gap = max(float(np.maximum.reduce(y * np.abs(F - gamma))), gamma - lowest, 0.0)
    return gap / scale if scale else float("inf")


def replicator_matrix(problem: LimitProblem, y: Array, support: Array) -> Array:
    """The flow linearised on the support's face, in log-ratio coordinates b_i = log(y_i / y_s).

    Shape (S-1, S-1): -E (J diag(y)) P, where E takes differences against the last supported row
    and P is the derivative of log y by b.  Its eigenvalues are those of the replicator's tangent map.
    """
    J = problem.jacobian(y, support=support) * y[support][None, :]
    weights = y[support] / y[support].sum()
    tangent = np.eye(len(support))[:, :-1] - weights[None, :-1]
    against_last = J[:-1] - J[-1:]
    return cast(Array, -against_last @ tangent)


def classify(problem: LimitProblem, y: Array, support: Array) -> Stability:
    """Stability of the fixed point y, from float64 eigenvalues and the transversal rates F_j - γ.

    Undecided where the deciding number is within 1e-9 of zero relative to max |F|: about the
    square root of the rounding error that a double root would show.
    """
    F = problem.F(y)
    scale = float(np.abs(F).max())
    inside = replicator_matrix(problem, y, support)
    worst = float(np.linalg.eigvals(inside).real.max()) if inside.size else -scale
    off = np.setdiff1d(np.arange(len(y)), support)
    if off.size:
        worst = max(worst, float((y @ F / y.sum() - F[off]).max()))
    if abs(worst) <= 1e-9 * scale:
        return Stability.UNDECIDED
    return Stability.ATTRACTING if worst < 0 else Stability.UNSTABLE
