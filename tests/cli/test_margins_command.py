"""``marginproof margins``: keys, meanings, and the refusal of data that no w separates."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from marginproof.properties.cli import main


def run(*args: str) -> Any:
    return CliRunner().invoke(main, ["margins", *args])


def test_json_has_the_promised_keys() -> None:
    result = json.loads(run("sr4", "--json").stdout)
    assert {"n_samples", "n_features", "l2", "linf"} <= set(result)
    assert {"lower", "upper", "direction"} <= set(result["l2"])
    assert {"lower", "upper", "direction", "unique"} <= set(result["linf"])
    assert (result["n_samples"], result["n_features"]) == (4, 4)


def test_sr4_has_a_face_of_maximisers_and_margin_3() -> None:
    linf = json.loads(run("sr4", "--json").stdout)["linf"]
    assert (linf["lower"], linf["upper"], linf["unique"], linf["exact_value"]) == (3.0, 3.0, False, "3")


def test_two_limits_has_one() -> None:
    linf = json.loads(run("two-limits", "--json").stdout)["linf"]
    assert (linf["lower"], linf["direction"], linf["unique"]) == (5.0, [1.0, 1.0], True)


@pytest.mark.parametrize(("name", "says"), [("sr4", "is not unique"), ("iris", "is unique")])
def test_people_get_a_table_and_a_sentence(name: str, says: str) -> None:
    result = run(name)
    assert result.exit_code == 0
    assert "at least" in result.stdout
    assert says in " ".join(result.stdout.split())


def test_data_that_are_not_separable_show_their_certificate(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("1,2\n-1/3,-2/3\n5,1\n", encoding="utf-8")
    result = run(str(path), "--folded", "--json")
    assert result.exit_code == 2
    assert "not linearly separable" in result.stderr
    weights = [Fraction(text) for text in json.loads(result.stdout)["certificate"]]
    assert weights == [Fraction(1, 4), Fraction(3, 4), 0]


def test_cvxpy_finds_the_same_values() -> None:
    found = json.loads(run("iris", "--reference", "--json").stdout)["reference"]
    assert set(found) == {"l2", "linf"}
    for reference in found.values():  # both brackets hold γ: the middles differ by half the widths at most
        assert reference["relative_difference"] <= reference["relative_width"] + 1e-12
    said = " ".join(run("iris", "--reference").stdout.split())
    assert "cvxpy with Clarabel, ℓ∞: " in said
    assert "reference" not in json.loads(run("iris", "--json").stdout)
