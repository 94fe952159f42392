"""The three commands that read a file in blocks: the same answers, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from marginproof.constructions import blocks, tables
from marginproof.properties.cli import main

ROWS = np.array([[5.0, 1.0, 1], [1.0, 4.0, 1], [-6.0, -7.0, 0], [8.0, 3.0, 1], [7.0, 9.0, 1]])


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    np.save(tmp_path / "d.npy", ROWS)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 64)
    return tmp_path / "d.npy"


def answer(*words: Any) -> Any:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_answers_are_those_of_the_file_in_memory(path: Path) -> None:
    margins = [answer("margins", path, "--json", *more) for more in ([], ["--blocks"])]
    for norm in ("l2", "linf"):
        assert margins[0][norm]["lower"] == margins[1][norm]["lower"]
        assert margins[0][norm]["direction"] == margins[1][norm]["direction"]
    separations = [answer("separation", path, "--json", *more) for more in ([], ["--blocks"])]
    assert separations[0]["status"] == separations[1]["status"] == "complete"
    assert separations[0]["features"] == separations[1]["features"]
    for start in ("0,0", "0,0.733"):
        limits = [
            answer("predict", path, "--start", start, "--json", *more)["limit"] for more in ([], ["--blocks"])
        ]
        assert np.allclose(limits[0]["direction"], limits[1]["direction"], rtol=0, atol=1e-12)
        assert limits[0]["support"] == limits[1]["support"]


def test_a_large_file_is_read_in_blocks_unasked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_BYTES", 100)
    for command in ("margins", "separation", "predict"):
        result = CliRunner().invoke(main, [command, str(path)])
        assert result.exit_code == 0, result.output
        assert "5 rows are read in blocks" in result.stderr
    refused = CliRunner().invoke(main, ["simulate", str(path)])
    assert refused.exit_code == 2 and "are loaded" in refused.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["margins", "--reference"], "reference=True"),
        (["predict", "--certify"], "certify=True"),
        (["predict", "--optimizer", "adam"], "optimizer=adam"),
        (["separation", "--certificate", "."], "certificate=."),
    ],
)
def test_what_needs_all_rows_is_refused(path: Path, words: list[str], message: str) -> None:
    result = CliRunner().invoke(main, [words[0], str(path), "--blocks", *words[1:]])
    assert result.exit_code == 2 and message in result.stderr


def test_blocks_need_a_file_of_rows(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["margins", "sr4", "--blocks"])
    assert result.exit_code == 2 and "file=sr4 cannot be read in blocks" in result.stderr


@pytest.mark.parametrize("status", ["overlap", "quasi-complete"])
def test_collinear_columns_are_named_in_blocks_too(path: Path, status: str) -> None:
    X = np.random.default_rng(0).integers(-5, 6, (60, 3)).astype(float)
    labels = np.arange(60) % 2 if status == "overlap" else X @ [1, 2, -1] + 0.5 > 0
    np.save(path, np.c_[X, X[:, 0] + X[:, 1], labels])
    whole, blocked = (answer("separation", path, "--json", *more) for more in ([], ["--blocks"]))
    assert whole["status"] == blocked["status"] == status
    assert whole["collinear"] == blocked["collinear"] == {"feature4": ["feature1", "feature2"]}
    said = CliRunner().invoke(main, ["separation", str(path), "--blocks"])
    assert "notice: column feature4 is a combination of feature1 and feature2, so" in said.stderr
    assert "whole space" not in said.stdout
