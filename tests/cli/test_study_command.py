"""``marginproof study``: table, JSON, figures, refusals."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from marginproof.properties.cli import main


def run(*arguments: str, code: int = 0):
    result = CliRunner().invoke(main, ["study", *arguments])
    assert result.exit_code == code, result.output
    return result


def test_table_and_finding():
    output = run("two-limits", "--steps", "20000").output
    assert "Do the data alone decide" in output
    assert "R2 REFUTED" in output
    assert "L4 OBSERVED" in output


def test_json_and_figures(tmp_path):
    out = tmp_path / "figures"
    found = json.loads(run("sr", "--steps", "20000", "--out", str(out), "--json").stdout)
    assert {"study", "finding", "columns", "rows", "claims", "settings", "figures"} <= set(found)
    assert len(found["rows"][0]) == len(found["columns"])
    assert {entry["verdict"] for entry in found["claims"]} <= {"OBSERVED", "REFUTED", "illustrates"}
    assert sorted(map(str, out.iterdir())) == sorted(found["figures"])
    assert len(found["figures"]) == 4
    assert len(found["captions"]) == 2 and all(
        ". " in text for text in found["captions"].values()
    )  # with its note


@pytest.mark.parametrize(
    ("arguments", "words"), [(["cycles"], "study=cycles"), (["sr", "--steps", "3"], "steps=3")]
)
def test_refusals(tmp_path, arguments, words):
    result = run(*arguments, "--out", str(tmp_path / "x"), code=2)
    assert words in result.stderr
    assert not list(tmp_path.iterdir())
    occupied = tmp_path / "file"
    occupied.write_text("")
    assert "out=" in run("sr", "--out", str(occupied), code=2).stderr
