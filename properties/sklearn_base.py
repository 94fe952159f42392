"""What the scikit-learn estimators share: two classes, folded rows, the decision function, and the fit where the classes overlap."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from marginproof.theory.errors import MarginproofError, NotSeparableError
from marginproof.theory.margins.separability import require_separable
from marginproof.theory.number_systems import Array

RIDGE = 1e-8
"""Of the logistic fit on data that are not separable: it bounds the coefficients that would diverge."""
MOST_BYTES = 2**31
"""Of a sparse matrix as dense rows: 2 GiB."""


class NotSeparableWarning(UserWarning):
    """Some w has no X w > 0, so there is no max-margin direction and another classifier was fitted."""


class LinearClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """What both classifiers share: two classes, folded rows, the decision function."""

    fit_intercept: bool
    on_overlap: str

    def fit(self, X: Any, y: Any) -> LinearClassifier:
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
