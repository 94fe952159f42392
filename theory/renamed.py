"""Arguments that are called otherwise now: taken under their old name, or answered by what replaced them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from marginproof.theory.errors import MarginproofError

P = ParamSpec("P")
R = TypeVar("R")


def renamed(**old: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Also take a function's former arguments.

    Arguments:
      old: former keyword to its present one, or to a sentence that says what to do in its place.

    A call that gives more arguments by position than the function takes is told which are named.

    Raises:
      MarginproofError: by the decorated function, for a former argument that has no successor, or too many by position.

    Example:
      >>> @renamed(X="data", reference="see by_cvxpy()")
      ... def size(data):
      ...     return len(data)
      >>> size(X=[1, 2])
      2
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        known = inspect.signature(function).parameters.values()
        plain = [p.name for p in known if p.kind is p.POSITIONAL_OR_KEYWORD]
        named = [f"{p.name}=" for p in known if p.kind is p.KEYWORD_ONLY]
        named += ["its settings" for p in known if p.kind is p.VAR_KEYWORD]

        @functools.wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            if len(args) > len(plain):
                raise MarginproofError(
                    f"{function.__name__}() takes {', '.join(plain)} by position and {len(args)} arguments were given; "
                    f"name the others ({', '.join(named)})"
                )
            for name in old.keys() & kwargs.keys():
                if " " in old[name]:
                    raise MarginproofError(
                        f"{name}= is no longer an argument of {function.__name__}(); {old[name]}"
                    )
                kwargs[old[name]] = kwargs.pop(name)
            return function(*args, **kwargs)

        return called

    return decorate
