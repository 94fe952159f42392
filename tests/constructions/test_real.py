"""The shipped files against scikit-learn's copies, and what the sets are said to be."""

from __future__ import annotations

from importlib.resources import files

import pytest

from marginproof.constructions import real


@pytest.mark.parametrize("file", ["iris", "digits01", "wdbc", "wine"])
def test_shipped_file_is_scikit_learns(file: str) -> None:
    pytest.importorskip("sklearn")
    shipped = (files("marginproof.constructions") / "files" / f"{file}.csv").read_text(encoding="utf-8")
    assert shipped == real.from_scikit_learn(file)


@pytest.mark.parametrize(
    ("build", "positive", "negative"),
    [(real.iris, 50, 100), (real.digits01, 182, 178), (real.wdbc, 357, 212), (real.wine, 59, 119)],
)
def test_class_sizes_are_the_published_ones(build: object, positive: int, negative: int) -> None:
    labels = build().labels  # type: ignore[operator]
    assert (labels.count(1), labels.count(-1)) == (positive, negative)


def test_entries_are_the_decimals_of_the_file() -> None:
    data = real.iris()
    assert [str(entry) for entry in data.exact[0]] == ["51/10", "7/2", "7/5", "1/5"]
    assert data.column_names == ("sepal_length", "sepal_width", "petal_length", "petal_width")


def test_constant_pixels_are_dropped_with_a_notice() -> None:
    assert "dropped 12 all-zero column(s)" in real.digits01().notices[0]
    assert real.iris().notices == ()


def test_every_file_has_its_source_in_the_readme() -> None:
    folder = files("marginproof.constructions") / "files"
    readme = (folder / "README.md").read_text(encoding="utf-8")
    shipped = {entry.name for entry in folder.iterdir() if entry.name.endswith(".csv")}
    assert shipped == {"iris.csv", "digits01.csv", "wdbc.csv", "wine.csv"}
    assert all(f"`{name}`" in readme for name in shipped)
