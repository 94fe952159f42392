"""The library's verbs take data sets, frames, arrays of any kind, sparse matrices, lists, names and files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

import marginproof as mp
from marginproof.constructions.dataset import Dataset
from marginproof.theory.errors import MarginproofError

ROWS, LABELS = [[5, 1], [-1, -4]], ["yes", "no"]
FRAME = pd.DataFrame({"a": [5, -1], "b": [1, -4], "y": LABELS})


def write(folder: Path) -> Path:
    path = folder / "d.csv"
    path.write_text("a,b,y\n5,1,yes\n-1,-4,no\n", encoding="utf-8")
    return path


KINDS: list[tuple[Any, Any]] = [
    (mp.Dataset.of([[5, 1], [1, 4]]), None),
    (mp.Dataset.of(ROWS, labels=LABELS), None),
    (FRAME, "y"),
    (FRAME[["a", "b"]], FRAME["y"]),
    (ROWS, LABELS),
    ([[5, 1], [1, 4]], None),
    (np.array(ROWS), np.array([[1], [0]])),
    (np.array(ROWS, dtype=np.float32), [True, False]),
    (np.array([[5.0, 1.0], [1.0, 4.0]]), None),
    (np.matrix(ROWS), pd.Series([2, 1])),
    (csr_array(np.array(ROWS)), LABELS),
    ("two-limits", None),
]


@pytest.mark.parametrize(("data", "labels"), KINDS, ids=range(len(KINDS)))
def test_every_verb_takes_every_kind(data: Any, labels: Any) -> None:
    found = mp.predict(data, mp.AdamProxy(), labels=labels)
    assert found.limit.direction.round(6).tolist() == [0.707107, 0.707107]
    assert mp.margins(data, labels).linf.value == 5.0
    assert len(mp.enumerate_all(data, mp.AdamProxy(), labels=labels).points) == 3
    assert mp.separation(data, labels).status == "complete"
    run = mp.simulate(data, mp.AdamProxy(), labels=labels, steps=10)
    assert run.final.step == 10


def test_a_file_and_a_bias(tmp_path: Path) -> None:
    path = write(tmp_path)
    assert mp.predict(path).limit.direction.shape == (2,)
    assert mp.predict(str(path), labels="y", bias=True).limit.direction.shape == (3,)
    assert mp.separation(path, bias=True).features.keys() == {"a", "b", "bias"}
    with pytest.raises(MarginproofError, match="stand in the file"):
        mp.predict(path, labels=[1, 0])


@pytest.mark.parametrize("verb", [mp.predict, mp.enumerate_all, mp.simulate, mp.certify_run])
@pytest.mark.parametrize("given", [np.array([1, 0]), "adam", mp.Adam])
def test_what_is_no_optimizer_is_refused(verb: Any, given: Any) -> None:
    with pytest.raises(MarginproofError, match=r"is not an optimizer; give one such as Adam\(\).*labels="):
        verb([[5, 1], [1, 4]], given)


@pytest.mark.parametrize("take", [mp.read, mp.load, mp.open_blocks])
def test_what_takes_names_points_arrays_to_the_data_set(take: Any) -> None:
    with pytest.raises(MarginproofError, match=r"neither a name nor a file; .* Dataset.of\(X, y\)"):
        take(np.array(ROWS))


def test_a_column_s_name_beside_no_frame_is_told_as_such() -> None:
    with pytest.raises(MarginproofError, match="labels=y names a column, but data=data is not a frame"):
        mp.separation(ROWS, "y")


def test_enumerate_takes_a_problem_as_it_did() -> None:
    problem = mp.LimitProblem(np.array([[5, 1], [1, 4]]), mp.AdamProxyField())
    assert mp.enumerate_all(problem).complete
    with pytest.raises(MarginproofError, match="holds its data and field"):
        mp.enumerate_all(problem, mp.AdamProxy())


def test_a_column_that_is_dropped_is_warned_of() -> None:
    with pytest.warns(UserWarning, match="dropped 1 all-zero column"):
        assert mp.predict([[5, 0, 1], [1, 0, 4]]).limit.direction.shape == (2,)


def test_separation_says_what_the_command_says() -> None:
    report = mp.separation([[1], [2], [3], [4]], [0, 0, 1, 1])
    assert report.status == "overlap"
    assert report.with_intercept is not None
    assert report.with_intercept.status == "complete"
    assert set(report.with_intercept.features.values()) == {"+inf", "-inf"}
    assert report.direction is None
    assert report.rows_on_boundary == (0, 1, 2, 3)
    assert report.weights is not None
    assert mp.separation([[5, 1], [1, 4]]).with_intercept is None


def test_a_prediction_shows_itself_in_a_notebook() -> None:
    page = mp.predict("two-limits", mp.Adam())._repr_html_()
    assert page.startswith("<table")
    for part in ("fixed_point", "direction", "0.707107", "angle to ℓ₂", "ℓ∞ margin / largest"):
        assert part in page
    assert "<script" not in page


def test_other_answers_show_themselves_in_a_notebook() -> None:
    data = Dataset.of([[1, 2], [3, -4]], "<b>&", [1, 0], column_names=("<script>", "b"))
    for page, parts in (
        (data._repr_html_(), ("&lt;b&gt;&amp;", "2 × 2", "1 of +1, 1 of -1", "exact")),
        (mp.separation(data)._repr_html_(), ("complete; with an intercept: complete", "+inf", "separating")),
        (
            mp.margins("two-limits")._repr_html_(),
            ("<th style='text-align:left'>ℓ₂</th>", "3.8000000000000003"),
        ),
        (
            mp.enumerate_all("two-limits")._repr_html_(),
            ("3 fixed points; these are all", "(0.6, 0.8)", "proved"),
        ),
        (mp.separation([[1.0], [-1.0]])._repr_html_(), ("overlap", "finite")),
    ):
        assert (
            page.startswith("<table") and page.count("<th") == page.count("</th>") and "<script>" not in page
        )
        for part in parts:
            assert part in page


@pytest.mark.parametrize(
    "verb", [mp.margins, lambda d, y: mp.predict(d, labels=y), lambda d, y: mp.enumerate_all(d, labels=y)]
)
def test_data_that_are_not_separable_are_explained(verb: Any) -> None:
    with pytest.raises(mp.NotSeparableError) as caught:
        verb([[1], [2], [3], [4]], [0, 0, 1, 1])
    for part in (
        "the classes overlap",
        "with an intercept (bias=True) it is complete",
        "`marginproof.separation(…)` says more",
    ):
        assert part in str(caught.value)
    assert caught.value.weights is not None


def test_a_sparse_matrix_gets_the_answers_of_its_rows_and_is_not_made_dense(monkeypatch) -> None:
    apart, touching = (
        np.array([[2.0, 0, 1], [0, 1, 3], [0, -1, 1], [0, 2, -1]]),
        [[1, 0], [0, 1], [0, 1], [0, 1]],
    )
    labels = [1, 1, 1, 0]
    known = [(mp.separation(rows, labels), rows) for rows in (apart, np.array(touching) * 1.0)]
    margins = mp.margins(apart, labels)
    monkeypatch.setattr("marginproof.properties.user_data.dataset_of", None)
    for answer, rows in known:
        found = mp.separation(csr_array(rows), labels)
        assert (found.status, found.rows_on_boundary) == (answer.status, answer.rows_on_boundary)
        assert found.features == answer.features
        assert found.with_intercept.features == answer.with_intercept.features
    sparse = mp.margins(csr_array(apart), labels)
    assert sparse.linf.value == margins.linf.value
    assert sparse.l2.value == pytest.approx(margins.l2.value, rel=1e-13)
    assert [answer.status for answer, _ in known] == ["complete", "quasi-complete"]


def test_a_sparse_matrix_s_zero_columns_are_dropped_and_its_names_stay() -> None:
    with pytest.warns(UserWarning, match="dropped 1 all-zero column"):
        found = mp.separation(csr_array(np.array([[2.0, 0, 1], [1, 0, 3]])), [1, -1], bias=True)
    assert list(found.features) == ["feature1", "feature3", "bias"]


def test_sparse_rows_that_do_not_separate_are_refused_in_the_same_words() -> None:
    rows = np.array([[1.0, 0, 2], [0, 1, 0], [-1, 0, -2]])
    words = []
    for data in (rows, csr_array(rows)):
        with pytest.raises(mp.NotSeparableError) as refused:
            mp.margins(data)
        words.append(str(refused.value))
    assert words[0] == words[1]


def test_start_is_named_and_a_margin_takes_a_data_set():
    """Labels in third place would be a start where N = d."""
    rows, labels = [[5, 1], [-1, -4]], [1, -1]
    for verb in (mp.predict, mp.certify_run):
        with pytest.raises(MarginproofError, match="name the others \\(start="):
            verb(rows, mp.Adam(), labels)
    data = mp.Dataset.of(rows, labels)
    assert mp.l2_margin(data).bracket == mp.l2_margin([[5, 1], [1, 4]]).bracket
    assert mp.linf_margin(data).bracket == mp.linf_margin([[5, 1], [1, 4]]).bracket


@pytest.mark.parametrize(
    ("given", "says"),
    [
        *(({"digits": digits}, "digits=") for digits in (-1, 0, 2.5, "x", True, 100_001)),
        ({"start": "0,1"}, "start='0,1' is no list of numbers"),
        ({"start": [float("nan"), 0]}, "has an entry that is not finite"),
        ({"start": [1, 2, 3]}, "has shape \\(3,\\).*give as many"),
        ({"proof": "no"}, "proof='no' is neither True nor False"),
        ({"bias": "no", "labels": [0, 1]}, "bias='no' is neither True nor False"),
    ],
)
def test_arguments_that_are_no_such_thing_are_refused(given, says):
    for data in ([[5, 1], [1, 4]], csr_array(np.array([[5.0, 1], [1, 4]]))):
        with pytest.raises(MarginproofError, match=says):
            mp.predict(data, **given)


def test_starts_and_digits_are_refused_by_every_verb():
    rows = [[5, 1], [1, 4]]
    with pytest.raises(MarginproofError, match="start='0,1' is no list"):
        mp.simulate(rows, mp.Adam(), start="0,1", steps=1)
    with pytest.raises(MarginproofError, match="start=5 has shape"):
        mp.certify_run(rows, start=5)
    with pytest.raises(MarginproofError, match="digits=0 is no whole number"):
        mp.enumerate_all(rows, digits=0)


@pytest.mark.parametrize("labels", [[1, 1], [-1, -1], [0, 0], ["yes", "yes"]])
def test_labels_of_one_class_are_refused(labels):
    for data in ([[5, 1], [1, 4]], csr_array(np.array([[5.0, 1], [1, 4]]))):
        with pytest.raises(MarginproofError, match="1 distinct value"):
            mp.separation(data, labels)


def test_what_python_refuses_speaks_of_no_option_and_names_the_place():
    with pytest.raises(MarginproofError, match=r"keep two classes$"):
        mp.separation([[1], [2], [3]], [0, 1, 2])
    with pytest.raises(MarginproofError, match="entry nan in row 2, column 3 is not finite"):
        mp.margins(csr_array(np.array([[1.0, 0, 2], [3, 0, np.nan]])))
    for value in ("x", [1], None):
        with pytest.raises(MarginproofError, match=r"beta1=.* is not a number; give one in \[0, 1\)"):
            mp.Adam(beta1=value)
