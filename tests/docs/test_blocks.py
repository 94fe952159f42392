"""Every code block and every command in the documentation runs, and its output is what is shown.

Blocks of one page run in order in one empty folder, Python blocks in one namespace.  ``...`` in an
output stands for anything.  A comment before a block says more about it:

* ``<!-- test: file NAME -->``: the block is a file, written into the folder;
* ``<!-- test: needs MODULE -->``: skipped where the module is not installed;
* ``<!-- test: exit CODE -->``: the exit code of the last command [default: 0];
* ``<!-- test: skip REASON -->``: not run.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [
    *sorted(p for p in DOCS.rglob("*.md") if "generated" not in p.parts),
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
]
FENCE = re.compile(r"^```(\S*)[^\n]*\n(.*?)^```$", re.M | re.S)
MARKER = re.compile(r"<!-- test: (.+?) -->\s*$")
RUN = ("python", "console")
SHOWN = ("", "text", "json", "bibtex")
"""Shown, not run; a text after a Python block is its output."""
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
SECONDS = 120


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, its line, and what the comment before it says."""

    language: str
    text: str
    line: int
    notes: dict[str, str]


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    found = []
    for match in FENCE.finditer(text):
        before = MARKER.search(text[: match.start()].rstrip())
        parts = before[1].split("; ") if before else []
        notes = dict(part.partition(" ")[::2] for part in parts)
        found.append(Block(match[1], match[2], text[: match.start()].count("\n") + 1, notes))
    return found


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


PROGRESS = re.compile(r"^(.* … \d+ s|[^\n]*: \d+ of \d+( cases)?)\n", re.MULTILINE)
"""What a slow machine says after ten seconds; pages show what a quick one prints."""


class Page:
    """Runs a page's blocks in a folder, with our examples and, for the README, the repository's folders in it."""

    def __init__(self, page: Path, folder: Path) -> None:
        self.page, self.folder = page, folder
        self.names: dict[str, Any] = {"__name__": "__page__"}
        self.printed = ""
        for example in (DOCS / "examples").glob("*.py"):
            shutil.copy(example, folder)
        if page.name == "README.md":
            (folder / "constructions").symlink_to(ROOT / "constructions")
            shutil.copytree(DOCS / "examples", folder / "docs" / "examples")
            (folder / ".venv").mkdir()
            (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)

    def run(self, block: Block) -> None:
        if "skip" in block.notes or ("needs" in block.notes and not find_spec(block.notes["needs"])):
            return
        if "file" in block.notes:
            (self.folder / block.notes["file"]).write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            self.console(block)
        elif block.language == "python":
            self.python(block)
        elif block.language == "text" and self.printed:
            self.compare(block, block.text, self.printed)
            self.printed = ""

    def console(self, block: Block) -> None:
        runs = re.split(r"^\$ ", block.text, flags=re.M)[1:]
        assert runs, f"{name_of(self.page)}:{block.line}: no line begins with $"
        for k, run in enumerate(runs):
            command, _, expected = run.partition("\n")
            code = int(block.notes.get("exit", 0)) if k == len(runs) - 1 else 0
            path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
            settings = {**os.environ, "PATH": path, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
            settings.pop("PYTEST_ADDOPTS", None)
            done = subprocess.run(
                command, shell=True, cwd=self.folder, env=settings, text=True, encoding="utf-8",
                timeout=SECONDS, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            assert done.returncode == code, f"{command}: exit {done.returncode}, not {code}\n{done.stdout}"
            self.compare(block, expected, PROGRESS.sub("", done.stdout))

    def python(self, block: Block) -> None:
        output = io.StringIO()
        code = compile(block.text, f"{name_of(self.page)}:{block.line}", "exec")
        with contextlib.redirect_stdout(output):
            exec(code, self.names)
        self.printed = output.getvalue()

    def compare(self, block: Block, expected: str, got: str) -> None:
        if not expected.strip():
            return
        checker = doctest.OutputChecker()
        if not checker.check_output(expected, got, FLAGS):
            raise AssertionError(f"{name_of(self.page)}:{block.line} shows\n{expected}\nand got\n{got}")


def run_in(folder: Path, page: Path, found: list[Block], monkeypatch: pytest.MonkeyPatch) -> None:
    """Run blocks in order, with the folder as the current one and on Python's path."""
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    runner = Page(page, folder)
    for block in found:
        runner.run(block)


@pytest.mark.parametrize("page", [p for p in PAGES if any(b.language in RUN for b in blocks(p))], ids=name_of)
def test_blocks_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_in(tmp_path, page, blocks(page), monkeypatch)


@pytest.mark.real
@pytest.mark.parametrize(
    "page", [p for p in PAGES if any("needs" in b.notes for b in blocks(p))], ids=name_of
)
def test_blocks_that_need_an_extra_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for needed in {block.notes["needs"] for block in blocks(page) if "needs" in block.notes}:
        pytest.importorskip(needed, reason=f"install the extra {needed}: make real")
    run_in(tmp_path, page, [block for block in blocks(page) if _with_extras(block)], monkeypatch)


def _with_extras(block: Block) -> bool:
    """What needs an extra and what it may build on; the other commands have run under :func:`test_blocks_run`."""
    return bool({"needs", "file"} & set(block.notes)) or block.language == "python"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_is_run_or_says_why_not(page: Path) -> None:
    for block in blocks(page):
        where = f"{name_of(page)}:{block.line}"
        known = block.language in (*RUN, *SHOWN) or block.language.startswith("{")
        assert known or block.notes.get("skip"), f"{where}: ```{block.language} is not run; say why"
        assert set(block.notes) <= {"file", "needs", "exit", "skip"}, f"{where}: {block.notes}"
        if block.language == "json" and "…" not in block.text:
            json.loads(block.text)


INDENTED = re.compile(r"^ {4}(?:\$ )?(?:marginproof|pytest|python|pip|make) .*$", re.M)
"""A command in a block made by indentation, which no test would run."""


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_command_hides_in_an_indented_block(page: Path) -> None:
    assert not INDENTED.findall(FENCE.sub("", page.read_text(encoding="utf-8")))


def test_a_hidden_command_is_noticed() -> None:
    assert INDENTED.findall("Run\n\n    marginproof data\n") == ["    marginproof data"]


def test_most_blocks_run() -> None:
    runnable = [block for page in PAGES for block in blocks(page) if block.language in RUN]
    skipped = [block for block in runnable if "skip" in block.notes]
    print(f"{len(runnable)} blocks, {len(skipped)} not run")
    assert len(runnable) >= 30, "the documentation lost its examples, or the parser its blocks"
    assert len(skipped) * 8 <= len(runnable), [block.notes["skip"] for block in skipped]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```python\nraise RuntimeError('seen')\n```", "seen"),
        ("```console\n$ false\n```", "exit 1"),
        ("```console\n$ echo one\ntwo\n```", "shows"),
        ("```python\nprint(1)\n```\n\n```text\n2\n```", "shows"),
    ],
)
def test_a_wrong_block_fails(
    text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    page.write_text(text + "\n")
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    found = blocks(page)
    with pytest.raises((AssertionError, RuntimeError), match=message):
        run_in(tmp_path, page, found, monkeypatch)


def test_what_a_slow_machine_says_is_left_out() -> None:
    for line in ("drawing gallery … 12 s\n", "steps: 1 of 1000\n", "sweeping a.csv: 3 of 20 cases\n"):
        assert PROGRESS.sub("", f"one\n{line}two\n") == "one\ntwo\n"
    assert PROGRESS.sub("", "3 of 4 VALID\n") == "3 of 4 VALID\n"
