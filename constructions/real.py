"""Real data sets that are linearly separable, shipped as small files.

===========  ===============================  ====  ===  ==============================
name         classes (+1 against -1)             N    d  separable
===========  ===============================  ====  ===  ==============================
iris         setosa, the other two             150    4  with and without a bias column
digits01     digit 1, digit 0 (8 × 8 pixels)   360   52  with and without (12 of 64 pixels
                                                         are zero throughout and dropped)
wdbc         benign, malignant                 569   30  with and without, by little
wine         cultivar 1, the other two         178   13  with and without
===========  ===============================  ====  ===  ==============================

That they are separable is checked with exact separators in the tests.  The files hold scikit-learn's
copies, with the decimals as published, so entries are exact rationals; a test compares the two.
``python -m marginproof.constructions.real`` (with scikit-learn installed) writes them anew.  Sources and licences
stand in ``files/README.md``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from marginproof.constructions.dataset import Dataset
from marginproof.constructions.reading import read_file

UCI = "UCI Machine Learning Repository, CC BY 4.0"


def shipped(file: str, provenance: str) -> Dataset:
    """The data set in ``files/<file>.csv``: a header, features, and the column ``label``."""
    with as_file(files("marginproof.constructions") / "files" / f"{file}.csv") as path:
        data = read_file(path)
    assert isinstance(data, Dataset)
    notices = tuple(notice for notice in data.notices if not notice.startswith("label: "))
    return replace(data, name=file, provenance=provenance, notices=notices)


def iris() -> Dataset:
    """Iris: setosa (+1) against versicolor and virginica, 150 × 4, centimetres."""
    return shipped("iris", f"Iris, {UCI}, doi 10.24432/C56C76")


def digits01() -> Dataset:
    """Handwritten digits, 8 × 8 pixels of 0 … 16: ones (+1) against zeros, 360 rows."""
    return shipped("digits01", f"Optical Recognition of Handwritten Digits, {UCI}, doi 10.24432/C50P49")


def wdbc() -> Dataset:
    """Breast Cancer Wisconsin (Diagnostic): benign (+1) against malignant, 569 × 30."""
    return shipped("wdbc", f"Breast Cancer Wisconsin (Diagnostic), {UCI}, doi 10.24432/C5DW2B")


def wine() -> Dataset:
    """Wine: the first cultivar (+1) against the other two, 178 × 13."""
    return shipped("wine", f"Wine, {UCI}, doi 10.24432/C5PC7J")


def from_scikit_learn(file: str) -> str:
    """The text of ``files/<file>.csv``, made from scikit-learn's copy."""
    loader, rows, labels = _RECIPES[file]
    from sklearn import datasets

    bunch = getattr(datasets, loader)()
    kept = rows(bunch.target)
    header = [*(name.replace(" (cm)", "").replace(" ", "_") for name in bunch.feature_names), "label"]
    body = [
        [*(f"{value:.17g}" if value == int(value) else repr(float(value)) for value in row), str(int(label))]
        for row, label in zip(bunch.data[kept], labels(bunch.target[kept]), strict=True)
    ]
    return "".join(",".join(line) + "\n" for line in [header, *body])


_Selection = Callable[[Any], Any]
_RECIPES: dict[str, tuple[str, _Selection, _Selection]] = {
    "iris": ("load_iris", lambda t: t >= 0, lambda t: t == 0),
    "digits01": ("load_digits", lambda t: t <= 1, lambda t: t),
    "wdbc": ("load_breast_cancer", lambda t: t >= 0, lambda t: t),
    "wine": ("load_wine", lambda t: t >= 0, lambda t: t == 0),
}

if __name__ == "__main__":
    for name in _RECIPES:
        (Path(__file__).parent / "files" / f"{name}.csv").write_text(
            from_scikit_learn(name), encoding="utf-8"
        )
