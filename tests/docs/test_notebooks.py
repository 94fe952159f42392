"""The notebooks run from top to bottom, and print what is kept in them.

After a change: ``python tests/docs/test_notebooks.py`` writes their outputs again.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def executed(notebook: dict[str, Any]) -> list[str]:
    """What each code cell prints, run in order in one namespace."""
    names: dict[str, Any] = {"__name__": "__main__"}
    printed = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile("".join(cell["source"]), "cell", "exec"), names)
            printed.append(out.getvalue())
    return printed


def kept(notebook: dict[str, Any]) -> list[str]:
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return ["".join(line for output in cell["outputs"] for line in output["text"]) for cell in code]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_prints_what_is_kept(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert any(kept(notebook))
    for expected, found in zip(kept(notebook), executed(notebook), strict=True):
        assert doctest.OutputChecker().check_output(expected, found, doctest.ELLIPSIS), found


def test_a_wrong_output_is_noticed() -> None:
    cell = {"cell_type": "code", "source": ["print(2)"], "outputs": [{"text": ["3\n"]}]}
    assert executed({"cells": [cell]}) == ["2\n"] != kept({"cells": [cell]})


def write(path: Path) -> None:
    """The notebook with its outputs as they are now."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, (cell, text) in enumerate(zip(code, executed(notebook), strict=True), 1):
        stream = {"name": "stdout", "output_type": "stream", "text": text.splitlines(keepends=True)}
        cell.update(execution_count=number, outputs=[stream] if text else [])
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        for one in NOTEBOOKS:
            write(one)
