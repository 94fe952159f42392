"""The umbrella module: every public name is there, importing it is light, it runs as a program."""

from __future__ import annotations

import subprocess
import sys

import pytest

import marginproof


@pytest.mark.parametrize("name", marginproof.__all__)
def test_every_public_name_has_a_docstring(name):
    assert getattr(marginproof, name).__doc__


def test_unknown_names_are_refused():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        marginproof.nonsense  # noqa: B018


def test_importing_is_light():
    heavy = "{'numba', 'cvxpy', 'sympy', 'scipy'} & set(sys.modules)"
    code = f"import sys, marginproof; print(sorted({heavy}))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )


def test_runs_as_a_program():
    done = subprocess.run(
        [sys.executable, "-m", "marginproof", "--version"], capture_output=True, text=True, check=True
    )
    assert marginproof.__version__ in done.stdout
