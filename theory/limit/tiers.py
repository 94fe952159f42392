"""Data with zero entries: features that only vanishing weights move (derived; the paper assumes no zeros).

A feature that is zero on every row which keeps weight has q_k = 0 there, yet Adam without ε moves it at
full speed: u_k depends on the rows that *have* the feature, up to their common scale, however small.
The limit equation then comes in tiers.  The first is the usual one, over the rows S_1 that keep weight
and the features they have.  The rows that have some other feature lose weight faster; among them those
that lose it most slowly, S_2, decide the features they add, with the share of F that the first tier
fixes as a constant; and so on.  Each tier is a limit equation of its own with γ_1 < γ_2 < …

A tier is regular where its own solution attracts strictly.  It is not where rows of it are tied, that is, have equal F
whatever the tier's weights are: the ratio of their weights then never changes, the equation has a line of
solutions, and which one is reached is the start's matter.  Such a limit is UNDECIDED, and the tied rows are named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from marginproof.theory.limit.flow import softmax
from marginproof.theory.limit.newton import NewtonPoint, newton_from_any_support
from marginproof.theory.limit.problem import Limit, LimitProblem, Stability, Tier, complementarity_gap
from marginproof.theory.limit.stability import classify
from marginproof.theory.number_systems import FLOAT64, Array, NumberSystem

GAP = 150.0
"""Leads (log-weights) this far apart belong to different tiers: weights a factor e^150 apart and drifting."""


@dataclass(frozen=True)
class TierProblem(LimitProblem):
    """One tier's limit equation: F = offset + X_K u_K on the rows that this tier decides.

    Attributes:
      X: the columns K of this tier, shape (N, |K|).
      parent: the whole problem, whose groups of equal rows are kept.
      offset: what earlier tiers contribute to F, shape (G,), floats or balls.
      eligible: rows whose features are all decided by now and that have one in K, shape (G,), bool.
    """

    parent: LimitProblem
    offset: Array
    eligible: Array

    def __post_init__(self) -> None:
        super().__post_init__()
        self.__dict__["groups"] = self.parent.groups

    def F(self, y: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """F on the distinct rows; rows that have no part in this tier are put out of the way, far above."""
        F = numbers.array(self.offset) + super().F(y, numbers)
        return cast(Array, np.where(self.eligible, F, F[self.eligible].max() + np.abs(F).max()))

    @property
    def gradient_like(self) -> bool:
        """No: with constants from other tiers the equation is not a margin's."""
        return False

    def given(self, rows: Any) -> Any:
        """What earlier tiers contribute to F."""
        return self.offset[rows]

    def rivals(self, support: Sequence[int]) -> Array:
        """The other rows that this tier decides."""
        return np.setdiff1d(np.flatnonzero(self.eligible), support)

    def over(self, numbers: NumberSystem) -> TierProblem:
        """The same tier with its columns in ``numbers``."""
        return replace(self, X=numbers.array(self.X))

    def linearised(self, y: Array, support: Array) -> tuple[Array, Array]:
        """As in the whole problem, with this tier's F."""
        return self.F(y), self.jacobian(y, support=support)


def settle_tiers(problem: LimitProblem, a: Array, reach: float) -> Limit | None:
    """The limit that a flow at log-weights a has settled on, tier by tier; ``None`` if it has not yet.

    Arguments:
      problem: data with zero entries and a field of degree 0.
      a: log-weights of the distinct rows, shape (G,).
      reach: l1 distance within which each tier's weights must be of its fixed point.
    """
    rows = problem.floats[problem.representatives]
    leads, decided = problem.leads(a), np.zeros(problem.X.shape[1], dtype=bool)
    u, offset = np.zeros(problem.X.shape[1]), np.zeros(len(rows))
    found: list[tuple[Array, TierProblem, NewtonPoint]] = []
    for features in _tiers_of(leads):
        decided[features] = True
        eligible = eligible_rows(rows, decided, features)
        if not eligible.any():
            return None
        tier = TierProblem(problem.floats[:, features], problem.field, problem, offset, eligible)
        y = softmax(np.where(eligible, a, -np.inf))
        candidate = newton_from_any_support(tier, y, reach=reach)
        if candidate is None or (candidate.y > 0)[~eligible].any():
            return None
        if classify(tier, candidate.y, candidate.support) is not Stability.ATTRACTING:
            return None
        if found and candidate.gamma <= found[-1][2].gamma:
            return None
        u[features] = tier.direction(candidate.y)
        offset = rows @ u
        found.append((features, tier, candidate))
    return _limit(problem, u, found)


def eligible_rows(rows: Array, decided: Array, features: Sequence[int] | Array) -> Array:
    """The rows that are zero where nothing is decided yet and have one of a tier's features, bool, shape (G,)."""
    return np.asarray(~(rows[:, ~decided] != 0).any(axis=1) & (rows[:, features] != 0).any(axis=1))


def _tiers_of(leads: Array) -> list[Array]:
    """Features in groups of nearly equal lead, the heaviest rows' first."""
    order = np.argsort(-leads, kind="stable")
    cuts = np.flatnonzero(np.diff(leads[order]) < -GAP) + 1
    return [np.sort(group) for group in np.split(order, cuts)]


def _limit(problem: LimitProblem, u: Array, found: list[tuple[Array, TierProblem, NewtonPoint]]) -> Limit:
    first = found[0][2]
    later = len(u) - len(found[0][0])
    gaps = [complementarity_gap(tier.F(point.y), point.y) for _, tier, point in found]
    tiers = tuple(
        Tier(tuple(features.tolist()), point.y, tuple(int(i) for i in point.support))
        for features, _, point in found
    )
    limit = Limit.at(
        problem.expand(first.y),
        u,
        first.gamma,
        max(gaps),
        Stability.ATTRACTING,
        reason=_said(later, len(found) - 1),
    )
    return replace(limit, tiers=tiers)


def _said(later: int, further: int) -> str:
    features = "1 feature is" if later == 1 else f"{later} features are"
    tiers = "a further tier" if further == 1 else f"{further} further tiers"
    return f"{features} zero on the support and moved by weights that vanish, in {tiers}; the paper assumes no zero entries"
