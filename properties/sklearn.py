"""scikit-learn estimators: max-margin classifiers, and the classifier that an optimizer converges to.

Import them as ``marginproof.sklearn`` (the extra ``sklearn``).  On data that are completely separable, up to the intercept,
they are the directions of :mod:`marginproof.theory`; on other data no such direction exists, and they warn and take
the minimiser of the logistic loss, which gradient descent converges to where the classes overlap (``on_overlap="raise"``
refuses instead).  The intercept is a feature of ones and counts in the norm, as it does for an optimizer.

Example:
  >>> from marginproof.sklearn import MaxMarginClassifier
  >>> model = MaxMarginClassifier(norm="linf", fit_intercept=False).fit([[5, 1], [-1, -4]], ["yes", "no"])
  >>> model.coef_, model.margin_
  (array([[1., 1.]]), 5.0)
"""

from __future__ import annotations

import warnings
from numbers import Integral, Real
from typing import Any

import numpy as np

from marginproof.properties.sklearn_base import LinearClassifier, NotSeparableWarning
from marginproof.theory.errors import MarginproofError
from marginproof.theory.limit.problem import Limit, LimitProblem, Outcome
from marginproof.theory.limit.solve import solve
from marginproof.theory.limit.steps.choice import constant_step
from marginproof.theory.margins.brackets import Bracket
from marginproof.theory.margins.max_margin import Margin, l2_margin, linf_margin, mahalanobis_margin
from marginproof.theory.number_systems import Array
from marginproof.theory.optimizers import Optimizer, optimizer_of

NORMS = ("l2", "linf", "mahalanobis")


class MaxMarginClassifier(LinearClassifier):
    """The max-margin classifier of a norm, with a certified bracket of its margin.

    Arguments:
      norm: ``l2``, ``linf`` or ``mahalanobis`` (√(w·(M w)); M is AdamProxy's at its limit unless ``metric`` is given).
      metric: the diagonal of M for ``mahalanobis``, positive, of as many entries as features (and the intercept, if fitted).
      fit_intercept: add a feature of ones.
      on_overlap: ``warn`` or ``raise`` on data that are not completely separable.

    Attributes:
      coef_: w of unit norm, shape (1, d); intercept_: shape (1,), counted in the norm.
      margin_: the max-margin γ; nan where the data are not separable.
      bracket_: the exact bounds of γ, a :class:`~marginproof.theory.margins.brackets.Bracket`, or ``None``.
      separable_: whether the data are completely separable.
    """

    def __init__(
        self, norm: str = "l2", metric: Any = None, fit_intercept: bool = True, on_overlap: str = "warn"
    ) -> None:
        self.norm = norm
        self.metric = metric
        self.fit_intercept = fit_intercept
        self.on_overlap = on_overlap

    def _direction(self, rows: Array) -> tuple[Array, float]:
        margin = self._margin(rows)
        self.bracket_: Bracket | None = margin.bracket
        return margin.direction, margin.value

    def _forget(self) -> None:
        self.bracket_ = None

    def _margin(self, rows: Array) -> Margin:
        if self.norm not in NORMS:
            raise MarginproofError(f"norm={self.norm} is unknown; choose one of {', '.join(NORMS)}")
        if self.metric is not None and self.norm != "mahalanobis":
            raise MarginproofError(
                f"metric is for norm=mahalanobis, not for norm={self.norm}; leave one of them out"
            )
        if self.norm == "l2":
            return l2_margin(rows)
        if self.norm == "linf":
            return linf_margin(rows)
        if self.metric is not None:
            try:
                metric = np.asarray(self.metric, dtype=np.float64)
            except (ValueError, TypeError) as cause:
                raise MarginproofError(
                    f"metric={self.metric!r} holds no numbers; give the diagonal of M"
                ) from cause
            return mahalanobis_margin(rows, metric)
        field = optimizer_of("adamproxy").field(len(rows))
        c = solve(LimitProblem(rows, field)).weights
        used = rows.any(axis=0)
        metric = np.sqrt((rows * rows).T @ (c * c))
        return mahalanobis_margin(rows, np.where(used & (metric > 0), metric, 1.0))


class LimitClassifier(LinearClassifier):
    """The classifier that an optimizer converges to on completely separable data, from w = 0.

    Arguments:
      optimizer: a name of :data:`marginproof.theory.optimizers.OPTIMIZERS`, or an optimizer with its settings.
      batch_size: b; by default 1 for Adam and RMSProp, N for others.
      sampling: ``cyclic``, ``reshuffle`` or ``replacement``.
      lr: a constant step (Adam and RMSProp on cyclic batches smaller than N); ``None`` for steps that tend to 0.
      fit_intercept, on_overlap: as in :class:`MaxMarginClassifier`.

    Attributes:
      coef_: w of unit ℓ₂ norm, shape (1, d); intercept_: shape (1,), counted in the norm.
      margin_: the ℓ₂ margin of w; nan where the data are not separable.
      limit_: the :class:`~marginproof.theory.limit.limit.Limit`: outcome, weights, support, stability; ``None`` where the data
        are not separable.
      separable_: whether the data are completely separable.
    """

    def __init__(
        self,
        optimizer: str | Optimizer = "adam",
        batch_size: int | None = None,
        sampling: str = "cyclic",
        lr: float | None = None,
        fit_intercept: bool = True,
        on_overlap: str = "warn",
    ) -> None:
        self.optimizer = optimizer
        self.batch_size = batch_size
        self.sampling = sampling
        self.lr = lr
        self.fit_intercept = fit_intercept
        self.on_overlap = on_overlap

    def _direction(self, rows: Array) -> tuple[Array, float]:
        limit = self._limit(rows)
        if limit.outcome is not Outcome.FIXED_POINT:
            undecided = limit.outcome is Outcome.UNDECIDED
            lead = "Undecided:" if undecided else limit.outcome.advice
            warnings.warn(f"{lead} {limit.reason}", stacklevel=3)
        self.limit_: Limit | None = limit
        w = limit.direction / np.linalg.norm(limit.direction)
        return w, float((rows @ w).min())

    def _forget(self) -> None:
        self.limit_ = None

    def _limit(self, rows: Array) -> Limit:
        chosen = optimizer_of(self.optimizer) if isinstance(self.optimizer, str) else self.optimizer
        self._check(chosen)
        batching = chosen.batching(len(rows), self.batch_size, self.sampling)
        if self.lr is not None:
            return constant_step(rows, chosen, batching, float(self.lr)).limit
        return solve(LimitProblem(rows, chosen.field(len(rows), batching)))

    def _check(self, chosen: Any) -> None:
        """Refuse settings of another type; what their values must be is checked where they are used."""
        if not isinstance(chosen, Optimizer):
            raise MarginproofError(
                f"optimizer={chosen!r} is neither a name nor an optimizer with its settings; give 'adam', or Adam(0.9, 0.95)"
            )
        if not isinstance(self.batch_size, Integral | None) or isinstance(self.batch_size, bool):
            raise MarginproofError(f"batch_size={self.batch_size!r} is not a whole number; give one, or None")
        if not isinstance(self.lr, Real | None) or isinstance(self.lr, bool):
            raise MarginproofError(
                f"lr={self.lr!r} is not a number; give a constant step such as 0.01, or None"
            )


__all__ = ["LimitClassifier", "MaxMarginClassifier", "NotSeparableWarning"]
