"""Which version of a user's function a hunt asked, so that it is not resumed with another one.

The text of the function counts, that of the functions of its module which it names, and the numbers and texts of the module which
it names; not the rest of the module.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from fractions import Fraction
from hashlib import sha256
from types import CodeType, FunctionType
from typing import Any


def fingerprint(function: Callable[..., Any]) -> str:
    """A few letters that change with what the function does, as far as its module says that."""
    known: dict[str, str] = {}
    _collect("", _inner(function), known)
    return sha256(repr(sorted(known.items())).encode()).hexdigest()[:16]


def _collect(name: str, value: Any, known: dict[str, str]) -> None:
    """Note ``value``, and what it names in its own module."""
    if name in known:
        return
    known[name] = _text(value)
    if isinstance(value, FunctionType):
        for used in sorted(set(_names(value.__code__))):
            own = value.__globals__.get(used)
            if isinstance(own, (bool, int, float, str, Fraction)):
                known.setdefault(used, repr(own))
            elif getattr(own, "__module__", None) == value.__module__:
                _collect(used, _inner(own), known)


def _inner(value: Any) -> Any:
    """The function that a decorator, numba or ``functools.partial`` wraps."""
    value = inspect.unwrap(value) if callable(value) else value
    return getattr(value, "py_func", getattr(value, "func", value))


def _text(value: Any) -> str:
    """The source of a function or class, of the class where it is an object; else its name."""
    try:
        source: Any = value if inspect.isroutine(value) or inspect.isclass(value) else type(value)
        return inspect.getsource(source)
    except (OSError, TypeError):
        code = getattr(value, "__code__", None)
        return code.co_code.hex() + repr(code.co_names) if code else type(value).__qualname__


def _names(code: CodeType) -> Iterator[str]:
    """The names that a function's code refers to, functions within it included."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
