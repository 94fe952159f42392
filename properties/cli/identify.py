"""``marginproof identify``: which law an optimizer follows, and by what evidence."""

from __future__ import annotations

import json

import click


@click.command("identify")
@click.argument("optimizer")
@click.option(
    "--against", "other", metavar="OTHER:NAME", help="Compare two implementations on the same gradients."
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON: law, settings, agrees_to, steps, runner_up, witness."
)
def command(optimizer: str, other: str | None, as_json: bool) -> None:
    """Say which law OPTIMIZER (module:name) follows, with which settings.

    \b
    Example:
      marginproof identify torch.optim:Adam
      marginproof identify torch.optim:Adam --against optax:adam --json
    """
    import os
    import sys

    from marginproof.properties.conformance.identify import against, identify
    from marginproof.properties.conformance.loading import found_at

    sys.path.insert(0, os.getcwd())
    if other is not None:
        compared = against(found_at(optimizer), found_at(other))
        click.echo(json.dumps(compared) if as_json else _compared(compared))
        return
    found = identify(found_at(optimizer))
    if as_json:
        click.echo(json.dumps(found.to_dict()))
        return
    click.echo(f"{optimizer} {found.text}")
    if found.runner_up:
        click.echo(f"next: {found.runner_up['law']}, which departs by {found.runner_up['agrees_to']:.2g}")


def _compared(found: dict[str, object]) -> str:
    where = (
        f"first apart at step {found['first_departure']}"
        if found["first_departure"]
        else "nowhere further apart"
    )
    return f"over {found['steps']} steps they differ by at most {found['agrees_to']:.2g} of the largest step; {where}"
