"""The scikit-learn estimators: scikit-learn's own checks, the directions they stand for, pipelines."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("sklearn")

from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from marginproof.constructions.builtin import load
from marginproof.sklearn import LimitClassifier, MaxMarginClassifier, NotSeparableWarning
from marginproof.theory.errors import MarginproofError, NotSeparableError
from marginproof.theory.optimizers import Adam


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks([MaxMarginClassifier(), LimitClassifier()])
def test_scikit_learns_own_checks(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.slow
@parametrize_with_checks(
    [
        MaxMarginClassifier("linf"), MaxMarginClassifier("mahalanobis"), LimitClassifier("adamproxy"),
        LimitClassifier("gd", fit_intercept=False), LimitClassifier("adam", lr=1e-3),
    ]
)  # fmt: skip
def test_scikit_learns_own_checks_of_other_settings(estimator: Any, check: Any) -> None:
    check(estimator)


X = np.array([[2.0, 1.0], [1.0, 3.0], [-1.0, -2.0], [-3.0, 0.5]])
Y = np.array(["yes", "yes", "no", "no"])


def test_l2_agrees_with_a_hard_svm_whose_intercept_is_free_of_cost() -> None:
    centred = np.vstack([X, -X])  # the symmetric intercept is 0 for both
    labels = np.array(["yes"] * 2 + ["no"] * 4 + ["yes"] * 2)
    model = MaxMarginClassifier().fit(centred, labels)
    reference = SVC(kernel="linear", C=1e8, tol=1e-10).fit(centred, labels)
    assert np.allclose(
        model.coef_ / np.linalg.norm(model.coef_), reference.coef_ / np.linalg.norm(reference.coef_)
    )
    assert abs(model.margin_ - 1 / np.linalg.norm(reference.coef_)) < 1e-7
    assert (model.predict(centred) == labels).all()


def test_linf_and_mahalanobis_have_their_own_directions() -> None:
    model = MaxMarginClassifier("linf", fit_intercept=False).fit(X, Y)
    assert np.abs(model.coef_).max() == 1.0
    assert model.bracket_ is not None
    assert model.bracket_.relative_width < 1e-12
    metric = np.array([4.0, 1.0])
    model = MaxMarginClassifier("mahalanobis", metric, fit_intercept=False).fit(X, Y)
    assert np.isclose((metric * model.coef_[0] ** 2).sum(), 1.0)


def test_adamproxy_is_its_own_mahalanobis_max_margin() -> None:
    data = load("iris")
    rows = data.X * np.array(data.labels)[:, None]
    own = MaxMarginClassifier("mahalanobis", fit_intercept=False).fit(rows, data.labels)
    limit = LimitClassifier("adamproxy", fit_intercept=False).fit(rows, data.labels)
    unit = own.coef_ / np.linalg.norm(own.coef_)
    assert np.allclose(unit, limit.coef_, atol=1e-6)


def test_limit_classifier_follows_the_optimizer_and_the_batch() -> None:
    found = {
        (name, b): LimitClassifier(name, batch_size=b).fit(X, Y).coef_
        for name, b in (("adam", 1), ("adam", 4), ("gd", 4))
    }
    assert not np.allclose(found["adam", 1], found["adam", 4])
    assert not np.allclose(found["gd", 4], found["adam", 4])
    small = LimitClassifier(Adam(0.9, 0.999), lr=1e-6).fit(X, Y)
    vanishing = LimitClassifier(Adam(0.9, 0.999)).fit(X, Y)
    assert np.allclose(small.coef_, vanishing.coef_, atol=1e-3)
    assert small.limit_ is not None
    assert small.limit_.support


def test_overlap_warns_or_refuses() -> None:
    labels = ["yes", "no", "yes", "no"]
    rows = np.array([[1.0], [2.0], [3.0], [4.0]])
    with pytest.warns(NotSeparableWarning, match="fitted the logistic loss instead"):
        model = LimitClassifier().fit(rows, labels)
    assert model.limit_ is None
    assert not model.separable_
    assert np.isnan(model.margin_)
    with pytest.raises(NotSeparableError):
        MaxMarginClassifier(on_overlap="raise").fit(rows, labels)


def test_in_a_pipeline_and_from_a_frame() -> None:
    data = load("wine")
    rows, labels = data.X * np.array(data.labels)[:, None], np.array(data.labels)
    pipe = make_pipeline(StandardScaler(), MaxMarginClassifier())
    assert cross_val_score(pipe, rows, labels, cv=3).mean() > 0.9
    frame = pd.DataFrame(rows, columns=list(data.column_names))
    model = clone(pipe).fit(frame, labels)[-1]
    assert model.coef_.shape == (1, 13)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (MaxMarginClassifier("l1"), "norm=l1 is unknown"),
        (MaxMarginClassifier(on_overlap="stop"), "on_overlap=stop is unknown"),
        (LimitClassifier("adma"), "optimizer=adma is unknown"),
        (LimitClassifier(batch_size=3), "batch_size=3 does not divide n_samples=4"),
        (LimitClassifier("gd", lr=-1.0), "-1"),
        (LimitClassifier("gd", lr=0.1), "not for GD; leave lr out"),
        (LimitClassifier(lr="0.1"), "lr='0.1' is not a number"),
        (LimitClassifier(batch_size=2.0), "batch_size=2.0 is not a whole number"),
        (LimitClassifier(Adam), "is neither a name nor an optimizer"),
        (MaxMarginClassifier(metric=[1.0, 1.0, 1.0]), "metric is for norm=mahalanobis, not for norm=l2"),
        (MaxMarginClassifier("mahalanobis", metric="a"), "metric='a' holds no numbers"),
        (MaxMarginClassifier("mahalanobis", metric=[1.0]), "metric.shape=(1,) does not fit"),
    ],
)
def test_bad_settings_are_refused(model: Any, message: str) -> None:
    with pytest.raises(MarginproofError) as caught:
        model.fit(X, Y)
    assert message in str(caught.value)


def test_sparse_rows_give_the_answers_of_dense_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    for model in (MaxMarginClassifier(), LimitClassifier(Adam(0.9, 0.95), batch_size=2)):
        dense = clone(model).fit(X, Y)
        sparse = clone(model).fit(csr_matrix(X), Y)
        assert np.array_equal(dense.coef_, sparse.coef_)
        assert np.array_equal(dense.predict(X), sparse.predict(csr_matrix(X)))
    monkeypatch.setattr("marginproof.properties.sklearn_base.MOST_BYTES", 8 * X.size - 1)
    with pytest.raises(MarginproofError, match="select features"):
        MaxMarginClassifier().fit(csr_matrix(X), Y)
    MaxMarginClassifier().fit(X, Y)


def test_searches_find_optimizers_with_their_settings() -> None:
    frame = pd.DataFrame(np.r_[X, 2 * X], columns=["a", "b"])
    labels = pd.Series(np.where(np.r_[Y, Y] == np.unique(Y)[1], "yes", "no"))
    choices = {"optimizer": ["gd", Adam(0.9, 0.99)], "batch_size": [None, 1]}
    search = GridSearchCV(LimitClassifier(), choices, cv=2, error_score="raise").fit(frame, labels)
    assert search.best_score_ == 1.0
    again = pickle.loads(pickle.dumps(search.best_estimator_))
    assert list(again.feature_names_in_) == ["a", "b"]
    assert (again.predict(frame) == labels).all()


def test_an_undecided_limit_is_warned_of_by_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from marginproof.properties import sklearn
    from marginproof.theory.limit.problem import Outcome

    solved = sklearn.solve
    monkeypatch.setattr(
        sklearn, "solve", lambda p: replace(solved(p), outcome=Outcome.UNDECIDED, reason="feature 3 …")
    )
    with pytest.warns(UserWarning, match="^Undecided: feature 3 …$"):
        LimitClassifier("adamproxy").fit(np.array([[1.0, 2], [-3, -1]]), [1, 0])
