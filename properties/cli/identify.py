"""``marginproof identify``: which law an optimizer follows, and by what evidence."""

from __future__ import annotations

from typing import Any

import click

from marginproof.properties.cli.options import json_parameter, take_json, taken_for_file
from marginproof.properties.cli.output import emit
from marginproof.theory.errors import MarginproofError


@click.command("identify")
@click.argument("optimizer", required=False)
@click.option(
    "--against", "other", metavar="OTHER:NAME", help="Compare two implementations on the same gradients."
)
@json_parameter
def command(optimizer: str | None, other: str | None, json_target: str | None) -> None:
    """Say which law OPTIMIZER (module:name) follows, with which settings.

    \b
    Example:
      marginproof identify torch.optim:Adam
      marginproof identify torch.optim:Adam --against optax:adam --json
    """
    import os
    import sys

    if optimizer is None and (swallowed := taken_for_file(json_target)):
        optimizer, json_target = swallowed, "-"
    if optimizer is None:
        raise MarginproofError("OPTIMIZER is missing; give module:name, for example torch.optim:Adam")
    take_json(json_target)
    sys.path.insert(0, os.getcwd())
    _answer(optimizer, other, json_target)


def _answer(optimizer: str, other: str | None, json_target: str | None) -> None:
    from marginproof.properties.conformance.identify import against, identify
    from marginproof.properties.conformance.loading import found_at

    if other is not None:
        compared = against(found_at(optimizer), found_at(other))
        emit(compared, json_target, lambda: click.echo(_compared(compared)))
        return
    found = identify(found_at(optimizer))

    def human() -> None:
        click.echo(f"{optimizer} {found.text}")
        if found.runner_up:
            click.echo(f"next: {found.runner_up['law']}, which departs by {found.runner_up['agrees_to']:.2g}")

    emit(found.to_dict(), json_target, human)


def _compared(found: dict[str, Any]) -> str:
    where = (
        f"first apart at step {found['first_departure']}"
        if found["first_departure"]
        else "nowhere further apart"
    )
    return f"over {found['steps']} steps they differ by at most {found['agrees_to']:.2g} of the largest step; {where}"
