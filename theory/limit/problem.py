"""The limit equation, a complementarity problem: find c on the simplex and γ > 0 with

    F_j(c) >= γ for every j,  and  F_j(c) = γ where c_j > 0,        F(c) = X u(c).

The predicted limit direction of w is u(c).  For AdamProxy this is the paper's dual fixed point
T(c) = c (I5); under the replicator dynamic dc_i/dτ = c_i (c·F - F_i) its solutions are the Nash
equilibria (I8).  This module states the problem and measures how far a point is from solving it; an answer is a :class:`~.limit.Limit`,
:mod:`marginproof.theory.limit.stability` says whether the flow is attracted there, and the ways of solving it have a module each
(:mod:`marginproof.theory.limit.flow`, :mod:`marginproof.theory.limit.newton`, :mod:`marginproof.theory.proofs.enumeration`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, cast

import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import Field
from marginproof.theory.limit.limit import Limit as Limit
from marginproof.theory.limit.limit import Outcome as Outcome
from marginproof.theory.limit.limit import Stability as Stability
from marginproof.theory.limit.limit import Tier as Tier
from marginproof.theory.limit.rows import MergedRows
from marginproof.theory.number_systems import FLOAT64, Array, NumberSystem


@dataclass(frozen=True)
class LimitProblem(MergedRows):
    """Data and a field, with equal rows merged.

    Arguments:
      X: rows x_i with labels folded in, shape (N, d), float64 or exact (object array of Fractions).
      field: the direction field; one that is the sign field on N samples becomes :class:`~marginproof.theory.fields.SignField`.
    """

    field: Field
    compressed: ClassVar[bool] = False
    """Whether ``X`` is sparse: :class:`~marginproof.theory.limit.sparse.SparseProblem`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not hasattr(self.field, "settled"):
            raise MarginproofError(
                f"field={self.field!r} is not a direction field; give an optimizer's field, `optimizer.field(len(X))`"
            )
        object.__setattr__(self, "field", self.field.settled(self.X.shape[0]))

    def dense(self) -> LimitProblem:
        """The same problem with ``X`` as an array."""
        return self

    @property
    def gradient_like(self) -> bool:
        """Whether u is a multiple of the gradient at all weights, so that the limit equation is the ℓ₂ margin's."""
        return bool(self.field.parallel_to_gradient(self.X))

    def given(self, rows: Any) -> Any:
        """What F has on distinct rows whatever the weights are: nothing (a tier's problem has what earlier tiers give)."""
        return 0

    def rivals(self, support: Sequence[int]) -> Array:
        """The distinct rows off a support whose F must not be below the level there."""
        return np.setdiff1d(np.arange(self.n_unknowns), support)

    def over(self, numbers: NumberSystem) -> LimitProblem:
        """The same problem with its data already in ``numbers``; equal rows stay merged as here."""
        lifted = LimitProblem(numbers.array(self.X), self.field)
        lifted.__dict__["groups"] = self.groups
        return lifted

    def direction(self, y: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """u(c), shape (d,)."""
        return self.field(self.within(numbers), self.expand(y, numbers), numbers)

    def F(self, y: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """F = X u(c) on the distinct rows, shape (G,)."""
        rows = self.within(numbers)
        u = self.field(rows, self.expand(y, numbers), numbers)
        return cast(Array, (rows[self.representatives] if self.merged else rows) @ u)

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
        X = self.within(numbers)
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
        rows = self.distinct
        return rows @ u, (rows if len(support) == len(rows) else rows[support]) @ du

    def _on_groups(self, y: Array, support: Array) -> tuple[Array, Array] | None:
        """(u, ∂u/∂y on some distinct rows), the others' weights counting as zero; ``None`` where the field has no form for that."""
        on_rows = getattr(self.field, "on_rows", None)
        if on_rows is None:
            return None
        if not self.merged:
            return cast(tuple[Array, Array], on_rows(self.floats, y, support))
        rows = self.rows_of(support)
        u, du = on_rows(self.floats, self.expand(y), rows)
        return u, self.summed(du, self.groups[rows])

    @cached_property
    def on_some_rows(self) -> Callable[[Array], LimitProblem] | None:
        """Distinct rows to the problem in which only they have weight, whose F is this one's up to a factor; ``None`` if none is such."""
        among = getattr(self.field, "among", None)
        if among is None:
            return None
        field = among(len(self.X))
        if self.merged:
            return lambda rows: LimitProblem(self.floats[self.rows_of(rows)], field)

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
        every = self.rows_of(rows) if self.merged else rows
        some = self.floats if len(every) == len(self.floats) else self.floats[every]
        return cast(Array, form(some, self.expand(y)[every], len(self.floats)))

    def direction_jacobian(self, y: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """∂u/∂y, shape (d, G)."""
        du = self.field.jacobian(self.within(numbers), self.expand(y, numbers), numbers)
        if not self.merged:
            return du
        if numbers is FLOAT64:
            return self.summed(du, self.groups)
        share = numbers.convert(1) / numbers.array(np.bincount(self.groups))
        sums = [du[:, self.groups == g].sum(axis=1) * share[g] for g in range(self.n_unknowns)]
        return np.stack(sums, axis=1)


def residual(problem: LimitProblem, y: Array) -> float:
    """How far y (shape (G,)) is from solving the limit equation: :func:`complementarity_gap` of F(y) and y."""
    return complementarity_gap(problem.F(y), y)


def complementarity_gap(F: Array, y: Array) -> float:
    """How far F and weights y are from complementarity, relative to the size of F.

    The larger of max_i y_i |F_i - γ|, where γ = y·F/Σy, and the shortfall max(γ - min F, 0), over max |F|.  Zero at
    solutions only.  A small residual is not a small error: rows off the support may decay slowly.
    """
    y = y / np.add.reduce(y)
    gamma, lowest = float(y @ F), float(np.minimum.reduce(F))
    scale = max(float(np.maximum.reduce(F)), -lowest)
    gap = max(float(np.maximum.reduce(y * np.abs(F - gamma))), gamma - lowest, 0.0)
    return gap / scale if scale else float("inf")
