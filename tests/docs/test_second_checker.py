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


RUNS = {"constant_step", "vanishing_steps", "vertex"}  # kinds that the one in JavaScript does not know


def known(path: Path) -> bool:
    """Whether both checkers know the file's kind."""
    return json.loads(path.read_text())["kind"] not in RUNS


@needs_node
def test_the_corpus_is_valid() -> None:
    """By the checker in JavaScript, but for the kinds about runs; the Python one judges it elsewhere."""
    paths = sorted(CORPUS.glob("*.json"))
    expected = {path.name: "VALID" if known(path) else "UNSUPPORTED" for path in paths}
    assert verdicts(NODE, paths) == expected


@needs_node
@pytest.mark.slow
def test_both_print_the_same_of_the_corpus() -> None:
    """To the letter, where the verdict is VALID."""
    paths = [path for path in sorted(CORPUS.glob("*.json")) if known(path)]
    assert lines(NODE, paths) == lines(PYTHON, paths)


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


def test_it_stays_short() -> None:
    """At most 900 lines, as Prettier formats them at 120 columns; and it imports nothing but Node's own."""
    text = CHECKER.read_text()
    assert len(text.splitlines()) <= 900
    assert sum(len(line) > 120 for line in text.splitlines()) <= 3  # what Prettier cannot break
    imported = re.findall(r"import\(\"([^\"]+)\"\)", text)
    assert set(imported) == {"node:fs", "node:url"}
