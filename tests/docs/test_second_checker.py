"""The checker in JavaScript agrees with the one in Python: on the vectors, the corpus and corrupted files."""

import importlib.util
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CHECKER = ROOT / "docs" / "_static" / "checker.mjs"
VECTORS = ROOT / "tests" / "vectors"
CORPUS = ROOT / "constructions" / "corpus"
PYTHON = [sys.executable, "-m", "marginproof.theory.checker"]
NODE = ["node", str(CHECKER)]

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


def lines(command: list[str], paths: list[Path]) -> list[str]:
    """What a checker prints, a line a file."""
    run = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=False)
    found = run.stdout.splitlines()
    assert len(found) == len(paths), run.stderr
    verdicts = [line.split(": ", 1)[1].split("(", 1)[0] for line in found]
    assert run.returncode == (1 if "INVALID" in verdicts else 2 if "UNSUPPORTED" in verdicts else 0)
    return found


def verdicts(command: list[str], paths: list[Path]) -> dict[str, str]:
    """The verdict of each file, by name."""
    printed = lines(command, paths)
    return {p.name: line.split(": ", 1)[1].split("(", 1)[0] for p, line in zip(paths, printed, strict=True)}


def index() -> list[dict[str, str]]:
    """The vectors' names, verdicts and reasons."""
    found: list[dict[str, str]] = json.loads((VECTORS / "index.json").read_text())
    return found


def test_the_vectors_are_many_and_listed() -> None:
    """150 at least, of each verdict some, no file outside the list."""
    listed = index()
    names = {entry["file"] for entry in listed}
    assert len(names) == len(listed) >= 150
    assert names == {path.name for path in VECTORS.glob("*.json")} - {"index.json"}
    assert all(entry["reason"] for entry in listed)
    assert {entry["verdict"] for entry in listed} == {"VALID", "INVALID", "UNSUPPORTED"}


@pytest.mark.parametrize("command", [PYTHON, pytest.param(NODE, marks=needs_node)], ids=["python", "node"])
def test_a_checker_finds_each_vectors_verdict(command: list[str]) -> None:
    """Each checker alone against the verdicts written down."""
    expected = {entry["file"]: entry["verdict"] for entry in index()}
    assert verdicts(command, [VECTORS / name for name in expected]) == expected


@needs_node
def test_both_print_the_same_of_the_corpus() -> None:
    """To the letter, and VALID; here a part of it, for time."""
    paths = [
        path for path in sorted(CORPUS.glob("*.json")) if "cycle" not in path.name and "run-" not in path.name
    ]
    paths += [CORPUS / f"{name}.json" for name in RUNS]
    assert lines(NODE, paths) == lines(PYTHON, paths)


RUNS = ("run-two-starts-every-schedule", "run-sr4-constant")  # quick ones, of these kinds


@needs_node
def test_both_print_small_numbers_the_same(tmp_path: Path) -> None:
    """A direction's middle with an exponent, as in 5e-05."""
    body = json.loads((CORPUS / "run-two-starts-zero-constant.json").read_text())
    for part in (body["witness"], body["conclusion"]):
        part["direction"] = [["-1", "10001/10000"], ["-1", "2"]]
    path = tmp_path / "wide.json"
    path.write_text(json.dumps(body | {"claim": None, "statement": None}))
    assert "near (5e-05, 0.5)" in lines(NODE, [path])[0]
    assert lines(NODE, [path]) == lines(PYTHON, [path])


@needs_node
@pytest.mark.slow
def test_both_print_the_same_of_the_whole_corpus() -> None:
    """To the letter; all are VALID."""
    paths = sorted(CORPUS.glob("*.json"))
    found = lines(NODE, paths)
    assert found == lines(PYTHON, paths)
    assert all(": VALID(" in line for line in found)


@needs_node
@pytest.mark.slow
def test_both_agree_on_corrupted_files(tmp_path: Path) -> None:
    """A few hundred; ``python tests/vectors/corrupt.py 10000`` is the full run."""
    path = VECTORS / "corrupt.py"
    spec = importlib.util.spec_from_file_location("corrupt", path)
    assert spec and spec.loader
    corrupt: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(corrupt)
    write: Callable[[random.Random, int, Path], list[Path]] = corrupt.write
    seed = int(os.environ.get("MARGINPROOF_SEED", "5"))
    paths = write(random.Random(seed), 200, tmp_path)
    assert verdicts(NODE, paths) == verdicts(PYTHON, paths)


@pytest.mark.parametrize(
    ("name", "most"), [("checker.mjs", 900), ("checker_runs.mjs", 600), ("checker_numbers.mjs", 400)]
)
def test_it_stays_short(name: str, most: int) -> None:
    """So many lines, as Prettier formats them at 120 columns; nothing is imported but its own modules and Node's."""
    text = (CHECKER.parent / name).read_text()
    assert len(text.splitlines()) <= most
    assert sum(len(line) > 120 for line in text.splitlines()) <= 3  # what Prettier cannot break
    imported = re.findall(r"(?:import\(|from )\"([^\"]+)\"", text)
    assert set(imported) <= {
        "node:fs",
        "node:url",
        "./checker.mjs",
        "./checker_numbers.mjs",
        "./checker_runs.mjs",
    }


@needs_node
def test_the_modules_are_one_script_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a gallery's page holds them, for a worker: no name twice, nothing imported or exported."""
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "_ext"))
    text = importlib.import_module("gallery").checker_script(ROOT / "docs")
    assert not re.search(r"^(import|export) ", text, re.MULTILINE)
    script = tmp_path / "one.js"
    script.write_text(
        text + "const fs = require('fs'); console.log(check(fs.readFileSync(process.argv[2])).verdict);"
    )
    command = ["node", str(script), str(CORPUS / "run-two-starts-every-schedule.json")]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout == "VALID\n"
