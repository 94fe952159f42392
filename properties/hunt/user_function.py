"""A user's function: found by its name, its answer read, and what it raises told in one sentence."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from importlib import import_module
from numbers import Complex, Real
from pathlib import Path
from typing import Any

import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.number_systems import Array
from marginproof.theory.prediction import Prediction


class ConjectureFault(MarginproofError):
    """The user's function gave no answer on a data set; the message names both."""


def load(name: str) -> Callable[[Array, Prediction], Any]:
    """The function that ``module:function`` names; the working directory is searched too.

    Raises:
      MarginproofError: no such module or function, a module that cannot be imported, or a function
        that does not take two arguments.
    """
    module, _, function = name.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as cause:
        raise MarginproofError(
            f"claim={name} is not an importable module:function ({described(cause)}); "
            "check the spelling, and what the module imports"
        ) from cause
    except (Exception, SystemExit) as cause:
        raise MarginproofError(
            f"claim={name}: importing {module} raised {described(cause)}; fix the module"
        ) from cause
    if not callable(found):
        raise MarginproofError(f"claim={name} is not a function; name one that takes data and a prediction")
    _takes_two(name, found)
    return found  # type: ignore[no-any-return]


def _takes_two(name: str, function: Callable[..., Any]) -> None:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return  # written in C, without a signature: what it raises when called is reported
    try:
        signature.bind("data", "prediction")
    except TypeError as cause:
        raise MarginproofError(
            f"claim={name} has the arguments {signature} and is called with two, the data and the "
            f"prediction ({cause}); write def {name.partition(':')[2]}(X, prediction)"
        ) from cause


def number(said: Any) -> float | None:
    """A bool as ±1, a real number as it is (a 0-dimensional array too), ``None`` from anything else."""
    if isinstance(said, np.ndarray) and said.shape == ():
        said = said.item()
    if isinstance(said, (bool, np.bool_)):
        return 1.0 if said else -1.0
    unfit = isinstance(said, str) or (isinstance(said, Complex) and not isinstance(said, Real))
    if unfit or not hasattr(said, "__float__") or getattr(said, "shape", ()) != ():
        return None
    try:
        return float(said)
    except (TypeError, ValueError, OverflowError):
        return None


def raised(name: str, X: Array, cause: BaseException) -> ConjectureFault:
    """That the function raised on X, with a way out."""
    way_out = (
        "return False where it fails instead of asserting"
        if isinstance(cause, AssertionError)
        else "fix the function, or return True where it says nothing"
    )
    return ConjectureFault(f"conjecture={name} raised {described(cause)} on X={rows(X)}; {way_out}")


def described(cause: BaseException) -> str:
    """The exception's type and text."""
    text = brief(str(cause))
    return f"{type(cause).__name__}: {text}" if text else type(cause).__name__


def brief(text: str, most: int = 200) -> str:
    """The text in one line, its end left out where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def rows(X: Array) -> list[list[int]]:
    """The data as a message shows them."""
    shown: list[list[int]] = X.astype(int).tolist()
    return shown
