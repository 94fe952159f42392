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
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from marginproof.theory.errors import MarginproofError, NotSeparableError
from marginproof.theory.limit.problem import Limit, LimitProblem, Outcome
from marginproof.theory.limit.solve import solve
from marginproof.theory.limit.steps.choice import constant_step
from marginproof.theory.margins.brackets import Bracket
from marginproof.theory.margins.max_margin import Margin, l2_margin, linf_margin, mahalanobis_margin
from marginproof.theory.margins.separability import require_separable
from marginproof.theory.number_systems import Array
from marginproof.theory.optimizers import Optimizer, optimizer_of

NORMS = ("l2", "linf", "mahalanobis")
RIDGE = 1e-8
"""Of the logistic fit on data that are not separable: it bounds the coefficients that would diverge."""
MOST_BYTES = 2**31
"""Of a sparse matrix as dense rows: 2 GiB."""


class NotSeparableWarning(UserWarning):
    """Some w has no X w > 0, so there is no max-margin direction and another classifier was fitted."""


class _Linear(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """What both classifiers share: two classes, folded rows, the decision function."""

    fit_intercept: bool
    on_overlap: str

    def fit(self, X: Any, y: Any) -> _Linear:
        """Fit the classifier.

        Arguments:
          X: shape (N, d); a sparse matrix is made dense for the fit, and stays sparse in predictions.
          y: N labels of two kinds; the second in sorted order is positive.
        """
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_min_samples=2, accept_sparse="csr")
        check_classification_targets(y)
        kind = type_of_target(y, input_name="y")
        self.classes_ = np.unique(y)
        if len(self.classes_) > 2:
            raise ValueError(f"Only binary classification is supported. The type of the target is {kind}.")
        if len(self.classes_) < 2:
            raise ValueError(f"y holds one class, {self.classes_[0]!r}; samples of two classes are needed.")
        if self.on_overlap not in ("warn", "raise"):
            raise MarginproofError(f"on_overlap={self.on_overlap} is unknown; choose warn or raise")
        X = _dense(X)
        signs = np.where(y == self.classes_[1], 1.0, -1.0)
        features = np.c_[X, np.ones(len(X))] if self.fit_intercept else X
        rows = features * signs[:, None]
        try:
            require_separable(rows, "X")  # at once, where a max-margin solver would search for long
            w, self.margin_ = self._direction(rows)
            self.separable_ = True
        except NotSeparableError as error:
            if self.on_overlap == "raise":
                raise
            warnings.warn(
                f"{error}; fitted the logistic loss instead (on_overlap='raise' refuses)",
                NotSeparableWarning,
                stacklevel=2,
            )
            self._forget()
            w, self.margin_, self.separable_ = _logistic(features, signs), float("nan"), False
        self.coef_ = w[None, : X.shape[1]]
        self.intercept_ = w[X.shape[1] :] if self.fit_intercept else np.zeros(1)
        return self

    def _direction(self, rows: Array) -> tuple[Array, float]:
        raise NotImplementedError

    def _forget(self) -> None:
        """There is no max-margin direction: what describes one is ``None``."""
        raise NotImplementedError

    def decision_function(self, X: Any) -> Array:
        """w·x + intercept, shape (N,)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False, accept_sparse="csr")
        scores: Array = X @ self.coef_[0] + self.intercept_[0]
        return scores

    def predict(self, X: Any) -> Array:
        """The class of every row, shape (N,)."""
        positive = self.decision_function(X) > 0
        labels: Array = self.classes_[positive.astype(int)]
        return labels

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.sparse = True
        return tags


def _dense(X: Any) -> Array:
    """Rows as an array; a sparse matrix of more than :data:`MOST_BYTES` is refused."""
    if not issparse(X):
        rows: Array = X
        return rows
    n, d = X.shape
    if 8 * n * d > MOST_BYTES:
        raise MarginproofError(
            f"X.shape={n, d} needs {8 * n * d / 2**30:.1f} GiB as dense rows, where at most {MOST_BYTES / 2**30:.0f} are taken; "
            "select features, or ask marginproof.predict, where AdamProxy keeps them sparse"
        )
    return np.asarray(X.toarray())


def _logistic(features: Array, signs: Array) -> Array:
    """The minimiser of the logistic loss, with a ridge far below what float64 data tell."""
    scale = np.abs(features).max(axis=0)
    scale[scale == 0] = 1.0
    model = LogisticRegression(C=1 / RIDGE, fit_intercept=False, max_iter=1000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where it diverges the ridge stops it late
        coefficients: Array = model.fit(features / scale, signs).coef_[0] / scale
    return coefficients


class MaxMarginClassifier(_Linear):
    """The max-margin classifier of a norm, with a certified bracket of its margin.

    Arguments:
      norm: ``l2``, ``linf`` or ``mahalanobis`` (√(wᵀMw); M is AdamProxy's at its limit unless ``metric`` is given).
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


class LimitClassifier(_Linear):
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
      limit_: the :class:`~marginproof.theory.limit.problem.Limit`: outcome, weights, support, stability; ``None`` where the data
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
            warnings.warn(f"{limit.outcome.advice} {limit.reason}", stacklevel=3)
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
