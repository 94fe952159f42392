"""Every ``>>>`` example in a docstring runs and prints what it says."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
PROMPT = re.compile(r"^\s*>>> ", re.M)


def module_of(path: Path) -> str:
    """The dotted name of a file of ours."""
    return ".".join(("marginproof", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")


FILES = [
    path
    for top in ("theory", "constructions", "properties")
    for path in sorted((ROOT / top).rglob("*.py"))
    if PROMPT.search(path.read_text(encoding="utf-8"))
]


class Finder(doctest.DocTestFinder):
    """Finds the examples of decorated functions too."""

    def _from_module(self, module, object):
        return super()._from_module(module, inspect.unwrap(object))


def failures(module: ModuleType) -> tuple[int, str]:
    """How many examples were tried, and what the failing ones printed."""
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
    for test in Finder(exclude_empty=True).find(module):
        runner.run(test, out=said.append)
    return runner.tries, "".join(said)


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_docstring_examples_run(path):
    tries, said = failures(importlib.import_module(module_of(path)))
    assert tries > 0, "an example that is not found is not run"
    assert not said, said


def test_a_wrong_example_is_noticed():
    module = ModuleType("example")
    module.__doc__ = ">>> 1 + 1\n3\n"
    assert "Expected:\n    3" in failures(module)[1]
