"""Where commands write: never over a file of another kind, and two outputs of a call never to one file.

Looked at while options are parsed, so before anything is computed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from marginproof.properties.file_kinds import Kind, check_place, refuse_other_kind
from marginproof.theory.errors import MarginproofError

PLACES = "marginproof.places"
"""Where options leave in a context's ``meta`` what a call writes to: resolved path to the option's name."""


def take(option: str, name: str | Path, kind: Kind) -> None:
    """Take a place for an output.

    Arguments:
      option: the option's name, for messages.
      name: the file.
      kind: of what is to be written.

    Raises:
      MarginproofError: another output of this call goes there, or a file of another kind is there.
    """
    path = Path(name)
    taken = click.get_current_context().meta.setdefault(PLACES, {})
    other = taken.setdefault(path.resolve(), option)
    if other != option:
        raise MarginproofError(f"{option}={name} is where {other} goes too; choose two names")
    refuse_other_kind(option, path, kind)


def take_file(option: str, name: str | Path, kind: Kind) -> None:
    """:func:`check_place` and :func:`take`; ``-`` is standard output."""
    if str(name) != "-":
        check_place(option, Path(name))
        take(option, name, kind)


def writes(kind: Kind) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """The callback of an option that names a file to write."""

    def callback(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
        if value is not None:
            take_file(str(param.name), value, kind)
        return value

    return callback
