"""Every built-in set: float view against exact entries, and an exact separator."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest

from marginproof.constructions.builtin import BIAS, BUILTINS, load, read
from marginproof.constructions.dataset import Dataset
from marginproof.properties.sweep.plan import read_plan
from marginproof.theory.errors import MarginproofError
from marginproof.theory.margins.box_program import linf_in_floats

LABELLED = ("iris", "digits01", "wdbc", "wine")
NAMES = [*BUILTINS, *(name + BIAS for name in LABELLED)]


def exact_margin(data: Dataset, w: np.ndarray) -> Fraction:
    """min_i x_i·w, exactly, for w rounded to multiples of 2^-40.

    One common denominator a set keeps this to integer products.
    """
    scaled = [round(value * 2**40) for value in w.tolist()]
    common = np.lcm.reduce([entry.denominator for entry in data.exact.flat], dtype=object)
    whole = (data.exact * common).tolist()
    return Fraction(
        min(sum(int(x) * v for x, v in zip(row, scaled, strict=True)) for row in whole), common * 2**40
    )


def separator(X: np.ndarray) -> np.ndarray:
    """A candidate w from a linear program over scaled columns; only its exact margin counts."""
    scale = np.abs(X).max(axis=0)
    return linf_in_floats(X / scale).w / scale


@pytest.mark.parametrize("name", NAMES)
def test_separable_with_an_exact_separator(name: str) -> None:
    data = load(name)
    if name == "gaussian-200x1000":  # independent rows: least squares is quicker than the program
        w = np.linalg.lstsq(data.X, np.ones(data.n_samples), rcond=None)[0]
    elif name == "gaussian-1000x100":
        w = np.ones(data.n_features)
    else:
        w = separator(data.X)
    assert exact_margin(data, w) > 0
    assert exact_margin(data, -w) < 0


@pytest.mark.parametrize("name", NAMES)
def test_float_view_is_the_exact_entries_rounded(name: str) -> None:
    data = load(name)
    assert data.X.shape == data.exact.shape == (data.n_samples, data.n_features)
    assert all(float(e) == x for x, e in zip(data.X.flat, data.exact.flat, strict=True))


@pytest.mark.parametrize(
    "name", [n for n in BUILTINS if n.startswith(("gaussian", "sr4", "two-", "cycle-3x3", "digits"))]
)
def test_float_view_equals_the_exact_entries(name: str) -> None:
    """Integers and dyadics: what the fast solvers see is what a certificate is about."""
    assert not load(name).rounded


def test_shapes_are_those_the_names_promise() -> None:
    shapes = {name: load(name).X.shape for name in BUILTINS}
    assert shapes == {
        "sr4": (4, 4),
        "shifted-diagonal": (4, 4),
        "gaussian": (10, 50),
        "gaussian-50x200": (50, 200),
        "gaussian-200x1000": (200, 1000),
        "gaussian-1000x100": (1000, 100),
        "iris": (150, 4),
        "digits01": (360, 52),
        "wdbc": (569, 30),
        "wine": (178, 13),
        "two-limits": (2, 2),
        "cycle-3x3": (3, 3),
        "cycle-3x5": (3, 5),
        "signsgd-fails": (3, 2),
    }


def test_name_and_source_are_set() -> None:
    for name in NAMES:
        assert load(name).name == name
        assert load(name).provenance


@pytest.mark.parametrize(
    ("name", "hint"),
    [("irsi", "did you mean iris?"), ("gausian", "did you mean gaussian?"), ("zzz", "choose one of sr4, ")],
)
def test_unknown_name_suggests_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(MarginproofError, match=f"data={name} is neither a file nor a built-in set") as caught:
        load(name)
    assert hint in str(caught.value)


def test_bias_on_a_folded_set_is_refused() -> None:
    with pytest.raises(MarginproofError, match="data=sr4 has rows with labels already folded in"):
        load("sr4+bias")


@pytest.mark.parametrize("name", ["iris", "iris+bias"])
def test_a_folder_does_not_shadow_a_built_in_set_and_a_file_is_asked_about(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).mkdir()
    assert read(name).n_samples == 150
    (tmp_path / name).rmdir()
    (tmp_path / name).write_text("1,2\n")
    with pytest.raises(
        MarginproofError, match=rf"data={re.escape(name)} is a built-in set and also a file here; give \./"
    ):
        read(name)
    with pytest.raises(MarginproofError, match="suffix ''"):
        read(f"./{name}")


def test_a_folder_beside_a_plan_does_not_shadow_a_built_in_set(tmp_path):
    (tmp_path / "sr4").mkdir()
    plan = tmp_path / "s.toml"
    plan.write_text('data = ["sr4"]\noptimizers = ["gd"]\n')
    assert read_plan(plan)[0].data == "sr4"
